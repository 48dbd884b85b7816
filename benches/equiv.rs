//! What it costs to look into a page's head: CPU time, and bytes read before the page is handed
//! over.
//!
//! `cargo bench --bench equiv` opens a page of 1 MB with a head of 2 kB from memory, through the
//! same chain with and without `HttpEquivProcessor`, which take turns; the median of the rounds'
//! ratios is printed, absolute figures are for orientation. Then the pages on which the search
//! takes longest, at its default limit.
#![allow(clippy::expect_used, clippy::print_stdout, reason = "a benchmark is a program that may fail loudly")]

use std::fs;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use clientcookie::transport::{Transport, WireRequest};
use clientcookie::{Body, Headers, HttpEquivProcessor, HttpHandler, OpenerDirector, Response, Result, build_opener};

const ROUNDS: usize = 15;
const PAGES: u32 = 2_000;

fn main() {
    let page = Page::new(page());
    let with = build_opener((HttpEquivProcessor::new(), HttpHandler::with_transport(page.clone())));
    let without = build_opener(HttpHandler::with_transport(page.clone()));

    let response = open(&with);
    assert!(response.headers().contains("Refresh"));
    println!("a page of {} bytes with a head of 1988:", page.bytes.len());
    println!("  read before it is handed over: {} bytes", page.read.load(Ordering::SeqCst));

    let (mut ratios, mut costs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (bare, scanned) = (cost(&without), cost(&with));
        ratios.push(scanned / bare);
        costs.push(scanned - bare);
    }
    let (ratio, cost) = (median(ratios), median(costs) * 1e6);
    println!("  opened from memory: {ratio:.1} x the chain without it, which is {cost:.1} us more a page");
    longest();
}

/// The page of the crate's own comparison: a head with what heads have, and paragraphs.
fn page() -> Vec<u8> {
    let mut page = b"<!DOCTYPE html>\n<html lang=en>\n<head>\n<meta charset=utf-8>\n<title>A page</title>\n".to_vec();
    page.extend_from_slice(b"<meta http-equiv=\"Refresh\" content=\"300; url=/next?a=1&amp;b=2\">\n");
    let mut number = 0;
    while page.len() < 1_800 {
        number += 1;
        let line = format!("<link rel=\"stylesheet\" href=\"/style/{number}.css\" media=\"screen\">\n");
        page.extend_from_slice(line.as_bytes());
    }
    page.extend_from_slice(b"<script>\n// ");
    page.resize(1_988 - 18, b'x');
    page.extend_from_slice(b"\n</script>\n</head>\n");
    while page.len() < 1_000_000 {
        page.extend_from_slice(b"<p class=\"text\">A paragraph of text &amp; a <a href=\"/x\">link</a>.</p>\n");
    }
    page
}

/// Answers with a page from memory, and counts what is read of it.
#[derive(Clone)]
struct Page {
    bytes: Arc<[u8]>,
    read: Arc<AtomicUsize>,
}

impl Page {
    fn new(bytes: Vec<u8>) -> Self {
        Self { bytes: bytes.into(), read: Arc::default() }
    }
}

impl Transport for Page {
    fn send(&self, request: WireRequest<'_>) -> Result<Response> {
        let mut headers = Headers::new();
        headers.append("Content-Type", "text/html")?;
        let body = Body::from_reader(Reading { page: self.clone(), at: 0 });
        Ok(Response::new(request.url.clone(), 200, body)?.with_headers(headers))
    }
}

struct Reading {
    page: Page,
    at: usize,
}

impl Read for Reading {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.page.bytes.get(self.at..).unwrap_or_default().read(buffer)?;
        self.at += read;
        self.page.read.fetch_add(read, Ordering::Relaxed);
        Ok(read)
    }
}

fn open(opener: &OpenerDirector) -> Response {
    opener.open("http://example.com/").expect("the page")
}

/// Seconds a page.
fn cost(opener: &OpenerDirector) -> f64 {
    let before = cpu();
    for _ in 0..PAGES {
        drop(open(opener));
    }
    (cpu() - before) / f64::from(PAGES)
}

fn longest() {
    println!("{} bytes of a head that does not end:", HttpEquivProcessor::SCAN_LIMIT);
    let attributes = |from: usize, to: usize| (from..to).map(|number| format!(" {number:x}")).collect::<String>();
    let tag = format!("<html{}>", attributes(4_096, 6_144));
    for (says, begin, rest) in [
        ("tags with two thousand attributes each", String::new(), tag),
        ("a tag with nothing else", "<html".to_owned(), attributes(4_096, 65_536)),
        ("entities in a title", "<title>".to_owned(), "&notin".to_owned()),
        ("a comment", "<!--".to_owned(), "- ".repeat(400) + &"x".repeat(1_000_000)),
        ("a script", "<script>".to_owned(), "</scrip".to_owned()),
        ("tags to be added", String::new(), "<meta http-equiv=Refresh content=1>".to_owned()),
    ] {
        let page = Page::new((begin + &rest.repeat(1 + (HttpEquivProcessor::SCAN_LIMIT / rest.len()))).into_bytes());
        let opener = build_opener((HttpEquivProcessor::new(), HttpHandler::with_transport(page)));
        let once = || {
            let before = cpu();
            drop(open(&opener));
            (cpu() - before) * 1e3
        };
        println!("  {says:38} {:6.2} ms", median((0..9).map(|_| once()).collect()));
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
    std::thread::yield_now();
    let schedstat = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    match schedstat.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()) {
        Some(nanoseconds) => nanoseconds / 1e9,
        None => START.with(Instant::elapsed).as_secs_f64(),
    }
}
