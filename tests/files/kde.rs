//! The cookie file of KDE.

use super::*;

fn read(line: &str) -> Loaded {
    KdeFormat::new().read(format!("# KDE Cookie File v2\n{line}\n").as_bytes()).unwrap()
}

#[test]
fn lines_are_read_as_kde_reads_them() {
    for (sentence, line, expected) in [
        (
            "no domain: the host alone",
            r#"www.a.test "" "/" 2145916800 0 n 0 v"#,
            "<Cookie n=v for www.a.test/> 2038-01-01 00:00:00Z",
        ),
        (
            "a domain: the hosts below it too",
            r#"www.a.test ".a.test" "/" 2145916800 0 n 4 v"#,
            "<Cookie n=v for .a.test/> 2038-01-01 00:00:00Z domain_specified path_specified",
        ),
        (
            "a domain without a dot as well",
            r#"www.a.test "a.test" "/" 2145916800 0 n 0 v"#,
            "<Cookie n=v for .a.test/> 2038-01-01 00:00:00Z domain_specified",
        ),
        (
            "an address has none below it",
            r#"127.0.0.1 "127.0.0.1" "/" 2145916800 0 n 0 v"#,
            "<Cookie n=v for 127.0.0.1/> 2038-01-01 00:00:00Z",
        ),
        (
            "secure and hidden",
            r#"a.test "" "/" 2145916800 0 n 3 v"#,
            "<Cookie n=v for a.test/> 2038-01-01 00:00:00Z secure http_only",
        ),
        (
            "a value with blanks and quotes, to the end of the line",
            r#"a.test "" "/" 2145916800 0 n 0    "a b"  c"#,
            "<Cookie n=\"a b\"  c for a.test/> 2038-01-01 00:00:00Z",
        ),
        (
            "no value, and an editor that cuts off blanks",
            r#"a.test "" "/" 2145916800 0 n 0"#,
            "<Cookie n= for a.test/> 2038-01-01 00:00:00Z",
        ),
        (
            "no name: the column is the value again",
            r#"a.test "" "/" 2145916800 0 seen 8 seen"#,
            "<Cookie seen for a.test/> 2038-01-01 00:00:00Z",
        ),
        ("no path is all paths", r#"a.test "" "" 2145916800 0 n 0 v"#, "<Cookie n=v for a.test/> 2038-01-01 00:00:00Z"),
        ("no expiry, which KDE never writes", r#"a.test "" "/" 0 0 n 0 v"#, "<Cookie n=v for a.test/> session"),
        (
            "ports mean nothing to a Netscape cookie",
            r#"a.test:8080 "" "/" 2145916800 0 n 0 v"#,
            "<Cookie n=v for a.test/> 2038-01-01 00:00:00Z",
        ),
        (
            "and something to RFC 2965",
            r#"a.test:80,8080 "" "/" 2145916800 1 n 0 v"#,
            "<Cookie n=v for a.test:80,8080/> 2038-01-01 00:00:00Z rfc2109",
        ),
        (
            "TABs do as well as blanks",
            "a.test\t\"\"\t\"/\"\t2145916800\t0\tn\t0\tv",
            "<Cookie n=v for a.test/> 2038-01-01 00:00:00Z",
        ),
    ] {
        let loaded = read(line);
        assert_eq!(
            loaded.cookies.iter().map(shown).collect::<Vec<_>>(),
            [expected],
            "{sentence}: {:?}",
            loaded.skipped
        );
    }
}

#[test]
fn lines_that_hold_no_cookie_are_skipped() {
    for (sentence, line, reason) in [
        ("no host", r#""" "" "/" 1 0 n 0 v"#, Reason::NoDomain),
        ("a host that is none", r#"a/test "" "/" 1 0 n 0 v"#, Reason::BadDomain),
        ("a quote that does not end", r#"a.test ""#, Reason::TooFewFields),
        ("too few columns", r#"a.test "" "/" 1 0 n"#, Reason::TooFewFields),
        ("an expiry that is no number", r#"a.test "" "/" soon 0 n 0 v"#, Reason::BadExpiry),
        ("an expiry beyond all numbers", r#"a.test "" "/" 99999999999999999999 0 n 0 v"#, Reason::BadExpiry),
        ("a version that is no number", r#"a.test "" "/" 1 x n 0 v"#, Reason::BadVersion),
        ("a version of KDE 2's own", r#"a.test "" "/" 1 201 n 0 v"#, Reason::BadVersion),
        ("flags that are no number", r#"a.test "" "/" 1 0 a name 0 v"#, Reason::BadFlags),
        ("a control character", "a.test \"\" \"/\" 1 0 n 0 v\u{1}", Reason::ControlCharacter),
        ("neither name nor value", r#"a.test "" "/" 1 0 x 8 "#, Reason::NoName),
    ] {
        let loaded = read(line);
        assert_eq!((loaded.cookies.len(), loaded.skipped), (0, vec![skipped(2, reason)]), "{sentence}");
    }
    assert!(read("# comment\n[.a.test]\n").skipped.is_empty());
}

#[test]
fn other_files_are_errors() {
    for (sentence, file) in [
        ("nothing", &b""[..]),
        ("KDE 2", b"# KDE Cookie File\n"),
        ("a later version", b"# KDE Cookie File v3\n"),
        ("Netscape's", b"# Netscape HTTP Cookie File\n"),
        ("a database", b"SQLite format 3\0"),
    ] {
        let error = KdeFormat::new().read(file).unwrap_err();
        let said = error.to_string();
        assert!(said.starts_with("line 1: not a KDE cookie file of version 2"), "{sentence}: {said}");
    }
    let long = format!("# KDE Cookie File v2\n{}\n", "x".repeat(LINE_LIMIT + 1));
    assert_eq!(read(&long.replacen("# KDE Cookie File v2\n", "", 1)).skipped, [skipped(2, Reason::TooLong)]);
}
