//! Every built-in handler names exactly the hooks that its source fills in: one too few would never
//! be called, one too many would be drawn.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clientcookie::{Hook, build_opener};

use super::mock::hook_named;

/// Every `impl Handler for` in the sources: the handler's name, the hooks it names and the methods
/// it has, both as method names and sorted.
fn implementations() -> BTreeMap<String, (Vec<String>, Vec<String>)> {
    let mut found = BTreeMap::new();
    let mut files = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/handler")];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        for source in expanded(&fs::read_to_string(&path).unwrap()) {
            for (name, block) in blocks(&source) {
                // What a macro makes is of each that its call names, one a line.
                let made = source.split("\nhandlers! {").nth(1).and_then(|call| call.split("\n}").next());
                let made = made.unwrap_or_default().lines().filter_map(|line| line.split_whitespace().next());
                let names: Vec<&str> = if name == "$name" { made.collect() } else { vec![name.as_str()] };
                found.extend(names.iter().map(|&name| (name.to_owned(), (named(&block), filled_in(&block)))));
            }
        }
    }
    found
}

/// The source without its comments, and, if it has the macro that makes the two HTTP handlers, once
/// for each of them.
fn expanded(source: &str) -> Vec<String> {
    let code: String = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |code, line| code + line + "\n");
    let arguments: Vec<&str> = code
        .split("\nhttp_handler! {")
        .skip(1)
        .filter_map(|call| call.split("\n}").next()?.lines().rfind(|line| line.contains(", ")))
        .collect();
    if arguments.is_empty() {
        return vec![code];
    }
    let parameters = ["$name", "$scheme", "$kind", "$request", "$hook"];
    let each = arguments.iter().map(|arguments| {
        let arguments = arguments.split(',').map(str::trim);
        parameters
            .iter()
            .zip(arguments)
            .fold(code.clone(), |code, (parameter, argument)| code.replace(parameter, argument))
    });
    each.collect()
}

/// The handlers' names and the text of their `impl Handler for`, up to the brace that closes it.
fn blocks(source: &str) -> Vec<(String, String)> {
    const START: &str = "impl Handler for ";
    let starts = source.match_indices(START).map(|(at, _)| at);
    let each = starts.map(|at| {
        let indent = source[..at].len() - source[..at].rfind('\n').map_or(0, |newline| newline + 1);
        let end = format!("\n{}}}", " ".repeat(indent));
        let block = source[at..].split(&end).next().unwrap_or_default();
        let name = block[START.len()..].split([' ', '<']).next().unwrap_or_default();
        (name.to_owned(), block.to_owned())
    });
    each.collect()
}

fn named(block: &str) -> Vec<String> {
    let list = block.split("fn hooks(").nth(1).and_then(|rest| rest.split('}').next()).unwrap_or_default();
    let is_named = |hook: &str| list.split(|c: char| !c.is_alphanumeric() && c != ':').any(|word| word == hook);
    let hooks = Hook::ALL.iter().filter(|hook| is_named(&format!("Hook::{hook:?}")));
    let mut names: Vec<String> = hooks.map(|hook| hook.name().to_owned()).collect();
    names.sort();
    names
}

fn filled_in(block: &str) -> Vec<String> {
    const ABOUT_ITSELF: [&str; 5] = ["order", "kind", "schemes", "hooks", "name"];
    let names = block.split("    fn ").skip(1).filter_map(|method| method.split(['(', '<']).next());
    let mut names: Vec<String> = names.filter(|name| !ABOUT_ITSELF.contains(name)).map(str::to_owned).collect();
    names.sort();
    names
}

#[test]
fn the_sources_fill_in_what_they_name() {
    let found = implementations();
    for (handler, (named, filled_in)) in &found {
        assert!(!named.is_empty(), "{handler} says which hooks it fills in");
        assert_eq!(named, filled_in, "{handler}: named and filled in");
    }
    for expected in ["HttpHandler", "HttpsHandler", "HttpRedirectHandler", "HttpCookieProcessor"] {
        assert!(found.contains_key(expected), "{expected} is among {:?}", found.keys());
    }
}

#[test]
fn the_default_handlers_say_what_their_sources_say() {
    let found = implementations();
    for handler in build_opener(()).handlers() {
        let mut told: Vec<String> = handler.hooks().iter().map(|hook| hook.name().to_owned()).collect();
        told.sort();
        assert_eq!(told, found[handler.name()].0, "{}", handler.name());
    }
}

#[test]
fn every_hook_is_a_method_of_the_trait_in_the_order_of_calls() {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/handler/mod.rs")).unwrap();
    let body = source.split("pub trait Handler").nth(1).and_then(|rest| rest.split("\n}\n").next()).unwrap();
    let methods: Vec<&str> = body.split("\n    fn ").skip(1).filter_map(|rest| rest.split('(').next()).collect();
    let hooks: Vec<&str> = Hook::ALL.iter().map(|hook| hook.name()).collect();
    let about_itself = methods.len() - hooks.len();
    assert_eq!(methods[about_itself..], hooks[..]);
    assert!(hooks.iter().all(|name| hook_named(name).name() == *name));
}

/// What the pointers forward is what a table of the hooks makes, and five methods about the handler
/// itself.
#[test]
fn a_handler_behind_a_pointer_forwards_every_method() {
    let source = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/handler/mod.rs")).unwrap();
    let body = source.split("pub trait Handler").nth(1).and_then(|rest| rest.split("\n}\n").next()).unwrap();
    let table = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/handler/hook.rs")).unwrap();
    for method in body.split("\n    fn ").skip(1).filter_map(|rest| rest.split('(').next()) {
        let is_forwarded = table.contains(&format!(" = {method}(")) || table.contains(&format!("(**self).{method}()"));
        assert!(is_forwarded, "{method}");
    }
}
