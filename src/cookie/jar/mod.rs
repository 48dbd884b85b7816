//! The cookie jar: what it is made of. Taking cookies in, sending them and editing them have a file
//! each.

mod by_header;
mod current;
mod edit;
mod extract;
mod send;

pub use edit::ClearError;
pub(super) use edit::admit;

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use url::Url;

use self::current::{CurrentPolicy, Policy};
use super::{
    Cookie, CookiePolicy, CookieStore, DefaultCookiePolicy, MemoryStore, Refusal, RequestView, StoreError, Transaction,
    journal,
};
use crate::clock::{Clock, SystemClock};

/// Cookies, the rules by which servers may set them, and the rules by which they are sent back.
///
/// A jar is a handle: a clone is the same jar, so give one to the opener, keep one, and edit the
/// cookies between two requests. All methods take `&self`, and threads may share it. No lock is
/// held while code of yours runs, be it a view, a policy, a clock or a logger.
///
/// # With any HTTP client
///
/// Before a request is sent, [`add_cookie_header`](Self::add_cookie_header); when its response has
/// come, and before a redirect is followed, [`extract_cookies`](Self::extract_cookies). Both see
/// the client's types through [`RequestView`](super::RequestView) and
/// [`ResponseView`](super::ResponseView), which the types of the `http` crate have already:
///
/// ```
/// use clientcookie::cookie::CookieJar;
///
/// # fn send(request: http::Request<()>) -> http::Response<()> {
/// #     assert!(!request.headers().contains_key("cookie"));
/// #     http::Response::builder().header("Set-Cookie", "sid=31d4; Path=/; HttpOnly").body(()).unwrap()
/// # }
/// let jar = CookieJar::new();
///
/// let mut request = http::Request::get("https://www.example.com/login").body(())?;
/// jar.add_cookie_header(&mut request);
/// let url = request.uri().clone();
/// let response = send(request);              // by any client; it must not follow redirects itself
/// jar.extract_cookies(&response, &http::Request::get(url).body(())?);
///
/// let mut next = http::Request::get("https://www.example.com/account").body(())?;
/// jar.add_cookie_header(&mut next);
/// assert_eq!(next.headers()["cookie"], "sid=31d4");
/// # Ok::<(), http::Error>(())
/// ```
///
/// With a client that follows redirects behind your back, the cookies of the hops between are lost,
/// and cookies of one host may be sent to another: switch that off, and ask the jar at each hop. A
/// request that was not asked for by the user, as that of a redirect, should say so
/// ([`RequestView::is_unverifiable`](super::RequestView)).
///
/// # Where has my cookie gone?
///
/// Every refusal has a name, [`Refusal`]. Ask
/// [`extract_cookies_report`](Self::extract_cookies_report) which cookies of a response were
/// refused, and [`why_not_sent`](Self::why_not_sent) which ones a request goes without; or switch
/// on the log at debug level for the target `clientcookie::cookies`.
///
/// ```
/// use clientcookie::cookie::{CookieJar, Refusal};
/// use url::Url;
///
/// let jar = CookieJar::new();
/// let page = Url::parse("https://shop.example.com/cart")?;
/// assert_eq!(jar.set_from_str("a=1; Domain=example.org", &page), Err(Refusal::DomainMismatch));
/// assert_eq!(jar.set_from_str("b=2; Secure", &page), Ok(()));
///
/// let plain = http::Request::get("http://shop.example.com/cart").body(()).unwrap();
/// let (cookie, why) = &jar.why_not_sent(&plain)[0];
/// assert_eq!((cookie.name(), *why), ("b".into(), Refusal::InsecureRequest));
/// # Ok::<(), url::ParseError>(())
/// ```
///
/// # Other rules
///
/// [`DefaultCookiePolicy`] has a switch for every rule, [`DefaultCookiePolicy::classic`] goes back
/// to those of the original, and [`CookiePolicy`] shows how to write one of your own. What you put
/// in yourself with [`set_cookie`](Self::set_cookie) is not asked about when it is stored, and
/// never evicted by a limit; when it is sent, the rules hold for it as for any other.
///
/// ```
/// use clientcookie::cookie::{Cookie, CookieJar, DefaultCookiePolicy};
///
/// let jar = CookieJar::with_policy(DefaultCookiePolicy::new().blocked_domains([".ads.example"]));
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
    store: Box<dyn CookieStore>,
    policy: CurrentPolicy,
    clock: Arc<dyn Clock>,
    failure: Mutex<Option<StoreError>>,
}

impl CookieJar {
    /// An empty jar with the safe default policy, in memory, that goes by the wall clock.
    pub fn new() -> Self {
        Self::with_policy(DefaultCookiePolicy::new())
    }

    /// The same with a policy of your own.
    pub fn with_policy(policy: impl CookiePolicy + 'static) -> Self {
        Self::with_parts(MemoryStore::new(), policy, Arc::new(SystemClock))
    }

    /// The same with a clock of your own: see [`FixedClock`](crate::clock::FixedClock).
    pub fn with_clock(clock: Arc<dyn Clock>) -> Self {
        Self::with_parts(MemoryStore::new(), DefaultCookiePolicy::new(), clock)
    }

    /// A jar over a store of your own, with the cookies that are in it already.
    pub fn with_store(store: impl CookieStore + 'static) -> Self {
        Self::with_parts(store, DefaultCookiePolicy::new(), Arc::new(SystemClock))
    }

    /// A jar over this store, with this policy, that goes by this clock.
    pub fn with_parts(
        store: impl CookieStore + 'static,
        policy: impl CookiePolicy + 'static,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let policy: Arc<dyn CookiePolicy> = Arc::new(policy);
        let (policy, failure) = (CurrentPolicy::new(policy), Mutex::new(None));
        Self { shared: Arc::new(Shared { store: Box::new(store), policy, clock, failure }) }
    }

    /// The policy now.
    #[doc(alias = "get_policy")]
    pub fn policy(&self) -> Arc<dyn CookiePolicy> {
        self.current_policy().to_arc()
    }

    /// Exchanges the policy, for all handles of this jar. The cookies that are in the jar stay. The
    /// policy that the jar was made with is dropped with the jar.
    pub fn set_policy(&self, policy: impl CookiePolicy + 'static) {
        self.shared.policy.set(Arc::new(policy));
    }

    /// A jar of its own, in memory, with copies of all cookies, the same policy and the same clock.
    #[must_use]
    pub fn deep_clone(&self) -> Self {
        let store = MemoryStore::new();
        for stored in self.or_default(self.store().snapshot()) {
            let room = (!stored.by_user).then_some(&super::Capacity::UNLIMITED);
            self.or_default(store.put(stored.cookie, room).map(|_| ()));
        }
        self.over(store)
    }

    /// The last failure of the store since this was last asked; the default store never fails.
    ///
    /// Methods that return a `Result` report a failure there as well. The others go on as if there
    /// were no cookie.
    pub fn take_store_error(&self) -> Option<StoreError> {
        let failure = self.shared.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        failure.or_else(|| self.store().take_failure())
    }

    fn current_policy(&self) -> Policy<'_> {
        self.shared.policy.get()
    }

    pub(in crate::cookie) fn store(&self) -> &dyn CookieStore {
        &*self.shared.store
    }

    /// A jar over another store, with the same policy and clock.
    pub(in crate::cookie) fn over(&self, store: impl CookieStore + 'static) -> Self {
        Self::with_parts(store, self.policy(), self.shared.clock.clone())
    }

    pub(in crate::cookie) fn now(&self) -> i64 {
        self.shared.clock.now()
    }

    /// Logs and remembers a failure of the store.
    fn or_refusal<T>(&self, answer: Result<T, StoreError>) -> Result<T, Refusal> {
        answer.map_err(|error| {
            self.remember(&error);
            Refusal::StoreFailed
        })
    }

    /// The same, and goes on with nothing.
    fn or_default<T: Default>(&self, answer: Result<T, StoreError>) -> T {
        self.or_refusal(answer).unwrap_or_default()
    }

    fn remember(&self, error: &StoreError) {
        journal::store_failed(error);
        *self.shared.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(error.clone());
    }

    /// What the rules ask about a request.
    fn transaction<'a>(&self, request: &'a dyn RequestView, url: &'a Url) -> Result<Transaction<'a>, Refusal> {
        let origin: Option<Cow<'a, str>> = request.origin_req_host();
        Transaction::of(url, self.now(), request.is_unverifiable(), origin)
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
