//! What is said to SQLite: the table, and every statement.
//!
//! A row lies among those of its owner, so that a request reads one stretch of the table for its
//! host and one for each parent. `owner` has its labels backwards, `com.example.www`: what is below
//! `com.example` stands behind it, in one stretch as well.

/// In the header of the file, by which a database is known as one of ours. "CkJr".
pub(super) const APPLICATION_ID: i32 = 0x436b_4a72;

/// In the header of the file as well: of the tables below.
pub(super) const VERSION: i32 = 1;

/// No cookie is in any order but that of `created`, which counts up. `age` has all that it takes to
/// say which one must go.
pub(super) const SCHEMA: &str = "
    CREATE TABLE cookies (
        owner       TEXT    NOT NULL,  -- the domain without its leading dot, its labels backwards
        domain      TEXT    NOT NULL,
        path        BLOB    NOT NULL,
        name        BLOB    NOT NULL,
        value       BLOB,              -- NULL: the header had no `=`
        expires     INTEGER,           -- seconds since 1970-01-01 00:00:00 UTC
        secure      INTEGER NOT NULL,
        discard     INTEGER NOT NULL,  -- of this session
        by_user     INTEGER NOT NULL,  -- never evicted
        created     INTEGER NOT NULL,  -- counts up from cookie to cookie
        flags       INTEGER NOT NULL,  -- 1 HttpOnly; 2 path, 4 domain named by the server, 8 with a dot; 16 port; 32 RFC 2109
        version     INTEGER NOT NULL,
        port        TEXT,
        comment     BLOB,
        comment_url BLOB,
        attributes  BLOB,              -- of no protocol, such as SameSite: names and values behind their lengths
        PRIMARY KEY (owner, domain, path, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX age ON cookies (created, by_user, secure, expires);
    CREATE INDEX secure_names ON cookies (name, owner) WHERE secure = 1;";

/// The columns that `row::to_stored` reads, in its order.
macro_rules! columns {
    () => {
        "domain, path, name, value, expires, secure, discard, by_user, created, flags, version, port, comment, \
         comment_url, attributes"
    };
}

/// All of one cookie's key.
macro_rules! key {
    () => {
        "owner = ?1 AND domain = ?2 AND path = ?3 AND name = ?4"
    };
}

macro_rules! select {
    ($($end:expr),+) => { concat!("SELECT ", columns!(), " FROM cookies ", $($end),+) };
}

/// Those of four owners, in one statement and so at one moment; an owner that is NULL costs
/// nothing.
pub(super) const OF_OWNERS: &str = concat!(
    select!("WHERE owner = ?1"),
    " UNION ALL ",
    select!("WHERE owner = ?2"),
    " UNION ALL ",
    select!("WHERE owner = ?3"),
    " UNION ALL ",
    select!("WHERE owner = ?4"),
);
pub(super) const OWNERS_AT_ONCE: usize = 4;

pub(super) const SECURE: &str = select!("INDEXED BY secure_names WHERE secure = 1 AND name = ?1 AND owner = ?2");

/// `?2` ends with a dot and `?3` with a slash, the next character: what begins with `?2` is between
/// them.
pub(super) const SECURE_BETWEEN: &str =
    select!("INDEXED BY secure_names WHERE secure = 1 AND name = ?1 AND owner > ?2 AND owner < ?3");

pub(super) const ONE: &str = select!("WHERE ", key!());

pub(super) const ALL: &str = select!("ORDER BY created");

pub(super) const COUNT: &str = "SELECT count(*) FROM cookies";

/// A replaced cookie hands its creation on, and what the user put in stays the user's.
pub(super) const PUT: &str = concat!(
    "INSERT INTO cookies (owner, ",
    columns!(),
    ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, (SELECT coalesce(max(created) + 1, 0) FROM cookies), ?10, ?11, ?12, \
     ?13, ?14, ?15)
    ON CONFLICT DO UPDATE SET
        value = excluded.value, expires = excluded.expires, secure = excluded.secure, discard = excluded.discard,
        by_user = max(by_user, excluded.by_user), flags = excluded.flags, version = excluded.version,
        port = excluded.port, comment = excluded.comment, comment_url = excluded.comment_url,
        attributes = excluded.attributes"
);

pub(super) const IS_THERE: &str = concat!("SELECT 1 FROM cookies WHERE ", key!());

pub(super) const COUNT_OF_OWNER: &str =
    "SELECT count(*), count(*) FILTER (WHERE by_user = 0) FROM cookies WHERE owner = ?1";

pub(super) const COUNT_BY_SERVERS: &str = "SELECT count(*) FROM cookies WHERE by_user = 0";

/// What may be evicted at the time `?1`, if `?2` secure ones too: what has expired, by its end,
/// else what is not secure, else what is; the oldest first, and `?3` of them.
macro_rules! evict {
    ($among:literal) => {
        concat!(
            "DELETE FROM cookies WHERE created IN (
                SELECT created FROM cookies WHERE by_user = 0 AND (expires <= ?1 OR secure = 0 OR ?2)",
            $among,
            " ORDER BY CASE WHEN expires <= ?1 THEN 0 WHEN secure = 0 THEN 1 ELSE 2 END,
               CASE WHEN expires <= ?1 THEN expires END, created LIMIT ?3)"
        )
    };
}

pub(super) const EVICT: &str = evict!("");
pub(super) const EVICT_OF_OWNER: &str = evict!(" AND owner = ?4");

pub(super) const REMOVE: &str = concat!("DELETE FROM cookies WHERE ", key!(), " RETURNING ", columns!());
pub(super) const REMOVE_ALL: &str = "DELETE FROM cookies";
pub(super) const REMOVE_DOMAIN: &str = "DELETE FROM cookies WHERE owner = ?1 AND domain = ?2";
pub(super) const REMOVE_PATH: &str = "DELETE FROM cookies WHERE owner = ?1 AND domain = ?2 AND path = ?3";
pub(super) const REMOVE_SESSION: &str = "DELETE FROM cookies WHERE discard = 1";
pub(super) const REMOVE_EXPIRED: &str = "DELETE FROM cookies WHERE expires <= ?1";

#[cfg(test)]
mod tests {
    use rusqlite::Connection;

    use super::*;

    /// The plan of a statement, a step a line.
    fn plan(connection: &Connection, sql: &str) -> rusqlite::Result<String> {
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        let nothing = vec![None::<i64>; statement.parameter_count()];
        let steps = statement.query_map(rusqlite::params_from_iter(nothing), |row| row.get::<_, String>(3))?;
        Ok(steps.collect::<rusqlite::Result<Vec<_>>>()?.join("\n"))
    }

    #[test]
    fn what_is_about_one_host_reads_no_other() -> rusqlite::Result<()> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(SCHEMA)?;
        for (sql, expected) in [
            (OF_OWNERS, "SEARCH cookies USING PRIMARY KEY (owner=?)"),
            (SECURE, "SEARCH cookies USING INDEX secure_names (name=? AND owner=?)"),
            (SECURE_BETWEEN, "SEARCH cookies USING INDEX secure_names (name=? AND owner>? AND owner<?)"),
            (ONE, "SEARCH cookies USING PRIMARY KEY (owner=? AND domain=? AND path=? AND name=?)"),
            (PUT, "SEARCH cookies USING COVERING INDEX age"),
            (IS_THERE, "SEARCH cookies USING PRIMARY KEY (owner=? AND domain=? AND path=? AND name=?)"),
            (COUNT_OF_OWNER, "SEARCH cookies USING PRIMARY KEY (owner=?)"),
            (EVICT_OF_OWNER, "SEARCH cookies USING PRIMARY KEY (owner=?)"),
            (REMOVE, "SEARCH cookies USING PRIMARY KEY (owner=? AND domain=? AND path=? AND name=?)"),
            (REMOVE_DOMAIN, "SEARCH cookies USING PRIMARY KEY (owner=? AND domain=?)"),
            (REMOVE_PATH, "SEARCH cookies USING PRIMARY KEY (owner=? AND domain=? AND path=?)"),
        ] {
            let plan = plan(&connection, sql)?;
            assert!(plan.contains(expected) && !plan.contains("SCAN"), "{sql}\n{plan}");
        }
        // These look at all cookies, but only at what the index has of them.
        for sql in [COUNT, COUNT_BY_SERVERS, EVICT] {
            let plan = plan(&connection, sql)?;
            assert!(plan.contains("SCAN cookies USING COVERING INDEX age"), "{sql}\n{plan}");
        }
        Ok(())
    }
}
