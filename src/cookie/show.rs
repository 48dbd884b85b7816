//! How cookies look in print: in full for `{}`, and without their values for `{:?}`, because those
//! may be secrets, and Debug is what ends up in logs. Both as Python prints them.

use std::fmt::{self, Write};

use super::{Cookie, CookieJar};

/// As in Python: `<Cookie name=value for domain:port/path>`. It shows the value; mind where you
/// print it.
impl fmt::Display for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<Cookie ")?;
        let (name, value) = self.as_pair();
        write_shown(f, &String::from_utf8_lossy(name))?;
        if let Some(value) = value {
            f.write_char('=')?;
            write_shown(f, &String::from_utf8_lossy(value))?;
        }
        write!(f, " for {}", self.domain())?;
        if let Some(port) = self.port() {
            write!(f, ":{port}")?;
        }
        write_shown(f, &self.path())?;
        f.write_char('>')
    }
}

/// Control characters are escaped, so that no server writes to your terminal.
fn write_shown(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    for character in text.chars() {
        if character.is_control() {
            write!(f, "{}", character.escape_default())?;
        } else {
            f.write_char(character)?;
        }
    }
    Ok(())
}

/// As Python's `repr`, but for the value, which may be a secret and prints as `***`.
impl fmt::Debug for Cookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Without a value, the name is all that the header said, and may be the secret itself.
        let name = if self.has_value() { self.name() } else { "***".into() };
        write!(f, "Cookie(version={}, name={}, ", self.version(), Quoted(Some(&name)))?;
        write!(f, "value={}, ", Quoted(self.has_value().then_some("***")))?;
        write!(f, "port={}, port_specified={}, ", Quoted(self.port()), Truth(self.port_specified()))?;
        write!(f, "domain={}, ", Quoted(Some(self.domain())))?;
        write!(f, "domain_specified={}, ", Truth(self.domain_specified()))?;
        write!(f, "domain_initial_dot={}, ", Truth(self.domain_initial_dot()))?;
        write!(f, "path={}, ", Quoted(Some(&self.path())))?;
        write!(f, "path_specified={}, secure={}, ", Truth(self.path_specified()), Truth(self.secure()))?;
        match self.expires() {
            Some(expires) => write!(f, "expires={expires}, ")?,
            None => f.write_str("expires=None, ")?,
        }
        write!(f, "discard={}, ", Truth(self.discard()))?;
        write!(f, "comment={}, ", Quoted(self.comment().as_deref()))?;
        write!(f, "comment_url={}, rest={{", Quoted(self.comment_url().as_deref()))?;
        for (index, (name, value)) in self.nonstandard_attributes().enumerate() {
            let between = if index == 0 { "" } else { ", " };
            write!(f, "{between}{}: {}", Quoted(Some(&name)), Quoted(value.as_deref()))?;
        }
        write!(f, "}}, rfc2109={})", Truth(self.rfc2109()))
    }
}

/// A string of Python's, or its `None`.
struct Quoted<'a>(Option<&'a str>);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(text) = self.0 else {
            return f.write_str("None");
        };
        f.write_char('\'')?;
        for character in text.chars() {
            match character {
                '\'' | '\\' => write!(f, "\\{character}")?,
                control if control.is_control() => write!(f, "{}", control.escape_default())?,
                plain => f.write_char(plain)?,
            }
        }
        f.write_char('\'')
    }
}

struct Truth(bool);

impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0 { "True" } else { "False" })
    }
}

/// As in Python: `<CookieJar[<Cookie a=b for example.com/>, ...]>`. It shows the values; mind where
/// you print it.
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

/// As in Python, without the values.
impl fmt::Debug for CookieJar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<CookieJar[")?;
        for (index, cookie) in self.iter().enumerate() {
            let between = if index == 0 { "" } else { ", " };
            write!(f, "{between}{cookie:?}")?;
        }
        f.write_str("]>")
    }
}
