//! `cookies.txt`, read leniently and written strictly.

use super::*;

const HEAD: &str = "# Netscape HTTP Cookie File\n";

fn read(text: impl AsRef<[u8]>) -> Result<Loaded, FormatError> {
    MozillaFormat::new().read(text.as_ref())
}

/// A cookie in one line: what a request needs to know, and what a browser does.
fn shown(cookie: &Cookie) -> String {
    let flag = |set: bool, name: &str| if set { format!(" {name}") } else { String::new() };
    let value = if cookie.has_value() { format!("={}", cookie.value_str()) } else { String::new() };
    let expires = cookie.expires().map_or(" session".into(), |expires| format!(" {expires}"));
    assert_eq!(cookie.discard(), cookie.expires().is_none());
    let (secure, http_only) = (flag(cookie.secure(), "secure"), flag(cookie.http_only(), "httponly"));
    format!("{}{} {}{value}{expires}{secure}{http_only}", cookie.domain(), cookie.path(), cookie.name())
}

#[test]
fn lines_are_read_as_programs_write_them() {
    for (sentence, file, expected) in [
        ("domain cookie", ".a.test\tTRUE\t/\tFALSE\t99\tn\tv\n", ".a.test/ n=v 99"),
        ("host cookie", "a.test\tFALSE\t/x\tTRUE\t99\tn\tv\n", "a.test/x n=v 99 secure"),
        ("HttpOnly", "#HttpOnly_.a.test\tTRUE\t/\tFALSE\t99\tn\tv\n", ".a.test/ n=v 99 httponly"),
        ("no last newline", "a.test\tFALSE\t/\tFALSE\t99\tn\tv", "a.test/ n=v 99"),
        ("CRLF", "a.test\tFALSE\t/\tFALSE\t99\tn\tv\r\n\r\n", "a.test/ n=v 99"),
        ("a dot, but the flag says FALSE", ".a.test\tFALSE\t/\tFALSE\t99\tn\tv\n", "a.test/ n=v 99"),
        ("no dot, but the flag says TRUE", "a.test\tTRUE\t/\tFALSE\t99\tn\tv\n", ".a.test/ n=v 99"),
        ("flags in lower case", "a.test\ttrue\t/\ttrue\t99\tn\tv\n", ".a.test/ n=v 99 secure"),
        ("host and port, as wget writes", "127.0.0.1:8080\tFALSE\t/\tFALSE\t99\tn\tv\n", "127.0.0.1/ n=v 99"),
        ("an address has none below it", "127.0.0.1\tTRUE\t/\tFALSE\t99\tn\tv\n", "127.0.0.1/ n=v 99"),
        ("IPv6 in brackets", "[::1]\tFALSE\t/\tFALSE\t99\tn\tv\n", "[::1]/ n=v 99"),
        ("IPv6 without", "::1\tFALSE\t/\tFALSE\t99\tn\tv\n", "[::1]/ n=v 99"),
        ("IPv6 and a port", "[::1]:8080\tFALSE\t/\tFALSE\t99\tn\tv\n", "[::1]/ n=v 99"),
        ("upper case", "A.TEST\tFALSE\t/\tFALSE\t99\tn\tv\n", "a.test/ n=v 99"),
        ("another alphabet", "bücher.test\tFALSE\t/\tFALSE\t99\tn\tv\n", "xn--bcher-kva.test/ n=v 99"),
        ("session as 0", "a.test\tFALSE\t/\tFALSE\t0\tn\tv\n", "a.test/ n=v session"),
        ("session as nothing", "a.test\tFALSE\t/\tFALSE\t\tn\tv\n", "a.test/ n=v session"),
        ("a fraction", "a.test\tFALSE\t/\tFALSE\t99.75\tn\tv\n", "a.test/ n=v 99"),
        ("long gone", "a.test\tFALSE\t/\tFALSE\t-1\tn\tv\n", "a.test/ n=v -1"),
        ("blanks for TABs", "a.test  FALSE / FALSE   99 n  v w\n", "a.test/ n=v w 99"),
        ("blanks about a column", " a.test \tFALSE \t/\t FALSE\t 99 \tn\tv\n", "a.test/ n=v 99"),
        ("a value of blanks", "a.test\tFALSE\t/\tFALSE\t99\tn\t v \n", "a.test/ n= v  99"),
        ("an empty value", "a.test\tFALSE\t/\tFALSE\t99\tn\t\n", "a.test/ n= 99"),
        ("the last TAB stripped", "a.test\tFALSE\t/\tFALSE\t99\tn\n", "a.test/ n= 99"),
        ("no value at all", "a.test\tFALSE\t/\tFALSE\t99\t\tn\n", "a.test/ n 99"),
        ("no path", "a.test\tFALSE\t\tFALSE\t99\tn\tv\n", "a.test/ n=v 99"),
        ("a name with a # in it", "a.test\tFALSE\t/\tFALSE\t99\t#n\t$v\n", "a.test/ #n=$v 99"),
    ] {
        let odd = "\u{feff}# HTTP Cookie File, odd\n\n  # indented\n$ version\n";
        // As browsers' extensions export it on Windows.
        let export = format!("{HEAD}# https://curl.se/docs/http-cookies.html\n# Generated, do not edit.\n\n{file}");
        let export = export.replace("\r\n", "\n").replace('\n', "\r\n");
        for file in [file.to_owned(), format!("{HEAD}{file}"), format!("{odd}{file}"), export] {
            let loaded = read(&file).unwrap_or_else(|error| panic!("{sentence}: {error}"));
            assert_eq!(loaded.cookies.iter().map(shown).collect::<Vec<_>>(), [expected], "{sentence}");
            assert_eq!(loaded.skipped, [], "{sentence}");
        }
    }
    let far = format!("a.test\tFALSE\t/\tFALSE\t1{}\tn\tv\n", "0".repeat(30));
    assert_eq!(read(far).unwrap().cookies[0].expires(), Some(i64::MAX), "a date beyond all dates");
}

#[test]
fn lines_that_cannot_be_read_are_told_with_their_reason() {
    for (sentence, line, reason) in [
        ("five columns", "a.test\tFALSE\t/\tFALSE\t99", Reason::TooFewFields),
        ("five columns between blanks", "a.test FALSE / FALSE 99", Reason::TooFewFields),
        ("a word", "hello", Reason::TooFewFields),
        ("a flag that is none", "a.test\tYES\t/\tFALSE\t99\tn\tv", Reason::NotTrueOrFalse),
        ("a Secure that is none", "a.test\tTRUE\t/\t1\t99\tn\tv", Reason::NotTrueOrFalse),
        ("no domain", "\tFALSE\t/\tFALSE\t99\tn\tv", Reason::NoDomain),
        ("a domain of one dot", ".\tTRUE\t/\tFALSE\t99\tn\tv", Reason::NoDomain),
        ("two dots", "..a.test\tTRUE\t/\tFALSE\t99\tn\tv", Reason::BadDomain),
        ("no host", "a b\tTRUE\t/\tFALSE\t99\tn\tv", Reason::BadDomain),
        ("a URL", "http://a.test/\tTRUE\t/\tFALSE\t99\tn\tv", Reason::BadDomain),
        ("an expiry in words", "a.test\tTRUE\t/\tFALSE\tsoon\tn\tv", Reason::BadExpiry),
        ("an expiry of a dot", "a.test\tTRUE\t/\tFALSE\t.\tn\tv", Reason::BadExpiry),
        ("Python's digits", "a.test\tTRUE\t/\tFALSE\t1_0\tn\tv", Reason::BadExpiry),
        ("nothing to send", "a.test\tTRUE\t/\tFALSE\t99\t\t", Reason::NoName),
        ("NUL", "a.test\tTRUE\t/\tFALSE\t99\tn\tv\0", Reason::ControlCharacter),
        ("an eighth column", "a.test\tTRUE\t/\tFALSE\t99\tn\tv\tw", Reason::TooManyFields),
        ("BEL", "a.test\tTRUE\t/\tFALSE\t99\tn\tv\x07w", Reason::ControlCharacter),
        ("HttpOnly and nothing", "#HttpOnly_", Reason::TooFewFields),
    ] {
        let loaded = read(format!("{HEAD}{line}\nb.test\tFALSE\t/\tFALSE\t99\tn\tv\n")).unwrap();
        assert_eq!(loaded.skipped, [skipped(2, reason)], "{sentence}");
        assert_eq!((loaded.skipped_lines, loaded.cookies.len()), (1, 1), "{sentence}: the next line is read");
        let loaded = read(format!("{HEAD}{line}\n")).unwrap();
        assert_eq!((loaded.skipped_lines, loaded.cookies.len()), (1, 0), "{sentence}: a file with that first line");
        let error = read(format!("{line}\n")).unwrap_err();
        assert_eq!(error.line(), Some(1), "{sentence}: a file of nothing else is none");
    }
    let loaded = read(b"\xff.test\tTRUE\t/\tFALSE\t9\tn\tv\na.test\tTRUE\t/\tFALSE\t9\t\xff\t\xc3\xa9").unwrap();
    assert_eq!(loaded.skipped, [skipped(1, Reason::BadDomain)]);
    assert_eq!((loaded.cookies[0].name_bytes(), loaded.cookies[0].value()), (&b"\xff"[..], "é".as_bytes()));
}

#[test]
fn a_file_is_written_as_curl_and_wget_read_it() {
    let jar = mozilla().ignore_discard(true);
    jar.set_cookie(Cookie::new("b", "2", "www.a.test").with_http_only(true).with_secure(true));
    jar.set_cookie(Cookie::new("a", "x y", ".a.test").with_path("/p").with_expires(NOW + DAY));
    jar.set_cookie(Cookie::new("seen", "", "a.test").without_value().with_expires(NOW + DAY));
    let lines = |text: String| -> Vec<String> {
        assert!(text.starts_with(HEAD), "{text}");
        text.lines().filter(|line| line.contains('\t')).map(str::to_owned).collect()
    };
    let mut expected = [
        "#HttpOnly_www.a.test\tFALSE\t/\tTRUE\t0\tb\t2".to_owned(),
        format!(".a.test\tTRUE\t/p\tFALSE\t{}\ta\tx y", NOW + DAY),
        format!("a.test\tFALSE\t/\tFALSE\t{}\t\tseen", NOW + DAY),
    ];
    assert_eq!(lines(saved(&jar)), expected, "in the order in which they came");
    let python = MozillaFormat::new().python_sessions(true);
    let python = FileCookieJar::with_format(python).with_jar(&jar).ignore_discard(true);
    expected[0] = "#HttpOnly_www.a.test\tFALSE\t/\tTRUE\t\tb\t2".to_owned();
    assert_eq!(lines(saved(&python)), expected, "a session as Python has it");
    assert_eq!(lines(saved(&jar.ignore_discard(false))).len(), 2, "no session cookie unless asked for");
}

#[test]
fn cookies_of_rfc_2965_are_downgraded() {
    let jar = everything(mozilla());
    let cookie = Cookie::new("n", "v", ".a.test").with_path("/p").with_version(1).with_port("80,81");
    jar.set_cookie(cookie.with_comment("c").with_attribute("SameSite", "Lax").with_expires(NOW + 1).with_discard(true));
    let again = everything(mozilla());
    again.load_from(saved(&jar).as_bytes()).unwrap();
    let expected = Cookie::new("n", "v", ".a.test").with_path("/p").with_path_specified(false).with_expires(NOW + 1);
    assert_eq!(cookies(&again), [expected]);
}

#[test]
fn an_expired_cookie_does_not_come_back_as_a_session_cookie() {
    let format = MozillaFormat::new();
    for expires in [0, -1, i64::MIN] {
        let written = format.write(&[Cookie::new("n", "v", "a.test").with_expires(expires)]).unwrap();
        assert_eq!(format.read(&written.bytes).unwrap().cookies[0].expires(), Some(1), "{expires}");
    }
}

#[test]
fn cookies_of_localhost_in_pythons_spelling_are_for_the_classic_policy() {
    let file = "# Netscape HTTP Cookie File\nlocalhost.local\tFALSE\t/\tFALSE\t99999999999\tn\tv\n";
    for (sentence, policy, expected) in [
        ("a name like any other", DefaultCookiePolicy::new(), ""),
        ("the effective host name", DefaultCookiePolicy::classic(), "n=v"),
        ("one switch", DefaultCookiePolicy::new().local_domains(true), "n=v"),
    ] {
        let jar = mozilla();
        jar.set_policy(policy);
        jar.load_from(file.as_bytes()).unwrap();
        assert_eq!(header(&jar, "http://localhost/"), expected, "{sentence}");
    }
}
