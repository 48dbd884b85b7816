//! Any text as a date: the one that is found is written, and read as the same again.

use clientcookie::cookie::{iso2time, str2time, time2iso};

pub fn run(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    for time in [str2time(text), iso2time(text)].into_iter().flatten() {
        assert_eq!(iso2time(&time2iso(time)), Some(time), "{text}");
    }
}
