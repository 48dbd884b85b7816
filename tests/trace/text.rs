//! The tree of text.

use std::fs;

use super::{opener, traced, without_times};

const LOGIN: &str = "HTTP/1.1 302 Found\r\nLocation: /home\r\nSet-Cookie: sid=31d4; HttpOnly\r\n\
                     Set-Cookie: spy=1; Domain=ads.example\r\nContent-Length: 0\r\n\r\n";
const HOME: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

/// The trace that the chapter on handlers shows.
#[test]
fn it_reads_as_the_manual_says() {
    let mut opener = opener(&[LOGIN, HOME], ());
    let trace = traced(&mut opener);
    opener.open("http://www.example.com/login").unwrap().text().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let text = without_times(&trace.to_string()).replace(version, "VERSION");
    let chapter = fs::read_to_string("src/manual/handlers.md").unwrap();
    let shown = chapter.split("```text\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    assert_eq!(text, shown);
}

/// What the questions that are asked often say of refused cookies, row by row.
#[test]
fn the_reasons_in_the_manual_are_those_of_a_trace() {
    let chapter = fs::read_to_string("src/manual/debugging.md").unwrap();
    let is_row = |line: &&str| line.trim_start().starts_with("| `") && line.contains("| not s");
    let mut count = 0;
    for row in chapter.lines().filter(is_row) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let (set_cookie, says, rule) = (cells[1].trim_matches('`'), cells[2], cells[3]);
        let first = format!("HTTP/1.1 200 OK\r\nSet-Cookie: {set_cookie}\r\nContent-Length: 0\r\n\r\n");
        let mut opener = opener(&[&first, "HTTP/1.1 200 OK\r\n\r\n"], ());
        let trace = traced(&mut opener);
        for _ in 0..2 {
            opener.open("https://www.example.com/a/b").unwrap();
        }
        let (text, page) = (trace.to_string(), trace.html());
        assert!(text.lines().any(|line| line.contains("cookie ") && line.ends_with(says)), "{set_cookie}:\n{text}");
        assert!(page.contains(&format!("<cite class=\"\">{rule}</cite>")), "{set_cookie}: {rule}\n{page}");
        count += 1;
    }
    assert_eq!(count, 6);
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
