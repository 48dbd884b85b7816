//! The processors, one file each.

mod bodies;
mod debug;
mod gzip;
mod seekable;
