//! A certificate for one place, and for no other.

use super::openers::trusting;
use crate::support::{Recorded, Reply, Server, fixture};
use crate::transport::outcome::outcome;
use crate::transport::tls_proxy::TlsFront;
use crate::transport::tunnel::{Tunnels, YES};
use clientcookie::transport::{FixedResolver, Proxy, TlsSettings, UreqTransport};
use clientcookie::{ErrorKind, HttpsClientCertMgr, HttpsHandler, OpenerDirector, Request, build_opener};
use std::sync::Arc;

fn transport(servers: &[(&str, &Server)]) -> UreqTransport {
    let mut resolver = FixedResolver::new();
    for (name, server) in servers {
        resolver = resolver.host(name, server.port(), [([127, 0, 0, 1], server.port())]);
    }
    UreqTransport::new().tls(TlsSettings::new().ca_file(fixture("ca.pem")).unwrap()).resolver(resolver)
}

/// An opener with certificates for places, which knows these servers by name.
fn opener(servers: &[(&str, &Server)], certificates: &[(&str, &str)]) -> OpenerDirector {
    let certs = HttpsClientCertMgr::with_transport(transport(servers));
    for (place, name) in certificates {
        add(&certs, place, name).unwrap();
    }
    build_opener(HttpsHandler::with_transport(transport(servers)).client_certs(certs))
}

fn add(certs: &HttpsClientCertMgr, place: &str, name: &str) -> clientcookie::Result<()> {
    certs.add_key_cert(place, fixture(&format!("{name}.key")), fixture(&format!("{name}.pem")))
}

fn is_refused(outcome: &str) -> bool {
    // The refusal may be lost when the system resets the connection.
    outcome == "Tls" || outcome == "Disconnected"
}

fn served(_: &Recorded) -> Reply {
    Reply::ok("served")
}

#[test]
fn it_is_shown_in_its_place() {
    let server = Server::start_tls_with_client_auth("localhost", served);
    let port = server.port();
    let (host, url) = (format!("a.test:{port}"), server.url_for("a.test", "/"));
    for (sentence, place, path, expected) in [
        ("host and port", host.clone(), "/", true),
        ("a URL", url.clone(), "/x", true),
        ("a URL of the root is for all below", url.clone(), "/x/y?z", true),
        ("a folder", format!("{url}staff"), "/staff/x", true),
        ("another folder", format!("{url}staff"), "/staffroom", false),
        ("capitals", host.to_uppercase(), "/", true),
        ("another host", format!("b.test:{port}"), "/", false),
        ("another port", "a.test".to_owned(), "/", false),
        ("a host below", format!("test:{port}"), "/", false),
    ] {
        let opener = opener(&[("a.test", &server)], &[(&place, "client")]);
        let came = outcome(&opener, server.url_for("a.test", path).as_str());
        assert!(if expected { came == "served" } else { is_refused(&came) }, "{sentence}: {came}");
    }
}

#[test]
fn the_narrowest_place_decides_and_the_last_of_two() {
    let server = Server::start_tls_with_client_auth("localhost", served);
    let (host, staff) = (format!("a.test:{}", server.port()), server.url_for("a.test", "/staff"));
    let open = |certificates: &[(&str, &str)], path: &str| {
        outcome(&opener(&[("a.test", &server)], certificates), server.url_for("a.test", path).as_str())
    };
    for both in [[(&*host, "other-client"), (&*staff, "client")], [(&*staff, "client"), (&*host, "other-client")]] {
        assert_eq!(open(&both, "/staff/x"), "served");
        assert!(is_refused(&open(&both, "/")));
    }
    assert_eq!(open(&[(&host, "other-client"), (&host, "client")], "/"), "served");
    assert!(is_refused(&open(&[(&host, "client"), (&host, "other-client")], "/")));
}

#[test]
fn another_host_is_not_shown_it_by_a_redirect() {
    let other = Server::start_tls_with_client_auth("localhost", served);
    let location = other.url_for("b.test", "/");
    let server = Server::start_tls_with_client_auth("localhost", move |_| Reply::redirect(302, &location));
    let names = [("a.test", &server), ("b.test", &other)];
    let (here, there) = (format!("a.test:{}", server.port()), format!("b.test:{}", other.port()));
    let url = server.url_for("a.test", "/");
    assert!(is_refused(&outcome(&opener(&names, &[(&here, "client")]), url.as_str())));
    assert_eq!((server.requests().len(), other.requests().len()), (1, 0));
    assert_eq!(outcome(&opener(&names, &[(&here, "client"), (&there, "client")]), url.as_str()), "served");
}

#[test]
fn a_certificate_has_connections_of_its_own() {
    let server = Server::start_tls("localhost", |request| Reply::ok(request.target()));
    let names = [("a.test", &server), ("b.test", &server)];
    let at = |host: &str, path: &str| format!("{host}:{}{path}", server.port());
    let (staff, boss, second) = (at("https://a.test", "/staff"), at("https://a.test", "/boss"), at("b.test", ""));
    let opener = opener(&names, &[(&staff, "client"), (&boss, "other-client"), (&second, "client")]);
    let urls = [
        at("https://a.test", "/"),
        at("https://a.test", "/staff"),
        at("https://a.test", "/boss"),
        at("https://b.test", "/"),
    ];
    for round in 0..3 {
        for (number, url) in urls.iter().enumerate() {
            outcome(&opener, url.as_str());
            assert_eq!(server.requests().pop().unwrap().connection, number, "{url} in round {round}");
        }
    }
    assert_eq!(server.connections(), urls.len());
}

#[test]
fn certificates_come_and_go_while_in_use() {
    let server = Server::start_tls_with_client_auth("localhost", served);
    let certs = Arc::new(HttpsClientCertMgr::with_transport(transport(&[])));
    let opener = build_opener(HttpsHandler::with_transport(transport(&[])).client_certs(Arc::clone(&certs)));
    let url = server.url("/");
    assert!(is_refused(&outcome(&opener, url.as_str())));
    add(&certs, &url, "client").unwrap();
    assert_eq!(outcome(&opener, url.as_str()), "served");
    assert_eq!(format!("{certs:?}"), "HttpsClientCertMgr { certificates: 1, .. }");
    certs.clear();
    assert!(is_refused(&outcome(&opener, url.as_str())));
    assert!(is_refused(&outcome(&trusting("ca.pem"), url.as_str())));
}

#[test]
fn what_is_no_certificate_is_said_at_once() {
    let certs = HttpsClientCertMgr::new();
    let name = |name: &str| fixture(name).to_str().unwrap().to_owned();
    let (pem, key) = (name("client.pem"), name("client.key"));
    for (sentence, key_file, cert_file, expected) in [
        ("the key of another", name("other-client.key"), pem.clone(), "client.pem and "),
        ("the two exchanged", pem.clone(), key.clone(), "private key"),
        ("no key", pem.clone(), pem.clone(), "client.pem: the PEM text cannot be used: "),
        ("no such file", "/no/such.key".to_owned(), pem.clone(), "TLS failed: /no/such.key: No such file"),
        ("no PEM", name("make.sh"), name("make.sh"), "private key"),
    ] {
        let error = certs.add_key_cert("h", key_file, cert_file).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Tls { .. }), "{sentence}: {error}");
        assert!(error.to_string().contains(expected), "{sentence}: {error}");
    }
    for place in ["http://h/", "", "h/a", "https://", "h:99999", "u@h", "ftp://h/"] {
        let error = certs.add_key_cert(place, &key, &pem).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::InvalidUrl { .. }), "{place}: {error}");
    }
    let error = certs.add_key_cert("http://me:secret@h/", &key, &pem).unwrap_err().to_string();
    assert!(!error.contains("secret") && error.ends_with("a certificate is for an https URL, a host, or host:port"));
    assert_eq!(format!("{certs:?}"), "HttpsClientCertMgr { certificates: 0, .. }");
}

#[test]
fn both_may_be_in_one_file() {
    let file = std::env::temp_dir().join(format!("clientcookie-one-{}.pem", std::process::id()));
    let read = |name: &str| std::fs::read_to_string(fixture(name)).unwrap();
    std::fs::write(&file, read("client.key") + &read("client.pem")).unwrap();
    let server = Server::start_tls_with_client_auth("localhost", served);
    let certs = HttpsClientCertMgr::with_transport(transport(&[]));
    certs.add_key_cert(&server.url("/"), &file, &file).unwrap();
    std::fs::remove_file(file).unwrap();
    let opener = build_opener(HttpsHandler::with_transport(transport(&[])).client_certs(certs));
    assert_eq!(outcome(&opener, server.url("/").as_str()), "served");
}

#[test]
fn it_is_not_shown_to_a_proxy_on_the_way() {
    let proxy = Server::start_tls_with_client_auth("localhost", served);
    let server = Server::start_tls_with_client_auth("localhost", served);
    let url = server.url_for("a.test", "/");
    let opener = opener(&[("a.test", &server), ("localhost", &proxy)], &[(&url, "client")]);
    let proxied = Request::get(&url).proxy(Proxy::new(&proxy.url("/")).unwrap());
    let error = opener.open(proxied).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Proxy { .. }), "{error}");
    assert_eq!(proxy.requests().len(), 0, "who demands one gets none");
    let tunnels = Tunnels::start(YES);
    let front = TlsFront::to(tunnels.proxy("").url().port().unwrap());
    let proxied = || Request::get(&url).proxy(Proxy::new(&format!("https://localhost:{front}")).unwrap());
    assert_eq!(outcome(&opener, proxied()), "served", "the server is shown it, through the same kind of proxy");
    assert!(is_refused(&outcome(&trusting("ca.pem"), proxied())), "and demands it there too");
}
