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
    let netrc = NetrcPasswordMgr::parse(NETRC);
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
    let netrc = NetrcPasswordMgr::parse("macdef init\r\n machine x\r\n\r\nmachine a.test login me password 1\r\n");
    assert!(netrc.find_user_password(None, &Url::parse("http://a.test/").unwrap()).is_some());
}

/// Each has a good entry for b.test somewhere, which is found whatever stands around it.
#[test]
fn what_is_not_known_costs_no_other_entry() {
    for (says, text, skipped) in [
        ("a word of nothing", "machine a.test\nnonsense b machine b.test login me password p", vec![2]),
        ("at the top", "nonsense\nmachine b.test login me password p", vec![1]),
        ("within the entry", "machine b.test\nlogin me\nforce yes\npassword p", vec![3]),
        ("a protocol", "machine b.test protocol https login me password p", vec![1]),
        ("a method", "machine b.test login me\nmethod digest\npassword p", vec![2]),
        ("a port", "machine b.test port 21 login me password p", vec![1]),
        ("a login of nobody", "login you password x\nmachine b.test login me password p", vec![1]),
        (
            "a value is missing before the next machine",
            "machine a.test login\nmachine b.test login me password p",
            vec![1],
        ),
        ("before the next word", "machine b.test login me\naccount\npassword p", vec![2]),
        ("at the end", "machine b.test login me password p\nmachine a.test password", vec![2]),
        ("a machine without a name", "machine\nlogin x\nmachine b.test login me password p", vec![1]),
        ("a quote is open", "machine a.test password \"se cret\nmachine b.test login me password p", vec![1]),
        ("where no value is due", "\"open\nmachine b.test login me password p", vec![1]),
        (
            "a quote is open, and closed two lines further",
            "machine a.test password \"se\n machine b.test login me password p\n\"",
            vec![1, 3],
        ),
        ("a password with a blank", "machine b.test login me password p\n  x y z\nmachine c.test", vec![2]),
        ("a mark", "\u{feff}machine b.test login me password p", vec![]),
        ("words in capitals", "MACHINE b.test Login me PASSWORD p", vec![]),
        ("a comment", "#machine a\nmachine b.test # login x\n login me # password x\n password p", vec![]),
        ("a macro", "macdef x\nmachine b.test login no password no\n\nmachine b.test login me password p", vec![]),
        ("nothing but a macro before it", "macdef x\n\nmachine b.test login me password p", vec![]),
    ] {
        let netrc = NetrcPasswordMgr::parse(text);
        let found = netrc.find_user_password(None, &Url::parse("http://b.test/").unwrap());
        assert_eq!(found.map(|found| format!("{found:?} {}", found.password())), Some("me:*** p".to_owned()), "{says}");
        let lines: Vec<_> = netrc.skipped().iter().map(|skipped| skipped.line).collect();
        assert_eq!(lines, skipped, "{says}");
        let told: String = netrc.skipped().iter().map(ToString::to_string).collect();
        assert!(!told.contains("cret") && !told.contains("nonsense"), "{says}: no word of it is shown: {told}");
    }
    for (text, reason) in [
        ("machine a.test password \"se cret", "a quote is not closed"),
        ("\"open", "a quote is not closed"),
        ("open", "a word that is not known"),
        ("machine a.test password", "a value is missing"),
        ("password p", "there is no machine yet"),
        ("machine a.test port 21", "a word that changes nothing here"),
    ] {
        let reasons: Vec<_> = NetrcPasswordMgr::parse(text).skipped().iter().map(|skipped| skipped.reason).collect();
        assert_eq!(reasons, [reason], "{text}");
    }
    assert!(NetrcPasswordMgr::parse("").find_user_password(None, &Url::parse("http://h/").unwrap()).is_none());
    let open = NetrcPasswordMgr::parse("machine b.test login me password \"half");
    assert!(open.find_user_password(None, &Url::parse("http://b.test/").unwrap()).is_none(), "half a password is none");
}

/// As CPython 3.11's `netrc` has them.
#[test]
fn a_value_is_taken_as_it_stands() {
    for (says, value, expected) in [
        ("a hash", "#", "#"),
        ("a hash before it", "#q", "#q"),
        ("a hash within it", "q#q", "q#q"),
        ("a word of the format", "machine", "machine"),
        ("another", "password", "password"),
        ("a quote within it", "q\"q", "q\"q"),
        ("quotes around it", "\"q q\"", "q q"),
        ("a hash in quotes", "\"# q\"", "# q"),
        ("an empty one", "\"\"", ""),
        ("an escape", r"q\ q\\", r"q q\"),
        ("an escape in quotes", r#""q\"q""#, "q\"q"),
        ("more than ASCII", "pä\u{a0}ß", "pä\u{a0}ß"),
        ("all kinds of signs", "!$%&/()=?{[]}*+~'-_.:,;<>|^@", "!$%&/()=?{[]}*+~'-_.:,;<>|^@"),
    ] {
        let text =
            format!("machine a.test login x password y\nmachine b.test login me password {value}\ndefault login d");
        let netrc = NetrcPasswordMgr::parse(&text);
        let found = netrc.find_user_password(None, &Url::parse("http://b.test/").unwrap()).unwrap();
        assert_eq!((found.user(), found.password()), ("me", expected), "{says}");
        assert_eq!(netrc.skipped(), [], "{says}");
        let script = "import netrc, sys, tempfile\nwith tempfile.NamedTemporaryFile('w', encoding='utf-8') as f:\n    \
             f.write(sys.argv[1]); f.flush(); sys.stdout.buffer.write(netrc.netrc(f.name).authenticators('b.test')[2].encode())";
        match Command::new("python3").args(["-c", script, &text]).output() {
            Ok(output) if output.status.success() => {
                assert_eq!(String::from_utf8(output.stdout).unwrap(), expected, "{says}, in Python");
            }
            // Pythons before 3.11 read some of them otherwise.
            _ => println!("skipped: this python3 does not read it"),
        }
    }
}

#[test]
fn a_file_is_read_by_its_mark() {
    let folder = std::env::temp_dir().join(format!("clientcookie-netrc-mark-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("netrc");
    let text = "machine b.test login me password pä";
    let utf16: Vec<u8> = "\u{feff}".chars().chain(text.chars()).flat_map(|one| (one as u16).to_le_bytes()).collect();
    for (says, bytes) in [("none", text.into()), ("UTF-8", format!("\u{feff}{text}").into_bytes()), ("UTF-16", utf16)] {
        fs::write(&file, bytes).unwrap();
        let netrc = NetrcPasswordMgr::read(&file).unwrap();
        let found = netrc.find_user_password(None, &Url::parse("http://b.test/").unwrap()).unwrap();
        assert_eq!((found.user(), found.password()), ("me", "pä"), "{says}");
    }
    for (length, fits) in [(NetrcPasswordMgr::SIZE_LIMIT, true), (NetrcPasswordMgr::SIZE_LIMIT + 1, false)] {
        fs::write(&file, " ".repeat(length)).unwrap();
        assert_eq!(NetrcPasswordMgr::read(&file).is_ok(), fits, "{length} bytes");
    }
    fs::remove_dir_all(&folder).unwrap();
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
