//! The processors: handlers that adjust requests and responses and answer nothing themselves.

mod cookie;
mod gzip;
mod redirect_debug;
mod response_debug;
mod seekable;

pub use cookie::HttpCookieProcessor;
pub use gzip::HttpGzipProcessor;
pub use redirect_debug::HttpRedirectDebugProcessor;
pub use response_debug::{HttpResponseDebugProcessor, LOGGED_BODY_LIMIT};
pub use seekable::SeekableProcessor;
