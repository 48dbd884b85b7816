//! The page for a browser.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use super::{opener, traced};

const LOGIN: &str =
    "HTTP/1.1 302 Found\r\nLocation: /home\r\nSet-Cookie: spy=1; Domain=ads.example\r\nContent-Length: 0\r\n\r\n";
const HOME: &str =
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 34\r\n\r\n<script>alert('evil')</script></p>";

fn page() -> String {
    let mut opener = opener(&[LOGIN, HOME], ());
    let trace = traced(&mut opener);
    opener.open("http://www.example.com/login?a=<b>").unwrap().text().unwrap();
    trace.html()
}

#[test]
fn it_stands_by_itself_and_runs_nothing() {
    let page = page();
    for (says, word) in [
        ("the cookie's reason", "cookie spy for .ads.example/ not stored: the host does not belong to its domain"),
        ("and the rule", "<cite class=\"\">RFC 6265 section 5.3, step 6</cite>"),
        ("a lane for each exchange", "<section id=\"x2\" class=\"lane\">"),
        ("what it follows upon", "after <a href=\"#x1\">#1</a>"),
        ("the body as text", "&lt;script&gt;alert('evil')&lt;/script&gt;"),
    ] {
        assert!(page.contains(word), "{says}: {word:?} is not in\n{page}");
    }
    for word in ["<script", "http-equiv", "src=", "url(", "@import", "<link", "onclick"] {
        assert!(!page.contains(word), "{word:?} is in the page");
    }
}

/// A browser on whose element of every kind an end tag waits.
#[test]
fn every_element_is_closed() {
    let page = page();
    for name in ["html", "head", "body", "header", "main", "nav", "section", "details", "summary", "div", "pre", "ol"] {
        let opened = page.matches(&format!("<{name}>")).count() + page.matches(&format!("<{name} ")).count();
        assert_eq!(opened, page.matches(&format!("</{name}>")).count(), "{name}");
    }
}

/// Clicks on the call in which a cookie was refused, and says whether its reason is there before
/// and after; then the same by the keyboard.
const CLICK: &str = r#"
const { chromium } = require("playwright-core");
(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  for (const width of [1280, 400]) {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.goto("file://" + process.argv[1]);
    const call = page.locator("summary", { hasText: "HttpCookieProcessor" }).first();
    const reason = page.getByText("the host does not belong to its domain");
    const rule = page.locator("cite", { hasText: "RFC 6265 section 5.3, step 6" });
    const seen = [await reason.isVisible(), await rule.isVisible()];
    await call.click();
    seen.push(await reason.isVisible());
    await call.focus();
    await page.keyboard.press("Enter");
    seen.push(await reason.isVisible());
    seen.push(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth));
    console.log(width, seen.join(" "), asked.length);
  }
  await browser.close();
})().catch((error) => { console.error(error); process.exit(1); });
"#;

#[test]
fn a_browser_shows_why_a_cookie_was_refused() {
    let browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];
    let Some(chromium) = browsers.iter().find(|path| Path::new(path).exists()) else {
        return println!("skipped: chromium is not installed");
    };
    let finds = Command::new("node").args(["-e", "require('playwright-core')"]).stderr(Stdio::null()).status();
    if !finds.is_ok_and(|status| status.success()) {
        return println!("skipped: node does not find playwright-core; NODE_PATH names its folder");
    }
    let file = env::temp_dir().join(format!("clientcookie-trace-{}.html", std::process::id()));
    fs::write(&file, page()).unwrap();
    let output = Command::new("node").args(["-e", CLICK]).arg(&file).env("CHROMIUM", chromium).output().unwrap();
    fs::remove_file(&file).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Open from the start; closed by a click, opened by a key; no wider than the screen; and
    // nothing was fetched.
    let expected = "1280 true true false true true 1\n400 true true false true true 1\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}
