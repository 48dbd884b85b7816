//! [`HttpRobotRulesProcessor`]: fetches nothing that robots.txt disallows.
//!
//! `fetch` gets a robots.txt, `body` unpacks it, `cache` keeps what it said, `parse` reads it into
//! the `rules`, and these compare `pattern`s with paths in one spelling (`escape`) for the groups
//! of an `agent`.

mod agent;
mod body;
mod cache;
mod escape;
mod fetch;
mod parse;
mod pattern;
mod refusal;
mod rules;

use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use url::Url;

use crate::clock::{Clock, SystemClock};
use crate::handler::{Handler, Hook, Parent};
use crate::message::error::{Error, HttpError, HttpErrorCause, Result};
use crate::message::headers::Headers;
use crate::message::request::{Purpose, Request};
use crate::message::response::Response;

use agent::product_token;
use cache::{Cache, Fetched};
use fetch::Answer;

pub use refusal::RobotRefusal;
pub use rules::{RequestRate, RobotRules};

/// Where its doings are logged.
const TARGET: &str = "clientcookie::robots";

/// Asks the robots.txt of a server before every request to it, and refuses what is disallowed there
/// (ClientCookie's `HTTPRobotRulesProcessor`): for programs that follow links by themselves.
///
/// ```
/// # use clientcookie::transport::ScriptedTransport;
/// use clientcookie::{HttpErrorCause, HttpHandler, HttpRobotRulesProcessor, build_opener};
///
/// # let transport = ScriptedTransport::new()
/// #     .reply("HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /private/\n").reply("HTTP/1.1 200 OK\r\n\r\nhello");
/// # let http = HttpHandler::with_transport(transport.clone());
/// let mut opener = build_opener((HttpRobotRulesProcessor::new(), http));
/// opener.addheaders.insert("User-Agent", "MyProgram/0.1")?;
/// assert_eq!(opener.open("http://example.com/page")?.text()?, "hello");
///
/// let error = opener.open("http://example.com/private/x").unwrap_err();
/// let answer = error.as_http_error().unwrap();
/// assert_eq!(answer.status(), 403);
/// assert!(matches!(answer.cause(), HttpErrorCause::RobotExclusion { line: Some(2), .. }));
/// assert_eq!(
///     error.to_string(),
///     "http://example.com/private/x: HTTP error 403: request disallowed by robots.txt \
///      (line 2 of http://example.com/robots.txt, asked for \"MyProgram\": Disallow: /private/)"
/// );
/// # assert_eq!(transport.requests().len(), 2);
/// # Ok::<(), clientcookie::Error>(())
/// ```
///
/// - The name it looks for is that of the `User-Agent` that is sent
///   ([`user_agent`](Self::user_agent) sets another). See [`RobotRules`] for how it is found, and
///   which rule decides.
/// - Each scheme, host and port has a robots.txt of its own. It is fetched through the opener
///   itself, before the first request and again after [`MAX_AGE`](Self::MAX_AGE); threads that need
///   the same one wait for one to fetch it. Each hop of a redirect is asked for too.
/// - The fetch has the `User-Agent`, the time limits and the proxy of the request, and no cookies,
///   no credentials of its URL and no `Referer`; it leaves no cookies behind. It may be redirected,
///   [`MAX_REDIRECTIONS`](Self::MAX_REDIRECTIONS) times and to other hosts. The first 500 KiB are
///   read ([`RobotRules::SIZE_LIMIT`]), in a minute at the most ([`read_time`](Self::read_time)).
/// - Without a robots.txt (any 4xx, too many redirects or one that is not followed) everything is
///   allowed. While it is out of reach (5xx, no connection, a time limit, a body cut short or
///   packed in a way that cannot be undone) nothing is, and it is asked for again after
///   [`RETRY_AGE`](Self::RETRY_AGE) (RFC 9309 section 2.3.1). The original did otherwise:
///   [`classic`](Self::classic).
///
/// What is refused is an [`HttpError`] whose cause is [`HttpErrorCause::RobotExclusion`]; nothing
/// was sent. Shared as an `Arc`, the processor can be asked what else the file says:
///
/// ```
/// # use clientcookie::transport::ScriptedTransport;
/// use std::sync::Arc;
/// use clientcookie::{HttpHandler, HttpRobotRulesProcessor, build_opener};
///
/// # let transport = ScriptedTransport::new()
/// #     .reply("HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nCrawl-delay: 5\nSitemap: http://example.com/map.xml\n")
/// #     .reply("HTTP/1.1 200 OK\r\n\r\n");
/// # let http = HttpHandler::with_transport(transport);
/// let robots = Arc::new(HttpRobotRulesProcessor::new());
/// let opener = build_opener((Arc::clone(&robots), http));
/// let response = opener.open("http://example.com/")?;
/// assert_eq!(robots.crawl_delay(response.url()).unwrap().as_secs(), 5);
/// assert_eq!(robots.sitemaps(response.url()), ["http://example.com/map.xml"]);
/// # Ok::<(), clientcookie::Error>(())
/// ```
#[doc(alias = "HTTPRobotRulesProcessor")]
#[derive(Debug)]
pub struct HttpRobotRulesProcessor {
    user_agent: Option<String>,
    max_age: Duration,
    read_time: Duration,
    cache_size: usize,
    unauthorized_disallows: bool,
    server_errors_allow: bool,
    clock: Arc<dyn Clock>,
    cache: Cache<Known>,
}

/// What is known of an origin.
#[derive(Debug, Clone)]
struct Known {
    /// The rules, or why there are none and nothing is fetched.
    rules: Result<Arc<RobotRules>, RobotRefusal>,
    /// For whom it was fetched.
    agent: Arc<str>,
}

impl Default for HttpRobotRulesProcessor {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpRobotRulesProcessor {
    /// How long rules hold: 24 hours (RFC 9309 section 2.4).
    pub const MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);

    /// How long a robots.txt that is out of reach is not asked for again: one minute.
    pub const RETRY_AGE: Duration = Duration::from_secs(60);

    /// How long reading a robots.txt may take in all: one minute.
    pub const READ_TIME: Duration = Duration::from_secs(60);

    /// How many origins are kept: 100. What was not used for longest makes room. Few files take
    /// more memory than they have bytes; one made to do so takes some megabytes.
    pub const CACHE_SIZE: usize = 100;

    /// How many redirects are followed to a robots.txt: 5 (RFC 9309 section 2.3.1.2), or fewer if
    /// the opener's redirect handler says so.
    pub const MAX_REDIRECTIONS: usize = fetch::MAX_REDIRECTIONS;

    /// A processor as RFC 9309 has it.
    pub fn new() -> Self {
        Self {
            user_agent: None,
            max_age: Self::MAX_AGE,
            read_time: Self::READ_TIME,
            cache_size: Self::CACHE_SIZE,
            unauthorized_disallows: false,
            server_errors_allow: false,
            clock: Arc::new(SystemClock),
            cache: Cache::new(),
        }
    }

    /// A processor that takes a status as the original does:
    /// [`unauthorized_disallows`](Self::unauthorized_disallows)
    /// and [`server_errors_allow`](Self::server_errors_allow) are on.
    pub fn classic() -> Self {
        Self::new().unauthorized_disallows(true).server_errors_allow(true)
    }

    /// Looks for the groups of this agent, a product token or a whole `User-Agent`, whatever is
    /// sent to the server.
    #[must_use]
    pub fn user_agent(self, user_agent: &str) -> Self {
        Self { user_agent: Some(product_token(user_agent).to_owned()), ..self }
    }

    /// Sets how long rules hold, in whole seconds: [`MAX_AGE`](Self::MAX_AGE) unless set.
    #[must_use]
    pub fn max_age(self, max_age: Duration) -> Self {
        Self { max_age, ..self }
    }

    /// Sets how long reading the body of a robots.txt may take in all, however steadily it
    /// trickles; then it is out of reach. [`READ_TIME`](Self::READ_TIME) unless set.
    #[must_use]
    pub fn read_time(self, read_time: Duration) -> Self {
        Self { read_time, ..self }
    }

    /// Sets how many origins are kept, at least one: [`CACHE_SIZE`](Self::CACHE_SIZE) unless set.
    #[must_use]
    pub fn cache_size(self, cache_size: usize) -> Self {
        Self { cache_size, ..self }
    }

    /// Whether a robots.txt answered with 401 or 403 disallows everything, as Python's robotparser
    /// has it. Off: RFC 9309 section 2.3.1.3 takes all 4xx for "there is none".
    #[must_use]
    pub fn unauthorized_disallows(self, unauthorized_disallows: bool) -> Self {
        Self { unauthorized_disallows, ..self }
    }

    /// Whether a robots.txt answered with 5xx allows everything, as Python's robotparser has it.
    /// Off: RFC 9309 section 2.3.1.4 says that nothing is to be fetched for as long.
    #[must_use]
    pub fn server_errors_allow(self, server_errors_allow: bool) -> Self {
        Self { server_errors_allow, ..self }
    }

    /// Takes the time from this clock.
    #[must_use]
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// The rules of the URL's server, as far as they are known: after the first request to it, and
    /// for as long as they are kept. This fetches nothing.
    pub fn rules(&self, url: &Url) -> Option<Arc<RobotRules>> {
        self.known(url)?.rules.ok()
    }

    /// How long the URL's server asks to be left alone between two requests
    /// ([`RobotRules::crawl_delay`]), for the agent that its robots.txt was fetched for. Of
    /// what is known, as [`rules`](Self::rules).
    pub fn crawl_delay(&self, url: &Url) -> Option<Duration> {
        let known = self.known(url)?;
        known.rules.ok()?.crawl_delay(&known.agent)
    }

    /// How many requests the URL's server accepts in what time ([`RobotRules::request_rate`]), for
    /// the agent that its robots.txt was fetched for. Of what is known, as
    /// [`rules`](Self::rules).
    pub fn request_rate(&self, url: &Url) -> Option<RequestRate> {
        let known = self.known(url)?;
        known.rules.ok()?.request_rate(&known.agent)
    }

    /// The sitemaps that the robots.txt of the URL's server names ([`RobotRules::sitemaps`]). Of
    /// what is known, as [`rules`](Self::rules).
    #[doc(alias = "site_maps")]
    pub fn sitemaps(&self, url: &Url) -> Vec<String> {
        self.rules(url).map(|rules| rules.sitemaps().to_vec()).unwrap_or_default()
    }

    fn known(&self, url: &Url) -> Option<Known> {
        self.cache.get(&url.origin().ascii_serialization(), self.clock.now())
    }

    /// The name that is looked for.
    fn agent_of(&self, request: &Request) -> String {
        let sent = || request.header("User-Agent").map(|agent| product_token(&agent).to_owned());
        self.user_agent.clone().or_else(sent).unwrap_or_default()
    }

    fn fetch(&self, parent: &dyn Parent, request: &Request, robots: &Url, agent: &str) -> Fetched<Known> {
        let allow_all = || Ok(Arc::default());
        let unreachable = |reason| Err(RobotRefusal::Unreachable { reason });
        let rules = match fetch::fetch(parent, request, robots, self.read_time) {
            Answer::File(file) => Ok(Arc::new(RobotRules::parse(file))),
            Answer::Status(status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN))
                if self.unauthorized_disallows =>
            {
                Err(RobotRefusal::Unauthorized { status })
            }
            Answer::Status(status) if status.is_server_error() && !self.server_errors_allow => {
                unreachable(fetch::reason(status))
            }
            Answer::Status(_) => allow_all(),
            Answer::Failed(error) => unreachable(fetch::failure(error)),
        };
        match &rules {
            Ok(_) => log::debug!(target: TARGET, "{robots}: the rules are known"),
            Err(refusal) => log::debug!(target: TARGET, "{robots}: {refusal}"),
        }
        let age = match &rules {
            Err(RobotRefusal::Unreachable { .. }) => Self::RETRY_AGE,
            _ => self.max_age,
        };
        Fetched { value: Known { rules, agent: agent.into() }, age: i64::try_from(age.as_secs()).unwrap_or(i64::MAX) }
    }
}

impl Handler for HttpRobotRulesProcessor {
    /// After the request is complete.
    fn order(&self) -> i32 {
        800
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::HttpRequest]
    }

    fn http_request(&self, parent: &dyn Parent, request: &mut Request) -> Result<()> {
        if request.purpose() == Purpose::Errand {
            // A robots.txt, or what is opened on the way to it; were it asked for, there would be
            // no end to it.
            return fetch::check_hop(request);
        }
        if rules::is_robots_txt(request.url()) {
            return Ok(());
        }
        let Ok(robots) = request.url().join("/robots.txt") else {
            return Ok(());
        };
        let agent = self.agent_of(request);
        let origin = request.url().origin().ascii_serialization();
        let known = self
            .cache
            .get_or_fetch(&origin, self.clock.now(), self.cache_size, || self.fetch(parent, request, &robots, &agent));
        match known.rules.and_then(|rules| rules.check(&agent, request.url())) {
            Ok(()) => Ok(()),
            Err(refusal) => {
                log::debug!(target: TARGET, "{robots} disallows {}: {refusal}", request.url());
                Err(exclusion(request, &robots, agent, &refusal))
            }
        }
    }
}

/// The original's `RobotExclusionError`: it is raised here, and goes past the error handlers.
fn exclusion(request: &Request, robots: &Url, agent: String, refusal: &RobotRefusal) -> Error {
    const MESSAGE: &str = "request disallowed by robots.txt";
    let response = Response::of(request.url().clone(), StatusCode::FORBIDDEN, Headers::new(), MESSAGE);
    let mut response = response.with_reason(MESSAGE);
    response.make_seekable();
    response.set_redirections(request.redirections().to_vec());
    let (line, reason) = (refusal.line(), refusal.reason());
    let cause = HttpErrorCause::RobotExclusion { robots: robots.to_string(), agent, line, reason };
    HttpError::new(response, cause).into()
}
