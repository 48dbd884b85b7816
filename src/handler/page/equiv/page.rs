//! [`headers`]: what a page says of itself, as the headers that it would have had.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use url::Url;

use super::head::{HeadScanner, Statement};
use crate::handler::page::refresh::header as refresh;
use crate::message::text::charset;

/// A header, and the bytes of its value as the page wrote them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) name: String,
    pub(super) value: Vec<u8>,
}

/// A page whose head was scanned.
pub(super) struct Page<'a> {
    pub(super) url: &'a Url,
    /// What was read of it.
    pub(super) read: &'a [u8],
    /// The charset that its `Content-Type` names.
    pub(super) named: Option<&'static Encoding>,
    pub(super) xhtml: bool,
}

impl Page<'_> {
    /// The headers that the page has for what this scanner found: values in the bytes of the page,
    /// a `<meta charset>` as the `Content-Type` for which it is short, and the URL of a
    /// `Refresh` as a browser would open it.
    pub(super) fn headers(&self, mut scanner: HeadScanner) -> Vec<Header> {
        let statements = scanner.take_statements();
        let charset = self.charset(&statements);
        let mut addresses = self.addresses(&scanner, &statements, charset).into_iter();
        let mut base = None;
        let mut headers = Vec::new();
        for statement in statements {
            let statement = if is_address(&statement) { addresses.next().unwrap_or(statement) } else { statement };
            match statement {
                Statement::Base(href) => {
                    base.get_or_insert_with(|| self.base(&href, charset));
                }
                Statement::Charset(label) => {
                    headers.push(Header { name: "Content-Type".to_owned(), value: content_type(&label) });
                }
                Statement::Equiv { name, content } => {
                    let written_out = is_refresh(&name).then(|| self.written_out(&content, base.as_ref(), charset));
                    let value = written_out.flatten().unwrap_or_else(|| scanner.bytes_of(&content));
                    headers.push(Header { name, value });
                }
            }
        }
        headers
    }

    /// The charset of the page: that of its mark, else of its header, else the first that it names
    /// and anybody knows, else the likeliest.
    fn charset(&self, statements: &[Statement]) -> &'static Encoding {
        let marked = Encoding::for_bom(self.read).map(|(marked, _)| marked);
        let of_page = || charset::prescan(self.read).or_else(|| statements.iter().find_map(named_by));
        marked.or(self.named).or_else(of_page).unwrap_or_else(|| match std::str::from_utf8(self.read) {
            // It may have been read up to the middle of a character.
            Err(error) if error.error_len().is_some() => WINDOWS_1252,
            _ => UTF_8,
        })
    }

    /// The statements that hold addresses, as characters: the page is scanned once more if it has
    /// more than ASCII there.
    fn addresses(&self, scanner: &HeadScanner, statements: &[Statement], charset: &'static Encoding) -> Vec<Statement> {
        let is_plain = |statement: &Statement| !is_address(statement) || text_of(statement).is_ascii();
        let again = match scanner.is_utf16() || statements.iter().all(is_plain) {
            true => statements.to_vec(),
            false => {
                let mut scanner = HeadScanner::in_charset(charset, self.xhtml);
                scanner.feed(self.read);
                scanner.take_statements()
            }
        };
        again.into_iter().filter(is_address).collect()
    }

    /// WHATWG HTML section 4.2.3: the page's own URL where the element's is none, or would be the
    /// page's own content.
    fn base(&self, href: &str, charset: &'static Encoding) -> Url {
        let based = joined(self.url, href, charset);
        based.filter(|url| !matches!(url.scheme(), "data" | "javascript")).unwrap_or_else(|| self.url.clone())
    }

    /// A refresh with its URL in full; `None` where that would say the same as the page's own
    /// words.
    fn written_out(&self, content: &str, base: Option<&Url>, charset: &'static Encoding) -> Option<Vec<u8>> {
        let refresh = refresh::parse(content.as_bytes())?;
        let url = std::str::from_utf8(refresh.url).ok()?;
        let is_plain = url.bytes().all(|byte| byte.is_ascii() && !matches!(byte, b'\t' | b'\n' | b'\r'));
        if url.is_empty() || (base.is_none() && is_plain) {
            return None;
        }
        let url = joined(base.unwrap_or(self.url), url, charset)?;
        Some(format!("{}; url={url}", refresh.wait.as_secs_f64()).into_bytes())
    }
}

/// WHATWG HTML section 2.5.1, "encoding-parsing a URL": a path goes out in UTF-8, a query in the
/// charset of the page.
fn joined(base: &Url, text: &str, charset: &'static Encoding) -> Option<Url> {
    let in_charset: &dyn Fn(&str) -> Cow<'_, [u8]> = &|query| charset.encode(query).0;
    Url::options().base_url(Some(base)).encoding_override(Some(in_charset)).parse(text).ok()
}

fn is_refresh(name: &str) -> bool {
    name.eq_ignore_ascii_case("Refresh")
}

fn is_address(statement: &Statement) -> bool {
    match statement {
        Statement::Base(_) => true,
        Statement::Equiv { name, .. } => is_refresh(name),
        Statement::Charset(_) => false,
    }
}

fn text_of(statement: &Statement) -> &str {
    match statement {
        Statement::Base(text) | Statement::Charset(text) | Statement::Equiv { content: text, .. } => text,
    }
}

/// The charset that this statement names, if anybody knows it.
fn named_by(statement: &Statement) -> Option<&'static Encoding> {
    let named = match statement {
        Statement::Charset(label) => charset::known(label),
        Statement::Equiv { name, content } if name.eq_ignore_ascii_case("Content-Type") => {
            charset::in_content(content.as_bytes())
        }
        _ => None,
    };
    named.map(charset::of_markup)
}

/// What can be read as ASCII is in another charset than UTF-16, whatever it says.
fn content_type(label: &str) -> Vec<u8> {
    let label = match charset::known(label).filter(|&named| charset::of_markup(named) != named) {
        Some(named) => charset::of_markup(named).name(),
        None => label.trim_ascii(),
    };
    format!("text/html; charset={label}").into_bytes()
}
