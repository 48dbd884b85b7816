//! Digest authentication (RFC 7616, and RFC 2069's form of it): proof of knowing a password that does not tell it.

mod algorithm;
mod guard;
mod nonces;

use http::{HeaderValue, Method};

use crate::error::{HttpError, HttpErrorCause, Result};
use crate::handler::auth::challenge::Challenge;
use crate::handler::auth::{Audience, PasswordMgr, answer, user};
use crate::handler::{Answer, Handler, Hook, Kind, Parent};
use crate::request::Request;
use crate::response::Response;
use crate::transport::Way;
use crate::urls::{self, Userinfo};

use algorithm::Algorithm;
use guard::Guard;
use nonces::{Count, Nonces};

/// Answers a server that asks for a password with Digest (urllib2's `HTTPDigestAuthHandler`).
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
/// Of several challenges the strongest is answered: SHA-512-256, SHA-256, then MD5, each with `-sess` or without
/// (without the feature `tls`, MD5 alone); `qop=auth`, or the form of RFC 2069 for servers that know no `qop`. What
/// asks for `auth-int` alone is handed on. It comes before
/// [`HttpBasicAuthHandler`](crate::HttpBasicAuthHandler) (order 490), so that of both the better one is taken. A
/// password is tried once, and once more if the server says that the nonce was stale.
#[doc(alias = "HTTPDigestAuthHandler")]
#[doc(alias = "AbstractDigestAuthHandler")]
pub struct HttpDigestAuthHandler(Digest);

impl HttpDigestAuthHandler {
    /// The handler with this password manager; an `Arc` lets passwords be added later.
    pub fn new(passwords: impl PasswordMgr + 'static) -> HttpDigestAuthHandler {
        HttpDigestAuthHandler(Digest {
            passwords: Box::new(passwords),
            nonces: Nonces::default(),
            guard: Guard::default(),
            allow_downgrade: false,
        })
    }

    /// Whether a realm that has asked for Digest before may ask for Basic alone, or another of the same origin for the
    /// same password. Off: that is then an error, which holds the answer ([`HttpErrorCause::AuthDowngrade`]).
    pub fn allow_downgrade(self, allow: bool) -> HttpDigestAuthHandler {
        HttpDigestAuthHandler(Digest { allow_downgrade: allow, ..self.0 })
    }
}

impl Handler for HttpDigestAuthHandler {
    fn order(&self) -> i32 {
        490
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpError]
    }

    fn http_error(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
        self.0.http_error(Audience::Server, request, response)
    }
}

/// Answers a proxy that asks for a password with Digest (urllib2's `ProxyDigestAuthHandler`); through a tunnel too.
///
/// A default handler, without passwords of its own: the user and password in the proxy's URL are answered with, and go
/// before those of a manager. One of yours takes its place.
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

impl ProxyDigestAuthHandler {
    /// The handler with this password manager; an `Arc` lets passwords be added later.
    pub fn new(passwords: impl PasswordMgr + 'static) -> ProxyDigestAuthHandler {
        ProxyDigestAuthHandler(Digest {
            passwords: Box::new(passwords),
            nonces: Nonces::default(),
            guard: Guard::default(),
            allow_downgrade: false,
        })
    }

    /// Whether a realm that has asked for Digest before may ask for Basic alone, or another of the same origin for the
    /// same password. Off: that is then an error, which holds the answer ([`HttpErrorCause::AuthDowngrade`]).
    pub fn allow_downgrade(self, allow: bool) -> ProxyDigestAuthHandler {
        ProxyDigestAuthHandler(Digest { allow_downgrade: allow, ..self.0 })
    }
}

impl Handler for ProxyDigestAuthHandler {
    fn order(&self) -> i32 {
        490
    }

    fn kind(&self) -> Option<Kind> {
        Some(Kind::ProxyDigestAuth)
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpError]
    }

    fn http_error(&self, _: &dyn Parent, request: &Request, response: Response) -> Result<Answer> {
        self.0.http_error(Audience::Proxy, request, response)
    }
}

/// What both do.
struct Digest {
    passwords: Box<dyn PasswordMgr>,
    nonces: Nonces,
    guard: Guard,
    allow_downgrade: bool,
}

impl Digest {
    fn http_error(&self, audience: Audience, request: &Request, response: Response) -> Result<Answer> {
        if !self.allow_downgrade && self.guard.is_downgrade(audience, &*self.passwords, request, &response) {
            return Err(HttpError::new(response, HttpErrorCause::AuthDowngrade).into());
        }
        answer(audience, request, response, |challenges, answered| {
            let asked = Asked::strongest(challenges)?;
            let (place, realm) = (nonces::place(audience, request)?, asked.challenge.realm());
            // A second answer is for a server that has forgotten, not for one that said no.
            if answered > 1 || (answered == 1 && !asked.is_stale()) {
                return None;
            }
            let user = user(audience, &*self.passwords, realm, request)?;
            // Who has no password for it takes no notice either: another handler may have one for Basic.
            self.guard.saw_digest(&place, realm);
            let count = self.nonces.count(&place, realm, asked.nonce)?;
            credentials(&asked, &user, &count, audience, request)
        })
    }
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
    fn of(challenge: &'a Challenge) -> Option<Asked<'a>> {
        let algorithm = Algorithm::named(challenge.parameter("algorithm").unwrap_or("MD5"))?;
        let nonce = challenge.parameter("nonce")?;
        challenge.parameter("realm")?;
        let qop = challenge.parameter("qop");
        let mut offered = qop.unwrap_or_default().split([',', ' ', '\t']);
        let with_qop = offered.any(|one| one.eq_ignore_ascii_case("auth"));
        (challenge.scheme == "digest" && (with_qop || qop.is_none())).then_some(Asked {
            challenge,
            algorithm,
            nonce,
            with_qop,
        })
    }

    /// The strongest one, and of two as strong the first.
    fn strongest(challenges: &'a [Challenge]) -> Option<Asked<'a>> {
        let asked = challenges.iter().filter_map(Asked::of);
        asked.reduce(|best, other| if other.algorithm.strength() > best.algorithm.strength() { other } else { best })
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
    audience: Audience,
    request: &Request,
) -> Option<HeaderValue> {
    let hash = |parts: &[&str]| asked.algorithm.hash(&parts.join(":"));
    let (realm, nonce, cnonce) = (asked.challenge.realm(), asked.nonce, count.cnonce.as_str());
    let (method, uri) = target(audience, request);
    let mut secret = hash(&[user.user(), realm, user.password()]);
    if asked.algorithm.is_session() {
        secret = hash(&[&secret, nonce, cnonce]);
    }
    let asked_for = hash(&[method.as_str(), &uri]);
    let number = format!("{:08x}", count.number);
    let response = match asked.with_qop {
        true => hash(&[&secret, nonce, &number, cnonce, "auth", &asked_for]),
        false => hash(&[&secret, nonce, &asked_for]),
    };

    let mut value = format!("Digest {}", name(asked, user, &hash));
    let mut add = |text: String| {
        value.push_str(", ");
        value.push_str(&text);
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
    let mut value = HeaderValue::from_bytes(value.as_bytes()).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Who the user is, in the clear or hashed (RFC 7616 section 3.4.4), as an extended value if it is not ASCII.
fn name(asked: &Asked<'_>, user: &Userinfo, hash: &dyn Fn(&[&str]) -> String) -> String {
    let user_name = user.user();
    let wants_hash = asked.challenge.parameter("userhash").is_some_and(|wanted| wanted.eq_ignore_ascii_case("true"));
    if wants_hash {
        return format!("username=\"{}\", userhash=true", hash(&[user_name, asked.challenge.realm()]));
    }
    match quoted(user_name).filter(|_| user_name.is_ascii()) {
        Some(quoted) => format!("username={quoted}"),
        None => {
            let escaped = percent_encoding::utf8_percent_encode(user_name, percent_encoding::NON_ALPHANUMERIC);
            format!("username*=UTF-8''{escaped}")
        }
    }
}

/// A quoted string (RFC 9110 section 5.6.4); `None` if it holds what none may.
fn quoted(text: &str) -> Option<String> {
    if text.contains(char::is_control) {
        return None;
    }
    Some(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

/// What is asked for, as the request line says it: a proxy without a tunnel is sent the whole URL, one that is to open
/// a tunnel the host.
fn target(audience: Audience, request: &Request) -> (Method, String) {
    let url = request.url();
    let way = request.proxy().map(|proxy| proxy.way(url));
    match (audience, way) {
        (Audience::Proxy, Some(Way::Tunnel)) => (Method::CONNECT, urls::authority(url)),
        (_, Some(Way::WholeUrl)) => (request.method(), url[..url::Position::AfterQuery].to_owned()),
        _ => (request.method(), url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()),
    }
}
