//! What `--speed-limit` and `--speed-time` ask for: a body that comes too slowly is given up.

use std::io::{self, Read};
use std::time::{Duration, Instant};

use clientcookie::{Body, Handler, Hook, Parent, Request, Response, Result};

/// Gives a body up that has brought fewer bytes a second than this, for so long.
pub struct SpeedLimit {
    pub bytes: u64,
    pub time: Duration,
}

impl Handler for SpeedLimit {
    /// Nearest to the network: what is unpacked is not what came.
    fn order(&self) -> i32 {
        0
    }

    fn hooks(&self) -> &[Hook] {
        &[Hook::AnyResponse]
    }

    fn any_response(&self, _: &dyn Parent, _: &Request, mut response: Response) -> Result<Response> {
        let inner = response.take_body();
        let (bytes, time) = (self.bytes, self.time);
        response.set_body(Body::from_reader(Watched { inner, bytes, time, since: Instant::now(), came: 0 }));
        Ok(response)
    }
}

struct Watched {
    inner: Body,
    bytes: u64,
    time: Duration,
    /// When the time that is looked at began, and what has come since.
    since: Instant,
    came: u64,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.inner.read(buffer)?;
        self.came += amount as u64;
        let elapsed = self.since.elapsed();
        if amount > 0 && elapsed >= self.time {
            if (self.came as f64) < self.bytes as f64 * elapsed.as_secs_f64() {
                let sentence = format!(
                    "it is slower than {} bytes a second for {} seconds: {} bytes came",
                    self.bytes,
                    self.time.as_secs(),
                    self.came
                );
                return Err(io::Error::new(io::ErrorKind::TimedOut, sentence));
            }
            (self.since, self.came) = (Instant::now(), 0);
        }
        Ok(amount)
    }
}
