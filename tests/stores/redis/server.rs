//! A server of its own for a test.

use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use clientcookie::cookie::{RedisSettings, RedisStore};

/// How long a server may take to come up.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server, which is killed at the end of the test, and its folder, which is removed.
pub struct Server {
    child: Child,
    pub port: u16,
    #[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "nobody asks for it then"))]
    tls_port: Option<u16>,
    arguments: Vec<String>,
    folder: PathBuf,
}

/// A port that nobody has at the moment.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Server {
    /// `None`, and a word of why, if there is no such program.
    pub fn start(arguments: &[&str]) -> Option<Self> {
        if !crate::peers::is_there("redis-server", "--version") {
            return None;
        }
        // Somebody else may take the port meanwhile.
        let started = (0..5).find_map(|_| Self::start_at(free_port(), None, arguments));
        Some(started.expect("redis-server does not start"))
    }

    /// One that speaks TLS as well, as `localhost`.
    #[cfg(feature = "tls")]
    pub fn start_tls() -> Option<Self> {
        let fixture = |name: &str| format!("{}/fixtures/tls/{name}", env!("CARGO_MANIFEST_DIR"));
        let (certificate, key, ca) = (fixture("localhost.pem"), fixture("localhost.key"), fixture("ca.pem"));
        if !crate::peers::is_there("redis-server", "--version") {
            return None;
        }
        let tls = free_port();
        let port = tls.to_string();
        let arguments = [
            "--tls-port",
            &port,
            "--tls-cert-file",
            &certificate,
            "--tls-key-file",
            &key,
            "--tls-ca-cert-file",
            &ca,
            "--tls-auth-clients",
            "no",
        ];
        Self::start_at(free_port(), Some(tls), &arguments)
    }

    fn start_at(port: u16, tls_port: Option<u16>, arguments: &[&str]) -> Option<Self> {
        let folder = env::temp_dir().join(format!("clientcookie-redis-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        let child = spawn(port, &folder, &arguments);
        let mut server = Self { child, port, tls_port, arguments, folder };
        server.is_up().then_some(server)
    }

    /// Waits until it answers; false if it gave up.
    fn is_up(&mut self) -> bool {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() || !self.cli(&["PING"]).contains("PONG") {
            // One that wants a password says so.
            if self.cli(&["PING"]).contains("NOAUTH") {
                return true;
            }
            if self.child.try_wait().unwrap().is_some() {
                return false;
            }
            assert!(begun.elapsed() < PATIENCE, "redis-server does not answer");
            thread::sleep(Duration::from_millis(10));
        }
        true
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    #[cfg(feature = "tls")]
    pub fn tls_url(&self) -> String {
        format!("rediss://localhost:{}/", self.tls_port.unwrap())
    }

    pub fn store(&self, namespace: &str) -> RedisStore {
        RedisSettings::new(&self.url()).namespace(namespace).connect().unwrap()
    }

    /// What `redis-cli` says to this.
    pub fn cli(&self, arguments: &[&str]) -> String {
        let output = Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// SIGKILL: it has no time for anything.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn restart(&mut self) {
        self.child = spawn(self.port, &self.folder, &self.arguments);
        assert!(self.is_up(), "redis-server does not start again");
    }
}

fn spawn(port: u16, folder: &PathBuf, arguments: &[String]) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--dir"]).arg(folder);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}
