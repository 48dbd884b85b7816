//! Stores on a disk, in several processes: this test binary runs itself again, one test of
//! it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::{env, io};

use clientcookie::cookie::*;

use super::{Folder, Random};

/// Runs one test of this binary in another process, with a store.
fn spawn(test: &str, path: &Path, number: usize) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", &format!("stores::processes::{test}")]).stdin(Stdio::null()).stdout(Stdio::piped());
    command.env(STORE, path).env(NUMBER, number.to_string()).spawn().unwrap()
}

/// The store and the number that this process was started with, unless it is the first.
fn started_with() -> Option<(PathBuf, usize)> {
    Some((env::var_os(STORE)?.into(), env::var(NUMBER).ok()?.parse().ok()?))
}

const STORE: &str = "CLIENTCOOKIE_STORE";
const NUMBER: &str = "CLIENTCOOKIE_NUMBER";

#[cfg(feature = "sqlite")]
#[test]
fn four_processes_that_write_at_once_lose_nothing() {
    const EACH: usize = 1_000;
    if let Some((path, number)) = started_with() {
        let jar = SqliteCookieJar::create(path).unwrap();
        for cookie in 0..EACH {
            jar.set_cookie(Cookie::new(format!("n{number}-{cookie}"), "v", format!("h{}.test", cookie % 50)));
        }
        return assert!(jar.take_store_error().is_none());
    }
    let folder = Folder::new("four");
    let path = folder.file("cookies.db");
    let children: Vec<Child> =
        (0..4).map(|number| spawn("four_processes_that_write_at_once_lose_nothing", &path, number)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let jar = SqliteCookieJar::create(&path).unwrap();
    assert_eq!((jar.len(), jar.iter().count()), (4 * EACH, 4 * EACH));
    for number in 0..4 {
        let theirs = jar.iter().filter(|cookie| cookie.name().starts_with(&format!("n{number}-")));
        let order: Vec<usize> = theirs.map(|cookie| cookie.name()[3..].parse().unwrap()).collect();
        assert_eq!(order, (0..EACH).collect::<Vec<_>>(), "each finds its own in its order");
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn processes_that_make_the_database_at_once_make_one() {
    if let Some((path, number)) = started_with() {
        let jar = SqliteCookieJar::create(path).unwrap();
        jar.set_cookie(Cookie::new(format!("n{number}"), "v", "a.test"));
        return assert!(jar.take_store_error().is_none());
    }
    let folder = Folder::new("race");
    for round in 0..15 {
        let path = folder.file(&format!("{round}.db"));
        let test = "processes_that_make_the_database_at_once_make_one";
        let children: Vec<Child> = (0..4).map(|number| spawn(test, &path, number)).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{round}: {}", String::from_utf8_lossy(&output.stdout));
        }
        assert_eq!(SqliteCookieJar::create(&path).unwrap().len(), 4, "{round}");
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn what_a_killed_process_was_told_is_stored_is_there() {
    if let Some((path, round)) = started_with() {
        let jar = SqliteCookieJar::create(&path).unwrap();
        let mut told = io::stdout();
        for number in 0.. {
            jar.set_cookie(Cookie::new(format!("r{round}-{number}"), "v".repeat(number % 3_000), "a.test"));
            if jar.take_store_error().is_some()
                || writeln!(told, "stored {number}").and_then(|()| told.flush()).is_err()
            {
                return;
            }
        }
    }
    let folder = Folder::new("killed");
    let path = folder.file("cookies.db");
    let mut random = Random(0xdead);
    let mut expected = Vec::new();
    for round in 0..25 {
        let mut child = spawn("what_a_killed_process_was_told_is_stored_is_there", &path, round);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut stored = lines.filter_map(|line| line.strip_prefix("stored ").map(str::to_owned));
        // It is at the next ones while this one is read.
        let last = stored.nth(random.below(60)).expect("it stores for ever");
        child.kill().unwrap();
        let last = stored.last().unwrap_or(last);
        child.wait().unwrap();
        let last: usize = last.parse().unwrap();
        expected.extend((0..=last).map(|number| format!("r{round}-{number}")));

        let jar = SqliteCookieJar::create(&path).unwrap();
        let mut names: Vec<String> = jar.iter().map(|cookie| cookie.name().into_owned()).collect();
        assert!(jar.take_store_error().is_none());
        // It may have been killed when the next one was stored, and nobody had been told.
        if names.last() == Some(&format!("r{round}-{}", last + 1)) {
            expected.extend(names.pop());
            names.extend(expected.last().cloned());
        }
        assert_eq!(names, expected, "round {round}");
    }
}

#[test]
fn four_processes_that_write_a_folder_at_once_lose_nothing() {
    const EACH: usize = 100;
    let test = "four_processes_that_write_a_folder_at_once_lose_nothing";
    if let Some((path, number)) = started_with() {
        let jar = MsieDbCookieJar::create(path).unwrap();
        for cookie in 0..EACH {
            let host = format!("h{}.test", cookie % 7);
            jar.set_cookie(Cookie::new(format!("n{number}-{cookie}"), "v", host).with_expires(LATER));
        }
        return assert!(jar.take_store_error().is_none());
    }
    let folder = Folder::new("msie-four");
    let children: Vec<Child> = (0..4).map(|number| spawn(test, folder.path(), number)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let jar = MsieDbCookieJar::create(folder.path()).unwrap();
    assert_eq!((jar.len(), jar.iter().count()), (4 * EACH, 4 * EACH));
    for number in 0..4 {
        let theirs = jar.iter().filter(|cookie| cookie.name().starts_with(&format!("n{number}-")));
        let order: Vec<usize> = theirs.map(|cookie| cookie.name()[3..].parse().unwrap()).collect();
        assert_eq!(order, (0..EACH).collect::<Vec<_>>(), "each finds its own in its order");
    }
    let texts = folder.names().into_iter().filter(|name| name.ends_with(".txt")).count();
    assert_eq!((texts, folder.names().len()), (7, 9), "no other file is left, but the index and its lock");
}

#[test]
fn what_a_killed_process_was_told_is_in_the_folder_is_there() {
    let test = "what_a_killed_process_was_told_is_in_the_folder_is_there";
    if let Some((path, round)) = started_with() {
        let jar = MsieDbCookieJar::create(path).unwrap();
        let mut told = io::stdout();
        for number in 0.. {
            let value = "v".repeat(number % 900);
            jar.set_cookie(Cookie::new(format!("r{round}-{number}"), value, "a.test").with_expires(LATER));
            if jar.take_store_error().is_some()
                || writeln!(told, "stored {number}").and_then(|()| told.flush()).is_err()
            {
                return;
            }
        }
    }
    let folder = Folder::new("msie-killed");
    let mut random = Random(0xdead);
    let mut expected = Vec::new();
    for round in 0..15 {
        let mut child = spawn(test, folder.path(), round);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut stored = lines.filter_map(|line| line.strip_prefix("stored ").map(str::to_owned));
        // It is at the next ones while this one is read.
        let last = stored.nth(random.below(30)).expect("it stores for ever");
        child.kill().unwrap();
        let last = stored.last().unwrap_or(last);
        child.wait().unwrap();
        let last: usize = last.parse().unwrap();
        expected.extend((0..=last).map(|number| format!("r{round}-{number}")));

        let jar = MsieDbCookieJar::create(folder.path()).unwrap();
        let mut names: Vec<String> = jar.iter().map(|cookie| cookie.name().into_owned()).collect();
        assert!(jar.take_store_error().is_none());
        // It may have been killed when the next one was stored, and nobody had been told.
        if names.last() == Some(&format!("r{round}-{}", last + 1)) {
            expected.extend(names.pop());
            names.extend(expected.last().cloned());
        }
        assert_eq!(names, expected, "round {round}");
    }
}

/// In the year 2038.
const LATER: i64 = 2_145_916_800;
