//! Dates as servers write them, read (the original's section on parsing HTTP date strings).
//!
//! ```sh
//! cargo run --example dates
//! ```
#![allow(clippy::print_stdout, reason = "an example is a program that prints")]

use clientcookie::cookie::{str2time, time2iso, time2netscape};

fn main() {
    for text in [
        "Wed, 09 Feb 1994 22:23:32 GMT",
        "Wednesday, 09-Feb-94 22:23:32 GMT",
        "Wed Feb  9 22:23:32 1994",
        "09 Feb 1994 22:23:32 GMT",
        "9 Feb 94",
        "soon",
    ] {
        match str2time(text) {
            Some(time) => println!("{text:35} {time}  {}  {}", time2iso(time), time2netscape(time)),
            None => println!("{text:35} is no date"),
        }
    }
}
