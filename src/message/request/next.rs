//! What the next request inherits from the one before: [`again`](Request::again),
//! [`with_credentials`](Request::with_credentials), [`redirected_to`](Request::redirected_to) and
//! [`errand`](Request::errand). The table stands in the docs of [`Request`].

use http::{HeaderValue, Method, StatusCode};
use url::Url;

use super::Request;
use super::lineage::{Challenger, Purpose};
use crate::message::error::Result;
use crate::message::redirection::Redirection;
use crate::message::urls;

impl Request {
    /// The same request once more, as it was before handlers added to it, so that they do so anew:
    /// with the cookies that were set meanwhile, say. `None` if its data is a reader, which is
    /// read once.
    ///
    /// It counts as a repetition ([`attempts`](Self::attempts)), and so among those that
    /// [`HttpRetryProcessor`](crate::HttpRetryProcessor) allows. What goes on to something new, a
    /// next page say, is a new [`Request`].
    ///
    /// ```
    /// use clientcookie::{Answer, Error, ErrorKind, Handler, Parent, Request, Result};
    ///
    /// /// Asks once more when there was no connection.
    /// struct Once;
    ///
    /// impl Handler for Once {
    ///     fn open_error(
    ///         &self,
    ///         _: &dyn Parent,
    ///         request: &Request,
    ///         error: Error,
    ///     ) -> Result<Answer<Error>> {
    ///         match request.again() {
    ///             Some(again)
    ///                 if request.attempts() == 0
    ///                     && matches!(error.kind(), ErrorKind::Connect { .. }) =>
    ///             {
    ///                 Ok(Answer::Next(again, error))
    ///             }
    ///             _ => Ok(Answer::Continue(error)),
    ///         }
    ///     }
    /// }
    /// ```
    pub fn again(&self) -> Option<Self> {
        let mut again = self.as_begun()?;
        for challenger in [Challenger::Server, Challenger::Proxy] {
            again.forget_proof(challenger);
        }
        again.lineage = again.lineage.repeated();
        Some(again)
    }

    /// The same request with an answer to a challenge: these credentials in the place of others for
    /// the same challenger, for this request alone. What was said to the other one stays.
    /// `None` if its data is a reader, which is read once.
    ///
    /// ```
    /// use clientcookie::{Challenger, Request};
    ///
    /// let request = Request::new("http://example.com/")?;
    /// let answer =
    ///     request.with_credentials(Challenger::Server, "Bearer 31d4".parse().unwrap()).unwrap();
    /// assert_eq!(answer.header("Authorization").as_deref(), Some("Bearer 31d4"));
    /// assert_eq!(answer.challenges_answered(Challenger::Server), 1);
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    pub fn with_credentials(&self, challenger: Challenger, mut credentials: HeaderValue) -> Option<Self> {
        let mut again = self.as_begun()?;
        let other = match challenger {
            Challenger::Server => Challenger::Proxy,
            Challenger::Proxy => Challenger::Server,
        };
        again.forget_proof(other);
        again.remove_header(challenger.credentials());
        credentials.set_sensitive(true);
        // The name is a token and the value was checked when it was made.
        let _ = again.add_unredirected_header(challenger.credentials(), credentials);
        again.lineage = again.lineage.answered(challenger);
        Some(again)
    }

    /// The request for where this one is redirected to, by the rules of this status (RFC 9110
    /// section 15.4): GET for GET and HEAD for HEAD; any other method goes along after 307 and
    /// 308, with its data, and becomes GET else. `None` if the same data is to go and is a
    /// reader, which is read once. To another origin (scheme, host or port) no credentials go
    /// along, nor any header whose value is marked sensitive.
    ///
    /// Whether a redirect is to be followed at all is for
    /// [`HttpRedirectHandler`](crate::HttpRedirectHandler) to decide, or for a handler in its
    /// place.
    ///
    /// ```
    /// use clientcookie::Request;
    ///
    /// let mut request = Request::new("http://example.com/old")?;
    /// request.add_header("Accept-Language", "de")?;
    /// request.add_header("Authorization", "Bearer 31d4")?;
    /// let new = "http://example.net/new".parse().unwrap();
    /// let next = request.redirected_to(new, http::StatusCode::FOUND).unwrap();
    /// assert_eq!(next.header("Accept-Language").as_deref(), Some("de"));
    /// assert_eq!(next.header("Authorization"), None);
    /// assert_eq!(next.redirections()[0].url(), request.url());
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    pub fn redirected_to(&self, url: Url, status: StatusCode) -> Option<Self> {
        let same_origin = urls::same_origin(&self.url, &url);
        let userinfo = self.userinfo.clone().filter(|_| same_origin);
        let mut next = Self::from_parts(urls::without_userinfo(url), userinfo);
        next.headers = self.headers.clone();
        match (self.method(), status) {
            (method @ (Method::GET | Method::HEAD), _) => next.method = Some(method),
            (method, StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT) => {
                next.method = Some(method);
                next.data = self.data_again()?;
            }
            _ => next.method = Some(Method::GET),
        }
        if next.data.is_none() {
            next.headers.retain(|name, _| !describes_data(name));
        }
        if !same_origin {
            let downgrade = self.scheme() == "https" && next.scheme() != "https";
            next.headers.retain(|name, value| !stays_behind(name, value, downgrade));
        }
        next.inherit_from(self);
        next.extensions = self.extensions.clone();
        next.descend_from(self, status);
        Some(next)
    }

    /// A request that a handler makes for a purpose of its own on behalf of this one, as robots.txt
    /// is: with its `User-Agent`, time limits and proxy, and nothing else of it. What it opens
    /// is unverifiable.
    #[must_use]
    pub fn errand(&self, url: Url) -> Self {
        let mut errand = Self::from_parts(urls::without_userinfo(url), None);
        errand.inherit_from(self);
        errand.lineage.purpose = Purpose::Errand;
        let agent = self.headers.get("User-Agent").or_else(|| self.unredirected_headers.get("User-Agent"));
        if let Some(agent) = agent {
            // A value that was a header is one.
            let _ = errand.headers.append("User-Agent", agent);
        }
        errand
    }

    /// Sends this very request elsewhere: for request hooks that rewrite URLs, best with an
    /// [`order`](crate::Handler::order) before those that look at it. A userinfo in the URL
    /// replaces the one there was; without one, that is kept within the origin (scheme, host
    /// and port). To another origin no credentials go along that handlers added, `Cookie` above
    /// all, and a `Host` that they added is made anew.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidUrl`](crate::ErrorKind::InvalidUrl) as [`Request::new`].
    pub fn set_url(&mut self, url: Url) -> Result<()> {
        let (url, userinfo) = urls::split_userinfo(url)?;
        let same_origin = urls::same_origin(&self.url, &url);
        let downgrade = self.scheme() == "https" && url.scheme() != "https";
        self.userinfo = userinfo.or_else(|| self.userinfo.take().filter(|_| same_origin));
        self.url = url;
        if same_origin {
            return Ok(());
        }
        let callers = &self.lineage.as_begun.unredirected_headers;
        let is_callers = |name: &str| callers.contains(name);
        let host = self.unredirected_headers.contains("Host") && !is_callers("Host");
        self.unredirected_headers.retain(|name, value| is_callers(name) || !stays_behind(name, value, downgrade));
        if host {
            self.unredirected_headers.append("Host", urls::host_and_port(&self.url))?;
        }
        Ok(())
    }

    /// What has happened to this request by an answer of this status of the other's, whoever made
    /// it.
    pub(crate) fn descend_from(&mut self, other: &Self, status: StatusCode) {
        self.lineage = other.lineage.redirected(Redirection::new(other.url.clone(), status));
    }

    /// What goes along to any other URL, wherever it is.
    fn inherit_from(&mut self, other: &Self) {
        self.unverifiable = true;
        self.origin_req_host = Some(other.origin_req_host().to_owned());
        self.own_proxy = other.own_proxy.clone();
        self.timeouts = other.timeouts;
    }

    /// As it was before handlers added to it; `None` if its data is a reader.
    fn as_begun(&self) -> Option<Self> {
        let mut begun = self.try_clone()?;
        begun.unredirected_headers = self.lineage.as_begun.unredirected_headers.clone();
        begun.unredirected_proxy = self.lineage.as_begun.unredirected_proxy.clone();
        Some(begun)
    }

    /// Takes a proof of knowing a password out that was for one sending (RFC 7616 section 3.4:
    /// `nc`), and was an answer to a challenge, so that it is made or asked for anew.
    fn forget_proof(&mut self, challenger: Challenger) {
        let is_proof = |value: &HeaderValue| value.as_bytes().starts_with(b"Digest ");
        if self.lineage.challenges(challenger).in_all > 0 {
            let credentials = challenger.credentials();
            self.unredirected_headers
                .retain(|name, value| !(name.eq_ignore_ascii_case(credentials) && is_proof(value)));
        }
    }
}

fn describes_data(name: &str) -> bool {
    let is_content = name.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("Content-"));
    is_content || name.eq_ignore_ascii_case("Transfer-Encoding")
}

/// What a request says to one origin and to no other.
fn stays_behind(name: &str, value: &HeaderValue, downgrade: bool) -> bool {
    const SECRETS: [&str; 7] =
        ["Authorization", "Cookie", "Cookie2", "Proxy-Authorization", "WWW-Authenticate", "Proxy-Authenticate", "Host"];
    value.is_sensitive()
        || SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret))
        || (downgrade && name.eq_ignore_ascii_case("Referer"))
}
