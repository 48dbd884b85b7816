//! Requests as they came over the wire.

/// One request, as it was received.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The number of the connection it came over, counted from 0.
    pub connection: usize,
    /// Everything up to and including the empty line, each byte as one character
    /// (Latin-1), so that nothing is lost or tidied up.
    pub head: String,
    /// The body with any chunked framing taken off.
    pub body: Vec<u8>,
}

impl Recorded {
    /// The first line, without its line ending.
    pub fn request_line(&self) -> &str {
        self.head.split("\r\n").next().unwrap_or_default()
    }

    /// The first word of the request line, such as `GET`.
    pub fn method(&self) -> &str {
        self.request_line().split(' ').next().unwrap_or_default()
    }

    /// The second word of the request line: mostly a path, but the whole URL in
    /// a request to a proxy.
    pub fn target(&self) -> &str {
        self.request_line().split(' ').nth(1).unwrap_or_default()
    }

    /// The value of the first header of that name, without the space around it.
    pub fn header(&self, name: &str) -> Option<String> {
        self.values(name).next().map(str::to_owned)
    }

    /// How many header lines have that name.
    pub fn header_count(&self, name: &str) -> usize {
        self.values(name).count()
    }

    /// Whether the client will not send another request over this connection.
    pub(super) fn wants_close(&self) -> bool {
        let asked = |word| self.header("Connection").is_some_and(|value| value.eq_ignore_ascii_case(word));
        asked("close") || (self.request_line().ends_with("HTTP/1.0") && !asked("keep-alive"))
    }

    fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.head
            .split("\r\n")
            .skip(1)
            .filter_map(|line| line.split_once(':'))
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim_matches([' ', '\t']))
    }
}
