//! The chain: the opener and how a URL goes through its handlers, what stands in it unless the
//! program says otherwise, and the one opener of the whole program.

mod build;
mod draw;
mod global;
mod opener;
mod retrieve;

pub use build::{IntoHandlers, build_opener};
pub use global::{install_opener, urlopen, urlretrieve};
pub use opener::OpenerDirector;
pub use retrieve::Retrieve;
