//! A jar that lives in a database.

use std::fmt;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::SqliteStore;
use crate::cookie::{CookieJar, FileError};

/// A [`CookieJar`] that lives in an SQLite database: every change is on the disk at once, and
/// programs that run at the same time share the cookies. Feature `sqlite`.
///
/// It is used like the jar it holds, and there is nothing to load or save. The original's
/// `BSDDBCookieJar` kept its cookies in a Berkeley DB in this way.
///
/// ```
/// use clientcookie::cookie::{Cookie, SqliteCookieJar};
/// use clientcookie::{HttpCookieProcessor, build_opener};
///
/// # let folder = std::env::temp_dir().join(format!("clientcookie-doc-sqlite-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder)?;
/// # let file = folder.join("cookies.db");
/// let jar = SqliteCookieJar::create(&file)?;
/// let opener = build_opener(HttpCookieProcessor::new(&jar));
/// // ... URLs are opened ...
/// # let _ = opener;
/// jar.set_cookie(Cookie::new("sid", "31d4", "www.example.com"));
///
/// let elsewhere = SqliteCookieJar::create(&file)?;         // another program, at the same time
/// assert_eq!(elsewhere.get("www.example.com", "/", "sid").unwrap().value(), b"31d4");
/// # drop((jar, elsewhere));
/// # std::fs::remove_dir_all(&folder)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Sessions
///
/// Session cookies are in the database like all others, since nobody but you knows when a session
/// of several programs ends: then call [`clear_session_cookies`](CookieJar::clear_session_cookies).
///
/// # When the database fails
///
/// The jar goes on as if there were no cookie, logs it, and says so when
/// [`take_store_error`](CookieJar::take_store_error) asks. [`SqliteStore`] says what it promises,
/// and is what a jar with a policy or clock of your own is made over.
#[doc(alias = "BSDDBCookieJar")]
#[derive(Clone)]
pub struct SqliteCookieJar {
    jar: CookieJar,
    path: PathBuf,
}

impl SqliteCookieJar {
    /// Opens the database of this name, or makes it, readable by its owner only, if there is no
    /// such file. The policy is the safe default; [`set_policy`](CookieJar::set_policy)
    /// exchanges it.
    ///
    /// # Errors
    /// As [`SqliteStore::create`].
    #[doc(alias = "CreateBSDDBCookieJar")]
    pub fn create(path: impl AsRef<Path>) -> Result<Self, FileError> {
        let store = SqliteStore::create(path)?;
        let path = store.path().to_owned();
        Ok(Self { jar: CookieJar::with_store(store), path })
    }

    /// The jar inside. `&` of this jar does as well where a `&CookieJar` is asked for.
    pub fn jar(&self) -> &CookieJar {
        &self.jar
    }

    /// The file, by its full name.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Deref for SqliteCookieJar {
    type Target = CookieJar;

    fn deref(&self) -> &CookieJar {
        &self.jar
    }
}

impl fmt::Debug for SqliteCookieJar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteCookieJar").field("jar", &self.jar).field("path", &self.path).finish()
    }
}
