//! The two headers that carry cookies: `Set-Cookie` is read here, `Cookie` is written.

mod cookie;
mod set_cookie;

pub(super) use cookie::{length, write};
pub(super) use set_cookie::SetCookie;
