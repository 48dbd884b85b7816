//! What becomes [`Data`] by itself.

use bytes::Bytes;

use super::{Data, Source};

/// Anything that may be a request's data; `()` and `None` are no data. A type of your own is data
/// by `From<It> for Data`, which may say what it is: see [`Data::with_content_type`].
pub trait IntoData {
    /// The data, if there is any.
    fn into_data(self) -> Option<Data>;
}

impl<T: Into<Data>> IntoData for T {
    fn into_data(self) -> Option<Data> {
        Some(self.into())
    }
}

impl IntoData for () {
    fn into_data(self) -> Option<Data> {
        None
    }
}

impl<T: IntoData> IntoData for Option<T> {
    fn into_data(self) -> Option<Data> {
        self.and_then(IntoData::into_data)
    }
}

impl From<Bytes> for Data {
    fn from(bytes: Bytes) -> Self {
        Source::Bytes(bytes).into()
    }
}

impl From<Vec<u8>> for Data {
    fn from(bytes: Vec<u8>) -> Self {
        Self::from(Bytes::from(bytes))
    }
}

impl From<String> for Data {
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

impl From<&str> for Data {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<&[u8]> for Data {
    fn from(bytes: &[u8]) -> Self {
        Self::from(bytes.to_vec())
    }
}
