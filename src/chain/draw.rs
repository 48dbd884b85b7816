//! `Display` of an opener: the chain as a picture.

use std::fmt;

use crate::chain::opener::{Link, OpenerDirector};
use crate::handler::{Handler, Hook, HookPhase};

/// The four columns of the picture, and what each says of a hook.
const COLUMNS: [&str; 4] = ["request", "open", "response", "error"];

/// Draws the chain: each handler in its order, and the hooks it fills in under the phase that calls
/// them.
///
/// ```
/// let picture = clientcookie::build_opener(()).to_string();
/// assert!(
///     picture
///         .lines()
///         .any(|line| line.contains("HttpRedirectHandler") && line.contains("http_error"))
/// );
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
        cells[1].extend(Some(opens(&*link.handler)).filter(|opens| !opens.is_empty()));
    } else {
        for hook in Hook::ALL.iter().copied().filter(|hook| is_drawn(*hook, link)) {
            let name = if hook == Hook::Open { opens(&*link.handler) } else { hook.name().to_owned() };
            // An `open` for no scheme is never called.
            cells[column(hook.phase())].extend(Some(name).filter(|name| !name.is_empty()));
        }
    }
    let [request, open, response, error] = cells.map(|names| one_word_for_both(&names.join(", ")));
    [link.order.to_string(), link.handler.name().to_owned(), request, open, response, error]
}

/// Those that the handler names; those of https with those of http, since it is done as http is.
fn is_drawn(hook: Hook, link: &Link) -> bool {
    let names = |hook: Hook| link.handler.hooks().contains(&hook);
    names(hook)
        || match hook {
            Hook::HttpsRequest => !link.is_for_http_alone && names(Hook::HttpRequest),
            Hook::HttpsResponse => !link.is_for_http_alone && names(Hook::HttpResponse),
            _ => false,
        }
}

/// `http_open`, as urllib2 spells it, for each scheme.
fn opens(handler: &dyn Handler) -> String {
    handler.schemes().iter().map(|scheme| format!("{scheme}_open")).collect::<Vec<_>>().join(", ")
}

fn column(phase: HookPhase) -> usize {
    match phase {
        HookPhase::Request => 0,
        HookPhase::Open => 1,
        HookPhase::Response => 2,
        HookPhase::Error => 3,
    }
}

/// Most that is done for http is done for https too, and is easier to read as one.
fn one_word_for_both(names: &str) -> String {
    names
        .replace("http_request, https_request", "http(s)_request")
        .replace("http_response, https_response", "http(s)_response")
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
