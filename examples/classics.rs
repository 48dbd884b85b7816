//! The handlers that scripts of the urllib2 years brought along, each in a file of its own to copy
//! from; the manual's porting chapter shows them beside Python's.
//!
//! ```sh
//! cargo run --example classics                  # all of them, on a small site on this machine
//! cargo run --example classics -- throttle      # one
//! ```
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

mod classics {
    pub mod by_hand;
    pub mod disk_cache;
    pub mod head_request;
    pub mod keep_pages;
    pub mod local_address;
    pub mod multipart_post;
    pub mod no_redirection;
    #[cfg(feature = "tls")]
    pub mod own_certificates;
    pub mod preemptive_basic;
    pub mod smart_redirect;
    pub mod throttle;
}
mod shared;

use std::env;
use std::error::Error;

type Show = fn() -> Result<(), Box<dyn Error>>;

const ALL: &[(&str, Show)] = &[
    ("multipart_post", classics::multipart_post::show),
    ("smart_redirect", classics::smart_redirect::show),
    ("no_redirection", classics::no_redirection::show),
    ("disk_cache", classics::disk_cache::show),
    ("throttle", classics::throttle::show),
    ("preemptive_basic", classics::preemptive_basic::show),
    ("local_address", classics::local_address::show),
    #[cfg(feature = "tls")]
    ("own_certificates", classics::own_certificates::show),
    ("head_request", classics::head_request::show),
    ("keep_pages", classics::keep_pages::show),
    ("by_hand", classics::by_hand::show),
];

fn main() -> Result<(), Box<dyn Error>> {
    let wanted: Vec<String> = env::args().skip(1).collect();
    if let Some(unknown) = wanted.iter().find(|name| ALL.iter().all(|(known, _)| known != name)) {
        return Err(format!("there is no {unknown}").into());
    }
    for (name, show) in ALL {
        if wanted.is_empty() || wanted.iter().any(|one| one == name) {
            println!("{name}:");
            show()?;
        }
    }
    Ok(())
}
