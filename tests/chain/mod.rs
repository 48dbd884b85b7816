//! The handler chain of urllib2: which hook is called when, what a handler may do there, and how a
//! chain is put together.

mod building;
mod completing;
mod errors;
mod hooks;
mod mock;
mod order;
mod picture;
mod rounds;
