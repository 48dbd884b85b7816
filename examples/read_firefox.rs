//! The cookies of Firefox, which need not be closed for it.
//!
//! ```sh
//! cargo run --features sqlite --example read_firefox              # those of the default profile
//! cargo run --features sqlite --example read_firefox -- FILE      # those of a cookies.sqlite
//! ```
//!
//! A value may be a secret, and this may be a screen that others see, so most of it is not shown.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::env;
use std::error::Error;
use std::path::PathBuf;

use clientcookie::FirefoxCookieJar;
use clientcookie::cookie::{find_browser_stores, time2iso};

fn main() -> Result<(), Box<dyn Error>> {
    let Some(path) = env::args_os().nth(1).map(PathBuf::from).or_else(default_profile) else {
        println!("no profile of Firefox was found");
        return Ok(());
    };
    // A jar like any other: give it to HttpCookieProcessor, and pages are opened as in the browser.
    let jar = FirefoxCookieJar::new(&path).ignore_discard(true);
    let report = jar.load()?;
    for cookie in jar.iter() {
        let expires = cookie.expires().map_or_else(|| "at the end of the session".to_owned(), time2iso);
        let value = shortened(&cookie.value_str());
        println!("{}{}  {}={value}  until {expires}", cookie.domain(), cookie.path(), cookie.name().escape_debug());
    }
    println!("{} cookie(s), {} expired", report.stored, report.passed_over);
    for problem in report.problems() {
        println!("{problem}");
    }
    Ok(())
}

/// The store of the profile that Firefox starts with.
fn default_profile() -> Option<PathBuf> {
    let store = find_browser_stores().into_iter().find(|store| store.browser.has_firefox_store())?;
    println!("{store}");
    Some(store.path)
}

/// The beginning of a long value, and nothing of a short one.
fn shortened(value: &str) -> String {
    let shown = if value.chars().count() < 16 { 0 } else { 4 };
    let beginning: String = value.chars().take(shown).collect();
    if value.is_empty() { String::new() } else { format!("{}…", beginning.escape_debug()) }
}
