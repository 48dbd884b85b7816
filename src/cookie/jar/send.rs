//! Sending cookies back.

use std::cmp::Reverse;

use smallvec::SmallVec;

use super::CookieJar;
use crate::cookie::journal::Journal;
use crate::cookie::limits::exceeds;
use crate::cookie::{
    Cookie, CookieDecision, CookieFate, CookiePolicy, Limits, Reading, Refusal, RequestView, Stored, Transaction,
    header, rule,
};

impl CookieJar {
    /// Adds the one `Cookie` header that the request should carry, if there are cookies for it.
    ///
    /// A `Cookie` header that the request has already is left alone. The header is added as an
    /// unredirected one: each hop of a redirect has its own. Where the policy speaks RFC 2965,
    /// a `Cookie2` header tells servers so, as its section 3.3.5 asks.
    pub fn add_cookie_header(&self, request: &mut dyn RequestView) {
        self.add_header(request, &mut Journal::open());
    }

    /// [`add_cookie_header`](Self::add_cookie_header), and hears of each cookie of the request's
    /// host and of its parents whether it goes along, and why not.
    ///
    /// ```
    /// use clientcookie::cookie::{Cookie, CookieJar};
    ///
    /// let jar = CookieJar::new();
    /// jar.set_cookie(Cookie::new("sid", "31d4", "example.com").with_secure(true));
    /// let mut request = http::Request::get("http://example.com/").body(())?;
    /// let mut lines = Vec::new();
    /// jar.add_cookie_header_with(&mut request, &mut |decision| {
    ///     lines.push(format!("{} {}", decision.name.escape_ascii(), decision.fate));
    /// });
    /// assert_eq!(lines, ["sid not sent: it is for secure connections and this is none"]);
    /// # Ok::<(), http::Error>(())
    /// ```
    pub fn add_cookie_header_with(&self, request: &mut dyn RequestView, hear: &mut dyn FnMut(&CookieDecision<'_>)) {
        self.add_header(request, &mut Journal::for_hearer(hear));
    }

    fn add_header(&self, request: &mut dyn RequestView, journal: &mut Journal<'_>) {
        let has_cookie = request.has_header("Cookie");
        let policy = self.current_policy();
        let protocols = policy.protocols();
        if has_cookie && !protocols.rfc2965 {
            return;
        }
        let mut near = Vec::new();
        let withheld = |cookie: &Cookie, why| journal.decided(cookie, CookieFate::Withheld(why));
        let chosen = self.select(&mut near, &*request, &*policy, withheld);
        if !has_cookie && !chosen.is_empty() {
            if journal.is_heard() {
                chosen.iter().for_each(|cookie| journal.decided(cookie, CookieFate::Sent));
            }
            let value = header::write(chosen.iter().copied(), protocols.reading);
            request.add_unredirected_header("Cookie", &value);
        }
        // RFC 2965 section 3.3.5: "the user agent can send a Cookie2 request header [...] to inform
        // the server that it understands a later version".
        let others = chosen.iter().any(|cookie| cookie.version() != 1);
        if protocols.rfc2965 && !protocols.hide_cookie2 && others && !request.has_header("Cookie2") {
            request.add_unredirected_header("Cookie2", b"$Version=\"1\"");
        }
    }

    /// The cookies that [`add_cookie_header`](Self::add_cookie_header) would send, in the order of
    /// the header: longer paths first, then older cookies first.
    pub fn cookies_for_request(&self, request: &dyn RequestView) -> Vec<Cookie> {
        let (mut near, mut journal) = (Vec::new(), Journal::open());
        let withheld = |cookie: &Cookie, why| journal.decided(cookie, CookieFate::Withheld(why));
        self.select(&mut near, request, &*self.current_policy(), withheld).into_iter().cloned().collect()
    }

    /// The cookies of the request's host and of its parents that it goes without, and why.
    ///
    /// Cookies of other hosts are not among them; [`return_ok`](Self::return_ok) answers for any
    /// cookie.
    pub fn why_not_sent(&self, request: &dyn RequestView) -> Vec<(Cookie, Refusal)> {
        let (mut refused, mut journal) = (Vec::new(), Journal::open());
        self.select(&mut Vec::new(), request, &*self.current_policy(), |cookie, why| {
            journal.decided(cookie, CookieFate::Withheld(why));
            refused.push((cookie.clone(), why))
        });
        refused
    }

    /// Whether the policy would send this cookie, in the jar or not, with this request; the limits
    /// of a header aside.
    pub fn return_ok(&self, cookie: &Cookie, request: &dyn RequestView) -> Result<(), Refusal> {
        let url = request.url();
        return_ok(cookie, &self.transaction(request, &url)?, &*self.current_policy())
    }

    /// The cookies for a request, in the order of the header, within the limits of one. They are
    /// among those that lie `near`, which are looked up; `refused` hears of the others of
    /// these.
    fn select<'a>(
        &self,
        near: &'a mut Vec<Stored>,
        request: &dyn RequestView,
        policy: &dyn CookiePolicy,
        mut refused: impl FnMut(&Cookie, Refusal),
    ) -> Vec<&'a Cookie> {
        let url = request.url();
        let Ok(transaction) = self.transaction(request, &url) else {
            return Vec::new();
        };
        let owners: SmallVec<[&str; 8]> = transaction.names().collect();
        *near = self.or_default(self.store().candidates(&owners));
        let mut place = Place::default();
        let mut chosen = Vec::with_capacity(near.len());
        for Stored { cookie, created, .. } in near {
            let answer = place.return_ok(cookie, &transaction, policy);
            match answer.and_then(|()| policy.return_ok(cookie, &transaction)).and_then(|()| rule::sendable(cookie)) {
                Ok(()) => chosen.push((Reverse(cookie.path_bytes().len()), *created, &**cookie)),
                Err(why) => refused(cookie, why),
            }
        }
        // RFC 6265 section 5.4, step 2: "Cookies with longer paths are listed before cookies with
        // shorter paths. Among cookies that have equal-length path fields, cookies with earlier
        // creation-times are listed before cookies with later creation-times."
        chosen.sort_unstable_by_key(|(length, created, _)| (*length, *created));
        let mut fits = room(policy.limits(), policy.protocols().reading);
        chosen.retain(|(.., cookie)| {
            let fits = fits(cookie);
            if !fits {
                refused(cookie, Refusal::HeaderFull);
            }
            fits
        });
        chosen.into_iter().map(|(.., cookie)| cookie).collect()
    }
}

/// The policy's three questions, the quick ones first.
fn return_ok(cookie: &Cookie, transaction: &Transaction<'_>, policy: &dyn CookiePolicy) -> Result<(), Refusal> {
    Place::default().return_ok(cookie, transaction, policy)?;
    policy.return_ok(cookie, transaction)
}

/// A domain and a path, and whether their cookies could go with a request: an answer for all that
/// lie there.
#[derive(Default)]
struct Place<'a> {
    domain: &'a [u8],
    path: &'a [u8],
    answer: Option<Result<(), Refusal>>,
}

impl<'a> Place<'a> {
    fn return_ok(
        &mut self,
        cookie: &'a Cookie,
        transaction: &Transaction<'_>,
        policy: &dyn CookiePolicy,
    ) -> Result<(), Refusal> {
        let (domain, path) = (cookie.domain_bytes(), cookie.path_bytes());
        match self.answer {
            Some(answer) if self.domain == domain && self.path == path => answer,
            _ => {
                let answer = policy.domain_return_ok(cookie.domain(), transaction);
                let answer = answer.and_then(|()| policy.path_return_ok(path, transaction));
                *self = Self { domain, path, answer: Some(answer) };
                answer
            }
        }
    }
}

/// Whether one header can hold this cookie too, behind those that it was asked about before and
/// could.
fn room(limits: Limits, reading: Reading) -> impl FnMut(&Cookie) -> bool {
    let (mut count, mut bytes) = (0, 0);
    move |cookie| {
        let with_this = bytes + header::length(cookie, reading) + if count == 0 { 0 } else { "; ".len() };
        let fits = !exceeds(count + 1, limits.header_cookies) && !exceeds(with_this, limits.header_bytes);
        if fits {
            (count, bytes) = (count + 1, with_this);
        }
        fits
    }
}
