//! A HEAD request: in Python a subclass whose `get_method` says so.

use std::error::Error;

use clientcookie::{Request, build_opener};

use crate::shared::serve;

/// `Head(url)`, for who likes it as short as that was.
fn head(url: &str) -> clientcookie::Result<Request> {
    Request::get(url).method("HEAD").build()
}

pub fn show() -> Result<(), Box<dyn Error>> {
    let site = serve(|asked| match (asked.method.as_str(), asked.target.as_str()) {
        ("HEAD", "/old") => "HTTP/1.1 302 Found\r\nLocation: /film\r\n\r\n".to_owned(),
        ("HEAD", _) => "HTTP/1.1 200 OK\r\nContent-Length: 734003200\r\n\r\n".to_owned(),
        _ => "HTTP/1.1 405 Not Now\r\n\r\n".to_owned(),
    })?;
    let mut response = build_opener(()).open(head(&format!("{site}/old"))?)?;
    let length = response.headers().get_str("Content-Length").unwrap_or_default().into_owned();
    let got = response.text()?.len();
    println!("  {} would be {length} bytes, and {got} came", response.url().path());
    Ok(())
}
