//! Digest authentication (RFC 7616, and RFC 2069's form of it): proof of knowing a password that
//! does not tell it.

mod algorithm;
mod guard;
mod nonces;

use std::borrow::Cow;

use encoding_rs::Encoding;
use http::{HeaderValue, Method};

use crate::handler::auth::challenge::{self, Challenge};
use crate::handler::auth::{Challenger, PasswordMgr, answer, user};
use crate::handler::{Answer, Handler, Hook, Kind, Parent};
use crate::message::error::{HttpError, HttpErrorCause, Result};
use crate::message::request::Request;
use crate::message::response::Response;
use crate::message::urls::{self, Userinfo};
use crate::transport::ProxyRoute;

use algorithm::Algorithm;
use guard::Guard;
use nonces::{Count, Nonces};

/// Answers a server that asks for a password with Digest (urllib2's `HTTPDigestAuthHandler`).
///
/// A default handler, without passwords of its own: the user and password in the URL are answered
/// with, and go before those of a manager. One of yours takes its place.
///
/// ```
/// use clientcookie::{HttpDigestAuthHandler, HttpPasswordMgr, build_opener};
///
/// let passwords = HttpPasswordMgr::new();
/// passwords.add_password("Staff", "https://example.com/staff", "me", "secret")?;
/// let opener = build_opener(HttpDigestAuthHandler::new(passwords));
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// Of several challenges the strongest is answered: SHA-512-256, SHA-256, then MD5, each with
/// `-sess` or without (without the feature `tls`, MD5 alone); `qop=auth`, or the form of RFC 2069
/// for servers that know no `qop`. What asks for `auth-int` alone is handed on. A user outside
/// ASCII goes out as UTF-8, or in the `charset` that is asked for. Where an answer has a nonce for
/// the next request (`Authentication-Info`), that is not asked first. It comes before
/// [`HttpBasicAuthHandler`](crate::HttpBasicAuthHandler) (order 490), so that of both the better
/// one is taken. A password is tried once, and once more if the server says that the nonce was
/// stale.
#[doc(alias = "HTTPDigestAuthHandler")]
#[doc(alias = "AbstractDigestAuthHandler")]
pub struct HttpDigestAuthHandler(Digest);

/// Answers a proxy that asks for a password with Digest (urllib2's `ProxyDigestAuthHandler`);
/// through a tunnel too.
///
/// A default handler, without passwords of its own: the user and password in the proxy's URL are
/// answered with, and go before those of a manager. One of yours takes its place.
///
/// ```
/// use clientcookie::{HttpProxyPasswordMgr, ProxyDigestAuthHandler, build_opener};
///
/// let passwords = HttpProxyPasswordMgr::new();
/// passwords.add_password(None, "proxy.example:3128", "me", "secret")?;
/// let opener = build_opener(ProxyDigestAuthHandler::new(passwords));
/// # Ok::<(), clientcookie::Error>(())
/// ```
pub struct ProxyDigestAuthHandler(Digest);

/// All of both: whom they answer is the one difference.
macro_rules! handlers {
    ($($name:ident answers $challenger:expr, of $kind:expr;)*) => {$(
        impl $name {
            /// The handler with this password manager; an `Arc` lets passwords be added later.
            pub fn new(passwords: impl PasswordMgr + 'static) -> Self {
                Self(Digest {
                    passwords: Box::new(passwords),
                    nonces: Nonces::default(),
                    guard: Guard::default(),
                    allow_downgrade: false,
                })
            }

            /// Whether a realm that has asked for Digest before may ask for Basic alone, or another
            /// of the same origin for the same password. Off: that is then an error, which holds
            /// the answer ([`HttpErrorCause::AuthDowngrade`]).
            #[must_use]
            pub fn allow_downgrade(self, allow: bool) -> Self {
                Self(Digest { allow_downgrade: allow, ..self.0 })
            }
        }

        impl Handler for $name {
            fn order(&self) -> i32 {
                490
            }

            fn kind(&self) -> Option<Kind> {
                Some($kind)
            }

            fn hooks(&self) -> &[Hook] {
                &[Hook::HttpRequest, Hook::HttpResponse, Hook::HttpError]
            }

            fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
                self.0.http_request($challenger, request)
            }

            fn http_response(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Response> {
                self.0.see_next($challenger, request, &response);
                Ok(response)
            }

            fn http_error(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
                self.0.http_error($challenger, request, response)
            }
        }
    )*};
}

handlers! {
    HttpDigestAuthHandler answers Challenger::Server, of Kind::DigestAuth;
    ProxyDigestAuthHandler answers Challenger::Proxy, of Kind::ProxyDigestAuth;
}

/// What both do.
struct Digest {
    passwords: Box<dyn PasswordMgr>,
    nonces: Nonces,
    guard: Guard,
    allow_downgrade: bool,
}

impl Digest {
    fn http_error(&self, challenger: Challenger, request: &Request, response: Response) -> Result<Answer> {
        if !self.allow_downgrade && self.guard.is_downgrade(challenger, &*self.passwords, request, &response) {
            return Err(HttpError::new(response, HttpErrorCause::AuthDowngrade).into());
        }
        answer(challenger, request, response, |challenges, answered| {
            let asked = Asked::strongest(challenges)?;
            let (place, realm) = (nonces::place(challenger, request)?, asked.challenge.realm());
            // A second answer is for a server that has forgotten, not for one that said no.
            if answered > 1 || (answered == 1 && !asked.is_stale()) {
                return None;
            }
            let user = user(challenger, &*self.passwords, realm, request)?;
            // Who has no password for it takes no notice either: another handler may have one for
            // Basic.
            self.guard.saw_digest(place, realm);
            let count = self.nonces.count(place, realm, asked.nonce)?;
            self.nonces.saw_answer(place, asked.challenge);
            credentials(&asked, &user, &count, challenger, request)
        })
    }

    /// Says who the user is before being asked, where the last answer came with a nonce for this
    /// one, and where this request was asked already: a proof is for one sending, and is made
    /// anew when it goes out again because somebody else asked too.
    fn http_request(&self, challenger: Challenger, request: &mut Request) -> Result<()> {
        let name = challenger.credentials();
        if request.has_header(name) {
            return Ok(());
        }
        match self.next(challenger, request) {
            Some(credentials) => request.add_unredirected_header(name, credentials),
            None => Ok(()),
        }
    }

    fn next(&self, challenger: Challenger, request: &Request) -> Option<HeaderValue> {
        let place = nonces::place(challenger, request)?;
        let handed_out = || self.nonces.take_next(place).filter(|_| is_seen(challenger, request));
        let challenge = match request.challenges_answered(challenger) {
            0 => handed_out()?,
            _ => self.nonces.last(place)?,
        };
        let asked = Asked::of(&challenge)?;
        let user = user(challenger, &*self.passwords, challenge.realm(), request)?;
        let count = self.nonces.count(place, challenge.realm(), asked.nonce)?;
        self.nonces.saw_answer(place, &challenge);
        credentials(&asked, &user, &count, challenger, request)
    }

    /// The nonce for the next request, if the answer to one of ours has it (RFC 7616 section 3.5).
    fn see_next(&self, challenger: Challenger, request: &Request, response: &Response) {
        let said = request.unredirected_headers().get(challenger.credentials());
        let said =
            said.filter(|_| is_seen(challenger, request)).and_then(|said| challenge::credentials(said.as_bytes()));
        let Some(said) = said else {
            return;
        };
        let next = challenge::parameter(response.headers(), info(challenger), "nextnonce");
        if let (Some(next), Some(place)) = (next, nonces::place(challenger, request))
            && let Some(nonce) = said.parameter("nonce")
        {
            self.nonces.saw_next(place, said.realm(), nonce, &next);
        }
    }
}

/// What the answer to an answer comes with.
fn info(challenger: Challenger) -> &'static str {
    match challenger {
        Challenger::Server => "Authentication-Info",
        Challenger::Proxy => "Proxy-Authentication-Info",
    }
}

/// Whether whom we speak of sees the head of the request, and we its answer: not so a proxy with a
/// tunnel, which then sees its own CONNECT alone.
fn is_seen(challenger: Challenger, request: &Request) -> bool {
    let way = request.proxy().map(|proxy| proxy.route(request.url()));
    challenger == Challenger::Server || way == Some(ProxyRoute::WholeUrl)
}

/// A challenge that can be answered.
struct Asked<'a> {
    challenge: &'a Challenge,
    algorithm: Algorithm,
    nonce: &'a str,
    /// Whether `qop=auth` is to be answered; else RFC 2069 is.
    with_qop: bool,
}

impl<'a> Asked<'a> {
    fn of(challenge: &'a Challenge) -> Option<Self> {
        let algorithm = Algorithm::named(challenge.parameter("algorithm").unwrap_or("MD5"))?;
        let nonce = challenge.parameter("nonce")?;
        let offered = |wanted: &str| {
            let qop = challenge.parameter("qop").unwrap_or_default();
            qop.split([',', ' ', '\t']).any(|one| one.eq_ignore_ascii_case(wanted))
        };
        let with_qop = offered("auth");
        // What is empty, or holds words that nobody knows, is as good as none (RFC 7616 section
        // 3.3).
        let is_known = challenge.scheme == "digest" && (with_qop || !offered("auth-int"));
        is_known.then_some(Asked { challenge, algorithm, nonce, with_qop })
    }

    /// The strongest one, and of two as strong the first.
    fn strongest(challenges: &'a [Challenge]) -> Option<Self> {
        let asked = challenges.iter().filter_map(Asked::of);
        asked.reduce(|best, other| if other.algorithm.strength() > best.algorithm.strength() { other } else { best })
    }

    /// Whether names beyond ASCII are known to be UTF-8 (RFC 7616 section 3.3), and may be said as
    /// extended values.
    fn is_utf8(&self) -> bool {
        self.challenge.parameter("charset").is_some_and(|charset| charset.eq_ignore_ascii_case("UTF-8"))
    }

    /// A name or a password in the charset that is asked for; UTF-8 if none is, or it has no such
    /// characters.
    fn encoded<'t>(&self, text: &'t str) -> Cow<'t, [u8]> {
        let charset = self.challenge.parameter("charset").and_then(|label| Encoding::for_label(label.as_bytes()));
        match charset.map(|charset| charset.encode(text)) {
            Some((bytes, _, false)) => bytes,
            _ => Cow::Borrowed(text.as_bytes()),
        }
    }

    fn is_stale(&self) -> bool {
        self.challenge.parameter("stale").is_some_and(|stale| stale.eq_ignore_ascii_case("true"))
    }
}

/// RFC 7616 section 3.4.
fn credentials(
    asked: &Asked<'_>,
    user: &Userinfo,
    count: &Count,
    challenger: Challenger,
    request: &Request,
) -> Option<HeaderValue> {
    let hash = |parts: &[&[u8]]| asked.algorithm.hash(&parts.join(&b':'));
    let hash_of = |parts: &[&str]| asked.algorithm.hash(parts.join(":").as_bytes());
    let (realm, nonce, cnonce) = (asked.challenge.realm(), asked.nonce, count.cnonce.as_str());
    let (method, uri) = target(challenger, request);
    let (name, password) = (asked.encoded(user.user()), asked.encoded(user.password()));
    let mut secret = hash(&[&name, realm.as_bytes(), &password]);
    if asked.algorithm.is_session() {
        secret = hash_of(&[&secret, nonce, cnonce]);
    }
    let asked_for = hash_of(&[method.as_str(), &uri]);
    let number = format!("{:08x}", count.number);
    let response = match asked.with_qop {
        true => hash_of(&[&secret, nonce, &number, cnonce, "auth", &asked_for]),
        false => hash_of(&[&secret, nonce, &asked_for]),
    };

    let mut value = b"Digest ".to_vec();
    value.extend(username(asked, user.user(), &name, &hash)?);
    let mut add = |text: String| {
        value.extend(b", ");
        value.extend(text.into_bytes());
    };
    add(format!("realm={}", quoted(realm)?));
    add(format!("nonce={}", quoted(nonce)?));
    add(format!("uri={}", quoted(&uri)?));
    add(format!("response=\"{response}\""));
    if let Some(named) = asked.challenge.parameter("algorithm") {
        add(format!("algorithm={}", Algorithm::named(named)?.name()));
    }
    if let Some(opaque) = asked.challenge.parameter("opaque") {
        add(format!("opaque={}", quoted(opaque)?));
    }
    if asked.with_qop {
        add(format!("qop=auth, nc={number}, cnonce=\"{cnonce}\""));
    } else if asked.algorithm.is_session() {
        add(format!("cnonce=\"{cnonce}\""));
    }
    let mut value = HeaderValue::from_bytes(&value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Who the user is: hashed if that is wanted (RFC 7616 section 3.4.4); as an extended value if it
/// is not ASCII and the server is known to understand that; else as it is, in the charset that the
/// server asks for, which is what servers before RFC 7616 know.
fn username(asked: &Asked<'_>, user: &str, encoded: &[u8], hash: &dyn Fn(&[&[u8]]) -> String) -> Option<Vec<u8>> {
    let wants_hash = asked.challenge.parameter("userhash").is_some_and(|wanted| wanted.eq_ignore_ascii_case("true"));
    if wants_hash {
        let hashed = hash(&[encoded, asked.challenge.realm().as_bytes()]);
        return Some(format!("username=\"{hashed}\", userhash=true").into_bytes());
    }
    let is_plain = user.is_ascii() && !user.contains(char::is_control);
    if asked.is_utf8() && !is_plain {
        let escaped = percent_encoding::utf8_percent_encode(user, percent_encoding::NON_ALPHANUMERIC);
        return Some(format!("username*=UTF-8''{escaped}").into_bytes());
    }
    let mut value = b"username=\"".to_vec();
    for &byte in encoded {
        match byte {
            // No quoted string holds it.
            byte if byte.is_ascii_control() => return None,
            b'"' | b'\\' => value.extend([b'\\', byte]),
            byte => value.push(byte),
        }
    }
    value.push(b'"');
    Some(value)
}

/// A quoted string (RFC 9110 section 5.6.4); `None` if it holds what none may.
fn quoted(text: &str) -> Option<String> {
    if text.contains(char::is_control) {
        return None;
    }
    Some(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// What is asked for, as the request line says it: a proxy without a tunnel is sent the whole URL,
/// one that is to open a tunnel the host.
fn target(challenger: Challenger, request: &Request) -> (Method, String) {
    let url = request.url();
    let way = request.proxy().map(|proxy| proxy.route(url));
    match (challenger, way) {
        (Challenger::Proxy, Some(ProxyRoute::Tunnel)) => (Method::CONNECT, urls::authority(url)),
        (_, Some(ProxyRoute::WholeUrl)) => (request.method(), url[..url::Position::AfterQuery].to_owned()),
        _ => (request.method(), url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()),
    }
}

crate::redact::opaque_debug! { HttpDigestAuthHandler ProxyDigestAuthHandler }

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Proxy;

    #[test]
    fn a_proxy_with_a_tunnel_sees_nothing_of_the_request() {
        for (says, url, proxy, expected) in [
            ("no proxy", "http://h.test/", None, [true, false]),
            ("all goes through it", "http://h.test/", Some("http://p.test:3128"), [true, true]),
            ("a tunnel", "https://h.test/", Some("http://p.test:3128"), [true, false]),
        ] {
            let mut request = Request::new(url).unwrap();
            request.set_proxy(proxy.map(|proxy| Proxy::new(proxy).unwrap()));
            assert_eq!(
                [Challenger::Server, Challenger::Proxy].map(|challenger| is_seen(challenger, &request)),
                expected,
                "{says}"
            );
        }
    }
}
