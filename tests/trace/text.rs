//! The tree of text.

use std::fs;

use super::{opener, traced, without_times};

const LOGIN: &str = "HTTP/1.1 302 Found\r\nLocation: /home\r\nSet-Cookie: sid=31d4; HttpOnly\r\n\
                     Set-Cookie: spy=1; Domain=ads.example\r\nContent-Length: 0\r\n\r\n";
const HOME: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

/// `fixtures/trace/login.txt` is what this wrote when it was read through last.
#[test]
fn it_reads_as_it_read() {
    let mut opener = opener(&[LOGIN, HOME], ());
    let trace = traced(&mut opener);
    opener.open("http://www.example.com/login").unwrap().text().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let text = without_times(&trace.to_string()).replace(version, "VERSION");
    assert_eq!(text, fs::read_to_string("fixtures/trace/login.txt").unwrap());
}

#[test]
fn colours_change_no_word() {
    let mut opener = opener(&[LOGIN, HOME], ());
    let trace = traced(&mut opener);
    opener.open("http://www.example.com/login").unwrap().text().unwrap();
    let coloured = trace.coloured().to_string();
    assert!(coloured.contains("\u{1b}["), "{coloured}");
    let mut plain = String::new();
    let mut pieces = coloured.split("\u{1b}[");
    plain.push_str(pieces.next().unwrap());
    pieces.for_each(|piece| plain.push_str(piece.split_once('m').unwrap().1));
    assert_eq!(plain, trace.to_string());
}

/// Control characters of a server are nobody's commands.
#[test]
fn nothing_of_a_server_drives_the_terminal() {
    let evil = "HTTP/1.1 200 \u{1b}[2J\r\nX: \u{1b}[31m\r\nSet-Cookie: a\u{1b}=1\r\nContent-Length: 0\r\n\r\n";
    let mut opener = opener(&[evil], ());
    let trace = traced(&mut opener);
    let _ = opener.open("http://h.test/%1b[2J");
    assert!(!trace.to_string().contains('\u{1b}'), "{trace}");
}
