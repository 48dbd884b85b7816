//! The one opener that everybody shares: [`urlopen`], [`urlretrieve`] and [`install_opener`].

use std::sync::{Arc, PoisonError, RwLock};

use crate::chain::{OpenerDirector, Retrieve, build_opener};
use crate::message::error::Result;
use crate::message::request::IntoRequest;
use crate::message::response::Response;
use crate::message::retrieved::Retrieved;

/// The only static of the crate.
static OPENER: RwLock<Option<Arc<OpenerDirector>>> = RwLock::new(None);

/// Opens a URL with the installed opener, or, if none is installed, with one that [`build_opener`]
/// makes from the default handlers at the first call. Cookies are kept from one call to the next.
///
/// It is for programs. A library takes an `&OpenerDirector` from its caller instead: the global one
/// belongs to the application.
///
/// ```no_run
/// let mut response = clientcookie::urlopen("https://example.com/")?;
/// println!("{}\n{}", response.url(), response.headers());
/// std::io::copy(&mut response, &mut std::io::stdout())?;
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// # Errors
/// As [`OpenerDirector::open`].
pub fn urlopen(request: impl IntoRequest) -> Result<Response> {
    // The lock is held for as long as it takes to copy a pointer; a request keeps the opener it
    // began with.
    opener().open(request)
}

/// Opens a URL with the installed opener and puts its body into a file: a path, or `()` for a
/// temporary one (urllib's `urlretrieve`). [`Retrieve`] has more to say about how.
///
/// A file of this machine (`file:`) without a path to copy it to is where it is.
///
/// ```no_run
/// use clientcookie::urlretrieve;
///
/// urlretrieve("https://example.com/latest.tar.gz", "latest.tar.gz")?;
///
/// let page = urlretrieve("https://example.com/", ())?;
/// println!("{} {}", page.headers(), std::fs::read_to_string(page.path())?);
/// // page is dropped, and its file with it
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// # Errors
/// As [`OpenerDirector::retrieve`].
pub fn urlretrieve<'a>(request: impl IntoRequest, how: impl Into<Retrieve<'a>>) -> Result<Retrieved> {
    opener().retrieve(request, how)
}

/// Makes an opener the one that [`urlopen`] uses, from the next call on and for every thread. Pass
/// an `Arc` to keep it at hand.
///
/// A request that is on its way keeps the opener it began with: the one that is replaced goes with
/// the last of them.
///
/// ```
/// use clientcookie::{CookieJar, HttpCookieProcessor, build_opener, install_opener};
///
/// let jar = CookieJar::new();
/// install_opener(build_opener(HttpCookieProcessor::new(&jar)));
/// ```
pub fn install_opener(opener: impl Into<Arc<OpenerDirector>>) {
    let opener = opener.into();
    let old = OPENER.write().unwrap_or_else(PoisonError::into_inner).replace(opener);
    // Dropped only now: a handler of the user's may call back here when it goes.
    drop(old);
}

fn opener() -> Arc<OpenerDirector> {
    let installed = OPENER.read().unwrap_or_else(PoisonError::into_inner).clone();
    installed.unwrap_or_else(|| {
        let fresh = Arc::new(build_opener(()));
        let mut slot = OPENER.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slot.get_or_insert(fresh))
    })
}
