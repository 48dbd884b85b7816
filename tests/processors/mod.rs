//! The processors that are not in every chain.

mod equiv;
mod refresh;
