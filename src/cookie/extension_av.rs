//! The attributes that no cookie protocol knows, such as `SameSite` (`extension-av`, RFC 6265
//! section 4.1.1), packed: they lie behind a
//! cookie's other texts, and in a column of the database.
//!
//! Each is the length of its name, the name, one more than the length of its value or 0 if it has
//! none, and the value; lengths are four bytes, the lowest first.

/// A name, and a value if there was a `=`.
pub(super) type Attribute<'a> = (&'a [u8], Option<&'a [u8]>);

/// Appends an attribute.
pub(super) fn push(packed: &mut Vec<u8>, (name, value): Attribute<'_>) {
    // Past four GiB, which nothing lets in, the attributes would end here, and no more.
    let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
    packed.reserve(8 + name.len() + value.map_or(0, <[u8]>::len));
    packed.extend_from_slice(&length(name.len()));
    packed.extend_from_slice(name);
    packed.extend_from_slice(&length(value.map_or(0, |value| value.len() + 1)));
    packed.extend_from_slice(value.unwrap_or_default());
}

/// All of these.
pub(super) fn pack<'a>(attributes: impl IntoIterator<Item = Attribute<'a>>) -> Vec<u8> {
    let mut packed = Vec::new();
    attributes.into_iter().for_each(|attribute| push(&mut packed, attribute));
    packed
}

/// The attributes, one after the other. They end where there is none.
#[derive(Clone)]
pub(super) struct Attributes<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut rest = self.0;
        let length = take_length(&mut rest)?;
        let name = take(&mut rest, length)?;
        let value = match take_length(&mut rest)?.checked_sub(1) {
            Some(length) => Some(take(&mut rest, length)?),
            None => None,
        };
        self.0 = rest;
        Some((name, value))
    }
}

impl Attributes<'_> {
    /// Whether there is nothing but attributes.
    #[cfg(any(feature = "sqlite", feature = "redis"))]
    pub(super) fn are_whole(mut self) -> bool {
        self.by_ref().for_each(drop);
        self.0.is_empty()
    }

    /// Whether these are the same in any order, which means nothing: the original has them in a
    /// dictionary, and writes them sorted.
    pub(super) fn are(self, others: Self) -> bool {
        let sorted = |attributes: Self| {
            let mut all: Vec<_> = attributes.collect();
            all.sort_unstable();
            all
        };
        self.0 == others.0 || (self.0.len() == others.0.len() && sorted(self) == sorted(others))
    }
}

fn take_length(bytes: &mut &[u8]) -> Option<usize> {
    let (length, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    usize::try_from(u32::from_le_bytes(*length)).ok()
}

fn take<'a>(bytes: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_come_back_and_nonsense_is_none() {
        let attributes: [Attribute<'_>; 3] = [(b"SameSite", Some(b"Lax")), (b"Partitioned", None), (b"", Some(b""))];
        let packed = pack(attributes);
        assert!(Attributes(&packed).eq(attributes));
        assert_eq!(Attributes(b"").next(), None);
        for end in 1..packed.len() {
            let cut = Attributes(&packed[..end]);
            assert!(cut.clone().eq(attributes.into_iter().take(cut.clone().count())), "cut at {end}");
            #[cfg(any(feature = "sqlite", feature = "redis"))]
            assert_eq!(cut.clone().are_whole(), pack(cut).len() == end, "cut at {end}");
        }
        assert_eq!(Attributes(b"\xff\xff\xff\xffx").next(), None, "no room for that");
    }

    #[test]
    fn order_means_nothing() {
        let (one, two): (Attribute<'_>, Attribute<'_>) = ((b"SameSite", Some(b"Lax")), (b"Priority", Some(b"High")));
        assert!(Attributes(&pack([one, two])).are(Attributes(&pack([two, one]))));
        assert!(!Attributes(&pack([one])).are(Attributes(&pack([two]))));
        assert!(!Attributes(&pack([one])).are(Attributes(&pack([one, one]))));
    }
}
