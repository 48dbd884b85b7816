//! The transport over real sockets.

pub mod outcome;
