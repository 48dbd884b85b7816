//! Connections: those of one proxy serve nobody else.

use std::sync::Arc;

use clientcookie::transport::UreqTransport;
use clientcookie::{HttpHandler, OpenerDirector, ProxyHandler, build_opener};

use crate::support::{Reply, Server};

fn opener(proxy: &Server, transport: &Arc<UreqTransport>) -> OpenerDirector {
    let proxies = ProxyHandler::with_proxies([("http", proxy.url(""))]);
    build_opener((proxies, HttpHandler::with_transport(Arc::clone(transport))))
}

#[test]
fn openers_with_different_proxies_share_no_connection() {
    let (one, two) = (Server::start(|_| Reply::ok("one")), Server::start(|_| Reply::ok("two")));
    let origin = Server::start(|_| Reply::ok("origin"));
    let shared = Arc::new(UreqTransport::new());
    let own = || Arc::new(UreqTransport::new());
    let none = || build_opener((ProxyHandler::without_proxies(), HttpHandler::with_transport(Arc::clone(&shared))));
    let openers = [
        (opener(&one, &shared), "one"),
        (opener(&two, &shared), "two"),
        (none(), "origin"),
        (opener(&one, &own()), "one"),
    ];
    for _ in 0..3 {
        for (opener, expected) in &openers {
            assert_eq!(opener.open(origin.url("/")).unwrap().text().unwrap(), *expected);
        }
    }
    let connections = [&one, &two, &origin].map(Server::connections);
    assert_eq!(connections, [2, 1, 1], "one for each proxy and transport, and each is kept");
    assert!(one.requests().iter().all(|request| request.target() == origin.url("/")));
    assert!(origin.requests().iter().all(|request| request.target() == "/"));
}
