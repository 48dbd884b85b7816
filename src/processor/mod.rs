//! The processors: handlers that adjust requests and responses and answer nothing themselves.

mod cookie;
mod referer;
mod robots;

pub use cookie::HttpCookieProcessor;
pub use referer::HttpRefererProcessor;
pub use robots::{HttpRobotRulesProcessor, RequestRate, RobotRefusal, RobotRules};
