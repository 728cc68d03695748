//! The program that people would write in SQL: the same facts as a reservation of the box office, with integers as ids.

use std::fmt::Write as _;

/// Bytes of the event of a reservation: about as many as the record of the box office has.
const EVENT_BYTES: usize = 372;

/// Empty tables. A ticket leaves room in its page for its next version, so that no index has to be changed with it.
pub(super) const TABLES: &str = "
DROP TABLE IF EXISTS ticket, purchase, event;
CREATE TABLE ticket (
    id bigint PRIMARY KEY, seller bigint NOT NULL, title text NOT NULL, seat text NOT NULL, price bigint NOT NULL,
    currency text NOT NULL, holder bigint, version bigint NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE purchase (
    id bigint GENERATED ALWAYS AS IDENTITY (CACHE 64) PRIMARY KEY, buyer bigint NOT NULL, ticket bigint NOT NULL,
    total bigint NOT NULL, currency text NOT NULL, status smallint NOT NULL, expires_at timestamptz NOT NULL
);
CREATE INDEX ON purchase (buyer, id);
CREATE INDEX ON purchase (expires_at) WHERE status = 0;
CREATE TABLE event (seq bigint GENERATED ALWAYS AS IDENTITY (CACHE 64) PRIMARY KEY, payload bytea NOT NULL);
";

/// What each connection does again and again: the tickets in a shuffled order, none twice.
pub(super) const SCRIPT: &str = r"\set at :n * :clients + :client_id
\set n :n + 1
\set ticket permute(:at, :tickets) + 1
\set buyer :at % 16 + 1
SELECT reserve(:ticket, :buyer);
";

/// Returns the statement that lists tickets.
pub(super) fn listing(count: usize) -> String {
    format!(
        "INSERT INTO ticket SELECT id, 0, 'Hamlet, stalls', 'Row ' || id / 40 || ', seat ' || id % 40, 1999, 'USD', NULL, 1 \
         FROM generate_series(1, {count}) AS id"
    )
}

/// A way to write the function that reserves a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    /// Statement after statement, in PL/pgSQL.
    Procedural,
    /// One statement that does everything.
    Single,
}

impl Function {
    pub(crate) const ALL: [Self; 2] = [Self::Procedural, Self::Single];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Procedural => "PostgreSQL, a function in PL/pgSQL",
            Self::Single => "PostgreSQL, a function of one statement",
        }
    }

    /// Returns the statement that defines the function.
    pub(super) fn definition(self) -> String {
        let event = event();
        let purchase = "purchase (buyer, ticket, total, currency, status, expires_at)";
        let lock = "UPDATE ticket SET holder = who, version = version + 1 \
                    WHERE id = wanted AND holder IS NULL AND seller <> who RETURNING price, currency";
        let (language, body) = match self {
            Self::Procedural => (
                "plpgsql",
                format!(
                    "DECLARE cost bigint; unit text; made bigint; BEGIN {lock} INTO cost, unit; \
                     IF NOT FOUND THEN RAISE EXCEPTION 'the ticket % is not for sale', wanted; END IF; \
                     INSERT INTO {purchase} VALUES (who, wanted, cost, unit, 0, now() + interval '15 minutes') \
                     RETURNING id INTO made; INSERT INTO event (payload) VALUES ({event}); RETURN made; END"
                ),
            ),
            Self::Single => (
                "sql",
                format!(
                    "WITH locked AS ({lock}), made AS (INSERT INTO {purchase} \
                     SELECT who, wanted, price, currency, 0, now() + interval '15 minutes' FROM locked RETURNING id), \
                     noted AS (INSERT INTO event (payload) SELECT {event} FROM made) SELECT id FROM made"
                ),
            ),
        };
        format!(
            "CREATE OR REPLACE FUNCTION reserve(wanted bigint, who bigint) RETURNS bigint LANGUAGE {language} AS $$ {body} $$"
        )
    }
}

/// Returns the event of a reservation, as a literal.
fn event() -> String {
    let mut literal = String::from("'\\x");
    for byte in 0..EVENT_BYTES {
        // Writing to a text does not fail.
        let _ = write!(literal, "{:02x}", byte % 256);
    }
    literal + "'::bytea"
}
