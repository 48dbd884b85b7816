//! The product token: what a program is called in a robots.txt.

/// The product token of a `User-Agent` header, or of a `User-agent:` line (RFC 9309 section 2.2.1).
///
/// It is the first word, up to its version: `MyProgram` of `MyProgram/0.1`. Programs that pose as a
/// browser name themselves after `compatible;`, so it is `MyProgram` of `Mozilla/5.0 (compatible;
/// MyProgram/0.1)` too. Beside the letters, `-` and `_` of the RFC, a token may hold digits and
/// dots, as those of `008` and `archive.org_bot` do.
pub(super) fn product_token(text: &str) -> &str {
    const MARK: &[u8] = b"compatible;";
    let mark = text.as_bytes().windows(MARK.len()).position(|part| part.eq_ignore_ascii_case(MARK));
    let named = mark.and_then(|at| text.get(at + MARK.len()..)).map_or("", leading_token);
    if named.is_empty() { leading_token(text) } else { named }
}

fn leading_token(text: &str) -> &str {
    let text = text.trim_start();
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let length = text.bytes().take_while(is_part).count();
    text.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_what_the_program_calls_itself() {
        for (text, token, sentence) in [
            ("MyProgram", "MyProgram", "a bare name"),
            ("MyProgram/0.1", "MyProgram", "a version is left out"),
            ("MyProgram/0.1 (+http://example.com/) lib/2", "MyProgram", "the first product"),
            ("Mozilla/5.0 (compatible; MyProgram/0.1)", "MyProgram", "in the comment of a browser"),
            ("Mozilla/5.0 X (like Gecko; Compatible;MyProgram/0.1) Y/1", "MyProgram", "wherever the comment stands"),
            ("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101", "Mozilla", "a browser is a browser"),
            ("Mozilla/5.0 (compatible; )", "Mozilla", "nobody is named"),
            ("archive.org_bot", "archive.org_bot", "dots and underscores"),
            ("008/0.83", "008", "digits"),
            ("(compatible)", "", "no name"),
            ("é", "", "no name either"),
            ("", "", "nothing"),
        ] {
            assert_eq!(product_token(text), token, "{sentence}: {text:?}");
        }
    }
}
