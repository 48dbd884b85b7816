//! The command line, in curl's words.

use std::error::Error as StdError;
use std::ffi::OsString;
use std::io::Read;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clientcookie::{Data, Request};
use lexopt::prelude::*;

pub const HELP: &str = "\
Opens URLs, one after the other: cookies and connections are shared.

Usage: urlopen [OPTIONS] [URL...]

Without a URL it starts a small site on this machine and takes a tour of it.

Options:
  -H, --header 'NAME: VALUE'  send this header (repeatable); 'User-Agent:' leaves
                              that one out, 'NAME;' sends an empty one
  -d, --data DATA             send this data with POST, as a form unless a
                              Content-Type is given (repeatable, joined by &);
                              @FILE for a file's bytes as they are, @- for stdin
  -X, --request METHOD        use this method
  -b, --cookie FILE|DATA      load cookies from this file, if it is there, - for
                              stdin (repeatable): a cookies.txt, an LWP file, heads
                              of responses, or the file of another browser; what
                              has a = in it is 'NAME=VALUE; NAME=VALUE' for the
                              hosts of the URLs here
  -c, --cookie-jar FILE       save the cookies to this file at the end, session
                              cookies among them, - for stdout: an LWP file if its
                              name ends in .lwp, else a cookies.txt. What of it -b
                              could not load is kept in FILE.bak
      --classic               believe servers as far as the original did
      --rfc2965               take and send cookies of RFC 2965 as well
  -s, --silent                write the bodies, and nothing else, on stdout
  -v, --verbose               show both heads on stderr; -vv with passwords
      --timeout SECONDS       wait so long at most for a connection, for a head
                              and for each read and write (0: for ever)
      --cacert FILE           trust the certificates of this PEM file alone
  -k, --insecure              trust anyone: whoever sits in between reads along
      --resolve HOST:PORT:ADDRESS
                              take this address for the host (repeatable)
  -u, --user USER:PASSWORD    say this, once asked with Basic or Digest, to the
                              servers of the URLs here, and to no others
  -U, --proxy-user USER:PASSWORD
                              say this to a proxy that asks
  -E, --cert FILE             show this certificate (PEM) to the servers of the
                              URLs here, if they ask, and to no others
      --key FILE              its key, unless that is in the same file
  -o, --output FILE           put the body into this file; one for each URL, in
                              their order, and the rest goes to stdout
      --continue              go on with a file that was cut short, by whichever
                              program; what arrives stays beside it as FILE.part
      --retry N               try again, N times at most, what is idempotent and
                              finds no connection or a busy server (429, 503)
      --gzip                  ask for packed bodies, and unpack them
      --equiv                 take what a page says in <meta http-equiv> for headers
      --refresh[=SECONDS]     follow a page's Refresh, if it comes at once or within
                              so many seconds
      --referer               say which page led to the next one
      --robots                heed robots.txt
      --seekable              keep bodies, so that they could be read again
      --debug                 tell of every redirection and show every body on
                              stderr, those of redirections too
  -x, --proxy PROXY           ask this proxy for every URL, and not those of the
                              environment (http_proxy, https_proxy, all_proxy):
                              [SCHEME://][USER:PASSWORD@]HOST[:PORT]; '' for none
      --noproxy LIST          but not for these hosts, in place of no_proxy's; '*'
                              for all
  -h, --help                  show this

Exit status: 0 if every URL was answered with success, 22 if one was answered
with an error (its body is shown all the same), 1 after any other failure.
";

/// What is to be done.
pub enum Command {
    Help,
    Tour,
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
    pub verbose: u8,
    pub timeout: Option<Option<Duration>>,
    pub cacert: Option<PathBuf>,
    pub insecure: bool,
    pub resolve: Vec<(String, u16, Vec<SocketAddr>)>,
    /// User and password.
    pub user: Option<(String, String)>,
    pub proxy_user: Option<(String, String)>,
    pub cert: Option<PathBuf>,
    pub key: Option<PathBuf>,
    /// Where the bodies of the first URLs go.
    pub outputs: Vec<PathBuf>,
    pub resume: bool,
    pub retry: Option<u32>,
    pub gzip: bool,
    pub equiv: bool,
    /// The longest time to wait for.
    pub refresh: Option<Duration>,
    pub referer: bool,
    pub robots: bool,
    pub seekable: bool,
    pub debug: bool,
    pub proxy: Option<String>,
    pub noproxy: Option<String>,
    /// The headers that are sent by themselves and shall not be.
    pub without: Vec<String>,
    headers: Vec<(String, String)>,
    data: Vec<Piece>,
    method: Option<String>,
}

/// A part of the data to send.
enum Piece {
    Bytes(Vec<u8>),
    File(PathBuf),
}

impl Options {
    pub fn parse() -> Result<Command, Box<dyn StdError>> {
        let mut options = Options::default();
        let mut arguments = lexopt::Parser::from_env();
        while let Some(argument) = arguments.next()? {
            match argument {
                Short('h') | Long("help") => return Ok(Command::Help),
                Short('H') | Long("header") => options.header(&text(arguments.value()?)?)?,
                Short('d') | Long("data") => options.data.push(piece(&text(arguments.value()?)?)?),
                Short('X') | Long("request") => options.method = Some(text(arguments.value()?)?),
                Short('b') | Long("cookie") => options.cookies.push(arguments.value()?),
                Short('c') | Long("cookie-jar") => options.cookie_jar = Some(arguments.value()?.into()),
                Long("classic") => options.classic = true,
                Long("rfc2965") => options.rfc2965 = true,
                Short('s') | Long("silent") => options.silent = true,
                Short('v') | Long("verbose") => options.verbose = options.verbose.saturating_add(1),
                Long("timeout") => options.timeout = Some(seconds(&text(arguments.value()?)?)?),
                Long("cacert") => options.cacert = Some(arguments.value()?.into()),
                Short('k') | Long("insecure") => options.insecure = true,
                Long("resolve") => options.resolve.push(address(&text(arguments.value()?)?)?),
                Short('u') | Long("user") => options.user = Some(user("-u", &text(arguments.value()?)?)?),
                Short('U') | Long("proxy-user") => options.proxy_user = Some(user("-U", &text(arguments.value()?)?)?),
                Short('E') | Long("cert") => options.cert = Some(arguments.value()?.into()),
                Long("key") => options.key = Some(arguments.value()?.into()),
                Short('o') | Long("output") => options.outputs.push(arguments.value()?.into()),
                Long("continue") => options.resume = true,
                Long("retry") => options.retry = Some(times(&text(arguments.value()?)?)?),
                Long("gzip") => options.gzip = true,
                Long("equiv") => options.equiv = true,
                Long("refresh") => options.refresh = Some(wait(arguments.optional_value())?),
                Long("referer") => options.referer = true,
                Long("robots") => options.robots = true,
                Long("seekable") => options.seekable = true,
                Long("debug") => options.debug = true,
                Short('x') | Long("proxy") => options.proxy = Some(text(arguments.value()?)?),
                Long("noproxy") => options.noproxy = Some(text(arguments.value()?)?),
                Value(url) => options.urls.push(text(url)?),
                other => return Err(other.unexpected().into()),
            }
        }
        options.check()?;
        Ok(match options.urls.is_empty() {
            true => Command::Tour,
            false => Command::Open(Box::new(options)),
        })
    }

    /// What makes no sense together.
    fn check(&self) -> Result<(), String> {
        let (files, urls) = (self.outputs.len(), self.urls.len());
        if files > urls {
            return Err(format!("-o names {files} file(s), for {urls} URL(s)"));
        }
        if self.resume && files == 0 {
            return Err("--continue goes on with a file: name it with -o".to_owned());
        }
        if self.key.is_some() && self.cert.is_none() {
            return Err("--key is the key of a certificate: name that with -E".to_owned());
        }
        Ok(())
    }

    /// The request for one URL.
    pub fn request(&self, url: &str) -> clientcookie::Result<Request> {
        let mut request = Request::get(url).data(self.data()?);
        if let Some(method) = &self.method {
            request = request.method(method.as_str());
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.build()
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

    fn data(&self) -> clientcookie::Result<Option<Data>> {
        // A single file is read while it is sent, whatever its size.
        if let [Piece::File(file)] = self.data.as_slice() {
            return Ok(Some(Data::file(file).map_err(|error| named(file, &error))?));
        }
        let mut joined = Vec::new();
        for (index, piece) in self.data.iter().enumerate() {
            if index > 0 {
                joined.push(b'&');
            }
            match piece {
                Piece::Bytes(bytes) => joined.extend_from_slice(bytes),
                Piece::File(file) => joined.extend(std::fs::read(file).map_err(|error| named(file, &error))?),
            }
        }
        Ok((!self.data.is_empty()).then(|| Data::from(joined)))
    }
}

/// `DATA`, `@FILE`, or `@-` for stdin, which is read here because it can be read once only.
fn piece(text: &str) -> std::io::Result<Piece> {
    match text.strip_prefix('@') {
        Some("-") => {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes)?;
            Ok(Piece::Bytes(bytes))
        }
        Some(file) => Ok(Piece::File(file.into())),
        None => Ok(Piece::Bytes(text.as_bytes().to_vec())),
    }
}

fn named(file: &Path, error: &std::io::Error) -> clientcookie::Error {
    clientcookie::Error::other(format!("the file {file:?} cannot be sent: {error}"))
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

fn seconds(text: &str) -> Result<Option<Duration>, String> {
    let seconds = text.parse::<f64>().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let seconds = seconds.ok_or_else(|| format!("--timeout takes a number of seconds, not {text:?}"))?;
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
