//! [`build_opener`]: the default handlers, and whatever takes their places.

use std::sync::Arc;

use crate::chain::OpenerDirector;
#[cfg(feature = "ftp")]
use crate::handler::FtpHandler;
use crate::handler::HttpCookieProcessor;
use crate::handler::{
    DataHandler, FileHandler, Handler, HttpBasicAuthHandler, HttpDefaultErrorHandler, HttpDigestAuthHandler,
    HttpErrorProcessor, HttpHandler, HttpPasswordMgr, HttpProxyPasswordMgr, HttpRedirectHandler, HttpsHandler,
    ProxyDigestAuthHandler, ProxyHandler, UnknownHandler,
};
use crate::transport::UreqTransport;

/// An opener with the default handlers and those given: none, one, a tuple, a vector or an option
/// of them.
///
/// A handler of the [`kind`](Handler::kind) of a default one takes its place; every other one is
/// added after the defaults of its order. The defaults are [`ProxyHandler`], which reads the
/// environment now, [`UnknownHandler`], [`HttpHandler`], [`HttpsHandler`], [`FileHandler`],
/// [`DataHandler`], [`HttpDefaultErrorHandler`], [`HttpRedirectHandler`], [`HttpErrorProcessor`],
/// [`HttpCookieProcessor`] with a jar of its own, [`HttpBasicAuthHandler`] and
/// [`HttpDigestAuthHandler`] for passwords in URLs, and [`ProxyDigestAuthHandler`] for those
/// in proxies' URLs; with the feature `ftp`, `FtpHandler` too.
///
/// ```
/// use clientcookie::{CookieJar, HttpCookieProcessor, HttpHandler, build_opener};
///
/// let plain = build_opener(());
/// let jar = CookieJar::new();
/// let mine =
///     build_opener((HttpCookieProcessor::new(&jar), HttpHandler::new().http_debuglevel(1)));
/// assert_eq!(plain.handlers().count(), mine.handlers().count());
/// ```
pub fn build_opener(handlers: impl IntoHandlers) -> OpenerDirector {
    let own = handlers.into_handlers();
    let mut opener = OpenerDirector::new();
    let transport = Arc::new(UreqTransport::new());
    let defaults: Vec<Arc<dyn Handler>> = vec![
        Arc::new(ProxyHandler::new()),
        Arc::new(UnknownHandler::new()),
        Arc::new(HttpHandler::with_transport(Arc::clone(&transport))),
        Arc::new(HttpsHandler::with_transport(Arc::clone(&transport))),
        #[cfg(feature = "ftp")]
        Arc::new(FtpHandler::new().transport(transport)),
        Arc::new(FileHandler::new()),
        Arc::new(DataHandler::new()),
        Arc::new(HttpBasicAuthHandler::new(HttpPasswordMgr::new())),
        Arc::new(HttpDigestAuthHandler::new(HttpPasswordMgr::new())),
        Arc::new(HttpDefaultErrorHandler::new()),
        Arc::new(HttpRedirectHandler::new()),
        Arc::new(HttpErrorProcessor::new()),
        Arc::new(HttpCookieProcessor::default()),
        Arc::new(ProxyDigestAuthHandler::new(HttpProxyPasswordMgr::new())),
    ];
    for default in defaults {
        if !own.iter().any(|handler| handler.kind() == default.kind()) {
            opener.add_shared(default);
        }
    }
    for handler in own {
        opener.add_shared(handler);
    }
    opener
}

/// What [`build_opener`] takes: no handler, one, or one that may be missing; a tuple of up to
/// twelve of these; or a vector.
///
/// ```
/// use clientcookie::{
///     Handler, HttpGzipProcessor, HttpRefererProcessor, HttpRobotRulesProcessor, build_opener,
/// };
///
/// let polite = true;
/// let robots = polite.then(HttpRobotRulesProcessor::new);
/// let others: Vec<Box<dyn Handler>> =
///     vec![Box::new(HttpGzipProcessor::new()), Box::new(HttpRefererProcessor::new())];
/// let opener = build_opener((robots, others));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler",
    label = "not a handler, nor a tuple, a vector or an option of handlers",
    note = "a handler implements `clientcookie::Handler`; a tuple holds up to twelve"
)]
pub trait IntoHandlers {
    /// The handlers, in the order in which they were given.
    fn into_handlers(self) -> Vec<Arc<dyn Handler>>;
}

impl<H: Handler + 'static> IntoHandlers for H {
    fn into_handlers(self) -> Vec<Arc<dyn Handler>> {
        vec![Arc::new(self)]
    }
}

impl<H: IntoHandlers> IntoHandlers for Vec<H> {
    fn into_handlers(self) -> Vec<Arc<dyn Handler>> {
        self.into_iter().flat_map(IntoHandlers::into_handlers).collect()
    }
}

impl<H: IntoHandlers> IntoHandlers for Option<H> {
    fn into_handlers(self) -> Vec<Arc<dyn Handler>> {
        self.into_iter().flat_map(IntoHandlers::into_handlers).collect()
    }
}

impl IntoHandlers for () {
    fn into_handlers(self) -> Vec<Arc<dyn Handler>> {
        Vec::new()
    }
}

macro_rules! tuples {
    ($($first:ident $($rest:ident)*)?) => {$(
        impl<$first: IntoHandlers, $($rest: IntoHandlers),*> IntoHandlers for ($first, $($rest,)*) {
            #[expect(non_snake_case, reason = "the types' names serve as the values'")]
            fn into_handlers(self) -> Vec<Arc<dyn Handler>> {
                let ($first, $($rest,)*) = self;
                [$first.into_handlers(), $($rest.into_handlers()),*].into_iter().flatten().collect()
            }
        }
        tuples! { $($rest)* }
    )?};
}

tuples! { A B C D E F G H I J K L }
