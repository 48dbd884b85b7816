//! URLs that need no network: a file, and one that holds what it is about.
//!
//! ```sh
//! cargo run --example file_and_data
//! ```
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use std::error::Error;
use std::{env, fs};

use clientcookie::{build_opener, urlopen, urlretrieve};
use url::Url;

fn main() -> Result<(), Box<dyn Error>> {
    // A program that opens URLs opens these too, and gets a response like any other.
    let mut greeting = urlopen("data:text/plain;charset=utf-8,Gr%C3%BC%C3%9F%20Gott")?;
    println!("{}", greeting.headers());
    println!("{}", greeting.text()?);

    let path = env::temp_dir().join(format!("file_and_data-{}.html", std::process::id()));
    fs::write(&path, "<p>Hello.</p>\n")?;
    let url = Url::from_file_path(&path).map_err(|()| "the folder for temporary files is no absolute path")?;
    let mut page = urlopen(url.as_str())?;
    for name in ["Content-Type", "Content-Length"] {
        println!("{name}: {}", page.headers().get_str(name).unwrap_or_default());
    }
    print!("{}", page.text()?);

    // What is a file already is not copied.
    let retrieved = urlretrieve(url.as_str(), ())?;
    println!("in place: {}", retrieved.path() == path && !retrieved.is_temporary());
    fs::remove_file(&path)?;

    match build_opener(()).open(url.as_str()) {
        Ok(_) => println!("it is still there"),
        Err(error) => println!("gone: {}", error.to_string().replace(url.as_str(), "the file's URL")),
    }
    Ok(())
}
