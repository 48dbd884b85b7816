//! q19: whose certificate is believed.

use super::openers::{trusting, with};
use crate::support::{Connection, Reply, Server, fixture};
use crate::transport::debug::{is_child, stderr_of};
use crate::transport::outcome::{describe, outcome};
use clientcookie::transport::{FixedResolver, TlsSettings, UreqTransport};
use clientcookie::{HttpsHandler, OpenerDirector, Request, build_opener};
use rustls::server::Acceptor;
use std::io::{Read, Write};
use std::sync::mpsc::channel;
use std::thread;

fn ours() -> TlsSettings {
    TlsSettings::new().ca_file(fixture("ca.pem")).unwrap()
}

#[test]
fn certificates() {
    let other = || TlsSettings::new().ca_file(fixture("other-ca.pem")).unwrap();
    let added = |settings: TlsSettings, name| settings.add_ca_file(fixture(name)).unwrap();
    let rows: [(&str, &str, &str, TlsSettings, &str); 18] = [
        ("all is well", "localhost", "localhost", ours(), "believed"),
        ("an address that is in the certificate", "localhost", "127.0.0.1", ours(), "believed"),
        ("the same address in another form", "localhost", "127.1", ours(), "believed"),
        ("an address that is not", "wrong-name", "127.0.0.1", ours(), "Tls"),
        ("another name", "wrong-name", "localhost", ours(), "Tls"),
        ("a name in the subject only", "cn-only", "localhost", ours(), "Tls"),
        ("it has expired", "expired", "localhost", ours(), "Tls"),
        ("it signed itself", "self-signed", "localhost", ours(), "Tls"),
        (
            "it signed itself, and nobody is trusted but Mozilla's",
            "self-signed",
            "localhost",
            TlsSettings::new(),
            "Tls",
        ),
        ("an authority that only we know", "localhost", "localhost", TlsSettings::new(), "Tls"),
        ("an authority that is not its own", "localhost", "localhost", other(), "Tls"),
        ("that is added to Mozilla's", "localhost", "localhost", added(TlsSettings::new(), "ca.pem"), "believed"),
        ("that is added to another", "localhost", "localhost", added(other(), "ca.pem"), "believed"),
        ("beside one that is added", "localhost", "localhost", added(TlsSettings::new(), "other-ca.pem"), "Tls"),
        ("it signed itself, and is added", "self-signed", "localhost", added(ours(), "self-signed.pem"), "believed"),
        ("an authority's own", "ca-as-server", "localhost", added(ours(), "ca-as-server.pem"), "Tls"),
        ("anyone, if told so", "self-signed", "localhost", TlsSettings::new().insecure(true), "believed"),
        ("not anyone, if told so again", "self-signed", "localhost", ours().insecure(true).insecure(false), "Tls"),
    ];
    for (sentence, certificate, host, settings, expected) in rows {
        let server = Server::start_tls(certificate, |_| Reply::ok("believed"));
        let opener = with(settings);
        let post = Request::post(server.url_for(host, "/"), "secret");
        let came = outcome(&opener, post);
        assert_eq!(came, expected, "{sentence}");
        let requests = usize::from(expected == "believed");
        assert_eq!(server.requests().len(), requests, "{sentence}: nothing is said to whom is not believed");
    }
}

#[test]
fn an_error_says_why() {
    let server = Server::start_tls("expired", |_| Reply::ok("never"));
    let error = trusting("ca.pem").open(server.url("/").as_str()).unwrap_err();
    assert!(error.to_string().contains("expired"), "{error}");
    let server = Server::start_tls("wrong-name", |_| Reply::ok("never"));
    let error = trusting("ca.pem").open(server.url("/").as_str()).unwrap_err();
    assert!(error.to_string().contains("elsewhere.invalid"), "{error}");
}

#[test]
fn an_error_says_what_to_do() {
    for (says, certificate, settings, word) in [
        ("self-signed", "self-signed", TlsSettings::new(), "--cacert"),
        ("an authority of one's own", "localhost", TlsSettings::new(), "add_ca_file"),
        ("another's", "localhost", TlsSettings::new().ca_file(fixture("other-ca.pem")).unwrap(), "--cacert"),
        ("an authority's as a server's", "ca-as-server", TlsSettings::new(), "basicConstraints CA:TRUE"),
        ("it has expired", "expired", ours(), "clock"),
    ] {
        let server = Server::start_tls(certificate, |_| Reply::ok("never"));
        let error = with(settings).open(server.url("/")).unwrap_err();
        assert!(error.to_string().contains(word), "{says}: {error}");
    }
    let http = Server::raw(|_, connection| {
        connection.read_exact(&mut [0])?;
        connection.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    });
    let closes = Server::raw(|_, connection| connection.read_exact(&mut [0; 6]));
    for (says, server, word) in [("plain HTTP", &http, "begin with http://"), ("nothing", &closes, "no TLS is spoken")]
    {
        let error = with(ours()).open(server.url("/").replace("http:", "https:")).unwrap_err();
        assert_eq!(describe(&error), "Tls", "{says}: {error}");
        assert!(error.to_string().contains(word), "{says}: {error}");
    }
}

/// Where the system's store is asked for, and only there.
#[cfg(feature = "native-certs")]
#[test]
fn the_systems_store_is_trusted_if_asked_for() {
    if is_child() {
        let server = Server::start_tls("localhost", |_| Reply::ok("believed"));
        for (says, settings, expected) in [
            ("asked for", TlsSettings::new().native_certs(true), "believed"),
            ("not asked for", TlsSettings::new(), "Tls"),
            ("asked for, and no more", TlsSettings::new().native_certs(true).native_certs(false), "Tls"),
        ] {
            assert_eq!(outcome(&with(settings), server.url("/").as_str()), expected, "{says}");
        }
        return;
    }
    let ca = fixture("ca.pem");
    let variables = [("SSL_CERT_FILE", ca.to_str().unwrap())];
    stderr_of("tls::trust::the_systems_store_is_trusted_if_asked_for", &variables);
}

/// What other programs let the environment do.
#[test]
fn no_variable_changes_whom_we_trust() {
    if is_child() {
        let server = Server::start_tls("localhost", |_| Reply::ok("never"));
        assert_eq!(outcome(&build_opener(()), server.url("/").as_str()), "Tls");
        return;
    }
    let (ca, folder) = (fixture("ca.pem"), fixture(""));
    let (ca, folder) = (ca.to_str().unwrap(), folder.to_str().unwrap());
    let variables = [
        ("SSL_CERT_FILE", ca),
        ("SSL_CERT_DIR", folder),
        ("CURL_CA_BUNDLE", ca),
        ("REQUESTS_CA_BUNDLE", ca),
        ("NODE_EXTRA_CA_CERTS", ca),
        ("SSL_NO_VERIFY", "1"),
        ("GIT_SSL_NO_VERIFY", "1"),
        ("PYTHONHTTPSVERIFY", "0"),
        ("NODE_TLS_REJECT_UNAUTHORIZED", "0"),
        ("PERL_LWP_SSL_VERIFY_HOSTNAME", "0"),
        ("HTTPS_CA_FILE", ca),
    ];
    stderr_of("tls::trust::no_variable_changes_whom_we_trust", &variables);
}

/// q21
#[test]
fn one_insecure_opener_leaves_the_others_strict() {
    let server = Server::start_tls("self-signed", |_| Reply::ok("believed"));
    let url = server.url("/");
    let insecure = with(TlsSettings::new().insecure(true));
    let strict = trusting("ca.pem");
    let check = |opener: &OpenerDirector, expected: &str| {
        for _ in 0..10 {
            assert_eq!(outcome(opener, url.as_str()), expected);
        }
    };
    check(&insecure, "believed");
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| check(&insecure, "believed"));
            scope.spawn(|| check(&strict, "Tls"));
        }
    });
    check(&strict, "Tls");
    check(&with(TlsSettings::new()), "Tls");
}

#[test]
fn the_server_is_told_which_name_is_meant() {
    // An address is no name (RFC 6066 section 3).
    for (host, expected) in [("a.test", Some("a.test")), ("LOCALHOST", Some("localhost")), ("127.0.0.1", None)] {
        let (tell, told) = channel();
        let server = Server::raw(move |_, connection: &mut Connection| {
            let mut acceptor = Acceptor::default();
            let hello = loop {
                acceptor.read_tls(connection)?;
                if let Ok(Some(accepted)) = acceptor.accept() {
                    break accepted.client_hello().server_name().map(str::to_owned);
                }
            };
            tell.send(hello).map_err(std::io::Error::other)
        });
        let resolver = FixedResolver::new().host("a.test", server.port(), [([127, 0, 0, 1], server.port())]);
        let opener = build_opener(HttpsHandler::with_transport(UreqTransport::new().resolver(resolver)));
        let url = server.url_for(host, "/").replace("http://", "https://");
        assert_eq!(outcome(&opener, url.as_str()), "Tls", "it hangs up within the handshake");
        assert_eq!(told.recv().unwrap().as_deref(), expected, "{host}");
    }
}

#[test]
fn each_name_of_a_server_has_its_own_connection() {
    let server = Server::start_tls("localhost", |request| Reply::ok(request.header("Host").unwrap()));
    let port = server.port();
    let to_us = [([127, 0, 0, 1], port)];
    let resolver = FixedResolver::new().host("a.test", port, to_us).host("b.test", port, to_us);
    let resolver = resolver.host("c.invalid", port, to_us);
    let opener = build_opener(HttpsHandler::with_transport(UreqTransport::new().tls(ours()).resolver(resolver)));
    for _ in 0..2 {
        for host in ["a.test", "b.test", "localhost"] {
            assert_eq!(outcome(&opener, server.url_for(host, "/").as_str()), format!("{host}:{port}"));
        }
        assert_eq!(
            outcome(&opener, server.url_for("c.invalid", "/").as_str()),
            "Tls",
            "the certificate does not say so"
        );
    }
    let served: Vec<_> = server.requests().into_iter().map(|request| request.connection).collect();
    assert_eq!(served, [0, 1, 2, 0, 1, 2]);
}

#[test]
fn text_that_is_no_certificate() {
    let server = Server::start_tls("localhost", |_| Reply::ok("never"));
    let good = std::fs::read(fixture("client.pem")).unwrap();
    let key = std::fs::read(fixture("client.key")).unwrap();
    let broken = b"-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n".to_vec();
    for (sentence, settings) in [
        ("nothing", TlsSettings::new().ca_pem("")),
        ("some text", TlsSettings::new().ca_pem("not a certificate")),
        ("a key", TlsSettings::new().ca_pem(key.clone())),
        ("not Base64", TlsSettings::new().ca_pem(broken)),
        ("no key", ours().client_pem(good.clone(), "")),
        ("a certificate as the key", ours().client_pem(good.clone(), good.clone())),
        ("a key as the certificate", ours().client_pem(key.clone(), key)),
    ] {
        let error = with(settings).open(server.url("/").as_str()).unwrap_err();
        assert_eq!(describe(&error), "Tls", "{sentence}: {error}");
        assert!(error.to_string().contains("PEM"), "{sentence}: {error}");
    }
    let error = TlsSettings::new().ca_file("/no/such/file.pem").unwrap_err();
    assert_eq!(describe(&error), "Tls");
    assert!(error.to_string().contains("/no/such/file.pem"), "{error}");
    assert_eq!(server.connections(), 0);
}

#[test]
fn a_key_that_does_not_fit() {
    let server = Server::start_tls("localhost", |_| Reply::ok("never"));
    let file = |name| std::fs::read(fixture(name)).unwrap();
    let none = "-----BEGIN PRIVATE KEY-----\nQQ==\n-----END PRIVATE KEY-----\n";
    for (sentence, settings) in [
        ("another's", ours().client_pem(file("client.pem"), file("other-client.key"))),
        ("something in its place", ours().client_pem(file("client.pem"), none)),
    ] {
        let opener = with(settings);
        for _ in 0..2 {
            let error = opener.open(server.url("/").as_str()).unwrap_err();
            assert_eq!(describe(&error), "Tls", "{sentence}: {error}");
            assert!(error.to_string().contains("PEM"), "{sentence}: {error}");
        }
    }
    assert_eq!(server.requests().len(), 0);
}
