//! [`PasswordMgr`] and those who implement it: which user and password are for which realm of which
//! URL.

use std::sync::{PoisonError, RwLock};

use url::Url;

use super::scope::Scope;
use crate::message::error::{Error, ErrorKind, Result};
use crate::message::urls::Userinfo;
use crate::redact;

/// Knows users and passwords (what urllib2 asks of a password manager). Implement it for a keyring
/// of your own.
///
/// ```
/// use clientcookie::{HttpBasicAuthHandler, PasswordMgr, Userinfo, build_opener};
/// use url::Url;
///
/// struct Asked;
///
/// impl PasswordMgr for Asked {
///     fn find_user_password(&self, realm: Option<&str>, url: &Url) -> Option<Userinfo> {
///         let password = std::env::var("INTRANET_PASSWORD").ok()?;
///         (url.host_str() == Some("intranet.example")).then(|| Userinfo::new("me", &password))
///     }
/// }
///
/// let opener = build_opener(HttpBasicAuthHandler::new(Asked));
/// ```
pub trait PasswordMgr: Send + Sync {
    /// Who the user is in this realm, for this URL; of a proxy, its own URL. `None` as the realm is
    /// anybody's who asks before there was a challenge.
    fn find_user_password(&self, realm: Option<&str>, url: &Url) -> Option<Userinfo>;

    /// Whether the password for this URL is to be sent without being asked for.
    fn is_authenticated(&self, url: &Url) -> bool {
        let _ = url;
        false
    }

    /// Whether the last request to this URL was answered with success.
    fn update_authenticated(&self, url: &Url, is_authenticated: bool) {
        let _ = (url, is_authenticated);
    }
}

/// A shared manager is a manager, so that passwords can be added while it is in use.
impl<M: PasswordMgr + ?Sized> PasswordMgr for std::sync::Arc<M> {
    fn find_user_password(&self, realm: Option<&str>, url: &Url) -> Option<Userinfo> {
        (**self).find_user_password(realm, url)
    }

    fn is_authenticated(&self, url: &Url) -> bool {
        (**self).is_authenticated(url)
    }

    fn update_authenticated(&self, url: &Url, is_authenticated: bool) {
        (**self).update_authenticated(url, is_authenticated);
    }
}

/// A list of passwords, with where they are for. The narrowest place wins, and of two the same the
/// one added last.
#[derive(Default)]
struct Passwords(RwLock<Vec<Entry>>);

struct Entry {
    realm: Option<String>,
    /// `None` for everywhere.
    scope: Option<Scope>,
    user: Userinfo,
    /// Whether the password is sent without being asked for.
    is_authenticated: bool,
}

impl Entry {
    /// How narrow its scope is, if the URL is in it.
    fn narrowness(&self, url: &Url) -> Option<usize> {
        match &self.scope {
            Some(scope) => scope.matches(url),
            None => Some(0),
        }
    }
}

impl Passwords {
    fn add(&self, realm: Option<&str>, place: Option<&str>, user: Userinfo, is_authenticated: bool) -> Result<()> {
        let scope = place.map(|place| {
            Scope::parse(place).ok_or_else(|| {
                let reason = "a password is for a URL, a host, or host:port".to_owned();
                Error::from(ErrorKind::InvalidUrl { url: redact::unparsed_url(place), reason })
            })
        });
        let scope = scope.transpose()?;
        let realm = realm.map(str::to_owned);
        let mut entries = self.0.write().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| entry.realm != realm || entry.scope != scope);
        entries.push(Entry { realm, scope, user, is_authenticated });
        Ok(())
    }

    fn find(&self, realm: Option<&str>, url: &Url) -> Option<Userinfo> {
        self.narrowest(url, |entry| entry.realm.as_deref() == realm, |entry| entry.user.clone())
    }

    fn narrowest<T>(&self, url: &Url, fits: impl Fn(&Entry) -> bool, give: impl Fn(&Entry) -> T) -> Option<T> {
        let entries = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let fitting = entries.iter().filter(|entry| fits(entry));
        let found = fitting.filter_map(|entry| Some((entry.narrowness(url)?, entry)));
        found.max_by_key(|(narrowness, _)| *narrowness).map(|(_, entry)| give(entry))
    }

    fn forget(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

macro_rules! manager {
    ($(#[$doc:meta])* $name:ident, |$passwords:ident, $realm:ident, $url:ident| $find:expr) => {
        $(#[$doc])*
        #[derive(Default)]
        pub struct $name {
            passwords: Passwords,
        }

        impl $name {
            /// No passwords yet.
            pub fn new() -> $name {
                $name::default()
            }

            /// Adds a password, in the place of an earlier one for the same realm and place. The
            /// place is a URL, which stands for what lies below it on the borders of path segments,
            /// or `host` or `host:port`, which stand for http and https. Of several places that fit
            /// a URL the one with the longest path is taken.
            ///
            /// # Errors
            /// [`ErrorKind::InvalidUrl`] when the place is none of these.
            pub fn add_password<'a>(
                &self,
                realm: impl Into<Option<&'a str>>,
                place: &str,
                user: &str,
                password: &str,
            ) -> Result<()> {
                self.passwords.add(realm.into(), Some(place), Userinfo::new(user, password), false)
            }

            /// Forgets all passwords.
            pub fn clear(&self) {
                self.passwords.forget();
            }
        }

        impl PasswordMgr for $name {
            fn find_user_password(&self, realm: Option<&str>, url: &Url) -> Option<Userinfo> {
                let ($passwords, $realm, $url) = (&self.passwords, realm, url);
                $find
            }
        }
    };
}

manager! {
    /// Passwords by realm and place (urllib2's `HTTPPasswordMgr`).
    ///
    /// ```
    /// use clientcookie::{HttpPasswordMgr, PasswordMgr};
    /// use url::Url;
    ///
    /// let passwords = HttpPasswordMgr::new();
    /// passwords.add_password("Staff", "https://example.com/staff", "me", "secret")?;
    /// passwords.add_password("Staff", "https://example.com/staff/boss", "boss", "secreter")?;
    ///
    /// let find = |url| passwords.find_user_password(Some("Staff"), &Url::parse(url).unwrap());
    /// assert_eq!(find("https://example.com/staff/x").unwrap().user(), "me");
    /// assert_eq!(find("https://example.com/staff/boss/x").unwrap().user(), "boss");
    /// assert!(find("https://example.com/staffroom").is_none());
    /// assert!(find("http://example.com/staff").is_none());
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    #[doc(alias = "HTTPPasswordMgr")]
    HttpPasswordMgr,
    |passwords, realm, url| passwords.find(realm, url)
}

manager! {
    /// The same, where a realm of `None` stands for every realm that has no password of its own
    /// (urllib2's `HTTPPasswordMgrWithDefaultRealm`).
    ///
    /// ```
    /// use clientcookie::{HttpBasicAuthHandler, HttpPasswordMgrWithDefaultRealm, build_opener};
    ///
    /// let passwords = HttpPasswordMgrWithDefaultRealm::new();
    /// passwords.add_password(None, "https://example.com/", "me", "secret")?;
    /// let opener = build_opener(HttpBasicAuthHandler::new(passwords));
    /// # Ok::<(), clientcookie::Error>(())
    /// ```
    #[doc(alias = "HTTPPasswordMgrWithDefaultRealm")]
    HttpPasswordMgrWithDefaultRealm,
    |passwords, realm, url| passwords.find(realm, url).or_else(|| passwords.find(None, url))
}

/// Passwords for proxies (ClientCookie's `HTTPProxyPasswordMgr`): a realm of `None` stands for
/// every realm, and a place of `None` for every proxy.
///
/// ```
/// use clientcookie::{HttpProxyPasswordMgr, ProxyBasicAuthHandler, ProxyHandler, build_opener};
///
/// let passwords = HttpProxyPasswordMgr::new();
/// passwords.add_password(None, "proxy.example:3128", "me", "secret")?;
/// let proxies = ProxyHandler::with_proxies([("http", "http://proxy.example:3128")]);
/// let opener = build_opener((proxies, ProxyBasicAuthHandler::new(passwords)));
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[derive(Default)]
#[doc(alias = "HTTPProxyPasswordMgr")]
pub struct HttpProxyPasswordMgr {
    passwords: Passwords,
}

impl HttpProxyPasswordMgr {
    /// No passwords yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a password, in the place of an earlier one for the same realm and proxy. The proxy is
    /// its URL, or `host` or `host:port`.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidUrl`] when it is none of these.
    pub fn add_password<'a>(
        &self,
        realm: impl Into<Option<&'a str>>,
        proxy: impl Into<Option<&'a str>>,
        user: &str,
        password: &str,
    ) -> Result<()> {
        self.passwords.add(realm.into(), proxy.into(), Userinfo::new(user, password), false)
    }

    /// Forgets all passwords.
    pub fn clear(&self) {
        self.passwords.forget();
    }
}

impl PasswordMgr for HttpProxyPasswordMgr {
    fn find_user_password(&self, realm: Option<&str>, url: &Url) -> Option<Userinfo> {
        self.passwords.find(realm, url).or_else(|| self.passwords.find(None, url))
    }
}

/// Passwords that are sent without being asked for, once they were accepted, or from the start
/// (`urllib.request.HTTPPasswordMgrWithPriorAuth`). Only
/// [`HttpBasicAuthHandler`](crate::HttpBasicAuthHandler) heeds it.
///
/// ```
/// use clientcookie::{HttpBasicAuthHandler, HttpPasswordMgrWithPriorAuth, build_opener};
///
/// let passwords = HttpPasswordMgrWithPriorAuth::new();
/// passwords.add_password(None, "https://example.com/api", "me", "secret", true)?;
/// let opener = build_opener(HttpBasicAuthHandler::new(passwords));
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[derive(Default)]
#[doc(alias = "HTTPPasswordMgrWithPriorAuth")]
pub struct HttpPasswordMgrWithPriorAuth {
    passwords: Passwords,
}

impl HttpPasswordMgrWithPriorAuth {
    /// No passwords yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a password, as [`HttpPasswordMgr::add_password`], and says whether it is sent before it
    /// was asked for.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidUrl`] when the place is no URL, `host` or `host:port`.
    pub fn add_password<'a>(
        &self,
        realm: impl Into<Option<&'a str>>,
        place: &str,
        user: &str,
        password: &str,
        is_authenticated: bool,
    ) -> Result<()> {
        let realm = realm.into();
        let user = Userinfo::new(user, password);
        if realm.is_some() {
            // Before a challenge there is no realm.
            self.passwords.add(None, Some(place), user.clone(), is_authenticated)?;
        }
        self.passwords.add(realm, Some(place), user, is_authenticated)
    }

    /// Forgets all passwords.
    pub fn clear(&self) {
        self.passwords.forget();
    }
}

impl PasswordMgr for HttpPasswordMgrWithPriorAuth {
    fn find_user_password(&self, realm: Option<&str>, url: &Url) -> Option<Userinfo> {
        self.passwords.find(realm, url).or_else(|| self.passwords.find(None, url))
    }

    fn is_authenticated(&self, url: &Url) -> bool {
        let is_known = |entry: &Entry| entry.realm.is_none();
        self.passwords.narrowest(url, is_known, |entry| entry.is_authenticated).unwrap_or(false)
    }

    fn update_authenticated(&self, url: &Url, is_authenticated: bool) {
        let mut entries = self.passwords.0.write().unwrap_or_else(PoisonError::into_inner);
        let fitting = entries.iter_mut().filter(|entry| entry.realm.is_none());
        let found = fitting.filter_map(|entry| Some((entry.narrowness(url)?, entry)));
        if let Some((_, entry)) = found.max_by_key(|(narrowness, _)| *narrowness) {
            entry.is_authenticated = is_authenticated;
        }
    }
}

macro_rules! hidden {
    ($($name:ident)*) => {$(
        /// Shows how many passwords there are, and none of them.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let count = self.passwords.0.read().unwrap_or_else(PoisonError::into_inner).len();
                f.debug_struct(stringify!($name)).field("passwords", &count).finish()
            }
        }
    )*};
}

hidden! { HttpPasswordMgr HttpPasswordMgrWithDefaultRealm HttpProxyPasswordMgr HttpPasswordMgrWithPriorAuth }
