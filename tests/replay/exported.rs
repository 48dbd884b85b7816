//! Files that browsers of today really exported of one site (`fixtures/har/make`).

use std::io::Read;
use std::sync::Arc;

use clientcookie::replay::ReplayTransport;
use clientcookie::*;

/// Each file, and where the site was.
const EXPORTED: [(&str, &str); 3] = [
    ("chromium-156", "https://localhost:8443"),
    ("firefox-153", "http://localhost:8080"),
    ("playwright-1.65", "https://localhost:8443"),
];

/// An opener for one recording; what is no success is no error, and no redirect is followed.
fn replaying(name: &str, match_data: bool) -> OpenerDirector {
    let replay = ReplayTransport::open(format!("fixtures/har/{name}.har")).unwrap().match_data(match_data);
    let replay = Arc::new(replay);
    let mut opener = OpenerDirector::new();
    opener.add_handler(HttpHandler::with_transport(Arc::clone(&replay)));
    opener.add_handler(HttpsHandler::with_transport(replay));
    opener.add_handler(HttpGzipProcessor::new());
    opener
}

/// The status and the body, or what went wrong.
fn answer(opener: &OpenerDirector, request: Request) -> (u16, Vec<u8>) {
    let failed = |error: String| (0, error.into_bytes());
    let mut response = match opener.open(request) {
        Ok(response) => response,
        Err(error) => return failed(error.to_string()),
    };
    let mut body = Vec::new();
    match response.read_to_end(&mut body) {
        Ok(_) => (response.status().as_u16(), body),
        Err(error) => failed(error.to_string()),
    }
}

#[test]
fn what_browsers_of_today_export_replays() {
    let packed = "packed ".repeat(50).into_bytes();
    let rows: &[(&str, &str, &str, u16, &[u8])] = &[
        ("gzip, unpacked by the browser", "GET", "/gzip", 200, &packed),
        ("brotli, the same", "GET", "/br", 200, &packed),
        ("deflate, the same", "GET", "/deflate", 200, &packed),
        ("an image", "GET", "/dot.png", 200, include_bytes!("../../fixtures/har/dot.png")),
        ("bytes of no charset", "GET", "/binary", 200, b"\0\xff\xfe\x80\n\rA"),
        ("ISO-8859-1, which is windows-1252", "GET", "/latin1", 200, b"caf\xe9 \x80"),
        ("windows-1251", "GET", "/cyrillic", 200, b"\xcf\xf0\xe8\xe2\xe5\xf2"),
        ("UTF-16", "GET", "/utf16", 200, b"c\0a\0f\0\xe9\0"),
        ("JSON, which names no charset", "GET", "/json", 200, "{\"ok\":true,\"word\":\"café\"}".as_bytes()),
        ("an answer that is an error", "GET", "/gone", 410, b"it is gone"),
        ("nothing", "GET", "/empty", 200, b""),
        ("no content", "GET", "/none", 204, b""),
        ("chunks", "GET", "/chunks", 200, b"one two"),
        ("a redirect", "GET", "/old", 302, b""),
        ("a head", "HEAD", "/head", 200, b""),
        ("a part", "GET", "/range", 206, b"cde"),
        ("first", "GET", "/tagged", 200, b"tagged"),
        ("again", "GET", "/tagged", 200, b"tagged"),
        ("what the browser had, and showed, when the server said 304", "GET", "/tagged", 200, b"tagged"),
        ("what it did not ask the server for", "GET", "/kept", 200, b"kept"),
        ("a query as it was", "GET", "/secret?token=1&token=2&x=%20+", 200, b"GET /secret"),
    ];
    for (name, site) in EXPORTED {
        let opener = replaying(name, false);
        for (says, method, target, status, body) in rows {
            let request = Request::get(format!("{site}{target}")).method(*method).build().unwrap();
            let (found, text) = answer(&opener, request);
            assert_eq!(
                (found, text.as_slice()),
                (*status, *body),
                "{name}: {says}: {}",
                String::from_utf8_lossy(&text)
            );
        }
    }
}

#[test]
fn what_failed_in_the_browser_fails_with_its_reason() {
    for (index, reason) in
        ["net::ERR_HTTP2_PROTOCOL_ERROR", "no reason is given", "net::ERR_HTTP2_PROTOCOL_ERROR"].into_iter().enumerate()
    {
        let (name, site) = EXPORTED[index];
        let opener = replaying(name, false);
        let (_, said) = answer(&opener, Request::get(format!("{site}/broken")).build().unwrap());
        let said = String::from_utf8(said).unwrap();
        assert!(said.ends_with(&format!("it had no answer when it was recorded: {reason}")), "{name}: {said}");
        let (status, said) = answer(&opener, Request::get(format!("{site}/cut")).build().unwrap());
        let said = String::from_utf8(said).unwrap();
        assert_eq!(status, 0, "{name}: what was cut off is not taken for whole: {said}");
    }
}

#[test]
fn what_browsers_sent_is_compared() {
    for (name, site) in EXPORTED {
        let opener = replaying(name, true);
        let send = |path: &str, method: &str, data: &'static [u8]| {
            let request = Request::post(format!("{site}{path}"), data).method(method);
            answer(&opener, request.build().unwrap())
        };
        assert_eq!(send("/form", "POST", b"user=me&pass=a%26b+c%C3%A9").1, b"POST /form", "{name}");
        assert_eq!(send("/json", "POST", "{\"a\":\"é\"}".as_bytes()).0, 200, "{name}");
        // Playwright does not keep data that is no text.
        if !name.starts_with("playwright") {
            assert_eq!(send("/bytes", "PUT", b"\0\xff\xfe\x80\n\rA").1, b"PUT /bytes", "{name}");
        }
        assert_eq!(send("/form", "POST", b"user=you").0, 0, "{name}: other data");
    }
}

#[test]
fn the_cookies_of_a_browsers_visit_are_set() {
    for (name, site) in EXPORTED {
        let replay = Arc::new(ReplayTransport::open(format!("fixtures/har/{name}.har")).unwrap());
        let jar = CookieJar::new();
        let http = HttpHandler::with_transport(Arc::clone(&replay));
        let https = HttpsHandler::with_transport(replay);
        let opener = build_opener((http, https, HttpCookieProcessor::new(&jar), ProxyHandler::without_proxies()));
        opener.open(format!("{site}/")).unwrap();
        assert_eq!(opener.open(format!("{site}/old")).unwrap().text().unwrap(), "new", "{name}: redirected");
        let mut names: Vec<String> =
            jar.iter().map(|cookie| String::from_utf8_lossy(cookie.name_bytes()).into_owned()).collect();
        names.sort();
        assert_eq!(names, ["a", "b", "lang", "sid"], "{name}");
    }
}
