//! What a `Content-Encoding` lists (RFC 9110 section 8.4), and undoing it.

use std::io;

use crate::message::body::Body;
use crate::message::body::decode::{Decoder, UnpackLimits, coding_named};
use crate::message::body::parts::Failing;
use crate::message::error::{Error, ErrorKind};
use crate::readable;

pub(crate) const CODINGS_LIMIT: usize = 5;

/// Codings that change the bytes and are not undone here: those that IANA has, and those that
/// servers use without. Any other word (`identity`, `none`, `aws-chunked`, a charset) changes
/// nothing: servers write it beside a coding, or alone over what was not encoded.
const NOT_UNDONE: [&str; 12] =
    ["br", "bzip2", "compress", "dcb", "dcz", "exi", "lzma", "pack200-gzip", "x-bzip2", "x-compress", "xz", "zstd"];

/// The codings that these header lines list and that change something, in lower case and in the
/// order in which they were applied.
pub(crate) fn codings<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Vec<String> {
    let words = lines.flat_map(|line| line.split(|&byte| byte == b','));
    let words = words.map(|word| readable::text(word.trim_ascii()).to_ascii_lowercase());
    words.filter(|word| coding_named(word).is_some() || NOT_UNDONE.contains(&word.as_str())).collect()
}

/// Undoes the codings of a body, the last one first, as far as they can be undone; gives it, and
/// how many are left. Of more than
/// [`HttpGzipProcessor::CODINGS_LIMIT`](crate::HttpGzipProcessor::CODINGS_LIMIT) none is undone,
/// and reading such a body is an error. `wire_length` is how long it was said to be.
pub(crate) fn unpack(
    mut body: Body,
    codings: &[String],
    limits: UnpackLimits,
    wire_length: Option<u64>,
) -> (Body, usize) {
    if codings.len() > CODINGS_LIMIT {
        let times = codings.len();
        return (Body::from_reader(Failing(move || Some(encoded_often(times)))), times);
    }
    for (left, coding) in codings.iter().enumerate().rev() {
        body = match Decoder::new(coding, body, limits) {
            Ok(decoder) => Body::decoded(decoder, wire_length),
            Err(body) => return (body, left + 1),
        };
    }
    (body, 0)
}

/// What is wrong with a body that is not read is said to whoever wants to.
fn encoded_often(times: usize) -> io::Error {
    let reason = format!("its body is encoded {times} times over, and no more than {CODINGS_LIMIT} are undone");
    Error::from(ErrorKind::BadResponse { reason }).into()
}
