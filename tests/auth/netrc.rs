//! `.netrc`, beside curl.

use std::fs;
use std::process::Command;

use clientcookie::{HttpBasicAuthHandler, NetrcError, NetrcPasswordMgr, PasswordMgr, build_opener};
use url::Url;

use crate::support::{Reply, Server};

const NETRC: &str = "\
# the first line
machine a.test login me password secret
machine b.test login you
machine c.test
  login \"with blank\"
  password \"quote \\\" and # hash\"
machine d.test login one password 1
machine d.test login two password 2
macdef init
  machine e.test login macro password macro

machine f.test account x login f password f # the end
default login any password thing
";

#[test]
fn a_machine_is_a_host() {
    let netrc = NetrcPasswordMgr::parse(NETRC).unwrap();
    for (says, url, expected) in [
        ("its user", "https://a.test/", Some(("me", "secret"))),
        ("whatever the scheme and port", "http://a.test:8080/x", Some(("me", "secret"))),
        ("whatever the case", "http://A.TEST/", Some(("me", "secret"))),
        ("not above", "http://test/", Some(("any", "thing"))),
        ("not below", "http://www.a.test/", Some(("any", "thing"))),
        ("an entry without a password gives none, and borrows none", "http://b.test/", None),
        ("quotes", "http://c.test/", Some(("with blank", "quote \" and # hash"))),
        ("the first of two", "http://d.test/", Some(("one", "1"))),
        ("the one whose login is asked for", "http://two@d.test/", Some(("two", "2"))),
        ("no other for a login that is not there", "http://three@d.test/", None),
        ("what a macro says is no entry", "http://e.test/", Some(("any", "thing"))),
        ("accounts and comments", "http://f.test/", Some(("f", "f"))),
        ("a user that looks like a host chooses nothing", "http://a.test:x@evil.test/", None),
    ] {
        let found = netrc.find_user_password(Some("realm"), &Url::parse(url).unwrap());
        let found = found.as_ref().map(|found| (found.user(), found.password()));
        assert_eq!(found, expected, "{says}");
    }
}

#[test]
fn a_macro_ends_at_an_empty_line_of_any_system() {
    let netrc =
        NetrcPasswordMgr::parse("macdef init\r\n machine x\r\n\r\nmachine a.test login me password 1\r\n").unwrap();
    assert!(netrc.find_user_password(None, &Url::parse("http://a.test/").unwrap()).is_some());
}

#[test]
fn what_is_none_is_said_by_its_line() {
    for (says, text, line) in [
        ("a word of nothing", "machine a\nnonsense b", 2),
        ("a login of nobody", "login me", 1),
        ("a value is missing", "machine a\nlogin", 2),
        ("a quote is open", "machine a\nlogin me\npassword \"secret", 3),
    ] {
        match NetrcPasswordMgr::parse(text) {
            Err(NetrcError::Syntax { line: found, .. }) => assert_eq!(found, line, "{says}"),
            other => panic!("{says}: {other:?}"),
        }
    }
    let error = NetrcPasswordMgr::parse("machine a password \"secret").unwrap_err().to_string();
    assert!(!error.contains("secret"), "{error}");
    assert!(NetrcPasswordMgr::parse("").unwrap().find_user_password(None, &Url::parse("http://h/").unwrap()).is_none());
    assert!(matches!(NetrcPasswordMgr::read("/no/such/netrc".as_ref()), Err(NetrcError::Io { .. })));
}

#[test]
fn curl_reads_it_alike() {
    let server = Server::start(|request| match request.header("Authorization") {
        None => Reply::status(401, "Who?").header("WWW-Authenticate", "Basic realm=\"Staff\""),
        Some(_) => Reply::ok(""),
    });
    let folder = std::env::temp_dir().join(format!("clientcookie-netrc-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("netrc");
    for text in [
        "machine 127.0.0.1 login me password secret",
        "default login any password thing",
        "machine other.test login no password no\nmachine 127.0.0.1\n\tlogin me\n\tpassword \"with blank\"\n",
        "machine 127.0.0.1 login first password 1 machine 127.0.0.1 login second password 2",
    ] {
        fs::write(&file, text).unwrap();
        let netrc = NetrcPasswordMgr::read(&file).unwrap();
        build_opener(HttpBasicAuthHandler::new(netrc)).open(server.url("/ours")).unwrap();
        let ours = server.requests().pop().unwrap().header("Authorization");
        let mut curl = Command::new("curl");
        if curl.args(["-s", "--anyauth", "--netrc-file"]).arg(&file).arg(server.url("/curl")).output().is_err() {
            println!("skipped: curl is not installed");
            break;
        }
        assert_eq!(ours, server.requests().pop().unwrap().header("Authorization"), "{text:?}");
    }
    fs::remove_dir_all(&folder).unwrap();
}
