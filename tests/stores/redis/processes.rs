//! A server, and several processes: this test binary runs itself again, one test of it.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use clientcookie::cookie::*;

use super::server::Server;
use crate::stores::Random;

const SERVER: &str = "CLIENTCOOKIE_REDIS";
const NUMBER: &str = "CLIENTCOOKIE_NUMBER";

pub fn spawn(test: &str, url: &str, number: usize) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", &format!("stores::redis::{test}")]).stdin(Stdio::null()).stdout(Stdio::piped());
    command.env(SERVER, url).env(NUMBER, number.to_string()).spawn().unwrap()
}

/// The server and the number that this process was started with, unless it is the first.
pub fn started_with() -> Option<(String, usize)> {
    Some((env::var(SERVER).ok()?, env::var(NUMBER).ok()?.parse().ok()?))
}

#[test]
fn eight_processes_that_write_at_once_lose_nothing() {
    const EACH: usize = 1_000;
    if let Some((url, number)) = started_with() {
        let jar = RedisCookieJar::connect(&url).unwrap();
        for cookie in 0..EACH {
            jar.set_cookie(Cookie::new(format!("n{number}-{cookie}"), "v", format!("h{}.test", cookie % 50)));
        }
        return assert!(jar.take_store_error().is_none());
    }
    let Some(server) = Server::start(&[]) else { return };
    let test = "processes::eight_processes_that_write_at_once_lose_nothing";
    let children: Vec<Child> = (0..8).map(|number| spawn(test, &server.url(), number)).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    let jar = RedisCookieJar::connect(&server.url()).unwrap();
    assert_eq!((jar.len(), jar.iter().count()), (8 * EACH, 8 * EACH));
    for number in 0..8 {
        let prefix = format!("n{number}-");
        let theirs = jar.iter().filter(|cookie| cookie.name().starts_with(&prefix));
        let order: Vec<usize> = theirs.map(|cookie| cookie.name()[prefix.len()..].parse().unwrap()).collect();
        assert_eq!(order, (0..EACH).collect::<Vec<_>>(), "each finds its own in its order");
    }
}

/// With the append-only file written before each yes, a server that is killed has all that it said
/// yes to.
#[test]
fn what_a_killed_server_said_yes_to_is_there() {
    if let Some((url, number)) = started_with() {
        let jar = RedisCookieJar::connect(&url).unwrap();
        let mut told = std::io::stdout();
        for cookie in 0.. {
            jar.set_cookie(Cookie::new(
                format!("n{number}-{cookie}"),
                "v".repeat(cookie % 300),
                format!("h{number}.test"),
            ));
            if jar.take_store_error().is_some()
                || writeln!(told, "stored {cookie}").and_then(|()| told.flush()).is_err()
            {
                return;
            }
        }
    }
    let Some(mut server) = Server::start(&["--appendonly", "yes", "--appendfsync", "always"]) else { return };
    let mut random = Random(0xdead);
    for round in 0..4 {
        let test = "processes::what_a_killed_server_said_yes_to_is_there";
        let mut children: Vec<Child> = (0..3).map(|number| spawn(test, &server.url(), round * 3 + number)).collect();
        let mut lines: Vec<_> = children
            .iter_mut()
            .map(|child| {
                let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
                lines.filter_map(|line| line.strip_prefix("stored ")?.parse::<usize>().ok())
            })
            .collect();
        let first: Vec<usize> = lines.iter_mut().map(|lines| lines.nth(random.below(60)).unwrap()).collect();
        server.kill();
        let last: Vec<usize> =
            lines.into_iter().zip(first).map(|(lines, first)| lines.last().unwrap_or(first)).collect();
        children.iter_mut().for_each(|child| drop(child.wait()));
        server.restart();
        let jar = RedisCookieJar::connect(&server.url()).unwrap();
        for (number, last) in last.into_iter().enumerate() {
            let number = round * 3 + number;
            for cookie in 0..=last {
                let kept = jar.get(&format!("h{number}.test"), "/", format!("n{number}-{cookie}"));
                assert!(kept.is_some(), "round {round}: n{number}-{cookie} of {last} is lost");
            }
        }
    }
}
