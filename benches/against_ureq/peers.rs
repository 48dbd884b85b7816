//! Who is compared: a bare agent of ureq's, and the whole default chain.

use std::fs::File;
use std::io::{self, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use clientcookie::observe::{Event, Observer};
use clientcookie::trace::Trace;
use clientcookie::transport::{Resolver, TlsSettings, UreqTransport};
use clientcookie::{Data, HttpHandler, HttpsHandler, OpenerDirector, Request, RequestBuilder, Response, build_opener};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{ArrayVec, ResolvedSocketAddrs};

use crate::server::{self, Base};
use crate::{Get, PutOutcome};

/// One of those who are compared.
pub struct Peer {
    pub name: &'static str,
    pub get: Box<Get>,
    pub put: Box<PutOutcome>,
}

/// An answer, from either.
pub enum Through<'a> {
    Reader(&'a mut dyn Read),
    Response(&'a mut Response),
}

impl<'a> Through<'a> {
    pub fn reader(self) -> &'a mut dyn Read {
        match self {
            Through::Reader(reader) => reader,
            Through::Response(response) => response,
        }
    }

    pub fn copy_to(self, writer: &mut dyn Write) -> io::Result<u64> {
        match self {
            Through::Reader(reader) => io::copy(reader, writer),
            Through::Response(response) => Ok(response.copy_to(writer)?),
        }
    }
}

/// ureq first.
pub fn all(base: &Base) -> Vec<Peer> {
    let host = base.host;
    let agent = agent(host);
    let (get, put) = (agent.clone(), agent);
    let ureq = Peer {
        name: "ureq",
        get: Box::new(move |url, read| {
            let mut response = get.get(url).call().expect("an answer");
            read(Through::Reader(&mut response.body_mut().as_reader()));
        }),
        put: Box::new(move |url, path| {
            let file = File::open(path).expect("a file");
            let length = file.metadata().expect("a length").len();
            let body = ureq::SendBody::from_owned_reader(file);
            let answer = put.put(url).header("Content-Length", length.to_string()).send(body).expect("an answer");
            assert_eq!(answer.status(), 200);
        }),
    };
    let limit = Some(Duration::from_secs(30));
    vec![ureq, chain("chain", opener(host), None), chain("chain-timeout", opener(host), limit)]
}

/// The chain, and the same while somebody observes it: who does nothing, and a trace.
pub fn observed(base: &Base) -> Vec<Peer> {
    struct Idle;
    impl Observer for Idle {
        fn event(&self, _: &Event) {}
    }
    let (mut idle, mut traced) = (opener(base.host), opener(base.host));
    idle.observe(Idle);
    traced.observe(Trace::new());
    vec![chain("chain", opener(base.host), None), chain("idle observer", idle, None), chain("trace", traced, None)]
}

fn chain(name: &'static str, opener: OpenerDirector, timeout: Option<Duration>) -> Peer {
    let opener = Arc::new(opener);
    let limited = move |request: RequestBuilder| match timeout {
        Some(limit) => request.timeout(limit),
        None => request,
    };
    let sender = Arc::clone(&opener);
    Peer {
        name,
        get: Box::new(move |url, read| {
            read(Through::Response(&mut opener.open(limited(Request::get(url))).expect("an answer")));
        }),
        put: Box::new(move |url, path| {
            let request = Request::post(url, Data::file(path).expect("a file")).method("PUT");
            sender.open(limited(request)).expect("an answer");
        }),
    }
}

fn agent(host: Localhost) -> ureq::Agent {
    let root = Certificate::from_pem(&server::authority()).expect("a certificate");
    let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[root])).build();
    let config =
        ureq::Agent::config_builder().proxy(None).http_status_as_error(false).max_redirects(0).tls_config(tls).build();
    ureq::Agent::with_parts(config, ureq::unversioned::transport::DefaultConnector::new(), host)
}

fn opener(host: Localhost) -> OpenerDirector {
    let transport = UreqTransport::new().tls(TlsSettings::new().ca_pem(server::authority())).resolver(host);
    let transport = Arc::new(transport);
    build_opener((HttpHandler::with_transport(Arc::clone(&transport)), HttpsHandler::with_transport(transport)))
}

/// Every name is that of this machine: to both a host is another as soon as its port is.
#[derive(Debug, Clone, Copy)]
pub struct Localhost;

impl Resolver for Localhost {
    fn resolve(&self, _: &str, port: u16) -> io::Result<Vec<std::net::SocketAddr>> {
        Ok(vec![([127, 0, 0, 1], port).into()])
    }
}

impl ureq::unversioned::resolver::Resolver for Localhost {
    fn resolve(
        &self,
        uri: &http::Uri,
        _: &ureq::config::Config,
        _: ureq::unversioned::transport::NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut found: ResolvedSocketAddrs = ArrayVec::from_fn(|_| ([127, 0, 0, 1], 0).into());
        found.push(([127, 0, 0, 1], uri.port_u16().unwrap_or(80)).into());
        Ok(found)
    }
}
