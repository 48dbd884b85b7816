//! All integration tests, in one binary: it builds faster than one a file.
//!
//! A test fails by panicking, so what the library must not do is allowed here.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod auth;
mod broken_servers;
mod chain;
mod cookies;
mod differential;
mod durations;
mod examples;
mod files;
mod framing;
mod fuzz;
mod manual;
mod peers;
mod processors;
mod proxies;
mod public_names;
mod redirects;
#[cfg(feature = "har")]
mod replay;
mod requests;
mod retries;
mod retrieve;
mod rooms;
mod schemes;
mod stack;
mod stores;
mod support;
mod threads;
mod tls;
#[cfg(feature = "trace")]
mod trace;
mod transport;
