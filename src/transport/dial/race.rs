//! Which of a host's addresses is connected to: the first one that answers (Happy Eyeballs, RFC
//! 8305).

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::clock;
use crate::observe::{self, Step};

/// How long an address may be silent before the next one is tried beside it: 250 ms (RFC 8305
/// section 8).
#[cfg(unix)]
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// How long an address that answered is tried first.
const REMEMBERED_FOR: Duration = Duration::from_secs(600);

/// Hosts of which that is remembered.
const REMEMBERED: usize = 256;

/// The addresses that answered first.
#[derive(Debug, Default)]
pub(super) struct Winners(Mutex<HashMap<String, (SocketAddr, Instant)>>);

impl Winners {
    /// Connects to one of these addresses, from this one if it is said, before the time is over.
    pub(super) fn connect(
        &self,
        host: &str,
        given: &[SocketAddr],
        local: Option<IpAddr>,
        due: Option<Instant>,
    ) -> io::Result<TcpStream> {
        if given.len() < 2 {
            return race(given, local, due);
        }
        let mut addresses = interleaved(given);
        if let Some(winner) = self.of(host).filter(|winner| addresses.contains(winner)) {
            addresses.retain(|address| *address != winner);
            addresses.insert(0, winner);
        }
        let stream = race(&addresses, local, due)?;
        if let Ok(winner) = stream.peer_addr() {
            self.remember(host, winner);
        }
        Ok(stream)
    }

    fn of(&self, host: &str) -> Option<SocketAddr> {
        let winners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (winner, since) = winners.get(host)?;
        (clock::monotonic().saturating_duration_since(*since) < REMEMBERED_FOR).then_some(*winner)
    }

    fn remember(&self, host: &str, winner: SocketAddr) {
        let mut winners = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if winners.len() >= REMEMBERED {
            winners.clear();
        }
        winners.insert(host.to_owned(), (winner, clock::monotonic()));
    }
}

/// RFC 8305 section 4: the families take turns, the first one's first.
fn interleaved(given: &[SocketAddr]) -> Vec<SocketAddr> {
    let is_first = |address: &&SocketAddr| given.first().is_some_and(|first| first.is_ipv6() == address.is_ipv6());
    let mut others = given.iter().filter(|address| !is_first(address));
    let mut addresses = Vec::with_capacity(given.len());
    for address in given.iter().filter(is_first) {
        addresses.push(*address);
        addresses.extend(others.next());
    }
    addresses.extend(others);
    addresses
}

fn time_left(due: Option<Instant>) -> io::Result<Option<Duration>> {
    match due.map(|due| due.saturating_duration_since(clock::monotonic())) {
        Some(Duration::ZERO) => Err(io::ErrorKind::TimedOut.into()),
        left => Ok(left),
    }
}

/// The next attempt begins after [`ATTEMPT_DELAY`], or at once when one fails; the first connection
/// wins, and the others are given up with it. One thread does it, on sockets that do not wait.
#[cfg(unix)]
fn race(addresses: &[SocketAddr], local: Option<IpAddr>, due: Option<Instant>) -> io::Result<TcpStream> {
    let mut rest = addresses.iter();
    let mut running = Vec::new();
    let mut next_begins = clock::monotonic();
    let mut failure = io::Error::from(io::ErrorKind::ConnectionRefused);
    loop {
        let now = clock::monotonic();
        if running.is_empty() || now >= next_begins {
            let next = rest.next();
            if let Some(&address) = next {
                observe::tell(|_| Step::Connecting { address });
            }
            match next.map(|address| attempt::begin(*address, local)) {
                Some(Ok(attempt)) => {
                    running.push(attempt);
                    next_begins = now + ATTEMPT_DELAY;
                }
                // It has failed already, so the next one begins at once.
                Some(Err(error)) => {
                    (failure, next_begins) = (error, now);
                    continue;
                }
                None if running.is_empty() => return Err(failure),
                None => {}
            }
        }
        let begins = (rest.len() > 0).then(|| next_begins.saturating_duration_since(now));
        let wait = time_left(due)?.into_iter().chain(begins).min();
        for index in attempt::wait(&running, wait)?.into_iter().rev() {
            match attempt::end(running.remove(index)) {
                Ok(stream) => return Ok(stream),
                Err(error) => (failure, next_begins) = (error, now),
            }
        }
    }
}

/// Without sockets that do not wait, one after the other, each with half of the time that is left.
#[cfg(not(unix))]
fn race(addresses: &[SocketAddr], local: Option<IpAddr>, due: Option<Instant>) -> io::Result<TcpStream> {
    let connect_to = |address: SocketAddr, due: Option<Instant>| match time_left(due)? {
        Some(left) => TcpStream::connect_timeout(&address, left),
        None => TcpStream::connect(address),
    };
    if local.is_some() {
        let reason = "on this system a connection cannot be bound to a local address";
        return Err(io::Error::new(io::ErrorKind::Unsupported, reason));
    }
    let mut failure = io::Error::from(io::ErrorKind::ConnectionRefused);
    for (index, address) in addresses.iter().enumerate() {
        observe::tell(|_| Step::Connecting { address: *address });
        let left = time_left(due)?;
        let is_last = index + 1 == addresses.len();
        let share = left.filter(|_| !is_last).map(|left| clock::monotonic() + left / 2);
        match connect_to(*address, share.or(due)) {
            Ok(stream) => return Ok(stream),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

#[cfg(unix)]
mod attempt {
    //! One attempt: a socket that is being connected.

    use std::io;
    use std::net::{IpAddr, SocketAddr, TcpStream};
    use std::os::fd::OwnedFd;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::Errno;
    use rustix::net::{AddressFamily, SocketType, bind, connect, sockopt};

    pub(super) fn begin(address: SocketAddr, local: Option<IpAddr>) -> io::Result<OwnedFd> {
        let family = if address.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
        let attempt = socket_that_does_not_wait(family)?;
        if let Some(local) = local {
            bind(&attempt, &SocketAddr::new(local, 0))?;
        }
        match connect(&attempt, &address) {
            Ok(()) | Err(Errno::INPROGRESS | Errno::INTR) => Ok(attempt),
            Err(error) => Err(error.into()),
        }
    }

    #[cfg(not(target_vendor = "apple"))]
    fn socket_that_does_not_wait(family: AddressFamily) -> io::Result<OwnedFd> {
        use rustix::net::{SocketFlags, socket_with};
        Ok(socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC | SocketFlags::NONBLOCK, None)?)
    }

    /// The same in three steps, where the system has no other way.
    #[cfg(target_vendor = "apple")]
    fn socket_that_does_not_wait(family: AddressFamily) -> io::Result<OwnedFd> {
        use rustix::io::{FdFlags, fcntl_setfd, ioctl_fionbio};
        let socket = rustix::net::socket(family, SocketType::STREAM, None)?;
        fcntl_setfd(&socket, FdFlags::CLOEXEC)?;
        ioctl_fionbio(&socket, true)?;
        Ok(socket)
    }

    /// Which of them have an outcome; none if there was none for so long.
    pub(super) fn wait(attempts: &[OwnedFd], limit: Option<Duration>) -> io::Result<Vec<usize>> {
        let mut waiting: Vec<_> = attempts.iter().map(|attempt| PollFd::new(attempt, PollFlags::OUT)).collect();
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        match poll(&mut waiting, limit.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let is_ready = |(_, waiting): &(usize, &PollFd<'_>)| !waiting.revents().is_empty();
        Ok(waiting.iter().enumerate().filter(is_ready).map(|(index, _)| index).collect())
    }

    pub(super) fn end(attempt: OwnedFd) -> io::Result<TcpStream> {
        sockopt::socket_error(&attempt)??;
        let stream = TcpStream::from(attempt);
        stream.set_nonblocking(false)?;
        Ok(stream)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_take_turns() {
        for (given, expected) in [
            (vec!["1.1.1.1:1"], "1.1.1.1:1"),
            (vec!["1.1.1.1:1", "2.2.2.2:1"], "1.1.1.1:1 2.2.2.2:1"),
            (vec!["[::1]:1", "[::2]:1", "1.1.1.1:1"], "[::1]:1 1.1.1.1:1 [::2]:1"),
            (vec!["1.1.1.1:1", "[::1]:1", "[::2]:1", "[::3]:1"], "1.1.1.1:1 [::1]:1 [::2]:1 [::3]:1"),
        ] {
            let given: Vec<SocketAddr> = given.into_iter().filter_map(|address| address.parse().ok()).collect();
            let found: Vec<_> = interleaved(&given).iter().map(ToString::to_string).collect();
            assert_eq!(found.join(" "), expected);
        }
    }

    #[test]
    fn who_answered_is_asked_first() {
        let winners = Winners::default();
        let address = SocketAddr::from(([127, 0, 0, 1], 1));
        assert_eq!(winners.of("h"), None);
        winners.remember("h", address);
        assert_eq!((winners.of("h"), winners.of("other")), (Some(address), None));
    }
}
