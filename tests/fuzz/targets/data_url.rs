//! Any text behind `data:`: its length is what its headers say, no header is ended by its media
//! type, and content that is escaped comes back.

use std::io::Read;

use clientcookie::build_opener;
use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

pub fn run(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    if let Some((content_type, body)) = open(&format!("data:{text}")) {
        assert!(!content_type.contains(['\r', '\n', '\0']) && content_type.contains('/'), "{content_type:?}");
        assert!(body.len() <= text.len());
    }
    let (media_type, content) = text.split_once('\n').unwrap_or(("", text));
    let escaped = format!("data:{},{}", media_type, percent_encode(content.as_bytes(), NON_ALPHANUMERIC));
    if !media_type.contains([',', '#'])
        && !media_type.to_ascii_lowercase().contains("base64")
        && let Some((_, body)) = open(&escaped)
    {
        assert_eq!(body, content.as_bytes(), "{escaped}");
    }
}

fn open(url: &str) -> Option<(String, Vec<u8>)> {
    let mut response = build_opener(()).open(url).ok()?;
    let header = |name| response.headers().get_str(name).expect("a header").into_owned();
    let (content_type, length) = (header("Content-Type"), header("Content-Length"));
    let mut body = Vec::new();
    response.read_to_end(&mut body).expect("it is here already");
    assert_eq!(length, body.len().to_string());
    Some((content_type, body))
}
