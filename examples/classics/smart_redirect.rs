//! SmartRedirectHandler: what answers after a redirect tells with which status the redirect came.

use std::error::Error;

use clientcookie::{Handler, Parent, Request, Response, Result as Answered, build_opener};
use http::StatusCode;

use crate::shared::{page, serve};

struct SmartRedirect;

/// The status of the first answer, among a response's extensions.
#[derive(Debug, Clone, Copy)]
struct FirstStatus(StatusCode);

impl Handler for SmartRedirect {
    fn any_response(&self, _: &dyn Parent, request: &Request, mut response: Response) -> Answered<Response> {
        if let Some(first) = request.redirections().first() {
            let first = FirstStatus(first.status());
            response.extensions_mut().insert(first);
        }
        Ok(response)
    }
}

pub fn show() -> Result<(), Box<dyn Error>> {
    let site = serve(|asked| match asked.target.as_str() {
        "/feed" => "HTTP/1.1 301 Moved Permanently\r\nLocation: /feeds/all\r\n\r\n".to_owned(),
        _ => page("the feed"),
    })?;
    let response = build_opener(SmartRedirect).open(format!("{site}/feed"))?;
    let moved =
        response.extensions().get::<FirstStatus>().is_some_and(|first| first.0 == StatusCode::MOVED_PERMANENTLY);
    println!("  {} after {}: moved for good? {moved}", response.status(), response.redirections()[0].status());
    Ok(())
}
