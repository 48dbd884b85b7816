//! Files in another dress, lines that say two things at once, and what is told of them.

use super::*;

const HEAD: &str = "# Netscape HTTP Cookie File\n";

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}

/// What the jar sends, and what is told.
fn outcome(bytes: &[u8], url: &str) -> (String, Vec<String>) {
    let jar = mozilla().ignore_discard(true);
    let report = jar.load_from(bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(bytes)));
    (header(&jar, url), report.problems().collect())
}

#[test]
fn files_of_any_encoding_and_line_end_are_read() {
    let rows = "# Netscape HTTP Cookie File\n.u.example\tTRUE\t/\tFALSE\t1999999999\ta\t1\n\
                .u.example\tTRUE\t/\tFALSE\t1999999999\tb\té\n";
    for (sentence, bytes) in [
        ("UTF-8", rows.as_bytes().to_vec()),
        ("a byte order mark", format!("\u{feff}{rows}").into_bytes()),
        (
            "UTF-16, as PowerShell writes it",
            utf16(&format!("\u{feff}{}", rows.replace('\n', "\r\n")), u16::to_le_bytes),
        ),
        ("UTF-16, big end first", utf16(&format!("\u{feff}{rows}"), u16::to_be_bytes)),
        ("UTF-16 without a mark", utf16(rows, u16::to_le_bytes)),
        ("CRLF", rows.replace('\n', "\r\n").into_bytes()),
        ("CR", rows.replace('\n', "\r").into_bytes()),
        ("CR CR LF", rows.replace('\n', "\r\r\n").into_bytes()),
        ("a mixture", rows.replacen('\n', "\r\n", 1).replacen('\n', "\r", 2).into_bytes()),
        ("no end at the end", rows.trim_end().as_bytes().to_vec()),
    ] {
        assert_eq!(outcome(&bytes, "http://u.example/"), ("a=1; b=é".to_owned(), vec![]), "{sentence}");
    }
    let lines = "#LWP-Cookies-1.0\nSet-Cookie3: a=1; path=/; domain=u.example; expires=\"2030-01-01 00:00:00Z\"\n";
    for bytes in [utf16(&format!("\u{feff}{lines}"), u16::to_le_bytes), lines.replace('\n', "\r").into_bytes()] {
        assert_eq!(LwpFormat::new().read(&bytes).unwrap().cookies.len(), 1);
    }
    for (sentence, bytes, expected) in [
        ("no cookies", utf16(&format!("\u{feff}{HEAD}"), u16::to_le_bytes), None),
        ("cut off", b"\xff\xfe#\0 \0N".to_vec(), Some("the file is UTF-16, but damaged or cut off")),
        ("UTF-32", b"\xff\xfe\0\0#\0\0\0".to_vec(), Some("the file is UTF-32; save it as UTF-8")),
    ] {
        let error = MozillaFormat::new().read(&bytes).err();
        assert_eq!(error.as_ref().map(FormatError::reason), expected, "{sentence}");
    }
}

/// What curl 7.88.1 and GNU Wget 1.21.3 send for a line, `-` for no cookie;
/// `peers::programs_still_read_odd_lines_so` asks them again. (TABs at the end, which wget sends
/// along, are taken off by the server.) Where the two differ, curl is followed. `{}` is the host,
/// and `\t1999999999\t` its expiry.
pub(super) type OddLine =
    (&'static str, &'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

pub(super) const ODD_LINES: &[OddLine] = &[
    ("a TAB behind the value", "{}\tFALSE\t/\tFALSE\t1999999999\ta\tb\t", "a=b", "a=b", "a=b", &[]),
    ("two TABs behind it", "{}\tFALSE\t/\tFALSE\t1999999999\ta\tb\t\t", "a=b", "a=b", "a=b", &[]),
    (
        "an eighth column",
        "{}\tFALSE\t/\tFALSE\t1999999999\ta\tb\tenc",
        "-",
        "a=b\tenc",
        "",
        &["skipped, line 2: it has more than seven columns"],
    ),
    ("no value", "{}\tFALSE\t/\tFALSE\t1999999999\ta", "a=", "-", "a=", &[]),
    ("no value behind a TAB", "{}\tFALSE\t/\tFALSE\t1999999999\ta\t", "a=", "a=", "a=", &[]),
    (
        "two TABs between columns",
        "{}\t\tFALSE\t/\tFALSE\t1999999999\ta\tb",
        "a=b",
        "-",
        "a=b",
        &["odd, line 2: its columns are not set apart by one TAB each; they are read all the same"],
    ),
    (
        "blanks for TABs",
        "{} FALSE / FALSE 1999999999 a b",
        "-",
        "-",
        "a=b",
        &["odd, line 2: its columns are not set apart by one TAB each; they are read all the same"],
    ),
    (
        "blanks and TABs",
        "{}  FALSE\t/  FALSE\t1999999999 a\tb",
        "-",
        "-",
        "a=b",
        &["odd, line 2: its columns are not set apart by one TAB each; they are read all the same"],
    ),
    (
        "a relative path",
        "{}\tFALSE\tfoo\tFALSE\t1999999999\ta\tb",
        "a=b",
        "-",
        "a=b",
        &["odd, line 2: the path does not begin with a slash; / is taken"],
    ),
    ("a path in quotes", "{}\tFALSE\t\"/\"\tFALSE\t1999999999\ta\tb", "a=b", "-", "a=b", &[]),
    ("no path", "{}\tFALSE\t\tFALSE\t1999999999\ta\tb", "a=b", "-", "a=b", &[]),
    ("an expiry with a fraction", "{}\tFALSE\t/\tFALSE\t1999999999.75\ta\tb", "a=b", "a=b", "a=b", &[]),
    ("milliseconds", "{}\tFALSE\t/\tFALSE\t1999999999000\ta\tb", "a=b", "a=b", "a=b", &[]),
    ("an expiry before all", "{}\tFALSE\t/\tFALSE\t-1\ta\tb", "-", "-", "", &[]),
    ("an expiry beyond all", "{}\tFALSE\t/\tFALSE\t99999999999999999999999\ta\tb", "-", "-", "a=b", &[]),
    (
        "an expiry in words",
        "{}\tFALSE\t/\tFALSE\tsoon\ta\tb",
        "-",
        "-",
        "",
        &["skipped, line 2: the expiry is no number"],
    ),
    ("flags in lower case", "{}\tfalse\t/\tfalse\t1999999999\ta\tb", "a=b", "a=b", "a=b", &[]),
    (
        "a semicolon in quotes",
        "{}\tFALSE\t/\tFALSE\t1999999999\tq\t\"a; b\"",
        "q=\"a; b\"",
        "q=\"a; b\"",
        "",
        &["refused, cookie q for {}/: its name or value holds a separator"],
    ),
    ("a marked cookie", "#HttpOnly_{}\tFALSE\t/\tFALSE\t1999999999\ta\tb", "a=b", "-", "a=b", &[]),
];

#[test]
fn odd_lines_are_read_as_curl_reads_them_or_told() {
    for (sentence, line, _, _, sent, told) in ODD_LINES {
        let file = format!("{HEAD}{}\n", line.replace("{}", "n.example"));
        let told = told.iter().map(|problem| problem.replace("{}", "n.example")).collect();
        assert_eq!(outcome(file.as_bytes(), "http://n.example/"), ((*sent).to_owned(), told), "{sentence}");
    }
}

#[test]
fn a_dot_and_a_flag_that_disagree_are_told() {
    const ODD: &str = "the dot before the domain and the flag for the hosts below it disagree; the flag is followed";
    let file = "# Netscape HTTP Cookie File\n\n.tube.example\tfalse\t/\tfalse\t1999999999\tA\tx\n\
                www.tube.example\ttrue\t/\tfalse\t1999999999\tB\tz\n127.0.0.1\tTRUE\t/\tFALSE\t1999999999\tC\ty\n";
    let jar = mozilla();
    let report = jar.load_from(file.as_bytes()).unwrap();
    assert_eq!(report.problems().collect::<Vec<_>>(), [format!("odd, line 3: {ODD}"), format!("odd, line 4: {ODD}")]);
    assert!(!report.is_lossy());
    for (url, sent) in [
        ("http://tube.example/", "A=x"),
        ("http://www.tube.example/", "B=z"),
        ("http://x.www.tube.example/", "B=z"),
        ("http://127.0.0.1/", "C=y"),
    ] {
        assert_eq!(header(&jar, url), sent, "{url}: as curl sends it");
    }
}

#[test]
fn a_long_line_costs_itself_alone() {
    let long = "c".repeat(20_000);
    let cookie = |name: &str, value: &str| format!(".l.example\tTRUE\t/\tFALSE\t1999999999\t{name}\t{value}\n");
    let file = format!("{HEAD}{}# {long}\n{}{}", cookie("a", "1"), cookie("long", &long), cookie("b", "2"));
    let told = vec!["skipped, line 4: it is too long".to_owned()];
    assert_eq!(outcome(file.as_bytes(), "http://l.example/"), ("a=1; b=2".to_owned(), told));
    let line = |value: &str| format!("Set-Cookie3: n={value}; path=/; domain=l.example\n");
    let loaded = LwpFormat::new().read(format!("#LWP-Cookies-2.0\n{}{}", line(&long), line("v")).as_bytes()).unwrap();
    assert_eq!((loaded.skipped, loaded.cookies.len()), (vec![skipped(2, Reason::TooLong)], 1));
}

#[test]
fn addresses_have_the_spelling_of_every_program() {
    for (sentence, head, domain, expected) in [
        ("curl", "", "::1", "[::1]"),
        ("in brackets", "", "[::1]", "[::1]"),
        ("with a port", "", "[::1]:8080", "[::1]"),
        ("Python", "", "[::1].local", "[::1]"),
        ("written out", "", "0:0:0:0:0:0:0:1", "[::1]"),
        ("wget, with a port of five digits", "", "::1:18080", "[::1]"),
        ("an address that ends in digits", "", "2001:db8::1:8080", "[2001:db8::1:8080]"),
        ("wget, with a port of four", "# Generated by Wget on a day.\n", "2001:db8::1:8080", "[2001:db8::1]"),
        ("wget, without", "# Generated by Wget on a day.\n", "2001:db8::1", "[2001:db8::1]"),
        ("wget, a name and a port", "# Generated by Wget on a day.\n", "a.test:8080", "a.test"),
    ] {
        let file = format!("{HEAD}{head}{domain}\tFALSE\t/\tFALSE\t1999999999\ta\t1\n");
        let loaded = MozillaFormat::new().read(file.as_bytes()).unwrap();
        assert_eq!((loaded.cookies[0].domain(), loaded.skipped), (expected, vec![]), "{sentence}");
        assert_eq!(loaded.odd, [], "{sentence}");
    }
    for domain in ["\"[::1].local\"", "\"[::1]\"", "::1"] {
        let file = format!("#LWP-Cookies-2.0\nSet-Cookie3: n=v; path=\"/\"; domain={domain}; version=0\n");
        assert_eq!(LwpFormat::new().read(file.as_bytes()).unwrap().cookies[0].domain(), "[::1]", "{domain}");
    }
    let jar = everything(mozilla());
    jar.set_cookie(Cookie::new("a", "1", "[::1]"));
    let text = saved(&jar);
    assert!(text.ends_with("\n::1\tFALSE\t/\tFALSE\t0\ta\t1\n"), "curl and wget match no brackets: {text}");
    let again = everything(mozilla());
    again.load_from(text.as_bytes()).unwrap();
    assert_eq!(header(&again, "http://[::1]:8080/"), "a=1");
}

#[test]
fn an_address_that_a_server_names_is_saved() {
    let jar = memory();
    jar.set_policy(DefaultCookiePolicy::classic());
    jar.set_from_str("a=1; Domain=192.168.1.2", &url::Url::parse("http://192.168.1.2/").unwrap()).unwrap();
    let text = saved(&everything(mozilla()).with_jar(&jar));
    assert!(text.ends_with("\n192.168.1.2\tFALSE\t/\tFALSE\t0\ta\t1\n"), "{text}");
}

#[test]
fn a_path_that_matches_nothing_is_mended_in_every_text_format() {
    let file = "#LWP-Cookies-1.0\nSet-Cookie3: n=v; path=foo; domain=n.example; version=0\n";
    let loaded = LwpFormat::new().read(file.as_bytes()).unwrap();
    assert_eq!((loaded.cookies[0].path().as_ref(), loaded.odd[0].oddity), ("/", Oddity::RelativePath));
}

#[test]
fn cookies_go_out_in_one_order_before_and_after_a_save() {
    let url = url::Url::parse("https://www.o.example/").unwrap();
    let jar = memory();
    for set in
        ["s=host; Path=/", "s=dom; Path=/; Domain=o.example", "b=1", "a=1", "c=1; Domain=o.example", "a2=1; Path=/"]
    {
        jar.set_from_str(set, &url).unwrap();
    }
    jar.set_from_str("b=2", &url).unwrap();
    let sent = header(&jar, "https://www.o.example/");
    assert_eq!(sent, "s=host; s=dom; b=2; a=1; c=1; a2=1");
    let (netscape, perl) = (everything(mozilla()), everything(lwp()));
    netscape.load_from(saved(&everything(mozilla()).with_jar(&jar)).as_bytes()).unwrap();
    perl.load_from(saved(&everything(lwp()).with_jar(&jar)).as_bytes()).unwrap();
    for again in [netscape.jar(), perl.jar()] {
        assert_eq!(header(again, "https://www.o.example/"), sent);
    }
    jar.set_policy(DefaultCookiePolicy::classic());
    let text = saved(&everything(mozilla()).with_jar(&jar));
    let names: Vec<&str> =
        text.lines().filter(|line| line.contains('\t')).map(|line| line.rsplit('\t').nth(1).unwrap()).collect();
    assert_eq!(names, ["c", "s", "a", "a2", "b", "s"], "the original's: by domain, path and name");
}
