//! Taking in what a `Cookie` header says.

use std::sync::Arc;

use url::Url;

use super::CookieJar;
use crate::cookie::journal::Journal;
use crate::cookie::{Cookie, Refusal, Transaction, bytes};

impl CookieJar {
    /// Puts the cookies of a `Cookie` header in, as a user copies it from a browser's developer
    /// tools: session cookies for the host of this URL alone and for all its paths, `Secure` if
    /// the URL is https. They are sent to it in this order.
    ///
    /// Like what [`set_cookie`](Self::set_cookie) puts in, they count as the user's. `Cookie:` may
    /// stand before them.
    ///
    /// ```
    /// use clientcookie::cookie::CookieJar;
    ///
    /// let jar = CookieJar::new();
    /// let url = url::Url::parse("https://www.example.com/")?;
    /// jar.set_from_cookie_header("sid=31d4; lang=de", &url)?;
    ///
    /// let mut request = http::Request::get("https://www.example.com/account").body(())?;
    /// jar.add_cookie_header(&mut request);
    /// assert_eq!(request.headers()["cookie"], "sid=31d4; lang=de");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The URL has no host, or one of the cookies could not be sent: the log says which. Then none
    /// is put in.
    pub fn set_from_cookie_header(&self, cookies: &str, url: &Url) -> Result<(), Refusal> {
        let transaction = Transaction::new(url, self.now())?;
        let mut made = Vec::new();
        for pair in bytes::split(without_name(cookies), b';').map(<[u8]>::trim_ascii).filter(|pair| !pair.is_empty()) {
            let cookie = cookie(pair, &transaction);
            if let Err(why) = self.policy().storable(&cookie) {
                Journal::open().not_stored(&cookie, why);
                return Err(why);
            }
            made.push(Arc::new(cookie));
        }
        self.or_refusal(self.store().put_all(made, false))
    }
}

fn without_name(header: &str) -> &[u8] {
    match header.split_at_checked("Cookie:".len()) {
        Some((name, cookies)) if name.eq_ignore_ascii_case("Cookie:") => cookies.as_bytes(),
        _ => header.as_bytes(),
    }
}

fn cookie(pair: &[u8], transaction: &Transaction<'_>) -> Cookie {
    let host = transaction.request_host();
    let cookie = match pair.iter().position(|&byte| byte == b'=') {
        Some(equals) => Cookie::new(pair[..equals].trim_ascii(), pair[equals + 1..].trim_ascii(), host),
        None => Cookie::new(pair, b"", host).without_value(),
    };
    cookie.with_secure(transaction.is_secure())
}
