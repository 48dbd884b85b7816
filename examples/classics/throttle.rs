//! A throttle: no host is asked more often than once in so many seconds.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clientcookie::clock::{Clock, FixedClock};
use clientcookie::{Handler, Parent, Request, Result as Answered, build_opener};

use crate::shared::{page, serve};

struct Throttle {
    /// Whole seconds between two requests to a host.
    delay: i64,
    clock: Arc<dyn Clock>,
    /// When each host may be asked again, in seconds since 1970.
    next: Mutex<HashMap<String, i64>>,
}

impl Handler for Throttle {
    fn http_request(&self, _: &dyn Parent, request: &mut Request) -> Answered<()> {
        let now = self.clock.now();
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let next = next.entry(request.host().to_owned()).or_insert(now);
            let turn = now.max(*next);
            *next = turn + self.delay;
            turn
        };
        // Without the lock: others may ask other hosts meanwhile.
        self.clock.sleep(Duration::from_secs(u64::try_from(turn - now).unwrap_or(0)));
        Ok(())
    }
}

pub fn show() -> Result<(), Box<dyn Error>> {
    let site = serve(|_| page("a page"))?;
    let clock = Arc::new(FixedClock::new(0));
    let opener = build_opener(Throttle { delay: 5, clock: clock.clone(), next: Mutex::default() });
    // In a program of yours it is the `SystemClock`; this one goes on at once when it is slept by.
    for path in ["/1", "/2", "/3"] {
        opener.open(format!("{site}{path}"))?;
        println!("  {path} after {} seconds", clock.now());
    }
    Ok(())
}
