//! [`NoProxy`]: the hosts that are reached without a proxy.

use std::net::IpAddr;

use url::Host;

/// The hosts that are reached without a proxy: what the variable `no_proxy` holds (urllib's
/// `proxy_bypass_environment`).
///
/// There is no standard for it. This is what CPython 3.11's and curl's rules have in common, and
/// more where one of them has it and the other does not mind. Entries stand between commas or
/// spaces:
///
/// | entry | it names |
/// |---|---|
/// | `example.com`, `.example.com`, `*.example.com` | this host and all below it: `www.example.com`, but neither `badexample.com` nor `example.com.evil.test` |
/// | `127.0.0.1`, `::1`, `[::1]` | this address, however the URL writes it (`127.1`) |
/// | `10.0.0.0/8`, `fe80::/10` | the addresses of this network (CIDR, RFC 4632) |
/// | `example.com:8080`, `[::1]:8080` | any of the above but networks, on this port alone |
/// | `*` | every host |
///
/// Letters may be small or capital, and a dot at the end of a name means nothing. Names are not
/// looked up: an address in the list does not name a host that has it. What is none of these names
/// no host.
///
/// ```
/// use clientcookie::NoProxy;
///
/// let no_proxy = NoProxy::new("localhost, .example.com:8080, 10.0.0.0/8");
/// assert!(no_proxy.matches("localhost", 80));
/// assert!(no_proxy.matches("www.example.com", 8080) && !no_proxy.matches("www.example.com", 80));
/// assert!(no_proxy.matches("10.1.2.3", 443));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoProxy {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Hosts {
    Every,
    /// This host, and those below it. Its Unicode is encoded as URLs encode it.
    Domain(String),
    /// The addresses whose first so many bits are these.
    Network(IpAddr, u8),
}

impl NoProxy {
    /// The hosts of this list.
    pub fn new(list: &str) -> Self {
        let texts = list.split(|one: char| one == ',' || one.is_whitespace()).filter(|text| !text.is_empty());
        let entries = texts.filter_map(|text| {
            let entry = entry(text);
            if entry.is_none() {
                log::debug!(target: "clientcookie", "no_proxy: {text:?} names no host");
            }
            entry
        });
        Self { entries: entries.collect() }
    }

    /// Whether this host is reached without a proxy, on this port. The host may be written in any
    /// way that a URL's may.
    pub fn matches(&self, host: &str, port: u16) -> bool {
        let Some(host) = parse(host) else {
            // No entry names it but the one that names all.
            return self.entries.iter().any(|entry| entry.hosts == Hosts::Every && entry.is_for(port));
        };
        self.entries.iter().any(|entry| entry.is_for(port) && entry.hosts.contain(&host))
    }
}

impl From<&str> for NoProxy {
    fn from(list: &str) -> Self {
        Self::new(list)
    }
}

impl From<String> for NoProxy {
    fn from(list: String) -> Self {
        Self::new(&list)
    }
}

impl Entry {
    fn is_for(&self, port: u16) -> bool {
        self.port.is_none_or(|own| own == port)
    }
}

impl Hosts {
    fn contain(&self, host: &Host) -> bool {
        match (self, host) {
            (Self::Every, _) => true,
            (Self::Domain(domain), Host::Domain(name)) => {
                // A border between labels is what keeps `badexample.com` out of `example.com`.
                name.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            (Self::Network(network, bits), Host::Ipv4(address)) => is_in(IpAddr::V4(*address), *network, *bits),
            (Self::Network(network, bits), Host::Ipv6(address)) => {
                is_in(IpAddr::V6(*address), *network, *bits) || is_in(address.to_canonical(), *network, *bits)
            }
            _ => false,
        }
    }
}

fn entry(text: &str) -> Option<Entry> {
    if let Some((address, bits)) = text.split_once('/') {
        return Some(Entry { hosts: network(address, bits)?, port: None });
    }
    let is_address = text.parse::<IpAddr>().is_ok();
    let (host, port) = match text.rsplit_once(':') {
        // The colons of an IPv6 address are its own, unless it stands in brackets.
        Some((host, port)) if !is_address && !text.ends_with(']') => (host, Some(port.parse().ok()?)),
        _ => (text, None),
    };
    let hosts = match host {
        "*" => Hosts::Every,
        _ => match parse(host.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(host))? {
            Host::Domain(name) => Hosts::Domain(name),
            Host::Ipv4(address) => Hosts::Network(IpAddr::V4(address), 32),
            Host::Ipv6(address) => Hosts::Network(IpAddr::V6(address), 128),
        },
    };
    Some(Entry { hosts, port })
}

fn network(address: &str, bits: &str) -> Option<Hosts> {
    let address = bare(address).parse::<IpAddr>().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.parse::<u8>().ok().filter(|bits| *bits <= most)?;
    Some(Hosts::Network(address, bits))
}

/// A host as URLs have it: names in small letters of ASCII and without dots around them, addresses
/// as addresses.
fn parse(host: &str) -> Option<Host> {
    if let Ok(address) = bare(host).parse::<IpAddr>() {
        return Some(match address {
            IpAddr::V4(address) => Host::Ipv4(address),
            IpAddr::V6(address) => Host::Ipv6(address),
        });
    }
    let host = host.strip_prefix('.').unwrap_or(host);
    Host::parse(host.strip_suffix('.').unwrap_or(host)).ok()
}

fn bare(address: &str) -> &str {
    address.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(address)
}

fn is_in(address: IpAddr, network: IpAddr, bits: u8) -> bool {
    // Both in the upper bits of one number, so that the lower ones can be shifted out; all of them
    // at once may not be.
    let (address, network) = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            (u128::from(address.to_bits()) << 96, u128::from(network.to_bits()) << 96)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => (address.to_bits(), network.to_bits()),
        _ => return false,
    };
    (address ^ network).checked_shr(128 - u32::from(bits)).unwrap_or(0) == 0
}
