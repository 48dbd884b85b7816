//! The standard rules, put in order. Each stands in a file of its own in `rule/`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::{CookiePolicy, DefaultCookiePolicy, Protocols, PublicSuffixes, Reading};
use crate::cookie::rule::{self, DomainRules};
use crate::cookie::{Cookie, Limits, Refusal, Transaction};

impl CookiePolicy for DefaultCookiePolicy {
    fn set_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        self.version_ok(cookie)?;
        self.verifiability_ok(cookie, transaction)?;
        self.name_ok(cookie)?;
        self.path_ok(cookie, transaction)?;
        self.listed_ok(cookie.domain_bytes())?;
        rule::may_own(cookie, transaction, &self.domain_rules())?;
        rule::may_name_ports(cookie, transaction)?;
        if self.strict_secure {
            rule::is_secure_enough(cookie, || self.is_secure(transaction))?;
        }
        if self.prefixes { rule::keeps_its_promise(cookie) } else { Ok(()) }
    }

    fn return_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        self.version_ok(cookie)?;
        self.verifiability_ok(cookie, transaction)?;
        rule::owns(cookie, transaction, &self.domain_rules())?;
        // RFC 6265 section 5.4, step 1: "The request-uri's path path-matches the cookie's path."
        self.path_return_ok(cookie.path_bytes(), transaction)?;
        // "If the cookie's secure-only-flag is true, then the request-uri's scheme must denote a
        // 'secure' protocol".
        if cookie.secure && !self.is_secure(transaction) {
            return Err(Refusal::InsecureRequest);
        }
        // Section 5.3: "The user agent MUST evict all expired cookies". They may lie about, but
        // they stay at home.
        if cookie.is_expired(transaction.now()) {
            return Err(Refusal::Expired);
        }
        rule::ports_match(cookie, transaction)?;
        self.listed_ok(cookie.domain_bytes())
    }

    fn domain_return_ok(&self, domain: &str, _: &Transaction<'_>) -> Result<(), Refusal> {
        self.listed_ok(domain.as_bytes())
    }

    fn path_return_ok(&self, path: &[u8], transaction: &Transaction<'_>) -> Result<(), Refusal> {
        rule::path_ok(path, transaction)
    }

    fn replace_ok(&self, cookie: &Cookie, existing: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        if self.guards_secure(transaction) {
            rule::leaves_secure_alone(cookie, existing, transaction.now())
        } else {
            Ok(())
        }
    }

    fn guards_secure(&self, transaction: &Transaction<'_>) -> bool {
        self.leave_secure_alone && !self.is_secure(transaction)
    }

    fn may_evict_secure(&self, transaction: &Transaction<'_>) -> bool {
        !self.guards_secure(transaction)
    }

    fn storable(&self, cookie: &Cookie) -> Result<(), Refusal> {
        rule::storable(cookie, self.strict_characters)
    }

    fn is_public_suffix(&self, domain: &str) -> bool {
        self.public_suffixes.contains(domain)
    }

    fn protocols(&self) -> Protocols {
        self.protocols
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}

impl DefaultCookiePolicy {
    fn version_ok(&self, cookie: &Cookie) -> Result<(), Refusal> {
        match cookie.version {
            0 if !self.protocols.netscape => Err(Refusal::NetscapeOff),
            1.. if !self.protocols.rfc2965 => Err(Refusal::Rfc2965Off),
            _ => Ok(()),
        }
    }

    /// RFC 2965 section 3.3.6: "When it makes an unverifiable transaction, a user agent MUST
    /// disable all cookie processing (i.e., MUST NOT send cookies, and MUST NOT accept any
    /// received cookies) if the transaction is to a third-party host."
    fn verifiability_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        let strict = if cookie.version > 0 { self.strict_rfc2965_unverifiable } else { self.strict_ns_unverifiable };
        if strict && transaction.is_unverifiable() && transaction.is_third_party() {
            return Err(Refusal::ThirdParty);
        }
        Ok(())
    }

    fn name_ok(&self, cookie: &Cookie) -> Result<(), Refusal> {
        // 6265bis section 5.7, step 2: "If cookie-name is empty and cookie-value is empty, abort
        // this algorithm and ignore the cookie entirely." To the original, and to RFC 2965, all
        // cookies have names.
        let needs_name = cookie.version > 0 || self.protocols.reading == Reading::Classic;
        if cookie.name_bytes().is_empty() && (needs_name || cookie.value().is_empty()) {
            return Err(Refusal::NoName);
        }
        // RFC 2965 section 3.2.2: "NAMEs that begin with $ are reserved and MUST NOT be used by
        // applications."
        if self.strict_ns_set_initial_dollar && cookie.version == 0 && cookie.name_bytes().starts_with(b"$") {
            return Err(Refusal::DollarBeforeName);
        }
        if !self.prefixes {
            return Ok(());
        }
        rule::no_reserved_name(cookie)?;
        rule::no_blank_before_name(cookie)
    }

    /// RFC 2965 section 3.3.2: a cookie is rejected if "the value for the Path attribute is not a
    /// prefix of the request-URI."
    fn path_ok(&self, cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
        if cookie.path_specified && (cookie.version > 0 || self.strict_ns_set_path) {
            return self.path_return_ok(cookie.path_bytes(), transaction);
        }
        Ok(())
    }

    fn listed_ok(&self, domain: &[u8]) -> Result<(), Refusal> {
        if self.blocked.matches(domain) == Some(true) {
            return Err(Refusal::Blocked);
        }
        if self.allowed.matches(domain) == Some(false) {
            return Err(Refusal::NotAllowed);
        }
        Ok(())
    }

    fn is_secure(&self, transaction: &Transaction<'_>) -> bool {
        let scheme = transaction.url().scheme();
        self.secure_protocols.iter().any(|secure| secure == scheme)
            || (self.trust_localhost && is_loopback(transaction.request_host()))
    }

    fn domain_rules(&self) -> DomainRules<'_> {
        DomainRules {
            host_only: self.host_only,
            local_domains: self.local_domains,
            // A jar that reads as the original did files the cookies of `box` under `box.local`.
            local_spelling: self.local_domains || self.protocols.reading == Reading::Classic,
            well_formed: !matches!(self.public_suffixes, PublicSuffixes::Off),
            country_codes: self.strict_domain,
            netscape: self.strict_ns_domain,
            suffixes: &self.public_suffixes,
        }
    }
}

/// Names and addresses that stay on this machine: RFC 6761 section 6.3, for those of `localhost`.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host.ends_with(".localhost")
        || address.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback())
}
