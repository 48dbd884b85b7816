//! A logger that keeps every page, those of redirects and errors too.

use std::error::Error;
use std::io::Read;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs};

use clientcookie::{Handler, Parent, Request, Response, Result as Answered, build_opener};

use crate::shared::{page, serve};

struct KeepPages {
    folder: PathBuf,
    count: AtomicUsize,
}

impl Handler for KeepPages {
    /// Before those who answer an error or a redirect (1000).
    fn order(&self) -> i32 {
        990
    }

    fn any_response(&self, _: &dyn Parent, request: &Request, mut response: Response) -> Answered<Response> {
        let mut body = Vec::new();
        response.read_to_end(&mut body)?;
        let number = self.count.fetch_add(1, Ordering::Relaxed);
        let mut kept = format!("{} {}\n{}\n\n", request.url(), response.status(), response.headers()).into_bytes();
        kept.extend_from_slice(&body);
        fs::write(self.folder.join(format!("{number:04}")), kept)?;
        response.replace_body(body);
        Ok(response)
    }
}

pub fn show() -> Result<(), Box<dyn Error>> {
    let site = serve(|asked| match asked.target.as_str() {
        "/" => "HTTP/1.1 302 Found\r\nLocation: /home\r\n\r\nover there".to_owned(),
        _ => page("welcome"),
    })?;
    let folder = env::temp_dir().join(format!("classics-pages-{}", std::process::id()));
    fs::create_dir_all(&folder)?;
    build_opener(KeepPages { folder: folder.clone(), count: AtomicUsize::new(0) }).open(format!("{site}/"))?;
    for number in ["0000", "0001"] {
        let kept = fs::read_to_string(folder.join(number))?;
        println!("  {number}: {}", kept.lines().last().unwrap_or_default());
    }
    Ok(fs::remove_dir_all(folder)?)
}
