//! An HTTPSHandler with certificates of its own: whom it trusts.

use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use clientcookie::transport::{TlsSettings, UreqTransport};
use clientcookie::{HttpsHandler, build_opener};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

pub fn show() -> Result<(), Box<dyn Error>> {
    let site = serve()?;
    let handler = |tls| HttpsHandler::with_transport(UreqTransport::new().tls(tls));
    // `ca_file` in the place of the authorities that everybody trusts, `add_ca_file` beside them.
    for (whom, tls) in [
        ("everybody's authorities", TlsSettings::new()),
        ("an authority of one's own", TlsSettings::new().ca_file(fixture("ca.pem"))?),
    ] {
        match build_opener(handler(tls)).open(site.as_str()) {
            Ok(mut response) => println!("  trusting {whom}: {}", response.text()?),
            Err(_) => println!("  trusting {whom}: no answer is believed"),
        }
    }
    Ok(())
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tls").join(name)
}

fn serve() -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let site = format!("https://localhost:{}/", listener.local_addr()?.port());
    let chain = vec![CertificateDer::from_pem_file(fixture("localhost.pem"))?];
    let key = PrivateKeyDer::from_pem_file(fixture("localhost.key"))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions()?.with_no_client_auth().with_single_cert(chain, key)?;
    let config = Arc::new(config);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else { continue };
            let mut stream = StreamOwned::new(connection, stream);
            let lines = BufReader::new(&mut stream).lines();
            // Who does not believe us hangs up.
            if lines.map_while(Result::ok).any(|line| line.is_empty()) {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\nwelcome");
            }
        }
    });
    Ok(site)
}
