//! Browsers' own cookie stores: where they are, and, with the feature `sqlite`, the cookies in
//! them.

mod find;
mod places;
mod profiles;

#[cfg(feature = "sqlite")]
mod chromium;
#[cfg(feature = "sqlite")]
mod database;
#[cfg(feature = "sqlite")]
mod decrypt;
#[cfg(feature = "sqlite")]
mod firefox;
#[cfg(feature = "sqlite")]
mod fold;
mod known;
#[cfg(feature = "sqlite")]
mod origin;
#[cfg(any(feature = "json", feature = "sqlite"))]
mod partition;
#[cfg(feature = "sqlite")]
mod row;
#[cfg(feature = "sqlite")]
mod session;
#[cfg(feature = "sqlite")]
mod snapshot;

#[cfg(feature = "sqlite")]
pub use chromium::ChromiumFormat;
pub use find::{BrowserStore, find_browser_stores, find_browser_stores_on};
#[cfg(feature = "sqlite")]
pub use firefox::FirefoxFormat;
pub use known::{Browser, System};
#[cfg(feature = "json")]
pub(super) use partition::Partition;
