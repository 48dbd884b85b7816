//! `Headers`: lines in order, looked up in any spelling.

use clientcookie::{ErrorKind, Headers, IntoHeaderValue, Request};
use http::{HeaderMap, HeaderValue};

fn headers(lines: &[(&str, &str)]) -> Headers {
    let mut headers = Headers::new();
    for (name, value) in lines {
        headers.append(name, *value).unwrap();
    }
    headers
}

#[test]
fn each_operation_keeps_the_other_lines_in_place() {
    type Change = fn(&mut Headers);
    let rows: [(&str, Change, &str); 9] = [
        ("nothing", |_| {}, "A: 1, B: 2, a: 3, C: 4"),
        ("append goes to the end", |h| h.append("b", "5").unwrap(), "A: 1, B: 2, a: 3, C: 4, b: 5"),
        ("insert replaces the first and drops the rest", |h| h.insert("a", "5").unwrap(), "a: 5, B: 2, C: 4"),
        ("insert of a new name goes to the end", |h| h.insert("D", "5").unwrap(), "A: 1, B: 2, a: 3, C: 4, D: 5"),
        ("insert at the end", |h| h.insert("c", "5").unwrap(), "A: 1, B: 2, a: 3, c: 5"),
        ("remove takes all of a name", |h| assert_eq!(h.remove("a"), 2), "B: 2, C: 4"),
        ("remove of what is not there", |h| assert_eq!(h.remove("X"), 0), "A: 1, B: 2, a: 3, C: 4"),
        ("a refused append changes nothing", |h| assert!(h.append("A", "\n").is_err()), "A: 1, B: 2, a: 3, C: 4"),
        ("a refused insert neither", |h| assert!(h.insert("A", "\n").is_err()), "A: 1, B: 2, a: 3, C: 4"),
    ];
    for (says, change, expected) in rows {
        let mut headers = headers(&[("A", "1"), ("B", "2"), ("a", "3"), ("C", "4")]);
        change(&mut headers);
        assert_eq!(headers.to_string().trim_end().replace('\n', ", "), expected, "{says}");
        assert_eq!(headers.len(), expected.split(", ").count(), "{says}");
    }
}

#[test]
fn names_are_found_in_any_spelling() {
    let headers = headers(&[("Content-Type", "1"), ("X", "2"), ("content-type", "3")]);
    for name in ["Content-Type", "content-type", "CONTENT-TYPE"] {
        assert!(headers.contains(name));
        assert_eq!(headers.get(name).unwrap(), "1");
        assert_eq!(headers.get_str(name).as_deref(), Some("1"));
        assert_eq!(headers.get_all(name).collect::<Vec<_>>(), ["1", "3"]);
    }
    for name in ["", "Content", "Content-Type ", "Content_Type", "Ｘ"] {
        assert!(!headers.contains(name) && headers.get(name).is_none(), "{name:?}");
    }
    let spelled: Vec<_> = headers.iter().map(|(name, _)| name).collect();
    assert_eq!(spelled, ["Content-Type", "X", "content-type"]);
    assert!(!headers.is_empty() && Headers::new().is_empty());
}

#[test]
fn q4_names_are_tokens_and_values_hold_no_control_character() {
    let rows = [
        ("", "v"),
        ("A B", "v"),
        ("A:", "v"),
        (":path", "v"),
        ("A\r\nB", "v"),
        ("A\n", "v"),
        ("A\t", "v"),
        ("A\0", "v"),
        ("(A)", "v"),
        ("A,B", "v"),
        ("\"A\"", "v"),
        ("É", "v"),
        ("A", "v\r\nB: w"),
        ("A", "v\r"),
        ("A", "v\n w"),
        ("A", "\0"),
        ("A", "\x1b[2J"),
        ("A", "\x7f"),
    ];
    for (name, value) in rows {
        let mut headers = Headers::new();
        let mut request = Request::new("http://h/").unwrap();
        for outcome in [
            headers.append(name, value),
            headers.insert(name, value),
            request.add_header(name, value.to_owned()),
            request.add_unredirected_header(name, value.as_bytes()),
            request.headers_mut().insert(name, value.as_bytes().to_vec()),
        ] {
            let error = outcome.expect_err(name);
            assert!(matches!(error.kind(), ErrorKind::InvalidHeader { .. }), "{name:?} {value:?}: {error}");
            assert!(!error.to_string().contains(char::is_control), "{name:?} {value:?}: {error}");
        }
        assert!(headers.is_empty() && request.headers().is_empty() && request.unredirected_headers().is_empty());
    }
}

#[test]
fn many_things_are_values() {
    fn bytes(value: impl IntoHeaderValue) -> Vec<u8> {
        value.into_header_value().unwrap().as_bytes().to_vec()
    }
    let (value, text) = (HeaderValue::from_static("v"), "é".to_owned());
    for (says, given, expected) in [
        ("&str", bytes("é"), "é".as_bytes()),
        ("String", bytes(text.clone()), "é".as_bytes()),
        ("&String", bytes(&text), "é".as_bytes()),
        ("bytes, which need not be UTF-8", bytes(b"\xe9".as_slice()), b"\xe9"),
        ("Vec", bytes(vec![0xe9]), b"\xe9"),
        ("&HeaderValue", bytes(&value), b"v"),
        ("HeaderValue", bytes(value), b"v"),
        ("a number", bytes(u64::MAX), b"18446744073709551615"),
        ("a TAB is allowed", bytes("a\tb"), b"a\tb"),
        ("so is nothing", bytes(""), b""),
    ] {
        assert_eq!(given, expected, "{says}");
    }
}

#[test]
fn values_are_text_as_far_as_they_can_be() {
    let rows: [(&[u8], &str); 4] = [(b"a", "a"), ("é".as_bytes(), "é"), (b"\xe9", "é"), (b"\xc3\xa9\xe9", "Ã©é")];
    for (bytes, text) in rows {
        let mut headers = Headers::new();
        headers.append("A", bytes).unwrap();
        assert_eq!(headers.get_str("a").as_deref(), Some(text));
    }
}

/// A value that was sent by a server is shown on somebody's terminal.
#[test]
fn a12_a_value_cannot_drive_a_terminal() {
    let mut headers = Headers::new();
    for value in [b"\xc2\x9b2J".as_slice(), b"\x9b2J", "a\u{2028}b".as_bytes(), b"a\tb"] {
        headers.append("A", value).unwrap();
    }
    assert_eq!(headers.to_string(), "A: \\u{9b}2J\nA: \\u{9b}2J\nA: a\\u{2028}b\nA: a\tb\n");
    assert!(!format!("{headers:?}").contains(char::is_control));
}

#[test]
fn a_header_map_and_back() {
    let before = headers(&[("X-B", "1"), ("Accept", "2"), ("x-b", "3")]);
    let map = HeaderMap::from(&before);
    assert_eq!(map.get_all("x-b").iter().collect::<Vec<_>>(), ["1", "3"]);
    let after = Headers::from(&map);
    assert_eq!(after.get_all("X-B").collect::<Vec<_>>(), ["1", "3"]);
    assert_eq!((after.len(), HeaderMap::from(after) == map), (3, true));
    let mut secret = HeaderValue::from_static("secret");
    secret.set_sensitive(true);
    let mut map = HeaderMap::new();
    map.insert("x-key", secret);
    let headers = Headers::from(map);
    assert!(headers.get("X-Key").unwrap().is_sensitive(), "what is marked stays marked");
}
