//! Basic authentication (RFC 7617): the password itself, hardly disguised.

use crate::error::Result;
use crate::handler::auth::challenge::Challenge;
use crate::handler::auth::{Audience, PasswordMgr, answer};
use crate::handler::{Answer, Handler, Hook, Parent};
use crate::request::Request;
use crate::response::Response;

macro_rules! basic_handler {
    ($(#[$doc:meta])* $name:ident, $audience:expr, [$($hook:ident),*]) => {
        $(#[$doc])*
        pub struct $name {
            passwords: Box<dyn PasswordMgr>,
            allow_downgrade: bool,
        }

        impl $name {
            /// The handler with this password manager; an `Arc` lets passwords be added later.
            pub fn new(passwords: impl PasswordMgr + 'static) -> $name {
                $name { passwords: Box::new(passwords), allow_downgrade: false }
            }

            /// Whether Basic is answered where Digest is offered beside it. Off: whoever sits in between could leave the
            /// stronger one out of what the server offers (RFC 7616 section 5.10).
            pub fn allow_downgrade(self, allow: bool) -> $name {
                $name { allow_downgrade: allow, ..self }
            }
        }

        impl Handler for $name {
            fn hooks(&self) -> &[Hook] {
                &[$(Hook::$hook),*]
            }

            fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
                let audience = $audience;
                if audience == Audience::Server
                    && !request.has_header(audience.header())
                    && self.passwords.is_authenticated(request.url())
                    && let Some(user) = self.passwords.find_user_password(None, request.url())
                {
                    request.add_unredirected_header(audience.header(), user.basic())?;
                }
                Ok(())
            }

            fn http_response(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
                match response.status() {
                    status if status.is_success() => self.passwords.update_authenticated(request.url(), true),
                    http::StatusCode::UNAUTHORIZED => self.passwords.update_authenticated(request.url(), false),
                    _ => {}
                }
                Ok(response)
            }

            fn http_error(&self, parent: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
                let audience = $audience;
                answer(audience, parent, request, response, |challenges, _| {
                    let is = |challenge: &&Challenge, scheme: &str| challenge.scheme == scheme;
                    let challenge = challenges.iter().find(|challenge| is(challenge, "basic"))?;
                    if !self.allow_downgrade && challenges.iter().any(|challenge| is(&challenge, "digest")) {
                        log::warn!("Basic is not answered where Digest is offered, unless allow_downgrade is on");
                        return None;
                    }
                    let user = audience.user(&*self.passwords, challenge.realm(), request)?;
                    if user.user().contains(':') {
                        log::warn!("a user with a colon in it cannot be sent with Basic");
                        return None;
                    }
                    let value = user.basic();
                    // The same again would be refused again.
                    (!super::was_sent(request, audience, &value)).then_some(value)
                })
            }
        }
    };
}

basic_handler! {
    /// Answers a server that asks for a password with Basic (urllib2's `HTTPBasicAuthHandler`).
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
    /// A user and password in the URL (`https://me:secret@example.com/`) go before those of the manager. Nothing is
    /// sent before the server has asked, unless the manager says so
    /// ([`HttpPasswordMgrWithPriorAuth`](crate::HttpPasswordMgrWithPriorAuth)). A password is tried once: the answer to
    /// it is the answer. Users and passwords go out as UTF-8.
    #[doc(alias = "HTTPBasicAuthHandler")]
    #[doc(alias = "AbstractBasicAuthHandler")]
    HttpBasicAuthHandler, Audience::Server, [HttpRequest, HttpResponse, HttpError]
}

basic_handler! {
    /// Answers a proxy that asks for a password with Basic (urllib2's `ProxyBasicAuthHandler`); through a tunnel too. The
    /// server never sees the answer.
    ///
    /// ```
    /// use clientcookie::{HttpProxyPasswordMgr, ProxyBasicAuthHandler, build_opener};
    ///
    /// let passwords = HttpProxyPasswordMgr::new();
    /// passwords.add_password(None, "proxy.example:3128", "me", "secret")?;
    /// let opener = build_opener(ProxyBasicAuthHandler::new(passwords));
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    ProxyBasicAuthHandler, Audience::Proxy, [HttpError]
}
