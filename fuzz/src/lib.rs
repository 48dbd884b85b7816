//! The targets, which the crate's tests share.

#[path = "../../tests/fuzz/targets/mod.rs"]
mod targets;

/// Runs the target of this name.
pub fn run(name: &str, bytes: &[u8]) {
    static T: std::sync::OnceLock<fn(&[u8])> = std::sync::OnceLock::new();
    let run = T.get_or_init(|| {
        let name = std::env::var("T").unwrap_or(name.to_owned());
        targets::ALL.iter().find(|(other, _)| *other == name).expect("a target").1
    });
    run(bytes);
}
