//! The exchanges as HAR 1.2 (W3C Web Performance Group, "HTTP Archive format", 2012).

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::model::{Body, Exchange, Head, Node, What, Wire};
use super::text::sentence;
use crate::har::{self, date, document, number, values};
use crate::observe::{Outcome, Step};

/// All of them, one entry each.
pub(super) fn write(exchanges: &[Exchange]) -> String {
    let entries: Vec<Value> = exchanges.iter().map(entry).collect();
    format!("{:#}\n", document(entries))
}

fn entry(exchange: &Exchange) -> Value {
    let timings = timings(exchange);
    let total: f64 = timings.iter().filter(|(name, time)| *name != "ssl" && *time >= 0.0).map(|(_, time)| time).sum();
    let timings: Map<String, Value> = timings.into_iter().map(|(name, time)| (name.to_owned(), json!(time))).collect();
    let mut entry = json!({
        "startedDateTime": date(exchange.unix_millis),
        "time": total,
        "request": request(exchange),
        "response": response(exchange),
        "cache": {},
        "timings": timings,
        "_clientcookie": {
            "exchange": exchange.id,
            "parent": exchange.parent,
            "reason": exchange.reason.to_string(),
            "outcome": exchange.end.as_ref().map(|(_, outcome)| outcome.to_string()),
            "steps": exchange.nodes.iter().map(node).collect::<Vec<_>>(),
        },
    });
    if let Some(address) = exchange.wire.address {
        entry["serverIPAddress"] = json!(address.ip().to_string());
    }
    entry
}

fn request(exchange: &Exchange) -> Value {
    let sent = exchange.wire.request.as_ref();
    let headers = sent.map(|sent| sent.headers.as_slice()).unwrap_or_default();
    json!({
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": "HTTP/1.1",
        "cookies": har::cookies(headers),
        "headers": har::headers(headers),
        "queryString": har::query(&exchange.url),
        "headersSize": sent.map_or(-1, |sent| number(sent.head_bytes as u64)),
        "bodySize": sent.and_then(|sent| sent.data_bytes).map_or(-1, number),
    })
}

fn response(exchange: &Exchange) -> Value {
    let head = exchange.wire.response.as_ref();
    let headers = head.map(|head| head.headers.as_slice()).unwrap_or_default();
    let status = match (head, &exchange.end) {
        (Some(head), _) => head.status,
        (None, Some((_, Outcome::Answers { status }))) => *status,
        // As browsers write it where there was no answer.
        (None, _) => 0,
    };
    let mut response = json!({
        "status": status,
        "statusText": head.map_or("", |head| &head.reason),
        "httpVersion": head.map_or("", |head| head.version),
        "cookies": har::set_cookies(headers),
        "headers": har::headers(headers),
        "content": content(headers, exchange.body.as_ref()),
        "redirectURL": redirect(head),
        "headersSize": head.map_or(-1, |head| number(head.head_bytes as u64)),
        "bodySize": exchange.body.as_ref().map_or(-1, |body| number(body.wire_bytes)),
    });
    if let Some((_, Outcome::Fails { error })) = &exchange.end {
        response["_error"] = json!(error);
    }
    response
}

fn redirect(head: Option<&Head>) -> &str {
    head.filter(|head| (300..400).contains(&head.status))
        .and_then(|head| values(&head.headers, "Location").next())
        .unwrap_or_default()
}

fn content(headers: &[(String, String)], body: Option<&Body>) -> Value {
    let mut content = json!({
        "size": body.map_or(0, |body| number(body.bytes)),
        "mimeType": values(headers, "Content-Type").next().unwrap_or("x-unknown"),
    });
    let Some(body) = body else {
        return content;
    };
    if body.wire_bytes > 0 && body.wire_bytes != body.bytes {
        content["compression"] = json!(number(body.bytes) - number(body.wire_bytes));
    }
    har::put_text(&mut content, &body.start);
    if (body.start.len() as u64) < body.bytes {
        content["_incomplete"] = json!(format!("only the first {} bytes of its body were kept", body.start.len()));
    }
    content
}

fn node(node: &Node) -> Value {
    match &node.what {
        What::Exchange(id) => json!({ "at": millis(node.at), "exchange": id }),
        What::Step(Step::Cookie { name, domain, path, fate, .. }) => json!({
            "at": millis(node.at),
            "cookie": name,
            "domain": domain,
            "path": path,
            "fate": fate.to_string(),
        }),
        What::Step(step) => json!({ "at": millis(node.at), "step": sentence(step) }),
        What::Call { handler, hook, outcome, changes, end } => json!({
            "at": millis(node.at),
            "handler": handler,
            "hook": hook,
            "outcome": outcome.as_ref().map(ToString::to_string),
            "changes": changes.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "time": millis(end.saturating_sub(node.at)),
            "steps": node.within.iter().map(self::node).collect::<Vec<_>>(),
        }),
    }
}

/// What HAR asks for, in milliseconds; -1 for what there was none of. `connect` holds `ssl`.
fn timings(exchange: &Exchange) -> Vec<(&'static str, f64)> {
    let Wire { resolving, resolved, connecting, connected, tls, reused, sent, first_byte, .. } = &exchange.wire;
    let between = |from: Option<Duration>, to: Option<Duration>| match (from, to) {
        (Some(from), Some(to)) => millis(to.saturating_sub(from)),
        _ => -1.0,
    };
    let ready = tls.or(*connected).or(*reused);
    let last = exchange.body.as_ref().map(|body| body.at).or(exchange.end.as_ref().map(|(at, _)| *at));
    let none = |time: f64| time.max(0.0);
    vec![
        ("blocked", between(Some(exchange.begin), resolving.or(*connecting).or(*reused).or(*sent))),
        ("dns", between(*resolving, *resolved)),
        ("connect", between(*connecting, tls.or(*connected))),
        ("ssl", between(connected.filter(|_| tls.is_some()), *tls)),
        ("send", none(between(ready, *sent))),
        ("wait", none(between(*sent, *first_byte))),
        ("receive", none(between(*first_byte, last))),
    ]
}

fn millis(time: Duration) -> f64 {
    // Microseconds are what the clock is good for.
    (time.as_secs_f64() * 1e6).round() / 1e3
}
