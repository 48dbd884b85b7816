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
    let mut files = vec![
        ("many attributes".to_owned(), plain, attributes.clone()),
        ("many escaped attributes".to_owned(), escaped, attributes.replace('x', "+")),
        ("blanks".to_owned(), "", "a.test FALSE / FALSE 0 n v  ".repeat(SIZE / 28)),
        ("comments".to_owned(), "", "#\n".repeat(SIZE / 2)),
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
            let file = format!("#LWP-Cookies-2.0\n{start}{}\n", &filling[..size.min(filling.len())]);
            let _ = LwpFormat::new().line_limit(usize::MAX).read(file.as_bytes());
            let _ = MozillaFormat::new().line_limit(usize::MAX).read(file.as_bytes());
        };
        assert_linear(&what, filling.len().min(SIZE), &run);
    }
}
