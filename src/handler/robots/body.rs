//! The bytes of a robots.txt, however they were packed: a server may compress what nobody asked it
//! to.

use std::io::{self, Read};

use http::HeaderValue;

use crate::handler::robots::rules::RobotRules;
use crate::message::body::Body;
use crate::message::body::decode::{self, DECODED_RATIO_LIMIT, UnpackLimits};
use crate::message::error::{Error, ErrorKind, Result};
use crate::message::response::Response;

/// What a file begins with that is gzip, whether its server says so or not (RFC 1952 section
/// 2.3.1).
const GZIP: &[u8] = b"\x1f\x8b\x08";

/// One byte more than is read of a file, if it has more: so it is seen that it has.
const LIMIT: u64 = RobotRules::SIZE_LIMIT as u64 + 1;

const UNPACK: UnpackLimits = UnpackLimits { total: u64::MAX, ratio: DECODED_RATIO_LIMIT };

/// The beginning of the file. The rest of a longer one is not read: dropping its response closes
/// the connection.
///
/// # Errors
/// Whatever reading gives, and [`ErrorKind::BadResponse`] for a coding that cannot be undone: what
/// cannot be read does not allow everything.
pub(super) fn read(mut response: Response) -> Result<Vec<u8>> {
    let lines = response.headers().get_all("Content-Encoding").map(HeaderValue::as_bytes);
    let codings = decode::codings(lines);
    let mut file = read_unpacked(response.take_body(), &codings)?;
    if codings.is_empty() && file.starts_with(GZIP) {
        file = read_unpacked(Body::from(file), &["gzip".to_owned()])?;
    }
    Ok(file)
}

fn read_unpacked(body: Body, codings: &[String]) -> Result<Vec<u8>> {
    let (body, left) = decode::unpack(body, codings, UNPACK, None);
    if let Some(coding) = codings.get(..left).and_then(<[String]>::last) {
        let reason = format!("its coding {coding} cannot be undone");
        return Err(ErrorKind::BadResponse { reason }.into());
    }
    let mut file = Vec::new();
    body.take(LIMIT).read_to_end(&mut file).map_err(|error: io::Error| Error::from(error))?;
    Ok(file)
}
