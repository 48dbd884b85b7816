//! libwww-perl's files, in perl's form and in Python's.

use super::*;

fn read(lines: &str) -> Loaded {
    LwpFormat::new().read(lines.as_bytes()).unwrap()
}

#[test]
fn perls_form_and_pythons_are_read() {
    let plain = Cookie::new("n", "v", "a.test").with_path_specified(false);
    let dated = plain.clone().with_expires(760_832_612);
    for (sentence, version, line, expected) in [
        ("Python's", "2.0", r#"n=v; path="/"; domain="a.test"; discard; version=0"#, plain.clone()),
        ("perl's, unquoted", "1.0", r"n=v; path=/; domain=a.test; discard; version=0", plain.clone()),
        ("no discard said", "1.0", r"n=v; path=/; domain=a.test; version=0", plain.clone()),
        ("no version said", "2.0", r"n=v; path=/; domain=a.test", plain.clone()),
        ("a date", "2.0", r#"n=v; path="/"; domain="a.test"; expires="1994-02-09 22:23:32Z""#, dated.clone()),
        ("a date that is none", "2.0", r#"n=v; path="/"; domain="a.test"; expires="soon""#, plain.clone()),
        ("upper case", "2.0", r#"n=v; PATH="/"; Domain="a.test"; SECURE"#, plain.clone().with_secure(true)),
        (
            "a quoted value",
            "2.0",
            r#"n="a \"b\\ c"; path="/"; domain="a.test""#,
            plain.clone().with_value(r#"a "b\ c"#),
        ),
        ("no value", "2.0", r#"n; path="/"; domain="a.test""#, plain.clone().without_value()),
        ("an empty value", "2.0", r#"n=""; path="/"; domain="a.test""#, plain.clone().with_value("")),
        (
            "perl's bare port",
            "1.0",
            "n=v; path=/; domain=a.test; port=_8080",
            plain.clone().with_port("8080").with_port_specified(false),
        ),
        ("perl's ports", "1.0", r#"n=v; path=/; domain=a.test; port="80,8080""#, plain.clone().with_port("80,8080")),
        (
            "Python's bare port",
            "2.0",
            r#"n=v; path="/"; domain="a.test"; port=8080"#,
            plain.clone().with_port("8080").with_port_specified(false),
        ),
        (
            "Python's ports",
            "2.0",
            r#"n=v; path=/; domain=a.test; port="80,8080"; port_spec"#,
            plain.clone().with_port("80,8080"),
        ),
        (
            "other attributes keep their case",
            "1.0",
            r#"n=v; path=/; domain=a.test; HttpOnly; SameSite=Lax; Comment="c d""#,
            plain.clone().with_http_only(true).with_attribute("SameSite", "Lax").with_comment("c d"),
        ),
        ("rfc2109", "2.0", r#"n=v; path="/"; domain="a.test"; rfc2109"#, plain.clone().with_rfc2109(true)),
    ] {
        let loaded = read(&format!("#LWP-Cookies-{version}\n# a comment\nSet-Cookie3: {line}\r\n\n"));
        assert_eq!(loaded.cookies, [expected], "{sentence}");
        assert_eq!(loaded.skipped, [], "{sentence}");
    }
}

#[test]
fn lines_that_cannot_be_read_are_told_with_their_reason() {
    for (sentence, line, reason) in [
        ("no domain", "Set-Cookie3: n=v; path=/", Reason::NoDomain),
        ("an empty domain", "Set-Cookie3: n=v; path=/; domain=\"\"", Reason::NoDomain),
        ("no version", "Set-Cookie3: n=v; domain=a.test; version=+1", Reason::BadVersion),
        ("NUL", "Set-Cookie3: n=\"\0\"; domain=a.test", Reason::ControlCharacter),
        ("half a byte", "Set-Cookie3-Escaped: n=%4; domain=a.test", Reason::BadEscape),
        ("an expiry in words", "Set-Cookie3-Escaped: n=v; domain=a.test; expires=soon", Reason::BadExpiry),
    ] {
        let loaded = read(&format!("#LWP-Cookies-2.0\n{line}\nSet-Cookie3: n=v; domain=a.test\n"));
        assert_eq!(loaded.skipped, [skipped(2, reason)], "{sentence}");
        assert_eq!(loaded.cookies.len(), 1, "{sentence}: the next line is read");
    }
    for (file, reason) in [
        ("", "not an LWP cookie file"),
        ("Set-Cookie3: n=v; domain=a.test\n", "not an LWP cookie file"),
        ("# Netscape HTTP Cookie File\n", "not an LWP cookie file: this is a cookies.txt; load it with MozillaFormat"),
        ("<html>", "not an LWP cookie file: this is a page of HTML or XML"),
    ] {
        let error = LwpFormat::new().read(file.as_bytes()).unwrap_err();
        assert_eq!((error.line(), error.reason()), (Some(1), reason), "{file}");
    }
}

#[test]
fn cookies_that_others_would_misread_are_escaped() {
    let plain = Cookie::new("n", "v", "a.test");
    for (sentence, cookie, escaped) in [
        ("a word", plain.clone(), false),
        (
            "blanks, quotes, semicolons in an attribute",
            plain.clone().with_attribute("x", "; domain=\".b.test\""),
            false,
        ),
        ("UTF-8", Cookie::new("né", "é", "a.test"), false),
        ("a TAB in a value", plain.clone().with_value("a\tb"), false),
        ("a blank in the name", Cookie::new("a b", "v", "a.test"), true),
        ("a comma in the name", Cookie::new("a,b", "v", "a.test"), true),
        ("another alphabet's blank", Cookie::new("a\u{a0}b", "v", "a.test"), true),
        ("no name", Cookie::new("", "v", "a.test"), true),
        ("bytes that are not UTF-8", plain.clone().with_value(b"\xff"), true),
        ("a control character", plain.clone().with_value(b"\x01"), true),
        ("an end of line in a comment", plain.clone().with_comment("a\nSet-Cookie3: x=y; domain=b.test"), true),
        ("an attribute with a name of ours", plain.clone().with_attribute("port_spec", None), true),
        ("an attribute with an odd name", plain.clone().with_attribute("a=b; secure", "c"), true),
        ("a date beyond the calendar", plain.clone().with_expires(i64::MAX), true),
        ("no end, and no session cookie", plain.clone().with_discard(false), true),
        ("a domain that was named and has no dot", plain.clone().with_domain_specified(true), false),
        ("one with a dot that nobody named", Cookie::new("n", "v", ".a.test").with_domain_specified(false), true),
    ] {
        let written = LwpFormat::new().write(std::slice::from_ref(&cookie)).unwrap();
        let text = String::from_utf8(written.bytes).unwrap();
        assert_eq!(text.lines().count(), 2, "{sentence}: {text}");
        assert_eq!(text.contains("\nSet-Cookie3-Escaped: "), escaped, "{sentence}: {text}");
        assert_eq!(read(&text).cookies, [cookie], "{sentence}: {text}");
    }
}

#[test]
fn as_lwp_str_has_every_cookie() {
    let jar = lwp();
    jar.set_cookie(Cookie::new("sid", "1 2", ".a.test"));
    jar.set_cookie(Cookie::new("old", "1", "a.test").with_expires(NOW + 1));
    assert_eq!(
        jar.as_lwp_str(),
        "Set-Cookie3: sid=\"1 2\"; path=\"/\"; domain=\".a.test\"; domain_dot; discard; version=0\n\
         Set-Cookie3: old=1; path=\"/\"; domain=\"a.test\"; expires=\"2026-01-01 00:00:01Z\"; version=0\n"
    );
}
