//! Any bytes as a `Content-Type`, a line feed and a page: the text is what the charset that is
//! named makes of the bytes, and UTF-8 without a charset stays as it is.

use clientcookie::transport::ScriptedTransport;
use clientcookie::{HttpEquivProcessor, HttpHandler, build_opener};
use encoding_rs::Encoding;

pub fn run(bytes: &[u8]) {
    let (content_type, page) = bytes.split_at(bytes.iter().position(|&byte| byte == b'\n').unwrap_or(0));
    let reply = [b"HTTP/1.1 200 OK\r\nContent-Type: ", content_type, b"\r\n\r\n", page].concat();
    for with_equiv in [false, true] {
        let http = HttpHandler::with_transport(ScriptedTransport::new().reply(&reply));
        let opener = match with_equiv {
            true => build_opener((HttpEquivProcessor::new(), http)),
            false => build_opener(http),
        };
        let mut response = opener.open("http://example.com/").expect("a head");
        let charset = response.charset();
        let text = response.text().expect("a page");
        match charset {
            Some(label) => {
                assert!(!label.is_empty());
                if let Some(encoding) = Encoding::for_label(label.as_bytes()) {
                    assert_eq!(text, encoding.decode(page).0, "{label}");
                }
            }
            None if Encoding::for_bom(page).is_none() => {
                if let Ok(utf8) = std::str::from_utf8(page) {
                    assert_eq!(text, utf8);
                }
            }
            None => {}
        }
    }
}
