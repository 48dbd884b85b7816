//! [`Lineage`]: what has happened to a request on its way.

use http::StatusCode;

use crate::message::Proxy;
use crate::message::headers::Headers;
use crate::message::redirection::Redirection;

/// For whom a request is made; see [`Request::purpose`](crate::Request::purpose).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Purpose {
    /// The user asked for it, or was redirected to it.
    #[default]
    User,
    /// A handler needs it for a purpose of its own, such as robots.txt: it gets no cookies and no
    /// `Referer`, and leaves none behind.
    Errand,
}

/// Who asks for a password: the server (401) or the proxy (407); RFC 9110 section 11.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Challenger {
    /// The server that the URL names.
    Server,
    /// The proxy on the way to it.
    Proxy,
}

impl Challenger {
    /// The status it asks with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Server => StatusCode::UNAUTHORIZED,
            Self::Proxy => StatusCode::PROXY_AUTHENTICATION_REQUIRED,
        }
    }

    /// The header it asks with: `WWW-Authenticate` or `Proxy-Authenticate`.
    pub fn challenge(self) -> &'static str {
        match self {
            Self::Server => "WWW-Authenticate",
            Self::Proxy => "Proxy-Authenticate",
        }
    }

    /// The header that answers: `Authorization` or `Proxy-Authorization`.
    pub fn credentials(self) -> &'static str {
        match self {
            Self::Server => "Authorization",
            Self::Proxy => "Proxy-Authorization",
        }
    }
}

/// What has happened to a request: which requests led to it, and what it was before handlers added
/// to it.
#[derive(Clone, Default)]
pub(crate) struct Lineage {
    pub(super) purpose: Purpose,
    pub(super) redirections: Vec<Redirection>,
    pub(super) attempts: u32,
    server: Challenges,
    proxy: Challenges,
    pub(super) as_begun: AsBegun,
}

/// What handlers add to, as it was before they did.
#[derive(Clone, Default)]
pub(super) struct AsBegun {
    pub(super) unredirected_headers: Headers,
    pub(super) unredirected_proxy: Option<Proxy>,
}

/// How many challenges were answered.
#[derive(Clone, Copy, Default)]
pub(crate) struct Challenges {
    /// For this URL, since it was asked for the first time or repeated.
    pub(crate) here: u32,
    /// For all requests that led here, and this one.
    pub(crate) in_all: u32,
}

impl Lineage {
    pub(crate) fn challenges(&self, challenger: Challenger) -> Challenges {
        match challenger {
            Challenger::Server => self.server,
            Challenger::Proxy => self.proxy,
        }
    }

    /// Of the same request with credentials.
    pub(super) fn answered(mut self, challenger: Challenger) -> Self {
        let challenges = match challenger {
            Challenger::Server => &mut self.server,
            Challenger::Proxy => &mut self.proxy,
        };
        challenges.here = challenges.here.saturating_add(1);
        challenges.in_all = challenges.in_all.saturating_add(1);
        self
    }

    /// Of the same request once more.
    pub(super) fn repeated(mut self) -> Self {
        self.ask_anew();
        self.attempts = self.attempts.saturating_add(1);
        self
    }

    /// Of where it is redirected to.
    pub(super) fn redirected(&self, from: Redirection) -> Self {
        let mut next = Self { as_begun: AsBegun::default(), ..self.clone() };
        next.ask_anew();
        next.redirections.push(from);
        next
    }

    /// What is asked next is another question; the sum stays.
    fn ask_anew(&mut self) {
        self.server.here = 0;
        self.proxy.here = 0;
    }

    /// Whether nobody was asked for this URL before: it is no repetition, and no answer to a
    /// challenge.
    pub(crate) fn is_first(&self) -> bool {
        self.attempts == 0 && self.server.here == 0 && self.proxy.here == 0
    }
}
