//! NoRedirection: a redirect is an answer like any other.

use std::error::Error;

use clientcookie::{Handler, Kind, build_opener};

use crate::shared::serve;

/// Stands where the error processor stands, and lets every answer pass.
struct NoRedirection;

impl Handler for NoRedirection {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::ErrorProcessor)
    }
}

pub fn show() -> Result<(), Box<dyn Error>> {
    let site = serve(|_| "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n\r\n".to_owned())?;
    let response = build_opener(NoRedirection).open(format!("{site}/short/31d4"))?;
    let location = response.headers().get_str("Location").unwrap_or_default();
    println!("  {}, to {location}", response.status());
    Ok(())
}
