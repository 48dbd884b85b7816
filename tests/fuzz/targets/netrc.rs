//! Any text as a netrc: what is passed over shows no password, what a good entry says holds
//! whatever stands behind it, and what is written in quotes is found again.

use clientcookie::{NetrcPasswordMgr, PasswordMgr};
use url::Url;

pub fn run(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    let url = Url::parse("http://example.com/").expect("a URL");
    let before = format!("machine example.com login me password pa55word\nmachine other.test {text}");
    let netrc = NetrcPasswordMgr::parse(&before);
    let found = netrc.find_user_password(None, &url).expect("the first entry");
    assert_eq!((found.user(), found.password()), ("me", "pa55word"));
    let behind = NetrcPasswordMgr::parse(&format!("{text} pa55word"));
    let shown = format!("{netrc:?} {:?} {behind:?} {:?}", netrc.skipped(), behind.skipped());
    assert!(!shown.contains("pa55word"), "{shown}");
    assert!(netrc.skipped().iter().all(|skipped| (1..=before.len()).contains(&skipped.line)));

    // A quote ends with its line.
    let mut lines = text.split(['\n', '\r']);
    let (login, password) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let written = format!("machine example.com login {} password {}", quoted(login), quoted(password));
    let netrc = NetrcPasswordMgr::parse(&written);
    assert!(netrc.skipped().is_empty(), "{written:?}: {:?}", netrc.skipped());
    let found = netrc.find_user_password(None, &url).expect("the machine");
    assert_eq!((found.user(), found.password()), (login, password));
    let below = Url::parse("http://www.example.com/").expect("a URL");
    assert!(netrc.find_user_password(None, &below).is_none(), "another host");
}

fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}
