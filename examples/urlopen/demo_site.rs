//! A small website on this machine, for the example to visit when it is not given
//! a URL.
//!
//! It shows the server's half of what the library does for its callers. A cookie
//! is a header line that the server sends once and the client sends back from
//! then on (`/visit`); a redirect is a status and a `Location` to follow
//! (`/old-home`, `/login`); an error page is a page like any other (`/missing`);
//! and where a body ends is said by `Content-Length` or by chunks (`/chunked`).
//! `/echo` gives back what the client really sent. Pages in HTML are packed for
//! those who can unpack them; one sends its reader on (`/news`), one tells where
//! he came from (`/headlines`), and one is not for robots (`/private`).

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

const HEAD_LIMIT: u64 = 16 << 10;
const BODY_LIMIT: u64 = 64 << 10;
const IDLE_LIMIT: Duration = Duration::from_secs(30);

/// The site, which is up until this is dropped.
pub struct DemoSite {
    address: SocketAddr,
    stopping: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

/// A page worth a visit.
pub struct Stop {
    pub path: &'static str,
    /// The fields to send by POST; none means GET.
    pub form: &'static [(&'static str, &'static str)],
    /// What to watch for there.
    pub watch: &'static str,
}

impl DemoSite {
    /// Opens the site on a free port of the loopback interface.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let stopping = Arc::new(AtomicBool::new(false));
        let seen_by_thread = Arc::clone(&stopping);
        let listening = thread::Builder::new().spawn(move || listen(&listener, &seen_by_thread))?;
        Ok(Self { address, stopping, listening: Some(listening) })
    }

    /// The URL of a path, which starts with a slash.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The pages, in the order in which they make sense.
    pub fn tour() -> &'static [Stop] {
        TOUR
    }
}

impl Drop for DemoSite {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        // The thread is blocked until someone connects, so this does.
        if TcpStream::connect(self.address).is_ok()
            && let Some(thread) = self.listening.take()
        {
            // It has nothing to report, and a drop could not pass it on.
            let _ = thread.join();
        }
    }
}

const TOUR: &[Stop] = &[
    get("/", "A plain page, its length announced beforehand."),
    get("/old-home", "Moved (301): you end up at / by itself."),
    get("/visit", "The site does not know you and sets a cookie."),
    get("/visit", "The cookie went back by itself: this is visit 2."),
    get("/login", "A redirect (302) sets a cookie that /visit sees, and one that is refused."),
    Stop {
        path: "/form",
        form: &[("name", "Zoë"), ("dish", "fish & chips")],
        watch: "Data makes the request a POST; the site read these fields.",
    },
    get("/chunked", "Of unknown length: pieces arrive as one body."),
    get("/echo", "What was sent, with headers you never wrote."),
    get("/missing", "An error (404) has a reason and a page to read."),
];

const fn get(path: &'static str, watch: &'static str) -> Stop {
    let form = &[];
    Stop { path, form, watch }
}

struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn word(&self, index: usize) -> &str {
        let line = self.head.lines().next().unwrap_or_default();
        line.split(' ').nth(index).unwrap_or_default()
    }

    fn path(&self) -> &str {
        self.word(1).split('?').next().unwrap_or_default()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        let mut pairs = self.header("Cookie")?.split(';');
        pairs.find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
    }
}

/// What to send: a status, header lines with their line endings, and a text.
struct Page {
    status: &'static str,
    content_type: &'static str,
    headers: String,
    text: String,
}

impl Page {
    fn new(status: &'static str, headers: impl Into<String>, text: impl Into<String>) -> Self {
        let (headers, text) = (headers.into(), text.into());
        Self { status, content_type: "text/plain; charset=utf-8", headers, text }
    }

    fn html(text: impl Into<String>) -> Self {
        Self { content_type: "text/html; charset=utf-8", ..Self::new("200 OK", "", text) }
    }
}

fn page(request: &Request) -> Page {
    let ok = |headers: &str, text: &str| Page::new("200 OK", headers, text);
    match request.path() {
        "/" => ok("", "Welcome to the demo site.\n"),
        "/old-home" => Page::new("301 Moved Permanently", "Location: /\r\n", "Moved to /\n"),
        "/visit" => visit(request),
        "/login" => {
            // The second one is for a whole domain that the site is no part of.
            let headers = "Location: /visit\r\nSet-Cookie: user=guest; Path=/; HttpOnly\r\n\
                           Set-Cookie: spy=1; Domain=example.com\r\n";
            Page::new("302 Found", headers, "Go on to /visit\n")
        }
        "/form" if request.word(0) == "POST" => ok("", &form(&request.body)),
        "/form" => Page::new("405 Method Not Allowed", "Allow: POST\r\n", "POST a form.\n"),
        "/chunked" => ok("Transfer-Encoding: chunked\r\n", "One piece,\nanother piece,\nand the last.\n"),
        path if path == "/echo" || path.starts_with("/echo/") => ok("", &request.head),
        "/robots.txt" => ok("", "User-agent: *\nDisallow: /private\n"),
        "/private" => ok("", "No robot that heeds robots.txt reads this.\n"),
        "/news" => Page::html(NEWS),
        "/headlines" => headlines(request),
        _ => Page::new("404 No Such Page", "", "There is no such page here, but this text can still be read.\n"),
    }
}

fn visit(request: &Request) -> Page {
    // A cookie is whatever the client says it is, so it may not be a number.
    let before = request.cookie("visits").and_then(|n| n.parse::<u32>().ok());
    let now = before.unwrap_or(0).saturating_add(1);
    let who = request.cookie("user").unwrap_or("stranger");
    let came = before.map_or("no visits cookie".to_owned(), |n| format!("visits={n}"));
    let headers = format!("Set-Cookie: visits={now}; Path=/\r\n");
    let text = format!("Hello, {who}. You sent {came}: this is visit {now}.\n");
    Page::new("200 OK", headers, text)
}

const NEWS: &str = "<html><head><meta http-equiv=\"Refresh\" content=\"0; url=/headlines\"></head>
<body>The news has moved to <a href=\"/headlines\">its own page</a>.</body></html>\n";

fn headlines(request: &Request) -> Page {
    let who = request.cookie("user").unwrap_or("stranger");
    let from = request.header("Referer").unwrap_or("nowhere");
    Page::html(format!("<html><body>Hello, {who}, who comes from {from}. No news today.</body></html>\n"))
}

fn form(body: &[u8]) -> String {
    let body = String::from_utf8_lossy(body);
    let fields = body.split('&').filter(|field| !field.is_empty());
    fields
        .map(|field| field.split_once('=').unwrap_or((field, "")))
        .map(|(name, value)| format!("{} = {}\n", decode(name), decode(value)))
        .collect()
}

/// Undoes form encoding; what is not properly encoded stays as it is.
fn decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let escaped = after.get(..2).filter(|_| byte == b'%');
        let escaped = escaped
            .and_then(|digits| str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        rest = if escaped.is_some() { &after[2..] } else { after };
        bytes.push(escaped.unwrap_or(if byte == b'+' { b' ' } else { byte }));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Serves each connection on a thread of its own, as a client may keep several.
fn listen(listener: &TcpListener, stopping: &AtomicBool) {
    let mut visitors = Vec::new();
    for stream in listener.incoming().flatten() {
        if stopping.load(Ordering::SeqCst) {
            break;
        }
        let Ok(handle) = stream.try_clone() else {
            continue;
        };
        let work = move || {
            // A visitor that breaks off is no concern of the site's, but the
            // handle above would keep the connection open, so it is shut down.
            let _ = serve(&stream);
            let _ = stream.shutdown(Shutdown::Both);
        };
        if let Ok(thread) = thread::Builder::new().spawn(work) {
            visitors.push((handle, thread));
        }
    }
    for (handle, thread) in visitors {
        let _ = handle.shutdown(Shutdown::Both);
        let _ = thread.join();
    }
}

fn serve(stream: &TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(IDLE_LIMIT))?;
    stream.set_write_timeout(Some(IDLE_LIMIT))?;
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader)? {
        send(stream, &request)?;
        let last = request.header("Connection");
        if last.is_some_and(|value| value.eq_ignore_ascii_case("close")) {
            break;
        }
    }
    Ok(())
}

fn read_request(reader: &mut impl BufRead) -> io::Result<Option<Request>> {
    let mut head = Vec::new();
    let mut limited = reader.by_ref().take(HEAD_LIMIT);
    while !head.ends_with(b"\r\n\r\n") {
        if limited.read_until(b'\n', &mut head)? == 0 {
            return Ok(None);
        }
    }
    let mut request = Request { head: head.into_iter().map(char::from).collect(), body: Vec::new() };
    // Reading chunks is left out for brevity, so whoever sends them is cut off.
    let length = match request.header("Content-Length") {
        None if request.header("Transfer-Encoding").is_none() => 0,
        length => length.and_then(|n| n.parse().ok()).unwrap_or(u64::MAX),
    };
    if length > BODY_LIMIT {
        return Err(io::ErrorKind::InvalidData.into());
    }
    reader.take(length).read_to_end(&mut request.body)?;
    Ok(Some(request))
}

fn send(mut stream: &TcpStream, request: &Request) -> io::Result<()> {
    let page = page(request);
    let (mut headers, mut body) = (page.headers, page.text.into_bytes());
    if headers.contains("Transfer-Encoding") {
        let text = String::from_utf8_lossy(&body);
        let chunk = |piece: &str| format!("{:x}\r\n{piece}\r\n", piece.len());
        let chunks: String = text.split_inclusive('\n').map(chunk).collect();
        body = (chunks + "0\r\n\r\n").into_bytes();
    } else {
        let accepts = request.header("Accept-Encoding").unwrap_or_default();
        if page.content_type.starts_with("text/html") && accepts.contains("gzip") {
            let mut packer = GzEncoder::new(Vec::new(), Compression::default());
            packer.write_all(&body)?;
            body = packer.finish()?;
            headers += "Content-Encoding: gzip\r\n";
        }
        headers += &format!("Content-Length: {}\r\n", body.len());
    }
    if request.word(0) == "HEAD" {
        body.clear();
    }
    let head = format!("HTTP/1.1 {}\r\nContent-Type: {}\r\n{headers}\r\n", page.status, page.content_type);
    stream.write_all(&[head.as_bytes(), &body].concat())
}
