//! All processors at once, on the demo site.

#[expect(dead_code, reason = "the tour is for the example")]
#[path = "../examples/urlopen/demo_site.rs"]
mod demo_site;

use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use clientcookie::{
    CookieJar, Error, HttpCookieProcessor, HttpEquivProcessor, HttpErrorCause, HttpGzipProcessor, HttpRefererProcessor,
    HttpRefreshProcessor, HttpResponseDebugProcessor, HttpRobotRulesProcessor, SeekableProcessor, build_opener,
};

use demo_site::DemoSite;

#[test]
fn a_packed_page_that_sends_its_reader_on() {
    let site = DemoSite::start().unwrap();
    let jar = CookieJar::new();
    let robots = Arc::new(HttpRobotRulesProcessor::new());
    let opener = build_opener((
        HttpCookieProcessor::new(&jar),
        HttpGzipProcessor::new(),
        HttpEquivProcessor::new(),
        HttpRefreshProcessor::new(),
        HttpRefererProcessor::new(),
        Arc::clone(&robots),
        HttpResponseDebugProcessor::new(),
        SeekableProcessor::new(),
    ));
    println!("{opener}");

    opener.open(site.url("/login")).unwrap();
    assert_eq!(jar.len(), 2, "the redirect's cookie, and that of the page behind it");

    let mut response = opener.open(site.url("/news")).unwrap();
    assert_eq!(response.url().path(), "/headlines", "the refresh, which stands in a packed page, was followed");
    assert_eq!(response.redirections().len(), 1);
    assert_eq!(response.redirections()[0].url().path(), "/news");
    assert!(!response.headers().contains("Content-Encoding"), "{}", response.headers());
    assert!(!response.headers().contains("Content-Length"), "that of the packed body is not the body's");

    let mut start = [0; 20];
    response.read_exact(&mut start).unwrap();
    response.seek(SeekFrom::Start(0)).unwrap();
    let page = response.text().unwrap();
    assert!(page.as_bytes().starts_with(&start), "{page}");
    let from = site.url("/news");
    assert!(page.contains(&format!("Hello, guest, who comes from {from}. ")), "{page}");
    response.seek(SeekFrom::End(-8)).unwrap();
    assert_eq!(response.text().unwrap(), "</html>\n");

    let error = opener.open(site.url("/private")).map_err(Error::into_http_error).unwrap_err().unwrap();
    assert_eq!(error.status(), 403);
    assert!(matches!(error.cause(), HttpErrorCause::RobotExclusion { line: Some(2), .. }), "{error}");
    assert!(opener.open(site.url("/missing")).is_err());

    let mut error = opener.open(site.url("/missing")).map_err(Error::into_http_error).unwrap_err().unwrap();
    let page = error.text().unwrap();
    error.seek(SeekFrom::Start(0)).unwrap();
    assert_eq!(error.text().unwrap(), page, "an error's page can be read again too");
}

#[test]
fn without_the_processors_the_page_is_as_it_is() {
    let site = DemoSite::start().unwrap();
    let mut response = build_opener(()).open(site.url("/news")).unwrap();
    assert_eq!(response.url().path(), "/news");
    assert!(response.seek(SeekFrom::Start(0)).is_err());
    assert!(response.text().unwrap().contains("<meta http-equiv=\"Refresh\""));
    assert_eq!(build_opener(()).open(site.url("/private")).unwrap().status(), 200);
}

#[test]
fn what_every_request_asks_for_is_not_decoded() {
    let site = DemoSite::start().unwrap();
    let mut opener = build_opener(HttpGzipProcessor::new());
    let asked = if cfg!(feature = "brotli") { "gzip, deflate, br" } else { "gzip, deflate" };
    opener.addheaders.insert("Accept-Encoding", asked).unwrap();
    let raw = opener.open(site.url("/news")).unwrap();
    assert_eq!(raw.headers().get_str("Content-Encoding").as_deref(), Some("gzip"));
}
