//! Password managers, by the questions that urllib2's own tests ask of them.

use clientcookie::{
    HttpPasswordMgr, HttpPasswordMgrWithDefaultRealm, HttpPasswordMgrWithPriorAuth, HttpProxyPasswordMgr, PasswordMgr,
};
use url::Url;

fn found(manager: &dyn PasswordMgr, realm: Option<&str>, url: &str) -> Option<(String, String)> {
    let found = manager.find_user_password(realm, &Url::parse(url).unwrap())?;
    Some((found.user().to_owned(), found.password().to_owned()))
}

/// The passwords of urllib2's own test, added in its order; later rows with the same realm and
/// place win.
const ADDED: &[(&str, &str, &str, &str)] = &[
    ("Some Realm", "http://example.com/", "joe", "password"),
    ("Some Realm", "http://example.com/ni", "ni", "ni"),
    ("Some Realm", "http://c.example.com:3128", "3", "c"),
    ("Some Realm", "d.example.com", "4", "d"),
    ("Some Realm", "e.example.com:3128", "5", "e"),
    ("c", "http://example.com/foo", "foo", "ni"),
    ("c", "http://example.com/bar", "bar", "nini"),
    ("b", "http://example.com/", "first", "blah"),
    ("b", "http://example.com/", "second", "spam"),
    ("a", "http://example.com", "1", "a"),
];

/// A realm, a URL, and who it is. Where urllib2's answer is another, the sentence says why.
const ASKED: &[(&str, &str, &str, Option<&str>)] = &[
    ("the place itself", "Some Realm", "http://example.com", Some("joe")),
    ("with its slash", "Some Realm", "http://example.com/", Some("joe")),
    ("below it", "Some Realm", "http://example.com/spam", Some("joe")),
    ("further below it", "Some Realm", "http://example.com/spam/spam", Some("joe")),
    ("the longer path wins; urllib2 takes the one added first", "Some Realm", "http://example.com/ni", Some("ni")),
    ("its port", "Some Realm", "http://c.example.com:3128", Some("3")),
    ("not another port", "Some Realm", "http://c.example.com", None),
    ("a host alone", "Some Realm", "http://d.example.com", Some("4")),
    ("for https too", "Some Realm", "https://d.example.com/x", Some("4")),
    ("host and port", "Some Realm", "http://e.example.com:3128", Some("5")),
    ("not without the port", "Some Realm", "http://e.example.com", None),
    ("another realm", "c", "http://example.com/foo", Some("foo")),
    ("and its other path", "c", "http://example.com/bar", Some("bar")),
    ("paths are for a realm", "c", "http://example.com/", None),
    ("not the beginning of a segment; urllib2 says foo", "c", "http://example.com/foobar", None),
    ("the last one added", "b", "http://example.com/", Some("second")),
    ("a URL without a path", "a", "http://example.com/", Some("1")),
    ("and what lies below it", "a", "http://example.com/a/b", Some("1")),
    ("no such host", "Some Realm", "http://www.example.com/", None),
    ("no such realm", "Other Realm", "http://example.com/", None),
    ("http's password is not for https", "a", "https://example.com/", None),
];

#[test]
fn each_password_is_for_its_realm_and_place() {
    let manager = HttpPasswordMgr::new();
    for (realm, place, user, password) in ADDED {
        manager.add_password(*realm, place, user, password).unwrap();
    }
    for (says, realm, url, user) in ASKED {
        let found = found(&manager, Some(realm), url).map(|(user, _)| user);
        assert_eq!(found.as_deref(), *user, "{says}");
    }
    manager.clear();
    assert!(ASKED.iter().all(|(_, realm, url, _)| found(&manager, Some(realm), url).is_none()));
}

#[test]
fn a_realm_of_none_is_every_realm_to_some() {
    let (plain, default) = (HttpPasswordMgr::new(), HttpPasswordMgrWithDefaultRealm::new());
    let prior = HttpPasswordMgrWithPriorAuth::new();
    plain.add_password(None, "h", "any", "1").unwrap();
    default.add_password(None, "h", "any", "1").unwrap();
    default.add_password("Staff", "h", "staff", "2").unwrap();
    prior.add_password(None, "h", "any", "1", false).unwrap();
    let user = |manager: &dyn PasswordMgr, realm| found(manager, Some(realm), "http://h/").map(|(user, _)| user);
    assert_eq!(user(&plain, "Staff"), None);
    assert_eq!(user(&default, "Staff").as_deref(), Some("staff"));
    assert_eq!(user(&default, "Other").as_deref(), Some("any"));
    assert_eq!(user(&prior, "Other").as_deref(), Some("any"));
    prior.clear();
    assert_eq!(user(&prior, "Other"), None);
}

#[test]
fn a_proxys_place_may_be_every_proxy() {
    let manager = HttpProxyPasswordMgr::new();
    manager.add_password("Gate", "proxy.test:3128", "gate", "1").unwrap();
    manager.add_password(None, "other.test", "other", "2").unwrap();
    let user = |realm, url| found(&manager, Some(realm), url).map(|(user, _)| user);
    assert_eq!(user("Gate", "http://proxy.test:3128/").as_deref(), Some("gate"));
    assert_eq!(user("Gate", "http://proxy.test:8080/"), None);
    assert_eq!(user("Any", "http://other.test/").as_deref(), Some("other"));
    manager.add_password(None, None, "all", "3").unwrap();
    assert_eq!(user("Any", "http://third.test:1/").as_deref(), Some("all"));
    assert_eq!(user("Any", "http://other.test/").as_deref(), Some("other"), "the narrower place wins");
    manager.clear();
    assert_eq!(found(&manager, None, "http://other.test/"), None);
}

#[test]
fn no_manager_tells_its_secrets() {
    let plain = HttpPasswordMgr::new();
    plain.add_password("Staff", "http://h/", "me", "secret").unwrap();
    assert_eq!(format!("{plain:?}"), "HttpPasswordMgr { passwords: 1 }");
    let error = plain.add_password("Staff", "http://me:hidden@h:99999/", "me", "secret").unwrap_err().to_string();
    assert!(!error.contains("secret") && !error.contains("hidden"), "{error}");
    let found = plain.find_user_password(Some("Staff"), &Url::parse("http://h/").unwrap());
    assert!(!format!("{found:?}").contains("secret"));
}
