//! Any text as a URL: what is accepted names one host, and the errors show no password.

use clientcookie::Request;

pub fn run(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    if let Ok(request) = Request::new(text) {
        let url = request.url();
        assert!(url.username().is_empty() && url.password().is_none());
        assert!(!url.as_str().contains(char::is_control));
        if matches!(url.scheme(), "http" | "https") {
            assert!(!url.as_str().contains(' '));
            assert!(!request.host().is_empty());
        }
    }
}
