//! A cluster: three masters, each with a replica where one is to fail.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clientcookie::cookie::*;

use super::server::{Server, free_port};

/// Servers that are a cluster, the masters first.
struct Cluster(Vec<Server>);

impl Cluster {
    fn start(replicas: usize) -> Option<Self> {
        let start = |_| {
            // Without a word of it, it is a number above the port's, which may be none.
            let bus = free_port().to_string();
            let options = ["--cluster-enabled", "yes", "--cluster-port", &bus, "--cluster-node-timeout", "1000"];
            let replication = ["--repl-diskless-sync-delay", "0", "--cluster-replica-validity-factor", "0"];
            Server::start(&[&options[..], &replication].concat())
        };
        let servers: Vec<Server> = (0..3 * (1 + replicas)).map(start).collect::<Option<_>>()?;
        let mut create = Command::new("redis-cli");
        create.args(["--cluster", "create"]).args(servers.iter().map(|server| format!("127.0.0.1:{}", server.port)));
        create.args(["--cluster-replicas", &replicas.to_string(), "--cluster-yes"]);
        let output = create.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        let cluster = Self(servers);
        cluster.wait_until(|server| server.cli(&["CLUSTER", "INFO"]).contains("cluster_state:ok"));
        // A replica that has not heard of its master yet takes over from nobody.
        cluster.wait_until(|server| !server.cli(&["INFO", "replication"]).contains("master_link_status:down"));
        Some(cluster)
    }

    fn wait_until(&self, is_so: impl Fn(&Server) -> bool) {
        let begun = Instant::now();
        while !self.0.iter().all(&is_so) {
            assert!(begun.elapsed() < Duration::from_secs(30), "the cluster does not come up");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn settings(&self) -> RedisSettings {
        let settings = RedisSettings::new(&self.0[0].url()).cluster(true);
        self.0[1..].iter().fold(settings, |settings, server| settings.node(&server.url()))
    }
}

#[test]
fn a_jar_spreads_over_a_cluster() {
    let Some(cluster) = Cluster::start(0) else { return };
    let store = cluster.settings().connect().unwrap();
    let jar = CookieJar::with_store(cluster.settings().connect().unwrap());
    for number in 0..60 {
        let url = url::Url::parse(&format!("https://www.site{number}.test/")).unwrap();
        jar.set_from_str(&format!("sid={number}; Domain=site{number}.test; Secure"), &url).unwrap();
        jar.set_from_str("own=1", &url).unwrap();
    }
    assert!(jar.take_store_error().is_none());
    let sizes: Vec<usize> = cluster.0.iter().map(|server| server.cli(&["DBSIZE"]).trim().parse().unwrap()).collect();
    assert!(sizes.iter().all(|size| *size > 30), "{sizes:?}");
    assert_eq!((jar.len(), jar.iter().count()), (120, 120));
    let found = store.candidates(&["www.site7.test", "site7.test", "test"]).unwrap();
    assert_eq!(found.len(), 2);
    let rivals = store.secure_rivals(&Cookie::new("sid", "", "x.site7.test")).unwrap();
    assert_eq!(rivals.len(), 1);
    let http = url::Url::parse("http://www.site7.test/").unwrap();
    assert_eq!(jar.set_from_str("sid=evil; Domain=site7.test", &http), Err(Refusal::ShadowsSecure));
    assert_eq!(store.remove_all(Scope::Domain(".site7.test")).unwrap(), 1);
    store
        .put_all(vec![Arc::new(Cookie::new("n", "v", "a.test")), Arc::new(Cookie::new("n", "v", "b.test"))], true)
        .unwrap();
    assert_eq!(store.snapshot().unwrap().len(), 2, "all others went");
    jar.clear();
    assert!(jar.is_empty() && jar.take_store_error().is_none());
}

/// A master is killed while four write: they are told of what was not stored, and after its replica
/// has taken over nothing is lost that it had heard of. What it had not heard yet is Redis' to
/// lose.
#[test]
fn a_failover_is_told_of_and_loses_only_what_the_replica_had_not_heard() {
    let Some(mut cluster) = Cluster::start(1) else { return };
    let settings = cluster.settings().timeout(Duration::from_secs(1));
    let stop = AtomicBool::new(false);
    let write = |thread: usize, told: &mut Vec<(String, String)>, errors: &mut usize| {
        let store = settings.clone().connect().unwrap();
        for number in 0.. {
            if stop.load(Ordering::Relaxed) {
                return;
            }
            let (name, domain) = (format!("n{thread}-{number}"), format!("h{}.test", number % 40));
            match store.put(Arc::new(Cookie::new(name.clone(), "v", &domain)), None) {
                Ok(_) => told.push((name, domain)),
                Err(_) => *errors += 1,
            }
        }
    };
    let (told, errors) = thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|thread| {
                let write = &write;
                scope.spawn(move || {
                    let (mut told, mut errors) = (Vec::new(), 0);
                    write(thread, &mut told, &mut errors);
                    (told, errors)
                })
            })
            .collect();
        thread::sleep(Duration::from_millis(500));
        cluster.0[1].kill();
        let begun = Instant::now();
        // One has failed, all that are left know it, and there are three masters again.
        let is_over = |server: &Server| {
            let nodes = server.cli(&["CLUSTER", "NODES"]);
            let masters = nodes.lines().filter(|line| line.contains("master") && !line.contains("fail")).count();
            nodes.contains("master,fail ") && masters == 3 && server.cli(&["CLUSTER", "INFO"]).contains("state:ok")
        };
        let mut takes_over = false;
        while !takes_over && begun.elapsed() < Duration::from_secs(30) {
            thread::sleep(Duration::from_millis(50));
            takes_over = cluster.0.iter().enumerate().all(|(index, server)| index == 1 || is_over(server));
        }
        thread::sleep(Duration::from_millis(500));
        stop.store(true, Ordering::Relaxed);
        assert!(takes_over, "no replica takes over: {}", cluster.0[0].cli(&["CLUSTER", "NODES"]));
        let outcomes = writers.into_iter().map(|writer| writer.join().unwrap());
        outcomes.fold((Vec::new(), 0), |(mut all, sum), (told, errors)| {
            all.extend(told);
            (all, sum + errors)
        })
    });
    let store = settings.connect().unwrap();
    let lost = told.iter().filter(|(name, domain)| store.get(domain, b"/", name.as_bytes()).unwrap().is_none()).count();
    println!("{} were stored, {errors} errors were told of, {lost} were lost with the master", told.len());
    assert!(errors > 0, "nobody was told");
    // Replication lags by some milliseconds of writing at most.
    assert!(lost * 100 <= told.len(), "{lost} of {} are lost", told.len());
}
