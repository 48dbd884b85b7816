//! https: who is believed, who we are, and that connections keep to those who made them.

#[cfg(feature = "tls")]
mod by_host;
#[cfg(feature = "tls")]
mod identity;
#[cfg(feature = "tls")]
pub mod openers;
#[cfg(feature = "tls")]
mod records;
#[cfg(feature = "tls")]
mod trust;

#[cfg(not(feature = "tls"))]
#[test]
fn a_program_without_tls_says_so() {
    let error = clientcookie::build_opener(()).open("https://localhost/").unwrap_err();
    assert_eq!(crate::transport::outcome::describe(&error), "Tls");
    assert!(error.to_string().contains("built without https"), "{error}");
}
