//! URLs as people type them and as browsers copy them.

/// As curl has it, what names no scheme is http.
pub fn with_scheme(url: &str) -> String {
    let is_word = |scheme: &str| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character))
    };
    // `localhost:8080` and `me:secret@host` begin with no scheme, `http:/host`, `mailto:me@host`
    // and `foo:bar` do.
    let has_scheme = url.split_once(':').is_some_and(|(scheme, rest)| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let is_port = authority.bytes().all(|byte| byte.is_ascii_digit());
        let is_host = !rest.starts_with("//") && (is_port || authority.contains('@'));
        let is_slashed = rest.starts_with('/') && ["http", "https", "ftp"].contains(&scheme);
        is_word(scheme) && (!is_host || is_slashed || ["data", "file", "mailto"].contains(&scheme))
    });
    match has_scheme || url.is_empty() {
        true => url.to_owned(),
        false => format!("http://{url}"),
    }
}

/// The URL that is meant where curl looks for patterns: browsers put a backslash before what would
/// be one. Patterns are not offered, and not taken for anything else.
pub fn without_patterns(url: &str) -> Result<String, String> {
    let mut meant = String::with_capacity(url.len());
    let mut rest = url;
    while let Some(at) = rest.find(['\\', '[', '{']) {
        let (before, found) = rest.split_at(at);
        meant.push_str(before);
        let escaped =
            found.strip_prefix('\\').and_then(|next| next.chars().next()).filter(|next| "[]{}".contains(*next));
        if let Some(pattern) = pattern(found) {
            return Err(format!("curl's patterns are not offered here; -g takes {pattern} as it stands"));
        }
        meant.push(escaped.unwrap_or(char::from(found.as_bytes()[0])));
        rest = &found[1 + usize::from(escaped.is_some())..];
    }
    meant.push_str(rest);
    Ok(meant)
}

/// `{one,two}` or `[1-9]`, if the text begins with it; `[::1]` and `a[b]` are none.
fn pattern(text: &str) -> Option<&str> {
    let (end, separator) = if text.starts_with('{') { ('}', ',') } else { (']', '-') };
    let length = text.strip_prefix(['{', '['])?.find(end)? + 2;
    let is_one = |inner: &str| match separator {
        ',' => inner.contains(','),
        _ => inner.split_once('-').is_some_and(|(first, last)| {
            let is_end = |end: &str| !end.is_empty() && end.chars().all(|character| character.is_ascii_alphanumeric());
            let last = last.split(':').next().unwrap_or_default();
            let is_kind =
                first.len() == 1 && last.len() == 1 || [first, last].iter().all(|end| end.parse::<u64>().is_ok());
            is_end(first) && is_end(last) && is_kind
        }),
    };
    is_one(&text[1..length - 1]).then_some(&text[..length])
}
