//! `ProxyHandler`: which proxy a request goes through, and who is told of it.

mod choosing;
mod environment;
mod no_proxy;
mod pools;
#[cfg(feature = "tls")]
mod secrets;
