//! Files that browsers export.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use clientcookie::replay::ReplayTransport;
use clientcookie::*;

use super::{Folder, over};
use crate::support::{Reply, Server};

#[test]
fn what_chromiums_tools_export_replays() {
    let replay = Arc::new(ReplayTransport::open("fixtures/har/chromium-devtools.har").unwrap());
    let jar = CookieJar::new();
    let https = HttpsHandler::with_transport(Arc::clone(&replay));
    let opener = build_opener((
        https,
        HttpCookieProcessor::new(&jar),
        HttpGzipProcessor::new(),
        ProxyHandler::without_proxies(),
    ));
    let mut page = opener.open("https://shop.example/").unwrap();
    assert_eq!(page.text().unwrap(), "<h1>willkommen ☕</h1>", "though its headers said that it was packed");
    assert_eq!(page.headers().get_str("Content-Length").as_deref(), Some("23"));
    let names: Vec<String> =
        jar.iter().map(|cookie| String::from_utf8_lossy(cookie.name_bytes()).into_owned()).collect();
    assert_eq!(names, ["sid", "lang"], "both lines of one header");
    for (url, expected) in [
        ("https://ads.example/track.js", "it had no answer when it was recorded: net::ERR_BLOCKED_BY_CLIENT"),
        ("https://shop.example/big.json", "its body was not recorded"),
    ] {
        let error = opener.open(url).unwrap_err().to_string();
        assert!(error.contains(expected), "{url}: {error}");
    }
    assert_eq!(replay.unused(), Vec::<String>::new(), "what never was on a wire is not among them");
}

#[test]
fn what_firefoxs_tools_export_replays() {
    let replay = ReplayTransport::open("fixtures/har/firefox-devtools.har").unwrap().match_data(true);
    let opener = over(Arc::new(replay));
    let login = Request::post("http://shop.example/login", Data::form([("user", "me"), ("pass", "a&b")]));
    let mut page = opener.open(login).unwrap();
    assert_eq!(page.text().unwrap(), "café", "in the charset that its headers name");
    assert_eq!(page.headers().get_str("Content-Length").as_deref(), Some("4"));
    let mut image = Vec::new();
    opener.open("http://shop.example/dot.gif").unwrap().copy_to(&mut image).unwrap();
    assert_eq!(image, b"GIF89a");
}

/// Opens a page and lets it fetch another, while everything is recorded.
const RECORD: &str = r#"
const { chromium } = require("playwright-core");
const [har, url] = process.argv.slice(1);
(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  const context = await browser.newContext({ recordHar: { path: har } });
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => document.title === "done");
  await context.close();
  await browser.close();
})().catch((error) => { console.error(error); process.exit(1); });
"#;

#[test]
fn what_chromium_records_replays() {
    let browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];
    let Some(chromium) = browsers.iter().find(|path| Path::new(path).exists()) else {
        return println!("skipped: chromium is not installed");
    };
    let finds = Command::new("node").args(["-e", "require('playwright-core')"]).stderr(Stdio::null()).status();
    if !finds.is_ok_and(|status| status.success()) {
        return println!("skipped: node does not find playwright-core; NODE_PATH names its folder");
    }
    const PAGE: &str = "<title>wait</title><script>fetch('/data', {method: 'POST', body: 'a=1'})\
                        .then((answer) => answer.text()).then((text) => { document.title = text; });</script>";
    let server = Server::start(|request| match request.target() {
        "/old" => Reply::redirect(302, "/").header("Set-Cookie", "a=1").header("Set-Cookie", "b=2"),
        "/" => Reply::ok(PAGE).header("Content-Type", "text/html; charset=utf-8"),
        "/data" => Reply::ok("done").header("Content-Type", "text/plain"),
        _ => Reply::status(404, "Not Found"),
    });
    let folder = Folder::new("chromium");
    let (file, base) = (folder.file("session.har"), server.url(""));
    let mut node = Command::new("node");
    node.args(["-e", RECORD]).arg(&file).arg(format!("{base}/old")).env("CHROMIUM", chromium);
    let output = node.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    drop(server);

    let jar = CookieJar::new();
    let replay = Arc::new(ReplayTransport::open(&file).unwrap().match_data(true));
    let http = HttpHandler::with_transport(replay);
    let opener = build_opener((http, HttpCookieProcessor::new(&jar), ProxyHandler::without_proxies()));
    let mut page = opener.open(format!("{base}/old")).unwrap();
    assert_eq!(page.text().unwrap(), PAGE);
    assert_eq!(page.url().as_str(), format!("{base}/"));
    assert_eq!(jar.len(), 2);
    let data = opener.open(Request::post(format!("{base}/data"), "a=1")).unwrap().text().unwrap();
    assert_eq!(data, "done");
}
