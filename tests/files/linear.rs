//! Twice the file takes no more than three times the work, whatever it holds.

use super::*;
use crate::support::{assert_linear, can_measure_work};

/// Bytes of the larger file, and of its one line if it has one.
const SIZE: usize = 96 * 1024;

#[test]
fn twice_the_file_is_no_more_than_three_times_the_work() {
    if !can_measure_work() {
        return;
    }
    let attributes: String = (0..SIZE).map(|i| format!("x{i};")).take(SIZE / 4).collect();
    let plain = "Set-Cookie3: n=v; domain=a.test; ";
    let escaped = "Set-Cookie3-Escaped: n=v; domain=a.test; ";
    let cookies: String = (0..SIZE / 32).map(|i| format!("a.test\tFALSE\t/\tFALSE\t0\tn{i:06}\tv\n")).collect();
    let mut files = vec![
        ("many attributes".to_owned(), plain, attributes.clone()),
        ("many escaped attributes".to_owned(), escaped, attributes.replace('x', "+")),
        ("blanks".to_owned(), "", "a.test FALSE / FALSE 0 n v  ".repeat(SIZE / 28)),
        ("comments".to_owned(), "", "#\n".repeat(SIZE / 2)),
        ("escaped nonsense".to_owned(), "", "Set-Cookie3-Escaped: n=%\n".repeat(SIZE / 25)),
        ("lines without a domain".to_owned(), "", "Set-Cookie3: n=v\n".repeat(SIZE / 17)),
        ("a long name".to_owned(), "a.test\tFALSE\t/\tFALSE\t0\t", "n".repeat(SIZE)),
        ("a long domain".to_owned(), "", "a.".repeat(SIZE / 2)),
        ("a long address".to_owned(), "", "1:".repeat(SIZE / 2)),
        ("a long domain in another alphabet".to_owned(), "", "é.".repeat(SIZE / 3)),
        ("cookies of one domain".to_owned(), "", cookies),
        ("a long number".to_owned(), "a.test\tFALSE\t/\tFALSE\t", "9".repeat(SIZE)),
        ("nonsense".to_owned(), "a.test\tFALSE\t/\tFALSE\t0\tn\tv\n", "x\n".repeat(SIZE / 2)),
    ];
    for piece in ["a=\"", "\\", "a=\"\\\" ", "=\"", ",", "a,", " ", "%41", "+a=%4;", "\"", "\t"] {
        for start in [plain, escaped, "Set-Cookie3: n=\"", "a.test\tTRUE\t"] {
            files.push((format!("{start}{piece}"), start, piece.repeat(SIZE / piece.len())));
        }
    }
    for (what, start, filling) in files {
        let run = |size: usize| {
            let filling = &filling.as_bytes()[..size.min(filling.len())];
            let parts = [b"#LWP-Cookies-2.0\n", start.as_bytes(), filling, b"\tFALSE\t/\tFALSE\t0\tn\tv"];
            let (lwp, mozilla) = (LwpFormat::new(), MozillaFormat::new());
            let _ = FileCookieJar::with_format(lwp.line_limit(usize::MAX)).load_from(&*parts.concat());
            let _ = FileCookieJar::with_format(mozilla.line_limit(usize::MAX)).load_from(&*parts.concat());
        };
        assert_linear(&what, filling.len().min(SIZE), &run);
    }
}
