//! The processors, those that adjust requests and responses on their way.

mod equiv;
mod referer;
mod refresh;
mod robots;
