//! [`Hook`]: the hooks of a handler, each declared once.

use std::sync::Arc;

use super::{Answer, Handler, Kind, Parent};
use crate::message::error::{Error, HttpErrorCause, Result};
use crate::message::request::Request;
use crate::message::response::Response;

/// When a [`Hook`] is called: the columns of the picture that an opener draws of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HookPhase {
    /// On the way down, before anybody answers.
    Request,
    /// Until somebody answers.
    Open,
    /// On the way of an answer.
    Response,
    /// When opening failed, or the answer is no success.
    Error,
}

/// Declares the hooks in the order in which they are called, each with its phase and its method:
/// what `Hook` is, and how a handler behind a pointer is asked.
macro_rules! hooks {
    ($($phase:ident: $hook:ident = $method:ident($($argument:ident: $type:ty),*) -> $output:ty;)*) => {
        /// The hooks of a [`Handler`], to be named in [`Handler::hooks`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Hook {
            $(
                #[doc = concat!("[`Handler::", stringify!($method), "`].")]
                $hook,
            )*
        }

        impl Hook {
            /// All of them, in the order in which they are called.
            pub const ALL: &'static [Hook] = &[$(Hook::$hook),*];

            /// The name of its method, which is urllib2's.
            pub fn name(self) -> &'static str {
                match self {
                    $(Hook::$hook => stringify!($method),)*
                }
            }

            /// When it is called.
            pub fn phase(self) -> HookPhase {
                match self {
                    $(Hook::$hook => HookPhase::$phase,)*
                }
            }
        }

        hooks! { @behind Arc $($method($($argument: $type),*) -> $output;)* }
        hooks! { @behind Box $($method($($argument: $type),*) -> $output;)* }
    };
    (@behind $pointer:ident $($method:ident($($argument:ident: $type:ty),*) -> $output:ty;)*) => {
        /// A handler behind a pointer is a handler: an `Arc` is shared by several openers, or kept
        /// to be asked later; a `Box<dyn Handler>` stands among others of other types.
        impl<H: Handler + ?Sized> Handler for $pointer<H> {
            fn order(&self) -> i32 {
                (**self).order()
            }

            fn kind(&self) -> Option<Kind> {
                (**self).kind()
            }

            fn schemes(&self) -> &[&str] {
                (**self).schemes()
            }

            fn hooks(&self) -> &[Hook] {
                (**self).hooks()
            }

            fn name(&self) -> &str {
                (**self).name()
            }

            $(
                fn $method(&self, $($argument: $type),*) -> $output {
                    (**self).$method($($argument),*)
                }
            )*
        }
    };
}

/// Writes a handler's [`hooks`](Handler::hooks) by looking at which methods it has, so that an
/// opener draws it as it is. It takes one `impl`, as it would be written without.
///
/// ```
/// use clientcookie::{Handler, Parent, Request, Result, build_opener, handler};
///
/// struct German;
///
/// handler! {
///     impl Handler for German {
///         fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
///             request.add_unredirected_header("Accept-Language", "de")
///         }
///     }
/// }
///
/// let picture = build_opener(German).to_string();
/// let line = picture.lines().find(|line| line.contains("German")).unwrap();
/// assert!(line.contains("http(s)_request"));
/// ```
#[macro_export]
macro_rules! handler {
    (impl $handler:ident for $type:ty {
        $($(#[$meta:meta])* fn $method:ident($($arguments:tt)*) $(-> $output:ty)? $body:block)*
    }) => {
        impl $handler for $type {
            fn hooks(&self) -> &[$crate::Hook] {
                static HOOKS: std::sync::OnceLock<Vec<$crate::Hook>> = std::sync::OnceLock::new();
                HOOKS.get_or_init(|| {
                    let methods: &[&str] = &[$(stringify!($method)),*];
                    $crate::Hook::ALL.iter().copied().filter(|hook| methods.contains(&hook.name())).collect()
                })
            }

            $($(#[$meta])* fn $method($($arguments)*) $(-> $output)? $body)*
        }
    };
}

hooks! {
    Request: AnyRequest = any_request(parent: &dyn Parent, request: &mut Request) -> Result<()>;
    Request: HttpRequest = http_request(parent: &dyn Parent, request: &mut Request) -> Result<()>;
    Request: HttpsRequest = https_request(parent: &dyn Parent, request: &mut Request) -> Result<()>;
    Request: OtherRequest = other_request(parent: &dyn Parent, request: &mut Request) -> Result<()>;
    Open: DefaultOpen = default_open(parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>>;
    Open: Open = open(parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>>;
    Open: UnknownOpen = unknown_open(parent: &dyn Parent, request: &mut Request) -> Result<Option<Response>>;
    Error: OpenError = open_error(parent: &dyn Parent, request: &Request, error: Error) -> Result<Answer<Error>>;
    Response: AnyResponse = any_response(parent: &dyn Parent, request: &Request, response: Response) -> Result<Response>;
    Response: HttpResponse = http_response(parent: &dyn Parent, request: &Request, response: Response) -> Result<Response>;
    Response: HttpsResponse = https_response(parent: &dyn Parent, request: &Request, response: Response) -> Result<Response>;
    Response: OtherResponse = other_response(parent: &dyn Parent, request: &Request, response: Response) -> Result<Response>;
    Error: HttpError = http_error(parent: &dyn Parent, request: &Request, response: Response) -> Result<Answer>;
    Error: HttpErrorDefault = http_error_default(parent: &dyn Parent, request: &Request, response: Response) -> Result<Answer>;
    Error: Refresh = refresh(parent: &dyn Parent, request: &Request, response: &Response, url: &str) -> Option<Result<Request, HttpErrorCause>>;
}
