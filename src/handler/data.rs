//! [`DataHandler`]: answers `data:` URLs, which hold their own content.

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::StatusCode;
use percent_encoding::percent_decode_str;
use url::{Position, Url};

use crate::error::{ErrorKind, Result};
use crate::handler::{Handler, Hook, Kind, Parent};
use crate::headers::Headers;
use crate::redact;
use crate::request::Request;
use crate::response::Response;

/// What a `data:` URL without a media type holds (RFC 2397 section 2).
const DEFAULT_TYPE: &str = "text/plain;charset=US-ASCII";

/// Padding may be missing and bits may be left over, as browsers take it (the WHATWG's forgiving-base64 decode).
const FORGIVING: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Answers `data:` URLs (RFC 2397, `urllib.request.DataHandler`): the media type becomes the `Content-Type`, what
/// follows the comma the body.
///
/// ```
/// let mut response = clientcookie::urlopen("data:text/plain;base64,SGVsbG8=")?;
/// assert_eq!(response.headers().get_str("Content-Type").as_deref(), Some("text/plain"));
/// assert_eq!(response.text()?, "Hello");
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// A media type that is none, and content that is not the base64 it is said to be, are
/// [`ErrorKind::InvalidUrl`]. Such a URL may be longer than others: [`DATA_URL_LIMIT`](crate::DATA_URL_LIMIT).
#[derive(Debug, Default, Clone, Copy)]
#[non_exhaustive]
pub struct DataHandler;

impl DataHandler {
    /// The handler.
    pub fn new() -> DataHandler {
        DataHandler
    }
}

impl Handler for DataHandler {
    fn kind(&self) -> Option<Kind> {
        Some(Kind::Data)
    }

    fn schemes(&self) -> &[&str] {
        &["data"]
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::Open]
    }

    fn open(&self, _: &dyn Parent, request: &mut Request) -> Result<Option<Response>> {
        let url = request.url();
        let (media_type, content) = parts(url)?;
        let mut headers = Headers::new();
        headers.append("Content-Type", &*media_type)?;
        headers.append("Content-Length", content.len().to_string())?;
        Ok(Some(Response::new(url.clone(), StatusCode::OK, headers, content)))
    }
}

/// The media type and the content.
fn parts(url: &Url) -> Result<(Cow<'_, str>, Vec<u8>)> {
    let refuse = |reason: &str| ErrorKind::InvalidUrl { url: redact::url(url), reason: reason.to_owned() };
    let text = &url[Position::BeforePath..Position::AfterQuery];
    let (media_type, content) = text.split_once(',').ok_or_else(|| refuse("it has no comma"))?;
    let media_type = media_type.trim_matches(' ');
    let (media_type, is_base64) = match without_base64(media_type) {
        Some(media_type) => (media_type, true),
        None => (media_type, false),
    };
    let media_type = match media_type {
        "" => Cow::Borrowed(DEFAULT_TYPE),
        parameters if parameters.starts_with(';') => Cow::Owned(format!("text/plain{parameters}")),
        media_type => Cow::Borrowed(media_type),
    };
    // It becomes a header as it is: what it would say once its escapes were undone may not end one.
    if !percent_decode_str(&media_type).all(|byte| (b' '..=b'~').contains(&byte)) || !names_a_type(&media_type) {
        return Err(refuse("its media type is none").into());
    }
    let mut content: Vec<u8> = percent_decode_str(content).collect();
    if is_base64 {
        content.retain(|byte| !byte.is_ascii_whitespace());
        content = FORGIVING.decode(&content).map_err(|_| refuse("its content is not base64"))?;
    }
    Ok((media_type, content))
}

/// The media type without a `;base64` at its end, if it has one; spaces may stand before it.
fn without_base64(media_type: &str) -> Option<&str> {
    let at = media_type.len().checked_sub("base64".len())?;
    let (before, end) = media_type.split_at_checked(at)?;
    let before = before.trim_end_matches(' ').strip_suffix(';')?;
    end.eq_ignore_ascii_case("base64").then_some(before)
}

/// `type/subtype`, and whatever parameters.
fn names_a_type(media_type: &str) -> bool {
    let is_token = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+*'`|~".contains(&byte))
    };
    let essence = media_type.split(';').next().unwrap_or_default().trim_matches(' ');
    essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}
