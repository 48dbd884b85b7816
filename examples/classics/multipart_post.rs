//! MultipartPostHandler: data with files in it goes out as `multipart/form-data`. Here no handler
//! is needed.

use std::error::Error;
use std::{env, fs};

use clientcookie::{Data, Request, build_opener};

use crate::shared::{page, serve};

pub fn show() -> Result<(), Box<dyn Error>> {
    let site = serve(|asked| {
        let kind = asked.header("Content-Type").and_then(|value| value.split(';').next()).unwrap_or_default();
        let text = String::from_utf8_lossy(&asked.data);
        let fields: Vec<&str> = text.lines().filter(|line| line.starts_with("Content-Disposition")).collect();
        page(&format!("{kind}\n  {}", fields.join("\n  ")))
    })?;
    let photo = env::temp_dir().join(format!("classics-{}.jpg", std::process::id()));
    fs::write(&photo, "a photo")?;

    let form = Data::multipart().field("title", "The sea").file("photo", &photo)?;
    let mut answer = build_opener(()).open(Request::post(format!("{site}/upload"), form))?;

    let name = photo.file_name().unwrap_or_default().to_string_lossy().into_owned();
    println!("  {}", answer.text()?.replace(&name, "sea.jpg"));
    Ok(fs::remove_file(photo)?)
}
