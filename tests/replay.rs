//! Record and replay.

mod browsers;
mod entries;
mod exported;
mod modes;
mod near;
mod sessions;

use std::env;
use std::fs;
use std::path::PathBuf;

use clientcookie::{HttpHandler, HttpsHandler, OpenerDirector, ProxyHandler, Transport, build_opener};

/// An opener for http and https over this transport.
fn over(transport: impl Transport + Clone + 'static) -> OpenerDirector {
    let https = HttpsHandler::with_transport(transport.clone());
    build_opener((HttpHandler::with_transport(transport), https, ProxyHandler::without_proxies()))
}

/// A folder that is removed at the end of the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = env::temp_dir().join(format!("clientcookie-replay-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
