//! The small tools of `http.cookiejar`, beside CPython 3.11's: its answers are the golden ones, and
//! it is asked again where it is on this machine.

use std::process::Command;

use clientcookie::cookie::classic::*;

use crate::peers::is_there;

/// What Python is asked, what it answers, and what this crate does, as Python shows it.
fn rows() -> Vec<(&'static str, &'static str, String)> {
    vec![
        (
            r#"split_header_words(['foo="bar"; port="80,81"; discard, bar=baz', 'a'])"#,
            "[[('foo', 'bar'), ('port', '80,81'), ('discard', None)], [('bar', 'baz')], [('a', None)]]",
            lists(&split_header_words([r#"foo="bar"; port="80,81"; discard, bar=baz"#, "a"])),
        ),
        (
            r#"split_header_words(['Basic realm="\\"foo\\bar\\""', ' ,;=x= é'])"#,
            r#"[[('Basic', None), ('realm', '"foobar"')], [('x', 'é')]]"#,
            lists(&split_header_words([r#"Basic realm="\"foo\bar\"""#, " ,;=x= é"])),
        ),
        (
            r#"join_header_words([[('text/plain', None), ('charset', 'iso-8859-1')], [], [('a', 'b"\\c'), ('d', 'e')]])"#,
            r#"text/plain; charset="iso-8859-1", a="b\"\\c"; d=e"#,
            join_header_words(&[
                vec![pair("text/plain", None), pair("charset", Some("iso-8859-1"))],
                vec![],
                vec![pair("a", Some("b\"\\c")), pair("d", Some("e"))],
            ]),
        ),
        (
            "parse_ns_headers(['sid=31d4; Path=/; Secure; HttpOnly; Max-Age=5', '=x; path=/', '', 'a'])",
            "[[('sid', '31d4'), ('path', '/'), ('secure', None), ('HttpOnly', None), ('max-age', '5'), \
             ('version', '0')], [('a', None), ('version', '0')]]",
            lists(&parse_ns_headers(["sid=31d4; Path=/; Secure; HttpOnly; Max-Age=5", "=x; path=/", "", "a"])),
        ),
        (
            "parse_ns_headers(['a = b=c ;; =x; Version=\"1\"; Expires', 'version=1; expires=no date'])",
            "[[('a', 'b=c'), ('version', '1'), ('expires', None)], [('version', '1'), ('expires', None), \
             ('version', '0')]]",
            lists(&parse_ns_headers(["a = b=c ;; =x; Version=\"1\"; Expires", "version=1; expires=no date"])),
        ),
        (
            "[is_HDN(text) for text in ['a', 'a.b', '', '.a', 'a.', '192.168.1.2', 'a.1b']]",
            "[True, True, False, False, False, False, True]",
            truths(&["a", "a.b", "", ".a", "a.", "192.168.1.2", "a.1b"].map(is_hdn)),
        ),
        (
            "[domain_match(*two.split()) for two in ['x.Y.com .y.COM', 'x.y.com y.com', 'y.com y.com', 'y.com .y.com', \
             '1.2.3.4 1.2.3.4', '1.2.3.4 .3.4']]",
            "[True, False, True, False, True, False]",
            truths(&[
                domain_match("x.Y.com", ".y.COM"),
                domain_match("x.y.com", "y.com"),
                domain_match("y.com", "y.com"),
                domain_match("y.com", ".y.com"),
                domain_match("1.2.3.4", "1.2.3.4"),
                domain_match("1.2.3.4", ".3.4"),
            ]),
        ),
        (
            "[user_domain_match(*two.split()) for two in ['a.b.c .B.c', 'b.c b.c', 'a.b.c b.c', 'b.c .b.c', '.b.c .b.c', \
             '1.2.3.4 1.2.3.4', '1.2.3.4 .3.4', 'ab.c b.c']]",
            "[True, True, False, False, True, True, False, False]",
            truths(&[
                user_domain_match("a.b.c", ".B.c"),
                user_domain_match("b.c", "b.c"),
                user_domain_match("a.b.c", "b.c"),
                user_domain_match("b.c", ".b.c"),
                user_domain_match(".b.c", ".b.c"),
                user_domain_match("1.2.3.4", "1.2.3.4"),
                user_domain_match("1.2.3.4", ".3.4"),
                user_domain_match("ab.c", "b.c"),
            ]),
        ),
        (
            "' '.join(map(reach, ['www.acme.com', 'acme.com', 'acme.local', 'localhost', '192.168.1.2']))",
            ".acme.com acme.com .local localhost 192.168.1.2",
            ["www.acme.com", "acme.com", "acme.local", "localhost", "192.168.1.2"].map(reach).join(" "),
        ),
        (
            "escape_path('/a b/%7eme/%zz/é\"<>')",
            "/a%20b/%7Eme/%zz/%C3%A9%22%3C%3E",
            escape_path("/a b/%7eme/%zz/é\"<>"),
        ),
        (
            "[is_third_party(urllib.request.Request('http://' + one + '/', origin_req_host=other)) for one, other in \
             [('www.acme.com', 'ads.acme.com'), ('acme.com', 'www.acme.com'), ('evil.net', 'www.acme.com')]]",
            "[False, True, True]",
            truths(&[
                is_third_party("www.acme.com", "ads.acme.com"),
                is_third_party("acme.com", "www.acme.com"),
                is_third_party("evil.net", "www.acme.com"),
            ]),
        ),
    ]
}

fn pair(name: &str, value: Option<&str>) -> Pair {
    (name.to_owned(), value.map(str::to_owned))
}

fn truths(all: &[bool]) -> String {
    let words: Vec<&str> = all.iter().map(|one| if *one { "True" } else { "False" }).collect();
    format!("[{}]", words.join(", "))
}

fn lists(lists: &[Vec<Pair>]) -> String {
    let pair = |(name, value): &Pair| match value {
        Some(value) => format!("('{name}', '{value}')"),
        None => format!("('{name}', None)"),
    };
    let list = |pairs: &Vec<Pair>| format!("[{}]", pairs.iter().map(pair).collect::<Vec<_>>().join(", "));
    format!("[{}]", lists.iter().map(list).collect::<Vec<_>>().join(", "))
}

#[test]
fn the_small_tools_answer_as_pythons_do() {
    for (asked, golden, ours) in rows() {
        assert_eq!(ours, golden, "{asked}");
    }
}

#[test]
fn python_answers_as_was_written_down() {
    if !is_there("python3", "--version") {
        return;
    }
    for (asked, golden, _) in rows() {
        let code = format!(
            "import urllib.request\nfrom http.cookiejar import *\nfrom http.cookiejar import \
             split_header_words, join_header_words, parse_ns_headers, is_HDN, domain_match, user_domain_match, reach, \
             escape_path, is_third_party\nprint({asked})"
        );
        let output = Command::new("python3").env("PYTHONIOENCODING", "utf-8").args(["-c", &code]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim_end(), golden, "{asked}");
    }
}

#[test]
fn a_domain_is_matched_at_the_end_of_a_host_where_python_finds_it_anywhere() {
    assert!(!domain_match("x.acme.com.evil.net", ".acme.com"));
    assert!(!is_hdn("[::1]"), "which Python takes for a name");
}
