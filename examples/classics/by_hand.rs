//! An opener built by hand: these handlers and no other.

use std::error::Error;

use clientcookie::{
    HttpDefaultErrorHandler, HttpErrorProcessor, HttpHandler, HttpRedirectHandler, OpenerDirector, UnknownHandler,
};

use crate::shared::{page, serve};

pub fn show() -> Result<(), Box<dyn Error>> {
    let site = serve(|asked| match asked.target.as_str() {
        "/" => "HTTP/1.1 302 Found\r\nLocation: /home\r\n\r\n".to_owned(),
        _ => page("home"),
    })?;
    let mut opener = OpenerDirector::new();
    opener.add_handler(HttpHandler::new());
    opener.add_handler(UnknownHandler::new());
    opener.add_handler(HttpDefaultErrorHandler::new());
    opener.add_handler(HttpRedirectHandler::new());
    opener.add_handler(HttpErrorProcessor::new());

    println!("  {}", opener.open(site)?.text()?);
    match opener.open("file:///etc/hostname") {
        Ok(_) => println!("  files are opened"),
        Err(error) => println!("  {error}"),
    }
    Ok(())
}
