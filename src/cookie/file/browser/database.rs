//! A database from a stranger: it is read in memory, runs nothing, and costs no more than its size.
//!
//! What is in a store was written by web sites, and a file that calls itself a store may hold
//! anything: views and generated columns that compute for years, virtual tables with code behind
//! them, pages that point to each other in circles. <https://www.sqlite.org/security.html> lists
//! the precautions taken here.

use std::io::Read;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode};

use crate::cookie::file::FormatError;

const MAGIC: &[u8] = b"SQLite format 3\0";

/// Where the header says how many bytes a page has: in two bytes, in which 1 stands for 65536. The
/// file is all pages.
const PAGE_SIZE: usize = 16;

/// Where the header says whether there is a write-ahead log (2) or not (1).
const VERSIONS: usize = 18;

/// The size of the header.
const HEADER: usize = 100;

/// Steps of SQLite's machine that a database may cost: so many, and for each byte so many more. A
/// row of a real store takes less than one for a byte.
const STEPS: usize = 1_000_000;
const STEPS_PER_BYTE: usize = 4;
const STEPS_AT_A_TIME: i32 = 10_000;

/// What a row weighs at least.
const ROW_BYTES: usize = 8;

/// A database in memory.
pub(super) struct Database {
    connection: Connection,
    size: usize,
}

impl Database {
    /// The database in these bytes. A write-ahead log is not looked for.
    pub(super) fn open(bytes: &[u8]) -> Result<Self, FormatError> {
        if !bytes.starts_with(MAGIC) || bytes.len() < HEADER {
            return Err(FormatError::new("not an SQLite database"));
        }
        if !bytes.len().is_multiple_of(page_size(bytes)) {
            return Err(FormatError::new("the database is cut short"));
        }
        Self::open_in_memory(bytes).map_err(|error| FormatError::new(sentence(&error)))
    }

    fn open_in_memory(bytes: &[u8]) -> rusqlite::Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        distrust(&mut connection, bytes.len())?;
        // A database in memory has no log, and SQLite would refuse one that says it has.
        let (before, rest) = bytes.split_at(VERSIONS);
        let (versions, after) = rest.split_at(2);
        let versions: Vec<u8> = versions.iter().map(|&version| if version == 2 { 1 } else { version }).collect();
        connection.deserialize_read_exact(c"main", before.chain(&*versions).chain(after), bytes.len(), true)?;
        Ok(Self { connection, size: bytes.len() })
    }

    /// The number that the program that made the database gave its layout.
    pub(super) fn user_version(&self) -> Result<i64, FormatError> {
        let version = self.connection.query_row("PRAGMA user_version", [], |row| row.get(0));
        version.map_err(|error| FormatError::new(sentence(&error)))
    }

    /// Shows the rows of a table, one after the other, in the order in which they lie. Of the
    /// columns, `needed` must be there, and `wanted` may.
    pub(super) fn read(
        &self,
        table: &str,
        needed: &[&'static str],
        wanted: &[&'static str],
        each: impl FnMut(&Row<'_>),
    ) -> Result<(), FormatError> {
        let there = self.columns(table).map_err(|error| FormatError::new(sentence(&error)))?;
        if there.is_empty() {
            return Err(FormatError::new(format!("there is no table {table} in the database")));
        }
        let is_there = |name: &&'static str| there.iter().any(|column| column.eq_ignore_ascii_case(name));
        if let Some(missing) = needed.iter().find(|name| !is_there(name)) {
            return Err(FormatError::new(format!("the table {table} has no column {missing}")));
        }
        let columns: Vec<&str> = needed.iter().chain(wanted).copied().filter(is_there).collect();
        self.rows(table, &columns, each)
    }

    /// The columns of a table that holds its rows itself, none if there is no such table. A view, a
    /// virtual table, and a column that is computed are none.
    fn columns(&self, table: &str) -> rusqlite::Result<Vec<String>> {
        // SQLite itself writes the statement so, however it was spelled.
        let is_table = "SELECT count(*) FROM sqlite_schema \
                        WHERE type = 'table' AND name = ?1 AND substr(sql, 1, 13) = 'CREATE TABLE '";
        let tables: i64 = self.connection.query_row(is_table, [table], |row| row.get(0))?;
        if tables != 1 {
            return Ok(Vec::new());
        }
        let mut statement = self.connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
        let names = statement.query_map([table], |row| Ok(lossy(row.get_ref(0)?)))?;
        names.collect()
    }

    fn rows(&self, table: &str, columns: &[&str], mut each: impl FnMut(&Row<'_>)) -> Result<(), FormatError> {
        let failed = |error| FormatError::new(sentence(&error));
        // Both are names from this crate.
        let query = format!("SELECT {} FROM {table}", columns.join(", "));
        let mut statement = self.connection.prepare(&query).map_err(failed)?;
        let mut rows = statement.query([]).map_err(failed)?;
        // UTF-16 may grow by a half when it becomes UTF-8.
        let mut left = self.size.saturating_mul(2);
        while let Some(row) = rows.next().map_err(failed)? {
            let row = Row { columns, row };
            left = left.checked_sub(row.size()).ok_or_else(|| {
                // Pages can be linked so that they are read again and again.
                FormatError::new("the database is corrupt: it holds more than fits into it")
            })?;
            each(&row);
        }
        Ok(())
    }
}

/// Bytes in a page. What makes no sense is left to SQLite.
fn page_size(bytes: &[u8]) -> usize {
    match bytes.get(PAGE_SIZE..PAGE_SIZE + 2) {
        Some([0, 1]) => 65536,
        Some([0, 0]) | None => 1,
        Some(size) => size.iter().fold(0, |number, &byte| number << 8 | usize::from(byte)),
    }
}

/// Nothing that a database of so many bytes says is run, no more is believed than needs be, and
/// there is an end to it.
pub(super) fn distrust(connection: &mut Connection, size: usize) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, i32::try_from(size).unwrap_or(i32::MAX))?;
    let steps = STEPS.saturating_add(size.saturating_mul(STEPS_PER_BYTE));
    let mut left = steps / STEPS_AT_A_TIME as usize;
    let interrupt = move || {
        left = left.saturating_sub(1);
        left == 0
    };
    connection.progress_handler(STEPS_AT_A_TIME, Some(interrupt))?;
    connection.execute_batch("PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0")
}

/// What went wrong, without a word from the database.
pub(super) fn sentence(error: &rusqlite::Error) -> String {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => "not an SQLite database".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => "the database is corrupt".to_owned(),
        Some(ErrorCode::OperationInterrupted) => "reading it would take longer than its size allows".to_owned(),
        Some(ErrorCode::TooBig) => "there is a text in the database that is longer than the file".to_owned(),
        Some(code) => format!("SQLite cannot read it ({code:?})"),
        None => "SQLite cannot read it".to_owned(),
    }
}

/// One row, asked by the names of its columns. A column that is not there holds nothing.
pub(super) struct Row<'a> {
    columns: &'a [&'a str],
    row: &'a rusqlite::Row<'a>,
}

impl Row<'_> {
    /// Text as it is stored, which need not be UTF-8; empty for a number.
    pub(super) fn bytes(&self, column: &str) -> &[u8] {
        match self.value(column) {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
            _ => b"",
        }
    }

    /// A number; none if there is anything else.
    pub(super) fn integer(&self, column: &str) -> Option<i64> {
        match self.value(column) {
            ValueRef::Integer(number) => Some(number),
            _ => None,
        }
    }

    /// Whether there is a number other than 0.
    pub(super) fn flag(&self, column: &str) -> bool {
        self.integer(column).is_some_and(|number| number != 0)
    }

    /// Whether there is nothing.
    pub(super) fn is_null(&self, column: &str) -> bool {
        matches!(self.value(column), ValueRef::Null)
    }

    fn value(&self, column: &str) -> ValueRef<'_> {
        let place = self.columns.iter().position(|name| *name == column);
        place.and_then(|place| self.row.get_ref(place).ok()).unwrap_or(ValueRef::Null)
    }

    fn size(&self) -> usize {
        let lengths = self.columns.iter().map(|column| self.bytes(column).len());
        lengths.fold(ROW_BYTES, usize::saturating_add)
    }
}

fn lossy(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_costs_what_its_size_allows() {
        let mut factory = Connection::open_in_memory().unwrap();
        factory.execute_batch("CREATE TABLE t (a); INSERT INTO t VALUES (1)").unwrap();
        let database = Database::open(&factory.serialize(c"main").unwrap()).unwrap();
        let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
        let error = database.connection.query_row(endless, [], |row| row.get::<_, i64>(0)).unwrap_err();
        assert_eq!(sentence(&error), "reading it would take longer than its size allows");
        let written = database.connection.execute("INSERT INTO t VALUES (2)", []);
        assert!(written.is_err(), "and it is not written to");
    }
}
