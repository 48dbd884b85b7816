//! Whoever ports a program finds every name of the original: as an item here, under its old name in
//! the search of the documentation, or in the table of the manual's porting chapter, which may say
//! why there is none.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Where a class's names may also be found: what it is here, behind what it ends in there.
const RELATIVES: &[(&str, &[&str])] = &[
    ("Processor", &["Handler"]),
    ("Handler", &["Handler", MACRO]),
    ("PasswordMgr", &["PasswordMgr", MACRO]),
    ("DefaultCookiePolicy", &["StrictNsDomain"]),
    ("Request", &["RequestBuilder"]),
    ("CookieJar", &["CookieJar", "FileCookieJar"]),
    ("HTTPError", &["Response"]),
    ("RobotExclusionError", &["Response"]),
    ("response", &["Response", "Headers"]),
    ("addinfourl", &["Response"]),
    ("response_seek_wrapper", &["Response"]),
];

/// What a type is called in a macro that declares several.
const MACRO: &str = "$name";

#[test]
fn every_name_of_the_original_is_answered_for() {
    let here = Names::read();
    let rows = rows();
    let lost: Vec<&str> =
        NAMES.with(|name| !here.has(name) && !rows.iter().any(|row| row.names.iter().any(|one| one == name)));
    assert!(
        lost.is_empty(),
        "neither an item, nor a doc(alias), nor a row of the table in src/manual/porting.md:\n{}",
        lost.join("\n")
    );
}

#[test]
fn the_table_names_only_what_there_was_and_what_there_is() {
    let here = Names::read();
    let original: BTreeSet<&str> = NAMES.with(|_| true).into_iter().collect();
    let rows = rows();
    assert!(rows.len() > 50, "the table was not found");
    for row in rows {
        for name in &row.names {
            assert!(original.contains(name.as_str()), "the table has {name}, which the original has not");
        }
        assert!(!row.answer.is_empty(), "the row of {:?} says nothing", row.names);
        for link in row.answer.split("[`").skip(1).filter_map(|rest| rest.split('`').next()) {
            assert!(here.has_path(link), "the row of {:?} leads to {link}, which does not exist", row.names);
        }
    }
}

#[test]
fn a_name_that_nobody_has_is_missed() {
    let here = Names::read();
    for name in
        ["urlclose", "HTTPCookieEater", "CookieJar.eat", "Request.set_cookie_if_ok", "DefaultCookiePolicy.clear"]
    {
        assert!(!here.has(name), "{name}");
    }
    for name in ["urlopen", "HTTPCookieProcessor", "CookieJar.set_cookie", "Request.get_full_url", "BaseHandler"] {
        assert!(here.has(name), "{name}");
    }
}

/// fixtures/public_names.txt.
struct Fixture(&'static str);

const NAMES: Fixture = Fixture(include_str!("../fixtures/public_names.txt"));

impl Fixture {
    fn with(&self, keep: impl Fn(&str) -> bool) -> Vec<&'static str> {
        let lines = self.0.lines().filter(|line| !line.starts_with('#'));
        let names = lines.filter_map(|line| line.split(' ').next());
        names.filter(|name| keep(name)).collect()
    }
}

/// A row of the table: the names of the original, and what is said of them.
struct Row {
    names: Vec<String>,
    answer: String,
}

fn rows() -> Vec<Row> {
    let chapter = fs::read_to_string("src/manual/porting.md").unwrap();
    let cells = chapter.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    cells
        .filter(|(names, _)| names.starts_with('`'))
        .map(|(names, answer)| Row {
            names: names.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
            answer: answer.trim().to_owned(),
        })
        .collect()
}

/// What the sources offer: (owner, name), where the owner of what stands alone is empty.
#[derive(Default)]
struct Names {
    items: BTreeSet<(String, String)>,
    /// (owner, old name, item).
    aliases: BTreeSet<(String, String, String)>,
}

impl Names {
    fn read() -> Self {
        let mut names = Self::default();
        names.read_folder(Path::new("src"));
        assert!(names.items.len() > 500, "the sources were not found");
        names
    }

    fn read_folder(&mut self, folder: &Path) {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                self.read_folder(&path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                self.read_source(&fs::read_to_string(&path).unwrap());
            }
        }
    }

    fn read_source(&mut self, source: &str) {
        let mut owner = Owner::default();
        let mut aliases: Vec<&str> = Vec::new();
        for line in source.lines().take_while(|line| *line != "#[cfg(test)]") {
            let code = line.trim_start();
            if let Some(rest) = code.strip_prefix("#[doc(alias = \"") {
                aliases.extend(rest.split('"').next());
            } else if let Some((_, name)) = code.strip_prefix("pub use ").and_then(|rest| rest.split_once(" as ")) {
                self.items.insert((String::new(), word(name).to_owned()));
            } else if code.starts_with("impl") && code.ends_with('{') {
                owner = Owner::of_impl(code);
            } else if let Some((kind, name)) = declared(code, &owner) {
                let alone = line == code && kind != Kind::Field || matches!(kind, Kind::Type);
                if kind == Kind::Type {
                    owner = Owner::of_type(code, name);
                }
                let of = if alone { String::new() } else { owner.name.clone() };
                for alias in aliases.drain(..) {
                    self.aliases.insert((of.clone(), alias.to_owned(), name.to_owned()));
                }
                self.items.insert((of, name.to_owned()));
            } else if !code.starts_with("//") && !code.starts_with("#[") && !aliases.is_empty() {
                // What a macro declares.
                let name = code.split(|one: char| !is_word(one)).next().unwrap_or_default();
                for alias in aliases.drain(..) {
                    self.aliases.insert((String::new(), alias.to_owned(), name.to_owned()));
                }
                self.items.insert((String::new(), name.to_owned()));
            }
        }
    }

    /// Whether a name of the original is an item here, or an alias of one.
    fn has(&self, name: &str) -> bool {
        let Some((class, member)) = name.split_once('.') else {
            return self.has_item("", &recased(name)) || self.aliases.iter().any(|(_, alias, _)| alias == name);
        };
        let mut owners = vec![recased(class)];
        owners.extend(self.aliases.iter().filter(|(_, alias, _)| alias == class).map(|(.., item)| item.clone()));
        let relatives = RELATIVES.iter().filter(|(end, _)| class.ends_with(end));
        owners.extend(relatives.flat_map(|(_, all)| all.iter().map(|one| (*one).to_owned())));
        owners.iter().any(|owner| {
            self.has_item(owner, &recased(member))
                || self.aliases.iter().any(|(of, alias, _)| of == owner && alias == member)
        })
    }

    fn has_path(&self, path: &str) -> bool {
        let path = path.trim_end_matches("()");
        match path.rsplit_once("::") {
            None => self.has_item("", path) || path.starts_with(char::is_lowercase),
            Some((owner, member)) => {
                let owner = owner.rsplit("::").next().unwrap_or(owner);
                let owners = [owner, MACRO, "CookieJar", "FileCookieJar"];
                owners.iter().any(|owner| self.has_item(owner, member)) || owner.starts_with(char::is_lowercase)
            }
        }
    }

    fn has_item(&self, owner: &str, name: &str) -> bool {
        self.items.contains(&(owner.to_owned(), name.to_owned()))
    }
}

/// What the lines belong to.
#[derive(Default)]
struct Owner {
    name: String,
    /// Whether what is in it is public without saying so: a trait, or what implements one.
    is_open: bool,
    is_enum: bool,
}

impl Owner {
    fn of_impl(code: &str) -> Self {
        let code = code.trim_end_matches(" {");
        let (is_open, name) = match code.split_once(" for ") {
            Some((_, name)) => (true, name),
            None if code.starts_with("impl<") => (false, code.split_once("> ").map_or(code, |(_, name)| name)),
            None => (false, code.trim_start_matches("impl ")),
        };
        let name = name.trim_start_matches('&').split(['<', ' ']).next().unwrap_or_default();
        Self { name: name.to_owned(), is_open, is_enum: false }
    }

    fn of_type(code: &str, name: &str) -> Self {
        Self { name: name.to_owned(), is_open: code.starts_with("pub trait"), is_enum: code.starts_with("pub enum") }
    }
}

#[derive(PartialEq)]
enum Kind {
    Type,
    Function,
    Field,
}

/// What a line declares for everybody, if anything.
fn declared<'a>(code: &'a str, owner: &Owner) -> Option<(Kind, &'a str)> {
    if owner.is_enum && code.starts_with(char::is_uppercase) {
        return Some((Kind::Field, word(code)));
    }
    let public = code.strip_prefix("pub ");
    let rest = public.or_else(|| owner.is_open.then_some(code))?;
    for keyword in ["struct ", "trait ", "enum ", "type "] {
        if let Some(rest) = rest.strip_prefix(keyword) {
            return public.is_some().then(|| (Kind::Type, word(rest)));
        }
    }
    for keyword in ["const fn ", "fn ", "const "] {
        if let Some(rest) = rest.strip_prefix(keyword) {
            return Some((Kind::Function, word(rest)));
        }
    }
    (public.is_some() && rest[word(rest).len()..].starts_with(':')).then(|| (Kind::Field, word(rest)))
}

fn word(code: &str) -> &str {
    let end = code.find(|one: char| !is_word(one)).unwrap_or(code.len());
    &code[..end]
}

fn is_word(one: char) -> bool {
    one.is_alphanumeric() || one == '_' || one == '$'
}

/// A name as Rust writes it: `HTTPCookieProcessor` as `HttpCookieProcessor`, `DomainStrict` as it
/// is.
fn recased(name: &str) -> String {
    const ACRONYMS: &[(&str, &str)] = &[
        ("HTTPS", "Https"),
        ("HTTP", "Http"),
        ("LWP", "Lwp"),
        ("MSIE", "Msie"),
        ("CacheFTP", "CacheFtp"),
        ("FTP", "Ftp"),
        ("URL", "Url"),
    ];
    for (old, new) in ACRONYMS {
        if let Some(rest) = name.strip_prefix(old)
            && rest.starts_with(char::is_uppercase)
        {
            return format!("{new}{rest}");
        }
    }
    name.to_owned()
}
