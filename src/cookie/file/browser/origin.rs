//! Firefox's origin attributes: what sets a cookie apart from those that every window has.

use url::form_urlencoded;

use super::partition::Partition;
use crate::cookie::Cookie;
use crate::cookie::file::Reason;

/// The attributes that are set, by name.
#[derive(Default)]
pub(super) struct Origin(Vec<(String, String)>);

impl Origin {
    /// From the form in `cookies.sqlite`, as
    /// `^userContextId=2&partitionKey=%28https%2Cshop.test%29`.
    pub(super) fn parse(suffix: &[u8]) -> Self {
        let pairs = form_urlencoded::parse(suffix.strip_prefix(b"^").unwrap_or(suffix));
        // A colon cannot be in a file's name, so `+` stands for it.
        Self::new(pairs.map(|(name, value)| (name.into_owned(), value.replace('+', ":"))))
    }

    /// From names and values; those with the value of every window are none.
    pub(super) fn new(pairs: impl Iterator<Item = (String, String)>) -> Self {
        Self(pairs.filter(|(_, value)| !["", "0", "false"].contains(&&**value)).collect())
    }

    /// Whether the cookie is sent on a visit to its site, from a window that is neither private nor
    /// in a container.
    pub(super) fn is_for_visits(&self, host: &[u8], secure: bool) -> Result<(), Reason> {
        self.0.iter().try_for_each(|(name, value)| match &**name {
            // The second is that of first-party isolation, which the Tor Browser has.
            "partitionKey" | "firstPartyDomain" => Partition::of_firefox(value)?.is_own_of(host, secure),
            "privateBrowsingId" => Err(Reason::PrivateWindow),
            // Before there were containers, there were apps.
            "appId" | "addonId" | "inBrowser" | "inIsolatedMozBrowser" => Err(Reason::OtherApp),
            _ => Err(Reason::OtherContainer),
        })
    }
    /// The cookie with what the browser says of it in attributes, for whoever reads those of all
    /// containers.
    pub(super) fn mark(&self, mut cookie: Cookie, partitioned: bool) -> Cookie {
        if partitioned {
            cookie = cookie.with_attribute("Partitioned", None);
        }
        if !self.0.is_empty() {
            cookie = cookie.with_attribute("originAttributes", &*self.suffix());
        }
        cookie
    }

    /// The form in `cookies.sqlite`.
    fn suffix(&self) -> String {
        let mut pairs = form_urlencoded::Serializer::for_suffix(String::from("^"), 1);
        pairs.extend_pairs(self.0.iter().map(|(name, value)| (name, value.replace(':', "+"))));
        pairs.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_written_as_they_are_read() {
        for suffix in ["^userContextId=2", "^userContextId=2&partitionKey=%28http%2C%5B%2B%2B1%5D%2C8080%29"] {
            assert_eq!(Origin::parse(suffix.as_bytes()).suffix(), suffix);
        }
    }
}
