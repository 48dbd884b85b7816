//! The cookies of Internet Explorer: an `index.dat`, and a folder of small text files that it
//! names.

mod bitmap;
mod check;
pub(in crate::cookie) mod folder;
mod hash;
mod header;
pub(in crate::cookie) mod index;
mod record;
pub(in crate::cookie) mod text;
pub(in crate::cookie) mod time;
mod url_cache;

pub(in crate::cookie) use header::Kind;
pub(in crate::cookie) use record::{Record, cookie_location, is_ours};
pub(in crate::cookie) use url_cache::UrlCache;

use std::env;
use std::path::Path;

use super::{CookieFormat, FileError, FormatError, Loaded, file_bytes};
use folder::Reader;

/// The cookies of Internet Explorer 4 to 9, and of Wine: read only, as any format.
/// [`MsieDbCookieJar`](crate::cookie::MsieDbCookieJar) writes them in their place.
///
/// They lie in a folder: one text file for each user, host and path, and beside them an `index.dat`
/// that names the files. So there are three things to load:
///
/// - an `index.dat`, by its name: the text files that it names are read too, from its own folder;
/// - a folder, for Internet Explorer 10 and later, which have no `index.dat`: all its `.txt` and
///   `.cookie` files are read;
/// - one text file, by its name or from its bytes.
///
/// The limit of a file's size holds for the index, for each text file, and for all text files of a
/// load together.
///
/// ```
/// use clientcookie::cookie::{CookieFormat, MsieFormat};
///
/// let file = b"lang\nde\nexample.com/shop\n1025\n3138338816\n32108254\n0\n0\n*\n";
/// let loaded = MsieFormat::new().read(file)?;
/// let cookie = &loaded.cookies[0];
/// assert_eq!(cookie.to_string(), "<Cookie lang=de for example.com/shop>");
/// assert_eq!((cookie.secure(), cookie.expires()), (true, Some(2_145_916_800)));
/// # Ok::<(), clientcookie::cookie::FormatError>(())
/// ```
///
/// # The text file
///
/// Nine lines a cookie: the name; the value; the host and the path; flags; when it expires and when
/// it was made, each as the lower and the upper half of a FILETIME (100 ns since 1601-01-01
/// 00:00:00 UTC); and `*`. Of the flags, 1 is `Secure` and 0x2000 `HttpOnly`, as Windows names them
/// (`INTERNET_COOKIE_IS_SECURE`, `INTERNET_COOKIE_HTTPONLY`). The original took 0x2000 for
/// `Secure`, and so would have sent cookies with the true flag over plain http. It also stopped at
/// a cookie with an empty value, and at times before 1970; here both are read.
///
/// Internet Explorer does not say whether a server named the domain. As in the original it is taken
/// that it did not: a cookie of `example.com` goes to that host alone, unless the policy is
/// [`host_only(false)`](crate::cookie::DefaultCookiePolicy::host_only), as in the original's time.
///
/// # The index
///
/// `Client UrlCache MMF` of version 4.7 (Internet Explorer 4) or 5.2, or `WINE URLCache`. Its
/// records are walked by their lengths; those that are no cookie, are damaged, or are of another
/// [`user`](Self::username) are passed over. Nothing is taken from the names of the text files,
/// which differ from version to version, and a name is only looked up in the folder of the index:
/// it cannot lead out of it.
#[derive(Debug, Clone, Default)]
pub struct MsieFormat {
    username: Option<String>,
}

impl MsieFormat {
    /// The format, for the user who is logged in.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the user whose cookies are read of an index; case does not matter.
    ///
    /// Without it, on Windows the environment variable `USERNAME` decides, as in the original.
    /// Where there is none, and on other systems, whose user is not that of a copied folder,
    /// the cookies of all users are read.
    #[must_use]
    pub fn username(mut self, name: impl Into<String>) -> Self {
        self.username = Some(name.into());
        self
    }

    fn user(&self, is_windows: bool, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
        let logged_in = || variable("USERNAME").filter(|name| is_windows && !name.is_empty());
        self.username.clone().or_else(logged_in)
    }

    fn load(&self, path: &Path, limit: usize, later: bool) -> Result<Loaded, FileError> {
        if path.is_dir() {
            return Reader::new(path, limit, later)?.everything();
        }
        let bytes = file_bytes(path, limit)?;
        let wrong = |error| FileError::format(Some(path), error);
        if !index::is_index(&bytes) {
            return text::read(&bytes).map_err(wrong);
        }
        let user = self.user(cfg!(windows), |name| env::var(name).ok());
        let (entries, mut loaded) = index::read(&bytes, user.as_deref()).map_err(wrong)?;
        let mut reader = Reader::new(path.parent().unwrap_or(Path::new("")), limit, later)?;
        for entry in entries {
            reader.add(&entry, &mut loaded);
        }
        Ok(loaded)
    }
}

/// Who is logged in: on Windows `USERNAME` says so, on other systems `USER`, as for Wine.
pub(in crate::cookie) fn logged_in() -> Option<String> {
    env::var(if cfg!(windows) { "USERNAME" } else { "USER" }).ok().filter(|name| !name.is_empty())
}

impl CookieFormat for MsieFormat {
    /// The cookies of a text file. An index is refused, since the cookies are in other files: load
    /// it by its name.
    fn read(&self, bytes: &[u8]) -> Result<Loaded, FormatError> {
        if index::is_index(bytes) {
            return Err(FormatError::new(
                "an index.dat holds no cookies, but names the files that do: load it by name",
            ));
        }
        text::read(bytes)
    }

    fn read_file(&self, path: &Path, limit: usize) -> Result<Loaded, FileError> {
        self.load(path, limit, false)
    }

    fn read_file_later(&self, path: &Path, limit: usize) -> Result<Loaded, FileError> {
        self.load(path, limit, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_is_who_is_named_or_logged_in_on_windows() {
        let (new, named) = (MsieFormat::new(), MsieFormat::new().username("jane"));
        let (joe, empty, none) = (Some("joe".to_owned()), Some(String::new()), None);
        for (sentence, format, is_windows, variable, expected) in [
            ("named", &named, true, &joe, Some("jane")),
            ("logged in", &new, true, &joe, Some("joe")),
            ("nobody is", &new, true, &none, None),
            ("a variable without a name", &new, true, &empty, None),
            ("another system, whose user is not that of the folder", &new, false, &joe, None),
        ] {
            let user = format.user(is_windows, |name| variable.clone().filter(|_| name == "USERNAME"));
            assert_eq!(user.as_deref(), expected, "{sentence}");
        }
    }
}
