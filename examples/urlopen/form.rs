//! `-F`: a form with files (RFC 7578), said as to curl.

use std::ffi::OsStr;
use std::path::Path;

use clientcookie::{Data, Error, Result};

use crate::body::{Part, read};

/// A field of a form with files.
pub struct Field {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    content: Part,
}

impl Field {
    /// `name=content`, `name=<file` for a file's text, `name=@file` for the file itself; `;type=`
    /// and `;filename=` may follow. A word in double quotes may hold a semicolon. `literally` for
    /// `--form-string`, to which none of these mean anything.
    pub fn parse(text: &str, literally: bool) -> std::result::Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or_else(|| format!("-F takes NAME=CONTENT, not {text:?}"))?;
        let (name, file_name, content_type) = (name.to_owned(), None, None);
        if literally {
            let content = Part::Bytes(value.as_bytes().to_vec());
            return Ok(Self { name, file_name, content_type, content });
        }
        let source = value.chars().next().filter(|first| "@<".contains(*first));
        let (value, mut rest) = word(source.map_or(value, |_| &value[1..]));
        let of_stdin = || read(&value).map(Part::Bytes).map_err(|error| error.to_string());
        let path = Path::new(&value);
        let mut field = match source {
            Some('@') => Self {
                name,
                file_name: path.file_name().and_then(OsStr::to_str).map(str::to_owned),
                content_type: Some(type_of(path).to_owned()),
                content: if value == "-" { of_stdin()? } else { Part::File(path.to_owned()) },
            },
            Some(_) => Self { name, file_name, content_type, content: of_stdin()? },
            None => Self { name, file_name, content_type, content: Part::Bytes(value.into_bytes()) },
        };
        while !rest.is_empty() {
            rest = field.set(rest)?;
        }
        Ok(field)
    }

    /// Takes in one of the settings behind the content; what is behind it.
    fn set<'a>(&mut self, text: &'a str) -> std::result::Result<&'a str, String> {
        let setting = text.strip_prefix(';').unwrap_or(text).trim_start();
        if let Some(value) = setting.strip_prefix("type=") {
            // A type has settings of its own: `text/html; charset=utf-8`.
            let end = value.find(";filename=").or_else(|| value.find("; filename=")).unwrap_or(value.len());
            self.content_type = Some(value[..end].trim().trim_matches('"').to_owned());
            return Ok(&value[end..]);
        }
        if let Some(value) = setting.strip_prefix("filename=") {
            let (file_name, rest) = word(value);
            self.file_name = Some(file_name);
            return Ok(rest);
        }
        Err(format!("-F knows ;type= and ;filename=, not {text:?}; a content that holds a ; stands in double quotes"))
    }
}

/// A word in double quotes, in which a backslash goes before a quote and before another, or what is
/// there up to a semicolon; and what is behind it.
fn word(text: &str) -> (String, &str) {
    let text = text.trim_start();
    let mut word = String::new();
    let quoted = text.strip_prefix('"').unwrap_or_default();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match (character, quoted[at + character.len_utf8()..].chars().next()) {
            ('"', _) => return (word, quoted[at + 1..].trim_start()),
            ('\\', Some(escaped @ ('"' | '\\'))) => {
                word.push(escaped);
                characters.next();
            }
            _ => word.push(character),
        }
    }
    let (word, rest) = text.split_at(text.find(';').unwrap_or(text.len()));
    (word.trim_end().to_owned(), rest)
}

/// The body, and its type.
pub fn body(fields: &[Field]) -> Result<(Data, String)> {
    let mut form = Data::multipart();
    for field in fields {
        let mut content = field.content.data()?;
        if let Some(content_type) = &field.content_type {
            let content_type = content_type.replace(['\r', '\n'], " ");
            content = content.with_content_type(content_type.parse().map_err(Error::other)?);
        }
        form = match &field.file_name {
            Some(file_name) => form.file_named(&field.name, file_name, content),
            None => form.field(&field.name, content),
        };
    }
    let data = Data::from(form);
    let content_type = data.content_type().and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    Ok((data, content_type))
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
