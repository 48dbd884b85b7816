//! Taking cookies in.

use std::collections::HashSet;
use std::sync::Arc;

use url::Url;

use super::{CookieJar, admit};
use crate::cookie::journal::Journal;
use crate::cookie::limits::exceeds;
use crate::cookie::make::{self, CookieFactory, Headers};
use crate::cookie::{
    Capacity, Cookie, CookieDecision, CookieFate, CookiePolicy, Limits, PutOutcome, Refusal, Rejected, RequestView,
    ResponseView, Transaction,
};

/// How often a cookie is judged before it is given up. Each further time, another thread has just
/// stored a secure cookie of the same name.
const ATTEMPTS: usize = 100;

impl CookieJar {
    /// Stores the cookies that a response sets and may set; `request` is the request that it
    /// answers.
    ///
    /// Call it for every response, also for one that redirects: its cookies belong to its own host.
    /// What is refused is logged, and never keeps another cookie from being stored.
    pub fn extract_cookies(&self, response: &dyn ResponseView, request: &dyn RequestView) {
        self.extract(response, request, &mut Journal::open());
    }

    /// [`extract_cookies`](Self::extract_cookies), and which cookies were not stored, and why.
    /// First come those whose headers could not be read, then those that were refused, both in
    /// the order of the headers.
    ///
    /// ```
    /// use clientcookie::cookie::{CookieJar, Refusal};
    ///
    /// let request = http::Request::get("http://www.example.co.uk/").body(())?;
    /// let response = http::Response::builder()
    ///     .header("Set-Cookie", "good=1")
    ///     .header("Set-Cookie", "bad=1; Domain=co.uk")
    ///     .body(())?;
    /// let jar = CookieJar::new();
    /// let rejected = jar.extract_cookies_report(&response, &request);
    /// # if cfg!(feature = "psl") {
    /// assert_eq!((jar.len(), rejected.len()), (1, 1));
    /// assert_eq!(
    ///     rejected[0].to_string(),
    ///     "cookie bad for .co.uk/: its domain is a public suffix, or above that of the host"
    /// );
    /// # }
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn extract_cookies_report(&self, response: &dyn ResponseView, request: &dyn RequestView) -> Vec<Rejected> {
        let mut list = Vec::new();
        self.extract_cookies_with(response, request, &mut |decision| {
            if let CookieFate::Refused(refusal) = decision.fate {
                let name = String::from_utf8_lossy(decision.name).into_owned();
                list.push(Rejected { name, cookie: decision.cookie.cloned(), refusal });
            }
        });
        list.sort_by_key(|rejected| rejected.cookie.is_some());
        list
    }

    /// [`extract_cookies`](Self::extract_cookies), and hears what becomes of each cookie, as it
    /// does: which are stored, replace others, delete them or are refused, and why.
    ///
    /// ```
    /// use clientcookie::cookie::CookieJar;
    ///
    /// let request = http::Request::get("http://www.example.com/").body(())?;
    /// let response = http::Response::builder()
    ///     .header("Set-Cookie", "lang=de")
    ///     .header("Set-Cookie", "sid=31d4; Domain=elsewhere.example")
    ///     .body(())?;
    /// let mut lines = Vec::new();
    /// CookieJar::new().extract_cookies_with(&response, &request, &mut |decision| {
    ///     lines.push(format!("{} {}", decision.name.escape_ascii(), decision.fate));
    /// });
    /// assert_eq!(
    ///     lines,
    ///     ["lang stored", "sid not stored: the host does not belong to its domain"]
    /// );
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn extract_cookies_with(
        &self,
        response: &dyn ResponseView,
        request: &dyn RequestView,
        hear: &mut dyn FnMut(&CookieDecision<'_>),
    ) {
        self.extract(response, request, &mut Journal::for_hearer(hear));
    }

    /// The cookies that a response sets, in the order of its headers. Whether the policy would let
    /// any of them into the jar is not asked, and the jar is not changed.
    ///
    /// A cookie that has expired, or that the same response sets and takes back, is not among them.
    ///
    /// ```
    /// use clientcookie::cookie::CookieJar;
    ///
    /// let request = http::Request::get("http://www.example.com/").body(())?;
    /// let response =
    ///     http::Response::builder().header("Set-Cookie", "a=1; Domain=elsewhere.example");
    /// let response = response.body(())?;
    /// let made = CookieJar::new().make_cookies(&response, &request);
    /// assert_eq!(made[0].to_string(), "<Cookie a=1 for .elsewhere.example/>");
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn make_cookies(&self, response: &dyn ResponseView, request: &dyn RequestView) -> Vec<Cookie> {
        let mut made: Vec<(bool, Cookie)> = Vec::new();
        self.for_each_offered(response, request, &mut Journal::open(), |cookie, court, _| {
            made.push((cookie.is_expired(court.transaction.now()), cookie));
        });
        let mut later = HashSet::new();
        let stays: Vec<bool> =
            made.iter().rev().map(|(expired, cookie)| later.insert(cookie.key()) && !expired).collect();
        made.into_iter()
            .zip(stays.into_iter().rev())
            .filter(|(_, stays)| *stays)
            .map(|((_, cookie), _)| cookie)
            .collect()
    }

    /// Stores a cookie as if the response to `request` had set it, or says why not. An expired
    /// cookie only takes the one with its domain, path and name away.
    ///
    /// ```
    /// use clientcookie::cookie::{Cookie, CookieJar, Refusal};
    ///
    /// let jar = CookieJar::new();
    /// let request = http::Request::get("http://a.test/").body(())?;
    /// let foreign = Cookie::new("sid", "31d4", ".b.test");
    /// assert_eq!(jar.set_cookie_if_ok(foreign, &request), Err(Refusal::DomainMismatch));
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn set_cookie_if_ok(&self, mut cookie: Cookie, request: &dyn RequestView) -> Result<(), Refusal> {
        let url = request.url();
        let policy = self.current_policy();
        let answer = admit(&mut cookie, &*policy).and_then(|()| self.transaction(request, &url));
        let cookie_and_answer = answer.map(|transaction| {
            let court = Court::new(&transaction, &*policy);
            make::limit_lifetime(&mut cookie, transaction.now(), &court.limits);
            self.accept(Arc::new(cookie.clone()), &court)
        });
        cookie_and_answer.flatten().inspect_err(|why| Journal::open().not_stored(&cookie, *why))
    }

    /// Stores a cookie as if the response to a request for `url` had this `Set-Cookie` header, or
    /// says why not.
    ///
    /// ```
    /// use clientcookie::cookie::CookieJar;
    ///
    /// let jar = CookieJar::new();
    /// let url = url::Url::parse("https://example.com/")?;
    /// jar.set_from_str("sid=31d4; Path=/; Max-Age=3600", &url)?;
    /// assert_eq!(jar.to_string(), "<CookieJar[<Cookie sid=31d4 for example.com/>]>");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn set_from_str(&self, set_cookie: &str, url: &Url) -> Result<(), Refusal> {
        let policy = self.current_policy();
        let answer = Transaction::new(url, self.now()).and_then(|transaction| {
            let court = Court::new(&transaction, &*policy);
            let cookie = CookieFactory::new(&transaction, &*policy, &court.limits).make_one(set_cookie.as_bytes())?;
            self.accept(Arc::new(cookie), &court)
        });
        if let Err(why) = answer {
            Journal::open().unreadable(make::name_in(set_cookie.as_bytes()), why);
        }
        answer
    }

    fn extract(&self, response: &dyn ResponseView, request: &dyn RequestView, journal: &mut Journal<'_>) {
        self.for_each_offered(response, request, journal, |cookie, court, journal| self.take(cookie, court, journal));
    }

    /// Stores a cookie, if everybody agrees, and tells the journal what became of it.
    fn take(&self, cookie: Cookie, court: &Court<'_>, journal: &mut Journal<'_>) {
        let cookie = Arc::new(cookie);
        if !journal.is_heard() {
            let _ = self.accept(cookie, court);
            return;
        }
        let before = self.get(cookie.domain(), cookie.path_bytes(), cookie.name_bytes());
        let fate = match (cookie.is_expired(court.transaction.now()), before.is_some()) {
            (true, true) => CookieFate::Deleted,
            (true, false) => CookieFate::Refused(Refusal::Expired),
            (false, true) => CookieFate::Replaced,
            (false, false) => CookieFate::Stored,
        };
        let fate = self.accept(cookie.clone(), court).map_or_else(CookieFate::Refused, |()| fate);
        journal.decided(&cookie, fate);
    }

    /// Reads a response's headers and hands each cookie to `take`, and nothing is locked meanwhile.
    fn for_each_offered(
        &self,
        response: &dyn ResponseView,
        request: &dyn RequestView,
        journal: &mut Journal<'_>,
        mut take: impl FnMut(Cookie, &Court<'_>, &mut Journal<'_>),
    ) {
        let policy = self.current_policy();
        let headers = Headers::of(response, policy.protocols());
        if headers.is_empty() {
            return;
        }
        let url = request.url();
        match self.transaction(request, &url) {
            Ok(transaction) => {
                let court = Court::new(&transaction, &*policy);
                let mut factory = CookieFactory::new(&transaction, &*policy, &court.limits);
                factory.make(&headers, journal, |cookie, journal| take(cookie, &court, journal));
            }
            Err(why) => journal.unreadable(b"*", why),
        }
    }

    /// Stores the cookie if everybody who has a say lets it, beside the secure ones that it was
    /// judged by. The policy is asked without a lock, so another thread may put one in
    /// meanwhile; then it is asked again.
    fn accept(&self, mut cookie: Arc<Cookie>, court: &Court<'_>) -> Result<(), Refusal> {
        court.judge_alone(&cookie)?;
        for _ in 0..ATTEMPTS {
            let rivals = self.judge_rivals(&cookie, court)?;
            // Without rivals it is stored or not, and not asked about again.
            let again = rivals.is_some().then(|| cookie.clone());
            match (self.or_refusal(self.store().put(cookie, Some(&court.room(rivals.as_deref()))))?, again) {
                (PutOutcome::Stored, _) => return Ok(()),
                (PutOutcome::Full, _) => return Err(Refusal::DomainFull),
                (PutOutcome::Changed, Some(again)) => cookie = again,
                (PutOutcome::Changed, None) => break,
            }
        }
        Err(Refusal::Contended)
    }

    /// The secure cookies that this one may stand beside or replace; none are looked up if nobody
    /// guards them.
    fn judge_rivals(&self, cookie: &Cookie, court: &Court<'_>) -> Result<Option<Vec<Arc<Cookie>>>, Refusal> {
        let &Court { transaction, policy, guards_secure, .. } = court;
        if !guards_secure {
            return Ok(None);
        }
        let rivals = self.or_refusal(self.store().secure_rivals(cookie))?;
        rivals.iter().try_for_each(|existing| policy.replace_ok(cookie, existing, transaction))?;
        Ok(Some(rivals))
    }
}

/// Who judges the cookies of a response.
struct Court<'a> {
    transaction: &'a Transaction<'a>,
    policy: &'a dyn CookiePolicy,
    // What the policy says of all of them, asked for once.
    limits: Limits,
    guards_secure: bool,
    evict_secure: bool,
}

impl<'a> Court<'a> {
    fn new(transaction: &'a Transaction<'a>, policy: &'a dyn CookiePolicy) -> Self {
        let (guards_secure, evict_secure) = (policy.guards_secure(transaction), policy.may_evict_secure(transaction));
        Self { transaction, policy, limits: policy.limits(), guards_secure, evict_secure }
    }

    fn room<'r>(&'r self, judged: Option<&'r [Arc<Cookie>]>) -> Capacity<'r> {
        let Limits { per_domain, total, .. } = self.limits;
        Capacity { per_domain, total, now: self.transaction.now(), evict_secure: self.evict_secure, judged }
    }

    fn judge_alone(&self, cookie: &Cookie) -> Result<(), Refusal> {
        if exceeds(cookie.pair_bytes().len(), self.limits.name_and_value) {
            return Err(Refusal::TooLong);
        }
        self.policy.storable(cookie)?;
        self.policy.set_ok(cookie, self.transaction)
    }
}
