//! How cookies look in print: in full for `{}`, as in Python, and without their values for `{:?}`, because those may be
//! secrets, and Debug is what ends up in logs.

use std::fmt;

use super::{Cookie, CookieJar};

/// As in Python: `<Cookie name=value for domain/path>`. It shows the value; mind where you print it.
impl fmt::Display for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Cookie {}", self.name())?;
        if self.has_value() {
            write!(f, "={}", self.value_str())?;
        }
        write!(f, " for {}{}>", self.domain, self.path())
    }
}

/// All but the value, which may be a secret and prints as `***`.
impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cookie")
            .field("name", &self.name())
            .field("value", &format_args!("***"))
            .field("domain", &self.domain)
            .field("path", &self.path())
            .field("path_specified", &self.path_specified)
            .field("secure", &self.secure)
            .field("http_only", &self.http_only)
            .field("expires", &self.expires)
            .finish()
    }
}

/// As in Python: `<CookieJar[<Cookie a=b for example.com/>, ...]>`. It shows the values; mind where you print it.
impl fmt::Display for CookieJar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<CookieJar[")?;
        for (index, cookie) in self.iter().enumerate() {
            let between = if index == 0 { "" } else { ", " };
            write!(f, "{between}{cookie}")?;
        }
        f.write_str("]>")
    }
}

/// All cookies, without their values.
impl fmt::Debug for CookieJar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CookieJar ")?;
        f.debug_list().entries(self.iter()).finish()
    }
}
