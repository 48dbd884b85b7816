#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| clientcookie_fuzz::run("msie_store", bytes));
