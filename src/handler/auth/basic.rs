//! Basic authentication (RFC 7617): the password itself, hardly disguised.

use http::{HeaderValue, StatusCode};

use crate::handler::auth::challenge::Challenge;
use crate::handler::auth::{Challenger, PasswordMgr, answer, user, was_sent};
use crate::handler::{Answer, Handler, Hook, Kind, Parent};
use crate::message::error::Result;
use crate::message::request::Request;
use crate::message::response::Response;
use crate::message::urls::Userinfo;

/// Answers a server that asks for a password with Basic (urllib2's `HTTPBasicAuthHandler`).
///
/// A default handler, without passwords of its own: it answers with the user and password of the
/// URL. One of yours takes its place.
///
/// ```
/// # use clientcookie::transport::ScriptedTransport;
/// # use clientcookie::HttpsHandler;
/// use clientcookie::{HttpBasicAuthHandler, HttpPasswordMgrWithDefaultRealm, build_opener};
///
/// let passwords = HttpPasswordMgrWithDefaultRealm::new();
/// passwords.add_password(None, "https://example.com/staff", "me", "secret")?;
/// # let transport = ScriptedTransport::new()
/// #     .reply("HTTP/1.1 401 Who?\r\nWWW-Authenticate: Basic realm=\"Staff\"\r\n\r\n").reply("HTTP/1.1 200 OK\r\n\r\n");
/// # let https = HttpsHandler::with_transport(transport.clone());
/// let opener = build_opener((HttpBasicAuthHandler::new(passwords), https));
/// opener.open("https://example.com/staff/list")?;
/// # assert_eq!(transport.requests()[1].headers.get_str("Authorization").as_deref(), Some("Basic bWU6c2VjcmV0"));
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// A user and password in the URL (`https://me:secret@example.com/`) go before those of the
/// manager. Nothing is sent before the server has asked, unless the manager says so
/// ([`HttpPasswordMgrWithPriorAuth`](crate::HttpPasswordMgrWithPriorAuth)). A password is tried
/// once: the answer to it is the answer. Users and passwords go out as UTF-8.
#[doc(alias = "HTTPBasicAuthHandler")]
#[doc(alias = "AbstractBasicAuthHandler")]
pub struct HttpBasicAuthHandler(Basic);

/// How both are made and set.
macro_rules! constructors {
    ($($name:ident)*) => {$(
        impl $name {
            /// The handler with this password manager; an `Arc` lets passwords be added later.
            pub fn new(passwords: impl PasswordMgr + 'static) -> Self {
                Self(Basic { passwords: Box::new(passwords), allow_downgrade: false })
            }

            /// Whether Basic is answered where Digest is offered beside it. Off: whoever sits in
            /// between could leave the stronger one out of what is offered (RFC 7616 section 5.10).
            #[must_use]
            pub fn allow_downgrade(self, allow: bool) -> Self {
                Self(Basic { allow_downgrade: allow, ..self.0 })
            }
        }
    )*};
}

constructors! { HttpBasicAuthHandler ProxyBasicAuthHandler }

impl Handler for HttpBasicAuthHandler {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::BasicAuth)
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpRequest, Hook::HttpResponse, Hook::HttpError]
    }

    fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        let (name, passwords) = (Challenger::Server.credentials(), &self.0.passwords);
        if !request.has_header(name)
            && passwords.is_authenticated(request.url())
            && let Some(user) = passwords.find_user_password(None, request.url())
            && request.userinfo().is_none_or(|own| own.user() == user.user() && own.password().is_empty())
            && let Some(value) = said(&user)
        {
            request.add_unredirected_header(name, value)?;
        }
        Ok(())
    }

    fn http_response(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
        match response.status() {
            // What was answered without a password needs none.
            status if status.is_success() && request.has_header(Challenger::Server.credentials()) => {
                self.0.passwords.update_authenticated(request.url(), true);
            }
            StatusCode::UNAUTHORIZED => self.0.passwords.update_authenticated(request.url(), false),
            _ => {}
        }
        Ok(response)
    }

    fn http_error(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
        self.0.http_error(Challenger::Server, request, response)
    }
}

/// Answers a proxy that asks for a password with Basic (urllib2's `ProxyBasicAuthHandler`); through
/// a tunnel too. The server never sees the answer.
///
/// ```
/// use clientcookie::{HttpProxyPasswordMgr, ProxyBasicAuthHandler, build_opener};
///
/// let passwords = HttpProxyPasswordMgr::new();
/// passwords.add_password(None, "proxy.example:3128", "me", "secret")?;
/// let opener = build_opener(ProxyBasicAuthHandler::new(passwords));
/// # Ok::<(), clientcookie::Error>(())
/// ```
pub struct ProxyBasicAuthHandler(Basic);

impl Handler for ProxyBasicAuthHandler {
    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpError]
    }

    fn http_error(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
        self.0.http_error(Challenger::Proxy, request, response)
    }
}

/// What both do.
struct Basic {
    passwords: Box<dyn PasswordMgr>,
    allow_downgrade: bool,
}

impl Basic {
    fn http_error(&self, challenger: Challenger, request: &Request, response: Response) -> Result<Answer> {
        answer(challenger, request, response, |challenges, _| self.credentials(challenger, request, challenges))
    }

    fn credentials(&self, challenger: Challenger, request: &Request, challenges: &[Challenge]) -> Option<HeaderValue> {
        let basic = challenges.iter().find(|challenge| challenge.scheme == "basic")?;
        if !self.allow_downgrade && challenges.iter().any(|challenge| challenge.scheme == "digest") {
            log::warn!(target: "clientcookie", "Basic is not answered where Digest is offered, unless allow_downgrade is on");
            return None;
        }
        let user = user(challenger, &*self.passwords, basic.realm(), request)?;
        // The same again would be refused again.
        said(&user).filter(|value| !was_sent(request, challenger, value))
    }
}

/// RFC 7617 section 2: a colon in the user would move the border to the password.
fn said(user: &Userinfo) -> Option<HeaderValue> {
    if user.user().contains(':') {
        log::warn!(target: "clientcookie", "a user with a colon in it cannot be sent with Basic");
        return None;
    }
    Some(user.basic())
}

crate::redact::opaque_debug! { HttpBasicAuthHandler ProxyBasicAuthHandler }
