//! The processors: handlers that adjust requests and responses and answer nothing themselves.

mod cookie;

pub use cookie::HttpCookieProcessor;
