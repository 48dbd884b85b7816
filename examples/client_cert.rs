//! A certificate of one's own, for the server that it is for.
//!
//! ```sh
//! cargo run --example client_cert
//! ```
//!
//! The servers are this example's own, and want to see a certificate of a test authority
//! (`fixtures/tls`).
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use clientcookie::transport::{TlsSettings, UreqTransport};
use clientcookie::{HttpsClientCertMgr, HttpsHandler, build_opener};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

fn main() -> Result<(), Box<dyn Error>> {
    let (bank, shop) = (serve("the bank")?, serve("the shop")?);
    // Who they are is another question than who we are.
    let transport = || -> clientcookie::Result<UreqTransport> {
        Ok(UreqTransport::new().tls(TlsSettings::new().ca_file(fixture("ca.pem"))?))
    };
    let certs = HttpsClientCertMgr::with_transport(transport()?);
    certs.add_key_cert(&bank, fixture("client.key"), fixture("client.pem"))?;
    let opener = build_opener(HttpsHandler::with_transport(transport()?).client_certs(certs));

    println!("{}", opener.open(bank)?.text()?);
    match opener.open(shop) {
        Ok(mut response) => println!("{}", response.text()?),
        Err(_) => println!("the shop sees no certificate, and does not answer"),
    }
    Ok(())
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls").join(name)
}

fn serve(name: &'static str) -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let site = format!("https://localhost:{}/", listener.local_addr()?.port());
    let config = Arc::new(demanding()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A visitor without a certificate is not served.
            let _ = answer(stream, Arc::clone(&config), name);
        }
    });
    Ok(site)
}

fn answer(stream: TcpStream, config: Arc<ServerConfig>, name: &str) -> Result<(), Box<dyn Error>> {
    let mut stream = StreamOwned::new(ServerConnection::new(config)?, stream);
    for line in BufReader::new(&mut stream).lines() {
        if line?.is_empty() {
            break;
        }
    }
    let shown = stream.conn.peer_certificates().map_or(0, <[_]>::len);
    let body = format!("{name} was shown {shown} certificate(s)");
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())?;
    stream.conn.send_close_notify();
    Ok(stream.flush()?)
}

/// A server that demands a certificate which the test authority has signed.
fn demanding() -> Result<ServerConfig, Box<dyn Error>> {
    let mut authorities = RootCertStore::empty();
    authorities.add(CertificateDer::from_pem_file(fixture("ca.pem"))?)?;
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), Arc::clone(&provider)).build()?;
    let chain = vec![CertificateDer::from_pem_file(fixture("localhost.pem"))?];
    let key = PrivateKeyDer::from_pem_file(fixture("localhost.key"))?;
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_client_cert_verifier(verifier).with_single_cert(chain, key)?)
}
