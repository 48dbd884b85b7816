//! The processors: handlers that adjust requests and responses and answer nothing themselves.

mod cookie;
mod equiv;
mod gzip;
mod redirect_debug;
mod referer;
mod refresh;
mod response_debug;
mod robots;
mod seekable;

pub use cookie::HttpCookieProcessor;
pub use equiv::{HEAD_SCAN_LIMIT, HttpEquivProcessor};
pub use gzip::HttpGzipProcessor;
pub use redirect_debug::HttpRedirectDebugProcessor;
pub use referer::HttpRefererProcessor;
pub use refresh::HttpRefreshProcessor;
pub use response_debug::{HttpResponseDebugProcessor, LOGGED_BODY_LIMIT};
pub use robots::{HttpRobotRulesProcessor, RequestRate, RobotRefusal, RobotRules};
pub use seekable::SeekableProcessor;
