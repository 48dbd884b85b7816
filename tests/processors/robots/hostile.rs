//! Files made to do harm: no panic, and no work that grows faster than they do.

use clientcookie::{RobotRefusal, RobotRules};
use url::Url;

use super::at;
use crate::support::{assert_linear, can_measure_work};

const LIMIT: usize = RobotRules::SIZE_LIMIT;

/// Bytes of the larger input of a comparison.
const SIZE: usize = 64 * 1024;

/// A file for everybody, of this piece over and over, numbered where it says `N`.
fn file(piece: &str, size: usize) -> String {
    let mut file = "user-agent: *\n".to_owned();
    for number in 0.. {
        if file.len() >= size {
            break;
        }
        file += &piece.replace('N', &format!("{number:x}"));
    }
    file
}

/// A URL as long as they come. Every two of its characters are neighbours somewhere, so that no
/// pattern is ruled out at a glance.
fn long_url(letters: &str, piece: &str) -> Url {
    let pairs: String = letters.chars().flat_map(|one| letters.chars().flat_map(move |two| [one, two])).collect();
    at(&format!("/{pairs}{}", piece.repeat((60 * 1024) / piece.len())))
}

#[test]
fn no_bytes_make_it_panic() {
    let pieces: [&[u8]; 24] = [
        b"user-agent",
        b"User-agent: *\n",
        b"user-agent: a\n",
        b"disallow",
        b"allow: /",
        b"sitemap:",
        b"crawl-delay: ",
        b"request-rate: 1/",
        b":",
        b"/",
        b"*",
        b"$",
        b"%",
        b"%e",
        b"%C3",
        b"\xc3\xa9",
        b"\xff",
        b"\xef\xbb\xbf",
        b"#",
        b"\n",
        b"\r",
        b" ",
        b"\0",
        b"9",
    ];
    let mut state = 1_u64;
    let mut random = move |end: usize| {
        // A linear congruence is random enough to shuffle pieces.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % end
    };
    let paths = ["/", "/?", "/%", "/%C3%A9*$", "/a/b?c=%2f"].map(at);
    for _ in 0..20_000 {
        let file: Vec<u8> = (0..random(30)).flat_map(|_| pieces[random(pieces.len())]).copied().collect();
        let rules = RobotRules::parse(&file);
        for path in &paths {
            let _ = rules.check("a", path).map_err(|refusal| refusal.to_string());
        }
        let _ = (rules.crawl_delay("a"), rules.request_rate("*"), rules.sitemaps().len());
    }
}

#[test]
fn long_lines_with_characters_of_many_bytes_do_not_make_the_crate_panic() {
    for character in ["\u{e9}", "\u{20ac}", "\u{1f36a}"] {
        for offset in 0..4 {
            let line = format!("user-agent: *\ndisallow: /{}{}", "x".repeat(offset), character.repeat(20_000));
            let rules = RobotRules::parse(line);
            assert!(rules.can_fetch("a", &at("/")));
        }
    }
}

#[test]
fn what_lies_behind_the_limits_is_not_read() {
    let filler = |size: usize| format!("user-agent: *\n#{}\n", "x".repeat(size - 16));
    let with = |size: usize| RobotRules::parse(filler(size) + "disallow: /x\n");
    let line = "disallow: /x\n".len();
    assert!(!with(LIMIT - line).can_fetch("a", &at("/x")), "the last line that fits");
    assert!(with(LIMIT - line + 1).can_fetch("a", &at("/x")), "half a rule is none");
    assert!(with(LIMIT).can_fetch("a", &at("/x")));

    let path = "p".repeat(RobotRules::LINE_LIMIT - "disallow: /".len());
    let rules = RobotRules::parse(format!("user-agent: *\ndisallow: /{path}end"));
    assert!(!rules.can_fetch("a", &at(&format!("/{path}"))), "the end of a long line is left out");
}

#[test]
fn reading_is_linear() {
    if !can_measure_work() {
        return;
    }
    for piece in [
        "disallow: /N\n",
        "disallow: /*N*\n",
        "allow:/\n",
        "a:\n",
        "\n",
        "user-agent: N\n",
        "user-agent: a\nallow: /N\n",
        "user-agent: N\ncrawl-delay: 1\n",
        "user-agent: a\n",
        "sitemap: N\n",
        "x",
        "%",
        "disallow: /\u{e9}",
    ] {
        assert_linear(&format!("reading {piece:?}"), SIZE, &|size| {
            RobotRules::parse(file(piece, size));
        });
    }
}

#[test]
fn comparing_is_linear_in_the_path_and_in_the_file() {
    if !can_measure_work() {
        return;
    }
    let stars = RobotRules::parse(format!("user-agent: *\ndisallow: /{}x$\n", "*a".repeat(1_000)));
    assert_linear("a thousand stars", 60 * 1024, &|size| {
        let path = at(&format!("/x{}", "a".repeat(size)));
        assert!(stars.can_fetch("a", &path));
    });
    let path = at(&format!("/{}", "a/".repeat(1_000)));
    for piece in ["disallow: /N\n", "disallow: /a/a/a/a/a/a/N\n", "user-agent: *\nallow: /N$\n"] {
        assert_linear(&format!("comparing {piece:?}"), SIZE, &|size| {
            let rules = RobotRules::parse(file(piece, size));
            let _ = rules.check("a", &path);
        });
    }
}

#[test]
fn a_file_that_costs_too_much_refuses_and_says_so() {
    let path = long_url("0123456789abcdefx", "xa");
    for piece in ["disallow: /*xxNxx\n", "allow: *a*a*xxNxx*$\n", "allow: *aaaaaaaaaaaaaaxxNxx*b\n"] {
        let rules = RobotRules::parse(file(piece, LIMIT));
        let refusal = rules.check("a", &path).unwrap_err();
        assert_eq!(refusal, RobotRefusal::TooComplex, "{piece:?}");
        assert!(rules.check("a", &at("/short")).is_ok(), "{piece:?}: an ordinary URL is not too much");
        assert!(refusal.to_string().contains("too long to compare"), "{refusal}");
    }
}
