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
