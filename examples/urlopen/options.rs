//! The command line, in curl's words.

use std::error::Error as StdError;
use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use clientcookie::Request;
use clientcookie::transport::Limits;
use lexopt::prelude::*;

use crate::body::{Body, read};
use crate::curl;
use crate::help::HELP;
use crate::place::{with_scheme, without_patterns};

/// What is to be done.
pub enum Command {
    Help,
    Tour,
    /// Keep the small site up.
    Serve,
    Open(Box<Options>),
}

/// How URLs are to be opened.
#[derive(Default)]
pub struct Options {
    pub urls: Vec<String>,
    /// Cookies to load, or files of them, and the file to save.
    pub cookies: Vec<OsString>,
    pub cookie_jar: Option<PathBuf>,
    pub classic: bool,
    pub rfc2965: bool,
    pub silent: bool,
    /// Show the head as curl does.
    pub include: bool,
    /// Ask for the head alone.
    pub head: bool,
    /// Do not show the page of an error.
    pub fail: bool,
    pub write_out: Option<String>,
    pub verbose: u8,
    pub timeout: Option<Option<Duration>>,
    pub connect_timeout: Option<Option<Duration>>,
    pub max_time: Option<Option<Duration>>,
    pub max_redirs: Option<usize>,
    /// Bytes a second, and for how long they may be fewer.
    pub speed_limit: Option<u64>,
    pub speed_time: Option<Duration>,
    pub limits: Limits,
    /// Whether redirects are followed that take the data along.
    pub location: bool,
    /// The schemes that are left, if not all are.
    pub schemes: Option<Vec<String>>,
    pub cacert: Option<PathBuf>,
    pub added_cacerts: Vec<PathBuf>,
    pub insecure: bool,
    pub resolve: Vec<(String, u16, Vec<SocketAddr>)>,
    /// The address of this machine to connect from.
    pub interface: Option<IpAddr>,
    pub unix_socket: Option<PathBuf>,
    /// User and password.
    pub user: Option<(String, String)>,
    pub ask_first: AskFirst,
    pub proxy_user: Option<(String, String)>,
    pub netrc: Option<Netrc>,
    pub cert: Option<PathBuf>,
    pub key: Option<PathBuf>,
    /// Where the bodies of the first URLs go.
    pub outputs: Vec<Output>,
    /// Where relative ones of them are, and whether their folders are made.
    pub output_dir: PathBuf,
    pub create_dirs: bool,
    remote_name_all: bool,
    pub resume: bool,
    /// Where the heads go.
    pub dump_header: Option<PathBuf>,
    pub retry: Option<u32>,
    pub retry_max_time: Option<Duration>,
    pub gzip: bool,
    pub equiv: bool,
    /// The longest time to wait for.
    pub refresh: Option<Duration>,
    pub referer: bool,
    pub robots: bool,
    pub seekable: bool,
    pub debug: bool,
    /// Whether what the chain did is told on stderr, and the files that it is written to.
    pub trace: bool,
    pub trace_html: Option<PathBuf>,
    pub har: Option<PathBuf>,
    /// Whether answers come from the HAR file, or go into it.
    pub replay: bool,
    pub record: Option<String>,
    pub proxy: Option<String>,
    pub noproxy: Option<String>,
    /// The headers that are sent by themselves and shall not be.
    pub without: Vec<String>,
    headers: Vec<(String, String)>,
    /// Whether URLs are what they look like.
    globoff: bool,
    body: Body,
    /// Whether the data is a query.
    get: bool,
    method: Option<String>,
}

/// A file for a body.
pub enum Output {
    Named(PathBuf),
    /// Named like the last part of the URL's path.
    Remote,
    Stdout,
}

/// What is waited for before a password is said.
#[derive(Default, Clone, Copy, PartialEq, Eq)]
pub enum AskFirst {
    /// Nothing: it is said with Basic, as curl does.
    #[default]
    No,
    /// A question for Basic or Digest.
    Any,
    /// A question for Digest.
    Digest,
}

/// Which netrc passwords are looked up in.
pub enum Netrc {
    OfUser,
    File(PathBuf),
}

impl Options {
    pub fn parse() -> Result<Command, Box<dyn StdError>> {
        let mut options = Self::default();
        let mut arguments = lexopt::Parser::from_env();
        let mut serve = false;
        while let Some(argument) = arguments.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(Command::Help),
                Long("serve") => serve = true,
                Value(url) => options.urls.push(text(url)?),
                Long(flag) => {
                    let flag = flag.to_owned();
                    options.take(&flag, &mut arguments)?;
                }
                Short(letter) => match long(letter) {
                    Some(flag) => options.take(flag, &mut arguments)?,
                    None => return Err(curl::unknown_short(letter).into()),
                },
            }
        }
        options.check()?;
        options.complete()?;
        Ok(match options.urls.is_empty() {
            true if serve => Command::Serve,
            true => Command::Tour,
            false => Command::Open(Box::new(options)),
        })
    }

    /// Takes one flag in, by its long name.
    fn take(&mut self, flag: &str, arguments: &mut lexopt::Parser) -> Result<(), Box<dyn StdError>> {
        let mut value = || -> Result<String, Box<dyn StdError>> { Ok(text(arguments.value()?)?) };
        match flag {
            "url" => self.urls.push(value()?),
            "header" => self.header_or_file(&value()?)?,
            "oauth2-bearer" => self.set_header("Authorization", &format!("Bearer {}", value()?)),
            "user-agent" => self.set_header("User-Agent", &value()?),
            "referer" => self.referer(&value()?),
            "auto-referer" => self.referer = true,
            "request" => self.method = Some(value()?),
            "get" => self.get = true,
            "head" => self.head = true,
            "globoff" => self.globoff = true,
            "location" => self.location = true,
            "proto" => self.schemes = Some(schemes(&value()?)),
            "data" | "data-ascii" => self.body.add_data(&value()?)?,
            "data-raw" => self.body.add_raw(&value()?),
            "data-binary" => self.body.add_binary(&value()?)?,
            "data-urlencode" => self.body.add_encoded(&value()?)?,
            "url-query" => self.body.add_query(&value()?)?,
            "json" => self.body.add_json(&value()?)?,
            "form" => self.body.add_field(&value()?, false)?,
            "form-string" => self.body.add_field(&value()?, true)?,
            "upload-file" => self.body.upload(&arguments.value()?),
            "range" => self.set_header("Range", &format!("bytes={}", value()?)),
            "cookie" => self.cookies.push(arguments.value()?),
            "cookie-jar" => self.cookie_jar = Some(arguments.value()?.into()),
            "classic" => self.classic = true,
            "rfc2965" => self.rfc2965 = true,
            "silent" => self.silent = true,
            "include" => self.include = true,
            "dump-header" => self.dump_header = Some(arguments.value()?.into()),
            "fail" => self.fail = true,
            "write-out" => self.write_out = Some(format(&value()?)?),
            "verbose" => self.verbose = self.verbose.saturating_add(1),
            "timeout" => self.timeout = Some(seconds(flag, &value()?)?),
            "connect-timeout" => self.connect_timeout = Some(seconds(flag, &value()?)?),
            "max-time" => self.max_time = Some(seconds(flag, &value()?)?),
            "speed-limit" => self.speed_limit = Some(number(flag, &value()?)?),
            "speed-time" => self.speed_time = Some(Duration::from_secs(number(flag, &value()?)?)),
            "max-redirs" => self.max_redirs = Some(redirects(&value()?)?),
            "header-lines" => self.limits.header_lines = number(flag, &value()?)?,
            "head-size" => self.limits.head = number(flag, &value()?)?,
            "chunked-despite-length" => self.limits.chunked_despite_length = true,
            "cacert" => self.cacert = Some(arguments.value()?.into()),
            "add-cacert" => self.added_cacerts.push(arguments.value()?.into()),
            "insecure" => self.insecure = true,
            "resolve" => self.resolve.push(address(&value()?)?),
            "interface" => self.interface = Some(own_address(&value()?)?),
            "unix-socket" => self.unix_socket = Some(arguments.value()?.into()),
            "user" => self.user = Some(user("-u", &value()?)?),
            "anyauth" => self.ask_first = AskFirst::Any,
            "digest" => self.ask_first = AskFirst::Digest,
            "basic" => self.ask_first = AskFirst::No,
            "netrc" | "netrc-optional" => self.netrc = self.netrc.take().or(Some(Netrc::OfUser)),
            "netrc-file" => self.netrc = Some(Netrc::File(arguments.value()?.into())),
            "proxy-user" => self.proxy_user = Some(user("-U", &value()?)?),
            "cert" => self.cert = Some(arguments.value()?.into()),
            "key" => self.key = Some(arguments.value()?.into()),
            "output" => self.outputs.push(output(arguments.value()?)),
            "output-dir" => self.output_dir = arguments.value()?.into(),
            "create-dirs" => self.create_dirs = true,
            "remote-name-all" => self.remote_name_all = true,
            "remote-name" => self.outputs.push(Output::Remote),
            "continue" => self.resume = true,
            "continue-at" => self.resume = goes_on(&value()?)?,
            "retry" => self.retry = Some(times(&value()?)?),
            "retry-max-time" => self.retry_max_time = seconds(flag, &value()?)?,
            "compressed" | "gzip" => self.gzip = true,
            "equiv" => self.equiv = true,
            "refresh" => self.refresh = Some(wait(arguments.optional_value())?),
            "robots" => self.robots = true,
            "seekable" => self.seekable = true,
            "debug" => self.debug = true,
            "trace" => self.trace = true,
            "trace-html" => self.trace_html = Some(arguments.value()?.into()),
            "har" => self.har = Some(arguments.value()?.into()),
            "replay" => self.replay = true,
            "record" => self.record = Some(arguments.optional_value().map_or(Ok("once".to_owned()), text)?),
            "proxy" => self.proxy = Some(value()?),
            "noproxy" => self.noproxy = Some(value()?),
            // What curl would have to be told is so anyway.
            "show-error" | "http1.1" | "http2" | "no-buffer" | "progress-bar" | "no-progress-meter"
            | "fail-with-body" | "tlsv1" | "tlsv1.2" | "disable" | "retry-connrefused" => {}
            _ => return Err(curl::unknown(flag, HELP).into()),
        }
        Ok(())
    }

    /// Whether anything of what the chain does is to be kept.
    pub fn wants_trace(&self) -> bool {
        let writes_har = self.har.is_some() && !self.replay && self.record.is_none();
        self.trace || self.trace_html.is_some() || writes_har
    }

    /// What makes no sense together.
    fn check(&self) -> Result<(), String> {
        let (files, urls) = (self.outputs.len(), self.urls.len());
        if files > urls {
            return Err(format!("-o names {files} file(s), for {urls} URL(s)"));
        }
        if self.resume && files == 0 && !self.remote_name_all {
            return Err("--continue goes on with a file: name it with -o".to_owned());
        }
        if (self.replay || self.record.is_some()) && self.har.is_none() {
            return Err("--replay and --record want a file: name it with --har".to_owned());
        }
        if self.key.is_some() && self.cert.is_none() {
            return Err("--key is the key of a certificate: name that with -E".to_owned());
        }
        if self.head && !self.get && !self.body.is_empty() {
            return Err("-I asks for a head alone, and sends no data".to_owned());
        }
        self.body.check()
    }

    /// What follows from all flags together.
    fn complete(&mut self) -> Result<(), String> {
        if !self.globoff {
            for url in &mut self.urls {
                *url = without_patterns(url)?;
            }
        }
        if self.remote_name_all {
            self.outputs.resize_with(self.urls.len(), || Output::Remote);
        }
        // A file is no form.
        if self.body.uploaded().is_some() && !self.says("Content-Type") {
            self.without.push("Content-Type".to_owned());
        }
        Ok(())
    }

    /// What `-H` says of cookies, where it is sent beside those of the jar.
    pub fn own_cookies(&self) -> Option<String> {
        let has_jar = !self.cookies.is_empty() || self.cookie_jar.is_some();
        let lines = self.headers.iter().filter(|(name, _)| has_jar && name.eq_ignore_ascii_case("Cookie"));
        lines.map(|(_, value)| value.clone()).reduce(|all, next| format!("{all}; {next}"))
    }

    /// The request for one URL.
    pub fn request(&self, url: &str) -> clientcookie::Result<Request> {
        let url = self.target(url)?;
        let (data, content_type) = if self.get { (None, None) } else { self.body.data()? };
        let mut request = Request::get(url).data(data);
        if let Some(content_type) = content_type.as_deref().filter(|_| !self.says("Content-Type")) {
            request = request.header("Content-Type", content_type);
        }
        if self.body.is_json() && !self.says("Accept") {
            request = request.header("Accept", "application/json");
        }
        let implied = if self.head { Some("HEAD") } else { self.body.uploaded().map(|_| "PUT") };
        if let Some(method) = self.method.as_deref().or(implied) {
            request = request.method(method);
        }
        // Who wants what is packed unpacked leaves it to that to ask for what it can unpack.
        let asks_itself = |name: &str| self.gzip && name.eq_ignore_ascii_case("Accept-Encoding");
        let is_joined = |name: &str| name.eq_ignore_ascii_case("Cookie") && self.own_cookies().is_some();
        for (name, value) in self.headers.iter().filter(|(name, _)| !asks_itself(name) && !is_joined(name)) {
            request = request.header(name, value);
        }
        request.build()
    }

    /// The URL as it is meant: with a scheme, the name of a file that is sent there, and with `-G`
    /// the data.
    fn target(&self, url: &str) -> clientcookie::Result<String> {
        let mut url = with_scheme(url);
        if let Some(file) = self.body.uploaded().and_then(|file| file.file_name()).filter(|file| *file != "-") {
            let has_path = url.split_once("://").is_none_or(|(_, rest)| rest.contains('/'));
            match (url.ends_with('/'), has_path) {
                (true, true) => url.push_str(&in_path(&file.to_string_lossy())),
                (_, false) => url.push_str(&format!("/{}", in_path(&file.to_string_lossy()))),
                _ => {}
            }
        }
        let data = self.body.query(self.get)?;
        if !data.is_empty() {
            let end = url.find('#').unwrap_or(url.len());
            let joint = if url[..end].contains('?') { "&" } else { "?" };
            url.insert_str(end, &format!("{joint}{data}"));
        }
        Ok(url)
    }

    fn says(&self, name: &str) -> bool {
        let mut said = self.headers.iter().map(|(name, _)| name).chain(&self.without);
        said.any(|said| said.eq_ignore_ascii_case(name))
    }

    /// `-e`: a URL, and `;auto` for the URLs of redirects too.
    fn referer(&mut self, text: &str) {
        let url = text.strip_suffix(";auto");
        self.referer |= url.is_some();
        match url.unwrap_or(text) {
            "" if self.referer => {}
            url => self.set_header("Referer", url),
        }
    }

    /// The last one counts; an empty one is left out.
    fn set_header(&mut self, name: &str, value: &str) {
        self.headers.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        if value.is_empty() {
            return self.without.push(name.to_owned());
        }
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// `-H`: a header, or a file of them, one on each line.
    fn header_or_file(&mut self, header: &str) -> Result<(), Box<dyn StdError>> {
        let Some(file) = header.strip_prefix('@') else {
            return Ok(self.header(header)?);
        };
        let lines = String::from_utf8(read(file)?)?;
        lines.lines().filter(|line| !line.is_empty()).try_for_each(|line| self.header(line))?;
        Ok(())
    }

    fn header(&mut self, header: &str) -> Result<(), String> {
        match (header.split_once(':'), header.strip_suffix(';')) {
            (Some((name, value)), _) if value.trim().is_empty() => self.without.push(name.to_owned()),
            (Some((name, value)), _) => self.headers.push((name.to_owned(), value.trim().to_owned())),
            (None, Some(name)) => self.headers.push((name.to_owned(), String::new())),
            (None, None) => return Err(format!("-H takes 'NAME: VALUE', not {header:?}")),
        }
        Ok(())
    }
}

/// The long name of a short flag.
fn long(letter: char) -> Option<&'static str> {
    Some(match letter {
        'A' => "user-agent",
        'b' => "cookie",
        'c' => "cookie-jar",
        'C' => "continue-at",
        'd' => "data",
        'D' => "dump-header",
        'e' => "referer",
        'E' => "cert",
        'f' => "fail",
        'F' => "form",
        'g' => "globoff",
        'G' => "get",
        'H' => "header",
        'i' => "include",
        'I' => "head",
        'k' => "insecure",
        'L' => "location",
        'm' => "max-time",
        'n' => "netrc",
        'N' => "no-buffer",
        'o' => "output",
        'O' => "remote-name",
        'q' => "disable",
        'r' => "range",
        's' => "silent",
        'S' => "show-error",
        'T' => "upload-file",
        'u' => "user",
        'U' => "proxy-user",
        'v' => "verbose",
        'w' => "write-out",
        'x' => "proxy",
        'X' => "request",
        'y' => "speed-time",
        'Y' => "speed-limit",
        '#' => "progress-bar",
        '1' => "tlsv1",
        _ => return None,
    })
}

fn text(value: OsString) -> Result<String, String> {
    value.into_string().map_err(|value| format!("{value:?} is not UTF-8"))
}

/// The error does not repeat what may be a password.
fn user(flag: &str, text: &str) -> Result<(String, String), String> {
    let (user, password) = text.split_once(':').ok_or_else(|| format!("{flag} takes USER:PASSWORD"))?;
    Ok((user.to_owned(), password.to_owned()))
}

fn times(text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("--retry takes a number of times, not {text:?}"))
}

/// `-` is stdout.
fn output(file: OsString) -> Output {
    if file == "-" { Output::Stdout } else { Output::Named(file.into()) }
}

/// `-C`: behind what is there.
fn goes_on(text: &str) -> Result<bool, String> {
    match text {
        "-" => Ok(true),
        _ => Err(format!("-C goes on behind what is there: say -C -, not {text:?}")),
    }
}

/// A file's name as a piece of a path.
fn in_path(name: &str) -> String {
    name.replace('%', "%25").replace('?', "%3F").replace('#', "%23").replace('\\', "%5C")
}

/// `--proto`: `=` for this scheme alone, `+` or nothing for it too, `-` for all but it.
fn schemes(text: &str) -> Vec<String> {
    const ALL: [&str; 5] = ["http", "https", "ftp", "file", "data"];
    let mut left = ALL.to_vec();
    for word in text.split(',').map(str::trim) {
        let name = word.trim_start_matches(['=', '+', '-']);
        let named = |scheme: &&str| name == "all" || name.eq_ignore_ascii_case(scheme);
        match word.chars().next() {
            Some('-') => left.retain(|scheme| !named(scheme)),
            Some('=') => left = ALL.into_iter().filter(named).collect(),
            _ => left.extend(ALL.into_iter().filter(named)),
        }
    }
    left.into_iter().map(str::to_owned).collect()
}

/// `-w`: as it is, or a file's text.
fn format(text: &str) -> std::io::Result<String> {
    match text.strip_prefix('@') {
        Some("-") => std::io::read_to_string(std::io::stdin()),
        Some(file) => std::fs::read_to_string(file),
        None => Ok(text.to_owned()),
    }
}

fn number<N: FromStr>(flag: &str, text: &str) -> Result<N, String> {
    text.parse().map_err(|_| format!("--{flag} takes a number, not {text:?}"))
}

/// -1 for no limit of its own.
fn redirects(text: &str) -> Result<usize, String> {
    match text.parse::<i64>() {
        Ok(-1) => Ok(usize::MAX),
        Ok(number) => usize::try_from(number).map_err(|_| format!("--max-redirs takes a number, not {text:?}")),
        Err(_) => Err(format!("--max-redirs takes a number, not {text:?}")),
    }
}

fn seconds(flag: &str, text: &str) -> Result<Option<Duration>, String> {
    let seconds = text.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let seconds = seconds.ok_or_else(|| format!("--{flag} takes a number of seconds, not {text:?}"))?;
    Ok((!seconds.is_zero()).then_some(seconds))
}

fn wait(value: Option<OsString>) -> Result<Duration, String> {
    let Some(value) = value else {
        return Ok(Duration::ZERO);
    };
    let text = text(value)?;
    let seconds = text.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    seconds.ok_or_else(|| format!("--refresh takes a number of seconds, not {text:?}"))
}

/// curl takes the name of an interface as well.
fn own_address(text: &str) -> Result<IpAddr, Box<dyn StdError>> {
    let bare = text.strip_prefix("host!").unwrap_or(text);
    let address = bare.trim_matches(['[', ']']).parse();
    address.map_err(|_| format!("--interface takes an address of this machine, not {text:?}").into())
}

/// `HOST:PORT:ADDRESS[,ADDRESS...]`; an IPv6 address may stand in brackets.
fn address(text: &str) -> Result<(String, u16, Vec<SocketAddr>), String> {
    let parsed = || {
        let (host, rest) = text.split_once(':')?;
        let (port, addresses) = rest.split_once(':')?;
        let port = port.parse().ok()?;
        let address = |address: &str| address.trim_matches(['[', ']']).parse::<IpAddr>().ok();
        let addresses: Option<Vec<_>> = addresses.split(',').map(address).collect();
        let addresses = addresses?.into_iter().map(|ip| SocketAddr::new(ip, port)).collect();
        Some((host.to_owned(), port, addresses))
    };
    parsed().ok_or_else(|| format!("--resolve takes HOST:PORT:ADDRESS, not {text:?}"))
}
