//! Any text as a date.
#![no_main]

use clientcookie::cookie::str2time;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = str2time(text);
});
