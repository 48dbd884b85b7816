//! What few cookies have, kept apart so that the many stay small.

/// The rare attributes of a cookie.
#[derive(Clone, Default)]
pub(super) struct Extras {
    pub(super) port: Option<Box<str>>,
    pub(super) comment: Option<Box<[u8]>>,
    pub(super) comment_url: Option<Box<[u8]>>,
    /// The attributes that no protocol knows, in the order of the header.
    pub(super) rest: Vec<Attribute>,
}

/// The order of attributes means nothing: the original has them in a dictionary, and writes them sorted.
impl PartialEq for Extras {
    fn eq(&self, other: &Self) -> bool {
        (&self.port, &self.comment, &self.comment_url) == (&other.port, &other.comment, &other.comment_url)
            && (self.rest == other.rest || self.rest.len() == other.rest.len() && self.sorted() == other.sorted())
    }
}

impl Eq for Extras {}

/// A name, and a value if there was a `=`.
pub(super) type Attribute = (Box<[u8]>, Option<Box<[u8]>>);

impl Extras {
    pub(super) fn find(&self, name: &[u8]) -> Option<&Attribute> {
        self.rest.iter().find(|(other, _)| other.eq_ignore_ascii_case(name))
    }

    /// Sets an attribute in the place of the one with its name.
    pub(super) fn set(&mut self, name: &[u8], value: Option<Box<[u8]>>) {
        match self.rest.iter_mut().find(|(other, _)| other.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value,
            None => self.rest.push((name.into(), value)),
        }
    }

    fn sorted(&self) -> Vec<&Attribute> {
        let mut rest: Vec<&Attribute> = self.rest.iter().collect();
        rest.sort_unstable();
        rest
    }

    /// None if there is nothing to keep.
    pub(super) fn boxed(self) -> Option<Box<Self>> {
        (self != Self::default()).then(|| Box::new(self))
    }
}
