//! The peers themselves, asked again: is `golden.txt` what they say?

use std::env;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use super::golden::{self, Case, Outcome};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/differential");

/// Set it to play all cases through the live peers, and not every sixteenth.
const ALL: &str = "CLIENTCOOKIE_DIFFERENTIAL_ALL";

#[test]
fn the_golden_file_is_what_python_does() {
    if !succeeds("python3", "import sys; sys.exit(sys.version_info < (3, 11))") {
        return println!("skipped: there is no python3 of version 3.11 or newer");
    }
    let cases = golden::cases();
    let generated = run("python3", &["generate.py"], "");
    let scenarios: Vec<_> = golden::blocks(&generated).collect();
    let known: Vec<_> = cases.iter().map(|case| (case.title, case.steps.clone())).collect();
    assert!(scenarios == known, "the generator does not write the scenarios of golden.txt");

    compare(&cases, &["oracle.py", "http.cookiejar"], "python3", |case| &case.python);
    compare(&cases, &["oracle.py", "decided"], "python3", |case| &case.decided);
}

#[test]
fn the_golden_file_is_what_the_original_does() {
    if !succeeds("python2.7", "import mechanize; assert mechanize.__version__[:3] == (0, 2, 5)") {
        return println!("skipped: there is no python2.7 that can import mechanize 0.2.5");
    }
    compare(&golden::cases(), &["oracle.py", "mechanize"], "python2.7", |case| &case.original);
}

/// Plays a sample of the cases through an oracle, and compares with what the file says.
fn compare(cases: &[Case], oracle: &[&str], python: &str, expected: impl Fn(&Case) -> &Outcome) {
    let step = if env::var_os(ALL).is_some() { 1 } else { 16 };
    let sample: Vec<&Case> = cases.iter().step_by(step).collect();
    let mut scenarios = String::new();
    for case in &sample {
        write!(scenarios, "case {}\n{}\n\n", case.title, case.steps.join("\n")).unwrap();
    }
    let answers = run(python, oracle, &scenarios);
    let answers: Vec<_> = golden::blocks(&answers).collect();
    assert_eq!(answers.len(), sample.len());
    for (case, (title, lines)) in sample.iter().zip(answers) {
        assert_eq!(case.title, title);
        let lines: Outcome = lines.into_iter().map(golden::as_text).collect();
        assert_eq!(*expected(case), lines, "case {title}, {oracle:?}");
    }
    println!("{} cases played through {python} {oracle:?}", sample.len());
}

fn succeeds(python: &str, code: &str) -> bool {
    let mut command = Command::new(python);
    let command = command.args(["-c", code]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn run(python: &str, arguments: &[&str], input: &str) -> String {
    // -B: a test leaves no compiled files in the sources.
    let mut command = Command::new(python);
    let command = command.arg("-B").args(arguments).current_dir(Path::new(FOLDER));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a running Python");
    let mut stdin = child.stdin.take().expect("an input");
    let input = input.to_owned();
    let writer = thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("an output");
    assert!(output.status.success(), "{python} {arguments:?} failed");
    // A peer that stops reading has failed, and said so above.
    writer.join().expect("no panic").expect("an input that was read");
    String::from_utf8(output.stdout).expect("ASCII")
}
