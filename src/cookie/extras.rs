//! What few cookies have, kept apart so that the many stay small.

/// What RFC 2109 and RFC 2965 add to a cookie.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Extras {
    pub(super) port: Option<Box<str>>,
    pub(super) comment: Option<Box<[u8]>>,
    pub(super) comment_url: Option<Box<[u8]>>,
}

impl Extras {
    /// None if there is nothing to keep.
    pub(super) fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}
