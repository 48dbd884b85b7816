//! What pages ask for: headers in their markup, and another URL.

pub(super) mod equiv;
pub(super) mod refresh;
