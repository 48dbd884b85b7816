//! The processors: handlers that adjust requests and responses and answer nothing themselves.
//!
//! What a page or a failure asks for, another URL or the same one again, they open through their parent.

mod cookie;
mod retry;

pub use cookie::HttpCookieProcessor;
pub use retry::{HttpRetryProcessor, MAX_RETRIES, MAX_RETRY_WAIT};
