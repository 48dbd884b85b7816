//! The bytes of a page as characters, piece by piece.

use encoding_rs::{Decoder, Encoding, UTF_8};

use crate::message::text::charset::is_utf16;

/// Turns the pieces of a page into text that a tokenizer can read, and what it found there into
/// bytes again.
///
/// Every charset in which pages are written is either UTF-16 or has ASCII in it, and markup is
/// ASCII. So any page that is not UTF-16 is read as Latin-1: no character is split between two
/// pieces, and no byte is lost.
pub(super) struct PageText {
    /// Bytes that may be a byte order mark, or the beginning of one.
    begin: Vec<u8>,
    state: State,
}

enum State {
    /// Until three bytes are here. The encoding is that which the page has without a mark.
    Unknown(Option<&'static Encoding>),
    Latin1,
    Utf16(Box<Decoder>),
    /// In its own charset, which somebody knows already.
    Known(Box<Decoder>),
}

impl PageText {
    /// For a page whose `Content-Type` names this charset. A byte order mark counts for more.
    pub(super) fn new(charset: Option<&'static Encoding>) -> Self {
        Self { begin: Vec::new(), state: State::Unknown(charset.filter(|named| is_utf16(named))) }
    }

    /// For a page in this charset, whose characters are to be read.
    pub(super) fn in_charset(charset: &'static Encoding) -> Self {
        Self { begin: Vec::new(), state: State::Known(Box::new(charset.new_decoder())) }
    }

    /// The characters of the next bytes.
    pub(super) fn decode(&mut self, bytes: &[u8]) -> String {
        match &mut self.state {
            State::Unknown(named) => {
                self.begin.extend_from_slice(bytes);
                if self.begin.len() < 3 {
                    return String::new();
                }
                let begin = std::mem::take(&mut self.begin);
                let (encoding, mark) = match Encoding::for_bom(&begin) {
                    Some((encoding, mark)) => (Some(encoding), mark),
                    None => (*named, 0),
                };
                self.state = match encoding {
                    Some(encoding) if encoding != UTF_8 => {
                        State::Utf16(Box::new(encoding.new_decoder_without_bom_handling()))
                    }
                    _ => State::Latin1,
                };
                self.decode(begin.get(mark..).unwrap_or_default())
            }
            State::Latin1 if bytes.is_ascii() => String::from_utf8_lossy(bytes).into_owned(),
            State::Latin1 => bytes.iter().map(|&byte| char::from(byte)).collect(),
            State::Utf16(decoder) | State::Known(decoder) => {
                let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or_default());
                // There is room for all of it.
                let _ = decoder.decode_to_string(bytes, &mut text, false);
                text
            }
        }
    }

    /// The bytes that the page had for these characters, or would have: UTF-8 for what Latin-1 has
    /// not, and for all of a page in UTF-16.
    pub(super) fn encode(&self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len());
        for character in text.chars() {
            match u8::try_from(character) {
                // The tokenizer has put this in the place of a NUL.
                _ if character == char::REPLACEMENT_CHARACTER => bytes.push(0),
                Ok(byte) if byte.is_ascii() || !self.is_utf16() => bytes.push(byte),
                _ => bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        bytes
    }

    pub(super) fn is_utf16(&self) -> bool {
        matches!(self.state, State::Utf16(_))
    }
}
