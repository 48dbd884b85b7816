//! Twice the input takes no more than three times the work, whatever the input: K20 and K21.

use super::*;
use crate::support::{assert_linear, can_measure_work};

/// Bytes of the larger input.
const SIZE: usize = 64 * 1024;

/// What makes a reader of words and quotes work hardest: a start, and a piece to repeat.
pub(super) const WORDS: [(&str, &str); 12] = [
    ("", ","),
    ("", "a,"),
    ("a=1; Version=1", ";"),
    ("a=\"", "\\"),
    ("a=\"", "\\\""),
    ("", "a=\"\\\" "),
    ("", "=\""),
    ("a", "="),
    ("a=1; Version=1; ", "x;"),
    ("a=1; Version=1; Port=\"", "1,"),
    ("", " "),
    ("a=1; Version=1; Path=\"", "/"),
];

#[test]
fn twice_the_input_is_no_more_than_three_times_the_work() {
    if !can_measure_work() {
        return;
    }
    for piece in ["1-", "1", " ", "(", "Sun 10:1", ":", ",", "é"] {
        assert_linear(&format!("the date {piece}"), SIZE, &|size| {
            str2time(&piece.repeat(size / piece.len()));
            iso2time(&piece.repeat(size / piece.len()));
        });
    }
    let netscape = [
        ("a=\"", "\\"),
        ("a=1", ";"),
        ("a", "="),
        ("a=1;", "="),
        ("a=1; ", ","),
        ("a=1; Path=", "/"),
        ("a=1; Domain=", ".a.test"),
        ("a=1; Max-Age=", "9"),
        ("a=1; Expires=", "1-"),
        ("a=1; ", "path=/x;"),
        ("a=1; ", "x;"),
        ("", " "),
    ];
    let policies = [DefaultCookiePolicy::new(), DefaultCookiePolicy::classic().rfc2965(true)];
    let headers = netscape.map(|piece| ("", piece)).into_iter().chain(WORDS.map(|piece| ("Set-Cookie2:", piece)));
    for (name, (start, piece)) in headers {
        for policy in &policies {
            assert_linear(&format!("{name}{start}{piece}"), SIZE, &|size| {
                let header = format!("{name}{start}{}", piece.repeat(size / piece.len()));
                interact_netscape(&jar_with(policy.clone()), "http://a.test/", &[header]);
            });
        }
    }
}

/// Cookies with names of their own, as many lines of Set-Cookie.
fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("n{number}=1; Path=/")).collect()
}

#[test]
fn twice_the_cookies_are_no_more_than_three_times_the_work() {
    if !can_measure_work() {
        return;
    }
    let by_hand = |jar: &CookieJar, count: usize| {
        (0..count).for_each(|number| jar.set_cookie(Cookie::new(format!("mine{number}"), "1", "a.test")));
    };
    let full = |limits: Limits| jar_with(DefaultCookiePolicy::new().limits(Limits { per_response: None, ..limits }));
    let set_then_expire = |count: usize| -> Vec<String> {
        names(count).into_iter().chain(names(count).into_iter().map(|name| name + "; Max-Age=0")).collect()
    };
    let works: [(&str, &dyn Fn(usize)); 7] = [
        ("put in by hand for one domain, and taken out", &|size| {
            let jar = jar().0;
            by_hand(&jar, size);
            (0..size).rev().for_each(|number| assert!(jar.remove("a.test", "/", format!("mine{number}")).is_some()));
        }),
        ("loaded for one domain", &|size| {
            let lines = (0..size).map(|number| format!("a.test\tFALSE\t/\tFALSE\t99999999999\tn{number}\tv\n"));
            let file: String = lines.collect();
            MozillaCookieJar::without_filename().load_from(file.as_bytes()).unwrap();
        }),
        ("set by a server, in a jar that is full", &|size| {
            let jar = full(Limits { total: Some(size / 2), per_domain: None, ..Limits::default() });
            (0..size).for_each(|host| extract(&jar, &format!("http://h{host}.test/"), &["a=1"]));
            assert_eq!(jar.len(), size / 2);
        }),
        ("set by a server, for a domain that is full", &|size| {
            let jar = full(Limits { per_domain: Some(size / 2), ..Limits::default() });
            extract(&jar, "http://a.test/", &names(size));
            assert_eq!(jar.len(), size / 2);
        }),
        ("set by a server, for a domain with many put in by hand", &|size| {
            let jar = full(Limits::default());
            by_hand(&jar, size);
            extract(&jar, "http://a.test/", &names(size));
        }),
        ("set by one response, with the original's rules", &|size| {
            let jar = jar_with(DefaultCookiePolicy::classic());
            extract(&jar, "http://a.test/", &set_then_expire(size));
            assert!(jar.is_empty());
        }),
        ("made of one response, with the original's rules", &|size| {
            let jar = jar_with(DefaultCookiePolicy::classic());
            let headers = [names(size), set_then_expire(size / 2)].concat();
            let headers = Response(headers.iter().map(AsRef::as_ref).collect());
            assert_eq!(jar.make_cookies(&headers, &Request::new("http://a.test/")).len(), size - size / 2);
        }),
    ];
    for (what, work) in works {
        assert_linear(what, 12_000, work);
    }
}
