//! Cookies that go to curl and come back: a `cookies.txt` that both write and both read.
//!
//! ```sh
//! cargo run --example share_with_curl
//! ```
//!
//! A program logs in and saves its cookies; curl fetches a page with them (`-b`) and saves its own
//! (`-c`); the program loads those. The site is a server in this example, so the internet is not
//! asked.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

mod shared;

use std::error::Error;
use std::path::Path;
use std::process::Command;
use std::{env, fs};

use clientcookie::{HttpCookieProcessor, MozillaCookieJar, build_opener};

fn main() -> Result<(), Box<dyn Error>> {
    if Command::new("curl").arg("--version").output().is_err() {
        println!("curl is not installed, so there is nobody to share with");
        return Ok(());
    }
    let folder = env::temp_dir().join(format!("share_with_curl-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let shared = share(&serve()?, &folder.join("cookies.txt"));
    fs::remove_dir_all(&folder)?;
    shared
}

fn share(site: &str, file: &Path) -> Result<(), Box<dyn Error>> {
    // Session cookies are shared as well: a login is one, most of the time.
    let jar = MozillaCookieJar::new(file).ignore_discard(true);
    let opener = build_opener(HttpCookieProcessor::new(&jar));
    println!("here: {}", opener.open(format!("{site}/login"))?.text()?);
    println!("here: {} cookie(s) saved", jar.save()?.saved);

    // The options before `-b` leave out what else this curl is set to.
    let mut curl = Command::new("curl");
    curl.args(["--disable", "--silent", "--show-error", "--noproxy", "*"]);
    let output = curl.arg("-b").arg(file).arg("-c").arg(file).arg(format!("{site}/basket")).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    println!("curl: {}", String::from_utf8_lossy(&output.stdout));

    // Instead of what is in the jar: what curl has removed is gone here too.
    let report = jar.revert()?;
    println!("here: {} cookie(s) loaded", report.stored);
    report.problems().for_each(|problem| println!("here: {problem}"));
    println!("here: {}", opener.open(format!("{site}/account"))?.text()?);
    Ok(())
}

fn serve() -> std::io::Result<String> {
    shared::serve(|asked| {
        // Programs differ in the order of cookies, and versions of curl do.
        let mut cookies: Vec<&str> = asked.header("Cookie").unwrap_or("none").split("; ").collect();
        cookies.sort_unstable();
        let body = format!("{} got the cookies {}", asked.target, cookies.join(", "));
        match asked.target.as_str() {
            "/login" => {
                shared::page_with("Set-Cookie: sid=31d4; HttpOnly\r\nSet-Cookie: hint=new; Max-Age=3600", &body)
            }
            "/basket" => shared::page_with("Set-Cookie: basket=1; Max-Age=3600\r\nSet-Cookie: hint=; Max-Age=0", &body),
            _ => shared::page(&body),
        }
    })
}
