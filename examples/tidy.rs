//! A processor of one's own that tidies pages: what a browser would make of a broken page, written
//! out again. The original's documentation left this open ("TidyProcessor: mxTidy? tidylib?
//! tidy?"); here it is html5ever.
//!
//! ```sh
//! cargo run --example tidy
//! ```
//!
//! It needs no network: its answer is in a script.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use clientcookie::transport::ScriptedTransport;
use clientcookie::{Hook, HttpHandler, Parent, Processor, Request, Response, Result, build_opener};
use html5ever::serialize::{SerializeOpts, serialize};
use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{RcDom, SerializableHandle};

/// Parses each page as browsers do, and writes it again without its faults.
struct TidyProcessor;

impl Processor for TidyProcessor {
    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpResponse]
    }

    fn http_response(&self, _: &dyn Parent, _: &Request, mut response: Response) -> Result<Response> {
        let content_type = response.headers().get_str("Content-Type").unwrap_or_default().to_ascii_lowercase();
        if content_type.starts_with("text/html") {
            // Decoded by the charset of the page, and no more than 64 MiB of it.
            let tidied = tidy(&response.text()?)?;
            response.replace_body(tidied);
            response.headers_mut().insert("Content-Type", "text/html; charset=utf-8")?;
        }
        Ok(response)
    }
}

fn tidy(page: &str) -> Result<Vec<u8>> {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(page);
    let mut tidied = Vec::new();
    serialize(&mut tidied, &SerializableHandle::from(dom.document), SerializeOpts::default())?;
    Ok(tidied)
}

fn main() -> Result<()> {
    let page = b"<title>Caf\xe9</title><p>one<p>two <b>bold <i>both</b> italic</i><table><td>cell</table>&copy";
    let mut reply = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=ISO-8859-1\r\n\r\n".to_vec();
    reply.extend(page);
    let http = HttpHandler::with_transport(ScriptedTransport::new().reply(reply));
    let opener = build_opener((TidyProcessor, http));

    let mut response = opener.open("http://example.com/")?;
    println!("{}", response.headers());
    println!("{}", response.text()?);
    Ok(())
}
