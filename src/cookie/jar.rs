//! The cookie jar.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::destination::Destination;
use super::journal::Journal;
use super::store::Store;
use super::{Cookie, Refusal, RequestView, ResponseView, header, host, make, rule};
use crate::clock::{Clock, SystemClock};

/// Cookies, the rules by which servers may set them, and the rules by which they are sent back.
///
/// A jar is a handle: a clone is the same jar, so give one to the opener, keep one, and edit the cookies between two
/// requests. All methods take `&self`, and threads may share it. No lock is held while code of yours runs, be it a
/// view, a clock or a logger.
///
/// ```
/// use clientcookie::cookie::{Cookie, CookieJar};
///
/// let jar = CookieJar::new();
/// jar.set_cookie(Cookie::new("lang", "de", ".example.com"));
/// for cookie in &jar {
///     println!("{cookie}"); // <Cookie lang=de for .example.com/>
/// }
/// assert!(jar.remove(".example.com", "/", "lang").is_some());
/// assert!(jar.is_empty());
/// ```
#[derive(Clone)]
pub struct CookieJar {
    shared: Arc<Shared>,
}

struct Shared {
    store: RwLock<Store>,
    clock: Arc<dyn Clock>,
}

impl CookieJar {
    /// An empty jar that goes by the wall clock.
    pub fn new() -> Self {
        Self::with_clock(Arc::new(SystemClock))
    }

    /// An empty jar that goes by a clock of your own: see [`FixedClock`](crate::clock::FixedClock).
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self { shared: Arc::new(Shared { store: RwLock::default(), clock }) }
    }

    /// Stores the cookies that a response sets and may set; `request` is the request that it answers.
    ///
    /// Call it for every response, also for one that redirects: its cookies belong to its own host. What is refused
    /// is logged, and never keeps another cookie from being stored.
    pub fn extract_cookies(&self, response: &dyn ResponseView, request: &dyn RequestView) {
        self.for_each_offered(response, request, |now, secure, cookies, journal| {
            let mut store = self.write();
            for cookie in cookies {
                match store.set_ok(&cookie, secure, now) {
                    Ok(()) => store.put(cookie, now),
                    Err(why) => journal.refused(&cookie, "not stored", why),
                }
            }
        });
    }

    /// The cookies that [`extract_cookies`](Self::extract_cookies) would store, without storing them.
    ///
    /// A cookie that the same response sets and takes back is not among them.
    pub fn make_cookies(&self, response: &dyn ResponseView, request: &dyn RequestView) -> Vec<Cookie> {
        let mut made: Vec<Cookie> = Vec::new();
        self.for_each_offered(response, request, |now, secure, cookies, journal| {
            let store = self.read();
            for cookie in cookies {
                match store.set_ok(&cookie, secure, now) {
                    Ok(()) => {
                        made.retain(|earlier| !earlier.has_same_key(&cookie));
                        made.push(cookie);
                    }
                    Err(why) => journal.refused(&cookie, "not stored", why),
                }
            }
            made.retain(|cookie| !cookie.is_expired(now));
        });
        made
    }

    /// Adds the one `Cookie` header that the request should carry, if there are cookies for it.
    ///
    /// A `Cookie` header that the request has already is left alone. The header is added as an unredirected one: each
    /// hop of a redirect has its own.
    pub fn add_cookie_header(&self, request: &mut dyn RequestView) {
        if request.has_header("Cookie") {
            return;
        }
        let value = self.select(&*request, header::write);
        if !value.is_empty() {
            request.add_unredirected_header("Cookie", &value);
        }
    }

    /// The cookies that [`add_cookie_header`](Self::add_cookie_header) would send, in the order of the header: longer
    /// paths first, then older cookies first.
    pub fn cookies_for_request(&self, request: &dyn RequestView) -> Vec<Cookie> {
        self.select(request, |cookies| cookies.iter().map(|&cookie| cookie.clone()).collect())
    }

    /// Stores a cookie without asking whether any server could set it, in the place of the one with the same domain,
    /// path and name. An expired cookie only removes that one.
    ///
    /// A cookie that could not be sent without damage, because of a control character, or a `;` or `=` that would
    /// make it two, is not stored; the log says so.
    pub fn set_cookie(&self, cookie: Cookie) {
        if let Err(why) = rule::storable(&cookie) {
            let mut journal = Journal::open();
            journal.refused(&cookie, "not stored", why);
            return journal.publish();
        }
        let now = self.shared.clock.now();
        self.write().put(cookie, now);
    }

    /// Stores a cookie as if the response to `request` had set it, or says why not.
    ///
    /// ```
    /// # use std::borrow::Cow;
    /// # struct Get(url::Url);
    /// # impl clientcookie::cookie::RequestView for Get {
    /// #     fn url(&self) -> Cow<'_, url::Url> { Cow::Borrowed(&self.0) }
    /// #     fn has_header(&self, _: &str) -> bool { false }
    /// #     fn add_unredirected_header(&mut self, _: &str, _: &[u8]) {}
    /// # }
    /// use clientcookie::cookie::{Cookie, CookieJar, Refusal};
    ///
    /// # let request = Get(url::Url::parse("http://a.test/").unwrap());
    /// // `request` goes to http://a.test/
    /// let jar = CookieJar::new();
    /// let foreign = Cookie::new("sid", "31d4", ".b.test");
    /// assert_eq!(jar.set_cookie_if_ok(foreign, &request), Err(Refusal::DomainMismatch));
    /// ```
    pub fn set_cookie_if_ok(&self, mut cookie: Cookie, request: &dyn RequestView) -> Result<(), Refusal> {
        let mut journal = Journal::open();
        let answer = self.try_set(&mut cookie, request);
        if let Err(why) = answer {
            journal.refused(&cookie, "not stored", why);
        }
        journal.publish();
        answer
    }

    /// Copies of all cookies as they are now, oldest first; expired ones are among them until they are cleared.
    pub fn iter(&self) -> std::vec::IntoIter<Cookie> {
        self.read().snapshot().into_iter()
    }

    /// The cookie with this domain, path and name. `.example.com` and `example.com` are two domains, as in
    /// [`Cookie::domain`].
    pub fn get(&self, domain: &str, path: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Option<Cookie> {
        self.read().get(&host::spell_domain(domain), path.as_ref(), name.as_ref()).cloned()
    }

    /// Takes the cookie with this domain, path and name out of the jar. Python's `clear` with three arguments.
    pub fn remove(&self, domain: &str, path: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Option<Cookie> {
        self.write().remove(&host::spell_domain(domain), path.as_ref(), name.as_ref())
    }

    /// Removes all cookies.
    pub fn clear(&self) {
        self.write().retain(|_| false);
    }

    /// Removes the cookies that a browser forgets when it is closed: those without an expiry.
    pub fn clear_session_cookies(&self) {
        self.write().retain(|cookie| cookie.expires().is_some());
    }

    /// Removes the cookies that have expired. They are never sent, so this only frees their memory.
    pub fn clear_expired_cookies(&self) {
        let now = self.shared.clock.now();
        self.write().retain(|cookie| !cookie.is_expired(now));
    }

    /// How many cookies the jar holds, expired ones included.
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether the jar holds no cookie.
    pub fn is_empty(&self) -> bool {
        self.read().is_empty()
    }

    /// Reads a response's headers, hands the acceptable cookies to `take`, and then tells the log what was not. `take`
    /// gets the time, whether the connection was secure, and the cookies, and is the only one to hold the lock.
    fn for_each_offered(
        &self,
        response: &dyn ResponseView,
        request: &dyn RequestView,
        take: impl FnOnce(i64, bool, Vec<Cookie>, &mut Journal),
    ) {
        let mut journal = Journal::open();
        let headers = make::headers(response, &mut journal);
        if !headers.is_empty() {
            let url = request.url();
            if let Some(from) = Destination::of(&url) {
                let now = self.shared.clock.now();
                let cookies = make::from_headers(&headers, &from, now, &mut journal);
                take(now, from.secure, cookies, &mut journal);
            } else {
                journal.refused_in(b"*", "the response", "not stored", Refusal::NoHost);
            }
        }
        journal.publish();
    }

    fn try_set(&self, cookie: &mut Cookie, request: &dyn RequestView) -> Result<(), Refusal> {
        let now = self.shared.clock.now();
        let url = request.url();
        let from = Destination::of(&url).ok_or(Refusal::NoHost)?;
        rule::set_ok(cookie, &from)?;
        make::limit_lifetime(cookie, now);
        let mut store = self.write();
        store.set_ok(cookie, from.secure, now)?;
        store.put(cookie.clone(), now);
        Ok(())
    }

    /// Lends the cookies for a request to `look`, under the lock, so that none needs copying.
    fn select<T: Default>(&self, request: &dyn RequestView, look: impl FnOnce(&[&Cookie]) -> T) -> T {
        let url = request.url();
        let Some(to) = Destination::of(&url) else {
            return T::default();
        };
        let now = self.shared.clock.now();
        let mut journal = Journal::open();
        let seen = look(&self.read().select(&to, now, &mut journal));
        journal.publish();
        seen
    }

    // A thread that panicked with the lock in hand left every cookie whole, so the poison is no reason to stop.

    fn read(&self) -> RwLockReadGuard<'_, Store> {
        self.shared.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Store> {
        self.shared.store.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for CookieJar {
    fn default() -> Self {
        Self::new()
    }
}

impl IntoIterator for &CookieJar {
    type Item = Cookie;
    type IntoIter = std::vec::IntoIter<Cookie>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
