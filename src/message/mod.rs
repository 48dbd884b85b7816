//! What is sent and what comes: requests and responses, their headers, data and bodies; URLs;
//! texts; errors, of which one still is a response. Nothing here opens anything.

pub(crate) mod body;
pub(crate) mod data;
pub(crate) mod error;
pub(crate) mod headers;
mod proxy;
pub(crate) mod redirection;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod retrieved;
pub(crate) mod text;
mod timeouts;
pub(crate) mod urls;

pub use proxy::Proxy;
pub(crate) use proxy::ProxyRoute;
pub use timeouts::Timeouts;
