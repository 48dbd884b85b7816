//! A jar that machines share.

use std::fmt;
use std::ops::Deref;

use super::RedisSettings;
use crate::cookie::{CookieJar, StoreError};

/// A [`CookieJar`] that lives on a Redis or Valkey server, which any number of machines share.
/// Feature `redis`.
///
/// It is used like the jar it holds, and there is nothing to load or save: a login by one is a
/// login of all.
///
/// ```no_run
/// use clientcookie::cookie::RedisCookieJar;
/// use clientcookie::{HttpCookieProcessor, build_opener};
///
/// let jar = RedisCookieJar::connect("redis://redis.example/?namespace=shop")?;
/// let opener = build_opener(HttpCookieProcessor::new(&jar));
/// # Ok::<(), clientcookie::cookie::StoreError>(())
/// ```
///
/// Session cookies are on the server like all others, since nobody but you knows when a session of
/// a fleet ends: then call [`clear_session_cookies`](CookieJar::clear_session_cookies). When the
/// server fails, the jar goes on as if there were no cookie, logs it, and says so when
/// [`take_store_error`](CookieJar::take_store_error) asks. [`RedisStore`](super::RedisStore) says
/// what it promises.
#[derive(Clone)]
pub struct RedisCookieJar(CookieJar);

impl RedisCookieJar {
    /// Connects to the server at this URL, as [`RedisSettings::new`] reads it. The policy is the
    /// safe default; [`set_policy`](CookieJar::set_policy) exchanges it.
    ///
    /// # Errors
    /// As [`RedisSettings::connect`].
    pub fn connect(url: &str) -> Result<Self, StoreError> {
        Ok(Self(CookieJar::with_store(RedisSettings::new(url).connect()?)))
    }

    /// The jar inside. `&` of this jar does as well where a `&CookieJar` is asked for.
    pub fn jar(&self) -> &CookieJar {
        &self.0
    }
}

impl Deref for RedisCookieJar {
    type Target = CookieJar;

    fn deref(&self) -> &CookieJar {
        &self.0
    }
}

/// Its cookies are not fetched for that.
impl fmt::Debug for RedisCookieJar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisCookieJar").finish_non_exhaustive()
    }
}
