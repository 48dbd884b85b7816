//! What a `Refresh` says: how long to wait, and where to go.

use std::time::Duration;

/// A `Refresh` that was understood.
#[derive(Debug, PartialEq)]
pub(in crate::handler) struct Refresh<'a> {
    pub(in crate::handler) wait: Duration,
    /// As it was written; empty for the same page again.
    pub(in crate::handler) url: &'a [u8],
}

/// Reads a value as browsers do (WHATWG HTML, the shared declarative refresh steps), which forgive
/// much, except that a fraction of a second counts, as the original has it. `None` for what is no
/// refresh.
pub(in crate::handler) fn parse(value: &[u8]) -> Option<Refresh<'_>> {
    let value = value.trim_ascii();
    let digits = value.iter().take_while(|&&byte| byte.is_ascii_digit() || byte == b'.').count();
    let (number, rest) = value.split_at(digits);
    let wait = seconds(number)?;
    if !rest.first().is_none_or(|&byte| matches!(byte, b';' | b',') || byte.is_ascii_whitespace()) {
        return None;
    }
    let rest = rest.trim_ascii_start();
    let rest = rest.strip_prefix(b";").or_else(|| rest.strip_prefix(b",")).unwrap_or(rest).trim_ascii_start();
    Some(Refresh { wait, url: unquoted(after_url(rest).unwrap_or(rest)) })
}

/// A sign or an exponent makes it no number; digits after a second dot are passed over.
fn seconds(number: &[u8]) -> Option<Duration> {
    if number.is_empty() {
        return None;
    }
    let mut parts = number.split(|&byte| byte == b'.').map(String::from_utf8_lossy);
    let (whole, fraction) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    Duration::try_from_secs_f64(format!("0{whole}.{fraction}0").parse().ok()?).ok()
}

/// What follows `url =`.
fn after_url(text: &[u8]) -> Option<&[u8]> {
    let (name, rest) = text.split_at_checked(3)?;
    let rest = rest.trim_ascii_start().strip_prefix(b"=")?;
    name.eq_ignore_ascii_case(b"url").then(|| rest.trim_ascii_start())
}

/// What stands between quotes, the second of which may be missing.
fn unquoted(url: &[u8]) -> &[u8] {
    match url.split_first() {
        Some((quote @ (b'"' | b'\''), rest)) => rest.split(|byte| byte == quote).next().unwrap_or(rest),
        _ => url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_a_refresh_or_none() {
        for (value, expected) in [
            ("0", Some((0.0, ""))),
            ("1.5;URL='a b' c", Some((1.5, "a b"))),
            ("3,url = \"x", Some((3.0, "x"))),
            (".", Some((0.0, ""))),
            ("", None),
            ("-1", None),
            ("nan", None),
            ("inf; url=x", None),
            ("99999999999999999999999; url=x", None),
        ] {
            let refresh = parse(value.as_bytes());
            let parts = refresh.map(|refresh| (refresh.wait.as_secs_f64(), refresh.url.to_vec()));
            assert_eq!(parts, expected.map(|(wait, url)| (wait, url.as_bytes().to_vec())), "{value}");
        }
    }
}
