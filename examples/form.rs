//! Filling in a form, as scripts did with mechanize and ClientForm: the page's hidden fields and
//! defaults go along.
//!
//! ```sh
//! # Log in to a small site on this machine:
//! cargo run --example form
//! # What a saved page's first form would send:
//! cargo run --example form -- page.html http://example.com/ user=me
//! ```
//!
//! To copy from: `form/reader.rs`.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

#[path = "form/reader.rs"]
mod reader;
mod shared;

use std::error::Error;
use std::io::Read;
use std::path::Path;
use std::{env, fs};

use clientcookie::{Data, build_opener};
use url::Url;

use reader::Form;
use shared::{page, serve};

const LOGIN: &str = include_str!("../fixtures/forms/login.html");

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [] => log_in(),
        [page, url, filled @ ..] => show(&fs::read_to_string(page)?, &Url::parse(url)?, filled),
        _ => Err("a page and its URL".into()),
    }
}

fn log_in() -> Result<(), Box<dyn Error>> {
    let site = serve(|asked| match asked.method.as_str() {
        "GET" => page(LOGIN),
        _ => page(&format!("{} got {}", asked.target, String::from_utf8_lossy(&asked.data))),
    })?;
    let opener = build_opener(());
    let mut login = opener.open(format!("{site}/login"))?;
    let (page, url) = (login.text()?, login.url());
    let mut form = Form::all(&page, url).swap_remove(0);
    form.set("user", "me");
    form.set("password", "s&cret");
    println!("{}", opener.open(form.submit()?)?.text()?);
    Ok(())
}

/// `name=value` fills a field in, `name=@path` chooses a file.
fn show(page: &str, url: &Url, filled: &[String]) -> Result<(), Box<dyn Error>> {
    let mut form = Form::all(page, url).into_iter().next().ok_or("there is no form")?;
    for (name, value) in filled.iter().filter_map(|field| field.split_once('=')) {
        match value.strip_prefix('@') {
            Some(path) => form.attach(name, Path::new(path)),
            None => form.set(name, value),
        }
    }
    let request = form.submit()?;
    println!("{} {}", request.method(), request.url());
    if let Some(mut data) = request.data().and_then(Data::try_clone) {
        let mut sent = String::new();
        data.open()?.read_to_string(&mut sent)?;
        println!("{sent}");
    }
    Ok(())
}
