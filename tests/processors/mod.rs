//! The processors, those that adjust requests and responses on their way.

mod referer;
mod robots;
