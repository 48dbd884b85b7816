//! Putting a cookie in, and making room for it: inside a transaction, so that nobody comes between.

use std::sync::Arc;

use rusqlite::{Connection, Row, params};

use super::row::{self, backwards};
use super::rows::{Rows, collect, secure_rivals};
use super::statements;
use crate::cookie::Cookie;
use crate::cookie::store::{Capacity, PutOutcome};

/// All of [`CookieStore::put`](crate::cookie::CookieStore::put).
pub(super) fn put(
    connection: &Connection,
    cookie: &Cookie,
    room: Option<&Capacity<'_>>,
) -> rusqlite::Result<PutOutcome> {
    let Some(room) = room else {
        store(connection, cookie, true)?;
        return Ok(PutOutcome::Stored);
    };
    if let Some(judged) = room.judged
        && !same(judged, &secure_rivals(connection, cookie)?)
    {
        return Ok(PutOutcome::Changed);
    }
    let owner = backwards(cookie.owner());
    let key = params![owner, cookie.domain(), cookie.path_bytes(), cookie.name_bytes()];
    if cookie.is_expired(room.now) {
        collect(connection, statements::REMOVE, key)?;
        return Ok(PutOutcome::Stored);
    }
    let is_there = connection.prepare_cached(statements::IS_THERE)?.exists(key)?;
    if !is_there && !make_room(connection, &owner, room)? {
        return Ok(PutOutcome::Full);
    }
    store(connection, cookie, false)?;
    Ok(PutOutcome::Stored)
}

/// Stores a cookie, whatever else is there.
pub(super) fn store(connection: &Connection, cookie: &Cookie, by_user: bool) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(statements::PUT)?;
    row::put(&mut statement, cookie, by_user)
}

/// Whether nothing came, went or was replaced in between.
fn same(judged: &[Arc<Cookie>], found: &Rows) -> bool {
    judged.len() == found.cookies.len() && judged.iter().zip(&found.cookies).all(|(one, other)| *one == other.cookie)
}

/// Evicts what must go before one more cookie may come; false if there is not enough that may.
fn make_room(connection: &Connection, owner: &str, room: &Capacity<'_>) -> rusqlite::Result<bool> {
    if let Some(limit) = room.per_domain {
        let counted = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let (all, by_servers): (i64, i64) =
            connection.prepare_cached(statements::COUNT_OF_OWNER)?.query_row([owner], counted)?;
        let surplus = surplus(by_servers, limit);
        if surplus > 0 {
            let mut evict = connection.prepare_cached(statements::EVICT_OF_OWNER)?;
            let evicted = evict.execute(params![room.now, room.evict_secure, surplus, owner])?;
            let evicted = i64::try_from(evicted).unwrap_or(i64::MAX);
            // An owner who has nothing left keeps even a limit of nothing.
            if evicted < surplus && evicted < all {
                return Ok(false);
            }
        }
    }
    if let Some(limit) = room.total {
        let by_servers = connection.prepare_cached(statements::COUNT_BY_SERVERS)?.query_row([], |row| row.get(0))?;
        let surplus = surplus(by_servers, limit);
        if surplus > 0 {
            let mut evict = connection.prepare_cached(statements::EVICT)?;
            let evicted = evict.execute(params![room.now, room.evict_secure, surplus])?;
            if i64::try_from(evicted).is_ok_and(|evicted| evicted < surplus) {
                return Ok(false);
            }
        }
    }
    Ok(room.per_domain != Some(0))
}

/// How many of so many must go if one more comes.
fn surplus(count: i64, limit: usize) -> i64 {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    count.saturating_add(1).saturating_sub(limit).max(0)
}
