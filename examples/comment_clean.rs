//! A processor of one's own that mends pages before anybody sees them: `<!-...->`, which is no
//! comment to a parser, becomes `<!--...-->`. It is the example of the original's documentation.
//!
//! ```sh
//! cargo run --example comment_clean
//! ```
//!
//! It needs no network: its answer is in a script.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::io::Read;

use clientcookie::transport::ScriptedTransport;
use clientcookie::{Hook, HttpHandler, Parent, Processor, Request, Response, Result, build_opener};

/// Pages longer than this are left as they are: 1 MiB.
const LIMIT: usize = 1 << 20;

/// Mends comments with a dash too few.
struct CommentCleanProcessor;

impl Processor for CommentCleanProcessor {
    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpResponse]
    }

    fn http_response(&self, _: &dyn Parent, _: &Request, mut response: Response) -> Result<Response> {
        let content_type = response.headers().get_str("Content-Type").unwrap_or_default().to_ascii_lowercase();
        if !content_type.starts_with("text/html") {
            return Ok(response);
        }
        let mut body = response.take_body();
        let mut page = Vec::new();
        (&mut body).take(LIMIT as u64).read_to_end(&mut page)?;
        if page.len() < LIMIT {
            response.replace_body(clean(&page)); // and Content-Length with it
        } else {
            body.prepend(&page);
            response.set_body(body);
        }
        Ok(response)
    }
}

/// What the original says in one line: `re.sub("<!-([^-]*)->", "<!--\1-->", page)`.
fn clean(page: &[u8]) -> Vec<u8> {
    let mut cleaned = Vec::with_capacity(page.len());
    let mut rest = page;
    while let Some(start) = rest.windows(3).position(|three| three == b"<!-") {
        let (before, comment) = rest.split_at(start);
        cleaned.extend_from_slice(before);
        let dash = comment[3..].iter().position(|&byte| byte == b'-').map(|at| at + 3);
        match dash {
            Some(dash) if comment[dash..].starts_with(b"->") => {
                cleaned.extend_from_slice(b"<!--");
                cleaned.extend_from_slice(&comment[3..dash]);
                cleaned.extend_from_slice(b"-->");
                rest = &comment[dash + 2..];
            }
            _ => {
                cleaned.extend_from_slice(&comment[..3]);
                rest = &comment[3..];
            }
        }
    }
    cleaned.extend_from_slice(rest);
    cleaned
}

fn main() -> Result<()> {
    let page = "<p>one</p><!-half a comment-><p>two</p><!--a whole one--><!-- and - dashes -->";
    let reply = format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{page}", page.len());
    let http = HttpHandler::with_transport(ScriptedTransport::new().reply(reply));
    let opener = build_opener((CommentCleanProcessor, http));

    let mut response = opener.open("http://example.com/")?;
    println!("{}", response.headers());
    println!("{}", response.text()?);
    Ok(())
}
