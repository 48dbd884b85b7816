//! Cookies: what servers ask a client to remember, and to say again on the next visit.
//!
//! A [`CookieJar`] reads the `Set-Cookie` headers of responses
//! ([`extract_cookies`](CookieJar::extract_cookies)) and writes the `Cookie` header of requests
//! ([`add_cookie_header`](CookieJar::add_cookie_header)). It decides what it believes: by RFC 6265
//! and its successor draft (6265bis), and where a server's habits are looser than the RFCs, in
//! the manner of Python's `http.cookiejar`. It does no I/O but for its own files, and knows no HTTP
//! client; it sees requests and responses through two small traits. `HttpCookieProcessor` makes the
//! bridge for the openers of this crate, and twenty lines make it for any other client:
//!
//! ```
//! use clientcookie::cookie::{CookieJar, RequestView};
//! use std::borrow::Cow;
//! use url::Url;
//!
//! struct Get {
//!     url: Url,
//!     headers: Vec<(String, Vec<u8>)>,
//! }
//!
//! impl RequestView for Get {
//!     fn url(&self) -> Cow<'_, Url> {
//!         Cow::Borrowed(&self.url)
//!     }
//!     fn has_header(&self, name: &str) -> bool {
//!         self.headers.iter().any(|(header, _)| header.eq_ignore_ascii_case(name))
//!     }
//!     fn add_unredirected_header(&mut self, name: &str, value: &[u8]) {
//!         self.headers.push((name.to_owned(), value.to_owned()));
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let jar = CookieJar::new();
//! let login = Get { url: Url::parse("https://www.example.com/login")?, headers: vec![] };
//! let mut response = http::HeaderMap::new();
//! response
//!     .append("Set-Cookie", "sid=31d4; Path=/; Domain=example.com; Secure; HttpOnly".parse()?);
//! jar.extract_cookies(&response, &login);
//!
//! let mut page = Get { url: Url::parse("https://shop.example.com/cart")?, headers: vec![] };
//! jar.add_cookie_header(&mut page);
//! assert_eq!(page.headers, [("Cookie".to_owned(), b"sid=31d4".to_vec())]);
//! # Ok(())
//! # }
//! ```
//!
//! # What the jar refuses
//!
//! A jar that believes everything lets one site read, replace or crowd out the cookies of another.
//! [`DefaultCookiePolicy`] has the table of what this one refuses beyond the original, and the
//! switch of each rule. Every refusal has a name, [`Refusal`], and is logged at debug level with
//! the target `clientcookie::cookies`.
//!
//! # The parts
//!
//! - [`CookieJar`] takes cookies out of responses and puts them on requests. Begin there.
//! - [`Cookie`] is one of them; [`RequestView`] and [`ResponseView`] are the windows to the HTTP
//!   client.
//! - [`CookiePolicy`] judges them, given a [`Transaction`]: [`DefaultCookiePolicy`], or your own
//!   around it.
//! - [`CookieStore`] is where they lie: [`MemoryStore`], a database that programs share
//!   (`SqliteCookieJar`, feature `sqlite`), the folder of Internet Explorer ([`MsieDbCookieJar`]),
//!   or your own.
//! - [`FileCookieJar`] is a jar with a file: [`LwpCookieJar`], [`MozillaCookieJar`],
//!   [`MsieCookieJar`], or a [`CookieFormat`] of your own; with the feature `sqlite`, also the
//!   stores of browsers, which [`find_browser_stores`] finds.
//! - [`str2time`], [`iso2time`], [`lwp_cookie_str`], [`request_host`] and others are small tools;
//!   [`classic`] has those that only ported programs look for.
//!
//! Three protocols are known: Netscape's, which is the one that servers speak and RFC 6265
//! describes; that of RFC 2109, treated as Netscape's; and that of RFC 2965, off unless
//! [`DefaultCookiePolicy::rfc2965`] switches it on.

mod bytes;
pub mod classic;
mod extension_av;
// The type and its file are both best called `cookie`.
#[allow(clippy::module_inception)]
mod cookie;
mod date;
mod extras;
mod fate;
mod file;
mod header;
mod host;
mod iso;
mod jar;
mod journal;
mod limits;
mod lwp;
mod make;
mod policy;
mod refusal;
mod rule;
mod setters;
mod show;
mod store;
mod transaction;
mod view;

pub use cookie::Cookie;
pub use date::str2time;
pub use fate::{CookieDecision, CookieFate};
#[cfg(feature = "json")]
pub use file::JsonFormat;
pub use file::{
    Browser, BrowserStore, CookieFormat, ElinksFormat, FILE_LIMIT, FileCookieJar, FileError, FileKind, FormatError,
    JsonKind, KdeFormat, LINE_LIMIT, LeftOut, LoadReport, Loaded, LwpCookieJar, LwpFormat, MozillaCookieJar,
    MozillaFormat, MsieCookieJar, MsieFormat, Odd, Oddity, OperaFormat, Reason, ResponseHeadFormat, SafariFormat,
    SaveReport, Skipped, System, Unit, W3mFormat, WriteFormat, Written, find_browser_stores, find_browser_stores_on,
};
#[cfg(feature = "sqlite")]
pub use file::{ChromiumCookieJar, ChromiumFormat, FirefoxCookieJar, FirefoxFormat};
pub use iso::{iso2time, time2iso, time2netscape};
pub use jar::{ClearError, CookieJar};
pub use limits::Limits;
pub use lwp::lwp_cookie_str;
pub use policy::{CookiePolicy, DefaultCookiePolicy, Protocols, PublicSuffixes, Reading, StrictNsDomain};
pub use refusal::{Refusal, Rejected};
#[cfg(feature = "sqlite")]
pub use store::{BUSY_TIMEOUT, SqliteCookieJar, SqliteStore};
pub use store::{
    Capacity, CookieStore, MemoryStore, MsieDbCookieJar, MsieStore, PutOutcome, Scope, StoreError, Stored,
};
#[cfg(feature = "redis")]
pub use store::{RedisCookieJar, RedisSettings, RedisStore};
pub use transaction::{Transaction, effective_request_host, request_host};
pub use view::{RequestView, ResponseView};
