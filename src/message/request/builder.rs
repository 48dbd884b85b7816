//! [`RequestBuilder`]: a request in the making.

use std::fmt;
use std::time::Duration;

use http::Method;

use super::Request;
use crate::message::data::IntoData;
use crate::message::error::{Error, ErrorKind, Result};
use crate::message::headers::IntoHeaderValue;
use crate::message::{Proxy, Timeouts};

/// A [`Request`] in the making: setters that chain, and whose errors surface when it is opened or
/// built.
///
/// ```
/// use clientcookie::Request;
/// use std::time::Duration;
///
/// let request = Request::get("http://example.com/")
///     .header("Accept", "text/html")
///     .header("Accept-Language", "de")
///     .timeout(Duration::from_secs(5))
///     .build()?;
/// assert_eq!(request.headers().len(), 2);
/// assert!(Request::get("http://example.com/").header("Bad\r\nName", "").build().is_err());
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "a request does nothing until it is opened"]
pub struct RequestBuilder(pub(super) Result<Request>);

impl RequestBuilder {
    /// Sets the method: a name, or an `http::Method`.
    pub fn method<M: TryInto<Method> + Clone + fmt::Debug>(self, method: M) -> Self {
        self.and_then(|request| {
            let shown = method.clone();
            let method = method.try_into().map_err(|_| {
                let method = format!("{shown:?}").trim_matches('"').to_owned();
                Error::from(ErrorKind::InvalidMethod { method })
            })?;
            request.set_method(method);
            Ok(())
        })
    }

    /// Adds a header; see [`Request::add_header`].
    pub fn header(self, name: &str, value: impl IntoHeaderValue) -> Self {
        self.and_then(|request| request.add_header(name, value))
    }

    /// Adds a header that redirects do not carry along; see [`Request::add_unredirected_header`].
    pub fn unredirected_header(self, name: &str, value: impl IntoHeaderValue) -> Self {
        self.and_then(|request| request.add_unredirected_header(name, value))
    }

    /// Sets the data; see [`Request::set_data`].
    pub fn data(self, data: impl IntoData) -> Self {
        self.and_then(|request| {
            request.set_data(data);
            Ok(())
        })
    }

    /// Sets the request-host of the origin transaction; see [`Request::origin_req_host`].
    pub fn origin_req_host(self, host: &str) -> Self {
        self.and_then(|request| {
            request.set_origin_req_host(host);
            Ok(())
        })
    }

    /// Says whether the user had no option to approve the URL; see [`Request::is_unverifiable`].
    pub fn unverifiable(self, unverifiable: bool) -> Self {
        self.and_then(|request| {
            request.set_unverifiable(unverifiable);
            Ok(())
        })
    }

    /// Sets one limit for connecting, for each write, for the head of the answer and for each read
    /// of its body.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.timeouts(timeout)
    }

    /// Sets the time limits; see [`Request::set_timeouts`].
    pub fn timeouts(self, timeouts: impl Into<Timeouts>) -> Self {
        self.and_then(|request| {
            request.set_timeouts(timeouts);
            Ok(())
        })
    }

    /// Sends it through a proxy, or, with `None`, through none; see [`Request::set_proxy`].
    pub fn proxy(self, proxy: impl Into<Option<Proxy>>) -> Self {
        self.and_then(|request| {
            request.set_proxy(proxy.into());
            Ok(())
        })
    }

    /// The request.
    ///
    /// # Errors
    /// The first error that a constructor or a setter met.
    pub fn build(self) -> Result<Request> {
        self.0
    }

    fn and_then(self, change: impl FnOnce(&mut Request) -> Result<()>) -> Self {
        Self(self.0.and_then(|mut request| match change(&mut request) {
            Ok(()) => Ok(request),
            Err(error) => Err(error.at(request.url())),
        }))
    }
}
