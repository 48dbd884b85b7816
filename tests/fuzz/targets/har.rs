//! Any bytes as a HAR file: what is read of it answers or says why not, and twice the same.

use std::sync::Arc;

use clientcookie::replay::ReplayTransport;
use clientcookie::{HttpHandler, HttpsHandler, OpenerDirector, Request};

/// How many of the recorded requests are asked for.
const ASKED: usize = 20;

pub fn run(har: &[u8]) {
    let Ok(replay) = ReplayTransport::read(har) else {
        return;
    };
    let replay = Arc::new(replay.repeats(true));
    // Nobody follows a redirect: what is answered is what was recorded.
    let mut opener = OpenerDirector::new();
    opener.add_handler(HttpHandler::with_transport(Arc::clone(&replay)));
    opener.add_handler(HttpsHandler::with_transport(Arc::clone(&replay)));
    for asked in replay.unused().into_iter().take(ASKED) {
        let open = || {
            let (method, url) = asked.split_once(' ').expect("a method and a URL");
            let request = Request::get(url).method(method).build().map_err(|error| error.to_string())?;
            let mut response = opener.open(request).map_err(|error| error.to_string())?;
            let mut body = Vec::new();
            response.copy_to(&mut body).map_err(|error| error.to_string())?;
            Ok::<_, String>((response.status(), body.len()))
        };
        let (first, second) = (open(), open());
        // The second is the last that was recorded, which may be another.
        assert!(!first.is_err_and(|error| error.contains("was recorded;")), "{asked} is not found again");
        drop(second);
    }
}
