//! What the fuzzer found worth keeping, run again as plain tests: `fixtures/fuzz` has a file for
//! each target. How to look for more is in `docs/fuzzing.md`.

mod targets;

use std::fs;

#[test]
fn nothing_that_was_kept_breaks_a_promise() {
    for (name, run) in targets::ALL {
        let packed = fs::read(format!("fixtures/fuzz/{name}.corpus")).unwrap_or_else(|error| panic!("{name}: {error}"));
        let inputs = unpack(&packed).unwrap_or_else(|| panic!("{name}: the file is cut"));
        assert!(!inputs.is_empty(), "{name}");
        inputs.into_iter().for_each(run);
    }
}

/// The inputs of a file that `fuzz/corpus.py` packed: each its length, in four bytes, and its
/// bytes.
fn unpack(mut packed: &[u8]) -> Option<Vec<&[u8]>> {
    let mut inputs = Vec::new();
    while !packed.is_empty() {
        let (length, rest) = packed.split_first_chunk()?;
        let (input, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        inputs.push(input);
        packed = rest;
    }
    Some(inputs)
}
