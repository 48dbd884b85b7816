//! What statements find.

use rusqlite::{Connection, Params, params};

use super::row::{self, backwards};
use super::statements::{self, OWNERS_AT_ONCE};
use crate::cookie::Cookie;
use crate::cookie::store::Stored;
use crate::cookie::transaction::with_parents;

/// The cookies of some rows.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) cookies: Vec<Stored>,
    /// How many rows held none: this crate writes no such row, but others can.
    pub(super) unreadable: usize,
}

impl Rows {
    pub(super) fn append(&mut self, mut more: Self) {
        self.cookies.append(&mut more.cookies);
        self.unreadable += more.unreadable;
    }
}

/// The cookies of these owners.
pub(super) fn of_owners(connection: &Connection, owners: &[&str]) -> rusqlite::Result<Rows> {
    let mut rows = Rows::default();
    for owners in owners.chunks(OWNERS_AT_ONCE) {
        let mut names: [Option<String>; OWNERS_AT_ONCE] = Default::default();
        for (name, owner) in names.iter_mut().zip(owners) {
            *name = Some(backwards(owner));
        }
        rows.append(collect(connection, statements::OF_OWNERS, names)?);
    }
    Ok(rows)
}

/// The secure cookies of this one's name at, above and below its owner, always in the same order.
pub(super) fn secure_rivals(connection: &Connection, cookie: &Cookie) -> rusqlite::Result<Rows> {
    let name = cookie.name_bytes();
    let mut rivals = Rows::default();
    for owner in with_parents(cookie.owner()) {
        rivals.append(collect(connection, statements::SECURE, params![name, backwards(owner)])?);
    }
    let owner = backwards(cookie.owner());
    let (first, end) = (format!("{owner}."), format!("{owner}/"));
    rivals.append(collect(connection, statements::SECURE_BETWEEN, params![name, first, end])?);
    Ok(rivals)
}

/// Runs a statement to its end.
pub(super) fn collect(connection: &Connection, sql: &str, params: impl Params) -> rusqlite::Result<Rows> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(params)?;
    let mut rows = Rows::default();
    while let Some(row) = found.next()? {
        match row::to_stored(row)? {
            Some(stored) => rows.cookies.push(stored),
            None => rows.unreadable += 1,
        }
    }
    Ok(rows)
}
