//! Looking into the jar, and editing it by hand.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use super::CookieJar;
use crate::cookie::{Cookie, CookiePolicy, Reading, Refusal, Scope, StoreError, Stored, host, journal};

impl CookieJar {
    /// Stores a cookie without asking whether any server could set it, in the place of the one with
    /// the same domain, path and name. An expired cookie only removes that one. No limit ever
    /// evicts it.
    ///
    /// A cookie that could not be sent without damage, because of a control character, or a `;` or
    /// `=` that would make it two, is not stored; nor is one that could never be sent: its domain
    /// is no host (`http://example.com`, `example.com:8080`, nothing) or a public suffix
    /// (`.co.uk`), or its path does not begin with `/`. The log says so as a warning;
    /// [`set_cookie_if_ok`](Self::set_cookie_if_ok) returns an error.
    pub fn set_cookie(&self, mut cookie: Cookie) {
        if let Err(why) = admit(&mut cookie, &*self.current_policy()) {
            return journal::not_admitted(&cookie, why);
        }
        if cookie.is_expired(self.now()) {
            let removed = self.store().remove(cookie.domain(), cookie.path_bytes(), cookie.name_bytes());
            self.or_default(removed);
        } else {
            self.or_default(self.store().put(Arc::new(cookie), None).map(|_| ()));
        }
    }

    /// The same for the cookies of a file, expired or not, in one step; `instead` takes all others
    /// out.
    pub(in crate::cookie) fn keep_all(&self, cookies: Vec<Arc<Cookie>>, instead: bool) -> Result<(), StoreError> {
        self.store().put_all(cookies, instead).inspect_err(|error| self.remember(error))
    }

    /// All cookies as they are now, oldest first, or why the store does not give them.
    pub(in crate::cookie) fn snapshot(&self) -> Result<Vec<Stored>, StoreError> {
        self.store().snapshot().inspect_err(|error| self.remember(error))
    }

    /// Copies of all cookies as they are now, oldest first; expired ones are among them until they
    /// are cleared.
    pub fn iter(&self) -> std::vec::IntoIter<Cookie> {
        let all: Vec<Cookie> =
            self.or_default(self.store().snapshot()).into_iter().map(|stored| (*stored.cookie).clone()).collect();
        all.into_iter()
    }

    /// The cookie with this domain, path and name. `.example.com` and `example.com` are two
    /// domains, as in [`Cookie::domain`].
    pub fn get(&self, domain: &str, path: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Option<Cookie> {
        let found = self.store().get(&host::spell_domain(domain), path.as_ref(), name.as_ref());
        self.or_default(found).map(Arc::unwrap_or_clone)
    }

    /// Takes the cookie with this domain, path and name out of the jar.
    pub fn remove(&self, domain: &str, path: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Option<Cookie> {
        let removed = self.store().remove(&host::spell_domain(domain), path.as_ref(), name.as_ref());
        self.or_default(removed).map(Arc::unwrap_or_clone)
    }

    /// Removes all cookies. Python's `clear` without arguments.
    pub fn clear(&self) {
        self.or_default(self.store().remove_all(Scope::All));
    }

    /// Removes the cookies of a domain, as [`Cookie::domain`] spells it, and says how many there
    /// were. Python's `clear` with one argument.
    ///
    /// # Errors
    /// [`ClearError::NothingMatched`] if there was none.
    pub fn clear_domain(&self, domain: &str) -> Result<usize, ClearError> {
        self.clear_scope(Scope::Domain(&host::spell_domain(domain)))
    }

    /// Removes the cookies of a domain and path, and says how many there were. Python's `clear`
    /// with two arguments.
    ///
    /// # Errors
    /// [`ClearError::NothingMatched`] if there was none.
    pub fn clear_path(&self, domain: &str, path: impl AsRef<[u8]>) -> Result<usize, ClearError> {
        self.clear_scope(Scope::Path(&host::spell_domain(domain), path.as_ref()))
    }

    /// Removes the cookie with this domain, path and name, and returns it. Python's `clear` with
    /// three arguments.
    ///
    /// # Errors
    /// [`ClearError::NothingMatched`] if there is none.
    pub fn clear_cookie(
        &self,
        domain: &str,
        path: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
    ) -> Result<Cookie, ClearError> {
        let removed = self.store().remove(&host::spell_domain(domain), path.as_ref(), name.as_ref());
        let removed = removed.map_err(|error| self.failed(error))?;
        removed.map(Arc::unwrap_or_clone).ok_or(ClearError::NothingMatched)
    }

    /// Removes the session cookies, which a browser forgets when it is closed: [`Cookie::discard`].
    pub fn clear_session_cookies(&self) {
        self.or_default(self.store().remove_all(Scope::Session));
    }

    /// Removes the cookies that have expired. They are never sent, so this only frees their memory.
    pub fn clear_expired_cookies(&self) {
        self.or_default(self.store().remove_all(Scope::Expired(self.now())));
    }

    /// How many cookies the jar holds, expired ones included.
    pub fn len(&self) -> usize {
        self.or_default(self.store().len())
    }

    /// Whether the jar holds no cookie.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn clear_scope(&self, scope: Scope<'_>) -> Result<usize, ClearError> {
        match self.store().remove_all(scope).map_err(|error| self.failed(error))? {
            0 => Err(ClearError::NothingMatched),
            removed => Ok(removed),
        }
    }

    fn failed(&self, error: StoreError) -> ClearError {
        self.remember(&error);
        ClearError::Store(error)
    }
}

/// Makes a cookie ready that no response has set: one put in by hand, or read from a file. What
/// could never be sent is refused, unless the jar is to do as the original did, which keeps it.
pub(in crate::cookie) fn admit(cookie: &mut Cookie, policy: &dyn CookiePolicy) -> Result<(), Refusal> {
    let classic = policy.protocols().reading == Reading::Classic;
    if !classic {
        cookie.drop_name();
    }
    match policy.storable(cookie) {
        Ok(()) if !classic && !host::is_host(cookie.owner_bytes()) => Err(Refusal::MalformedDomain),
        Ok(()) if !classic && !cookie.path_bytes().starts_with(b"/") => Err(Refusal::RelativePath),
        // Nobody but the suffix itself would get it, and that one is a host for which no dot is
        // needed.
        Ok(()) if cookie.is_dotted() && policy.is_public_suffix(cookie.owner()) => Err(Refusal::PublicSuffix),
        answer => answer,
    }
}

/// Why nothing was cleared.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ClearError {
    /// There is no such cookie. Python's `KeyError`.
    NothingMatched,
    /// The store failed.
    Store(StoreError),
}

impl fmt::Display for ClearError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingMatched => f.write_str("no cookie in the jar matches"),
            Self::Store(error) => write!(f, "the cookie store failed: {error}"),
        }
    }
}

impl Error for ClearError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::NothingMatched => None,
            Self::Store(error) => Some(error),
        }
    }
}
