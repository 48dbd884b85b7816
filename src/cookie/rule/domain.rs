//! Which hosts a cookie belongs to.

use super::{rfc2965_match, suffix_at_label};
use crate::cookie::{Cookie, PublicSuffixes, Refusal, StrictNsDomain, Transaction};

/// The switches that the domain rules have.
pub(in crate::cookie) struct DomainRules<'a> {
    pub(in crate::cookie) host_only: bool,
    pub(in crate::cookie) local_domains: bool,
    /// Whether `box` and `box.local` are two spellings of one host.
    pub(in crate::cookie) local_spelling: bool,
    /// Whether a domain must be a host name.
    pub(in crate::cookie) well_formed: bool,
    /// Whether what looks like `.co.uk` is refused.
    pub(in crate::cookie) country_codes: bool,
    pub(in crate::cookie) netscape: StrictNsDomain,
    pub(in crate::cookie) suffixes: &'a PublicSuffixes,
}

impl DomainRules<'_> {
    /// The host's name, by which domains are matched.
    fn host<'a>(&self, transaction: &'a Transaction<'_>) -> &'a str {
        if self.local_domains { transaction.effective_request_host() } else { transaction.request_host() }
    }
}

/// Whether the host may set a cookie for this domain.
pub(in crate::cookie) fn may_own(
    cookie: &Cookie,
    transaction: &Transaction<'_>,
    rules: &DomainRules<'_>,
) -> Result<(), Refusal> {
    if !cookie.domain_specified && !cookie.is_dotted() {
        // RFC 6265 section 5.3, step 6: without Domain, "set the cookie's domain to the
        // canonicalized request-host."
        return if is_host(cookie, transaction, rules) { Ok(()) } else { Err(Refusal::DomainMismatch) };
    }
    may_be_owned(cookie, transaction, rules)?;
    set_for_above(cookie, transaction, rules)
}

/// Whether anybody may own the domain, whoever asks.
fn may_be_owned(cookie: &Cookie, transaction: &Transaction<'_>, rules: &DomainRules<'_>) -> Result<(), Refusal> {
    let domain = cookie.owner_bytes();
    // RFC 1034 section 3.5: a domain name is labels with single dots between them. The rooted
    // spelling `example.com.` is a name too, but it is another host, and a way past every list of
    // suffixes.
    if rules.well_formed && domain.split(|&byte| byte == b'.').any(<[u8]>::is_empty) {
        return Err(Refusal::MalformedDomain);
    }
    if rules.country_codes && is_country_code_domain(cookie.owner()) {
        return Err(Refusal::CountryCodeDomain);
    }
    // RFC 2965 section 3.3.2: a cookie is rejected if "the value for the Domain attribute contains
    // no embedded dots, and the value is not .local." Netscape's rule is the same. Multicast DNS
    // (RFC 6762) gives a name in `.local` to whoever asks for one, so that the exception is for
    // those who switch it on.
    let local = rules.local_domains && rules.host(transaction).ends_with(".local");
    if !domain.contains(&b'.') && !local {
        return Err(Refusal::NoInnerDot);
    }
    Ok(())
}

/// Whether this host may set a cookie for the domain.
fn set_for_above(cookie: &Cookie, transaction: &Transaction<'_>, rules: &DomainRules<'_>) -> Result<(), Refusal> {
    let (host, domain) = (rules.host(transaction), cookie.owner_bytes());
    // RFC 6265 section 5.3, step 6: "If the canonicalized request-host does not domain-match the
    // domain-attribute: Ignore the cookie entirely and abort these steps."
    let matches = matches(host, domain, transaction);
    // http.cookiejar takes `Domain=localhost` from localhost too, and then files it where no
    // request looks.
    let below_local = || host.strip_suffix(".local").is_some_and(|name| suffix_at_label(name.as_bytes(), domain));
    let local = rules.local_domains && below_local();
    if cookie.version == 0 && !matches && !local {
        return Err(Refusal::DomainMismatch);
    }
    // RFC 6265 section 5.3, step 5: "If the domain-attribute is a public suffix: [...] Ignore the
    // cookie entirely". As browsers do (whatwg/html#6509), also what is above the suffix of the
    // host, which need not be one itself. The host that is the suffix itself has been given a
    // cookie of its own before.
    if !transaction.host_is_ip() && !rules.suffixes.leave_to_host_of(transaction, host, domain) {
        return Err(Refusal::PublicSuffix);
    }
    // RFC 2965 section 3.3.2: "The request-host does not domain-match the Domain attribute."
    let rfc2965 = cookie.version > 0;
    if (rfc2965 || rules.netscape.contains(StrictNsDomain::DOMAIN_RFC2965_MATCH))
        && !rfc2965_match(host, cookie.domain())
    {
        return Err(Refusal::DomainMismatch);
    }
    // "The request-host is a HDN (not IP address) and has the form HD, where D is the value of the
    // Domain attribute, and H is a string that contains one or more dots."
    let no_dots = rfc2965 || rules.netscape.contains(StrictNsDomain::DOMAIN_STRICT_NO_DOTS);
    let name = transaction.request_host();
    let before = name.len().saturating_sub(cookie.domain_bytes().len());
    if no_dots && name.as_bytes()[..before].contains(&b'.') && !transaction.host_is_ip() {
        return Err(Refusal::DotsBeforeDomain);
    }
    Ok(())
}

/// Whether the host gets the cookies of this domain.
pub(in crate::cookie) fn owns(
    cookie: &Cookie,
    transaction: &Transaction<'_>,
    rules: &DomainRules<'_>,
) -> Result<(), Refusal> {
    let host = rules.host(transaction);
    // RFC 6265 section 5.4, step 1: "The cookie's host-only-flag is true and the canonicalized
    // request-host is identical to the cookie's domain."
    let strict = rules.netscape.contains(StrictNsDomain::DOMAIN_STRICT_NON_DOMAIN) && !cookie.domain_specified;
    if cookie.version == 0 && (strict || (rules.host_only && !cookie.is_dotted())) {
        return if is_host(cookie, transaction, rules) { Ok(()) } else { Err(Refusal::HostOnly) };
    }
    // Who could not have set it does not get it, wherever it comes from: a file, the user, or an
    // older list.
    let owner = cookie.owner_bytes();
    if host.as_bytes() != owner
        && !transaction.host_is_ip()
        && !rules.suffixes.leave_to_host_of(transaction, host, owner)
    {
        return Err(Refusal::PublicSuffix);
    }
    // RFC 2965 section 3.3.4: "The effective host name of the origin server MUST domain-match the
    // Domain attribute."
    if cookie.version > 0 {
        let matches = is_host(cookie, transaction, rules) || rfc2965_match(host, cookie.domain());
        return if matches { Ok(()) } else { Err(Refusal::DomainMismatch) };
    }
    // "Or: the cookie's host-only-flag is false and the canonicalized request-host domain-matches
    // the cookie's domain."
    if matches(host, owner, transaction) { Ok(()) } else { Err(Refusal::DomainMismatch) }
}

/// Whether the host is the domain or lies below it. An address is matched by itself alone.
fn matches(host: &str, domain: &[u8], transaction: &Transaction<'_>) -> bool {
    let host = host.as_bytes();
    if transaction.host_is_ip() { host == domain } else { suffix_at_label(host, domain) }
}

/// Whether the domain is the host. In a safe jar `box` and `box.local` are two hosts, and may be
/// two machines.
fn is_host(cookie: &Cookie, transaction: &Transaction<'_>, rules: &DomainRules<'_>) -> bool {
    let is = |host: &str| cookie.domain_bytes() == host.as_bytes();
    is(transaction.request_host()) || (rules.local_spelling && is(transaction.effective_request_host()))
}

/// The original's guess at what a country sells below its top-level domain.
fn is_country_code_domain(domain: &str) -> bool {
    const SECOND_LEVELS: &[&str] = &[
        "co", "ac", "com", "edu", "org", "net", "gov", "mil", "int", "aero", "biz", "cat", "coop", "info", "jobs",
        "mobi", "museum", "name", "pro", "travel", "eu",
    ];
    domain.split_once('.').is_some_and(|(second, top)| top.len() == 2 && SECOND_LEVELS.contains(&second))
}

/// `example.com` has one; `com` and `com.` have none.
pub(in crate::cookie) fn has_inner_dot(domain: &str) -> bool {
    domain.trim_matches('.').contains('.')
}
