//! Tests of the generated files with a façade that has one additional operation.

use std::fs;

use super::super::model::Crate;
use super::super::threads::SUBMITTED;
use super::*;
use crate::shell::root;

const STRUCTS: &str = "
use std::time::Duration;
use crate::domain::ticket::TicketStatus;
use crate::types::Money;

/// How many tickets a seller has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// How many there are.
    pub count: u64,
    /// What is offered, if anything is.
    pub worth: Option<Money>,
    /// How long the oldest has been there.
    pub oldest: Duration,
}

/// What is counted.
#[derive(Debug, Clone, Default)]
pub struct TallyQuery {
    /// In which state.
    pub status: Option<TicketStatus>,
    /// Of which buyer.
    pub buyer: Option<UserId>,
}
";

const METHOD: &str = "impl Tickets {
    /// Counts the tickets of a seller; see [`Tickets::create_many`].
    ///
    /// # Errors
    /// `auth.operator_required` for who does not count.
    pub async fn tally(&self, actor: Actor, seller: UserId, query: TallyQuery, again: bool) -> Result<Tally, Error> {
        self.named(self.key.as_ref())
    }
";

const WITH_SIX_ARGUMENTS: &str = "impl Tickets {
    /// Counts the tickets of a seller.
    pub fn tally(&self, seller: UserId, a: &str, b: &str, c: &str, d: &str, e: &str) -> Result<Tally, Error> {
        Err(Code::Internal.into())
    }
";

/// Reads the façade with an additional operation that counts tickets.
fn with(method: &str) -> Model {
    let file = |path: &str| {
        let text = fs::read_to_string(root().join(path)).ok()?;
        Some(match path {
            "core/src/office/tickets.rs" => format!("{}\n{STRUCTS}", text.replacen("impl Tickets {", method, 1)),
            "core/src/office/mod.rs" => text.replacen("pub use tickets::Tickets;", "pub use tickets::*;", 1),
            _ => text,
        })
    };
    Model::of(&Crate::read("core/src/lib.rs", &file).unwrap()).unwrap()
}

/// Returns the lines that only the extended façade generates, by the path of their file.
fn difference() -> Vec<(String, String)> {
    let (before, after) = (outputs(&Model::read(&root()).unwrap()).unwrap(), outputs(&with(METHOD)).unwrap());
    assert_eq!(before.len(), after.len());
    let changed = before.iter().zip(&after).filter(|(before, after)| before.text != after.text);
    let fresh = |(before, after): (&Output, &Output)| {
        let lines = after.text.lines().filter(|line| !before.text.lines().any(|known| known == *line));
        (after.path.clone(), lines.map(str::trim).collect::<Vec<_>>().join("\n"))
    };
    changed.map(fresh).collect()
}

#[test]
fn a_new_operation_with_new_values_is_written_everywhere() {
    let difference = difference();
    let of = |path: &str| {
        let found = difference.iter().find(|(it, _)| it.ends_with(path));
        found.map_or_else(|| panic!("nothing new in {path}: {difference:?}"), |(_, text)| text.clone())
    };
    let operation = of("generated/tickets.rs");
    for line in [
        "pub fn tally(",
        "query: Option<TallyQuery>,",
        "options: TallyOptions,",
        "let TallyOptions { again, idempotency_key } = options;",
        "this.named(idempotency_key)?.tally(actor_id, seller_id, query, again).await",
    ] {
        assert!(operation.contains(line), "{line} is not in:\n{operation}");
    }
    let values = of("generated/values.rs");
    for line in ["pub oldest_ms: i64,", "worth: self.worth.shown(),", "oldest_ms: self.oldest.shown()"] {
        assert!(values.contains(line), "{line} is not in:\n{values}");
    }
    let inputs = of("generated/inputs.rs");
    for line in ["input.buyer = errors.parse_as(\"buyer\"", "pub again: bool,"] {
        assert!(inputs.contains(line), "{line} is not in:\n{inputs}");
    }
    let declared = of("index.d.ts");
    for line in [
        "export interface Tally {",
        "worth?: Money",
        "oldestMs: number",
        "status?: TicketStatus",
        "export interface TallyOptions extends CommandOptions {",
        "* Counts the tickets of a seller; see `tickets.createMany`.",
        "* Rejects with `ForbiddenError` (`auth.operator_required`) for who does not count.",
        "tally(actorId: string, sellerId: string, query: TallyQuery | undefined, options: TallyOptions): Promise<Tally>",
    ] {
        assert!(declared.contains(line), "{line} is not in:\n{declared}");
    }
    let checks = of("lib/generated.js");
    for line in [
        "const TALLY_QUERY = { __proto__: null, status: ANY, buyer: ANY }",
        "const TALLY_OPTIONS = { __proto__: null, again: ANY, idempotencyKey: ANY, signal: ANY }",
        "tally: { takes: [{ turn: 'actor' }, ANY, { fields: TALLY_QUERY }, { options: TALLY_OPTIONS }] },",
    ] {
        assert!(checks.contains(line), "{line} is not in:\n{checks}");
    }
    assert_eq!(difference.len(), 5, "{difference:?}");
}

#[test]
fn a_date_among_the_arguments_is_checked_by_its_name() {
    let checks = checks::file(&Model::read(&root()).unwrap()).unwrap();
    let line =
        "reschedule: { takes: [ANY, { fields: NEW_SHOW }, { date: 'startsAt' }, { options: COMMAND_OPTIONS }] },";
    assert!(checks.contains(line), "{line} is not in:\n{checks}");
}

#[test]
fn an_operation_has_no_more_arguments_than_are_passed_on() {
    let refusal = outputs(&with(WITH_SIX_ARGUMENTS)).err().unwrap_or_default();
    assert!(refusal.starts_with("tally has over 5 arguments"), "{refusal}");
}

#[test]
fn commands_that_only_wait_for_the_writer_are_polled_on_the_thread_of_javascript() {
    let outputs = outputs(&Model::read(&root()).unwrap()).unwrap();
    for (handle, method) in SUBMITTED {
        let path = format!("{NATIVE}/{handle}.rs");
        let text = outputs.iter().find(|it| it.path == path).map(|it| it.text.as_str()).unwrap_or_default();
        let operation = text.split(&format!("pub fn {method}(")).nth(1).and_then(|rest| rest.split("#[napi]").next());
        let operation = operation.unwrap_or_default();
        assert!(operation.contains("self.0.completions.poll(env, slot,"), "{handle}.{method}: {operation}");
    }
}
