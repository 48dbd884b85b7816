//! One function for each target of the fuzzer: it takes any bytes, and panics where the crate
//! breaks a promise.
//!
//! The fuzzer's crate (`fuzz/`) runs them with bytes that it makes up, the tests with those that it
//! found worth keeping.

mod browser_cookies;
#[cfg(feature = "sqlite")]
mod browser_store;
mod challenge;
mod charset;
#[cfg(feature = "tls")]
mod connect;
mod cookie_file;
mod data_url;
mod date;
#[cfg(feature = "brotli")]
mod decode;
mod equiv;
mod exchange;
#[cfg(feature = "ftp")]
mod ftp;
#[cfg(feature = "har")]
mod har;
#[cfg(feature = "psl")]
mod jar_model;
#[cfg(feature = "ftp")]
mod loopback;
mod msie_store;
mod netrc;
mod no_proxy;
#[cfg(feature = "socks")]
mod proxy_url;
mod refresh;
mod response;
mod robots;
mod save_load;
mod set_cookie;
mod spoken;
mod url;

/// The name of an error's kind: what else it says may depend on how much had come when it was
/// noticed, or on a port.
fn kind_of(error: &clientcookie::Error) -> String {
    let kind = format!("{:?}", error.kind());
    kind.split(|one: char| !one.is_alphanumeric()).next().unwrap_or_default().to_owned()
}

/// What takes any bytes.
pub type Target = fn(&[u8]);

/// The targets by name. A feature that is off leaves out what it brings.
pub const ALL: &[(&str, Target)] = &[
    ("browser_cookies", browser_cookies::run),
    #[cfg(feature = "sqlite")]
    ("browser_store", browser_store::run),
    ("challenge", challenge::run),
    ("charset", charset::run),
    #[cfg(feature = "tls")]
    ("connect", connect::run),
    ("cookie_file", cookie_file::run),
    ("data_url", data_url::run),
    ("date", date::run),
    #[cfg(feature = "brotli")]
    ("decode", decode::run),
    ("equiv", equiv::run),
    ("exchange", exchange::run),
    #[cfg(feature = "ftp")]
    ("ftp", ftp::run),
    #[cfg(feature = "har")]
    ("har", har::run),
    #[cfg(feature = "psl")]
    ("jar_model", jar_model::run),
    ("msie_store", msie_store::run),
    ("netrc", netrc::run),
    ("no_proxy", no_proxy::run),
    #[cfg(feature = "socks")]
    ("proxy_url", proxy_url::run),
    ("refresh", refresh::run),
    ("response", response::run),
    ("robots", robots::run),
    ("save_load", save_load::run),
    ("set_cookie", set_cookie::run),
    ("url", url::run),
];
