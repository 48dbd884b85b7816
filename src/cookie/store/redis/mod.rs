//! A store on a server that machines share: Redis, Valkey, or a cluster of them.

mod failure;
mod jar;
mod record;
mod server;
mod settings;

pub use jar::RedisCookieJar;
pub use settings::RedisSettings;

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use redis::{FromRedisValue, RedisResult, Script};

use super::{Capacity, CookieStore, PutOutcome, Scope, StoreError, Stored, owner};
use crate::cookie::Cookie;

use failure::Failure;
use record::backwards;
use server::{Line, Server};

const TARGET: &str = "clientcookie::cookies";

/// Of the keys and the records.
const VERSION: i64 = 1;

/// How many shards a process remembers to have named to the cluster. It forgets all of them then.
const REMEMBERED: usize = 10_000;

/// Cookies on a Redis or Valkey server, version 7 or later, that machines share: one server, or a
/// cluster. Feature `redis`.
///
/// [`RedisCookieJar`] is the jar over one. This is for a jar with a policy or a clock of your own:
///
/// ```no_run
/// use clientcookie::clock::SystemClock;
/// use clientcookie::cookie::{CookieJar, DefaultCookiePolicy, RedisSettings};
/// use std::sync::Arc;
///
/// let store = RedisSettings::new("redis://redis.example/").namespace("shop").connect()?;
/// let policy = DefaultCookiePolicy::new().blocked_domains([".ads.example"]);
/// let jar = CookieJar::with_parts(store, policy, Arc::new(SystemClock));
/// # Ok::<(), clientcookie::cookie::StoreError>(())
/// ```
///
/// # What is promised
///
/// - A change is one script, which runs whole: rivals, limits, evictions and creation among it.
///   What it returned from is as safe as the server keeps what it says yes to: with
///   `appendonly yes` and `appendfsync always` it is on the disk; with the server's defaults a
///   second of it may be lost with the machine.
/// - A request asks once, whatever its number of parents, and costs what the cookies of its host
///   cost.
/// - Nothing waits for ever: a connection, and each answer, is waited for as long as
///   [`RedisSettings::timeout`] says. A connection that has gone meanwhile is made anew.
/// - The cookies come back as they went in, byte for byte, the session's among them.
/// - On one server it behaves as [`MemoryStore`](super::MemoryStore) does: one table of tests holds
///   for both.
///
/// The key of an owner whose cookies all expire goes by the server's own clock, a day after the
/// last of them. What the user puts in, and session cookies, keep the owner's key until they are
/// taken out.
///
/// Two things cost what is in it: to look at all cookies or count them, and to put one in where
/// there is a [`Limits::total`](crate::cookie::Limits::total). To put in a cookie of plain http
/// costs what the owners below its own have.
///
/// # On a cluster
///
/// The names of a registrable domain lie together, in the slot of its last two labels
/// (`example.com`, `co.uk`), so that a change is one script there too, and a jar spreads over the
/// servers. What is about more than that is done shard by shard, and not in one step:
/// [`put_all`](CookieStore::put_all), [`remove_all`](CookieStore::remove_all),
/// [`snapshot`](CookieStore::snapshot) and [`len`](CookieStore::len). A
/// [`Limits::total`](crate::cookie::Limits::total) holds for each shard by itself, and a name
/// without a dot (`localhost`) is no rival of those below it. Of a cluster that fails over, what
/// its replica had not heard yet is lost: the server said yes before (`WAIT` is not asked for).
///
/// # With Sentinel
///
/// [`RedisSettings::sentinel`] finds the master by its name, and finds the next one when it is
/// replaced: what fails meanwhile says so, and what the replica had not heard yet is lost, as on a
/// cluster. A connection to a master that became a replica is refused what it is to write, and made
/// anew.
///
/// # No cache
///
/// Nothing is kept here between requests: a cookie that another machine replaces, or takes out, is
/// gone with the next request. What a request would save is one round trip to a server nearby, far
/// less than the request it is for.
pub struct RedisStore {
    server: Server,
    settings: RedisSettings,
    /// The shards that the cluster has been told of by this process.
    named: Mutex<HashSet<String>>,
    scripts: Scripts,
}

/// What the server runs.
struct Scripts {
    put: Script,
    put_all: Script,
    remove: Script,
    remove_all: Script,
    rivals: Script,
    all: Script,
}

macro_rules! script {
    ($file:literal) => {
        Script::new(concat!(include_str!("lua/common.lua"), "\n", include_str!($file)))
    };
}

impl Scripts {
    fn new() -> Self {
        Self {
            put: script!("lua/put.lua"),
            put_all: script!("lua/put_all.lua"),
            remove: script!("lua/remove.lua"),
            remove_all: script!("lua/remove_all.lua"),
            rivals: script!("lua/rivals.lua"),
            all: script!("lua/all.lua"),
        }
    }
}

impl RedisStore {
    fn open(settings: &RedisSettings) -> Result<Self, StoreError> {
        settings.check()?;
        let failed = |error| Failure::of(settings, error);
        let server = Server::new(settings).map_err(failed)?;
        let named = Mutex::default();
        let store = Self { server, settings: settings.clone(), named, scripts: Scripts::new() };
        let key = format!("clientcookie:{{{}}}:version", settings.namespace);
        let version: i64 = store.with(|line| {
            line.command::<()>(redis::cmd("SET").arg(&key).arg(VERSION).arg("NX"))?;
            line.command(redis::cmd("GET").arg(&key))
        })?;
        match version > VERSION {
            true => Err(Failure::because(settings, "the jar is of a newer version of this crate")),
            false => Ok(store),
        }
    }

    fn with<T>(&self, work: impl Fn(&mut Line) -> RedisResult<T>) -> Result<T, StoreError> {
        self.server.with(work).map_err(|error| Failure::of(&self.settings, error))
    }

    /// What the keys begin with of the shard in which this domain lies: all of the jar, or on a
    /// cluster the part that shares a slot.
    fn prefix(&self, domain: &str) -> String {
        match self.server.is_cluster() {
            false => self.prefix_of(""),
            true => self.prefix_of(&format!("|{}", record::shard(domain))),
        }
    }

    fn prefix_of(&self, shard: &str) -> String {
        format!("clientcookie:{{{}{shard}}}:", self.settings.namespace)
    }

    /// The prefixes of all shards.
    fn prefixes(&self) -> Result<Vec<String>, StoreError> {
        if !self.server.is_cluster() {
            return Ok(vec![self.prefix_of("")]);
        }
        let shards: Vec<String> = self.with(|line| line.command(redis::cmd("SMEMBERS").arg(self.shards_key())))?;
        Ok(shards.iter().map(|shard| self.prefix_of(&format!("|{shard}"))).collect())
    }

    fn shards_key(&self) -> String {
        format!("clientcookie:{{{}}}:shards", self.settings.namespace)
    }

    /// Tells the cluster of a shard before anything is put into it, so that it is found again.
    fn name_shard(&self, domain: &str) -> Result<(), StoreError> {
        if !self.server.is_cluster() {
            return Ok(());
        }
        let shard = record::shard(domain);
        if self.named.lock().unwrap_or_else(PoisonError::into_inner).contains(shard) {
            return Ok(());
        }
        self.with(|line| line.command::<()>(redis::cmd("SADD").arg(self.shards_key()).arg(shard)))?;
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        if named.len() >= REMEMBERED {
            named.clear();
        }
        named.insert(shard.to_owned());
        Ok(())
    }

    /// Runs a script on a shard.
    fn run<T: FromRedisValue>(&self, script: &Script, prefix: &str, arguments: &[&[u8]]) -> Result<T, StoreError> {
        let mut invocation = script.prepare_invoke();
        invocation.key(format!("{prefix}owners")).key(format!("{prefix}last")).arg(prefix);
        for argument in arguments {
            invocation.arg(*argument);
        }
        self.with(|line| line.script(&invocation))
    }

    /// The cookies of these records. What is no record is passed over and logged.
    fn cookies_of(&self, records: impl IntoIterator<Item = Vec<u8>>) -> Vec<Stored> {
        let mut unreadable = 0;
        let read = |record: Vec<u8>| {
            let stored = record::to_stored(&record);
            unreadable += usize::from(stored.is_none());
            stored
        };
        let cookies = records.into_iter().filter_map(read).collect();
        if unreadable > 0 {
            log::debug!(target: TARGET, "{}: {unreadable} record(s) that hold no cookie", self.settings.name());
        }
        cookies
    }
}

/// A number as a script reads it, nothing for none.
fn number(number: Option<usize>) -> Vec<u8> {
    number.map_or_else(Vec::new, |number| number.to_string().into_bytes())
}

fn truth(truth: bool) -> &'static [u8] {
    if truth { b"1" } else { b"" }
}

impl CookieStore for RedisStore {
    fn candidates(&self, owners: &[&str]) -> Result<Vec<Stored>, StoreError> {
        let key = |owner: &&str| format!("{}o:{}", self.prefix(owner), backwards(owner)).into_bytes();
        let keys: Vec<Vec<u8>> = owners.iter().map(key).collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let values = self.with(|line| line.values(&keys))?;
        Ok(self.cookies_of(values.into_iter().flatten()))
    }

    fn secure_rivals(&self, cookie: &Cookie) -> Result<Vec<Arc<Cookie>>, StoreError> {
        let owner = backwards(cookie.owner());
        let arguments = [owner.as_bytes(), cookie.name_bytes()];
        let records: Vec<Vec<u8>> = self.run(&self.scripts.rivals, &self.prefix(cookie.domain()), &arguments)?;
        Ok(self.cookies_of(records).into_iter().map(|stored| stored.cookie).collect())
    }

    fn get(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        let key = format!("{}o:{}", self.prefix(domain), backwards(owner(domain)));
        let field = record::field([domain.as_bytes(), path, name]);
        let record: Option<Vec<u8>> = self.with(|line| line.command(redis::cmd("HGET").arg(&key).arg(&field)))?;
        Ok(self.cookies_of(record).pop().map(|stored| stored.cookie))
    }

    fn put(&self, cookie: Arc<Cookie>, room: Option<&Capacity<'_>>) -> Result<PutOutcome, StoreError> {
        self.name_shard(cookie.domain())?;
        let (owner, field, body) = (backwards(cookie.owner()), record::field(cookie.key()), record::body(&cookie));
        let now = room.map_or_else(String::new, |room| room.now.to_string());
        let (per_domain, total) =
            (number(room.and_then(|room| room.per_domain)), number(room.and_then(|room| room.total)));
        let judged = room.and_then(|room| room.judged);
        let count = number(judged.map(<[_]>::len));
        let bodies: Vec<Vec<u8>> = judged.unwrap_or_default().iter().map(|cookie| record::body(cookie)).collect();
        let mut arguments: Vec<&[u8]> = vec![owner.as_bytes(), &field, &body, truth(room.is_none()), now.as_bytes()];
        arguments.extend([&per_domain[..], &total, truth(room.is_some_and(|room| room.evict_secure))]);
        arguments.extend([cookie.name_bytes(), &count]);
        arguments.extend(bodies.iter().map(Vec::as_slice));
        let outcome: u8 = self.run(&self.scripts.put, &self.prefix(cookie.domain()), &arguments)?;
        Ok(match outcome {
            0 => PutOutcome::Stored,
            1 => PutOutcome::Full,
            _ => PutOutcome::Changed,
        })
    }

    fn put_all(&self, cookies: Vec<Arc<Cookie>>, instead: bool) -> Result<(), StoreError> {
        let mut shards: Vec<(String, Vec<Vec<u8>>)> = Vec::new();
        if instead {
            shards.extend(self.prefixes()?.into_iter().map(|prefix| (prefix, Vec::new())));
        }
        for cookie in &cookies {
            self.name_shard(cookie.domain())?;
            let prefix = self.prefix(cookie.domain());
            let parts = [backwards(cookie.owner()).into_bytes(), record::field(cookie.key()), record::body(cookie)];
            match shards.iter_mut().find(|(other, _)| *other == prefix) {
                Some((_, arguments)) => arguments.extend(parts),
                None => shards.push((prefix, parts.into())),
            }
        }
        for (prefix, arguments) in &shards {
            let all = [truth(instead)].into_iter().chain(arguments.iter().map(Vec::as_slice));
            self.run::<u8>(&self.scripts.put_all, prefix, &all.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn remove(&self, domain: &str, path: &[u8], name: &[u8]) -> Result<Option<Arc<Cookie>>, StoreError> {
        let (owner, field) = (backwards(owner(domain)), record::field([domain.as_bytes(), path, name]));
        let arguments = [owner.as_bytes(), field.as_slice()];
        let record: Option<Vec<u8>> = self.run(&self.scripts.remove, &self.prefix(domain), &arguments)?;
        Ok(self.cookies_of(record).pop().map(|stored| stored.cookie))
    }

    fn remove_all(&self, scope: Scope<'_>) -> Result<usize, StoreError> {
        let (domain, field) = match scope {
            Scope::Domain(domain) => (domain, record::field_of_domain(domain.as_bytes())),
            Scope::Path(domain, path) => (domain, record::field_of_path(domain.as_bytes(), path)),
            Scope::All => return self.sweep(&[b"all"]),
            Scope::Session => return self.sweep(&[b"session"]),
            Scope::Expired(now) => return self.sweep(&[b"expired", now.to_string().as_bytes()]),
        };
        let owner = backwards(owner(domain));
        let arguments = [b"domain", owner.as_bytes(), field.as_slice()];
        self.run(&self.scripts.remove_all, &self.prefix(domain), &arguments)
    }

    fn snapshot(&self) -> Result<Vec<Stored>, StoreError> {
        let mut all = Vec::new();
        for prefix in self.prefixes()? {
            let records: Vec<Vec<u8>> = self.run(&self.scripts.all, &prefix, &[b"cookies"])?;
            all.extend(self.cookies_of(records));
        }
        all.sort_unstable_by_key(|stored| stored.created);
        Ok(all)
    }

    fn len(&self) -> Result<usize, StoreError> {
        let counts =
            self.prefixes()?.into_iter().map(|prefix| self.run::<usize>(&self.scripts.all, &prefix, &[b"count"]));
        counts.sum::<Result<usize, StoreError>>()
    }
}

impl RedisStore {
    /// Takes out of every shard what its script finds, and says how many.
    fn sweep(&self, arguments: &[&[u8]]) -> Result<usize, StoreError> {
        let counts =
            self.prefixes()?.into_iter().map(|prefix| self.run::<usize>(&self.scripts.remove_all, &prefix, arguments));
        counts.sum::<Result<usize, StoreError>>()
    }
}

/// Shows no password.
impl fmt::Debug for RedisStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisStore").field("settings", &self.settings).finish_non_exhaustive()
    }
}
