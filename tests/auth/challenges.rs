//! Hostile challenges: what a server writes must cost little and never end up in our own header
//! unescaped.

use clientcookie::transport::ScriptedTransport;
use clientcookie::{Error, HttpBasicAuthHandler, HttpDigestAuthHandler, HttpHandler, build_opener};

use super::password;
use crate::support::{assert_linear, can_measure_work};

/// What is said to a server that asks so.
fn answer(challenge: &[u8]) -> Option<Vec<u8>> {
    let head = [b"HTTP/1.1 401 Who?\r\nWWW-Authenticate: ", challenge, b"\r\nContent-Length: 0\r\n\r\n"].concat();
    let transport = ScriptedTransport::new().reply(head).reply("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let opener = build_opener((
        HttpDigestAuthHandler::new(password("h.test", "me", "secret")),
        HttpBasicAuthHandler::new(password("h.test", "me", "secret")),
        HttpHandler::with_transport(transport.clone()),
    ));
    match opener.open("http://h.test/").map_err(Error::into_http_error) {
        Ok(_) => {}
        Err(Ok(error)) => assert_eq!(error.status(), 401),
        Err(Err(error)) => panic!("{error}"),
    }
    let requests = transport.requests();
    let header = requests.get(1)?.headers.get("Authorization")?.as_bytes().to_vec();
    Some(header)
}

#[test]
fn they_cost_little() {
    if !can_measure_work() {
        return;
    }
    for (before, unit) in [
        ("Basic ", ","),
        ("", "a,"),
        ("Basic realm=\"", "a"),
        ("Basic realm=\"", "\\"),
        ("Basic", " "),
        ("", "\u{a0}"),
        ("", "Basic realm=\"a\", "),
        ("Digest ", "a=b,"),
        ("Digest ", "="),
        ("Digest realm=a, nonce=b, qop=\"", "auth,"),
    ] {
        assert_linear(unit, 1 << 15, &|size| {
            answer(format!("{before}{}", unit.repeat(size / unit.len())).as_bytes());
        });
    }
}

#[test]
fn what_they_hold_does_not_get_out_of_its_quotes() {
    for (says, challenge, expected) in [
        ("a quote in the nonce", r#"Digest realm="a", nonce="x\", uri=\"/evil""#, Some(r#"nonce="x\", uri=\"/evil""#)),
        ("a backslash in the realm", r#"Digest realm="a\\", nonce="b""#, Some(r#"realm="a\\""#)),
        ("a quote in opaque", r#"Digest realm="a", nonce="b", opaque="\"""#, Some(r#"opaque="\"""#)),
        ("a tab in the nonce", "Digest realm=\"a\", nonce=\"b\tc\"", None),
        ("what is left open", "Digest realm=\"a\", nonce=\"b", None),
        ("an algorithm that nobody knows", "Digest realm=\"a\", nonce=\"b\", algorithm=SHA-3", None),
        ("integrity alone", "Digest realm=\"a\", nonce=\"b\", qop=\"auth-int\"", None),
        ("no nonce", "Digest realm=\"a\"", None),
        ("no realm is an empty one", "Digest nonce=\"a\"", Some("realm=\"\", nonce=\"a\"")),
    ] {
        let said = answer(challenge.as_bytes()).map(|said| String::from_utf8(said).unwrap());
        match (said, expected) {
            (Some(said), Some(expected)) => assert!(said.contains(expected), "{says}: {said}"),
            (said, expected) => assert_eq!(said.as_deref(), expected, "{says}"),
        }
    }
}

#[test]
fn random_ones_are_survived() {
    let pieces: &[&[u8]] = &[
        b"Basic", b"Digest", b" ", b",", b"=", b"\"", b"\\", b"realm", b"nonce", b"qop", b"auth", b"\xff", b"a", b"\t",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    for _ in 0..500 {
        let mut challenge = Vec::new();
        for _ in 0..20 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            challenge.extend(pieces[(state >> 33) as usize % pieces.len()]);
        }
        answer(&challenge);
    }
}
