//! What every store must do: a table, a sentence a row, and one runner.
//!
//! This is for the author of another store as well. It needs nothing of this folder: copy the file,
//! and call [`conforms`] with a function that makes an empty store.

use std::sync::Arc;
use std::thread;

use clientcookie::cookie::{Capacity, Cookie, CookieStore, PutOutcome, Scope, Stored};

/// Checks a kind of store; each call of `empty` gives a new one. It panics with the sentence that
/// does not hold.
pub fn conforms(empty: &dyn Fn() -> Box<dyn CookieStore>) {
    for (sentence, steps, left) in TABLE {
        let store = empty();
        let mut judged = None;
        for (number, step) in steps.iter().enumerate() {
            run(&*store, step, &mut judged, &format!("{sentence}: step {}", number + 1));
        }
        let all = store.snapshot().unwrap();
        assert_eq!(shown(&all), *left, "{sentence}");
        assert!(all.is_sorted_by(|one, next| one.created < next.created), "{sentence}: no two are of an age");
        assert_eq!((store.len().unwrap(), store.is_empty().unwrap()), (all.len(), all.is_empty()), "{sentence}");
    }
    a_cookie_comes_back_as_it_went_in(&*empty());
    many_are_put_in_at_one_moment(&*empty());
    limits_hold_when_threads_put(&*empty());
    a_rival_is_not_overlooked(&*empty());
}

/// The time in all steps.
const NOW: i64 = 100;

/// One call, and what it answers. A cookie is written `name=value domain/path`, and `secure` behind
/// it, and the second at which it expires.
enum Step {
    /// The user puts one in.
    User(&'static str),
    /// The user puts many in, and takes all others out, or does not.
    Users(&'static [&'static str], bool),
    /// A server sets one, within limits.
    Server(&'static str, Limits, PutOutcome),
    /// The secure rivals of a cookie, which are those that the following cookies are judged by.
    Rivals(&'static str, &'static str),
    /// What is filed under some owners.
    Candidates(&'static [&'static str], &'static str),
    Get(&'static str, bool),
    Remove(&'static str, bool),
    RemoveAll(Scope<'static>, usize),
}

/// Cookies an owner, cookies in all, and whether secure ones may be evicted.
type Limits = (Option<usize>, Option<usize>, bool);

const FREE: Limits = (None, None, false);
const TWO: Limits = (Some(2), None, false);
const TWO_EVEN_SECURE: Limits = (Some(2), None, true);
const TWO_IN_ALL: Limits = (None, Some(2), false);
const NONE: Limits = (Some(0), None, false);
const NONE_IN_ALL: Limits = (None, Some(0), true);

use PutOutcome::{Changed, Full, Stored as Kept};
use Step::{Candidates, Get, Remove, RemoveAll, Rivals, Server, User, Users};

/// A sentence, what is done, and what is in the store then, the oldest first; `*` is behind what
/// the user put in.
const TABLE: &[(&str, &[Step], &str)] = &[
    (
        "a new store is empty",
        &[Candidates(&["a.test", ""], ""), Get("a a.test/", false), Remove("a a.test/", false)],
        "",
    ),
    (
        "cookies are told apart by domain, path and name",
        &[
            Server("a=1 a.test/", FREE, Kept),
            Server("a=2 .a.test/", FREE, Kept),
            Server("a=3 a.test/x", FREE, Kept),
            Server("A=4 a.test/", FREE, Kept),
            Get("a a.test/", true),
            Get("a .a.test/", true),
            Get("a a.test/X", false),
            Get("a x.a.test/", false),
        ],
        "a=1 a.test/, a=2 .a.test/, a=3 a.test/x, A=4 a.test/",
    ),
    (
        "a cookie takes the place of the one with its key, and keeps its creation",
        &[
            Server("a=1 a.test/ 200", FREE, Kept),
            Server("b=1 b.test/", FREE, Kept),
            Server("a=2 a.test/ secure", FREE, Kept),
        ],
        "a=2 a.test/ secure, b=1 b.test/",
    ),
    (
        "what was taken out and comes again is new",
        &[User("a=1 a.test/"), User("b=1 a.test/"), Remove("a a.test/", true), User("a=1 a.test/")],
        "b=1 a.test/ *, a=1 a.test/ *",
    ),
    (
        "what the user put in stays the user's when a server replaces it",
        &[User("a=1 a.test/"), Server("a=2 a.test/", FREE, Kept)],
        "a=2 a.test/ *",
    ),
    (
        "what a server set becomes the user's when the user replaces it",
        &[Server("a=1 a.test/", FREE, Kept), User("a=2 a.test/")],
        "a=2 a.test/ *",
    ),
    (
        "an expired cookie of a server takes out the one with its key, and only that",
        &[
            User("a=1 a.test/"),
            Server("a=1 .a.test/", FREE, Kept),
            Server("a=2 a.test/ 100", FREE, Kept),
            Server("b=2 a.test/ 99", FREE, Kept),
        ],
        "a=1 .a.test/",
    ),
    ("an expired cookie of the user's is stored", &[User("a=1 a.test/ 5")], "a=1 a.test/ 5 *"),
    (
        "an expired cookie needs no room",
        &[Server("a=1 a.test/", TWO, Kept), Server("b=1 a.test/", TWO, Kept), Server("c=1 a.test/ 7", TWO, Kept)],
        "a=1 a.test/, b=1 a.test/",
    ),
    (
        "a cookie without a value is not one with an empty one",
        &[User("a a.test/"), User("b= a.test/"), Candidates(&["a.test"], "a a.test/ *, b= a.test/ *")],
        "a a.test/ *, b= a.test/ *",
    ),
    (
        "candidates are those of the owners asked for, with and without a dot, expired or not",
        &[
            User("a=1 www.a.test/"),
            User("b=1 .www.a.test/x"),
            User("c=1 .a.test/ 5"),
            User("d=1 test/"),
            User("e=1 ww.a.test/"),
            User("f=1 x.www.a.test/"),
            User("g=1 .test.a/"),
            Candidates(
                &["www.a.test", "a.test", "test"],
                "a=1 www.a.test/ *, b=1 .www.a.test/x *, c=1 .a.test/ 5 *, d=1 test/ *",
            ),
            Candidates(&["a.test"], "c=1 .a.test/ 5 *"),
            Candidates(&[".a.test"], ""),
            Candidates(&["%", "_", "A.TEST", "a.tes", "a.test ", "' OR 1"], ""),
            Candidates(&[], ""),
            RemoveAll(Scope::All, 7),
        ],
        "",
    ),
    (
        "an owner may have many parents",
        &[
            User("a=1 a.b.c.d.e.f.g.h.test/"),
            User("b=1 .d.e.f.g.h.test/"),
            User("c=1 .test/"),
            Candidates(
                &[
                    "a.b.c.d.e.f.g.h.test",
                    "b.c.d.e.f.g.h.test",
                    "c.d.e.f.g.h.test",
                    "d.e.f.g.h.test",
                    "e.f.g.h.test",
                    "f.g.h.test",
                    "g.h.test",
                    "h.test",
                    "test",
                ],
                "a=1 a.b.c.d.e.f.g.h.test/ *, b=1 .d.e.f.g.h.test/ *, c=1 .test/ *",
            ),
        ],
        "a=1 a.b.c.d.e.f.g.h.test/ *, b=1 .d.e.f.g.h.test/ *, c=1 .test/ *",
    ),
    (
        "rivals are the secure cookies of the name at the owner, above it and below it",
        &[
            User("s=1 a.test/ secure"),
            User("s=2 .a.test/x secure"),
            User("s=3 y.x.a.test/ secure"),
            User("s=4 .test/ secure"),
            User("s=5 xa.test/ secure"),
            User("s=6 plain.a.test/"),
            User("S=7 a.test/ secure"),
            User("s2=8 a.test/ secure"),
            User("s=9 a.test.b/ secure"),
            User("s=10 a-b.test/ secure 5"),
            Rivals("s a.test/y", "s=1 a.test/ secure, s=2 .a.test/x secure, s=3 y.x.a.test/ secure, s=4 .test/ secure"),
            Rivals("s z.a.test/", "s=1 a.test/ secure, s=2 .a.test/x secure, s=4 .test/ secure"),
            Rivals("s b.test/", "s=4 .test/ secure"),
            Rivals("t a.test/", ""),
            User("s=1 a.test/"),
            Remove("s y.x.a.test/", true),
            Rivals("s a.test/", "s=2 .a.test/x secure, s=4 .test/ secure"),
            RemoveAll(Scope::All, 9),
            Rivals("s a.test/", ""),
        ],
        "",
    ),
    (
        "a cookie that was judged by its rivals is stored",
        &[
            User("s=1 a.test/ secure"),
            Rivals("s .a.test/", "s=1 a.test/ secure"),
            User("s=1 b.test/ secure"),
            User("t=1 a.test/ secure"),
            User("s=1 x.a.test/"),
            Server("s=2 .a.test/", FREE, Kept),
        ],
        "s=1 a.test/ secure *, s=1 b.test/ secure *, t=1 a.test/ secure *, s=1 x.a.test/ *, s=2 .a.test/",
    ),
    (
        "nothing is done if a rival came",
        &[Rivals("s a.test/", ""), User("s=1 .x.a.test/ secure"), Server("s=2 a.test/", FREE, Changed)],
        "s=1 .x.a.test/ secure *",
    ),
    (
        "nothing is done if a rival went",
        &[
            User("s=1 test/ secure"),
            Rivals("s a.test/", "s=1 test/ secure"),
            Remove("s test/", true),
            Server("s=2 a.test/", FREE, Changed),
        ],
        "",
    ),
    (
        "nothing is done if a rival was replaced, not even by a cookie that only deletes",
        &[
            User("s=1 a.test/ secure"),
            Rivals("s a.test/", "s=1 a.test/ secure"),
            Server("s=2 a.test/ secure", FREE, Kept),
            Server("s=3 a.test/", FREE, Changed),
            Server("s=3 a.test/ 1", FREE, Changed),
        ],
        "s=2 a.test/ secure *",
    ),
    (
        "the oldest makes room at its owner, dots and paths aside",
        &[
            Server("a=1 a.test/", TWO, Kept),
            Server("x=1 b.test/", TWO, Kept),
            Server("b=1 .a.test/x", TWO, Kept),
            Server("c=1 a.test/", TWO, Kept),
            Server("x=1 x.a.test/", TWO, Kept),
        ],
        "x=1 b.test/, b=1 .a.test/x, c=1 a.test/, x=1 x.a.test/",
    ),
    (
        "what is replaced needs no room",
        &[
            Server("a=1 a.test/", TWO, Kept),
            Server("b=1 a.test/", TWO, Kept),
            Server("a=2 a.test/", TWO, Kept),
            Server("b=2 a.test/", NONE, Kept),
        ],
        "a=2 a.test/, b=2 a.test/",
    ),
    (
        "what has expired goes first, secure or not",
        &[
            Server("a=1 a.test/", FREE, Kept),
            User("x=1 a.test/ 50"),
            Server("b=1 a.test/ 150 secure", FREE, Kept),
            Server("c=1 a.test/", (Some(3), None, false), Kept),
            Server("d=1 a.test/", (Some(3), None, false), Kept),
        ],
        "x=1 a.test/ 50 *, b=1 a.test/ secure 150, c=1 a.test/, d=1 a.test/",
    ),
    (
        "the user's cookies neither count nor go",
        &[
            User("a=1 a.test/"),
            User("b=1 a.test/"),
            User("c=1 a.test/"),
            Server("d=1 a.test/", TWO, Kept),
            Server("e=1 a.test/", TWO, Kept),
            Server("f=1 a.test/", TWO, Kept),
        ],
        "a=1 a.test/ *, b=1 a.test/ *, c=1 a.test/ *, e=1 a.test/, f=1 a.test/",
    ),
    (
        "secure cookies stay, and then there is no room",
        &[
            Server("a=1 a.test/ secure", TWO, Kept),
            Server("b=1 a.test/ secure", TWO, Kept),
            Server("c=1 a.test/", TWO, Full),
            Server("a=2 a.test/ secure", TWO, Kept),
            Server("x=1 b.test/", TWO, Kept),
        ],
        "a=2 a.test/ secure, b=1 a.test/ secure, x=1 b.test/",
    ),
    (
        "secure cookies go after all others where they may",
        &[
            Server("a=1 a.test/ secure", FREE, Kept),
            Server("b=1 a.test/ secure", FREE, Kept),
            Server("c=1 a.test/", FREE, Kept),
            Server("d=1 a.test/", TWO_EVEN_SECURE, Kept),
        ],
        "b=1 a.test/ secure, d=1 a.test/",
    ),
    (
        "of more than there is room for, as many go as must",
        &[
            Server("a=1 a.test/", FREE, Kept),
            Server("b=1 a.test/", FREE, Kept),
            Server("c=1 a.test/", FREE, Kept),
            Server("d=1 a.test/", TWO, Kept),
        ],
        "c=1 a.test/, d=1 a.test/",
    ),
    (
        "the oldest of all owners makes room in the whole store",
        &[
            User("u=1 u.test/"),
            Server("a=1 a.test/ secure", TWO_IN_ALL, Kept),
            Server("b=1 b.test/", TWO_IN_ALL, Kept),
            Server("c=1 c.test/", TWO_IN_ALL, Kept),
            Server("d=1 d.test/ secure", TWO_IN_ALL, Kept),
            Server("e=1 e.test/", TWO_IN_ALL, Full),
            Server("e=1 e.test/", (None, Some(2), true), Kept),
        ],
        "u=1 u.test/ *, d=1 d.test/ secure, e=1 e.test/",
    ),
    (
        "where nothing may be, nothing is stored",
        &[
            User("u=1 a.test/"),
            Server("a=1 b.test/", NONE, Full),
            Server("a=1 a.test/", NONE, Full),
            Server("a=1 c.test/", NONE_IN_ALL, Full),
        ],
        "u=1 a.test/ *",
    ),
    (
        "a domain is cleared as it is spelled",
        &[
            User("a=1 a.test/"),
            User("b=1 .a.test/"),
            User("c=1 a.test/x"),
            User("d=1 x.a.test/"),
            RemoveAll(Scope::Domain("a.test"), 2),
            RemoveAll(Scope::Domain("A.test"), 0),
            RemoveAll(Scope::Domain("test"), 0),
        ],
        "b=1 .a.test/ *, d=1 x.a.test/ *",
    ),
    (
        "a path is cleared in its domain",
        &[
            User("a=1 a.test/"),
            User("b=1 a.test/x"),
            User("c=1 a.test/x/y"),
            User("d=1 .a.test/x"),
            RemoveAll(Scope::Path("a.test", b"/x"), 1),
            RemoveAll(Scope::Path("a.test", b"/z"), 0),
        ],
        "a=1 a.test/ *, c=1 a.test/x/y *, d=1 .a.test/x *",
    ),
    (
        "the session is cleared, of the user's cookies too",
        &[
            User("a=1 a.test/"),
            User("b=1 b.test/ 500"),
            Server("c=1 c.test/", FREE, Kept),
            RemoveAll(Scope::Session, 2),
        ],
        "b=1 b.test/ 500 *",
    ),
    (
        "what has expired is cleared, to the second",
        &[
            User("a=1 a.test/ 100"),
            User("b=1 b.test/ 101"),
            User("c=1 c.test/ -5"),
            User("d=1 d.test/"),
            RemoveAll(Scope::Expired(NOW), 2),
        ],
        "b=1 b.test/ 101 *, d=1 d.test/ *",
    ),
    (
        "many are put in beside the others, in their order",
        &[User("b=1 b.test/"), Users(&["c=1 c.test/", "a=1 a.test/", "b=2 b.test/ 5"], false)],
        "b=2 b.test/ 5 *, c=1 c.test/ *, a=1 a.test/ *",
    ),
    (
        "or in the place of the others",
        &[User("b=1 b.test/"), Users(&["a=1 a.test/", "b=2 b.test/", "a=2 a.test/"], true)],
        "a=2 a.test/ *, b=2 b.test/ *",
    ),
    ("or there is nothing any more", &[User("b=1 b.test/"), Users(&[], true)], ""),
    (
        "a domain may be anything",
        &[User("a=1 /"), User("b=1 ./"), Candidates(&[""], "a=1 / *, b=1 ./ *")],
        "a=1 / *, b=1 ./ *",
    ),
];

fn run(store: &dyn CookieStore, step: &Step, judged: &mut Option<Vec<Arc<Cookie>>>, sentence: &str) {
    match *step {
        User(text) => assert_eq!(store.put(cookie(text), None).unwrap(), PutOutcome::Stored, "{sentence}"),
        Users(texts, instead) => {
            store.put_all(texts.iter().map(|text| cookie(text)).collect(), instead).unwrap();
        }
        Server(text, (per_domain, total, evict_secure), answer) => {
            let room = Capacity { per_domain, total, now: NOW, evict_secure, judged: judged.as_deref() };
            assert_eq!(store.put(cookie(text), Some(&room)).unwrap(), answer, "{sentence}");
        }
        Rivals(text, expected) => {
            let rivals = store.secure_rivals(&cookie(text)).unwrap();
            let mut texts: Vec<String> = rivals.iter().map(|cookie| show(cookie)).collect();
            texts.sort();
            assert_eq!(texts.join(", "), expected, "{sentence}");
            *judged = Some(rivals);
        }
        Candidates(owners, expected) => {
            let mut found = store.candidates(owners).unwrap();
            found.sort_by_key(|stored| stored.created);
            assert_eq!(shown(&found), expected, "{sentence}");
        }
        Get(text, expected) => {
            let key = cookie(text);
            let found = store.get(key.domain(), key.path_bytes(), key.name_bytes()).unwrap();
            assert_eq!(found.is_some_and(|found| has_same_key(&found, &key)), expected, "{sentence}");
        }
        Remove(text, expected) => {
            let key = cookie(text);
            let removed = store.remove(key.domain(), key.path_bytes(), key.name_bytes()).unwrap();
            assert_eq!(removed.is_some_and(|removed| has_same_key(&removed, &key)), expected, "{sentence}");
        }
        RemoveAll(scope, expected) => assert_eq!(store.remove_all(scope).unwrap(), expected, "{sentence}"),
    }
}

fn cookie(text: &str) -> Arc<Cookie> {
    let mut words = text.split(' ');
    let (pair, place) = (words.next().unwrap(), words.next().unwrap());
    let (name, value) = pair.split_once('=').map_or((pair, None), |(name, value)| (name, Some(value)));
    let (domain, path) = place.split_at(place.find('/').unwrap());
    let mut cookie = Cookie::new(name, value.unwrap_or_default(), domain).with_path(path);
    if value.is_none() {
        cookie = cookie.without_value();
    }
    for word in words {
        cookie = match word.parse::<i64>() {
            Ok(second) => cookie.with_expires(second),
            Err(_) => cookie.with_secure(true),
        };
    }
    Arc::new(cookie)
}

fn show(cookie: &Cookie) -> String {
    let mut text = cookie.name().into_owned();
    if cookie.has_value() {
        text += &format!("={}", cookie.value_str());
    }
    text += &format!(" {}{}", cookie.domain(), cookie.path());
    if cookie.secure() {
        text += " secure";
    }
    cookie.expires().map_or(text.clone(), |expires| format!("{text} {expires}"))
}

fn shown(all: &[Stored]) -> String {
    let texts = all.iter().map(|stored| show(&stored.cookie) + if stored.by_user { " *" } else { "" });
    texts.collect::<Vec<String>>().join(", ")
}

fn has_same_key(one: &Cookie, other: &Cookie) -> bool {
    (one.domain(), one.path_bytes(), one.name_bytes()) == (other.domain(), other.path_bytes(), other.name_bytes())
}

fn a_cookie_comes_back_as_it_went_in(store: &dyn CookieStore) {
    let all_bytes: Vec<u8> = (0..=255).collect();
    let plain = || Cookie::new("n", "v", "a.test");
    let cookies = [
        Cookie::new(all_bytes.clone(), all_bytes.clone(), "a.test").with_path(all_bytes),
        Cookie::new("", "", ""),
        plain().without_value(),
        plain().with_path("/1").with_path_specified(false),
        plain().with_path("/2").with_domain_specified(true).with_domain_initial_dot(true),
        Cookie::new("n", "v", ".a.test").with_domain_specified(false).with_domain_initial_dot(false),
        plain().with_path("/3").with_version(u32::MAX),
        plain().with_path("/4").with_port("80,8080"),
        plain().with_path("/5").with_port("").with_port_specified(false),
        plain().with_path("/6").with_secure(true).with_http_only(true).with_rfc2109(true),
        plain().with_path("/7").with_expires(i64::MAX),
        plain().with_path("/8").with_expires(i64::MIN).with_discard(true),
        plain().with_path("/9").with_discard(false),
        plain().with_path("/10").with_comment("\u{e4}\0").with_comment_url(""),
        plain().with_path("/11").with_attribute("SameSite", "Lax").with_attribute("Partitioned", None),
        plain().with_path("/12").with_attribute("", "").with_attribute("=;\0\u{e4}", ";=\0\u{e4}"),
        Cookie::new("n", vec![b'v'; 70_000], "a.test").with_path("/13"),
    ];
    for cookie in &cookies {
        store.put(Arc::new(cookie.clone()), None).unwrap();
        let found = store.get(cookie.domain(), cookie.path_bytes(), cookie.name_bytes()).unwrap();
        assert!(found.is_some_and(|found| *found == *cookie), "{cookie:?} is another now");
    }
    let all = store.snapshot().unwrap();
    assert!(all.iter().map(|stored| &*stored.cookie).eq(&cookies), "in their order");
}

/// Whoever looks sees the one set or the other, whichever way.
fn many_are_put_in_at_one_moment(store: &dyn CookieStore) {
    let owners = ["f.e.d.c.b.a.test", "e.d.c.b.a.test", "d.c.b.a.test", "c.b.a.test", "b.a.test", "a.test", "test"];
    let set = |round: usize| -> Vec<Arc<Cookie>> {
        let many = (0..20).map(|number| Cookie::new("n", round.to_string(), format!("h{number}.other")));
        // It moves from the one end to the other.
        let one = Cookie::new("s", round.to_string(), owners[round % 2 * 6]).with_secure(true);
        many.chain([one]).map(Arc::new).collect()
    };
    store.put_all(set(0), false).unwrap();
    thread::scope(|scope| {
        let writer = scope.spawn(|| (1..60).for_each(|round| store.put_all(set(round), true).unwrap()));
        while !writer.is_finished() {
            let all = store.snapshot().unwrap();
            let first = all.first().map(|stored| stored.cookie.value().to_vec());
            let whole = all.len() == 21 && all.iter().all(|stored| Some(stored.cookie.value()) == first.as_deref());
            assert!(whole, "half of many is there: {}", shown(&all));
            let found = store.candidates(&owners).unwrap();
            assert_eq!(found.len(), 1, "candidates of two moments: {}", shown(&found));
            let rivals = store.secure_rivals(&Cookie::new("s", "", owners[3])).unwrap();
            assert_eq!(rivals.len(), 1, "rivals of two moments");
        }
    });
}

/// To look how many there are, to evict and to store is one step.
fn limits_hold_when_threads_put(store: &dyn CookieStore) {
    let room = Capacity { per_domain: Some(5), total: Some(8), ..Capacity::UNLIMITED };
    thread::scope(|scope| {
        for thread in 0..4 {
            scope.spawn(move || {
                for number in 0..20 {
                    let cookie = Cookie::new(format!("n{thread}-{number}"), "v", format!("h{}.test", number % 2));
                    assert_eq!(store.put(Arc::new(cookie), Some(&room)).unwrap(), PutOutcome::Stored);
                }
            });
        }
    });
    let all = store.snapshot().unwrap();
    assert_eq!((all.len(), store.len().unwrap()), (8, 8), "{}", shown(&all));
    assert!(all.is_sorted_by(|one, next| one.created < next.created), "no two are of an age");
}

/// To look at the rivals again and to store is one step: of threads that each store a secure cookie
/// if it has no rival, and are each other's rivals, one does.
fn a_rival_is_not_overlooked(store: &dyn CookieStore) {
    for round in 0..10 {
        let put_if_first = &|thread: usize| {
            let cookie = Cookie::new(format!("s{round}"), "v", "a.test").with_path(format!("/{thread}"));
            let cookie = cookie.with_secure(true);
            let judged = store.secure_rivals(&cookie).unwrap();
            let room = Capacity { judged: Some(&judged), ..Capacity::UNLIMITED };
            judged.is_empty() && store.put(Arc::new(cookie), Some(&room)).unwrap() == PutOutcome::Stored
        };
        let stored = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|thread| scope.spawn(move || put_if_first(thread))).collect();
            threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum::<usize>()
        });
        assert_eq!(stored, 1, "only the first had no rival");
    }
}
