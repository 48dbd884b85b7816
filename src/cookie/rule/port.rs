//! RFC 2965 sections 3.3.2 and 3.3.4: cookies that keep to ports. Others are shared by all ports of
//! a host.

use crate::cookie::{Cookie, Refusal, Transaction};

/// Whether a response from this port may set a cookie for the ports that it names.
pub(in crate::cookie) fn may_name_ports(cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
    let Some(ports) = cookie.port().filter(|_| cookie.port_specified) else {
        return Ok(());
    };
    // Section 3.2.2: `portlist = 1#portnum`, `portnum = 1*DIGIT`.
    let is_number = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    if !ports.split(',').all(is_number) {
        return Err(Refusal::MalformedPort);
    }
    // Section 3.3.2: a cookie is rejected if "the Port attribute has a 'port-list', and the
    // request-port was not in the list."
    is_listed(ports, transaction)
}

/// Section 3.3.4: "The cookie MUST NOT be sent to a port that is not in the list."
pub(in crate::cookie) fn ports_match(cookie: &Cookie, transaction: &Transaction<'_>) -> Result<(), Refusal> {
    match cookie.port() {
        Some(ports) if !ports.is_empty() => is_listed(ports, transaction),
        _ => Ok(()),
    }
}

fn is_listed(ports: &str, transaction: &Transaction<'_>) -> Result<(), Refusal> {
    // Compared as text, as in the original: `080` is no port.
    let own = transaction.port().to_string();
    let listed = ports.split(',').any(|port| port == own);
    if listed { Ok(()) } else { Err(Refusal::PortMismatch) }
}
