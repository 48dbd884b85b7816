//! Pre-emptive Basic: the password goes with the first request, and no challenge is waited for.

use std::error::Error;

use clientcookie::{HttpBasicAuthHandler, HttpPasswordMgrWithPriorAuth, build_opener};

use crate::shared::{page, serve};

pub fn show() -> Result<(), Box<dyn Error>> {
    let site = serve(|asked| page(&format!("{} {}", asked.target, asked.header("Authorization").unwrap_or("nobody"))))?;
    let passwords = HttpPasswordMgrWithPriorAuth::new();
    // It is told to what is at and below this place, and to no other site.
    passwords.add_password(None, &format!("{site}/api"), "me", "secret", true)?;
    let opener = build_opener(HttpBasicAuthHandler::new(passwords));
    for path in ["/api/items", "/"] {
        println!("  {}", opener.open(format!("{site}{path}"))?.text()?);
    }
    Ok(())
}
