//! squid and tinyproxy: open, and for those who know the password.

use std::fs;
use std::path::Path;
use std::process::Command;

use clientcookie::transport::{TlsSettings, UreqTransport};
use clientcookie::{
    Error, HttpProxyPasswordMgr, HttpsHandler, OpenerDirector, ProxyBasicAuthHandler, ProxyDigestAuthHandler,
    ProxyHandler, build_opener,
};

use super::{Peer, folder, is_there, start};
use crate::support::{Reply, Server, fixture};

const TINYPROXY: &str = "Port PORT\nListen 127.0.0.1\nTimeout 60\nAllow 127.0.0.1\nLogLevel Critical\nEXTRA\n";

const SQUID: &str = "
http_port 127.0.0.1:PORT
pid_filename none
access_log none
cache_log /dev/null
cache_store_log none
cache deny all
pinger_enable off
shutdown_lifetime 0 seconds
coredump_dir FOLDER
visible_hostname proxy.test
EXTRA
";

/// me:secret, by `openssl passwd -apr1 -salt abcdefgh secret`.
const PASSWD: &str = "me:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/\n";

const BASIC: &str = "auth_param basic program /usr/lib/squid/basic_ncsa_auth FOLDER/passwd
auth_param basic children 1
auth_param basic realm Gate
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all";

const DIGEST: &str = "auth_param digest program /usr/lib/squid/digest_file_auth FOLDER/digest
auth_param digest children 1
auth_param digest realm Gate
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all";

/// Starts a proxy with a configuration, as whoever runs the test.
fn proxy(program: &str, config: &str, extra: &str) -> Option<(Peer, u16)> {
    let folder = folder(&format!("{program}-{:x}", extra.len()));
    fs::write(folder.join("passwd"), PASSWD).unwrap();
    fs::write(folder.join("digest"), "me:secret\n").unwrap();
    open_to_all(&folder);
    start(&folder, |port| {
        let config = config.replace("EXTRA", extra).replace("PORT", &port.to_string());
        let file = folder.join("proxy.conf");
        fs::write(&file, config.replace("FOLDER", folder.to_str().unwrap())).unwrap();
        let mut command = Command::new(program);
        match program {
            "squid" => command.arg("-N").arg("-f").arg(file),
            _ => command.arg("-d").arg("-c").arg(file),
        };
        command
    })
}

/// squid gives up its rights, if it has any, and its helpers must still read their files.
fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    for name in ["passwd", "digest"] {
        fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o644)).unwrap();
    }
}

fn opener(proxy: &str, password: Option<&str>) -> OpenerDirector {
    let passwords = || {
        let passwords = HttpProxyPasswordMgr::new();
        if let Some(password) = password {
            passwords.add_password(None, None, "me", password).unwrap();
        }
        passwords
    };
    let tls = TlsSettings::new().ca_file(fixture("ca.pem")).unwrap();
    build_opener((
        ProxyHandler::with_proxies([("http", proxy), ("https", proxy)]).no_proxy(""),
        ProxyBasicAuthHandler::new(passwords()),
        ProxyDigestAuthHandler::new(passwords()),
        HttpsHandler::with_transport(UreqTransport::new().tls(tls)),
    ))
}

/// What comes of a plain and of a tunnelled request: 200, or what the proxy says instead.
fn through(opener: &OpenerDirector) -> [u16; 2] {
    let plain = Server::start(|_| Reply::ok("plain"));
    let tls = Server::start_tls("localhost", |_| Reply::ok("tunnelled"));
    let outcome = [(plain.url("/a?b"), "plain"), (tls.url("/a?b"), "tunnelled")].map(|(url, expected)| {
        match opener.open(url).map_err(Error::into_http_error) {
            Ok(mut response) => {
                assert_eq!(response.text().unwrap(), expected);
                200
            }
            Err(Ok(error)) => error.status().as_u16(),
            Err(Err(error)) => panic!("{error}"),
        }
    });
    for request in plain.requests().iter().chain(&tls.requests()) {
        assert_eq!(request.header("Proxy-Authorization"), None, "the origin is not told");
        assert_eq!(request.target(), "/a?b");
    }
    outcome
}

#[test]
fn tinyproxy_lets_through_who_knows_the_password() {
    if !is_there("tinyproxy", "-v") {
        return;
    }
    let Some((_open, port)) = proxy("tinyproxy", TINYPROXY, "") else {
        return;
    };
    assert_eq!(through(&opener(&format!("http://127.0.0.1:{port}"), None)), [200, 200], "open to all");

    let Some((_basic, port)) = proxy("tinyproxy", TINYPROXY, "BasicAuth me secret") else {
        return;
    };
    let url = format!("http://127.0.0.1:{port}");
    assert_eq!(through(&opener(&url, Some("secret"))), [200, 200], "by the password manager");
    assert_eq!(through(&opener(&format!("http://me:secret@127.0.0.1:{port}"), None)), [200, 200], "by the URL");
    let refused = through(&opener(&url, Some("wrong")));
    assert!(refused.iter().all(|status| [401, 407].contains(status)), "{refused:?}");
}

#[test]
fn squid_lets_through_who_knows_the_password() {
    if !is_there("squid", "-v") {
        return;
    }
    let Some((_open, port)) = proxy("squid", SQUID, "http_access allow all") else {
        return;
    };
    assert_eq!(through(&opener(&format!("http://127.0.0.1:{port}"), None)), [200, 200], "open to all");

    for (says, extra) in [("Basic", BASIC), ("Digest", DIGEST)] {
        let Some((_peer, port)) = proxy("squid", SQUID, extra) else {
            return;
        };
        let url = format!("http://127.0.0.1:{port}");
        assert_eq!(through(&opener(&url, Some("secret"))), [200, 200], "{says}");
        let by_url = format!("http://me:secret@127.0.0.1:{port}");
        assert_eq!(through(&opener(&by_url, None)), [200, 200], "{says}, by the URL");
        assert_eq!(through(&opener(&url, Some("wrong"))), [407, 407], "{says}, with another password");
        assert_eq!(through(&opener(&url, None)), [407, 407], "{says}, without one");
    }
}
