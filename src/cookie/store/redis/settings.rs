//! [`RedisSettings`]: which server, and how.

use std::time::Duration;

use redis::cluster::ClusterClientBuilder;
use redis::{Client, ConnectionInfo, RedisResult};
use url::Url;

use super::{Failure, RedisStore};
use crate::cookie::StoreError;

/// How a [`RedisStore`] is reached, and where in it the jar lies.
///
/// ```no_run
/// use clientcookie::cookie::{CookieJar, RedisSettings};
/// use std::time::Duration;
///
/// let settings = RedisSettings::new("rediss://crawler:secret@redis.example:6380/0");
/// let store = settings.namespace("shop").timeout(Duration::from_secs(1)).connect()?;
/// let jar = CookieJar::with_store(store);
/// # Ok::<(), clientcookie::cookie::StoreError>(())
/// ```
#[derive(Clone)]
pub struct RedisSettings {
    pub(super) url: String,
    pub(super) namespace: String,
    pub(super) timeout: Duration,
    pub(super) cluster: bool,
    /// The master's name, if the servers that are named are sentinels.
    pub(super) sentinel: Option<String>,
    others: Vec<String>,
    #[cfg(feature = "tls")]
    ca_pem: Option<Vec<u8>>,
}

impl RedisSettings {
    /// How long a connection, and an answer, is waited for, unless
    /// [`timeout`](Self::timeout) says otherwise: 5 seconds.
    pub const TIMEOUT: Duration = Duration::from_secs(5);

    /// The server at this URL: `redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE]`, or `rediss://` for
    /// TLS. `?namespace=NAME`, `?cluster` and `?sentinel=MASTER` are as
    /// [`namespace`](Self::namespace), [`cluster`](Self::cluster) and [`sentinel`](Self::sentinel).
    pub fn new(url: &str) -> Self {
        let mut settings = Self {
            url: url.to_owned(),
            namespace: "default".to_owned(),
            timeout: Self::TIMEOUT,
            cluster: false,
            sentinel: None,
            others: Vec::new(),
            #[cfg(feature = "tls")]
            ca_pem: None,
        };
        let Ok(mut parsed) = Url::parse(url) else {
            return settings;
        };
        let mut left = Vec::new();
        for (name, value) in parsed.query_pairs().into_owned() {
            match name.as_str() {
                "namespace" => settings.namespace = value,
                "sentinel" => settings.sentinel = Some(value),
                "cluster" => settings.cluster = value != "false",
                _ => left.push((name, value)),
            }
        }
        match left.is_empty() {
            true => parsed.set_query(None),
            false => drop(parsed.query_pairs_mut().clear().extend_pairs(left)),
        }
        settings.url = parsed.into();
        settings
    }

    /// Sets the name of the jar, of which a server holds any number: `default`. No `{`, `}`, `|` or
    /// control character.
    #[must_use]
    pub fn namespace(self, namespace: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), ..self }
    }

    /// Sets how long a connection, and an answer, is waited for: [`TIMEOUT`](Self::TIMEOUT).
    #[must_use]
    pub fn timeout(self, timeout: Duration) -> Self {
        // The crate below refuses zero.
        Self { timeout: timeout.max(Duration::from_millis(1)), ..self }
    }

    /// Whether it is a cluster. Off. Then a jar spreads over its servers.
    #[must_use]
    pub fn cluster(self, cluster: bool) -> Self {
        Self { cluster, ..self }
    }

    /// The server at the URL is a sentinel, and is asked who the master of this name is: at first,
    /// and whenever a connection is made anew, as after a failover. The user, the password and the
    /// database of the URL are the master's.
    #[must_use]
    pub fn sentinel(self, master: impl Into<String>) -> Self {
        Self { sentinel: Some(master.into()), ..self }
    }

    /// Names another server of the cluster, or another sentinel, for when the first is not there.
    #[must_use]
    pub fn node(mut self, url: &str) -> Self {
        self.others.push(url.to_owned());
        self
    }

    /// Trusts the certificates of this PEM text alone, and not those of the system. Feature `tls`.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn ca_pem(self, pem: impl Into<Vec<u8>>) -> Self {
        Self { ca_pem: Some(pem.into()), ..self }
    }

    /// Connects.
    ///
    /// # Errors
    /// When the server is not there in time, does not let us in, or holds a jar of a newer version
    /// of this crate.
    pub fn connect(self) -> Result<RedisStore, StoreError> {
        RedisStore::open(&self)
    }

    /// The server without its password.
    pub(super) fn name(&self) -> String {
        match Url::parse(&self.url) {
            Ok(url) => {
                let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
                format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default().escape_debug())
            }
            Err(_) => "a Redis URL that is none".to_owned(),
        }
    }

    pub(super) fn check(&self) -> Result<(), StoreError> {
        let bad = |one: char| one.is_control() || matches!(one, '{' | '}' | '|');
        match self.namespace.is_empty() || self.namespace.contains(bad) {
            true => Err(Failure::because(self, "the name of a jar holds no {, }, | or control character")),
            false => Ok(()),
        }
    }

    /// The URLs of the cluster's servers, or of the sentinels, that are known.
    pub(super) fn nodes(&self) -> Vec<String> {
        [&self.url].into_iter().chain(&self.others).cloned().collect()
    }

    #[cfg(feature = "tls")]
    pub(super) fn client(&self, info: ConnectionInfo) -> RedisResult<Client> {
        match self.certificates() {
            Some(certificates) => Client::build_with_tls(info, certificates),
            None => Client::open(info),
        }
    }

    #[cfg(not(feature = "tls"))]
    pub(super) fn client(&self, info: ConnectionInfo) -> RedisResult<Client> {
        Client::open(info)
    }

    #[cfg(feature = "tls")]
    pub(super) fn of_cluster(&self, builder: ClusterClientBuilder) -> ClusterClientBuilder {
        match self.certificates() {
            Some(certificates) => builder.certs(certificates),
            None => builder,
        }
    }

    #[cfg(not(feature = "tls"))]
    pub(super) fn of_cluster(&self, builder: ClusterClientBuilder) -> ClusterClientBuilder {
        builder
    }

    #[cfg(feature = "tls")]
    fn certificates(&self) -> Option<redis::TlsCertificates> {
        let root_cert = self.ca_pem.clone()?;
        Some(redis::TlsCertificates { client_tls: None, root_cert: Some(root_cert) })
    }
}

/// Shows no password.
impl std::fmt::Debug for RedisSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisSettings")
            .field("server", &self.name())
            .field("namespace", &self.namespace)
            .field("timeout", &self.timeout)
            .field("cluster", &self.cluster)
            .finish_non_exhaustive()
    }
}
