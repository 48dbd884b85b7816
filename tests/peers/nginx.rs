//! nginx: passwords, ranges and packed pages.

use std::fs;
use std::io::{Read, Seek, SeekFrom};

use clientcookie::{
    Error, HttpBasicAuthHandler, HttpGzipProcessor, HttpPasswordMgrWithDefaultRealm, Request, Retrieve,
    SeekableProcessor, build_opener,
};

use super::{Command, folder, is_there, start};

const CONFIG: &str = "
daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log stderr crit;
events { worker_connections 64; }
http {
    access_log off; default_type text/html; gzip on; gzip_min_length 1; gzip_types text/html;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    server {
        listen 127.0.0.1:PORT; root FOLDER;
        location /staff/ { auth_basic \"Staff\"; auth_basic_user_file FOLDER/passwd; }
        location /files/ { gzip off; }
    }
}
";

/// me:secret, by `openssl passwd -apr1 -salt abcdefgh secret`.
const PASSWD: &str = "me:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/\n";

#[test]
fn nginx_lets_in_who_knows_the_password_and_sends_parts() {
    if !is_there("nginx", "-v") {
        return;
    }
    let folder = folder("nginx-more");
    for sub in ["staff", "files"] {
        fs::create_dir_all(folder.join(sub)).unwrap();
    }
    let page = "<p>a packed page</p>\n".repeat(1000);
    let big: Vec<u8> = (0..1_000_000_u32).map(|number| (number % 251) as u8).collect();
    fs::write(folder.join("passwd"), PASSWD).unwrap();
    fs::write(folder.join("staff/list"), "the staff").unwrap();
    fs::write(folder.join("page.html"), &page).unwrap();
    fs::write(folder.join("files/big"), &big).unwrap();
    // What nginx runs as may not be who runs the test.
    let started = start(&folder, |port| {
        let config = CONFIG.replace("PORT", &port.to_string()).replace("FOLDER", folder.to_str().unwrap());
        fs::write(folder.join("nginx.conf"), config).unwrap();
        let mut nginx = Command::new("nginx");
        nginx.arg("-p").arg(&folder).args(["-c", "nginx.conf", "-e", "stderr"]);
        nginx
    });
    let Some((peer, port)) = started else {
        return;
    };
    let url = |path: &str| format!("http://127.0.0.1:{port}{path}");

    let passwords = HttpPasswordMgrWithDefaultRealm::new();
    passwords.add_password("Staff", &url("/staff"), "me", "secret").unwrap();
    let opener =
        build_opener((HttpBasicAuthHandler::new(passwords), HttpGzipProcessor::new(), SeekableProcessor::new()));
    assert_eq!(opener.open(url("/staff/list")).unwrap().text().unwrap(), "the staff");
    let error = build_opener(()).open(url("/staff/list")).map_err(Error::into_http_error).unwrap_err().unwrap();
    assert_eq!(error.status(), 401);

    let mut packed = opener.open(url("/page.html")).unwrap();
    assert_eq!(packed.text().unwrap(), page);
    packed.seek(SeekFrom::End(-4)).unwrap();
    assert_eq!(packed.text().unwrap(), "/p>\n");
    let raw = build_opener(()).open(Request::get(url("/page.html")).header("Accept-Encoding", "gzip")).unwrap();
    assert_eq!(raw.headers().get_str("Content-Encoding").as_deref(), Some("gzip"), "it does pack");

    let mut part = opener.open(Request::get(url("/files/big")).header("Range", "bytes=999990-")).unwrap();
    assert_eq!(part.status(), 206);
    let mut bytes = Vec::new();
    part.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes, big[999_990..]);

    // As if the first 600,000 bytes had come, and then no more.
    let target = folder.join("copy");
    let tag = opener.open(url("/files/big")).unwrap().headers().get_str("ETag").unwrap().into_owned();
    fs::write(folder.join("copy.part"), &big[..600_000]).unwrap();
    fs::write(folder.join("copy.part.info"), format!("{0}\n{0}\n{tag}\n1000000\n", url("/files/big"))).unwrap();
    let mut first = None;
    let how = Retrieve::to(&target).resume(true).reporthook(|block, _, _| {
        first.get_or_insert(block);
    });
    let retrieved = opener.retrieve(url("/files/big"), how).unwrap();
    assert_eq!(retrieved.status(), 206, "only the rest was sent");
    assert_eq!(first, Some(600_000 / Retrieve::BLOCK as u64));
    assert!(fs::read(&target).unwrap() == big);
    drop(peer);
}
