//! What a request carries, said as to curl.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clientcookie::{Data, Result};

use crate::form::{self, Field};

/// The parts of one body, in the order in which they were said.
#[derive(Default)]
pub struct Body {
    parts: Vec<Part>,
    /// Whether it is JSON: its parts are not joined by `&`.
    is_json: bool,
    fields: Vec<Field>,
    /// What goes behind the URL.
    query: Vec<Part>,
    /// `-T`: a file that is sent as it is.
    upload: Option<PathBuf>,
}

/// A piece of a body.
pub enum Part {
    Bytes(Vec<u8>),
    File(PathBuf),
}

impl Body {
    pub fn is_json(&self) -> bool {
        self.is_json
    }

    pub fn upload(&mut self, file: &OsStr) {
        self.upload = Some(file.into());
    }

    pub fn uploaded(&self) -> Option<&Path> {
        self.upload.as_deref()
    }

    /// `-d`: as it is, or a file's text without its line ends.
    pub fn add_data(&mut self, text: &str) -> io::Result<()> {
        self.parts.push(match text.strip_prefix('@') {
            Some(file) => {
                let mut bytes = read(file)?;
                bytes.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
                Part::Bytes(bytes)
            }
            None => Part::Bytes(text.as_bytes().to_vec()),
        });
        Ok(())
    }

    /// `--data-raw`: as it is, whatever it begins with.
    pub fn add_raw(&mut self, text: &str) {
        self.parts.push(Part::Bytes(text.as_bytes().to_vec()));
    }

    /// `--data-binary`: as it is, or a file as it is.
    pub fn add_binary(&mut self, text: &str) -> io::Result<()> {
        self.parts.push(match text.strip_prefix('@') {
            Some("-") => Part::Bytes(read("-")?),
            Some(file) => Part::File(file.into()),
            None => Part::Bytes(text.as_bytes().to_vec()),
        });
        Ok(())
    }

    /// `--json`: the same, and it is said that it is JSON.
    pub fn add_json(&mut self, text: &str) -> io::Result<()> {
        self.is_json = true;
        self.add_binary(text)
    }

    /// `--data-urlencode`: `content`, `=content`, `name=content`, `@file` or `name@file`.
    pub fn add_encoded(&mut self, text: &str) -> io::Result<()> {
        self.parts.push(encoded(text)?);
        Ok(())
    }

    /// `-F`, or `--form-string` where `literally`.
    pub fn add_field(&mut self, text: &str, literally: bool) -> std::result::Result<(), String> {
        self.fields.push(Field::parse(text, literally)?);
        Ok(())
    }

    /// `--url-query`: as `--data-urlencode`, and what begins with a plus as it is.
    pub fn add_query(&mut self, text: &str) -> io::Result<()> {
        self.query.push(match text.strip_prefix('+') {
            Some(text) => Part::Bytes(text.as_bytes().to_vec()),
            None => encoded(text)?,
        });
        Ok(())
    }

    /// What two flags ask for and no request can be.
    pub fn check(&self) -> std::result::Result<(), String> {
        let bodies = [self.upload.is_some(), !self.fields.is_empty(), !self.parts.is_empty()];
        match bodies.into_iter().filter(|&is_there| is_there).count() > 1 {
            true => Err("-d, -F and -T each make a body, and a request has one".to_owned()),
            false => Ok(()),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.upload.is_none() && self.fields.is_empty() && self.parts.is_empty()
    }

    /// The data, and what it says it is, if that is not the usual form. A single file is read while
    /// it is sent.
    pub fn data(&self) -> Result<(Option<Data>, Option<String>)> {
        match self.upload.as_deref() {
            Some(file) if file == Path::new("-") => return Ok((Some(Data::reader(io::stdin())), None)),
            Some(file) => return Ok((Some(Data::file(file).map_err(|error| named(file, &error))?), None)),
            None => {}
        }
        if !self.fields.is_empty() {
            return form::body(&self.fields).map(|(data, content_type)| (Some(data), Some(content_type)));
        }
        let content_type = self.is_json.then(|| "application/json".to_owned());
        if let [part @ Part::File(_)] = self.parts.as_slice() {
            return Ok((Some(part.data()?), content_type));
        }
        let data = (!self.parts.is_empty()).then(|| self.joined()).transpose()?;
        Ok((data.map(Data::from), content_type))
    }

    /// What goes behind the URL: that of `--url-query`, and `with_data`, that is with `-G`, the
    /// data.
    pub fn query(&self, with_data: bool) -> Result<String> {
        let mut pieces = self.query.iter().map(Part::bytes).collect::<Result<Vec<_>>>()?;
        if with_data {
            pieces.push(self.joined()?);
        }
        pieces.retain(|piece| !piece.is_empty());
        Ok(String::from_utf8_lossy(&pieces.join(&b"&"[..])).into_owned())
    }

    /// All parts as one text.
    fn joined(&self) -> Result<Vec<u8>> {
        let separator: &[u8] = if self.is_json { b"" } else { b"&" };
        Ok(self.parts.iter().map(Part::bytes).collect::<Result<Vec<_>>>()?.join(separator))
    }
}

impl Part {
    /// To send: a file is read while it is sent.
    pub fn data(&self) -> Result<Data> {
        match self {
            Self::Bytes(bytes) => Ok(Data::from(bytes.as_slice())),
            Self::File(file) => Data::file(file).map_err(|error| named(file, &error)),
        }
    }

    pub fn bytes(&self) -> Result<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::File(file) => std::fs::read(file).map_err(|error| named(file, &error)),
        }
    }
}

fn named(file: &Path, error: &io::Error) -> clientcookie::Error {
    clientcookie::Error::other(format!("the file {file:?} cannot be sent: {error}"))
}

/// A file's bytes, or stdin's, which is read here because it can be read once only.
pub fn read(file: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let named = |error: io::Error| io::Error::new(error.kind(), format!("the file {file:?} cannot be sent: {error}"));
    match file {
        "-" => io::stdin().read_to_end(&mut bytes)?,
        _ => File::open(file).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(named)?,
    };
    Ok(bytes)
}

/// `--data-urlencode`'s forms.
fn encoded(text: &str) -> io::Result<Part> {
    let (name, content) = match (text.find('='), text.find('@')) {
        (Some(at), _) => (&text[..at], text.as_bytes()[at + 1..].to_vec()),
        (None, Some(at)) => (&text[..at], read(&text[at + 1..])?),
        (None, None) => ("", text.as_bytes().to_vec()),
    };
    let equals = if name.is_empty() { "" } else { "=" };
    Ok(Part::Bytes(format!("{name}{equals}{}", escaped(&content)).into_bytes()))
}

/// All but the unreserved characters (RFC 3986 section 2.3); a blank is a plus, as in forms.
fn escaped(bytes: &[u8]) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let escape = |&byte: &u8| match byte {
        b' ' => "+".to_owned(),
        byte if is_plain(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    bytes.iter().map(escape).collect()
}
