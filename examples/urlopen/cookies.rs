//! The cookie files of the command line.

use std::error::Error;

use clientcookie::cookie::{LwpCookieJar, MozillaCookieJar};
use clientcookie::{CookieJar, DefaultCookiePolicy};

use crate::options::Options;

/// The jar, with the cookies of all files that are there. As with curl, one that is not is no error.
pub fn load(options: &Options) -> Result<CookieJar, Box<dyn Error>> {
    let policy = match options.classic {
        true => DefaultCookiePolicy::classic(),
        false => DefaultCookiePolicy::new(),
    };
    let policy = if options.rfc2965 { policy.rfc2965(true) } else { policy };
    let jar = CookieJar::with_policy(policy);
    for file in &options.cookies {
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(format!("{}: cannot be read: {error}", file.display()).into()),
        };
        // The first line tells which of the two it is.
        let report = match bytes.starts_with(b"#LWP-Cookies-") {
            true => LwpCookieJar::without_filename().with_jar(&jar).ignore_discard(true).load_from(&*bytes),
            false => MozillaCookieJar::without_filename().with_jar(&jar).ignore_discard(true).load_from(&*bytes),
        };
        let report = report.map_err(|error| format!("{}: {error}", file.display()))?;
        for skipped in report.skipped {
            eprintln!("warning: {}: {skipped}", file.display());
        }
    }
    Ok(jar)
}

/// Saves the jar, if that was asked for.
pub fn save(jar: &CookieJar, options: &Options) -> Result<(), Box<dyn Error>> {
    let Some(file) = &options.cookie_jar else {
        return Ok(());
    };
    let report = MozillaCookieJar::new(file).with_jar(jar).ignore_discard(true).save()?;
    for left_out in report.left_out {
        eprintln!("warning: the cookie {:?} is not saved: {}", left_out.cookie.name(), left_out.reason);
    }
    Ok(())
}
