//! A cache on disk: a page that the server says is still the same comes from a file.

use std::io::Read;
use std::{env, error, fs, path::PathBuf, str};

use clientcookie::{Handler, Headers, Parent, Request, Response, Result, build_opener};

use crate::shared::serve;

struct DiskCache(PathBuf);

/// Which answers are kept, and the question by which the server says that they still hold (RFC 9110
/// section 13.1).
const VALIDATORS: [(&str, &str); 2] = [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")];

impl DiskCache {
    fn file(&self, request: &Request) -> PathBuf {
        let name: String = request.url().as_str().bytes().map(|byte| format!("{byte:02x}")).collect();
        self.0.join(&name[name.len().saturating_sub(200)..])
    }

    fn kept(&self, request: &Request) -> Option<(Headers, Vec<u8>)> {
        let (kept, mut headers) = (fs::read(self.file(request)).ok()?, Headers::new());
        let end = kept.windows(2).position(|two| two == b"\n\n")?;
        for (name, value) in str::from_utf8(&kept[..end]).ok()?.lines().filter_map(|line| line.split_once(": ")) {
            headers.append(name, value).ok()?;
        }
        Some((headers, kept[end + 2..].to_vec()))
    }
}

impl Handler for DiskCache {
    fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Result<()> {
        let kept = self.kept(request).filter(|_| request.method() == "GET");
        for (value, question) in VALIDATORS.iter().filter_map(|(name, ask)| Some((kept.as_ref()?.0.get(name)?, ask))) {
            request.add_unredirected_header(question, value.clone())?;
        }
        Ok(())
    }

    fn http_response(&self, _: &dyn Parent, request: &Request, mut response: Response) -> Result<Response> {
        if let Some((headers, page)) = self.kept(request).filter(|_| response.status() == 304) {
            return Ok(Response::new(response.url().clone(), 200, page)?.with_headers(headers));
        }
        if response.status() == 200 && VALIDATORS.iter().any(|(name, _)| response.headers().contains(name)) {
            let mut page = Vec::new();
            response.read_to_end(&mut page)?;
            let head = format!("{}\n\n", response.headers().to_string().trim_end().replace('\r', ""));
            fs::write(self.file(request), [head.as_bytes(), &page].concat())?;
            response.replace_body(page);
        }
        Ok(response)
    }
}

pub fn show() -> std::result::Result<(), Box<dyn error::Error>> {
    let site = serve(|asked| match asked.header("If-None-Match") {
        Some("\"31d4\"") => "HTTP/1.1 304 Not Modified\r\nETag: \"31d4\"\r\n\r\n".to_owned(),
        _ => "HTTP/1.1 200 OK\r\nETag: \"31d4\"\r\nContent-Length: 8\r\n\r\nthe page".to_owned(),
    })?;
    let folder = env::temp_dir().join(format!("classics-cache-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    let opener = build_opener(DiskCache(folder.clone()));
    for visit in ["first", "second"] {
        let mut response = opener.open(format!("{site}/page"))?;
        println!("  {visit}: {} {:?}", response.status(), response.text()?);
    }
    Ok(fs::remove_dir_all(folder)?)
}
