//! `Display` of an opener: the chain as a picture.

use std::fmt;

use crate::chain::opener::{Link, OpenerDirector};
use crate::handler::Hook;

/// The four columns of the picture, and what each says of a hook.
const COLUMNS: [&str; 4] = ["request", "open", "response", "error"];

/// Draws the chain: each handler in its order, and the hooks it fills in under the phase that calls them.
///
/// ```
/// let picture = clientcookie::build_opener(()).to_string();
/// assert!(picture.lines().any(|line| line.contains("HttpRedirectHandler") && line.contains("http_error")));
/// ```
impl fmt::Display for OpenerDirector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<[String; 6]> = self.links.iter().map(row).collect();
        let heading = ["order", "handler"].into_iter().chain(COLUMNS).map(str::to_owned);
        let heading: Vec<String> = heading.collect();
        let width = |column: usize| {
            let cells = rows.iter().map(|row| &row[column]).chain([&heading[column]]);
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..heading.len()).map(width).collect();
        rule(f, '┌', '┬', '┐', &widths)?;
        line(f, &heading, &widths)?;
        rule(f, '├', '┼', '┤', &widths)?;
        for row in &rows {
            line(f, row, &widths)?;
        }
        rule(f, '└', '┴', '┘', &widths)?;
        writeln!(
            f,
            "A URL goes down the requests, stops at the first open that answers, and its answer goes down the"
        )?;
        writeln!(f, "responses; one that is not a success goes down the errors from there.")
    }
}

fn row(link: &Link) -> [String; 6] {
    let mut cells: [Vec<String>; 4] = Default::default();
    if link.handler.hooks() == Hook::ALL {
        // It fills in some of them, and nobody can tell which.
        cells[0].push("(asked at every hook)".to_owned());
    } else {
        for &hook in Hook::ALL.iter().filter(|&&hook| link.hooks.has(hook)) {
            let (column, name) = cell(hook, link);
            // An `open` for no scheme is never called.
            cells[column].extend(Some(name).filter(|name| !name.is_empty()));
        }
    }
    let [request, open, response, error] = cells.map(|names| one_word_for_both(&names.join(", ")));
    [link.order.to_string(), link.handler.name().to_owned(), request, open, response, error]
}

/// Most that is done for http is done for https too, and is easier to read as one.
fn one_word_for_both(names: &str) -> String {
    names
        .replace("http_request, https_request", "http(s)_request")
        .replace("http_response, https_response", "http(s)_response")
}

/// Which column a hook belongs to, and its name as urllib2 spells it.
fn cell(hook: Hook, link: &Link) -> (usize, String) {
    let schemes = || link.handler.schemes().iter().map(|scheme| format!("{scheme}_open")).collect::<Vec<_>>();
    let (column, name) = match hook {
        Hook::AnyRequest => (0, "any_request"),
        Hook::HttpRequest => (0, "http_request"),
        Hook::HttpsRequest => (0, "https_request"),
        Hook::OtherRequest => (0, "other_request"),
        Hook::DefaultOpen => (1, "default_open"),
        Hook::Open => return (1, schemes().join(", ")),
        Hook::UnknownOpen => (1, "unknown_open"),
        Hook::OpenError => (3, "open_error"),
        Hook::AnyResponse => (2, "any_response"),
        Hook::HttpResponse => (2, "http_response"),
        Hook::HttpsResponse => (2, "https_response"),
        Hook::OtherResponse => (2, "other_response"),
        Hook::HttpError => (3, "http_error"),
        Hook::HttpErrorDefault => (3, "http_error_default"),
        Hook::Refresh => (3, "refresh"),
    };
    (column, name.to_owned())
}

fn line(f: &mut fmt::Formatter<'_>, cells: &[String], widths: &[usize]) -> fmt::Result {
    for (index, (cell, &width)) in cells.iter().zip(widths).enumerate() {
        match index {
            // Numbers end where the column ends.
            0 => write!(f, "│ {cell:>width$} ")?,
            _ => write!(f, "│ {cell:<width$} ")?,
        }
    }
    writeln!(f, "│")
}

fn rule(f: &mut fmt::Formatter<'_>, left: char, middle: char, right: char, widths: &[usize]) -> fmt::Result {
    for (index, width) in widths.iter().enumerate() {
        write!(f, "{}{}", if index == 0 { left } else { middle }, "─".repeat(width + 2))?;
    }
    writeln!(f, "{right}")
}
