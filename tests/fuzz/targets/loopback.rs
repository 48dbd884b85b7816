//! A server of this machine's own, for one conversation that is written down beforehand.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fs, thread};

/// An address of this machine that no other server has taken: what is said to be its port may be
/// any.
pub const HOST: Ipv4Addr = Ipv4Addr::new(127, 77, 0, 1);

/// Between two looks at what the client does. Nothing depends on it: it leaves the processor to the
/// client.
const PAUSE: Duration = Duration::from_micros(20);

/// Serves each connection that the client makes, one after the other, until the client is done.
/// `None` where the system does not give all of 127/8 to programs.
pub fn converse<T>(serve: impl Fn(&TcpStream, &Client) + Sync, talk: impl FnOnce(SocketAddr) -> T) -> Option<T> {
    let listener = TcpListener::bind((HOST, 0)).ok()?;
    let end = End { address: listener.local_addr().ok()?, done: AtomicBool::new(false) };
    let client = Client::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            while let Ok((stream, _)) = listener.accept()
                && !end.done.load(Ordering::SeqCst)
            {
                let _ = stream.set_nodelay(true);
                serve(&stream, &client);
                // The client reads what it was sent, and then the end: a close could take back what
                // it has not read.
                let _ = (stream.set_nonblocking(false), stream.shutdown(Shutdown::Write));
                let _ = (&stream).read_to_end(&mut Vec::new());
            }
        });
        let _wakes = Wakes(&end);
        Some(talk(end.address))
    })
}

struct End {
    address: SocketAddr,
    done: AtomicBool,
}

/// Ends the server, by a panic as well.
struct Wakes<'a>(&'a End);

impl Drop for Wakes<'_> {
    fn drop(&mut self) {
        self.0.done.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.0.address);
    }
}

/// The thread that talks to the server.
pub struct Client {
    /// Where Linux says what the thread does.
    state: Option<String>,
}

impl Client {
    fn new() -> Self {
        let thread = fs::read_link("/proc/thread-self").ok();
        Self { state: thread.map(|thread| format!("/proc/{}/stat", thread.display())) }
    }

    /// Waits until the client waits, so that it has read what was sent: where a piece ends, a read
    /// of its ends too. Elsewhere than on Linux the system decides.
    pub fn has_read(&self) {
        for _ in 0..10_000 {
            if self.waits() {
                return;
            }
            thread::sleep(PAUSE);
        }
    }

    fn waits(&self) -> bool {
        let Some(state) = self.state.as_ref().and_then(|path| fs::read_to_string(path).ok()) else {
            return true;
        };
        state.rsplit(") ").next().is_some_and(|rest| rest.starts_with('S'))
    }

    /// Whether it says something more; if it waits for the server instead, there is nothing to wait
    /// for.
    pub fn goes_on(&self, stream: &TcpStream) -> bool {
        if stream.set_nonblocking(true).is_err() {
            return false;
        }
        // What was sent may be on its way for a moment yet, and the client still asleep.
        let mut looks = 0;
        let goes_on = loop {
            looks = if self.waits() { looks + 1 } else { 0 };
            match stream.peek(&mut [0]) {
                Err(error) if error.kind() == ErrorKind::WouldBlock && looks < 10 => thread::sleep(PAUSE),
                Ok(amount) => break amount > 0,
                Err(_) => break false,
            }
        };
        goes_on && stream.set_nonblocking(false).is_ok()
    }
}

/// Sends the pieces, each only when the one before was read. The client may have gone.
pub fn send<'a>(mut stream: &TcpStream, pieces: impl IntoIterator<Item = &'a [u8]>, client: &Client) {
    for (number, piece) in pieces.into_iter().enumerate() {
        if number > 0 {
            client.has_read();
        }
        if stream.write_all(piece).is_err() {
            return;
        }
    }
}
