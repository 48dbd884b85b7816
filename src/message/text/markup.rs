//! [`Markup`]: which markup a response says it is written in.

use url::Url;

use crate::message::headers::Headers;

/// What a page is written in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Markup {
    Html,
    Xhtml,
}

impl Markup {
    /// By the media type, and where none is named by the name in the URL.
    pub(crate) fn of(headers: &Headers, url: &Url) -> Option<Self> {
        match media_type(headers).as_deref() {
            None => Self::of_name(url),
            Some("text/html") => Some(Self::Html),
            Some("application/xhtml+xml" | "application/xml" | "text/xhtml" | "text/xml") => Some(Self::Xhtml),
            Some(_) => None,
        }
    }

    fn of_name(url: &Url) -> Option<Self> {
        let (name, extension) = url.path().rsplit('/').next()?.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            _ if name.is_empty() => None,
            "htm" | "html" => Some(Self::Html),
            "xhtml" => Some(Self::Xhtml),
            _ => None,
        }
    }
}

/// The media type of the first `Content-Type`, in lower case, if it has one: there may be
/// parameters alone.
pub(crate) fn media_type(headers: &Headers) -> Option<String> {
    let content_type = headers.get_str("Content-Type")?;
    let is_end = |byte: char| byte.is_ascii_whitespace() || matches!(byte, ';' | ',');
    let media_type = content_type.trim_start().split(is_end).next()?;
    media_type.contains('/').then(|| media_type.to_ascii_lowercase())
}
