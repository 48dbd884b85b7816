//! What a file says, row by row: the examples of RFC 9309, and what the tests of Google's parser
//! know, in our words.

use std::time::Duration;

use clientcookie::{RequestRate, RobotRefusal, RobotRules};

use super::{at, can_fetch};

/// A file, and who may fetch what.
type Row = (&'static str, &'static str, &'static [(&'static str, &'static str, bool)]);

const ROWS: &[Row] = &[
    (
        "RFC 9309 section 5.1: groups by name, for several names, and one without rules",
        "User-Agent: *\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n\
         User-Agent: foobot\nDisallow:/\nAllow:/example/page.html\nAllow:/example/allowed.gif\n\n\
         User-Agent: barbot\nUser-Agent: bazbot\nDisallow: /example/page.html\n\nUser-Agent: quxbot\n",
        &[
            ("other", "/pic.gif", false),
            ("other", "/pic.gif?x", true),
            ("other", "/example/x", false),
            ("other", "/publications/", true),
            ("foobot", "/", false),
            ("FooBot/2.1", "/example/page.html", true),
            ("foobot", "/example/allowed.gif", true),
            ("barbot", "/example/page.html", false),
            ("bazbot", "/example/page.html", false),
            ("bazbot", "/pic.gif", true),
            ("quxbot", "/example/page.html", true),
        ],
    ),
    (
        "RFC 9309 section 5.2: the longest match",
        "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n",
        &[
            ("foobot", "/example/page/", true),
            ("foobot", "/example/page/disallowed.gif", false),
            ("foobot", "/example/page/other.gif", true),
        ],
    ),
    (
        "RFC 9309 section 2.2.1: groups for one agent are combined",
        "user-agent: foobot\nuser-agent: barbot\ndisallow: /foo\nuser-agent: foobot\ndisallow: /bar\n\
         user-agent: foobot\ndisallow: /qux\n",
        &[
            ("foobot", "/foo", false),
            ("foobot", "/bar", false),
            ("foobot", "/qux", false),
            ("barbot", "/foo", false),
            ("barbot", "/bar", true),
        ],
    ),
    (
        "RFC 9309 section 2.2.2: rows of its table of escapes",
        "User-agent: *\nDisallow: /foo/bar?baz=quz\nDisallow: /foo/bar?baz=https://foo.bar\n\
         Disallow: /kana/\u{30c4}\nDisallow: /escaped/%E3%83%84\nDisallow: /plain/%62%61%7A\n",
        &[
            ("a", "/foo/bar?baz=quz", false),
            ("a", "/foo/bar?baz=https://foo.bar", false),
            ("a", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", false),
            ("a", "/foo/bar?baz=other", true),
            ("a", "/kana/\u{30c4}", false),
            ("a", "/kana/%E3%83%84", false),
            ("a", "/kana/%e3%83%84", false),
            ("a", "/escaped/\u{30c4}", false),
            ("a", "/plain/baz", false),
            ("a", "/plain/%62%61%7A", false),
        ],
    ),
    (
        "RFC 9309 section 2.2.3: special characters, and what they are when escaped",
        "User-agent: *\nDisallow: /a/*/z\nDisallow: /end$\nDisallow: /star-%2A.html\nDisallow: /dollar-%24\n\
         Disallow: /mid$dle\nDisallow: /hash-%23 # not this\n",
        &[
            ("a", "/a/b/z", false),
            ("a", "/a/b/c/zz", false),
            ("a", "/a/z", true),
            ("a", "/end", false),
            ("a", "/end/", true),
            ("a", "/star-*.html", false),
            ("a", "/star-x.html", true),
            ("a", "/dollar-$", false),
            ("a", "/dollar-$x", false),
            ("a", "/mid$dle", false),
            ("a", "/mid", true),
            ("a", "/hash-%23", false),
            ("a", "/hash-", true),
        ],
    ),
    (
        "names are compared without case, up to their version, and whole",
        "user-agent: FooBot/1.0 (by me)\ndisallow: /foo\nuser-agent: foo-bot\ndisallow: /dash\nuser-agent: *\n\
         disallow: /all\n",
        &[
            ("foobot", "/foo", false),
            ("FOOBOT/99", "/foo", false),
            ("foobot", "/all", true),
            ("foobots", "/foo", true),
            ("foobots", "/all", false),
            ("foo", "/all", false),
            ("Foo-Bot", "/dash", false),
            ("", "/all", false),
        ],
    ),
    (
        "a star with words behind it is for all, one that begins a name is not",
        "user-agent: * everybody\ndisallow: /one\nuser-agent: *baz\ndisallow: /two\n",
        &[("a", "/one", false), ("baz", "/one", false), ("a", "/two", true), ("baz", "/two", true)],
    ),
    (
        "rules before any agent are for nobody, and so are those of agents without a name",
        "allow: /\ndisallow: /one\nuser-agent: \u{e9}\ndisallow: /two\nuser-agent: *\ndisallow: /three\n",
        &[("a", "/one", true), ("a", "/two", true), ("a", "/three", false)],
    ),
    (
        "an empty value is no rule",
        "user-agent: *\ndisallow:\nallow:\ndisallow: /x\nallow: # nothing\n",
        &[("a", "/", true), ("a", "/x", false)],
    ),
    (
        "the longer pattern decides, its wildcards counted",
        "user-agent: *\nallow: /p\ndisallow: /\nallow: /folder\ndisallow: /folder/*.html\nallow: /page\n\
         disallow: /*.htm\nallow: /$\n",
        &[
            ("a", "/page", true),
            ("a", "/page.html", false),
            ("a", "/folder/page", true),
            ("a", "/folder/x.html", false),
            ("a", "/", true),
            ("a", "/other", false),
        ],
    ),
    (
        "the longer pattern is found among other beginnings too",
        "user-agent: *\nallow: /a/b*/c/d/e\ndisallow: /a/b/c\nuser-agent: other\ndisallow: /a*\nallow: /a/b\n",
        &[("a", "/a/b/c", false), ("a", "/a/b/c/d/e", true), ("other", "/a/b/c", true), ("other", "/a/x", false)],
    ),
    (
        "paths are compared with their case, agents and keys without",
        "USER-AGENT: *\nDISALLOW: /X/\n",
        &[("a", "/X/", false), ("a", "/x/", true)],
    ),
    (
        "all three line ends, blank lines anywhere, and none at the end",
        "user-agent: *\r\rdisallow: /one\r\n\r\n\r\ndisallow: /two\n\n\ndisallow: /three",
        &[("a", "/one", false), ("a", "/two", false), ("a", "/three", false)],
    ),
    (
        "a byte order mark is passed over",
        "\u{feff}User-agent: *\nDisallow: /\n",
        &[("a", "/x", false), ("a", "/robots.txt", true)],
    ),
    (
        "colons may be missing, words may be misspelled, keys may be longer",
        "user agent: *\ndisallow /one\nDissallow: /two\ndiasllow: /three\ndisallowed: /four\n",
        &[("a", "/one", false), ("a", "/two", false), ("a", "/three", false), ("a", "/four", false)],
    ),
    (
        "the fragment does not count, the query does",
        "user-agent: *\ndisallow: /page$\ndisallow: /*?id=\n",
        &[("a", "/page#top", false), ("a", "/page?x", true), ("a", "/any?id=1", false), ("a", "/any?x&id=1", true)],
    ),
];

#[test]
fn rules_say_what_they_say() {
    for (sentence, file, questions) in ROWS {
        let rules = RobotRules::parse(file);
        for (agent, path, expected) in *questions {
            assert_eq!(can_fetch(&rules, agent, path), *expected, "{sentence}: {agent:?} {path}");
        }
    }
}

#[test]
fn a_refusal_names_the_rule_and_its_line() {
    let file = format!("user-agent: *\r\n\r\nallow: /\rdisallow: /\u{e9}*x$\ndisallow: /{}\n", "long".repeat(100));
    let rules = RobotRules::parse(&file);
    let refusal = rules.check("a", &at("/%C3%A9/x")).unwrap_err();
    assert_eq!(refusal, RobotRefusal::Rule { line: 4, rule: "Disallow: /%C3%A9*x$".to_owned() });
    assert_eq!((refusal.to_string().as_str(), refusal.line()), ("line 4: Disallow: /%C3%A9*x$", Some(4)));
    let long = rules.check("a", &at(&format!("/{}", "long".repeat(100)))).unwrap_err().to_string();
    assert!(long.starts_with("line 5: Disallow: /long") && long.ends_with("...") && long.len() < 250, "{long}");
}

#[test]
fn bytes_outside_utf_8_are_compared_as_they_are_escaped() {
    let rules = RobotRules::parse(b"User-agent: *\nDisallow: /caf\xe9\nDisallow: /\xc3\xa9\n");
    for (path, expected) in [("/caf%E9", false), ("/caf%e9/x", false), ("/caf%C3%A9", true), ("/%c3%a9", false)] {
        assert_eq!(can_fetch(&rules, "a", path), expected, "{path}");
    }
}

#[test]
fn delays_and_rates_are_told_to_whom_they_are_for() {
    let rules = RobotRules::parse(
        "Crawl-delay: 99\nUser-agent: *\nCrawl-delay: 7\nRequest-rate: 9/30\nDisallow: /x\n\n\
         User-agent: slow\nUser-agent: Slower/1.0\nDisallow: /y\ncrawl-DELAY: 2.5 # seconds\nCrawl-delay: 8\n\n\
         User-agent: bad\nCrawl-delay: soon\nRequest-rate: 1/0\nDisallow:\n\n\
         User-agent: first\nCrawl-delay: 1\nUser-agent: second\nCrawl-delay: 2\nRequest-rate: 1/5\nDisallow: /z\n",
    );
    let rate = |requests, seconds| Some(RequestRate { requests, seconds });
    for (agent, delay, expected_rate, sentence) in [
        ("other", Some(7.0), rate(9, 30), "a stranger is under the star"),
        ("slow/3", Some(2.5), None, "the first value counts; a group of one's own is all there is"),
        ("slower", Some(2.5), None, "both names get it"),
        ("bad", None, None, "what is no number is passed over"),
        ("first", Some(1.0), rate(1, 5), "a delay does not end a group, but is for those before it"),
        ("second", Some(2.0), rate(1, 5), "and the next one for those behind"),
    ] {
        assert_eq!(rules.crawl_delay(agent), delay.map(Duration::from_secs_f64), "{sentence}: {agent}");
        assert_eq!(rules.request_rate(agent), expected_rate, "{sentence}: {agent}");
    }
    assert!(!can_fetch(&rules, "first", "/z") && !can_fetch(&rules, "second", "/z"));
    assert_eq!(RobotRules::parse("").crawl_delay("a"), None);
}

#[test]
fn sitemaps_are_for_everybody() {
    let rules = RobotRules::parse(
        "Sitemap: http://example.com/one.xml\nUser-agent: a\nsite-map : https://other.example/\u{e9}.xml \n\
         Disallow: /x\nSITEMAP: relative\nSitemap:\n",
    );
    let expected = ["http://example.com/one.xml", "https://other.example/%C3%A9.xml", "relative"];
    assert_eq!(rules.sitemaps(), expected);
    assert!(!can_fetch(&rules, "a", "/x"));
}
