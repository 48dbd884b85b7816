//! The targets, which the crate's tests share.

#[path = "../../tests/fuzz/targets/mod.rs"]
mod targets;

/// Runs the target of this name.
pub fn run(name: &str, bytes: &[u8]) {
    let (_, run) = targets::ALL.iter().find(|(other, _)| *other == name).expect("a target");
    run(bytes);
}
