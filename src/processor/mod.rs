//! The processors: handlers that adjust requests and responses and answer nothing themselves.

mod cookie;
mod equiv;
mod referer;
mod refresh;
mod robots;

pub use cookie::HttpCookieProcessor;
pub use equiv::{HEAD_SCAN_LIMIT, HttpEquivProcessor};
pub use referer::HttpRefererProcessor;
pub use refresh::HttpRefreshProcessor;
pub use robots::{HttpRobotRulesProcessor, RequestRate, RobotRefusal, RobotRules};
