//! Any bytes as a cookie file: what is read can be written, and reads the same.

use clientcookie::cookie::{
    CookieFormat, ElinksFormat, FileKind, LwpFormat, MozillaFormat, ResponseHeadFormat, W3mFormat, WriteFormat,
};
#[cfg(feature = "json")]
use clientcookie::cookie::{JsonFormat, JsonKind};

pub fn run(bytes: &[u8]) {
    again(&LwpFormat::new(), bytes);
    again(&MozillaFormat::new(), bytes);
    #[cfg(feature = "json")]
    for kind in [JsonKind::StorageState, JsonKind::CookieEditor, JsonKind::Puppeteer, JsonKind::Selenium] {
        again(&JsonFormat::new().kind(kind), bytes);
    }
    let _ = FileKind::of(bytes);
    let formats: [&dyn CookieFormat; 3] = [&ResponseHeadFormat::new(), &W3mFormat::new(), &ElinksFormat::new()];
    for loaded in formats.iter().filter_map(|format| format.read(bytes).ok()) {
        assert!(LwpFormat::new().write(&loaded.cookies).is_ok());
    }
}

fn again(format: &impl WriteFormat, bytes: &[u8]) {
    if let Ok(loaded) = format.read(bytes)
        && let Ok(written) = format.write(&loaded.cookies)
        && let Ok(second) = format.read(&written.bytes)
    {
        assert_eq!(second.cookies.len() + written.left_out.len(), loaded.cookies.len());
    }
}
