//! Thousands of generated scenarios, played through the jar with the classic policy and compared
//! with what Python's `http.cookiejar` and mechanize 0.2.5 did with them.
//!
//! `fixtures/differential/` holds the generator, the outcomes, and the reasons for every
//! difference. With `python3` (3.11 or newer) on the machine, the outcomes are made anew and
//! compared with the file.

mod golden;
mod live;
mod replay;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How many failing cases are told in full.
const TOLD: usize = 12;

#[test]
fn every_outcome_is_the_decided_one() {
    let differences = golden::differences();
    let cases = golden::cases();
    let (mut told, mut failed, mut with_python, mut with_original) = (String::new(), Vec::new(), 0, 0);
    for case in &cases {
        let ours = replay::play(&case.steps);
        with_python += usize::from(ours == case.python);
        with_original += usize::from(ours == case.original);
        let expected_to_differ = differences.remaining.contains_key(&case.number());
        if (ours != case.decided) == expected_to_differ {
            continue;
        }
        failed.push(case.number().to_string());
        if failed.len() > TOLD {
            continue;
        }
        if expected_to_differ {
            writeln!(told, "\ncase {}: is as decided, but is listed as different", case.title).unwrap();
        } else {
            let (scenario, ours) = (case.steps.join("\n"), ours.join("\n"));
            let (decided, mends) = (case.decided.join("\n"), case.mends.join(" "));
            writeln!(told, "\ncase {}\n{scenario}\n-- decided: {mends}\n{decided}\n-- ours:\n{ours}", case.title)
                .unwrap();
        }
    }
    println!(
        "{} scenarios; as http.cookiejar {with_python}, as mechanize {with_original}, not as decided {}",
        cases.len(),
        differences.remaining.len(),
    );
    assert!(failed.is_empty(), "{} of {} cases: {}\n{told}", failed.len(), cases.len(), failed.join(" "));
}

#[test]
fn every_difference_has_a_reason_and_every_reason_a_case() {
    let differences = golden::differences();
    let cases = golden::cases();
    assert!(cases.len() >= 5000, "only {} cases", cases.len());
    let mut used: BTreeMap<&str, usize> = BTreeMap::new();
    for case in &cases {
        assert_eq!(case.decided != case.python, !case.mends.is_empty(), "case {}", case.title);
        assert_eq!(case.original != case.python, !case.habits.is_empty(), "case {}", case.title);
        for reason in case.mends.iter().chain(&case.habits) {
            *used.entry(reason).or_default() += 1;
        }
    }
    let agreed = cases.iter().filter(|case| case.python == case.original).count();
    println!("{agreed} of {} cases agreed on by both; reasons for the rest, and how many: {used:#?}", cases.len());
    let used: BTreeSet<&str> = used.into_keys().collect();
    assert_eq!(
        used, differences.reasons,
        "the reasons in golden.txt, and those that expected_differences.txt explains"
    );
    let numbers: BTreeSet<usize> = cases.iter().map(golden::Case::number).collect();
    assert!(differences.remaining.keys().all(|number| numbers.contains(number)), "a case that is not there");
}

#[test]
fn escaping_is_undone_by_unescaping() {
    for text in [&b""[..], b" ", b" a b ", b"\t\\x41", b"\\", b"\xe9\x00 "] {
        assert_eq!(golden::unescape(&golden::escape(text)), text);
    }
}
