//! Any bytes as a browser's cookie store, which is an SQLite database, or as the session of Firefox.
#![no_main]

use clientcookie::cookie::{ChromiumFormat, CookieFormat, FirefoxFormat};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = FirefoxFormat::new().all_containers(true).read(bytes);
    let _ = FirefoxFormat::new().read(bytes);
    let _ = ChromiumFormat::new().read(bytes);
    let _ = ChromiumFormat::new().all_partitions(true).read(bytes);
});
