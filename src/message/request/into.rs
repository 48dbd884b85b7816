//! [`IntoRequest`]: what can be opened.

use url::Url;

use super::{Request, RequestBuilder};
use crate::message::data::IntoData;
use crate::message::error::Result;
use crate::message::headers::Headers;
use crate::message::urls;

/// Anything that can be opened: text, a `Url`, a [`Request`], its builder, or an `http::Request`.
#[doc(alias = "HTTPRequestUpgradeProcessor")]
pub trait IntoRequest {
    /// The request.
    ///
    /// # Errors
    /// When the URL cannot be opened, or what the builder kept.
    fn into_request(self) -> Result<Request>;
}

impl IntoRequest for Request {
    fn into_request(self) -> Result<Request> {
        Ok(self)
    }
}

impl IntoRequest for RequestBuilder {
    fn into_request(self) -> Result<Request> {
        self.build()
    }
}

impl IntoRequest for &str {
    fn into_request(self) -> Result<Request> {
        Request::new(self)
    }
}

impl IntoRequest for String {
    fn into_request(self) -> Result<Request> {
        Request::new(&self)
    }
}

impl IntoRequest for &String {
    fn into_request(self) -> Result<Request> {
        Request::new(self)
    }
}

impl IntoRequest for Url {
    fn into_request(self) -> Result<Request> {
        let (url, userinfo) = urls::split_userinfo(self)?;
        Ok(Request::from_parts(url, userinfo))
    }
}

impl IntoRequest for &Url {
    fn into_request(self) -> Result<Request> {
        self.clone().into_request()
    }
}

/// The original's "request upgrade", for programs that already build `http::Request`s.
impl<T: IntoData> IntoRequest for http::Request<T> {
    fn into_request(self) -> Result<Request> {
        let (parts, body) = self.into_parts();
        let mut request = Request::new(&parts.uri.to_string())?;
        request.method = Some(parts.method);
        request.headers = Headers::from(&parts.headers);
        // `http::Request<Vec<u8>>` has no other way to say that there is no body.
        request.data = body.into_data().filter(|data| !data.is_empty());
        Ok(request)
    }
}
