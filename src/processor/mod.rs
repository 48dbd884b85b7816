//! The processors: handlers that adjust requests and responses and answer nothing themselves.
//!
//! What a page or a failure asks for, another URL or the same one again, they open through their parent.

mod cookie;
mod equiv;
mod gzip;
mod redirect_debug;
mod referer;
mod refresh;
mod response_debug;
mod retry;
mod robots;
mod seekable;

pub use cookie::HttpCookieProcessor;
pub use equiv::{HEAD_SCAN_LIMIT, HttpEquivProcessor};
pub use gzip::HttpGzipProcessor;
pub use redirect_debug::HttpRedirectDebugProcessor;
pub use referer::HttpRefererProcessor;
pub use refresh::HttpRefreshProcessor;
pub use response_debug::{HttpResponseDebugProcessor, LOGGED_BODY_LIMIT};
pub use retry::{HttpRetryProcessor, MAX_RETRIES, MAX_RETRY_WAIT};
pub use robots::{HttpRobotRulesProcessor, RequestRate, RobotRefusal, RobotRules};
pub use seekable::SeekableProcessor;
