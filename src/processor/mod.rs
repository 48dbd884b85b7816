//! The processors: handlers that adjust requests and responses and answer nothing themselves.

mod cookie;
mod equiv;
mod refresh;

pub use cookie::HttpCookieProcessor;
pub use equiv::{HEAD_SCAN_LIMIT, HttpEquivProcessor};
pub use refresh::HttpRefreshProcessor;
