//! [`Server`]: the connections to a server, or to a cluster of them.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use redis::cluster::{ClusterClient, ClusterConnection, cluster_pipe};
use redis::{
    Client, Connection, ConnectionAddr, ConnectionLike, ErrorKind, FromRedisValue, IntoConnectionInfo,
    RedisConnectionInfo, RedisError, RedisResult, ScriptInvocation,
};

use super::RedisSettings;

/// How many connections are kept for the next call.
const KEPT: usize = 8;

/// How often a cluster is asked again that is changing, and the milliseconds between.
const RETRIES: u32 = 2;
const RETRY_WAIT: u64 = 100;

/// Who is asked.
pub(super) enum Server {
    One { asked: Asked, kept: Mutex<Vec<Connection>>, timeout: Duration },
    Cluster { client: Box<ClusterClient>, kept: Mutex<Vec<ClusterConnection>>, timeout: Duration },
}

/// How a single server is found.
pub(super) enum Asked {
    Itself(Box<Client>),
    /// By asking its sentinels, each time.
    Sentinels(Box<RedisSettings>),
}

impl Asked {
    fn client(&self) -> RedisResult<Cow<'_, Client>> {
        match self {
            Self::Itself(client) => Ok(Cow::Borrowed(&**client)),
            Self::Sentinels(settings) => master(settings).map(Cow::Owned),
        }
    }
}

/// The master that the first sentinel names which answers.
fn master(settings: &RedisSettings) -> RedisResult<Client> {
    let name = settings.sentinel.as_deref().unwrap_or_default();
    let info = settings.url.as_str().into_connection_info()?;
    let mut failure = None;
    for sentinel in settings.nodes() {
        let asked = sentinel.as_str().into_connection_info().and_then(|node| {
            // It has neither user nor database.
            let client = settings.client(node.set_redis_settings(RedisConnectionInfo::default()))?;
            let mut connection = client.get_connection_with_timeout(settings.timeout)?;
            connection.set_read_timeout(Some(settings.timeout))?;
            let mut command = redis::cmd("SENTINEL");
            command.arg("get-master-addr-by-name").arg(name).query::<Option<(String, u16)>>(&mut connection)
        });
        match asked {
            Ok(Some((host, port))) => {
                let address = match info.addr() {
                    ConnectionAddr::TcpTls { insecure, tls_params, .. } => {
                        ConnectionAddr::TcpTls { host, port, insecure: *insecure, tls_params: tls_params.clone() }
                    }
                    _ => ConnectionAddr::Tcp(host, port),
                };
                return settings.client(info.set_addr(address));
            }
            Ok(None) => {
                failure = Some((ErrorKind::InvalidClientConfig, "the sentinels know no master of that name").into())
            }
            Err(error) => failure = Some(error),
        }
    }
    Err(failure.unwrap_or_else(|| (ErrorKind::InvalidClientConfig, "no sentinel is named").into()))
}

/// A connection to either.
pub(super) enum Line {
    One(Connection),
    Cluster(Box<ClusterConnection>),
}

impl Line {
    fn as_like(&mut self) -> &mut dyn ConnectionLike {
        match self {
            Self::One(connection) => connection,
            Self::Cluster(connection) => &mut **connection,
        }
    }

    /// One command.
    pub(super) fn command<T: FromRedisValue>(&mut self, command: &redis::Cmd) -> RedisResult<T> {
        command.query(self.as_like())
    }

    /// One script; the server is told it if it does not know it yet.
    pub(super) fn script<T: FromRedisValue>(&mut self, script: &ScriptInvocation<'_>) -> RedisResult<T> {
        script.invoke(self.as_like())
    }

    /// The values of these hashes, by one round trip: of one moment, where there is one server.
    pub(super) fn values(&mut self, keys: &[Vec<u8>]) -> RedisResult<Vec<Vec<Vec<u8>>>> {
        match self {
            Self::One(connection) => match keys {
                [key] => redis::cmd("HVALS").arg(key).query(connection).map(|values| vec![values]),
                keys => {
                    let mut pipe = redis::pipe();
                    keys.iter().fold(pipe.atomic(), |pipe, key| pipe.cmd("HVALS").arg(key)).query(connection)
                }
            },
            Self::Cluster(connection) => {
                let mut pipe = cluster_pipe();
                for key in keys {
                    pipe.cmd("HVALS").arg(key);
                }
                pipe.query(connection)
            }
        }
    }
}

impl Server {
    pub(super) fn new(settings: &RedisSettings) -> RedisResult<Self> {
        let timeout = settings.timeout;
        if !settings.cluster {
            let asked = match settings.sentinel {
                Some(_) => Asked::Sentinels(Box::new(settings.clone())),
                None => Asked::Itself(Box::new(settings.client(settings.url.as_str().into_connection_info()?)?)),
            };
            return Ok(Self::One { asked, kept: Mutex::default(), timeout });
        }
        let nodes = settings.nodes();
        let builder = ClusterClient::builder(nodes).connection_timeout(timeout).response_timeout(timeout);
        // Each is a wait: who wants to wait for a server that takes over asks again.
        let builder = builder.retries(RETRIES).max_retry_wait(RETRY_WAIT);
        Ok(Self::Cluster { client: Box::new(settings.of_cluster(builder).build()?), kept: Mutex::default(), timeout })
    }

    pub(super) fn is_cluster(&self) -> bool {
        matches!(self, Self::Cluster { .. })
    }

    /// Does this over a connection that is kept, or over a new one; once more over a new one where
    /// the one that was kept turns out to be gone. What the store does can be done twice.
    pub(super) fn with<T>(&self, work: impl Fn(&mut Line) -> RedisResult<T>) -> RedisResult<T> {
        if let Some(mut line) = self.take() {
            match work(&mut line) {
                Err(error) if is_gone(&error) => {}
                outcome => return self.give_back(line, outcome),
            }
        }
        let mut line = self.connect()?;
        let outcome = work(&mut line);
        self.give_back(line, outcome)
    }

    /// Keeps a connection for the next call, unless it may still be in the middle of this one.
    fn give_back<T>(&self, line: Line, outcome: RedisResult<T>) -> RedisResult<T> {
        if !outcome.as_ref().is_err_and(|error| is_gone(error) || error.is_io_error()) {
            self.keep(line);
        }
        outcome
    }

    fn connect(&self) -> RedisResult<Line> {
        match self {
            Self::One { asked, timeout, .. } => {
                let connection = asked.client()?.get_connection_with_timeout(*timeout)?;
                connection.set_read_timeout(Some(*timeout))?;
                connection.set_write_timeout(Some(*timeout))?;
                Ok(Line::One(connection))
            }
            Self::Cluster { client, timeout, .. } => {
                let connection = client.get_connection()?;
                connection.set_read_timeout(Some(*timeout))?;
                connection.set_write_timeout(Some(*timeout))?;
                Ok(Line::Cluster(Box::new(connection)))
            }
        }
    }

    fn take(&self) -> Option<Line> {
        match self {
            Self::One { kept, .. } => lock(kept).pop().map(Line::One),
            Self::Cluster { kept, .. } => lock(kept).pop().map(|one| Line::Cluster(Box::new(one))),
        }
    }

    fn keep(&self, line: Line) {
        match (self, line) {
            (Self::One { kept, .. }, Line::One(connection)) => push(kept, connection),
            (Self::Cluster { kept, .. }, Line::Cluster(connection)) => push(kept, *connection),
            _ => {}
        }
    }
}

/// The connection leads to nobody, or to a master that has become a replica.
fn is_gone(error: &RedisError) -> bool {
    let is_broken = error.is_io_error() && !error.is_timeout();
    error.is_connection_dropped() || is_broken || error.code() == Some("READONLY")
}

fn push<T>(kept: &Mutex<Vec<T>>, connection: T) {
    let mut kept = lock(kept);
    if kept.len() < KEPT {
        kept.push(connection);
    }
}

// A vector of connections is whole whatever panicked.
fn lock<T>(kept: &Mutex<Vec<T>>) -> std::sync::MutexGuard<'_, Vec<T>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}
