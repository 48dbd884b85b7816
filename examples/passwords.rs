//! Passwords: said to who asks for them, in the way they ask, and to nobody else.
//!
//! ```sh
//! cargo run --example passwords
//! ```
//!
//! The site is a server in this example, with a room that asks with Basic and one that asks with
//! Digest.
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

mod shared;

use std::sync::Arc;

use clientcookie::{
    Error, HttpBasicAuthHandler, HttpDigestAuthHandler, HttpPasswordMgrWithDefaultRealm, OpenerDirector, build_opener,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let site = serve()?;
    let passwords = HttpPasswordMgrWithDefaultRealm::new();
    // For every realm of this place, and all that lies below it.
    passwords.add_password(None, &format!("{site}/staff"), "me", "secret")?;
    let passwords = Arc::new(passwords);
    let opener = build_opener((
        HttpDigestAuthHandler::new(Arc::clone(&passwords)),
        HttpBasicAuthHandler::new(Arc::clone(&passwords)),
    ));
    show(&opener, &format!("{site}/staff/basic"))?;
    // No password is for this place, so none is said.
    show(&opener, &format!("{site}/elsewhere/basic"))?;
    // But the URL may say it.
    show(&opener, &format!("{}/elsewhere/basic", site.replace("://", "://me:secret@")))?;
    // A site that has asked for Digest once is not told the password itself any more: so this comes
    // last.
    show(&opener, &format!("{site}/staff/digest"))?;
    Ok(())
}

fn show(opener: &OpenerDirector, url: &str) -> Result<(), Error> {
    let mut response = match opener.open(url).map_err(Error::into_http_error) {
        Ok(response) => response,
        // A refusal is a page too.
        Err(refusal) => refusal?.into_response(),
    };
    let text = response.text()?;
    println!("{}: {text}", response.url().path());
    Ok(())
}

/// The password itself never comes; that who answers knows it can be seen all the same (RFC 2069).
fn is_right(said: &str, path: &str) -> bool {
    let hash = |text: String| format!("{:x}", md5::compute(text));
    let (user, request) = (hash("me:Staff:secret".to_owned()), hash(format!("GET:{path}")));
    said.contains(&format!("response=\"{}\"", hash(format!("{user}:4b1d:{request}"))))
}

fn serve() -> std::io::Result<String> {
    shared::serve(|asked| {
        let said = asked.header("Authorization").unwrap_or("nothing");
        let (challenge, right) = match asked.target.ends_with("/digest") {
            true => ("Digest realm=\"Staff\", nonce=\"4b1d\"", is_right(said, &asked.target)),
            // That is "me:secret" in base64, for everybody on the way to read.
            false => ("Basic realm=\"Front Desk\"", said == "Basic bWU6c2VjcmV0"),
        };
        let scheme = said.split(' ').next().unwrap_or_default();
        match right {
            true => shared::page(&format!("come in, with {scheme}")),
            false => format!(
                "HTTP/1.1 401 Who Is There\r\nWWW-Authenticate: {challenge}\r\nConnection: close\r\n\r\nstay out, with {scheme}"
            ),
        }
    })
}
