//! Finding what a page says of itself in its head: `<meta http-equiv>`, `<meta charset>` and `<base
//! href>`.

use std::cell::{Cell, RefCell};

use encoding_rs::Encoding;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};

use super::text::PageText;

/// The page is looked at in steps of so many bytes, wherever they stand in what was read, so that
/// what is found does not depend on how the page arrived.
const STEP: usize = 512;

/// How many words one tag or comment may have, steps rounded up. The tokenizer compares each
/// attribute of a tag with all before it: without a bound, 300 kB of attributes are a second's
/// work.
const MOST_WORDS: usize = 2048;

/// Elements that may stand in a head or around it; any other one ends it. WHATWG HTML section
/// 13.2.6.4.4, and `object` as in the original.
const HEAD_ELEMENTS: [&str; 14] = [
    "html", "head", "base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", "object", "script", "style",
    "template", "title",
];

/// What a page says of itself, in the characters in which it was scanned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Statement {
    /// An `http-equiv` and its `content`.
    Equiv { name: String, content: String },
    /// The `charset` of a `meta`.
    Charset(String),
    /// The `href` of a `base`.
    Base(String),
}

/// Reads a page piece by piece until its head has ended.
pub(super) struct HeadScanner {
    text: PageText,
    tokenizer: Tokenizer<Sink>,
    input: BufferQueue,
    /// How many bytes there were.
    position: usize,
    words: WordCount,
}

impl HeadScanner {
    /// For a page whose `Content-Type` names this charset. In XHTML, an element may be closed by
    /// `/>`.
    pub(super) fn new(charset: Option<&'static Encoding>, xhtml: bool) -> Self {
        Self::of_text(PageText::new(charset), xhtml)
    }

    /// For a page in this charset, whose statements are to be read as its characters.
    pub(super) fn in_charset(charset: &'static Encoding, xhtml: bool) -> Self {
        Self::of_text(PageText::in_charset(charset), xhtml)
    }

    fn of_text(text: PageText, xhtml: bool) -> Self {
        // The mark at the beginning is taken off before.
        let options = TokenizerOpts { discard_bom: false, ..TokenizerOpts::default() };
        Self {
            text,
            tokenizer: Tokenizer::new(Sink { xhtml, ..Sink::default() }, options),
            input: BufferQueue::default(),
            position: 0,
            words: WordCount::default(),
        }
    }

    /// Reads the next bytes of the page.
    pub(super) fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.is_done() {
            let (step, rest) = bytes.split_at(bytes.len().min(STEP - self.position % STEP));
            let text = self.text.decode(step);
            self.words.add(&text);
            self.input.push_back(StrTendril::from(text));
            // It is done, or the sink has ended it.
            let _ = self.tokenizer.feed(&self.input);
            self.position += step.len();
            if self.position.is_multiple_of(STEP) {
                self.check_words();
            }
            bytes = rest;
        }
    }

    /// Whether the head has ended.
    pub(super) fn is_done(&self) -> bool {
        self.tokenizer.sink.ended.get()
    }

    /// Whether the page is in UTF-16.
    pub(super) fn is_utf16(&self) -> bool {
        self.text.is_utf16()
    }

    /// What was found, in the order of the page.
    pub(super) fn take_statements(&mut self) -> Vec<Statement> {
        self.tokenizer.sink.found.take()
    }

    /// The bytes that the page had for these characters of a statement.
    pub(super) fn bytes_of(&self, characters: &str) -> Vec<u8> {
        self.text.encode(characters)
    }

    /// Ends the scan within a tag that has too many words.
    fn check_words(&mut self) {
        let sink = &self.tokenizer.sink;
        if sink.heard.take() {
            self.words.count = 0;
        } else if self.words.count > MOST_WORDS {
            log::debug!(target: "clientcookie", "a tag or comment with more than {MOST_WORDS} words ends the scan of the page's head");
            sink.ended.set(true);
        }
    }
}

/// Counts what may begin an attribute: anything that stands behind a blank, a slash or a quote.
struct WordCount {
    count: usize,
    last: u8,
}

impl Default for WordCount {
    fn default() -> Self {
        Self { count: 0, last: b' ' }
    }
}

impl WordCount {
    fn add(&mut self, text: &str) {
        let is_gap = |byte: u8| byte.is_ascii_whitespace() || byte == b'/';
        for byte in text.bytes() {
            let begins = !is_gap(byte) && (is_gap(self.last) || matches!(self.last, b'"' | b'\''));
            self.count += usize::from(begins);
            self.last = byte;
        }
    }
}

/// What the tokenizer tells. It does what the tree builder of a browser does for it: it knows the
/// elements in which markup is text, and where the head ends.
#[derive(Default)]
struct Sink {
    xhtml: bool,
    found: RefCell<Vec<Statement>>,
    ended: Cell<bool>,
    /// How many `template`s are open: what is in them is not part of the page.
    templates: Cell<usize>,
    /// Whether markup is text just now.
    raw: Cell<bool>,
    /// Whether there was a token since this was last asked.
    heard: Cell<bool>,
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        // The tokenizer complains in the middle of a tag, and that is not its end.
        self.heard.set(self.heard.get() || !matches!(token, Token::ParseError(_)));
        match token {
            // To end the tokenizer's work at once is allowed for a tag alone.
            Token::TagToken(_) if self.ended.get() => TokenSinkResult::Script(()),
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => self.start(&tag),
            Token::TagToken(tag) => self.end(&tag),
            Token::CharacterTokens(text) => self.text(&text),
            Token::NullCharacterToken => self.text("\0"),
            _ => TokenSinkResult::Continue,
        }
    }
}

impl Sink {
    fn start(&self, tag: &Tag) -> TokenSinkResult<()> {
        let name: &str = &tag.name;
        let inert = self.templates.get() > 0;
        if !inert && !HEAD_ELEMENTS.contains(&name) {
            return self.end_of_head();
        }
        match name {
            "meta" if !inert => self.meta(tag),
            "base" if !inert => self.found.borrow_mut().extend(attribute(tag, "href").map(Statement::Base)),
            _ => {}
        }
        self.raw.set(false);
        if self.xhtml && tag.self_closing {
            return TokenSinkResult::Continue;
        }
        if name == "template" {
            self.templates.set(self.templates.get() + 1);
        }
        if name == "plaintext" {
            return TokenSinkResult::Plaintext;
        }
        match raw_kind(name) {
            Some(kind) => {
                self.raw.set(true);
                TokenSinkResult::RawData(kind)
            }
            None => TokenSinkResult::Continue,
        }
    }

    fn end(&self, tag: &Tag) -> TokenSinkResult<()> {
        self.raw.set(false);
        let name: &str = &tag.name;
        let templates = self.templates.get();
        match name {
            "template" => self.templates.set(templates.saturating_sub(1)),
            "head" | "body" | "html" | "br" if templates == 0 => return self.end_of_head(),
            _ => {}
        }
        TokenSinkResult::Continue
    }

    fn text(&self, text: &str) -> TokenSinkResult<()> {
        let is_blank = text.bytes().all(|byte| byte.is_ascii_whitespace());
        if !is_blank && !self.raw.get() && self.templates.get() == 0 {
            self.ended.set(true);
        }
        TokenSinkResult::Continue
    }

    /// Where it says both, its `charset` counts for more (WHATWG HTML section 13.2.3.2).
    fn meta(&self, tag: &Tag) {
        let mut found = self.found.borrow_mut();
        found.extend(attribute(tag, "charset").map(Statement::Charset));
        if let (Some(name), Some(content)) = (attribute(tag, "http-equiv"), attribute(tag, "content")) {
            found.push(Statement::Equiv { name, content });
        }
    }

    fn end_of_head(&self) -> TokenSinkResult<()> {
        self.ended.set(true);
        TokenSinkResult::Script(())
    }
}

/// Of two attributes of one name, the tokenizer keeps the first.
fn attribute(tag: &Tag, name: &str) -> Option<String> {
    let attribute = tag.attrs.iter().find(|attribute| &*attribute.name.local == name)?;
    Some(attribute.value.to_string())
}

/// The elements in which markup is text, and which of it.
fn raw_kind(name: &str) -> Option<RawKind> {
    match name {
        "title" | "textarea" => Some(RawKind::Rcdata),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
        "script" => Some(RawKind::ScriptData),
        _ => None,
    }
}
