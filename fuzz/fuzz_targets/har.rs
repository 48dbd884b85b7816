#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clientcookie_fuzz::run("har", bytes));
