//! The third-party handlers that scripts brought along, and forms: the programs that show them.

use super::{example, text};

#[test]
fn the_classic_handlers_do_what_pythons_did() {
    let output = example("classics").output().unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    let mut shows: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in shown.lines() {
        match (line.strip_suffix(':').filter(|_| !line.starts_with(' ')), shows.last_mut()) {
            (Some(name), _) => shows.push((name, Vec::new())),
            (None, Some((_, lines))) => lines.push(line.trim()),
            (None, None) => panic!("{shown}"),
        }
    }
    let mut expected: Vec<(&str, Vec<&str>)> = vec![
        (
            "multipart_post",
            vec![
                "multipart/form-data",
                "Content-Disposition: form-data; name=\"title\"",
                "Content-Disposition: form-data; name=\"photo\"; filename=\"sea.jpg\"",
            ],
        ),
        ("smart_redirect", vec!["200 OK after 301 Moved Permanently: moved for good? true"]),
        ("no_redirection", vec!["302 Found, to /elsewhere"]),
        ("disk_cache", vec!["first: 200 OK \"the page\"", "second: 200 OK \"the page\""]),
        ("throttle", vec!["/1 after 0 seconds", "/2 after 5 seconds", "/3 after 10 seconds"]),
        ("preemptive_basic", vec!["/api/items Basic bWU6c2VjcmV0", "/ nobody"]),
        ("local_address", vec!["the site was asked from 127.0.0.1"]),
        (
            "own_certificates",
            vec![
                "trusting everybody's authorities: no answer is believed",
                "trusting an authority of one's own: welcome",
            ],
        ),
        ("head_request", vec!["/film would be 734003200 bytes, and 0 came"]),
        ("keep_pages", vec!["0000: over there", "0001: welcome"]),
        ("by_hand", vec!["home", "file:///etc/hostname: no handler answers for the scheme \"file\""]),
    ];
    expected.retain(|(name, _)| cfg!(feature = "tls") || *name != "own_certificates");
    assert_eq!(shows, expected);
    assert!(!example("classics").arg("unheard_of").output().unwrap().status.success());
}

#[test]
fn forms_are_filled_in_as_browsers_send_them() {
    let output = example("form").output().unwrap();
    assert_eq!(text(&output.stdout), "/session got token=31d4&user=me&password=s%26cret&remember=on&do=in\n");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/forms");
    let photo = format!("photo=@{folder}/photo.txt");
    for (sentence, page, filled, expected) in [
        (
            "a search: what is typed, what is ticked, and what is selected of two menus",
            "search",
            vec!["q=wind & rain"],
            "GET http://example.com/find/books?q=wind+%26+rain&in=text&lang=de&shelf=A+1&shelf=B+2#top\n",
        ),
        (
            "a box is ticked by being set, and a password is text",
            "login",
            vec!["user=Zoë", "remember=yes"],
            "POST http://example.com/session\ntoken=31d4&user=Zo%C3%AB&password=&remember=yes&do=in\n",
        ),
        (
            "a file, and one that was not chosen; a text has the line ends of forms",
            "upload",
            vec![&photo],
            "POST http://example.com/dir/upload.cgi\n\
             --B\r\nContent-Disposition: form-data; name=\"max\"\r\n\r\n1000000\r\n\
             --B\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"photo.txt\"\r\n\
             Content-Type: text/plain\r\n\r\na photo\n\r\n\
             --B\r\nContent-Disposition: form-data; name=\"second\"; filename=\"\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n\r\n\
             --B\r\nContent-Disposition: form-data; name=\"about\"\r\n\r\ntwo\r\nlines\r\n\
             --B\r\nContent-Disposition: form-data; name=\"go\"\r\n\r\nSend\r\n--B--\r\n\n",
        ),
        (
            "what is switched off, has no name or no tick stays; the form in a table holds what follows",
            "nasty",
            vec![],
            "POST http://example.com/dir/page?x=1\na=1&e=first&l=on&m=%C3%A9&a=again&o=\n",
        ),
    ] {
        let page = format!("{folder}/{page}.html");
        let output = example("form").args([&page, "http://example.com/dir/page?x=1"]).args(filled).output().unwrap();
        let mut shown = text(&output.stdout);
        if let Some(at) = shown.find("------clientcookie-") {
            let boundary = shown[at + 2..].lines().next().unwrap().to_owned();
            shown = shown.replace(&boundary, "B");
        }
        assert_eq!(shown, expected, "{sentence}: {}", text(&output.stderr));
    }
}
