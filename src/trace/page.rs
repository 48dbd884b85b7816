//! The page for a browser: nothing but HTML and CSS, so that it can be mailed, and works without a
//! network and by the keyboard alone.

use std::fmt::Write as _;
use std::time::Duration;

use super::model::{Body, Exchange, Node, What, idle_line, runs};
use super::text::{body_line, millis, sentence};
use crate::observe::{Change, Outcome, Step};

/// The whole page.
pub(super) fn write(exchanges: &[Exchange], missed: u64) -> String {
    let end = exchanges.iter().map(|one| one.offset + last(one)).max().unwrap_or_default();
    let count = exchanges.len();
    let mut page = Page(String::new());
    page.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.raw("<title>A trace of clientcookie</title>\n<style>\n");
    page.raw(include_str!("page.css"));
    page.raw("</style>\n</head>\n<body>\n<header>\n<h1>What the chain did</h1>\n");
    let first = exchanges.first().map_or("nothing was opened", |first| first.url.as_str());
    let plural = if count == 1 { "exchange" } else { "exchanges" };
    page.element("p", "", &format!("{first}: {count} {plural}, {}", millis(end)));
    if missed > 0 {
        page.element("p", "fails", &format!("{missed} events more were not kept"));
    }
    page.raw("</header>\n<main>\n");
    page.waterfall(exchanges, end);
    exchanges.iter().for_each(|exchange| page.lane(exchange));
    page.raw("</main>\n</body>\n</html>\n");
    page.0
}

/// When the last thing happened in it.
fn last(exchange: &Exchange) -> Duration {
    let end = exchange.end.as_ref().map(|(at, _)| *at);
    end.into_iter().chain(exchange.body.as_ref().map(|body| body.at)).max().unwrap_or(exchange.begin)
}

/// The page so far.
struct Page(String);

impl Page {
    fn raw(&mut self, html: &str) {
        self.0.push_str(html);
    }

    /// Text, which is no markup.
    fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                // No HTML has these, escaped or not.
                '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\x7f'..='\u{9f}' => self.0.push('\u{fffd}'),
                character => self.0.push(character),
            }
        }
    }

    fn element(&mut self, name: &str, class: &str, text: &str) {
        let _ = write!(self.0, "<{name} class=\"{class}\">");
        self.text(text);
        let _ = writeln!(self.0, "</{name}>");
    }

    /// The times of all exchanges beside each other; each row leads to its lane.
    fn waterfall(&mut self, exchanges: &[Exchange], end: Duration) {
        self.raw("<nav aria-label=\"Exchanges\">\n<h2>When</h2>\n<ol class=\"waterfall\">\n");
        for exchange in exchanges {
            let _ = write!(self.0, "<li><a href=\"#x{}\"><span class=\"name\">", exchange.id);
            self.text(&format!("#{} {} {}", exchange.id, exchange.method, exchange.url));
            let _ = write!(self.0, "</span><span class=\"status {}\">", class_of(exchange));
            self.text(&short(exchange));
            self.raw("</span><span class=\"bar\" aria-hidden=\"true\">");
            for (class, from, to) in spans(exchange) {
                let (left, width) =
                    (percent(exchange.offset + from, end), percent(to.saturating_sub(from), end).max(0.3));
                let _ = write!(
                    self.0,
                    "<span class=\"{class}\" style=\"left:{left:.2}%;width:{width:.2}%\" title=\"{class}\"></span>"
                );
            }
            self.raw("</span></a></li>\n");
        }
        self.raw("</ol>\n<p class=\"legend\">");
        for class in ["handlers", "dns", "connect", "tls", "send", "wait", "receive"] {
            let _ = write!(self.0, "<span><i class=\"{class}\"></i>{class}</span> ");
        }
        self.raw("</p>\n</nav>\n");
    }

    fn lane(&mut self, exchange: &Exchange) {
        let _ = writeln!(self.0, "<section id=\"x{}\" class=\"lane\">", exchange.id);
        self.raw("<h2>");
        self.text(&format!("#{} {} {}", exchange.id, exchange.method, exchange.url));
        self.raw("</h2>\n<p class=\"why\">");
        self.text(&exchange.reason.to_string());
        if let Some(parent) = exchange.parent {
            let _ = write!(self.0, ", after <a href=\"#x{parent}\">#{parent}</a>");
        }
        self.raw("</p>\n");
        self.chain(exchange);
        for (phase, nodes) in phases(&exchange.nodes) {
            let _ = writeln!(self.0, "<div class=\"phase\"><h3>{phase}</h3><div class=\"steps\">");
            self.nodes(exchange, nodes);
            self.raw("</div></div>\n");
        }
        self.raw("<div class=\"phase\"><h3>in the end</h3><div class=\"steps\">\n");
        if let Some((at, outcome)) = &exchange.end {
            self.step(*at, class_of(exchange), &outcome.to_string());
        }
        if let Some(body) = &exchange.body {
            self.body(body);
        }
        self.raw("</div></div>\n</section>\n");
    }

    /// The handlers as links of the chain, from left to right.
    fn chain(&mut self, exchange: &Exchange) {
        self.raw("<ol class=\"chain\" tabindex=\"0\" aria-label=\"The chain\">\n");
        for node in &exchange.nodes {
            if let What::Call { handler, hook, outcome, .. } = &node.what {
                let class =
                    if node.idle().is_some() { "idle" } else { outcome.as_ref().map_or("fails", outcome_class) };
                let _ = write!(self.0, "<li class=\"{class}\"><b>");
                self.text(handler);
                self.raw("</b><small>");
                self.text(hook);
                self.raw("</small></li>\n");
            }
        }
        self.raw("</ol>\n");
    }

    fn nodes(&mut self, exchange: &Exchange, nodes: &[Node]) {
        for run in runs(nodes) {
            match (idle_line(run), run.first()) {
                (Some(idle), Some(first)) => self.step(first.at, "idle", &idle),
                _ => run.iter().for_each(|node| self.node(exchange, node)),
            }
        }
    }

    fn node(&mut self, exchange: &Exchange, node: &Node) {
        match &node.what {
            What::Exchange(id) => {
                self.raw("<div class=\"step\">");
                self.time(node.at);
                let _ = writeln!(self.0, "<span>opens <a href=\"#x{id}\">#{id}</a></span></div>");
            }
            What::Step(step) => self.plain(exchange, node.at, step),
            What::Call { handler, hook, outcome, changes, .. } => {
                if changes.is_empty() && node.within.is_empty() {
                    let said = outcome.as_ref().map_or("never answered".to_owned(), ToString::to_string);
                    return self.step(node.at, "", &format!("{handler}.{hook}: {said}"));
                }
                // What more than headers hangs on is open from the start.
                let is_open = if node.within.is_empty() { "" } else { " open" };
                let _ = write!(self.0, "<details{is_open}><summary>");
                self.time(node.at);
                self.raw("<span><b>");
                self.text(handler);
                self.raw("</b>.<wbr>");
                self.text(hook);
                self.raw("</span>");
                if let Some(outcome) = outcome.as_ref().filter(|outcome| **outcome != Outcome::Passes) {
                    self.element("span", outcome_class(outcome), &outcome.to_string());
                }
                self.raw("</summary>\n<div class=\"within\">\n");
                self.nodes(exchange, &node.within);
                self.changes(changes);
                self.raw("</div></details>\n");
            }
        }
    }

    fn changes(&mut self, changes: &[Change]) {
        if changes.is_empty() {
            return;
        }
        self.raw("<pre class=\"diff\">");
        for change in changes {
            let name = match change {
                Change::Added { .. } => "ins",
                Change::Removed { .. } => "del",
                Change::Replaced { .. } => "em",
            };
            self.element(name, "", &change.to_string());
        }
        self.raw("</pre>\n");
    }

    /// A step without others in it. Heads are shown whole.
    fn plain(&mut self, exchange: &Exchange, at: Duration, step: &Step) {
        let (request, response) = (&exchange.wire.request, &exchange.wire.response);
        match (step, request, response) {
            (Step::Sent { .. }, Some(request), _) => self.head(at, &sentence(step), &request.line, &request.headers),
            (Step::Head { .. }, _, Some(head)) => {
                let line = format!("{} {} {}", head.version, head.status, head.reason);
                self.head(at, &sentence(step), &line, &head.headers);
            }
            (Step::Cookie { fate, .. }, ..) => {
                self.raw("<div class=\"step cookie\">");
                self.time(at);
                self.raw("<span>");
                self.text(&sentence(step));
                if let Some(why) = fate.refusal() {
                    self.element("cite", "", why.rule());
                }
                self.raw("</span></div>\n");
            }
            _ => self.step(at, "", &sentence(step)),
        }
    }

    fn head(&mut self, at: Duration, title: &str, line: &str, headers: &[(String, String)]) {
        self.raw("<details><summary>");
        self.time(at);
        self.element("span", "", title);
        self.raw("</summary><pre>");
        self.text(line);
        for (name, value) in headers {
            self.text(&format!("\n{name}: {value}"));
        }
        self.raw("</pre></details>\n");
    }

    fn body(&mut self, body: &Body) {
        if body.start.is_empty() {
            return self.step(body.at, "", &body_line(body));
        }
        self.raw("<details><summary>");
        self.time(body.at);
        self.element("span", "", &body_line(body));
        self.raw("</summary><pre>");
        match std::str::from_utf8(&body.start) {
            Err(error) if error.error_len().is_some() => self.text("(bytes that are no text)"),
            _ => self.text(&String::from_utf8_lossy(&body.start)),
        }
        if (body.start.len() as u64) < body.bytes {
            self.text("\n[...]");
        }
        self.raw("</pre></details>\n");
    }

    fn step(&mut self, at: Duration, class: &str, text: &str) {
        let _ = write!(self.0, "<div class=\"step {class}\">");
        self.time(at);
        self.element("span", "", text);
        self.raw("</div>\n");
    }

    fn time(&mut self, at: Duration) {
        self.element("time", "", &millis(at));
    }
}

/// What happened before anybody answered, while somebody did, and with the answer.
fn phases(nodes: &[Node]) -> Vec<(&'static str, &[Node])> {
    let phase_of = |node: &Node| match &node.what {
        What::Call { hook, .. } if hook.ends_with("_request") => "request",
        What::Call { hook, .. } if hook.ends_with("_response") => "response",
        _ => "open",
    };
    let runs = nodes.chunk_by(|one, other| phase_of(one) == phase_of(other));
    runs.map(|run| (run.first().map_or("open", phase_of), run)).collect()
}

/// The parts of the time that it took: class, beginning and end. Those of the wire lie over those
/// of the handlers.
fn spans(exchange: &Exchange) -> Vec<(&'static str, Duration, Duration)> {
    let wire = &exchange.wire;
    let ready = wire.tls.or(wire.connected).or(wire.reused);
    let pieces = [
        ("handlers", Some(exchange.begin), Some(last(exchange))),
        ("dns", wire.resolving, wire.resolved),
        ("connect", wire.connecting, wire.connected),
        ("tls", wire.connected.filter(|_| wire.tls.is_some()), wire.tls),
        ("send", ready, wire.sent),
        ("wait", wire.sent, wire.first_byte),
        ("receive", wire.first_byte, exchange.body.as_ref().map(|body| body.at)),
    ];
    pieces.into_iter().filter_map(|(class, from, to)| Some((class, from?, to?))).collect()
}

fn percent(part: Duration, whole: Duration) -> f64 {
    match whole.as_secs_f64() {
        0.0 => 0.0,
        whole => part.as_secs_f64() / whole * 100.0,
    }
}

fn class_of(exchange: &Exchange) -> &'static str {
    exchange.end.as_ref().map_or("idle", |(_, outcome)| outcome_class(outcome))
}

fn outcome_class(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Fails { .. } => "fails",
        Outcome::Next { .. } => "next",
        Outcome::Answers { status: 200..=299 } => "good",
        Outcome::Answers { .. } => "bad",
        _ => "acts",
    }
}

/// The status, or a word.
fn short(exchange: &Exchange) -> String {
    let status = exchange.wire.response.as_ref().map(|head| head.status);
    match (status, &exchange.end) {
        (Some(status), _) => status.to_string(),
        (None, Some((_, Outcome::Answers { status }))) => status.to_string(),
        (None, Some((_, Outcome::Fails { .. }))) => "failed".to_owned(),
        _ => String::new(),
    }
}
