//! The schemes besides http and https.

mod data;
mod file;
#[cfg(feature = "ftp")]
mod ftp;

use std::process::Command;

use clientcookie::{IntoRequest, Response, Result, build_opener};

/// What an opener of the test's own answers: the global one is not for tests.
fn open(request: impl IntoRequest) -> Result<Response> {
    build_opener(()).open(request)
}

/// What Python prints for this program; `None`, and a word of it, if there is no Python.
fn python(program: &str, arguments: &[&str]) -> Option<String> {
    let Ok(output) = Command::new("python3").arg("-c").arg(program).args(arguments).output() else {
        println!("skipped: python3 is not installed");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}
