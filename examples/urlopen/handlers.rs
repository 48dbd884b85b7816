//! Handlers that do what a flag of curl's says and the library has no handler for.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use clientcookie::{Error, Handler, Hook, Parent, Request, Response, Result};

use crate::output;

/// `-H 'NAME:'`: leaves a header out, whoever would have added it.
pub struct Without(pub Vec<String>);

impl Handler for Without {
    fn order(&self) -> i32 {
        999
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::AnyRequest]
    }

    fn any_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        for name in &self.0 {
            request.remove_header(name);
        }
        Ok(())
    }
}

/// `-H 'Cookie: ...'` beside a jar: what is said goes behind what the jar has, to the servers of
/// the URLs alone.
pub struct OwnCookies {
    pub cookies: String,
    pub origins: Vec<String>,
}

impl Handler for OwnCookies {
    fn order(&self) -> i32 {
        998
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::AnyRequest]
    }

    fn any_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        if !self.origins.contains(&request.url().origin().ascii_serialization()) {
            return Ok(());
        }
        let all = match request.header("Cookie") {
            Some(of_jar) => format!("{of_jar}; {}", self.cookies),
            None => self.cookies.clone(),
        };
        request.remove_header("Cookie");
        request.add_unredirected_header("Cookie", all)
    }
}

/// `--proto`: opens these schemes, on redirects too, and no others.
pub struct OnlySchemes(pub Vec<String>);

impl Handler for OnlySchemes {
    fn order(&self) -> i32 {
        i32::MIN
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::AnyRequest]
    }

    fn any_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        match self.0.iter().any(|scheme| scheme == request.scheme()) {
            true => Ok(()),
            false => Err(Error::other(format!("--proto does not allow {}", request.scheme()))),
        }
    }
}

/// `-D`: writes every head that comes, as it came.
pub struct DumpHeader(Mutex<Box<dyn Write + Send>>);

impl DumpHeader {
    /// Into this file; `-` for stdout.
    pub fn to(file: &Path) -> Result<Self> {
        let named = |error| Error::other(format!("the heads cannot be written to {file:?}: {error}"));
        let out: Box<dyn Write + Send> = match file.to_str() {
            Some("-") => Box::new(io::stdout()),
            _ => Box::new(File::create(file).map_err(named)?),
        };
        Ok(Self(Mutex::new(out)))
    }
}

impl Handler for DumpHeader {
    fn order(&self) -> i32 {
        i32::MIN
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::AnyResponse]
    }

    fn any_response(&self, _: &dyn Parent, _: &Request, response: Response) -> Result<Response> {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        output::head(&response, &mut *out)?;
        out.flush()?;
        Ok(response)
    }
}
