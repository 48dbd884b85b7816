//! What is shown of the wire, and what never is.
//!
//! Each test runs this program once more for itself alone, because stderr and the logger belong to
//! a whole process.

use super::outcome::outcome;
use crate::support::{Reply, Server};
use clientcookie::transport::Proxy;
use clientcookie::{HttpHandler, ProxyHandler, Request, build_opener};
use std::env;
use std::process::Command;

/// Set in the child, whose stderr is looked at.
const CHILD: &str = "CLIENTCOOKIE_TEST_CHILD";

/// What the child writes to stderr when it runs the test of this name.
pub fn stderr_of(test: &str, variables: &[(&str, &str)]) -> String {
    let mut child = Command::new(env::current_exe().unwrap());
    child.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(CHILD, "1");
    let output = child.envs(variables.iter().copied()).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{test}: {stderr}\n{}", String::from_utf8_lossy(&output.stdout));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{test} is the name of a test");
    stderr
}

pub fn is_child() -> bool {
    env::var_os(CHILD).is_some()
}

/// "me:top-secret" in Base64.
const BASIC: &str = "bWU6dG9wLXNlY3JldA==";

/// A request that carries every kind of secret, and an answer that does.
fn tell_secrets(level: u8, own: &Server) {
    let opener = build_opener(HttpHandler::new().http_debuglevel(level));
    let request = || {
        Request::post(own.url("/page"), "pass=body-secret")
            .header("Authorization", format!("Basic {BASIC}"))
            .header("Cookie", "id=cookie-secret")
            .header("X-Shown", "yes")
    };
    assert_eq!(outcome(&opener, request()), "body-secret");
    let proxy = Proxy::new(&format!("http://me:top-secret@127.0.0.1:{}", own.port())).unwrap();
    assert_eq!(outcome(&opener, request().proxy(proxy)), "body-secret");
}

fn secrets_server() -> Server {
    Server::start(|_| Reply::status(200, "Fine \x1b[31m").header("Set-Cookie", "id=set-secret").body("body-secret"))
}

#[test]
fn silence_unless_asked() {
    if is_child() {
        return tell_secrets(0, &secrets_server());
    }
    assert_eq!(stderr_of("transport::debug::silence_unless_asked", &[]), "");
}

#[test]
fn level_1_hides_passwords() {
    if is_child() {
        return tell_secrets(1, &secrets_server());
    }
    let shown = stderr_of("transport::debug::level_1_hides_passwords", &[]);
    for expected in [
        "> POST /page HTTP/1.1\n",
        "> Host: 127.0.0.1:",
        "> Authorization: ***\n",
        "> Proxy-Authorization: ***\n",
        "> Cookie: id=cookie-secret\n",
        "> X-Shown: yes\n",
        "< HTTP/1.1 200 Fine \\u{1b}[31m\n",
        "< Set-Cookie: id=set-secret\n",
        "< Content-Length: 11\n",
        "> POST http://127.0.0.1:",
    ] {
        assert!(shown.contains(expected), "{expected:?} is not in\n{shown}");
    }
    for hidden in [BASIC, "top-secret", "body-secret", "\x1b"] {
        assert!(!shown.contains(hidden), "{hidden:?} is in\n{shown}");
    }
    assert!(shown.lines().all(|line| line.starts_with(['>', '<'])), "{shown}");
}

#[test]
fn level_2_hides_nothing_of_the_heads() {
    if is_child() {
        return tell_secrets(2, &secrets_server());
    }
    let shown = stderr_of("transport::debug::level_2_hides_nothing_of_the_heads", &[]);
    assert!(shown.contains(&format!("> Authorization: Basic {BASIC}\n")), "{shown}");
    assert!(shown.contains(&format!("> Proxy-Authorization: Basic {BASIC}\n")), "{shown}");
    assert!(!shown.contains("body-secret"), "{shown}");
}

#[test]
fn the_log_hides_every_secret() {
    if is_child() {
        env_logger::builder().filter_level(log::LevelFilter::Debug).init();
        let server = secrets_server();
        tell_secrets(0, &server);
        let with_userinfo = server.url("/userinfo").replace("http://", "http://me:top-secret@");
        // Twice: the second time a connection is taken from the pool, which is logged in other
        // words.
        for _ in 0..2 {
            outcome(&build_opener(()), with_userinfo.as_str());
        }
        let proxies = ProxyHandler::with_proxies([("http", "me:top-secret@127.0.0.1:1")]);
        outcome(&build_opener(proxies), "http://x.test/");
        #[cfg(feature = "tls")]
        through_a_tunnel();
        return;
    }
    let logged = stderr_of("transport::debug::the_log_hides_every_secret", &[]);
    for expected in
        ["clientcookie::wire", "> POST /page HTTP/1.1", "> Cookie: id=***", "< Set-Cookie: id=***", "X-Shown: yes"]
    {
        assert!(logged.contains(expected), "{expected:?} is not in\n{logged}");
    }
    for hidden in ["secret", BASIC, "\x1b[31m"] {
        assert!(!logged.contains(hidden), "{hidden:?} is in\n{logged}");
    }
    assert!(logged.contains("x.test is asked for through the proxy http://127.0.0.1:1/"), "{logged}");
    #[cfg(feature = "tls")]
    for expected in ["> CONNECT localhost:", "> Proxy-Authorization: ***", "< HTTP/1.1 200 OK", "> GET /tunnelled"] {
        assert!(logged.contains(expected), "{expected:?} is not in\n{logged}");
    }
}

#[cfg(feature = "tls")]
fn through_a_tunnel() {
    let tunnels = super::tunnel::Tunnels::start("HTTP/1.1 200 OK\r\n\r\n");
    let server = Server::start_tls("localhost", |_| Reply::ok("body-secret"));
    let opener = crate::tls::openers::trusting("ca.pem");
    for _ in 0..2 {
        let request = Request::get(server.url("/tunnelled")).proxy(tunnels.proxy("me:top-secret@"));
        assert_eq!(outcome(&opener, request.header("Cookie", "a=cookie-secret")), "body-secret");
    }
}
