//! Any bytes as a proxy's answer to CONNECT, cut into any pieces: whoever answers so is never taken
//! for the server, a refusal is the same from pieces as from one, and holds no cookie.

use clientcookie::transport::{Proxy, UreqTransport};
use clientcookie::{ErrorKind, HttpErrorCause, HttpsHandler, OpenerDirector, Request};

use super::kind_of;
use super::spoken::{Server, cut};

pub fn run(bytes: &[u8]) {
    let (pieces, whole) = cut(bytes);
    let refusal = outcome(&[whole]);
    if pieces.len() > 1 {
        assert_eq!(outcome(&pieces), refusal, "from pieces");
    }
}

/// The refusal, or nothing if it is a failure of another kind: when bytes behind a tunnel's head
/// are noticed depends on when they come.
fn outcome(pieces: &[&[u8]]) -> Option<String> {
    let mut opener = OpenerDirector::new();
    opener.add_handler(HttpsHandler::with_transport(UreqTransport::new().dial(Server::new(pieces, b""))));
    let mut request = Request::new("https://192.0.2.1/").expect("a URL");
    request.set_proxy(Some(Proxy::new("192.0.2.2:3128").expect("a proxy")));
    let error = opener.open(request).expect_err("no server has answered");
    let ErrorKind::Http(refusal) = error.kind() else {
        return None;
    };
    assert!(matches!(refusal.cause(), HttpErrorCause::TunnelRefused), "{error}");
    assert!(refusal.headers().get("Set-Cookie").is_none() && refusal.headers().get("Set-Cookie2").is_none());
    let shown = format!("{} {} {}", refusal.status(), refusal.reason(), refusal.headers());
    let mut response = error.into_http_error().expect("as before").into_response();
    let body = response.text().map_err(|error| kind_of(&error));
    Some(format!("{shown} {body:?}"))
}
