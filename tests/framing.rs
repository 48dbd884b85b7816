//! Where an answer ends: what is refused, what is taken, and that no byte too many or too few gets
//! by.

pub mod leftovers;
mod refusals;
mod truncation;
