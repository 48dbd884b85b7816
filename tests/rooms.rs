//! The rules of the house, read from its sources: which room may name what. Comments and tests may name anything.

use std::fs;
use std::path::{Path, PathBuf};

/// A word, the rooms that may say it, and why no other may.
struct Rule {
    words: &'static [&'static str],
    only_in: &'static [&'static str],
    why: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        words: &["ureq::", "use ureq"],
        only_in: &["src/transport/dial/"],
        why: "one room knows the crate below, so that it can be exchanged",
    },
    Rule {
        words: &["html5ever::"],
        only_in: &["src/processor/equiv/head.rs"],
        why: "one room knows how markup is read",
    },
    Rule {
        words: &["SystemTime", "Instant::now", "now_utc", "thread::sleep"],
        only_in: &["src/clock.rs"],
        why: "one room reads the clock, so that tests can set it",
    },
    Rule {
        words: &["rusqlite::", "use rusqlite"],
        only_in: &[
            "src/cookie/store/sqlite/",
            "src/cookie/file/browser/database.rs",
            "src/cookie/file/browser/fold.rs",
        ],
        why: "what comes out of a database is checked before anybody else sees it",
    },
    Rule {
        words: &["TcpStream", "UdpSocket"],
        only_in: &["src/handler/ftp/", "src/transport/"],
        why: "whoever connects keeps time limits and bounds what is read",
    },
    Rule {
        words: &["env::var", "env::vars"],
        only_in: &[
            "src/handler/proxy/environment.rs",
            "src/handler/auth/netrc.rs",
            "src/cookie/file/browser/find.rs",
            "src/cookie/file/jar/registry.rs",
            "src/cookie/file/msie/mod.rs",
        ],
        why: "who reads the environment takes it as a function, so that tests can give another",
    },
    Rule {
        words: &["static "],
        only_in: &["src/global.rs", "src/clock/deadline.rs", "src/transport/resolve.rs"],
        why: "one room is global",
    },
    Rule {
        words: &["temp_dir"],
        only_in: &["src/spool.rs", "src/opener/retrieve/target.rs", "src/cookie/file/browser/fold.rs"],
        why: "who leaves files where others could find them is looked at twice",
    },
    Rule {
        words: &["flate2::", "brotli_decompressor"],
        only_in: &["src/decode/"],
        why: "one room knows how bodies are compressed",
    },
    Rule {
        words: &["process::Command", "Command::new"],
        only_in: &["src/cookie/file/jar/registry.rs"],
        why: "no program is run, but the one that reads the registry of Windows",
    },
    Rule {
        words: &["robotstxt::", "use robotstxt"],
        only_in: &["src/processor/robots/parse.rs"],
        why: "its matcher takes minutes over a line of 400 bytes, and its parser panics over a long one",
    },
    Rule {
        words: &["println!", "print!", "io::stderr"],
        only_in: &["src/transport/wire_log.rs"],
        why: "a library is silent",
    },
];

/// A room, and what it must not name: the arrows go global, opener, handler and processor, transport, and never back.
const ARROWS: &[(&str, &[&str])] = &[
    ("src/opener/", &["crate::global"]),
    ("src/handler/", &["crate::global", "crate::opener", "crate::processor", "crate::cookie"]),
    ("src/processor/", &["crate::global", "crate::opener"]),
    (
        "src/transport/",
        &["crate::global", "crate::opener", "crate::handler", "crate::processor", "crate::request", "crate::cookie"],
    ),
    ("src/transport/line.rs", &["transport::http1", "transport::pool", "transport::dial", "transport::ureq"]),
    ("src/transport/pool.rs", &["transport::http1", "transport::dial", "transport::ureq"]),
    ("src/transport/http1/", &["transport::dial", "transport::ureq"]),
    ("src/transport/dial/", &["transport::pool", "transport::ureq"]),
    (
        "src/cookie/",
        &[
            "crate::global",
            "crate::opener",
            "crate::handler",
            "crate::processor",
            "crate::transport",
            "crate::request",
            "crate::response",
            "crate::headers",
            "crate::error",
            "crate::data",
            "crate::body",
            "crate::urls",
            "std::net::Tcp",
        ],
    ),
    (
        "src/decode/",
        &["crate::opener", "crate::handler", "crate::processor", "crate::request", "crate::response", "crate::headers"],
    ),
    ("src/cache.rs", &["crate::processor", "crate::response", "crate::headers", "crate::decode"]),
    ("src/spool.rs", &["crate::body", "crate::cache"]),
    ("src/request", &["crate::opener", "crate::handler", "crate::processor", "crate::cookie"]),
    ("src/response.rs", &["crate::opener", "crate::handler", "crate::processor", "crate::transport", "crate::cookie"]),
];

#[test]
fn every_word_is_said_in_its_room() {
    for (path, code) in sources() {
        for rule in RULES {
            if rule.only_in.iter().any(|room| path.starts_with(room)) {
                continue;
            }
            for word in rule.words {
                assert!(!says(&code, word), "{path} says {word:?}: {}", rule.why);
            }
        }
    }
}

#[test]
fn the_arrows_never_turn_back() {
    for (path, code) in sources() {
        for (room, forbidden) in ARROWS {
            if path.starts_with(room) {
                for word in *forbidden {
                    assert!(!says(&code, word), "{path} names {word}, which stands above it");
                }
            }
        }
    }
}

#[test]
fn every_room_says_what_it_is_for() {
    for path in files(Path::new("src")) {
        let source = fs::read_to_string(&path).unwrap();
        assert!(source.starts_with("//! "), "{} does not begin with its purpose", path.display());
    }
}

#[test]
fn the_rules_find_what_they_look_for() {
    assert!(says("let x = Instant::now();", "Instant::now"));
    assert!(!says("let adjusted_print!", "println!"));
    assert!(!says("let instant_static x", "static "), "a word begins at its border");
    assert_eq!(code_of("a\n// ureq::\n/// ureq::\nb // ureq::\n#[cfg(test)]\nmod tests {\nureq::\n}\n"), "a\nb\n");
    let rooms: Vec<&str> =
        RULES.iter().flat_map(|rule| rule.only_in).chain(ARROWS.iter().map(|(room, _)| room)).copied().collect();
    for room in rooms {
        assert!(Path::new(room).exists(), "{room} is gone, and with it the rule that names it");
    }
}

/// The tests run at once in one process, and a request keeps the global opener it began with.
#[test]
fn one_module_of_the_tests_uses_the_global_opener() {
    let may = |path: &PathBuf| path == Path::new("tests/threads.rs") || path == Path::new("tests/rooms.rs");
    for path in files(Path::new("tests")).into_iter().filter(|path| !may(path)) {
        let code = fs::read_to_string(&path).unwrap();
        let imports: Vec<&str> =
            code.split("use clientcookie::").skip(1).filter_map(|rest| rest.split(';').next()).collect();
        for name in ["urlopen", "urlretrieve", "install_opener"] {
            assert!(!imports.iter().any(|import| says(import, name)), "{} imports {name}", path.display());
            assert!(!says(&code, &format!("clientcookie::{name}(")), "{} calls {name}", path.display());
        }
    }
}

/// Each file below `src`, and what of it is neither comment nor test.
fn sources() -> Vec<(String, String)> {
    let read = |path: PathBuf| {
        let source = fs::read_to_string(&path).unwrap();
        (path.to_string_lossy().replace('\\', "/"), code_of(&source))
    };
    let sources: Vec<_> = files(Path::new("src")).into_iter().map(read).collect();
    assert!(sources.len() > 20, "the sources were not found");
    sources
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found = Vec::new();
    for path in entries {
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn code_of(source: &str) -> String {
    let code = source.split("#[cfg(test)]").next().unwrap();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| format!("{}\n", line.split(" //").next().unwrap_or(line))).collect()
}

/// Whether the word stands in the code, not as the end of a longer one, nor as the name of a room of ours.
fn says(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = &code[..at];
        let is_end = before.ends_with(|one: char| one.is_alphanumeric() || one == '_' || one == '\'');
        !is_end && !before.ends_with("self::")
    })
}
