//! Sending cookies back.

use std::cmp::Reverse;

use super::CookieJar;
use crate::cookie::journal::Journal;
use crate::cookie::limits::exceeds;
use crate::cookie::{Cookie, CookiePolicy, Limits, Reading, Refusal, RequestView, Stored, Transaction, header, rule};

impl CookieJar {
    /// Adds the one `Cookie` header that the request should carry, if there are cookies for it.
    ///
    /// A `Cookie` header that the request has already is left alone. The header is added as an unredirected one: each
    /// hop of a redirect has its own. Where the policy speaks RFC 2965, a `Cookie2` header tells servers so, as its
    /// section 3.3.5 asks.
    pub fn add_cookie_header(&self, request: &mut dyn RequestView) {
        let has_cookie = request.has_header("Cookie");
        let policy = self.policy();
        let protocols = policy.protocols();
        if has_cookie && !protocols.rfc2965 {
            return;
        }
        let chosen = self.select(&*request, &*policy, |_, _| {});
        let journal = Journal::open();
        if !has_cookie && !chosen.is_empty() {
            if journal.is_logging() {
                chosen.iter().for_each(|stored| journal.sent(&stored.cookie));
            }
            let value = header::write(chosen.iter().map(|stored| &*stored.cookie), protocols.reading);
            request.add_unredirected_header("Cookie", &value);
        }
        // RFC 2965, section 3.3.5: "the user agent can send a Cookie2 request header [...] to inform the server that
        // it understands a later version".
        let others = chosen.iter().any(|stored| stored.cookie.version() != 1);
        if protocols.rfc2965 && !protocols.hide_cookie2 && others && !request.has_header("Cookie2") {
            request.add_unredirected_header("Cookie2", b"$Version=\"1\"");
        }
    }

    /// The cookies that [`add_cookie_header`](Self::add_cookie_header) would send, in the order of the header: longer
    /// paths first, then older cookies first.
    pub fn cookies_for_request(&self, request: &dyn RequestView) -> Vec<Cookie> {
        let chosen = self.select(request, &*self.policy(), |_, _| {});
        chosen.into_iter().map(|stored| (*stored.cookie).clone()).collect()
    }

    /// The cookies of the request's host and of its parents that it goes without, and why.
    ///
    /// Cookies of other hosts are not among them; [`return_ok`](Self::return_ok) answers for any cookie.
    pub fn why_not_sent(&self, request: &dyn RequestView) -> Vec<(Cookie, Refusal)> {
        let mut refused = Vec::new();
        self.select(request, &*self.policy(), |cookie, why| refused.push((cookie.clone(), why)));
        refused
    }

    /// Whether the policy would send this cookie, in the jar or not, with this request; the limits of a header aside.
    pub fn return_ok(&self, cookie: &Cookie, request: &dyn RequestView) -> Result<(), Refusal> {
        let url = request.url();
        return_ok(cookie, &self.transaction(request, &url)?, &*self.policy())
    }

    /// The cookies for a request, in the order of the header, within the limits of one. `refused` hears of the others
    /// that lie near.
    fn select(
        &self,
        request: &dyn RequestView,
        policy: &dyn CookiePolicy,
        mut refused: impl FnMut(&Cookie, Refusal),
    ) -> Vec<Stored> {
        let url = request.url();
        let Ok(transaction) = self.transaction(request, &url) else {
            return Vec::new();
        };
        let owners: Vec<&str> = transaction.names().collect();
        let mut chosen = self.or_default(self.store().candidates(&owners));
        let mut journal = Journal::open();
        let mut refuse = |cookie: &Cookie, why: Refusal| {
            journal.not_sent(cookie, why);
            refused(cookie, why);
        };
        chosen.retain(|stored| {
            match return_ok(&stored.cookie, &transaction, policy).and_then(|()| rule::sendable(&stored.cookie)) {
                Ok(()) => true,
                Err(why) => {
                    refuse(&stored.cookie, why);
                    false
                }
            }
        });
        // RFC 6265, section 5.4, step 2: "Cookies with longer paths are listed before cookies with shorter paths.
        // Among cookies that have equal-length path fields, cookies with earlier creation-times are listed before
        // cookies with later creation-times."
        chosen.sort_unstable_by_key(|stored| (Reverse(stored.cookie.path_bytes().len()), stored.created));
        keep_what_fits(&mut chosen, policy.limits(), policy.protocols().reading, &mut refuse);
        chosen
    }
}

/// The policy's three questions, the quick ones first.
fn return_ok(cookie: &Cookie, transaction: &Transaction<'_>, policy: &dyn CookiePolicy) -> Result<(), Refusal> {
    policy.domain_return_ok(cookie.domain(), transaction)?;
    policy.path_return_ok(cookie.path_bytes(), transaction)?;
    policy.return_ok(cookie, transaction)
}

/// Leaves behind what one header cannot hold.
fn keep_what_fits(
    chosen: &mut Vec<Stored>,
    limits: Limits,
    reading: Reading,
    refuse: &mut impl FnMut(&Cookie, Refusal),
) {
    let (mut count, mut bytes) = (0, 0);
    chosen.retain(|stored| {
        let with_this = bytes + header::length(&stored.cookie, reading) + if count == 0 { 0 } else { "; ".len() };
        let fits = !exceeds(count + 1, limits.header_cookies) && !exceeds(with_this, limits.header_bytes);
        if fits {
            (count, bytes) = (count + 1, with_this);
        } else {
            refuse(&stored.cookie, Refusal::HeaderFull);
        }
        fits
    });
}
