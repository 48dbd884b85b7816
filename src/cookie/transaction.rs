//! A request and its answer, as the rules ask about it: computed once, asked often.

use std::borrow::Cow;
use std::iter;
use std::sync::atomic::{AtomicUsize, Ordering};

use url::Url;

use super::{Refusal, host, rule};

/// The facts of one request that decide about cookies, and the time.
///
/// The jar makes one for each response it reads and each request it completes, and hands it to the
/// [`CookiePolicy`](super::CookiePolicy). To try a policy without a jar, make one with
/// [`Transaction::new`]:
///
/// ```
/// use clientcookie::cookie::{Cookie, CookiePolicy, DefaultCookiePolicy, Refusal, Transaction};
/// use url::Url;
///
/// let url = Url::parse("http://www.example.com:8080/a/b?c")?;
/// let transaction = Transaction::new(&url, 1_767_225_600)?;
/// assert_eq!(
///     (transaction.request_host(), transaction.path(), transaction.port()),
///     ("www.example.com", "/a/b", 8080)
/// );
///
/// let foreign = Cookie::new("sid", "1", ".example.org");
/// assert_eq!(
///     DefaultCookiePolicy::new().set_ok(&foreign, &transaction),
///     Err(Refusal::DomainMismatch)
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Transaction<'a> {
    url: &'a Url,
    host: Cow<'a, str>,
    /// Some where it differs from `host`.
    effective: Option<String>,
    host_is_ip: bool,
    path: Cow<'a, str>,
    unverifiable: bool,
    origin: Option<Cow<'a, str>>,
    now: i64,
    built_in_suffix: SuffixOnce,
}

impl<'a> Transaction<'a> {
    /// A request that the user asked for, to `url`, at `now` in seconds since 1970-01-01 00:00:00
    /// UTC.
    ///
    /// # Errors
    /// [`Refusal::NoHost`] if the URL has no host that could own a cookie.
    pub fn new(url: &'a Url, now: i64) -> Result<Self, Refusal> {
        Self::of(url, now, false, None)
    }

    pub(super) fn of(
        url: &'a Url,
        now: i64,
        unverifiable: bool,
        origin: Option<Cow<'a, str>>,
    ) -> Result<Self, Refusal> {
        let host = url.host_str().filter(|host| !host.is_empty() && host.len() <= host::LONGEST_HOST);
        let host = host.ok_or(Refusal::NoHost)?;
        let host_is_ip = host::is_ip(host);
        // The url crate has lower-cased it already, but only for the schemes that it knows.
        let host = host::lower_case(host);
        let effective = host::needs_local(&host, host_is_ip).then(|| format!("{host}.local"));
        let path = rule::escaped_path(url.path());
        Ok(Self {
            url,
            host,
            effective,
            host_is_ip,
            path,
            unverifiable,
            origin,
            now,
            built_in_suffix: SuffixOnce::default(),
        })
    }

    /// Sets whether the user had no chance to approve the request; see
    /// [`RequestView::is_unverifiable`](super::RequestView::is_unverifiable).
    #[must_use]
    pub fn with_unverifiable(mut self, unverifiable: bool) -> Self {
        self.unverifiable = unverifiable;
        self
    }

    /// Sets the host of the request that the user did approve.
    #[must_use]
    pub fn with_origin_req_host(mut self, host: impl Into<Option<Cow<'a, str>>>) -> Self {
        self.origin = host.into();
        self
    }

    /// The URL of the request.
    pub fn url(&self) -> &Url {
        self.url
    }

    /// The time at which it is judged, in seconds since 1970-01-01 00:00:00 UTC.
    pub fn now(&self) -> i64 {
        self.now
    }

    /// The host, in lower case and without a port: RFC 2965's request-host.
    pub fn request_host(&self) -> &str {
        &self.host
    }

    /// The host, with `.local` behind a name that has no dot: RFC 2965's effective request-host
    /// name.
    pub fn effective_request_host(&self) -> &str {
        self.effective.as_deref().unwrap_or(&self.host)
    }

    /// Whether the host is an IP address, of which no other host is the parent.
    pub fn host_is_ip(&self) -> bool {
        self.host_is_ip
    }

    /// The path of the URL, without its query. What cannot stand in a URL is escaped, and escapes
    /// are in upper case, so that two spellings of one path are equal.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The port that the URL names, or 80, for https too: RFC 2965 section 1, and the original,
    /// know no other default. (A `:443` behind https is the default of that scheme, and no
    /// `Url` has it.)
    pub fn port(&self) -> u16 {
        self.url.port().unwrap_or(80)
    }

    /// Whether the connection keeps a secret, as https and wss do. A policy may see that
    /// differently:
    /// [`DefaultCookiePolicy::secure_protocols`](super::DefaultCookiePolicy::secure_protocols).
    pub fn is_secure(&self) -> bool {
        matches!(self.url.scheme(), "https" | "wss")
    }

    /// Whether the user had no chance to approve the request.
    pub fn is_unverifiable(&self) -> bool {
        self.unverifiable
    }

    /// Whether the request goes to another site than the one that the user approved; not so if that
    /// is unknown.
    ///
    /// RFC 2965 section 3.3.6: "A transaction is to a third-party host if its request-host U does
    /// not domain-match the reach R of the request-host O in the origin transaction."
    pub fn is_third_party(&self) -> bool {
        let Some(origin) = &self.origin else {
            return false;
        };
        let origin = host::lower_case(origin);
        let origin = if origin.starts_with('[') { &*origin } else { origin.split(':').next().unwrap_or_default() };
        !rule::rfc2965_match(&self.host, &rule::reach(origin))
    }

    /// What the compiled-in list of public suffixes says about the host. It is one answer for all
    /// cookies of a request.
    pub(super) fn built_in_suffix(&self, ask: impl FnOnce() -> Option<usize>) -> Option<usize> {
        self.built_in_suffix.get_or(ask)
    }

    /// The names under which cookies for this host may be filed: its own, then its parents', up to
    /// the last label.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let levels = if self.host_is_ip { 1 } else { usize::MAX };
        // The host `local` is its own parent.
        let local = self.effective.iter().flat_map(|name| with_parents(name)).filter(|name| *name != self.host);
        with_parents(&self.host).take(levels).chain(local)
    }
}

/// How many bytes of the host the compiled-in list takes for a public suffix, once it was asked. 0:
/// it was not asked; 1: it has no rule for the host; else two more than the bytes.
#[derive(Debug, Default)]
struct SuffixOnce(AtomicUsize);

impl SuffixOnce {
    fn get_or(&self, ask: impl FnOnce() -> Option<usize>) -> Option<usize> {
        match self.0.load(Ordering::Relaxed) {
            0 => {
                let answer = ask();
                self.0.store(answer.map_or(1, |bytes| bytes + 2), Ordering::Relaxed);
                answer
            }
            known => known.checked_sub(2),
        }
    }
}

impl Clone for SuffixOnce {
    fn clone(&self) -> Self {
        Self(AtomicUsize::new(self.0.load(Ordering::Relaxed)))
    }
}

/// `www.example.com`, `example.com`, `com`.
pub(super) fn with_parents(name: &str) -> impl Iterator<Item = &str> {
    iter::successors(Some(name), |name| memchr::memchr(b'.', name.as_bytes()).map(|dot| &name[dot + 1..]))
        .filter(|name| !name.is_empty())
}

/// The host of a URL in lower case, without its port; empty if there is none. RFC 2965's
/// request-host.
///
/// ```
/// let url = url::Url::parse("http://Localhost:8080/")?;
/// assert_eq!(clientcookie::cookie::request_host(&url), "localhost");
/// assert_eq!(clientcookie::cookie::effective_request_host(&url), "localhost.local");
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn request_host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_ascii_lowercase()
}

/// The [`request_host`], with `.local` behind a name that has no dot: RFC 2965's effective
/// request-host name.
#[doc(alias = "eff_request_host")]
pub fn effective_request_host(url: &Url) -> String {
    let mut host = request_host(url);
    if !host.is_empty() && host::needs_local(&host, host::is_ip(&host)) {
        host.push_str(".local");
    }
    host
}
