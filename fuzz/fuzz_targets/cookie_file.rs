//! Any bytes as a cookie file: what is read can be written, and reads the same.
#![no_main]

use clientcookie::cookie::{LwpFormat, MozillaFormat, WriteFormat};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    again(&LwpFormat::new(), bytes);
    again(&MozillaFormat::new(), bytes);
});

fn again(format: &impl WriteFormat, bytes: &[u8]) {
    if let Ok(loaded) = format.read(bytes)
        && let Ok(written) = format.write(&loaded.cookies)
        && let Ok(second) = format.read(&written.bytes)
    {
        assert_eq!(second.cookies.len() + written.left_out.len(), loaded.cookies.len());
    }
}
