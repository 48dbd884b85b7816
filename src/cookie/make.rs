//! From the headers of a response to cookies, before the policy is asked.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::str;

use smallvec::SmallVec;

use super::extras::Extras;
use super::header::{self, ParseOptions, ParsedCookie};
use super::journal::{HIDDEN, Journal};
use super::limits::exceeds;
use super::{Cookie, CookiePolicy, Limits, Protocols, Reading, Refusal, ResponseView, Transaction, host, rule};

/// The headers of a response that may set cookies.
pub(super) struct Headers<'a> {
    netscape: SmallVec<[&'a [u8]; 8]>,
    rfc2965: Vec<&'a [u8]>,
}

impl<'a> Headers<'a> {
    pub(super) fn of(response: &'a dyn ResponseView, protocols: Protocols) -> Self {
        let mut headers = Self { netscape: SmallVec::new(), rfc2965: Vec::new() };
        // The original reads Set-Cookie2 with rfc2965 switched off too, if Set-Cookie stands beside
        // it, and then takes what says Version=0.
        let classic = protocols.netscape && protocols.reading == Reading::Classic;
        if protocols.rfc2965 || classic {
            response.header_values("Set-Cookie2", &mut |header| headers.rfc2965.push(header));
        }
        if protocols.netscape {
            response.header_values("Set-Cookie", &mut |header| headers.netscape.push(header));
        }
        if headers.netscape.is_empty() && !protocols.rfc2965 {
            headers.rfc2965.clear();
        }
        headers
    }

    pub(super) fn is_empty(&self) -> bool {
        self.netscape.is_empty() && self.rfc2965.is_empty()
    }
}

/// Makes cookies of what headers say.
pub(super) struct CookieFactory<'a> {
    transaction: &'a Transaction<'a>,
    policy: &'a dyn CookiePolicy,
    protocols: Protocols,
    limits: &'a Limits,
    /// Cookies looked at so far.
    count: usize,
    /// Those of `Set-Cookie2`, which the others must not set again; also those without a version,
    /// which are refused.
    preferred: BTreeSet<OwnedKey>,
}

/// Domain, path and name.
type OwnedKey = [Box<[u8]>; 3];

impl<'a> CookieFactory<'a> {
    pub(super) fn new(transaction: &'a Transaction<'a>, policy: &'a dyn CookiePolicy, limits: &'a Limits) -> Self {
        Self { transaction, policy, protocols: policy.protocols(), limits, count: 0, preferred: BTreeSet::new() }
    }

    /// Hands on the cookies of a response, in order, the already expired ones included: those
    /// delete.
    pub(super) fn make(
        &mut self,
        headers: &Headers<'_>,
        journal: &mut Journal<'_>,
        mut take: impl FnMut(Cookie, &mut Journal<'_>),
    ) {
        let options = ParseOptions { reading: self.protocols.reading, limits: self.limits };
        for header in &headers.rfc2965 {
            for said in header::split_words(header, &options) {
                self.read(&said, header, false, journal, &mut take);
            }
        }
        for header in &headers.netscape {
            let said = header::parse_netscape(header, &options);
            self.read(&said, header, true, journal, &mut take);
        }
    }

    /// The cookie of one `Set-Cookie` value.
    pub(super) fn make_one(&self, header: &[u8]) -> Result<Cookie, Refusal> {
        let options = ParseOptions { reading: self.protocols.reading, limits: self.limits };
        self.cookie(&header::parse_netscape(header, &options)?, true)
    }

    fn read(
        &mut self,
        said: &Result<ParsedCookie<'_>, Refusal>,
        header: &[u8],
        netscape: bool,
        journal: &mut Journal<'_>,
        take: &mut impl FnMut(Cookie, &mut Journal<'_>),
    ) {
        self.count += 1;
        if exceeds(self.count, self.limits.per_response) {
            return journal.unreadable(name_in(header), Refusal::TooManyInResponse);
        }
        let said = match said {
            Ok(said) => said,
            Err(why) => return journal.unreadable(name_in(header), *why),
        };
        match self.cookie(said, netscape) {
            Ok(cookie) => match self.prefer(&cookie, said, netscape) {
                Ok(()) => take(cookie, journal),
                Err(why) => journal.not_stored(&cookie, why),
            },
            Err(why) => {
                let hidden = said.value.is_none() || said.name.is_empty();
                journal.unreadable(if hidden { HIDDEN } else { &said.name }, why);
            }
        }
    }

    /// RFC 2965 section 9.1: "If it has both headers, the user agent that supports RFC 2965 uses
    /// Set-Cookie2 and ignores the Set-Cookie" of the same cookie.
    fn prefer(&mut self, cookie: &Cookie, said: &ParsedCookie<'_>, netscape: bool) -> Result<(), Refusal> {
        if netscape && self.preferred.is_empty() {
            return Ok(());
        }
        let key: OwnedKey = cookie.key().map(Box::from);
        if netscape {
            return if self.preferred.contains(&key) { Err(Refusal::SupersededByRfc2965) } else { Ok(()) };
        }
        if self.protocols.rfc2965 {
            self.preferred.insert(key);
        }
        // RFC 2965 section 3.2.2: "Version=value REQUIRED."
        if said.version.is_none() { Err(Refusal::NoVersion) } else { Ok(()) }
    }

    fn cookie(&self, said: &ParsedCookie<'_>, netscape: bool) -> Result<Cookie, Refusal> {
        let (version, rfc2109) = self.version(said, netscape);
        let path = self.path(said, version > 0 || (rfc2109 && self.protocols.reading == Reading::Classic));
        let domain = self.domain(said)?;
        let dot = if domain.specified { "." } else { "" };
        let pair = (&*said.name, said.value.as_deref());
        let mut cookie = Cookie::assemble_from(pair, &path.text, [dot, &domain.name], &said.rest);
        cookie.version = version;
        cookie.rfc2109 = rfc2109;
        cookie.path_specified = path.specified;
        cookie.domain_specified = domain.specified;
        cookie.domain_initial_dot = domain.initial_dot;
        cookie.secure = said.secure;
        cookie.http_only = said.http_only;
        // RFC 6265 section 5.3, step 3: Max-Age, if there is one, decides; then Expires; then the
        // session.
        let now = self.transaction.now();
        cookie.expires = said.max_age.map(|seconds| now.saturating_add(seconds)).or(said.expires);
        cookie.discard = said.discard || cookie.expires.is_none();
        self.add_extras(said, &mut cookie);
        limit_lifetime(&mut cookie, now, self.limits);
        Ok(cookie)
    }

    /// The protocol version, and whether it is a cookie of RFC 2109.
    fn version(&self, said: &ParsedCookie<'_>, netscape: bool) -> (u32, bool) {
        if !netscape {
            return (said.version.unwrap_or(1), false);
        }
        let said = said.version.unwrap_or(0);
        // RFC 2109 section 4.2.2: "The Version attribute, a decimal integer, identifies to which
        // version of the state management specification the cookie conforms. For this
        // specification, Version=1 applies."
        let rfc2109 = said == 1;
        let as_netscape = self.protocols.rfc2109_as_netscape.unwrap_or(!self.protocols.rfc2965);
        // To RFC 6265 Version is an attribute like any unknown one, so that no number of it loses a
        // cookie.
        let unknown = self.protocols.reading == Reading::Rfc6265 && !self.protocols.rfc2965;
        (if (rfc2109 && as_netscape) || unknown { 0 } else { said }, rfc2109)
    }

    fn path<'s>(&'s self, said: &'s ParsedCookie<'_>, rfc2965: bool) -> Path<'s> {
        let named = said.path.as_deref().unwrap_or_default();
        // RFC 6265 section 5.2.4: "If the attribute-value is empty or if the first character of the
        // attribute-value is not %x2F ("/"): Let cookie-path be the default-path."
        let taken = match self.protocols.reading {
            Reading::Rfc6265 => named.starts_with(b"/"),
            Reading::Classic => !named.is_empty(),
        };
        if taken {
            return Path { text: rule::escaped(named, self.protocols.reading == Reading::Classic), specified: true };
        }
        Path { text: Cow::Borrowed(rule::default_path(self.transaction.path(), rfc2965).as_bytes()), specified: false }
    }

    /// The host, or the `Domain` that the header names, with a leading dot.
    fn domain<'s>(&'s self, said: &'s ParsedCookie<'_>) -> Result<Domain<'s>, Refusal> {
        let classic = self.protocols.reading == Reading::Classic;
        let host = self.transaction.request_host();
        let host_only = || {
            let name = if classic { self.transaction.effective_request_host() } else { host };
            Domain { name: Cow::Borrowed(name), specified: false, initial_dot: false }
        };
        // 6265bis section 5.7: an empty domain-attribute leaves the cookie host-only.
        let Some(named) = said.domain.as_deref().filter(|named| classic || !named.is_empty()) else {
            return Ok(host_only());
        };
        // RFC 6265 section 5.2.3: "If the first character of the attribute-value string is %x2E
        // ("."): Let cookie-domain be the attribute-value without the leading %x2E (".")
        // character."
        let initial_dot = named.starts_with(b".");
        let name = str::from_utf8(&named[usize::from(initial_dot)..]).map_err(|_| Refusal::MalformedDomain)?;
        // 6265bis section 5.7, step 8: "If the domain-attribute contains a character that is not in
        // CHAR, abort this algorithm and ignore the cookie entirely." CHAR is "any USASCII
        // character".
        if !classic && !name.is_ascii() {
            return Err(Refusal::MalformedDomain);
        }
        // What the host ends with is spelled as the host is.
        let is_spelled = rule::suffix_at_label(host.as_bytes(), name.as_bytes());
        let name = match if is_spelled { Some(Cow::Borrowed(name)) } else { host::canonical(name) } {
            Some(name) => name,
            None if classic => host::lower_case(name),
            None => return Err(Refusal::MalformedDomain),
        };
        // Not in an RFC: an address, or `localhost`, may name itself, and gains no host by it. RFC
        // 6265 section 5.3, step 5, has the same for a public suffix: "If the domain-attribute is
        // identical to the canonicalized request-host: Let the domain-attribute be the empty
        // string."
        let gains_none = !classic && (self.transaction.host_is_ip() || !rule::has_inner_dot(&name));
        if name == host && (gains_none || self.policy.is_public_suffix(&name)) {
            return Ok(host_only());
        }
        Ok(Domain { name, specified: true, initial_dot })
    }

    fn add_extras(&self, said: &ParsedCookie<'_>, cookie: &mut Cookie) {
        let owned = |text: &Cow<'_, [u8]>| -> Box<[u8]> { Box::from(&**text) };
        if said.port.is_none() && said.comment.is_none() && said.comment_url.is_none() {
            return;
        }
        let mut extras = Extras {
            comment: said.comment.as_ref().map(owned),
            comment_url: said.comment_url.as_ref().map(owned),
            ..Extras::default()
        };
        // To RFC 6265 Port is an attribute like any unknown one, which neither refuses a cookie nor
        // binds it.
        let knows_ports = cookie.version > 0 || self.protocols.reading == Reading::Classic;
        match said.port.as_ref().filter(|_| knows_ports) {
            // RFC 2965 section 3.2.2: "If the Port attribute appears without a value, the cookie
            // MUST only be returned to the request-port it was received from."
            Some(None) => extras.port = Some(self.transaction.port().to_string().into()),
            Some(Some(ports)) => {
                let ports: Vec<u8> = ports.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
                extras.port = Some(String::from_utf8_lossy(&ports).into());
                cookie.port_specified = true;
            }
            None => {}
        }
        cookie.extras = extras.boxed();
    }
}

struct Path<'a> {
    text: Cow<'a, [u8]>,
    specified: bool,
}

/// The name has no leading dot; it is all below it as well if it was specified.
struct Domain<'a> {
    name: Cow<'a, str>,
    specified: bool,
    initial_dot: bool,
}

/// Brings an expiry too far ahead forward.
pub(super) fn limit_lifetime(cookie: &mut Cookie, now: i64, limits: &Limits) {
    if let Some(lifetime) = limits.lifetime {
        cookie.expires = cookie.expires.map(|expires| expires.min(now.saturating_add(lifetime)));
    }
}

/// The name of a cookie that could not be read, for the log, and surely nothing of its value.
pub(super) fn name_in(header: &[u8]) -> &[u8] {
    // A header of thousands of bad cookies is not searched from end to end for each of them.
    let start = &header[..header.len().min(256)];
    match start.iter().position(|byte| b"=;".contains(byte)) {
        Some(end) if start[end] == b'=' => rule::trim(&start[..end]),
        // Without a `=` there is no telling a name from a value.
        _ => b"?",
    }
}
