//! What bytes of a body are: a charset, a kind of markup, a media type.

pub(crate) mod charset;
pub(crate) mod markup;
pub(crate) mod media_type;
