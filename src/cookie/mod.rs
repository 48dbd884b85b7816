//! Cookies: what servers ask a client to remember, and to say again on the next visit.
//!
//! A [`CookieJar`] reads the `Set-Cookie` headers of responses ([`extract_cookies`](CookieJar::extract_cookies)) and
//! writes the `Cookie` header of requests ([`add_cookie_header`](CookieJar::add_cookie_header)). It decides what it
//! believes: by RFC 6265 and its successor draft (6265bis), and where a server's habits are looser than the RFCs, in
//! the manner of Python's `http.cookiejar`. It does no I/O and knows no HTTP client; it sees requests and responses
//! through two small traits. `HttpCookieProcessor` makes the bridge for the openers of this crate, and twenty lines
//! make it for any other client:
//!
//! ```
//! use std::borrow::Cow;
//! use clientcookie::cookie::{CookieJar, RequestView};
//! use url::Url;
//!
//! struct Get { url: Url, headers: Vec<(String, Vec<u8>)> }
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
//! response.append("Set-Cookie", "sid=31d4; Path=/; Domain=example.com; Secure; HttpOnly".parse()?);
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
//! A jar that believes everything lets one site read, replace or crowd out the cookies of another. This one departs
//! from Python where that was found to be unsafe:
//!
//! - A cookie without `Domain` goes back to the very host that set it, not to hosts below it.
//! - `Domain` must be the host or a parent of it, and hold a dot inside: `com` and `localhost` own no other host.
//!   There is no list of public suffixes yet, so that `co.uk` passes for a domain like any other.
//! - An IP address and a host of one label own themselves only.
//! - A plain http response can neither set a `Secure` cookie nor replace, delete or shadow one.
//! - The name prefixes `__Secure-` and `__Host-` mean what 6265bis says.
//! - Control characters refuse a cookie. Sizes, counts and lifetimes have limits: see the constants below.
//!
//! Every refusal has a name, [`Refusal`], and is logged at debug level with the target `clientcookie::cookies`.

// The type and its file are both best called `cookie`.
#[allow(clippy::module_inception)]
mod cookie;
mod date;
mod destination;
mod header;
mod host;
mod jar;
mod journal;
mod limits;
mod make;
mod refusal;
mod rule;
mod show;
mod store;
mod view;

pub use cookie::Cookie;
pub use date::str2time;
pub use jar::CookieJar;
pub use limits::{
    MAX_ATTRIBUTE_VALUE, MAX_COOKIE_HEADER, MAX_COOKIES_IN_HEADER, MAX_COOKIES_PER_DOMAIN, MAX_LIFETIME,
    MAX_NAME_AND_VALUE, MAX_SET_COOKIES_PER_RESPONSE,
};
pub use refusal::Refusal;
pub use view::{RequestView, ResponseView};
