//! The manual: how the crate is used, how it works, and where it differs from what it is the
//! rebirth of.
//!
//! - [`tour`]: from [`urlopen`] to a chain of one's own.
//! - [`porting`]: from Python to Rust, example by example, and a table of all names.
//! - [`handlers`]: the design of urllib2, taught: phases, orders, errors, and a handler of one's
//!   own.
//! - [`lesson`]: one page, read in twelve steps, for teachers.
//! - [`cookies`]: the jar, its policies, its files, and the history of the standards.
//! - [`differences`]: every departure from the original, and the switch that goes back.
//! - [`debugging`]: what to do when it does not work, and questions that are asked often.
//!
//! Every piece of Rust in it is compiled, and all that needs no network is run, by the tests of
//! this crate.

// What the chapters link to.
#[cfg(doc)]
use crate::{cookie::*, handler::*, *};

#[doc = include_str!("tour.md")]
pub mod tour {}

#[doc = include_str!("porting.md")]
pub mod porting {}

#[doc = include_str!("handlers.md")]
pub mod handlers {}

#[doc = include_str!("lesson.md")]
pub mod lesson {}

#[doc = include_str!("cookies.md")]
pub mod cookies {}

#[doc = include_str!("differences.md")]
pub mod differences {}

#[doc = include_str!("debugging.md")]
pub mod debugging {}
