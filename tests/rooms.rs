//! The rules of the house, read from its sources: which room may name what. Comments and tests may
//! name anything.

use std::collections::{BTreeMap, BTreeSet};
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
        only_in: &["src/handler/page/equiv/head.rs"],
        why: "one room knows how markup is read",
    },
    Rule {
        words: &["SystemTime", "Instant::now", "now_utc", "thread::sleep"],
        only_in: &["src/clock/mod.rs"],
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
        words: &["redis::cmd", "redis::pipe", "use redis::"],
        only_in: &["src/cookie/store/redis/"],
        why: "what comes from a server is checked before anybody else sees it",
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
        only_in: &[
            "src/chain/global.rs",
            "src/clock/deadline.rs",
            "src/handler/hook.rs",
            "src/observe/current.rs",
            "src/transport/dial/seen.rs",
            "src/transport/resolve.rs",
        ],
        why: "one room is global",
    },
    Rule {
        words: &["temp_dir"],
        only_in: &["src/message/body/spool.rs", "src/chain/retrieve/target.rs", "src/cookie/file/browser/fold.rs"],
        why: "who leaves files where others could find them is looked at twice",
    },
    Rule {
        words: &["flate2::", "brotli_decompressor"],
        only_in: &["src/message/body/decode/"],
        why: "one room knows how bodies are compressed",
    },
    Rule {
        words: &["process::Command", "Command::new"],
        only_in: &["src/cookie/file/jar/registry.rs"],
        why: "no program is run, but the one that reads the registry of Windows",
    },
    Rule {
        words: &["robotstxt::", "use robotstxt"],
        only_in: &["src/handler/robots/parse.rs"],
        why: "its matcher takes minutes over a line of 400 bytes, and its parser panics over a long one",
    },
    Rule {
        words: &["println!", "print!", "io::stderr"],
        only_in: &["src/transport/wire_log.rs"],
        why: "a library is silent",
    },
];

/// A room, and what it must not name. Between the rooms of the ground floor the arrows go chain,
/// handler, transport, message, and never back; the cookies stand alone. All but these may tell
/// those who observe; what is told is written down in the trace, which nobody names.
const ARROWS: &[(&str, &[&str])] = &[
    ("src/handler/", &["crate::chain"]),
    ("src/transport/", &["crate::chain", "crate::handler", "crate::cookie"]),
    ("src/message/", &["crate::chain", "crate::handler", "crate::transport", "crate::cookie"]),
    ("src/cookie/", &["crate::chain", "crate::handler", "crate::transport", "crate::message", "std::net::Tcp"]),
    ("src/observe/", &["crate::chain", "crate::handler", "crate::transport", "crate::message", "crate::trace"]),
    ("src/trace/", &["crate::chain", "crate::handler", "crate::transport", "crate::message"]),
    (
        "src/har/",
        &["crate::chain", "crate::handler", "crate::transport", "crate::message", "crate::trace", "crate::replay"],
    ),
    ("src/replay/", &["crate::chain", "crate::handler", "crate::trace"]),
    ("src/chain/", &["crate::trace"]),
    ("src/handler/", &["crate::trace"]),
    ("src/transport/", &["crate::trace"]),
    ("src/message/", &["crate::trace"]),
    ("src/cookie/", &["crate::trace", "crate::observe"]),
    ("src/clock/", &["crate::chain", "crate::handler", "crate::transport", "crate::message", "crate::cookie"]),
    ("src/transport/line.rs", &["transport::http1", "transport::pool", "transport::dial", "transport::ureq"]),
    ("src/transport/pool.rs", &["transport::http1", "transport::dial", "transport::ureq"]),
    ("src/transport/http1/", &["transport::dial", "transport::ureq"]),
    ("src/transport/dial/", &["transport::pool", "transport::ureq"]),
    ("src/message/body/", &["message::request", "message::response", "message::headers", "message::data"]),
    ("src/message/body/spool.rs", &["body::replay", "body::decode", "super::Body"]),
    ("src/message/request/", &["message::body"]),
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

/// Who is named by whom, between the rooms of the ground floor and between those within each:
/// somewhere one can begin to read. A folder counts as one, since what is in it is its own affair;
/// and its `mod.rs` is the folder.
#[test]
fn nobody_reads_in_circles() {
    let sources = sources();
    let folders = sources.iter().filter_map(|(path, _)| path.rsplit_once('/').map(|(folder, _)| folder));
    let circles = folders.collect::<BTreeSet<_>>().into_iter().filter_map(|floor| {
        let circle = circle(&arrows_within(floor, &sources));
        (!circle.is_empty()).then(|| format!("in {floor}: {}", circle.join(" -> ")))
    });
    let circles: Vec<String> = circles.collect();
    assert!(circles.is_empty(), "{}", circles.join("\n"));
}

/// An error holds what it failed with, an `HttpError` a response, whose reading fails with errors:
/// no reader can be spared that one, and errors are looked at last.
const LEAVES: &[(&str, &str)] = &[("src/message", "error")];

/// The rooms of a floor, each with those that it names.
fn arrows_within(floor: &str, sources: &[(String, String)]) -> BTreeMap<String, BTreeSet<String>> {
    let mut arrows: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let inside: Vec<(String, &str, bool)> = sources
        .iter()
        .filter_map(|(path, code)| {
            let below = path.strip_prefix(floor)?.strip_prefix('/')?;
            let (first, rest) = below.split_once('/').unwrap_or((below, "mod.rs"));
            let room = first.strip_suffix(".rs").unwrap_or(first).to_owned();
            (!["mod", "lib"].contains(&room.as_str())).then_some((room, code.as_str(), rest == "mod.rs"))
        })
        .collect();
    let rooms: BTreeSet<&String> = inside.iter().map(|(room, ..)| room).collect();
    for &(ref room, code, is_on_floor) in &inside {
        let named = arrows.entry(room.clone()).or_default();
        if LEAVES.contains(&(floor, room)) {
            continue;
        }
        named
            .extend(named_in(code, floor, is_on_floor).into_iter().filter(|word| word != room && rooms.contains(word)));
    }
    arrows
}

/// What of a floor this code names, by its path or, where it stands on the floor itself, by
/// `super`. What the floor's list gives by another name is the floor's.
fn named_in(code: &str, floor: &str, is_on_floor: bool) -> Vec<String> {
    let path = format!("crate{}::", floor.strip_prefix("src").unwrap().replace('/', "::"));
    let mut named = Vec::new();
    for begin in [path.as_str(), "super::"].into_iter().filter(|begin| is_on_floor || *begin != "super::") {
        for rest in code.split(begin).skip(1) {
            let list = rest.strip_prefix('{').and_then(|rest| rest.split_once(';')).map(|(list, _)| list);
            let words = list.unwrap_or(rest).split(|one: char| !one.is_alphanumeric() && one != '_' && one != ':');
            let words = words.take(if list.is_some() { usize::MAX } else { 1 });
            named.extend(words.filter_map(|word| word.split("::").next()).map(str::to_owned));
        }
    }
    named
}

/// A way that comes back to where it began, or nothing.
fn circle(arrows: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    fn walk(room: &String, arrows: &BTreeMap<String, BTreeSet<String>>, way: &mut Vec<String>) -> bool {
        if let Some(begin) = way.iter().position(|passed| passed == room) {
            way.drain(..begin);
            way.push(room.clone());
            return true;
        }
        way.push(room.clone());
        if arrows.get(room).into_iter().flatten().any(|next| walk(next, arrows, way)) {
            return true;
        }
        way.pop();
        false
    }
    let mut way = Vec::new();
    let _ = arrows.keys().any(|room| walk(room, arrows, &mut way));
    way
}

#[test]
fn a_circle_is_found() {
    let source = |path: &str, code: &str| (path.to_owned(), code.to_owned());
    for (sentence, sources, expected) in [
        ("none", vec![source("src/a.rs", "use crate::b::B;"), source("src/b/mod.rs", "use std::fmt;")], ""),
        ("of two", vec![source("src/a.rs", "use crate::b::B;"), source("src/b/c.rs", "use crate::a::A;")], "a b a"),
        (
            "of three, off the way",
            vec![
                source("src/a.rs", "crate::b::f()"),
                source("src/b.rs", "crate::c::f()"),
                source("src/c.rs", "crate::d::f()"),
                source("src/d.rs", "crate::b::f()"),
            ],
            "b c d b",
        ),
        (
            "within a room that is another's affair",
            vec![source("src/a/x.rs", "crate::a::y"), source("src/a/y.rs", "crate::a::x")],
            "",
        ),
        ("of who names itself", vec![source("src/a.rs", "crate::a::f")], ""),
    ] {
        assert_eq!(circle(&arrows_within("src", &sources)).join(" "), expected, "{sentence}");
    }
}

#[test]
fn every_room_says_what_it_is_for() {
    for path in files(Path::new("src")) {
        let source = fs::read_to_string(&path).unwrap();
        assert!(source.starts_with("//! "), "{} does not begin with its purpose", path.display());
    }
}

/// How lines of cookie files begin that the docs show.
const FILE_LINES: [&str; 3] = ["## Host", "www.example.com  ", "Set-Cookie3:"];

/// Wider comments are cut where the docs are read, and in every editor with two files beside each
/// other. A table's row or a link's target cannot be broken.
#[test]
fn comments_end_at_column_100() {
    for folder in ["src", "tests", "examples", "benches"] {
        for path in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
            let source = fs::read_to_string(&path).unwrap();
            let mut is_fenced = false;
            for (number, line) in source.lines().enumerate() {
                let Some(text) = line.trim_start().strip_prefix("//") else { continue };
                let text = text.trim_start_matches(['/', '!']).trim_start();
                is_fenced ^= text.starts_with("```");
                // What is hidden in the docs is as wide as other code, and a command's or a file's
                // line as it is.
                let is_whole = text.starts_with(['|', '[']) || is_fenced && text.starts_with("# ");
                let is_whole = is_whole
                    || is_fenced && folder != "src"
                    || is_fenced && FILE_LINES.iter().any(|start| text.starts_with(start));
                assert!(
                    is_whole || line.chars().count() <= 100,
                    "{}:{} ends at column {}",
                    path.display(),
                    number + 1,
                    line.chars().count()
                );
            }
        }
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

/// Whether the word stands in the code, not as the end of a longer one, nor as the name of a room
/// of ours.
fn says(code: &str, word: &str) -> bool {
    code.match_indices(word).any(|(at, _)| {
        let before = &code[..at];
        let is_end = before.ends_with(|one: char| one.is_alphanumeric() || one == '_' || one == '\'');
        !is_end && !before.ends_with("self::")
    })
}
