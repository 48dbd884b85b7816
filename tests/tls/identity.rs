//! Who we are to a server that asks, and connections that keep to those who made them.

use super::openers::{trusting, with};
use crate::support::{Reply, Server, fixture};
use crate::transport::outcome::outcome;
use clientcookie::transport::{TlsSettings, UreqTransport};
use clientcookie::{HttpsHandler, Request, build_opener};
use std::sync::Arc;

fn with_certificate(name: &str) -> TlsSettings {
    let settings = TlsSettings::new().ca_file(fixture("ca.pem")).unwrap();
    settings.client_files(fixture(&format!("{name}.pem")), fixture(&format!("{name}.key"))).unwrap()
}

#[test]
fn a_certificate_is_shown_to_who_demands_it() {
    let server = Server::start_tls_with_client_auth("localhost", |request| Reply::ok(&request.body));
    let url = server.url("/");
    let opener = with(with_certificate("client"));
    for data in ["one", "two"] {
        assert_eq!(outcome(&opener, Request::post(&url, data)), data);
    }
    assert_eq!(server.connections(), 1, "and the connection is kept");
    for (sentence, opener) in [
        ("no certificate", trusting("ca.pem")),
        ("one of an authority that the server does not know", with(with_certificate("other-client"))),
    ] {
        for request in [Request::get(&url), Request::post(&url, "data")] {
            // In TLS 1.3 a server looks at the certificate when our side is done. Its refusal may
            // cross our request, and is lost when its system resets the connection for that.
            let came = outcome(&opener, request);
            assert!(came == "Tls" || came == "Disconnected", "{sentence}: {came}");
        }
    }
    assert_eq!(server.requests().len(), 2, "nobody else was served");
}

#[test]
fn nobody_asks() {
    let server = Server::start_tls("localhost", |_| Reply::ok("served"));
    assert_eq!(outcome(&with(with_certificate("client")), server.url("/").as_str()), "served");
}

/// q21
#[test]
fn other_settings_are_another_connection() {
    let server = Server::start_tls("localhost", |request| Reply::ok(request.target()));
    let openers = [
        trusting("ca.pem"),
        with(TlsSettings::new().ca_file(fixture("ca.pem")).unwrap()),
        with(TlsSettings::new().insecure(true)),
        with(with_certificate("client")),
        with(with_certificate("other-client")),
    ];
    for round in 0..3 {
        for (number, opener) in openers.iter().enumerate() {
            let path = format!("/{number}-{round}");
            assert_eq!(outcome(opener, server.url(&path).as_str()), path);
            assert_eq!(server.requests().pop().unwrap().connection, number, "round {round}");
        }
    }
    assert_eq!(server.connections(), openers.len());
}

#[test]
fn settings_that_change_are_a_new_pool() {
    let server = Server::start_tls("localhost", |_| Reply::ok("served"));
    let transport = UreqTransport::new().tls(TlsSettings::new().insecure(true));
    let before = Arc::new(transport);
    let opener = build_opener(HttpsHandler::with_transport(Arc::clone(&before)));
    assert_eq!(outcome(&opener, server.url("/").as_str()), "served");
    drop(opener);
    let after = Arc::into_inner(before).unwrap().tls(TlsSettings::new());
    assert_eq!(outcome(&build_opener(HttpsHandler::with_transport(after)), server.url("/").as_str()), "Tls");
}
