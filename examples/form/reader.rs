//! A form of a page, as a browser would send it when its first button is pressed: to copy from. The
//! rules are those of the HTML standard, "Constructing the entry list". No script runs.

use std::io;
use std::path::{Path, PathBuf};

use clientcookie::{Data, Request, Result};
use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use url::Url;

#[derive(Default)]
pub struct Form {
    action: Option<Url>,
    method: String,
    enctype: String,
    /// What goes with it, in the order of the page; of a file, its path.
    fields: Vec<(String, Entry)>,
    has_button: bool,
}

#[derive(Clone)]
enum Entry {
    Text(String),
    File(PathBuf),
}

impl Form {
    /// The forms of a page that came from `url`, with their hidden fields and their defaults.
    pub fn all(page: &str, url: &Url) -> Vec<Self> {
        let (mut base, mut forms) = (url.clone(), Vec::new());
        let document = parse_document(RcDom::default(), ParseOpts::default()).one(page).document;
        // In the order of the page a control belongs to the form before it: `<table><form>` closes
        // the form at once, and browsers see its controls in it all the same.
        walk(&document, false, &mut |node, tag, is_off| match tag {
            "base" => base = attribute(node, "href").and_then(|href| url.join(&href).ok()).unwrap_or(base.clone()),
            "form" => {
                let said = |name| attribute(node, name).unwrap_or_default();
                // "If action is the empty string, let action be the URL of the form document."
                let action = Some(said("action")).filter(|action| !action.is_empty());
                let action = action.map_or(Some(url.clone()), |action| base.join(action.trim()).ok());
                let (method, enctype) = (said("method").to_lowercase(), said("enctype").to_lowercase());
                forms.push(Self { action, method, enctype, ..Self::default() });
            }
            _ if is_off => {}
            _ => forms.last_mut().into_iter().for_each(|form| form.add(node, tag)),
        });
        forms
    }

    /// Fills in a field, in the place of what it holds; one that goes with no form unasked, as a
    /// box to tick, is added.
    pub fn set(&mut self, name: &str, value: &str) {
        self.put(name, Entry::Text(value.to_owned()));
    }

    /// Chooses a file.
    pub fn attach(&mut self, name: &str, path: &Path) {
        self.put(name, Entry::File(path.to_owned()));
    }

    /// The request that it sends.
    pub fn submit(&self) -> Result<Request> {
        let nowhere = || io::Error::other("the form's action is no URL");
        let action = self.action.as_ref().ok_or_else(nowhere)?;
        let pairs = self.fields.iter().map(|(name, entry)| match entry {
            Entry::Text(value) => (name, value.clone()),
            Entry::File(path) => (name, path.file_name().unwrap_or_default().to_string_lossy().into_owned()),
        });
        if self.method != "post" {
            let mut url = action.clone();
            url.query_pairs_mut().clear().extend_pairs(pairs);
            return Request::get(url).build();
        }
        if self.enctype != "multipart/form-data" {
            return Request::post(action, Data::form(pairs)).build();
        }
        let form = self.fields.iter().try_fold(Data::multipart(), |form, (name, entry)| match entry {
            Entry::Text(value) => Ok(form.field(name, value.as_str())),
            // A file that was not chosen goes along, without a name.
            Entry::File(path) if path.as_os_str().is_empty() => Ok(form.file_named(name, "", "")),
            Entry::File(path) => form.file(name, path),
        })?;
        Request::post(action, form).build()
    }

    fn put(&mut self, name: &str, entry: Entry) {
        match self.fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = entry,
            None => self.fields.push((name.to_owned(), entry)),
        }
    }

    fn add(&mut self, control: &Handle, tag: &str) {
        let Some(name) = attribute(control, "name").filter(|name| !name.is_empty()) else {
            return;
        };
        let kind = attribute(control, "type").unwrap_or_default().to_lowercase();
        let (value, is_ticked) = (attribute(control, "value"), attribute(control, "checked").is_some());
        let values = match (tag, kind.as_str()) {
            ("select", _) => chosen(control),
            ("textarea", _) => vec![text(control).replace("\r\n", "\n").replace('\n', "\r\n")],
            ("button", "" | "submit") | ("input", "submit") if !std::mem::replace(&mut self.has_button, true) => {
                vec![value.unwrap_or_default()]
            }
            ("input", "file") => return self.fields.push((name, Entry::File(PathBuf::new()))),
            ("input", "checkbox" | "radio") if is_ticked => vec![value.unwrap_or("on".to_owned())],
            ("input", "checkbox" | "radio" | "submit" | "button" | "reset" | "image") => Vec::new(),
            ("input", _) => vec![value.unwrap_or_default()],
            _ => Vec::new(),
        };
        self.fields.extend(values.into_iter().map(|value| (name.clone(), Entry::Text(value))));
    }
}

/// What of a menu is selected; where nothing is, and one is to be, the first that can be.
fn chosen(select: &Handle) -> Vec<String> {
    let (mut first, mut selected) = (None, Vec::new());
    walk(select, false, &mut |option, tag, is_off| {
        if tag == "option" && !is_off {
            let words = || text(option).split_whitespace().collect::<Vec<_>>().join(" ");
            let value = attribute(option, "value").unwrap_or_else(words);
            first.get_or_insert(value.clone());
            selected.extend(attribute(option, "selected").map(|_| value));
        }
    });
    match attribute(select, "multiple") {
        Some(_) => selected,
        None => selected.pop().or(first).into_iter().collect(),
    }
}

/// Shows each element below, with its tag, and whether it or a group that it stands in is switched
/// off.
fn walk(node: &Handle, is_off: bool, each: &mut dyn FnMut(&Handle, &str, bool)) {
    for child in node.children.borrow().iter() {
        let NodeData::Element { name, .. } = &child.data else { continue };
        let is_off = is_off || attribute(child, "disabled").is_some() || &*name.local == "datalist";
        each(child, &name.local, is_off);
        walk(child, is_off, each);
    }
}

fn attribute(node: &Handle, name: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    attrs.borrow().iter().find(|attribute| &*attribute.name.local == name).map(|found| found.value.to_string())
}

fn text(node: &Handle) -> String {
    let of = |child: &Handle| match &child.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => text(child),
    };
    node.children.borrow().iter().map(of).collect()
}
