//! Many threads, one opener and a server that misbehaves: no answer is another's, and nothing
//! grows.
//!
//! ```console
//! $ cargo run --release --example soak 600
//! ```
//!
//! The argument is how many seconds it goes on: 2 if there is none. It prints a line for each
//! twentieth of the time, and is a failure (exit code 1) if a body was not the one that was sent,
//! if a thread has panicked, or if descriptors, threads or the heap have grown. What the figures
//! mean is in `docs/soak.md`.

#![allow(clippy::expect_used, clippy::print_stdout, reason = "an example is a program that prints, and may end")]

#[path = "soak/server.rs"]
mod server;

use std::alloc::System;
use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use cap::Cap;
use clientcookie::{
    CookieJar, Error, ErrorKind, HttpCookieProcessor, HttpGzipProcessor, OpenerDirector, Request, Timeouts,
    build_opener,
};
use server::{KINDS, Kind, body};

/// Counts the bytes of the heap that are in use; the rest of the memory is the allocator's own.
#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

const THREADS: usize = 16;

/// What may be there at the end that was not there at first: the connections that are kept, 10 at
/// most.
const MORE_DESCRIPTORS: usize = 12;

/// How far the heap may be above its first sample, in bytes. Each thread holds an answer in any
/// state when a sample is taken: its buffers, and a decoder's window.
const MORE_HEAP: usize = 16 * 1024 * 1024;

fn main() -> ExitCode {
    let argument = env::args().nth(1);
    if argument.as_deref() == Some("serve") {
        return server::run();
    }
    let seconds = argument.map_or(Ok(2.0), |seconds| seconds.parse());
    let Some(time) = seconds.ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) else {
        eprintln!("usage: soak [SECONDS]");
        return ExitCode::from(2);
    };
    // A process of its own, so that its memory and its descriptors are not counted.
    let mut server = Server::start().expect("a server");
    let faults = soak(&server.address, time);
    server.stop();
    for fault in &faults {
        println!("{fault}");
    }
    println!("{}", if faults.is_empty() { "all is well" } else { "FAILED" });
    ExitCode::from(u8::from(!faults.is_empty()))
}

struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start() -> io::Result<Self> {
        let mut program = Command::new(env::current_exe()?);
        let mut process = program.arg("serve").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut address = String::new();
        BufReader::new(process.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?).read_line(&mut address)?;
        Ok(Self { process, address: address.trim().to_owned() })
    }

    fn stop(&mut self) {
        drop(self.process.stdin.take());
        // It may be gone already.
        let _ = self.process.wait();
    }
}

/// Goes on for so long, and says what was wrong.
fn soak(address: &str, time: Duration) -> Vec<String> {
    let opener = build_opener((HttpCookieProcessor::new(&CookieJar::new()), HttpGzipProcessor::new()));
    let (done, counts) = (AtomicBool::new(false), [const { AtomicUsize::new(0) }; KINDS.len()]);
    println!(
        "{:>8} {:>12} {:>12} {:>8} {:>10} {:>10}",
        "seconds", "exchanges", "descriptors", "threads", "heap", "resident"
    );
    let (mut faults, mut samples) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..THREADS)
            .map(|number| {
                let (opener, done, counts) = (&opener, &done, &counts);
                scope.spawn(move || work(opener, address, number as u64 + 1, done, counts))
            })
            .collect();
        let begun = Instant::now();
        for number in 1..=20 {
            thread::sleep((time * number / 20).saturating_sub(begun.elapsed()));
            let sample = Sample::take();
            let exchanges: usize = counts.iter().map(|count| count.load(Ordering::Relaxed)).sum();
            println!("{:>8.1} {exchanges:>12} {sample}", begun.elapsed().as_secs_f64());
            samples.push(sample);
        }
        done.store(true, Ordering::Relaxed);
        for worker in workers {
            match worker.join() {
                Ok(found) => faults.extend(found),
                Err(_) => faults.push("a thread has panicked".to_owned()),
            }
        }
    });
    for (kind, count) in KINDS.iter().zip(&counts) {
        println!("{:>12} {}", count.load(Ordering::Relaxed), kind.name());
    }
    let [first, .., last] = samples.as_slice() else {
        return faults;
    };
    faults.extend(last.grown_since(first));
    faults
}

/// One thread's requests, until it is over; what was not as it should be, the first few of it.
fn work(opener: &OpenerDirector, address: &str, seed: u64, done: &AtomicBool, counts: &[AtomicUsize]) -> Vec<String> {
    let (mut state, mut faults) = (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15), Vec::new());
    while !done.load(Ordering::Relaxed) && faults.len() < 5 {
        // xorshift64: the same requests in every run.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let choice = (state >> 33) as usize % KINDS.len();
        let (kind, number) = (KINDS[choice], (state >> 16) as u32);
        let url = format!("http://{address}/{}/{number}", kind.name());
        let came = exchange(opener, request(kind, &url));
        if !kind.allows(number, &came) {
            faults.push(format!("{url}: {}", shown(&came)));
        }
        counts[choice].fetch_add(1, Ordering::Relaxed);
    }
    faults
}

/// The status and the body, or how it failed and how much had come.
type Outcome = Result<(u16, Vec<u8>), (String, Vec<u8>)>;

/// One that is sure to wait in vain has little patience; a busy machine does not make the others
/// fail.
fn request(kind: Kind, url: &str) -> Request {
    let mut request = Request::new(url).expect("a URL");
    if kind == Kind::Stall {
        request.set_timeouts(Timeouts { read: Some(Duration::from_millis(100)), ..Timeouts::default() });
    }
    request
}

fn exchange(opener: &OpenerDirector, request: Request) -> Outcome {
    let answer = opener.open(request).or_else(|error| error.into_http_error().map(|error| error.into_response()));
    let mut response = answer.map_err(|error| (kind_of(&error), Vec::new()))?;
    let mut body = Vec::new();
    match response.read_to_end(&mut body) {
        Ok(_) => Ok((response.status().as_u16(), body)),
        Err(error) => Err((kind_of(&error.into()), body)),
    }
}

/// The name of the failure.
fn kind_of(error: &Error) -> String {
    match error.kind() {
        ErrorKind::Disconnected => "Disconnected".to_owned(),
        ErrorKind::IncompleteRead { .. } => "IncompleteRead".to_owned(),
        ErrorKind::Timeout { .. } => "Timeout".to_owned(),
        ErrorKind::BadResponse { .. } => "BadResponse".to_owned(),
        other => other.to_string(),
    }
}

fn shown(came: &Outcome) -> String {
    match came {
        Ok((status, body)) => format!("{status} and {} bytes", body.len()),
        Err((error, body)) => format!("{error} after {} bytes", body.len()),
    }
}

impl Kind {
    /// Whether this may come of a request of this kind.
    fn allows(self, number: u32, came: &Outcome) -> bool {
        let whole = body(number);
        match (self, came) {
            (Self::Missing, Ok((status, body))) => *status == 404 && *body == whole,
            (Self::Reset, Err((error, _))) => error == "Disconnected",
            (Self::Junk, Err((error, _))) => error == "BadResponse",
            (Self::Stall, Err((error, body))) => error == "Timeout" && whole.starts_with(body),
            // What came is the beginning, and nobody takes it for the whole.
            (Self::Cut, Err((error, body))) => error == "IncompleteRead" && whole.starts_with(body),
            (Self::Reset | Self::Junk | Self::Stall | Self::Cut, Ok(_)) => false,
            (_, Ok((status, body))) => *status == 200 && *body == whole,
            (_, Err(_)) => false,
        }
    }
}

/// What the process holds.
struct Sample {
    descriptors: usize,
    threads: usize,
    heap: usize,
    resident: usize,
}

impl Sample {
    /// As Linux tells it; elsewhere the heap alone.
    fn take() -> Self {
        let entries = |path| fs::read_dir(path).map_or(0, Iterator::count);
        let pages = fs::read_to_string("/proc/self/statm").ok();
        let resident = pages.and_then(|pages| pages.split(' ').nth(1)?.parse::<usize>().ok());
        Self {
            descriptors: entries("/proc/self/fd"),
            threads: entries("/proc/self/task"),
            heap: HEAP.allocated(),
            resident: resident.unwrap_or_default() * 4096,
        }
    }

    fn grown_since(&self, first: &Self) -> Vec<String> {
        let mut grown = Vec::new();
        if self.descriptors > first.descriptors + THREADS + MORE_DESCRIPTORS {
            grown.push(format!("descriptors have grown from {} to {}", first.descriptors, self.descriptors));
        }
        if self.threads > first.threads {
            grown.push(format!("threads have grown from {} to {}", first.threads, self.threads));
        }
        if self.heap > first.heap + MORE_HEAP {
            grown.push(format!("the heap has grown from {} to {} bytes", first.heap, self.heap));
        }
        grown
    }
}

impl std::fmt::Display for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mega = |bytes: usize| format!("{:.1} MB", bytes as f64 / 1e6);
        let (heap, resident) = (mega(self.heap), mega(self.resident));
        write!(f, "{:>12} {:>8} {heap:>10} {resident:>10}", self.descriptors, self.threads)
    }
}
