//! A master, a replica, and a sentinel that lets the one take over from the other.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use clientcookie::cookie::*;

use super::server::{Server, free_port};

/// A sentinel, which is killed at the end of the test.
struct Sentinel(Child, u16, std::path::PathBuf);

impl Sentinel {
    fn start(master: &Server) -> Self {
        let port = free_port();
        let file = env::temp_dir().join(format!("clientcookie-sentinel-{}-{port}.conf", std::process::id()));
        let lines = [
            format!("port {port}"),
            "bind 127.0.0.1".to_owned(),
            format!("sentinel monitor jar 127.0.0.1 {} 1", master.port),
            "sentinel down-after-milliseconds jar 500".to_owned(),
            "sentinel failover-timeout jar 3000".to_owned(),
        ];
        fs::write(&file, lines.join("\n")).unwrap();
        let mut command = Command::new("redis-server");
        command.arg(&file).arg("--sentinel").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self(command.spawn().unwrap(), port, file)
    }
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
        let _ = fs::remove_file(&self.2);
    }
}

/// Tries until it is so.
fn until<T>(what: &str, mut is_so: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(so) = is_so() {
            return so;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "{what}");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_master_that_is_replaced_is_found_again() {
    let Some(mut master) = Server::start(&["--repl-diskless-sync-delay", "0"]) else { return };
    let port = master.port.to_string();
    let replica = Server::start(&["--replicaof", "127.0.0.1", &port]).unwrap();
    until("no replication", || replica.cli(&["INFO", "replication"]).contains("master_link_status:up").then_some(()));
    let sentinel = Sentinel::start(&master);
    let settings = RedisSettings::new(&format!("redis://127.0.0.1:{}/?sentinel=jar", sentinel.1));
    let settings = settings.timeout(Duration::from_secs(1));
    let store = until("no sentinel", || settings.clone().connect().ok());
    let put = |name: &str| store.put(Arc::new(Cookie::new(name, "v", "a.test")), None);
    put("before").unwrap();
    // It said yes before its replica had heard.
    until("no replication", || replica.cli(&["HLEN", "clientcookie:{default}:o:test.a"]).contains('1').then_some(()));
    let error = settings.clone().sentinel("another").connect().unwrap_err().to_string();
    assert!(error.starts_with("redis://127.0.0.1:"), "{error}");
    // The sentinel must have heard of the replica, which it asks the master for every ten seconds.
    let heard = || replica.cli(&["INFO", "replication"]).contains("role:slave").then_some(());
    until("no replica", heard);
    let heard = |_: ()| {
        let output =
            Command::new("redis-cli").args(["-p", &sentinel.1.to_string(), "SENTINEL", "replicas", "jar"]).output();
        String::from_utf8_lossy(&output.unwrap().stdout).contains(&replica.port.to_string()).then_some(())
    };
    until("the sentinel knows of no replica", || heard(()));
    master.kill();
    assert!(put("meanwhile").is_err());
    until("the jar does not come back", || put("after").ok());
    // The old master comes back as a replica of the new one, and a connection to it would be
    // refused.
    master.restart();
    put("later").unwrap();
    let names: Vec<String> = store.snapshot().unwrap().iter().map(|stored| stored.cookie.name().into_owned()).collect();
    assert_eq!(names, ["before", "after", "later"]);
}
