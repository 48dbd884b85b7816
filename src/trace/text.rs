//! The tree of text.

use std::fmt;
use std::time::Duration;

use anstyle::{AnsiColor, Style};

use super::model::{Body, Exchange, Node, What, idle_line, runs};
use crate::observe::{Change, CookieFate, Outcome, Step};

/// How wide the column of times is.
const TIMES: usize = 10;

/// A trace to be displayed.
pub(super) struct Tree {
    pub(super) exchanges: Vec<Exchange>,
    pub(super) missed: u64,
    pub(super) has_colours: bool,
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for exchange in &self.exchanges {
            self.exchange(f, exchange)?;
        }
        match self.missed {
            0 => Ok(()),
            missed => writeln!(f, "({missed} events more were not kept)"),
        }
    }
}

impl Tree {
    fn exchange(&self, f: &mut fmt::Formatter<'_>, exchange: &Exchange) -> fmt::Result {
        let title = format!("#{} {} {}", exchange.id, exchange.method, exchange.url);
        let after = exchange.parent.map_or_else(String::new, |parent| format!(", after #{parent}"));
        writeln!(f, "{} ({}{after})", self.styled(Style::new().bold(), &title), exchange.reason)?;
        self.nodes(f, &exchange.nodes, 0)?;
        if let Some((at, outcome)) = &exchange.end {
            self.line(f, Some(*at), 0, style_of(outcome), &format!("outcome: {outcome}"))?;
        }
        match &exchange.body {
            Some(body) => self.line(f, Some(body.at), 0, Style::new(), &body_line(body)),
            None => Ok(()),
        }
    }

    fn nodes(&self, f: &mut fmt::Formatter<'_>, nodes: &[Node], depth: usize) -> fmt::Result {
        for run in runs(nodes) {
            match (idle_line(run), run.first()) {
                (Some(idle), first) => self.line(f, first.map(|node| node.at), depth, dim(), &idle)?,
                (None, _) => run.iter().try_for_each(|node| self.node(f, node, depth))?,
            }
        }
        Ok(())
    }

    fn node(&self, f: &mut fmt::Formatter<'_>, node: &Node, depth: usize) -> fmt::Result {
        match &node.what {
            What::Exchange(id) => {
                return self.line(f, Some(node.at), depth, Style::new().bold(), &format!("opens #{id}, see there"));
            }
            What::Step(step) => {
                self.line(f, Some(node.at), depth, style_of_step(step), &sentence(step))?;
                return self.head(f, depth + 1, step);
            }
            What::Call { handler, hook, outcome, .. } => {
                let said = match outcome {
                    Some(Outcome::Passes) => String::new(),
                    Some(outcome) => format!(": {outcome}"),
                    None => ": never answered".to_owned(),
                };
                let style = outcome.as_ref().map_or(dim(), style_of);
                self.line(f, Some(node.at), depth, style, &format!("{handler}.{hook}{said}"))?;
            }
        }
        self.nodes(f, &node.within, depth + 1)?;
        if let What::Call { changes, .. } = &node.what {
            for change in changes {
                let style = match change {
                    Change::Added { .. } => AnsiColor::Green.on_default(),
                    Change::Removed { .. } => AnsiColor::Red.on_default(),
                    Change::Replaced { .. } => AnsiColor::Yellow.on_default(),
                };
                self.line(f, None, depth + 1, style, &change.to_string())?;
            }
        }
        Ok(())
    }

    /// The lines of a head, marked as curl marks them.
    fn head(&self, f: &mut fmt::Formatter<'_>, depth: usize, step: &Step) -> fmt::Result {
        let (mark, headers) = match step {
            Step::Sent { headers, .. } => ('>', headers),
            Step::Head { headers, .. } => ('<', headers),
            _ => return Ok(()),
        };
        headers
            .iter()
            .try_for_each(|(name, value)| self.line(f, None, depth, dim(), &format!("{mark} {name}: {value}")))
    }

    fn line(
        &self,
        f: &mut fmt::Formatter<'_>,
        at: Option<Duration>,
        depth: usize,
        style: Style,
        text: &str,
    ) -> fmt::Result {
        let time = at.map_or_else(String::new, millis);
        let time = self.styled(dim(), &format!("{time:>TIMES$}"));
        writeln!(f, "{time}  {:indent$}{}", "", self.styled(style, text), indent = depth * 2)
    }

    fn styled(&self, style: Style, text: &str) -> String {
        match self.has_colours {
            true => format!("{style}{text}{style:#}"),
            false => text.to_owned(),
        }
    }
}

fn dim() -> Style {
    Style::new().dimmed()
}

fn style_of(outcome: &Outcome) -> Style {
    match outcome {
        Outcome::Fails { .. } => AnsiColor::Red.on_default(),
        Outcome::Next { .. } => AnsiColor::Cyan.on_default(),
        Outcome::Answers { status: 200..=299 } => AnsiColor::Green.on_default(),
        Outcome::Answers { .. } => AnsiColor::Yellow.on_default(),
        _ => Style::new(),
    }
}

fn style_of_step(step: &Step) -> Style {
    match step {
        Step::Cookie { fate: CookieFate::Refused(_) | CookieFate::Withheld(_), .. } => AnsiColor::Magenta.on_default(),
        Step::Note { .. } => Style::new().italic(),
        _ => Style::new(),
    }
}

/// "0.3 ms", "1.20 s"
pub(super) fn millis(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds => format!("{:.1} ms", seconds * 1000.0),
    }
}

/// What a step is, in words.
pub(super) fn sentence(step: &Step) -> String {
    match step {
        Step::Resolving { host } => format!("looking up {host}"),
        Step::Resolved { addresses } => {
            let addresses: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
            format!("found {}", addresses.join(", "))
        }
        Step::Connecting { address } => format!("connecting to {address}"),
        Step::Connected { .. } => "connected".to_owned(),
        Step::Reused => "a kept connection is used again".to_owned(),
        Step::Tls { host, version, cipher, names, until } => {
            let certificate = until.as_ref().map_or_else(String::new, |until| {
                format!("; its certificate is for {} until {until}", names.join(", "))
            });
            format!("{version} with {host}, {cipher}{certificate}")
        }
        Step::Tunnel { target, status } => format!("asked the proxy for a tunnel to {target}: {status}"),
        Step::Sent { line, headers, head_bytes, data_bytes } => {
            let data = match data_bytes {
                Some(0) => String::new(),
                Some(bytes) => format!(", {bytes} bytes of data"),
                None => ", data of unknown length".to_owned(),
            };
            format!("sent {line} ({} headers, {head_bytes} bytes{data})", headers.len())
        }
        Step::FirstByte => "first byte of the answer".to_owned(),
        Step::Head { status, reason, version, headers, head_bytes } => {
            format!("received {version} {status} {reason} ({} headers, {head_bytes} bytes)", headers.len())
        }
        Step::Cookie { name, domain, path, value, fate } => {
            let value = value.as_ref().map_or_else(String::new, |value| format!("={value}"));
            let place = if domain.is_empty() { String::new() } else { format!(" for {domain}{path}") };
            format!("cookie {name}{value}{place} {fate}")
        }
        Step::Redirect { to, refused: None } => format!("redirect to {to}: followed"),
        Step::Redirect { to, refused: Some(why) } => format!("redirect to {to}: {why}"),
        Step::Retry { why, wait } => format!("once more in {}: {why}", millis(*wait)),
        Step::Challenge { scheme, realm, by_proxy, answered } => {
            let who = if *by_proxy { "the proxy" } else { "the server" };
            let answered = if *answered { "answered" } else { "not answered" };
            format!("{who} asks for a password for {realm:?} ({scheme}): {answered}")
        }
        Step::Note { text } => format!("note: {text}"),
        // These are lines of their own.
        Step::Begin { .. } | Step::Calling { .. } | Step::Called { .. } | Step::End { .. } | Step::Body { .. } => {
            String::new()
        }
    }
}

pub(super) fn body_line(body: &Body) -> String {
    let wire = match body.wire_bytes {
        0 => String::new(),
        wire if wire == body.bytes => String::new(),
        wire => format!(" ({wire} on the wire)"),
    };
    format!("body: {} bytes{wire}, {}", body.bytes, body.end)
}
