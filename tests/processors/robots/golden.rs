//! What Python's parsers answer, urllib.robotparser and the one of mechanize 0.2.5, and where we
//! mean to differ.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use clientcookie::RobotRules;

use super::can_fetch;

const CASES: &str = include_str!("../../../fixtures/robots/cases.txt");
const DIFFERENCES: &str = include_str!("../../../fixtures/robots/differences.txt");
/// The recording, the program that it was made by, and the version it says it is.
const RECORDINGS: [(&str, &str, &str); 2] = [
    (include_str!("../../../fixtures/robots/python3.11.txt"), "python3", "Python 3.11."),
    (include_str!("../../../fixtures/robots/mechanize.txt"), "python2.7", "Python 2.7."),
];

/// What was asked: the file's name, the agent and the path.
type Question = [String; 3];

/// The files by name, and the questions in their order.
fn cases() -> (BTreeMap<String, String>, Vec<Question>) {
    let (mut files, mut questions) = (BTreeMap::new(), Vec::new());
    for case in CASES.split("\n=== ").skip(1) {
        let (name, rest) = case.split_once('\n').unwrap();
        let (file, asked) = rest.split_once("---\n").unwrap();
        for line in asked.lines().filter(|line| !line.is_empty()) {
            let (agent, path) = line.split_once('\t').unwrap();
            questions.push([name, agent, path].map(str::to_owned));
        }
        files.insert(name.to_owned(), file.to_owned());
    }
    (files, questions)
}

/// Rows of a question, yes or no, and what may follow.
fn answers(text: &str) -> BTreeMap<Question, (bool, String)> {
    let rows = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    rows.map(|line| {
        let mut cells = line.split('\t').map(str::to_owned);
        let mut cell = || cells.next().unwrap_or_default();
        ([cell(), cell(), cell()], (cell() == "yes", cell()))
    })
    .collect()
}

#[test]
fn rules_mean_what_they_mean_to_python_or_to_rfc_9309() {
    let (files, questions) = cases();
    let differences = answers(DIFFERENCES);
    let recordings = RECORDINGS.map(|(text, ..)| answers(text));
    let (mut wrong, mut met) = (Vec::new(), 0);
    for question in &questions {
        let [name, agent, path] = question;
        let ours = can_fetch(&RobotRules::parse(&files[name]), agent, path);
        let theirs = recordings.each_ref().map(|recording| recording[question].0);
        let meant = differences.get(question);
        met += usize::from(meant.is_some());
        let is_difference = theirs.iter().any(|&answer| answer != ours);
        if is_difference != meant.is_some() || meant.is_some_and(|(answer, why)| *answer != ours || why.is_empty()) {
            wrong.push(format!("{}: we say {ours}, they {theirs:?}", question.join("\t")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(met, differences.len(), "each difference is asked for");
    assert!(recordings.iter().all(|recording| recording.len() == questions.len()));
}

#[test]
fn the_recordings_are_what_python_does() {
    for (recording, program, expected) in RECORDINGS {
        let version = Command::new(program).arg("--version").output().map(|output| {
            // Python 2 says it on stderr.
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).trim().to_owned()
        });
        match version {
            Ok(version) if version.starts_with(expected) => {}
            found => {
                println!("skipped: the recording is of {expected}x, and {program} here is {found:?}");
                continue;
            }
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/robots/make_golden.py");
        let output = Command::new(program).arg("-B").arg(script).output().unwrap();
        if !output.status.success() {
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(error.contains("No module named mechanize"), "{error}");
            println!("skipped: {program} has no mechanize 0.2.5 on its PYTHONPATH");
            continue;
        }
        assert_eq!(answers(&String::from_utf8(output.stdout).unwrap()), answers(recording), "{program}");
    }
}
