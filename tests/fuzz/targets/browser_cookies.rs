//! Any bytes as a file of a browser's cookies: what is read can be written in the format that loses
//! nothing.

use std::{env, fs, process};

use clientcookie::cookie::{
    CookieFormat, FILE_LIMIT, KdeFormat, Loaded, LwpFormat, MsieFormat, OperaFormat, SafariFormat, WriteFormat,
};

pub fn run(bytes: &[u8]) {
    let formats: [&dyn CookieFormat; 4] =
        [&MsieFormat::new(), &SafariFormat::new(), &KdeFormat::new(), &OperaFormat::new()];
    for format in formats {
        if let Ok(loaded) = format.read(bytes) {
            write(&loaded);
        }
    }
    // An index names files, so it must be one.
    if bytes.starts_with(b"Client UrlCache") || bytes.starts_with(b"WINE URLCache") {
        let folder = env::temp_dir().join(format!("clientcookie-fuzz-{}", process::id()));
        let index = folder.join("index.dat");
        fs::create_dir_all(&folder).unwrap();
        fs::write(&index, bytes).unwrap();
        if let Ok(loaded) = MsieFormat::new().read_file(&index, FILE_LIMIT) {
            write(&loaded);
        }
    }
}

fn write(loaded: &Loaded) {
    let written = LwpFormat::new().write(&loaded.cookies).unwrap();
    assert!(LwpFormat::new().read(&written.bytes).is_ok());
}
