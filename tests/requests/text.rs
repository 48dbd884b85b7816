//! Bodies as text and lines.

use std::io::{self, BufRead, Read};

use clientcookie::transport::ScriptedTransport;
use clientcookie::{Body, ErrorKind, Headers, HttpHandler, Response, build_opener};
use http::StatusCode;

fn response(content_type: Option<&str>, body: &[u8]) -> Response {
    let mut headers = Headers::new();
    if let Some(content_type) = content_type {
        headers.append("Content-Type", content_type).unwrap();
    }
    Response::new(url::Url::parse("http://h/").unwrap(), StatusCode::OK, body.to_vec()).unwrap().with_headers(headers)
}

#[test]
fn text_is_in_the_charset_of_the_response() {
    let rows: [(&str, Option<&str>, &[u8], &str); 22] = [
        ("UTF-8 needs no charset", None, "café ☃".as_bytes(), "café ☃"),
        ("what is not UTF-8 is windows-1252", None, b"caf\xe9 \x80", "café €"),
        ("a type without a charset says nothing", Some("text/html"), b"caf\xe9", "café"),
        ("UTF-8, said", Some("text/html; charset=utf-8"), "é".as_bytes(), "é"),
        ("in any spelling", Some("text/html;CHARSET=UTF8"), "é".as_bytes(), "é"),
        ("in quotes", Some("text/html; charset=\"utf-8\""), "é".as_bytes(), "é"),
        ("in quotes that are none", Some("text/html; charset='utf-8'"), "é".as_bytes(), "é"),
        ("among other parameters", Some("text/html; a=b; charset = utf-8 ; c=d"), "é".as_bytes(), "é"),
        ("the first of two", Some("text/html; charset=latin1; charset=utf-8"), b"\xe9", "é"),
        ("broken UTF-8, if it was said to be that", Some("text/html; charset=utf-8"), b"a\xffb", "a\u{fffd}b"),
        ("Latin-1 is windows-1252, as in browsers", Some("text/plain; charset=ISO-8859-1"), b"\xe9\x80", "é€"),
        ("US-ASCII too", Some("text/plain; charset=us-ascii"), b"\xe9", "é"),
        ("Latin-2", Some("text/plain; charset=iso-8859-2"), b"\xb1", "ą"),
        ("KOI8-R", Some("text/plain; charset=koi8-r"), b"\xc1", "а"),
        ("Shift_JIS", Some("text/plain; charset=shift_jis"), b"\x82\xa0", "あ"),
        ("GBK", Some("text/plain; charset=gb2312"), b"\xd6\xd0", "中"),
        ("EUC-KR", Some("text/plain; charset=euc-kr"), b"\xb0\xa1", "가"),
        ("a charset nobody knows", Some("text/plain; charset=x-own"), b"caf\xe9", "café"),
        ("an empty one", Some("text/plain; charset="), "é".as_bytes(), "é"),
        ("a UTF-8 mark wins", Some("text/plain; charset=latin1"), b"\xef\xbb\xbf\xc3\xa9", "é"),
        ("a UTF-16 mark without a charset", None, b"\xff\xfea\0\xe9\0", "aé"),
        ("a big-endian one against the charset", Some("text/plain; charset=utf-8"), b"\xfe\xff\0a", "a"),
    ];
    for (says, content_type, body, expected) in rows {
        assert_eq!(response(content_type, body).text().unwrap(), expected, "{says}");

        let mut appended = "before ".to_owned();
        let read = response(content_type, body).read_to_string(&mut appended).unwrap();
        assert_eq!((appended.as_str(), read), (format!("before {expected}").as_str(), expected.len()), "{says}");
    }
}

#[test]
fn the_charset_is_what_content_type_names() {
    for (content_type, charset) in [
        (None, None),
        (Some("text/html"), None),
        (Some("charset=utf-8"), Some("utf-8")),
        (Some("text/html, charset=UTF-8"), Some("utf-8")),
        (Some("text/html charset=UTF-8"), Some("utf-8")),
        (Some("text/html; charset=own; charset=latin1"), Some("latin1")),
        (Some("text/html; charset=own"), Some("own")),
        (Some("text/html; charset=UTF-8"), Some("utf-8")),
        (Some("text/html; xcharset=a; charset=b"), Some("b")),
        (Some("text/html; charset"), None),
        (Some("text/html; charset=\"\""), None),
    ] {
        assert_eq!(response(content_type, b"").charset().as_deref(), charset, "{content_type:?}");
    }
}

/// The word in windows-1251 behind the start of a page.
#[test]
fn html_is_in_the_charset_that_it_names() {
    const WORD: &str = "Привет";
    const BYTES: &[u8] = b"\xcf\xf0\xe8\xe2\xe5\xf2";
    let html = Some("text/html");
    let meta = "<meta charset=windows-1251>";
    let late = |blanks: usize| format!("{}{meta}", " ".repeat(blanks));
    let rows: [(&str, Option<&str>, String, bool); 22] = [
        ("a meta", html, meta.into(), true),
        ("in quotes, in a head", html, "<!doctype html><html><head><meta charset=\"Windows-1251\"/>".into(), true),
        (
            "as http-equiv",
            html,
            "<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>".into(),
            true,
        ),
        (
            "with a line end",
            html,
            "<meta http-equiv=Content-Type content='text/html;\n charset=windows-1251'>".into(),
            true,
        ),
        ("with a comma", html, "<meta content='text/html, charset=windows-1251' http-equiv=content-type>".into(), true),
        ("with a blank", html, "<meta http-equiv=Content-Type content='text/html charset=windows-1251'>".into(), true),
        ("alone", html, "<meta http-equiv=Content-Type content='charset=windows-1251'>".into(), true),
        ("without http-equiv", html, "<meta content='text/html; charset=windows-1251'>".into(), false),
        ("in a comment", html, format!("<!-- {meta} -->"), false),
        ("behind one", html, format!("<!-->{meta}"), true),
        ("up to the last of 1024 bytes", html, late(1024 - meta.len()), true),
        ("and no further", html, late(1025 - meta.len()), false),
        ("an unknown one hides no good one", html, format!("<meta charset=own>{meta}"), true),
        ("the first good one", html, format!("{meta}<meta charset=koi8-r>"), true),
        ("the header counts for more", Some("text/html; charset=latin1"), meta.into(), false),
        ("unless nobody knows it", Some("text/html; charset=own"), meta.into(), true),
        ("or it is empty", Some("text/html; charset="), meta.into(), true),
        ("a comma in the header is no obstacle", Some("text/html, charset=windows-1251"), String::new(), true),
        ("text is no HTML", Some("text/plain"), meta.into(), false),
        ("what is named nothing and is a tag is", None, meta.into(), true),
        ("what is named a parameter alone is", Some("charset=own"), meta.into(), true),
        ("what is named nothing and is no tag is not", None, format!("x{meta}"), false),
    ];
    for (says, content_type, start, expected) in rows {
        let page = [start.as_bytes(), BYTES].concat();
        assert_eq!(response(content_type, &page).text().unwrap().ends_with(WORD), expected, "{says}");
    }
    for (says, page, expected) in [
        ("UTF-16 in ASCII is UTF-8", "<meta charset=utf-16>é".as_bytes(), "é"),
        ("x-user-defined is windows-1252", b"<meta charset=x-user-defined>\xe9".as_slice(), "é"),
        ("a mark counts for more", b"\xef\xbb\xbf<meta charset=latin1>\xc3\xa9".as_slice(), "é"),
        ("UTF-8 that names nothing", "<p>é".as_bytes(), "é"),
        ("an XML declaration", b"<?xml version='1.0' encoding='koi8-r'?>\xc1".as_slice(), "а"),
    ] {
        assert!(response(html, page).text().unwrap().ends_with(expected), "{says}");
    }
}

#[test]
fn text_is_the_rest_of_the_body() {
    let mut response = response(None, b"one\ntwo\n");
    let mut line = String::new();
    response.read_line(&mut line).unwrap();
    assert_eq!((line.as_str(), response.text().unwrap().as_str()), ("one\n", "two\n"));
    assert_eq!(response.text().unwrap(), "", "and then there is no more");
}

#[test]
fn lines_end_as_they_end() {
    let lines = |body: &[u8]| response(None, body).lines().collect::<io::Result<Vec<_>>>();
    for (body, expected) in [
        ("", vec![]),
        ("\n", vec![""]),
        ("one", vec!["one"]),
        ("one\ntwo", vec!["one", "two"]),
        ("one\r\ntwo\r\n", vec!["one", "two"]),
        ("one\n\ntwo\n", vec!["one", "", "two"]),
    ] {
        assert_eq!(lines(body.as_bytes()).unwrap(), expected, "{body:?}");
    }
    let long = "x".repeat(200_000);
    assert_eq!(lines(format!("{long}\n{long}").as_bytes()).unwrap(), [long.as_str(), long.as_str()]);
    assert_eq!(lines(b"caf\xe9").unwrap_err().kind(), io::ErrorKind::InvalidData, "lines are UTF-8 or an error");
}

#[test]
fn a_body_that_was_cut_short_is_no_text() {
    let transport = ScriptedTransport::new().reply("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort");
    let mut response = build_opener(HttpHandler::with_transport(transport)).open("http://h/").unwrap();
    let error = response.text().unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::IncompleteRead { got: 5, expected: Some(9) }), "{error}");
}

#[test]
fn text_has_a_limit() {
    for (length, is_text) in [(Response::TEXT_LIMIT, true), (Response::TEXT_LIMIT + 1, false), (u64::MAX, false)] {
        let mut response = response(None, b"");
        response.set_body(Body::from_reader(io::repeat(b'x').take(length)));
        match response.text() {
            Ok(text) => assert!(is_text && text.len() as u64 == length, "{length}"),
            Err(error) => {
                assert!(
                    !is_text && matches!(error.kind(), ErrorKind::TooLarge { limit: Response::TEXT_LIMIT }),
                    "{error}"
                );
                assert_eq!(error.url(), Some("http://h/"));
            }
        }
    }
}
