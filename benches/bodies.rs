//! What it costs to keep a body or to decode it, beside reading it plainly, in the same run.
//!
//! `cargo bench --bench bodies` reads 100 MB from a server on the loopback interface through each
//! opener in turn, round after round, and prints the median of the rounds' ratios; absolute figures
//! are for orientation. Memory is that of a process of its own for each: the most it ever had, less
//! what the plain one had.
//!
//! A server on the same machine is far faster than any network, so what keeping costs is shown at
//! its worst; the second table is at the pace of a network.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark is a program that may fail loudly"
)]

use std::io::{self, BufRead, BufReader, Read, Seek, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use clientcookie::{HttpGzipProcessor, OpenerDirector, SeekableProcessor, build_opener};

const BODY: u64 = 100_000_000;
const ROUNDS: usize = 11;

/// One gigabit a second.
const PACE: u64 = 125_000_000;

fn main() {
    let arguments: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if let [only, name, url] = arguments.as_slice()
        && only == "only"
    {
        read(&opener(name), url);
        return println!("{}", memory());
    }
    let base = serve();
    println!("a body of 100 MB, {ROUNDS} rounds, as fast as the loopback interface gives it:");
    compare(&format!("{base}/fast"), &["plain", "a-vector", "seekable", "seekable-in-memory", "seekable-and-again"]);
    println!("the same at 1 Gbit/s:");
    compare(&format!("{base}/paced"), &["plain", "seekable"]);
    println!("a gzip body that unpacks to 100 MB:");
    compare(&format!("{base}/gzip"), &["flate2", "gzip"]);
    println!("memory that reading took, in KiB more than reading plainly:");
    let plain = memory_of("plain", &base);
    for name in ["seekable", "seekable-16-MiB", "seekable-in-memory"] {
        println!("  {name:20} {:8}", memory_of(name, &base).saturating_sub(plain));
    }
}

/// An opener by its name in the tables.
fn opener(name: &str) -> OpenerDirector {
    match name {
        "plain" | "a-vector" | "flate2" => build_opener(()),
        "seekable" | "seekable-and-again" => build_opener(SeekableProcessor::new()),
        "seekable-16-MiB" => build_opener(SeekableProcessor::new().memory_limit(16 << 20)),
        "seekable-in-memory" => build_opener(SeekableProcessor::new().memory_limit(1 << 30)),
        "gzip" => build_opener(HttpGzipProcessor::new()),
        _ => panic!("no opener is called {name}"),
    }
}

/// Reads the body to its end; says how long that took.
fn read(opener: &OpenerDirector, url: &str) -> f64 {
    let started = Instant::now();
    let mut response = opener.open(url).expect("an answer");
    let length = copy(&mut response);
    if !url.ends_with("gzip") {
        assert_eq!(length, BODY);
    }
    started.elapsed().as_secs_f64()
}

/// What a program does that wants to read a body twice and has nothing to help it.
fn read_to_vector(opener: &OpenerDirector, url: &str) -> f64 {
    let started = Instant::now();
    let mut bytes = Vec::new();
    opener.open(url).and_then(|mut response| Ok(response.read_to_end(&mut bytes)?)).expect("a whole body");
    assert_eq!(bytes.len() as u64, BODY);
    started.elapsed().as_secs_f64()
}

fn read_and_again(opener: &OpenerDirector, url: &str) -> f64 {
    let started = Instant::now();
    let mut response = opener.open(url).expect("an answer");
    copy(&mut response);
    response.rewind().expect("a body that can be sought");
    assert_eq!(copy(&mut response), BODY);
    started.elapsed().as_secs_f64()
}

fn read_with_flate2(opener: &OpenerDirector, url: &str) -> f64 {
    let started = Instant::now();
    let response = opener.open(url).expect("an answer");
    assert_eq!(copy(&mut flate2::bufread::GzDecoder::new(response)), BODY);
    started.elapsed().as_secs_f64()
}

fn copy(reader: &mut dyn Read) -> u64 {
    let mut buffer = vec![0; 64 * 1024];
    let mut length = 0;
    loop {
        match reader.read(&mut buffer).expect("a whole body") {
            0 => return length,
            amount => length += amount as u64,
        }
    }
}

fn compare(url: &str, names: &[&str]) {
    let openers: Vec<OpenerDirector> = names.iter().map(|name| opener(name)).collect();
    let (mut times, mut costs) = (vec![Vec::new(); names.len()], vec![Vec::new(); names.len()]);
    for round in 0..=ROUNDS {
        for (index, name) in names.iter().enumerate() {
            let before = cpu();
            let time = match *name {
                "a-vector" => read_to_vector(&openers[index], url),
                "seekable-and-again" => read_and_again(&openers[index], url),
                "flate2" => read_with_flate2(&openers[index], url),
                _ => read(&openers[index], url),
            };
            // The first round is for warming up.
            if round > 0 {
                times[index].push(time);
                costs[index].push(cpu() - before);
            }
        }
    }
    for (index, name) in names.iter().enumerate() {
        let ratio = |all: &[Vec<f64>]| median(all[index].iter().zip(&all[0]).map(|(one, first)| one / first).collect());
        let milliseconds = |all: &[Vec<f64>]| median(all[index].clone()) * 1e3;
        println!(
            "  {name:20} time {:5.2} x {first} ({:.0} ms), CPU of the reader {:5.2} x {first} ({:.0} ms)",
            ratio(&times),
            milliseconds(&times),
            ratio(&costs),
            milliseconds(&costs),
            first = names[0]
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Seconds of CPU that this thread has used; where the system does not say, seconds that have
/// passed.
fn cpu() -> f64 {
    thread_local!(static START: Instant = Instant::now());
    // The system counts when it schedules, and this makes it.
    thread::yield_now();
    let schedstat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match schedstat.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()) {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => START.with(Instant::elapsed).as_secs_f64(),
    }
}

fn memory_of(name: &str, base: &str) -> u64 {
    let program = env::current_exe().expect("a path");
    let output = Command::new(program).args(["only", name, &format!("{base}/fast")]).output().expect("a process");
    String::from_utf8_lossy(&output.stdout).trim().parse().expect("a number")
}

/// The most memory this process ever had, in KiB, or 0 where the system does not say.
fn memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    value.and_then(|value| value.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}

/// A server on a free port that lives as long as the program.
fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let packed: &'static [u8] = pack().leak();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(&stream, packed));
        }
    });
    base
}

/// 100 MB of something like a log, as gzip.
fn pack() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let (mut random, mut written) = (1_u32, 0);
    while written < BODY {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let line =
            format!("127.0.0.1 - - [{written:010}] \"GET /page/{} HTTP/1.1\" 200 {}\n", random >> 20, random >> 16);
        let line = &line.as_bytes()[..line.len().min((BODY - written) as usize)];
        encoder.write_all(line).expect("a vector takes all");
        written += line.len() as u64;
    }
    encoder.finish().expect("a vector takes all")
}

fn answer(stream: &TcpStream, packed: &[u8]) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream);
    let mut writer = stream;
    let block = vec![b'x'; 250_000];
    let mut line = String::new();
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let mut header = String::new();
        while reader.read_line(&mut header)? > 2 {}
        if line.starts_with("GET /gzip") {
            write!(writer, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len())?;
            writer.write_all(packed)?;
            continue;
        }
        write!(writer, "HTTP/1.1 200 OK\r\nContent-Length: {BODY}\r\n\r\n")?;
        let started = Instant::now();
        for sent in 0..BODY / block.len() as u64 {
            if line.starts_with("GET /paced") {
                let due = Duration::from_secs_f64((sent * block.len() as u64) as f64 / PACE as f64);
                thread::sleep(due.saturating_sub(started.elapsed()));
            }
            writer.write_all(&block)?;
        }
    }
}
