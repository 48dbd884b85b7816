//! The small tools of `http.cookiejar` that programs import beside the jar: its parsers of headers,
//! and its rules about hosts. The jar has no need of this module: it is for porting.
//!
//! ```
//! use clientcookie::cookie::classic;
//!
//! let lists = classic::split_header_words(["foo=\"bar\"; port=\"80,81\"; discard, bar=baz"]);
//! assert_eq!(lists[0][1], ("port".to_owned(), Some("80,81".to_owned())));
//! assert_eq!(classic::join_header_words(&lists), "foo=bar; port=\"80,81\"; discard, bar=baz");
//! assert!(
//!     classic::domain_match("x.y.com", ".y.com") && !classic::domain_match("x.y.com", "y.com")
//! );
//! ```
//!
//! Where they differ from Python: blanks and letters are those of ASCII, an IPv6 address is no host
//! name, and [`domain_match`] looks for the domain at the end of the host, where Python finds it
//! anywhere.

use super::{header, host, rule, str2time};

/// A name, and a value if there was a `=`.
pub type Pair = (String, Option<String>);

/// The lists of pairs in the values of a header: commas are between lists, semicolons or blanks
/// between pairs, and a value may stand in quotes. What is no such thing is passed over.
pub fn split_header_words<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<Vec<Pair>> {
    // What is cut at ASCII characters stays UTF-8.
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let lists = values.into_iter().flat_map(|value| header::split_lists(value.as_bytes()));
    lists.map(|pairs| pairs.iter().map(|(name, value)| (text(name), value.as_deref().map(text))).collect()).collect()
}

/// One header of lists of pairs: what [`split_header_words`] reads. Values that are no word are put
/// in quotes.
pub fn join_header_words(lists: &[Vec<Pair>]) -> String {
    let mut out = Vec::new();
    for list in lists.iter().filter(|list| !list.is_empty()) {
        out.extend_from_slice(if out.is_empty() { b"" } else { b", " });
        for (number, (name, value)) in list.iter().enumerate() {
            out.extend_from_slice(if number == 0 { b"" } else { b"; " });
            header::write_word(name.as_bytes(), value.as_deref().map(str::as_bytes), &mut out);
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The cookie and the attributes of each `Set-Cookie` header, in the manner of Netscape: cut at
/// every semicolon, and nothing stands in quotes. Known attributes are in lower case, `expires` is
/// in seconds since 1970 (`None` if it is no date), and a `version` of 0 is added where there is
/// none. A header without a name gives nothing.
///
/// What a jar would make of the headers:
/// [`CookieJar::make_cookies`](super::CookieJar::make_cookies).
pub fn parse_ns_headers<'a>(headers: impl IntoIterator<Item = &'a str>) -> Vec<Vec<Pair>> {
    headers.into_iter().map(parse_ns_header).filter(|pairs| !pairs.is_empty()).collect()
}

fn parse_ns_header(header: &str) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for (number, parameter) in header.split(';').enumerate() {
        let (name, value) = match parameter.split_once('=') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (parameter.trim(), None),
        };
        match (name.is_empty(), number) {
            (true, 0) => return pairs,
            (true, _) => {}
            (false, 0) => pairs.push((name.to_owned(), value.map(str::to_owned))),
            (false, _) => pairs.push(attribute(name, value)),
        }
    }
    // The first is the cookie, which may be called so too.
    if !pairs.iter().skip(1).any(|(name, _)| name == "version") {
        pairs.push(("version".to_owned(), Some("0".to_owned())));
    }
    pairs
}

fn attribute(name: &str, value: Option<&str>) -> Pair {
    const KNOWN: [&str; 7] = ["expires", "domain", "path", "secure", "version", "port", "max-age"];
    let lower = name.to_ascii_lowercase();
    let name = if KNOWN.contains(&&*lower) { lower } else { name.to_owned() };
    let value = match &*name {
        "version" => value.map(|value| without_quotes(value).to_owned()),
        "expires" => value.and_then(|value| str2time(without_quotes(value))).map(|seconds| seconds.to_string()),
        _ => value.map(str::to_owned),
    };
    (name, value)
}

fn without_quotes(text: &str) -> &str {
    let text = text.strip_prefix('"').unwrap_or(text);
    text.strip_suffix('"').unwrap_or(text)
}

/// Whether this is a host domain name (RFC 2965 section 1): no address, and no dot at either end.
#[doc(alias = "is_HDN")]
pub fn is_hdn(text: &str) -> bool {
    rule::is_host_name(text)
}

/// Whether the host `a` domain-matches `b` (RFC 2965 section 1): they are the same, or `b` has a
/// leading dot and `a` ends in it.
pub fn domain_match(a: &str, b: &str) -> bool {
    rule::rfc2965_match(&host::lower_case(a), &host::lower_case(b))
}

/// Whether the host `a` is meant by `b`, as a user writes domains to block or to allow:
/// `.example.com` for all below it, `example.com` for that host alone.
pub fn user_domain_match(a: &str, b: &str) -> bool {
    let (a, b) = (host::lower_case(a), host::lower_case(b));
    // An address, or what ends as one.
    let is_numeric = |text: &str| {
        text.rsplit_once('.')
            .is_some_and(|(_, last)| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
    };
    a == b || (b.starts_with('.') && a.ends_with(&*b) && !is_numeric(&a) && !is_numeric(&b))
}

/// The reach of a host (RFC 2965 section 1): `.acme.com` for `www.acme.com`, and `acme.com` for
/// itself.
pub fn reach(host: &str) -> String {
    rule::reach(host).into_owned()
}

/// A path in which what no URL may hold is escaped, as UTF-8, and all escapes are in capitals.
pub fn escape_path(path: &str) -> String {
    String::from_utf8_lossy(&rule::escaped(path.as_bytes(), true)).into_owned()
}

/// Whether a request to this host is to a third party, seen from the host that the user asked for
/// (RFC 2965 section 3.3.6). Of a request as the jar sees it:
/// [`Transaction::is_third_party`](super::Transaction::is_third_party).
pub fn is_third_party(request_host: &str, origin_request_host: &str) -> bool {
    !domain_match(request_host, &reach(origin_request_host))
}
