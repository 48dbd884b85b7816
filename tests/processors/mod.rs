//! The processors, those that adjust requests and responses on their way.

mod bodies;
mod debug;
mod equiv;
mod gzip;
mod referer;
mod refresh;
mod robots;
mod seekable;
