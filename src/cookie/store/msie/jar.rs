//! A jar that lives in a cookie folder of Internet Explorer.

use std::fmt;
use std::ops::Deref;
use std::path::Path;

use super::MsieStore;
use crate::cookie::{CookieJar, FileError};

/// A [`CookieJar`] that lives in the cookie folder of Internet Explorer or of Wine: every change is
/// in its `index.dat` and its text files at once.
///
/// It is used like the jar it holds, and there is nothing to load or save. This is what the
/// original's unfinished `MSIEDBCookieJar` was to be.
/// [`MsieCookieJar`](crate::cookie::MsieCookieJar) reads more kinds of such folders, and changes
/// none.
///
/// ```
/// use clientcookie::cookie::{Cookie, MsieCookieJar, MsieDbCookieJar};
/// use clientcookie::{HttpCookieProcessor, build_opener};
///
/// # let folder = std::env::temp_dir().join(format!("clientcookie-doc-msiedb-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// let jar = MsieDbCookieJar::create(&folder)?;
/// let opener = build_opener(HttpCookieProcessor::new(&jar));
/// // ... URLs are opened ...
/// # let _ = opener;
/// jar.set_cookie(Cookie::new("lang", "de", "example.com").with_expires(2_145_916_800));
///
/// let reader = MsieCookieJar::new(folder.join("index.dat"));
/// reader.load()?;
/// assert_eq!(reader.get("example.com", "/", "lang").unwrap().value(), b"de");
/// # drop(jar);
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # What is in the folder, and what is not
///
/// Cookies that expire are. Session cookies are not, as with Internet Explorer: they are in memory,
/// for as long as the jar and its clones live. [`MsieStore`] says what else the format has no room
/// for, how programs share a folder, and when it refuses to write.
///
/// # When the folder fails
///
/// The jar goes on as if there were no cookie, logs it, and says so when
/// [`take_store_error`](CookieJar::take_store_error) asks.
#[doc(alias = "MSIEDBCookieJar")]
#[derive(Clone)]
pub struct MsieDbCookieJar {
    jar: CookieJar,
    path: Box<Path>,
}

impl MsieDbCookieJar {
    /// A jar in this folder, for the user that [`MsieStore::username`] speaks of. The policy is the
    /// safe default; [`set_policy`](CookieJar::set_policy) exchanges it.
    ///
    /// # Errors
    /// As [`MsieStore::create`].
    pub fn create(folder: impl AsRef<Path>) -> Result<Self, FileError> {
        MsieStore::create(folder).map(Self::with_store)
    }

    /// A jar over a store, which may be that of another user.
    pub fn with_store(store: MsieStore) -> Self {
        let path = store.path().into();
        Self { jar: CookieJar::with_store(store), path }
    }

    /// The jar inside. `&` of this jar does as well where a `&CookieJar` is asked for.
    pub fn jar(&self) -> &CookieJar {
        &self.jar
    }

    /// The `index.dat`, by its full name.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Deref for MsieDbCookieJar {
    type Target = CookieJar;

    fn deref(&self) -> &CookieJar {
        &self.jar
    }
}

impl fmt::Debug for MsieDbCookieJar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MsieDbCookieJar").field("jar", &self.jar).field("path", &self.path).finish()
    }
}
