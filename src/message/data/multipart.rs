//! [`Multipart`]: a form with files.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::path::Path;

use http::HeaderValue;

use super::Data;
use crate::message::text::media_type;

/// A form with files, `multipart/form-data` (RFC 7578), as a browser sends it: what
/// [`Data::multipart`] begins, and a request takes as its data. The fields are sent in the order in
/// which they were added, and files as streams: none is ever in memory as a whole.
///
/// ```
/// use clientcookie::{Data, Request};
///
/// let photo = std::env::temp_dir().join("clientcookie-doc-photo.jpg");
/// # std::fs::write(&photo, "not a photo")?;
/// let form = Data::multipart().field("title", "The sea").file("photo", &photo)?.file_named(
///     "notes",
///     "notes.txt",
///     "no file, but sent as one",
/// );
/// let request = Request::post("http://example.com/upload", form).build()?;
/// let data = request.data().unwrap();
/// assert!(data.content_type().unwrap().to_str()?.starts_with("multipart/form-data; boundary="));
/// assert!(data.len().is_some() && data.can_replay());
/// # std::fs::remove_file(&photo)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The content of a field is any [`Data`]: it has a length (`Content-Length`) if each of its fields
/// has, and else is sent in chunks, and it can be sent again if each can.
///
/// Names are written as the HTML standard has it: quotes and line ends as `%22`, `%0D` and `%0A`,
/// and nothing else, in UTF-8; a lone CR or LF in a field's name is a whole line end first.
/// Contents are sent as they are: a browser would make each line end of a text CRLF.
///
/// The data says its `Content-Type` itself. To a header of the caller's own that says
/// `multipart/form-data` the boundary is added; one with another boundary is an
/// [`ErrorKind::InvalidHeader`](crate::ErrorKind::InvalidHeader).
//
// It is our own, and not the form of the crate below the transport (ureq 3.5): that one borrows its
// contents, is read once, so that no request can keep it and none be sent again, writes names as
// they are, so that a quote or a line end in a file's name ends the header, announces for an empty
// form what it does not send, and may change with any version.
#[derive(Debug)]
#[must_use = "it is sent as the data of a request"]
pub struct Multipart {
    boundary: String,
    pieces: Vec<Data>,
}

impl Multipart {
    pub(super) fn new() -> Self {
        Self { boundary: format!("----clientcookie-{:016x}{:016x}", random(), random()), pieces: Vec::new() }
    }

    /// A field. It says what it is if its data does.
    pub fn field(self, name: &str, content: impl Into<Data>) -> Self {
        self.part(name, None, content.into())
    }

    /// A file under its own name, without the folders, of the type that its name suggests. For
    /// another name or type use [`Multipart::file_named`] with [`Data::file`].
    ///
    /// # Errors
    /// As [`Data::file`].
    pub fn file(self, name: &str, path: impl AsRef<Path>) -> io::Result<Self> {
        let content = Data::file(&path)?;
        let file_name = path.as_ref().file_name().unwrap_or_default().to_string_lossy();
        Ok(self.file_named(name, &file_name, content))
    }

    /// Any data as a file of this name. Its type is what the data says
    /// ([`Data::with_content_type`]), else what the name suggests, else
    /// `application/octet-stream`.
    pub fn file_named(self, name: &str, file_name: &str, content: impl Into<Data>) -> Self {
        let content = content.into();
        let content = match content.content_type {
            Some(_) => content,
            None => content.with_content_type(HeaderValue::from_static(media_type::guess(Path::new(file_name)))),
        };
        self.part(name, Some(file_name), content)
    }

    fn part(mut self, name: &str, file_name: Option<&str>, content: Data) -> Self {
        let line_end = if self.pieces.is_empty() { "" } else { "\r\n" };
        let mut head = format!("{line_end}--{}\r\nContent-Disposition: form-data; name=\"", self.boundary).into_bytes();
        head.extend(escaped(&whole_line_ends(name)));
        if let Some(file_name) = file_name {
            head.extend(b"\"; filename=\"");
            head.extend(escaped(file_name));
        }
        head.push(b'"');
        if let Some(content_type) = &content.content_type {
            head.extend(b"\r\nContent-Type: ");
            head.extend(content_type.as_bytes());
        }
        head.extend(b"\r\n\r\n");
        self.pieces.extend([Data::from(head), content]);
        self
    }
}

impl From<Multipart> for Data {
    fn from(form: Multipart) -> Self {
        let Multipart { boundary, mut pieces } = form;
        let line_end = if pieces.is_empty() { "" } else { "\r\n" };
        pieces.push(Self::from(format!("{line_end}--{boundary}--\r\n")));
        let data = Self::pieces(pieces);
        // It is made of letters, digits and hyphens, so this does not fail.
        match HeaderValue::try_from(format!("multipart/form-data; boundary={boundary}")) {
            Ok(content_type) => data.with_content_type(content_type),
            Err(_) => data,
        }
    }
}

/// 64 bits that nobody can foresee, so that no content can hold a boundary on purpose; the standard
/// library draws them for its hash maps, and this cannot fail.
fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// HTML, "multipart/form-data encoding algorithm": "For field names and filenames for file fields
/// [...] replacing any 0x0A (LF) bytes with the byte sequence `%0A`, 0x0D (CR) with `%0D` and 0x22
/// (") with `%22`. The user agent must not perform any other escapes."
fn escaped(name: &str) -> Vec<u8> {
    name.replace('\n', "%0A").replace('\r', "%0D").replace('"', "%22").into_bytes()
}

/// The same: "Replace every occurrence of U+000D (CR) not followed by U+000A (LF), and every
/// occurrence of U+000A (LF) not preceded by U+000D (CR), in entry's name, by a string consisting
/// of U+000D (CR) U+000A (LF)."
fn whole_line_ends(name: &str) -> String {
    name.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n")
}
