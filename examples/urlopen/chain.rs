//! The chain of the command line: which handlers the flags ask for.

use std::sync::Arc;
use std::time::Duration;

use clientcookie::transport::{FixedResolver, TlsSettings, UreqTransport};
use clientcookie::{
    CookieJar, Error, HttpBasicAuthHandler, HttpCookieProcessor, HttpDigestAuthHandler, HttpEquivProcessor,
    HttpGzipProcessor, HttpHandler, HttpPasswordMgrWithPriorAuth, HttpProxyPasswordMgr, HttpRedirectDebugProcessor,
    HttpRedirectHandler, HttpRefererProcessor, HttpRefreshProcessor, HttpResponseDebugProcessor, HttpRetryProcessor,
    HttpRobotRulesProcessor, HttpsClientCertMgr, HttpsHandler, NetrcPasswordMgr, OpenerDirector, PasswordMgr,
    ProxyBasicAuthHandler, ProxyDigestAuthHandler, ProxyHandler, Request, Result, SeekableProcessor, Timeouts,
    Transport, build_opener,
};

use crate::handlers::{DumpHeader, OnlySchemes, OwnCookies, Without};
use crate::options::{AskFirst, Netrc, Options};
use crate::place::with_scheme;
use crate::speed::SpeedLimit;

/// One opener for all URLs: they share its cookies and connections.
pub fn opener(options: &Options, jar: &CookieJar) -> Result<OpenerDirector> {
    let shared = taped(transport(options)?, options)?;
    let https = HttpsHandler::with_transport(Arc::clone(&shared)).http_debuglevel(options.verbose);
    let mut opener = build_opener((
        proxies(options),
        HttpHandler::with_transport(shared).http_debuglevel(options.verbose),
        https.client_certs(certificates(options)?),
        HttpCookieProcessor::new(jar),
        redirects(options),
    ));
    add_passwords(&mut opener, options)?;
    add_processors(&mut opener, options);
    if let Some(times) = options.retry {
        let retry = HttpRetryProcessor::new().max_retries(times);
        opener.add_handler(options.retry_max_time.map_or_else(|| retry.clone(), |wait| retry.clone().max_wait(wait)));
    }
    if let Some(speed) = speed_limit(options) {
        opener.add_handler(speed);
    }
    add_own(&mut opener, options)?;
    if let Some(limit) = options.max_redirs {
        // Beside it the opener's own bound would be met first.
        opener = opener.max_exchanges(limit.saturating_add(OpenerDirector::MAX_EXCHANGES));
    }
    Ok(opener.timeouts(timeouts(options)))
}

fn timeouts(options: &Options) -> Timeouts {
    let mut timeouts = options.timeout.map_or_else(Timeouts::default, Timeouts::from);
    if let Some(connect) = options.connect_timeout {
        timeouts.connect = connect;
    }
    if let Some(total) = options.max_time {
        timeouts.total = total;
    }
    if let Some(speed) = speed_limit(options) {
        // No byte at all is slower than any limit.
        timeouts.read = timeouts.read.into_iter().chain([speed.time]).min();
    }
    timeouts
}

/// Either of the two flags asks for it; what the other does not say is curl's.
fn speed_limit(options: &Options) -> Option<SpeedLimit> {
    let asked = options.speed_limit.is_some() || options.speed_time.is_some();
    let limit = SpeedLimit {
        bytes: options.speed_limit.unwrap_or(1),
        time: options.speed_time.unwrap_or(Duration::from_secs(30)),
    };
    asked.then_some(limit).filter(|limit| limit.bytes > 0)
}

/// The transport, or a recording in its place.
#[cfg(feature = "har")]
fn taped(transport: UreqTransport, options: &Options) -> Result<Arc<dyn Transport>> {
    use clientcookie::replay::{RecordMode, RecordingTransport, ReplayTransport};
    let Some(file) = &options.har else {
        return Ok(Arc::new(transport));
    };
    let mode = match options.record.as_deref() {
        _ if options.replay => return Ok(Arc::new(ReplayTransport::open(file)?)),
        None => return Ok(Arc::new(transport)),
        Some("none") => RecordMode::None,
        Some("once") => RecordMode::Once,
        Some("new_episodes") => RecordMode::NewEpisodes,
        Some("all") => RecordMode::All,
        Some(other) => {
            return Err(Error::other(format!("--record takes none, once, new_episodes or all, not {other:?}")));
        }
    };
    Ok(Arc::new(RecordingTransport::open(transport, file, mode)?))
}

#[cfg(not(feature = "har"))]
fn taped(transport: UreqTransport, options: &Options) -> Result<Arc<dyn Transport>> {
    match options.replay || options.record.is_some() {
        true => Err(Error::other("--replay and --record need the feature har")),
        false => Ok(Arc::new(transport)),
    }
}

fn transport(options: &Options) -> Result<UreqTransport> {
    let mut tls = TlsSettings::new().insecure(options.insecure);
    if let Some(file) = &options.cacert {
        tls = tls.ca_file(file)?;
    }
    for file in &options.added_cacerts {
        tls = tls.add_ca_file(file)?;
    }
    // As curl does: those of the system, and of SSL_CERT_FILE, unless others are named in their
    // place.
    #[cfg(feature = "native-certs")]
    {
        tls = tls.native_certs(options.cacert.is_none());
    }
    let mut resolver = FixedResolver::new();
    for (host, port, addresses) in &options.resolve {
        resolver = resolver.host(host, *port, addresses.iter().copied());
    }
    let transport = UreqTransport::new().limits(options.limits).tls(tls).resolver(resolver);
    let transport = match options.interface {
        Some(address) => transport.local_address(address),
        None => transport,
    };
    match &options.unix_socket {
        #[cfg(unix)]
        Some(path) => Ok(transport.dial(clientcookie::transport::UnixSocket::new(path))),
        #[cfg(not(unix))]
        Some(_) => Err(clientcookie::Error::other("--unix-socket is for Unix")),
        None => Ok(transport),
    }
}

fn redirects(options: &Options) -> HttpRedirectHandler {
    let redirects = HttpRedirectHandler::new().replay_data(options.location);
    match options.max_redirs {
        Some(limit) => redirects.max_redirections(limit),
        None => redirects,
    }
}

fn proxies(options: &Options) -> ProxyHandler {
    let proxies = match &options.proxy {
        Some(proxy) => ProxyHandler::with_proxies([("all", proxy)]),
        None => ProxyHandler::new(),
    };
    match &options.noproxy {
        Some(hosts) => proxies.no_proxy(hosts.as_str()),
        None => proxies,
    }
}

fn certificates(options: &Options) -> Result<HttpsClientCertMgr> {
    let certs = HttpsClientCertMgr::with_transport(transport(options)?);
    if let Some(cert) = &options.cert {
        let key = options.key.as_ref().unwrap_or(cert);
        for origin in origins(options).filter(|origin| origin.starts_with("https:")) {
            certs.add_key_cert(&origin, key, cert)?;
        }
    }
    Ok(certs)
}

/// Those of `-u`, of URLs and of a netrc, in this order.
fn add_passwords(opener: &mut OpenerDirector, options: &Options) -> Result<()> {
    let passwords = HttpPasswordMgrWithPriorAuth::new();
    if let Some((user, password)) = &options.user {
        for origin in origins(options) {
            passwords.add_password(None, &origin, user, password, options.ask_first == AskFirst::No)?;
        }
    }
    // It knows nothing where there is no -u; the handlers find what stands in a URL by themselves.
    add_answers(opener, options, Arc::new(passwords));
    if let Some(netrc) = netrc(options) {
        add_answers(opener, options, Arc::new(netrc));
    }
    if let Some((user, password)) = &options.proxy_user {
        let passwords = HttpProxyPasswordMgr::new();
        passwords.add_password(None, None, user, password)?;
        let passwords = Arc::new(passwords);
        opener.add_handler(ProxyDigestAuthHandler::new(Arc::clone(&passwords)));
        opener.add_handler(ProxyBasicAuthHandler::new(passwords));
    }
    Ok(())
}

fn add_answers(opener: &mut OpenerDirector, options: &Options, passwords: Arc<impl PasswordMgr + 'static>) {
    opener.add_handler(HttpDigestAuthHandler::new(Arc::clone(&passwords)));
    if options.ask_first != AskFirst::Digest {
        opener.add_handler(HttpBasicAuthHandler::new(passwords));
    }
}

/// As to curl, none is no failure.
fn netrc(options: &Options) -> Option<NetrcPasswordMgr> {
    let read = match options.netrc.as_ref()? {
        Netrc::OfUser => NetrcPasswordMgr::of_user(),
        Netrc::File(file) => NetrcPasswordMgr::read(file),
    };
    read.inspect_err(|error| eprintln!("warning: {error}")).ok()
}

/// What stands between the chain and what the flags allow.
fn add_own(opener: &mut OpenerDirector, options: &Options) -> Result<()> {
    if let Some(schemes) = &options.schemes {
        opener.add_handler(OnlySchemes(schemes.clone()));
    }
    if let Some(cookies) = options.own_cookies() {
        opener.add_handler(OwnCookies { cookies, origins: origins(options).collect() });
    }
    if !options.without.is_empty() {
        opener.add_handler(Without(options.without.clone()));
    }
    if let Some(file) = &options.dump_header {
        opener.add_handler(DumpHeader::to(file)?);
    }
    Ok(())
}

fn add_processors(opener: &mut OpenerDirector, options: &Options) {
    if options.gzip {
        opener.add_handler(HttpGzipProcessor::new());
    }
    if options.equiv {
        opener.add_handler(HttpEquivProcessor::new());
    }
    if let Some(max_time) = options.refresh {
        opener.add_handler(HttpRefreshProcessor::new().max_time(max_time));
    }
    if options.referer {
        opener.add_handler(HttpRefererProcessor::new());
    }
    if options.robots {
        opener.add_handler(HttpRobotRulesProcessor::new());
    }
    if options.seekable {
        opener.add_handler(SeekableProcessor::new());
    }
    if options.debug {
        opener.add_handler(HttpRedirectDebugProcessor::new());
        opener.add_handler(HttpResponseDebugProcessor::new());
    }
}

/// Those of the URLs; what is none is told when it is opened.
fn origins(options: &Options) -> impl Iterator<Item = String> {
    let requests = options.urls.iter().filter_map(|url| Request::new(&with_scheme(url)).ok());
    let web = requests.filter(|request| matches!(request.scheme(), "http" | "https"));
    web.map(|request| request.url().origin().ascii_serialization())
}
