//! Browsers of this machine, while they run.

use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, mpsc};
use std::time::Duration;

use super::*;
use crate::support::{Reply, Server};

/// How often the browser comes back, a second apart, until its store has been written: Chromium
/// takes half a minute.
const VISITS: usize = 90;

/// A browser that is stopped at the end of the test.
struct Browser(Child);

impl Drop for Browser {
    fn drop(&mut self) {
        // It has started programs of its own, in a group of their own.
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.0.wait();
    }
}

/// Starts a program as the first of a group, if there is such a program.
fn start(program: &str, arguments: &[&str]) -> Option<Browser> {
    let mut command = Command::new(program);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().ok().map(Browser)
}

/// A server that sets four cookies, and is visited again every second. Each visit is told.
fn serve() -> (Server, mpsc::Receiver<()>) {
    let (visit, visits) = mpsc::channel();
    let visit = Mutex::new(visit);
    let server = Server::start(move |request| {
        if !request.target().contains("shop.test/again") && !request.target().contains("shop.test/set") {
            return Reply::status(404, "Not Found");
        }
        visit.lock().unwrap().send(()).ok();
        Reply::ok("<!DOCTYPE html><meta http-equiv=refresh content='1; url=/again'>")
            .header("Content-Type", "text/html")
            .header("Set-Cookie", "host=h; Path=/set; Max-Age=86400")
            .header("Set-Cookie", "below=b; Domain=shop.test; Path=/; Max-Age=86400; HttpOnly")
            .header("Set-Cookie", "sid=31d4; Path=/")
            .header("Set-Cookie", "lax=\"1 2\"; Path=/; SameSite=Lax; Max-Age=86400")
    });
    (server, visits)
}

/// Looks at the store at each visit, until the cookies are there.
fn wait_for(visits: &mpsc::Receiver<()>, store: impl Fn() -> Option<Loaded>) {
    for visit in 0..VISITS {
        match visits.recv_timeout(Duration::from_secs(60)) {
            // Such a machine may have no room for a browser.
            Err(_) if visit == 0 => return println!("skipped: the browser is installed, but does not start here"),
            other => other.expect("the browser does not come back"),
        }
        let Some(loaded) = store() else {
            continue;
        };
        let mut found: Vec<String> = loaded.cookies.iter().map(ToString::to_string).collect();
        found.sort();
        let expected = [
            "<Cookie below=b for .shop.test/>",
            "<Cookie host=h for www.shop.test/set>",
            "<Cookie lax=\"1 2\" for www.shop.test/>",
            "<Cookie sid=31d4 for www.shop.test/>",
        ];
        if found == expected {
            return;
        }
    }
    panic!("the cookies do not appear in the store");
}

#[test]
fn a_running_firefox_is_read() {
    let profile = Folder::new("stores-live-firefox");
    let (server, visits) = serve();
    let prefs = format!(
        "user_pref('network.proxy.type', 1); user_pref('network.proxy.http', '127.0.0.1');
         user_pref('network.proxy.http_port', {}); user_pref('network.captive-portal-service.enabled', false);
         user_pref('network.connectivity-service.enabled', false); user_pref('app.update.enabled', false);
         user_pref('browser.sessionstore.interval', 500); user_pref('browser.sessionstore.interval.idle', 500);",
        server.port()
    );
    fs::write(profile.file("user.js"), prefs).unwrap();
    let arguments = ["--headless", "--no-remote", "--profile", profile.0.to_str().unwrap(), "http://www.shop.test/set"];
    let Some(browser) = ["firefox-esr", "firefox"].iter().find_map(|program| start(program, &arguments)) else {
        println!("skipped: Firefox is not installed");
        return;
    };
    wait_for(&visits, || read(&profile.file("cookies.sqlite")).ok());
    drop(browser);
}

/// `cargo test --all-features --test all -- --ignored a_running_chromium`.
#[test]
#[ignore = "takes half a minute: that long Chromium keeps new cookies to itself"]
fn a_running_chromium_is_read() {
    let profile = Folder::new("stores-live-chromium");
    let (server, visits) = serve();
    let (data, proxy) =
        (format!("--user-data-dir={}", profile.0.display()), format!("--proxy-server=127.0.0.1:{}", server.port()));
    let arguments = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--password-store=basic",
        &data,
        &proxy,
        "http://www.shop.test/set",
    ];
    let Some(browser) = start("chromium", &arguments) else {
        println!("skipped: Chromium is not installed");
        return;
    };
    let stores = ["Default/Network/Cookies", "Default/Cookies"].map(|store| profile.file(store));
    wait_for(&visits, || stores.iter().find_map(|store| ChromiumFormat::new().read_file(store, FILE_LIMIT).ok()));
    drop(browser);
}
