//! What the whole default chain costs beside a bare `ureq::Agent`, in the same run.
//!
//! `cargo bench` prints ratios: how much CPU time of the client's thread a request takes, and how fast a large body
//! is read, and put into a file. The peers take turns, round after round, and the median of the rounds' ratios is printed; absolute
//! figures are for orientation. `cargo bench -- only PEER COUNT` sends so many requests with one peer and prints
//! nothing: for counting instructions, as in
//! `valgrind --tool=callgrind target/release/deps/against_ureq-* only chain 1200`.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark is a program that may fail loudly")]

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use clientcookie::{OpenerDirector, Request, build_opener};

const SMALL: &[u8] = &[b'x'; 100];
const BIG: u64 = 1 << 30;
const ROUNDS: usize = 15;
const REQUESTS: usize = 2_000;

/// What is done with an answer's body.
type ReadBody<'a> = &'a mut dyn FnMut(&mut dyn Read);

/// One who opens a URL and has its body read.
type Open = dyn Fn(&str, ReadBody<'_>);

/// The name of one, and how it does it.
type Peer = (&'static str, Box<Open>);

fn main() {
    let base = serve();
    let peers = peers();
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if let [only, name, count] = arguments.as_slice()
        && only == "only"
    {
        let (_, peer) = peers.iter().find(|(peer, _)| peer == name).expect("a peer of that name");
        return small(peer, &base, count.parse().expect("a number of requests"));
    }
    compare_small(&peers, &base);
    compare_big(&peers, &base);
    compare_files(&peers, &base);
}

fn peers() -> Vec<Peer> {
    let agent: ureq::Agent =
        ureq::Agent::config_builder().proxy(None).http_status_as_error(false).max_redirects(0).build().into();
    let bare = move |url: &str, read: ReadBody<'_>| {
        let mut response = agent.get(url).call().expect("an answer");
        read(&mut response.body_mut().as_reader());
    };
    let (chain, with_timeout) = (build_opener(()), build_opener(()));
    vec![
        ("ureq", Box::new(bare)),
        ("chain", Box::new(move |url, read| through(&chain, Request::get(url), read))),
        (
            "chain-timeout",
            Box::new(move |url, read| {
                through(&with_timeout, Request::get(url).timeout(Duration::from_secs(30)), read);
            }),
        ),
    ]
}

fn through(opener: &OpenerDirector, request: clientcookie::RequestBuilder, read: ReadBody<'_>) {
    read(&mut opener.open(request).expect("an answer"));
}

fn small(peer: &Open, base: &str, count: usize) {
    let url = format!("{base}/small");
    let mut body = Vec::with_capacity(SMALL.len());
    for _ in 0..count {
        body.clear();
        peer(&url, &mut |response| {
            response.read_to_end(&mut body).expect("a body");
        });
        assert_eq!(body, SMALL);
    }
}

fn compare_small(peers: &[Peer], base: &str) {
    println!("keep-alive GET of 100 bytes with a cookie, {ROUNDS} rounds of {REQUESTS} requests:");
    let mut costs = vec![Vec::new(); peers.len()];
    for round in 0..=ROUNDS {
        for (index, (_, peer)) in peers.iter().enumerate() {
            let before = cpu();
            small(peer, base, REQUESTS);
            // The first round is for warming up.
            if round > 0 {
                costs[index].push((cpu() - before) / REQUESTS as f64);
            }
        }
    }
    for (index, (name, _)) in peers.iter().enumerate() {
        let ratio = median(costs[index].iter().zip(&costs[0]).map(|(cost, bare)| cost / bare).collect());
        println!("  {name:14} CPU {ratio:5.2} x ureq   ({:.1} us a request)", median(costs[index].clone()) * 1e6);
    }
}

fn compare_big(peers: &[Peer], base: &str) {
    println!("a body of 1 GiB read by io::copy, 5 rounds:");
    let url = format!("{base}/big");
    let peers = &peers[..2];
    let mut times = vec![Vec::new(); peers.len()];
    let before = memory("VmHWM");
    for _ in 0..5 {
        for (index, (_, peer)) in peers.iter().enumerate() {
            let started = Instant::now();
            peer(&url, &mut |response| {
                let copied = io::copy(response, &mut io::sink()).expect("a whole body");
                assert_eq!(copied, BIG);
            });
            times[index].push(started.elapsed().as_secs_f64());
        }
    }
    for (index, (name, _)) in peers.iter().enumerate() {
        let ratio = median(times[index].iter().zip(&times[0]).map(|(time, bare)| bare / time).collect());
        println!("  {name:14} rate {ratio:4.2} x ureq   ({:.2} GiB/s)", 1.0 / median(times[index].clone()));
    }
    println!("  memory grew by {} KiB meanwhile", memory("VmHWM") - before);
}

fn compare_files(peers: &[Peer], base: &str) {
    println!("a body of 1 GiB put into a file, 5 rounds:");
    let url = format!("{base}/big");
    let folder = env::temp_dir().join(format!("clientcookie-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join("big");
    let (_, bare) = &peers[0];
    let opener = build_opener(());
    let copy = || {
        let mut file = fs::File::create(&path).expect("a file");
        bare(&url, &mut |response| assert_eq!(io::copy(response, &mut file).expect("a whole body"), BIG));
    };
    let retrieve = || drop(opener.retrieve(url.as_str(), &path).expect("a whole file"));
    let before = memory("VmHWM");
    let (mut ratios, mut rates) = (Vec::new(), Vec::new());
    for _ in 0..5 {
        let [bare, ours] = [&copy as &dyn Fn(), &retrieve].map(|run| {
            let started = Instant::now();
            run();
            let took = started.elapsed().as_secs_f64();
            assert_eq!(fs::metadata(&path).expect("a file").len(), BIG);
            fs::remove_file(&path).expect("a file");
            took
        });
        ratios.push(bare / ours);
        rates.push(1.0 / ours);
    }
    let _ = fs::remove_dir_all(&folder);
    println!("  retrieve       rate {:4.2} x io::copy from ureq   ({:.2} GiB/s)", median(ratios), median(rates));
    println!("  memory grew by {} KiB meanwhile", memory("VmHWM") - before);
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Seconds of CPU that this thread has used; where the system does not say, seconds that have passed.
fn cpu() -> f64 {
    thread_local!(static START: Instant = Instant::now());
    let schedstat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match schedstat.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()) {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => START.with(Instant::elapsed).as_secs_f64(),
    }
}

/// A line of /proc/self/status in KiB, or 0 where there is none.
fn memory(line: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|one| one.strip_prefix(line)?.strip_prefix(':'));
    value.and_then(|value| value.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}

/// A server on a free port that lives as long as the program.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(&stream));
        }
    });
    base
}

fn answer(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    let small = [b"HTTP/1.1 200 OK\r\nServer: bench\r\nContent-Type: text/plain\r\nSet-Cookie: sid=0123456789abcdef; Path=/\r\nContent-Length: 100\r\n\r\n".as_slice(), SMALL].concat();
    let block = vec![b'x'; 256 * 1024];
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let big = line.starts_with("GET /big");
        while reader.read_line(&mut line)? > 2 {}
        if !big {
            writer.write_all(&small)?;
            continue;
        }
        write!(writer, "HTTP/1.1 200 OK\r\nContent-Length: {BIG}\r\n\r\n")?;
        for _ in 0..BIG / block.len() as u64 {
            writer.write_all(&block)?;
        }
    }
}
