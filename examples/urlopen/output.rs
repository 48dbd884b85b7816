//! What is shown of an answer, and where.

use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use clientcookie::{Error, Response};

use crate::options::Options;

/// How much of an answer is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The final URL, the status, the headers as received, an empty line, the body.
    All,
    /// The head as curl's `-i` shows it, and the body.
    HeadAndBody,
    /// The body, and nothing else.
    Body,
}

impl Shown {
    pub fn of(options: &Options) -> Self {
        match () {
            () if options.include || options.head => Self::HeadAndBody,
            () if options.silent => Self::Body,
            () => Self::All,
        }
    }
}

/// Writes an answer as it comes; how many bytes its body had.
pub fn show(response: &mut Response, shown: Shown, out: &mut dyn Write) -> Result<u64, Error> {
    let (status, reason) = (response.status().as_u16(), response.reason().escape_debug().to_string());
    match shown {
        Shown::All => {
            writeln!(out, "{}", response.url())?;
            writeln!(out, "{status} {reason}")?;
            writeln!(out, "{}", response.headers())?;
        }
        Shown::HeadAndBody => head(response, out)?,
        Shown::Body => {}
    }
    let mut buffer = vec![0; 64 * 1024];
    let mut size = 0;
    loop {
        // What has arrived is shown before the next bytes are waited for.
        let amount = response.read(&mut buffer)?;
        if amount == 0 {
            break;
        }
        size += amount as u64;
        out.write_all(&buffer[..amount])?;
        out.flush()?;
    }
    out.flush()?;
    Ok(size)
}

/// Writes a head as curl does.
pub fn head(response: &Response, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "HTTP/1.1 {} {}", response.status().as_u16(), response.reason().escape_debug())?;
    writeln!(out, "{}", response.headers())
}

/// What `-w` can tell of one transfer.
#[derive(Default)]
pub struct Transfer {
    pub status: u16,
    pub url: String,
    pub effective_url: String,
    pub content_type: String,
    pub method: String,
    pub size: u64,
    pub redirects: usize,
    /// Where it would have gone on.
    pub redirect_url: String,
    pub total: Duration,
    pub exit_code: u8,
    pub error: String,
    pub file: PathBuf,
    pub number: usize,
}

impl Transfer {
    pub fn take_head(&mut self, response: &Response) {
        self.status = response.status().as_u16();
        self.effective_url = response.url().to_string();
        self.content_type = response.headers().get_str("Content-Type").unwrap_or_default().into_owned();
        self.redirects = response.redirections().len();
        let location = response.headers().get_str("Location").filter(|_| response.status().is_redirection());
        let target = location.and_then(|location| response.url().join(&location).ok());
        self.redirect_url = target.map(String::from).unwrap_or_default();
    }
}

/// Writes what `-w` asks for: `%{name}`, `%%`, `\n`, `\r`, `\t`; the names are curl's.
pub fn write_out(format: &str, transfer: &Transfer) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let mut rest = format;
    while let Some(at) = rest.find(['%', '\\']) {
        out.write_all(&rest.as_bytes()[..at])?;
        rest = &rest[at..];
        let (text, length) = variable(rest, transfer).unwrap_or_else(|| (rest[..1].to_owned(), 1));
        out.write_all(text.as_bytes())?;
        rest = &rest[length..];
    }
    out.write_all(rest.as_bytes())?;
    out.flush()
}

/// What stands for the beginning of this text, and how long that is.
fn variable(text: &str, transfer: &Transfer) -> Option<(String, usize)> {
    let escape = match text.get(..2)? {
        "%%" => Some("%"),
        "\\n" => Some("\n"),
        "\\r" => Some("\r"),
        "\\t" => Some("\t"),
        _ => None,
    };
    if let Some(escape) = escape {
        return Some((escape.to_owned(), 2));
    }
    let name = text.strip_prefix("%{")?.split_once('}')?.0;
    let value = match name {
        "http_code" | "response_code" => format!("{:03}", transfer.status),
        "url" => transfer.url.clone(),
        "url_effective" => transfer.effective_url.clone(),
        "content_type" => transfer.content_type.clone(),
        "method" => transfer.method.clone(),
        "scheme" => transfer.effective_url.split(':').next().unwrap_or_default().to_ascii_uppercase(),
        "http_version" => "1.1".to_owned(),
        "size_download" => transfer.size.to_string(),
        "redirect_url" => transfer.redirect_url.clone(),
        "num_redirects" => transfer.redirects.to_string(),
        "time_total" => format!("{:.6}", transfer.total.as_secs_f64()),
        "exitcode" => transfer.exit_code.to_string(),
        "errormsg" => transfer.error.clone(),
        "filename_effective" => transfer.file.display().to_string(),
        "urlnum" => transfer.number.to_string(),
        _ => {
            // As curl does: told, and left out.
            eprintln!("warning: -w does not know %{{{name}}}");
            String::new()
        }
    };
    Some((value, name.len() + 3))
}
