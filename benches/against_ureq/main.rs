//! What the whole default chain costs beside a bare `ureq::Agent`, in the same run.
//!
//! The server is a process of its own, and the CPU time of both processes is counted: pin them to
//! one processor, as in `taskset -c 0 cargo bench --bench against_ureq`. The peers take turns,
//! round after round, and the median of the rounds' ratios is printed beside the smallest and the
//! largest; absolute figures are for orientation.
//!
//! `cargo bench --bench against_ureq -- small big` runs those parts alone.
//! `-- only PEER COUNT [tls]` sends so many requests to a server of the same process and prints
//! nothing: for counting instructions, as in
//! `valgrind --tool=callgrind target/release/deps/against_ureq-* only chain 1200`.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark is a program that may fail loudly")]

mod measure;
mod peers;
mod server;

use std::io::{self, Read};
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use measure::{Turns, memory};
use peers::{Peer, Through};
use server::{BIG, SMALL, Server};

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve"] => server::serve_until_stdin_ends(),
        ["only", name, count, over @ ..] => {
            let base = server::serve_here();
            let peer = peers::all(&base).into_iter().find(|peer| peer.name == *name).expect("a peer of that name");
            let base = if over == ["tls"] { &base.https } else { &base.http };
            small(&peer, base, count.parse().expect("a number of requests"));
        }
        parts => run(|part| parts.is_empty() || parts.contains(&part)),
    }
}

fn run(is_wanted: impl Fn(&str) -> bool) {
    let server = Server::start();
    let peers = peers::all(&server.base);
    if is_wanted("small") {
        let title = "keep-alive GET of 100 bytes with a cookie, CPU a request of both processes";
        compare_cpu(title, &server, &peers, 2_000, |peer, count| small(peer, &server.base.http, count));
    }
    if is_wanted("observed") {
        let title = "the same while somebody observes the chain";
        let peers = peers::observed(&server.base);
        compare_cpu(title, &server, &peers, 500, |peer, count| small(peer, &server.base.http, count));
    }
    if is_wanted("tls") {
        let title = "the same over TLS";
        compare_cpu(title, &server, &peers[..2], 2_000, |peer, count| small(peer, &server.base.https, count));
    }
    if is_wanted("connect") {
        let title = "the first request to a host: connecting, TLS, a GET; CPU of both processes";
        compare_cpu(title, &server, &peers[..2], 100, |peer, count| small(peer, &server.base.new_host, count));
    }
    if is_wanted("big") {
        compare_big(&server, &peers);
    }
    if is_wanted("upload") {
        compare_upload(&server, &peers);
    }
    if is_wanted("threads") {
        compare_threads(&server, &peers);
    }
}

fn small(peer: &Peer, base: &str, count: usize) {
    let url = format!("{base}/small");
    let mut body = Vec::with_capacity(SMALL.len());
    for _ in 0..count {
        body.clear();
        (peer.get)(&url, &mut |answer| {
            answer.reader().read_to_end(&mut body).expect("a body");
        });
        assert_eq!(body, SMALL);
    }
}

fn compare_cpu(title: &str, server: &Server, peers: &[Peer], count: usize, run: impl Fn(&Peer, usize)) {
    let mut turns = Turns::new(title, peers, "CPU", "us a request");
    turns.take(15, |index| {
        let before = measure::cpu() + server.cpu();
        run(&peers[index], count);
        (measure::cpu() + server.cpu() - before) / count as f64 * 1e6
    });
    turns.print();
}

fn compare_big(server: &Server, peers: &[Peer]) {
    let url = format!("{}/big", server.base.http);
    let before = memory("VmHWM");
    let bare = &peers[0];
    let chain = &peers[1];
    let copy = |peer: &Peer| {
        (peer.get)(&url, &mut |answer| {
            assert_eq!(io::copy(answer.reader(), &mut io::sink()).expect("a whole body"), BIG);
        });
    };
    let copy_to = || {
        (chain.get)(&url, &mut |answer| {
            assert_eq!(answer.copy_to(&mut io::sink()).expect("a whole body"), BIG);
        });
    };
    let mut turns =
        Turns::named("a body of 1 GiB", &["ureq, io::copy", "chain, io::copy", "chain, copy_to"], "rate", "GiB/s");
    turns.take(5, |index| {
        let started = Instant::now();
        match index {
            0 => copy(bare),
            1 => copy(chain),
            _ => copy_to(),
        }
        1.0 / started.elapsed().as_secs_f64()
    });
    turns.print();
    let folder = env::temp_dir().join(format!("clientcookie-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("big");
    let opener = clientcookie::build_opener(());
    let mut turns = Turns::named("a body of 1 GiB put into a file", &["ureq, io::copy", "retrieve"], "rate", "GiB/s");
    turns.take(5, |index| {
        let started = Instant::now();
        match index {
            0 => {
                let mut file = fs::File::create(&path).expect("a file");
                (bare.get)(&url, &mut |answer| {
                    assert_eq!(io::copy(answer.reader(), &mut file).expect("a whole body"), BIG);
                });
            }
            _ => drop(opener.retrieve(url.as_str(), &path).expect("a whole file")),
        }
        let took = started.elapsed().as_secs_f64();
        assert_eq!(fs::metadata(&path).expect("a file").len(), BIG);
        fs::remove_file(&path).expect("a file");
        1.0 / took
    });
    turns.print();
    let _ = fs::remove_dir_all(&folder);
    println!("  memory grew by {} KiB meanwhile", memory("VmHWM") - before);
}

fn compare_upload(server: &Server, peers: &[Peer]) {
    let path = env::temp_dir().join(format!("clientcookie-bench-upload-{}", std::process::id()));
    let file = fs::File::create(&path).expect("a file");
    io::copy(&mut io::repeat(b'x').take(BIG), &mut &file).expect("room for 1 GiB");
    let url = format!("{}/upload", server.base.http);
    let mut turns = Turns::new("an upload of 1 GiB from a file", &peers[..2], "rate", "GiB/s");
    turns.take(5, |index| {
        let started = Instant::now();
        (peers[index].put)(&url, &path);
        1.0 / started.elapsed().as_secs_f64()
    });
    turns.print();
    let _ = fs::remove_file(&path);
}

fn compare_threads(server: &Server, peers: &[Peer]) {
    const THREADS: usize = 16;
    let time = Duration::from_secs(2);
    let url = format!("{}/small", server.base.http);
    let title = "16 threads on one opener, or one agent: requests a second";
    let mut turns = Turns::new(title, &peers[..2], "rate", "a second");
    turns.take(4, |index| {
        let peer = &peers[index];
        let started = Instant::now();
        let done: usize = thread::scope(|scope| {
            let work = || {
                let (mut count, mut body) = (0, Vec::new());
                while started.elapsed() < time {
                    body.clear();
                    (peer.get)(&url, &mut |answer| {
                        answer.reader().read_to_end(&mut body).expect("a body");
                    });
                    count += 1;
                }
                count
            };
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        done as f64 / started.elapsed().as_secs_f64()
    });
    turns.print();
}

/// What is done with an answer.
type Use<'a> = &'a mut dyn FnMut(Through<'_>);

/// One who opens a URL, and one who sends a file.
type Get = dyn Fn(&str, Use<'_>) + Sync;
type PutOutcome = dyn Fn(&str, &Path) + Sync;
