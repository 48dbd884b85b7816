//! What a request carries: data, JSON and forms, said as to curl.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clientcookie::{Data, Result};

/// The parts of one body, in the order in which they were said.
#[derive(Default)]
pub struct Body {
    parts: Vec<Part>,
    /// Whether it is JSON: its parts are not joined by `&`.
    is_json: bool,
    fields: Vec<Field>,
    /// `-T`: a file that is sent as it is.
    upload: Option<PathBuf>,
}

enum Part {
    Bytes(Vec<u8>),
    File(PathBuf),
}

/// A field of a form with files.
struct Field {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    content: Part,
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
        let (name, content) = match (text.find('='), text.find('@')) {
            (Some(at), _) => (&text[..at], text.as_bytes()[at + 1..].to_vec()),
            (None, Some(at)) => (&text[..at], read(&text[at + 1..])?),
            (None, None) => ("", text.as_bytes().to_vec()),
        };
        let equals = if name.is_empty() { "" } else { "=" };
        self.parts.push(Part::Bytes(format!("{name}{equals}{}", escaped(&content)).into_bytes()));
        Ok(())
    }

    /// `-F`: `name=content`, `name=<file` for a file's text, `name=@file` for the file itself; `;type=` and `;filename=`
    /// may follow. `literally` for `--form-string`, to which none of these mean anything.
    pub fn add_field(&mut self, text: &str, literally: bool) -> std::result::Result<(), String> {
        let (name, value) = text.split_once('=').ok_or_else(|| format!("-F takes NAME=CONTENT, not {text:?}"))?;
        let mut field = Field {
            name: name.to_owned(),
            file_name: None,
            content_type: None,
            content: Part::Bytes(value.as_bytes().to_vec()),
        };
        if !literally {
            let (value, settings) = settings(value);
            field.content = match value.as_bytes().first() {
                Some(b'@') => {
                    let path = Path::new(&value[1..]);
                    field.file_name = path.file_name().and_then(OsStr::to_str).map(str::to_owned);
                    field.content_type = Some(type_of(path).to_owned());
                    if &value[1..] == "-" { stdin()? } else { Part::File(path.to_owned()) }
                }
                Some(b'<') => Part::Bytes(read(&value[1..]).map_err(|error| error.to_string())?),
                _ => Part::Bytes(value.trim_matches('"').as_bytes().to_vec()),
            };
            for (setting, value) in settings {
                match setting {
                    "type" => field.content_type = Some(value.to_owned()),
                    "filename" => field.file_name = Some(value.to_owned()),
                    other => return Err(format!("-F knows ;type= and ;filename=, not ;{other}=")),
                }
            }
        }
        self.fields.push(field);
        Ok(())
    }

    /// The data, and what it says it is, if that is not the usual form. A single file is read while it is sent.
    pub fn data(&self) -> Result<(Option<Data>, Option<String>)> {
        if let Some(file) = &self.upload {
            return Ok((Some(Data::file(file).map_err(|error| named(file, &error))?), None));
        }
        if !self.fields.is_empty() {
            return self.form();
        }
        let content_type = self.is_json.then(|| "application/json".to_owned());
        if let [Part::File(file)] = self.parts.as_slice() {
            return Ok((Some(Data::file(file).map_err(|error| named(file, &error))?), content_type));
        }
        let data = (!self.parts.is_empty()).then(|| self.joined()).transpose()?;
        Ok((data.map(Data::from), content_type))
    }

    /// All parts as one text: what `-G` makes a query of.
    pub fn joined(&self) -> Result<Vec<u8>> {
        let mut joined = Vec::new();
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 && !self.is_json {
                joined.push(b'&');
            }
            joined.extend(part.bytes()?);
        }
        Ok(joined)
    }

    /// RFC 7578; names are written as browsers do.
    fn form(&self) -> Result<(Option<Data>, Option<String>)> {
        let contents = self.fields.iter().map(|field| field.content.bytes()).collect::<Result<Vec<_>>>()?;
        let boundary = boundary(&contents);
        let mut body = Vec::new();
        for (field, content) in self.fields.iter().zip(&contents) {
            let mut head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(&field.name));
            if let Some(file_name) = &field.file_name {
                head += &format!("; filename=\"{}\"", quoted(file_name));
            }
            if let Some(content_type) = &field.content_type {
                head += &format!("\r\nContent-Type: {}", content_type.replace(['\r', '\n'], " "));
            }
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        Ok((Some(Data::from(body)), Some(format!("multipart/form-data; boundary={boundary}"))))
    }
}

impl Part {
    fn bytes(&self) -> Result<Vec<u8>> {
        match self {
            Part::Bytes(bytes) => Ok(bytes.clone()),
            Part::File(file) => std::fs::read(file).map_err(|error| named(file, &error)),
        }
    }
}

fn named(file: &Path, error: &io::Error) -> clientcookie::Error {
    clientcookie::Error::other(format!("the file {file:?} cannot be sent: {error}"))
}

/// A file's bytes, or stdin's, which is read here because it can be read once only.
fn read(file: &str) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let named = |error: io::Error| io::Error::new(error.kind(), format!("the file {file:?} cannot be sent: {error}"));
    match file {
        "-" => io::stdin().read_to_end(&mut bytes)?,
        _ => File::open(file).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(named)?,
    };
    Ok(bytes)
}

fn stdin() -> std::result::Result<Part, String> {
    Ok(Part::Bytes(read("-").map_err(|error| error.to_string())?))
}

/// `value;name=setting;...`; a semicolon in double quotes is none.
fn settings(text: &str) -> (&str, Vec<(&str, &str)>) {
    let mut in_quotes = false;
    let mut pieces = text.split(|character| {
        in_quotes ^= character == '"';
        character == ';' && !in_quotes
    });
    let value = pieces.next().unwrap_or_default();
    let settings = pieces.filter_map(|piece| piece.split_once('='));
    (value, settings.map(|(name, value)| (name.trim(), value.trim_matches('"'))).collect())
}

/// A boundary that is in none of them.
fn boundary(contents: &[Vec<u8>]) -> String {
    (0_u64..)
        .map(|number| format!("------------------------clientcookie{number:08}"))
        .find(|boundary| !contents.iter().any(|content| contains(content, boundary.as_bytes())))
        .unwrap_or_default()
}

fn contains(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|window| window == part)
}

/// What the WHATWG's form submission escapes in a name.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

/// What curl takes these for.
fn type_of(path: &Path) -> &'static str {
    match path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase().as_str() {
        "gif" => "image/gif",
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain",
        "htm" | "html" => "text/html",
        "pdf" => "application/pdf",
        "xml" => "application/xml",
        _ => "application/octet-stream",
    }
}

/// All but the unreserved characters (RFC 3986 section 2.3).
fn escaped(bytes: &[u8]) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let escape = |&byte: &u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    bytes.iter().map(escape).collect()
}
