//! The live tail of the journal: rows as server-sent events, rendered by the template of the list's rows.
//!
//! The tail is for people, so a batch has at most [`ROWS_MAX`] rows. The tail skips the others and reports their
//! number.

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use boxoffice::{Actor, BoxOffice, Code, JournalCursor, Subscription};
use futures_util::{Stream, StreamExt, stream};

use super::journal::{Asked, Filter};
use super::operator::Operator;
use super::people::People;
use super::row::Row;
use crate::error::Failure;
use crate::extract::Query;
use crate::limits::{Share, Streams};

/// Maximum number of records in a batch.
const BATCH_MAX: usize = 512;

/// Maximum number of rows that a batch shows; its other records are skipped.
const ROWS_MAX: usize = 50;

/// Maximum lag of a reader, in records, before the tail jumps to the end of the journal.
const LAG_MAX: u64 = 5_000;

/// Minimum time between two batches.
const PAUSE: Duration = Duration::from_millis(200);

/// Time without a record after which a comment is sent, so that proxies don't close the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

#[derive(Template)]
#[template(path = "console/row.html")]
struct RowPart {
    row: Row,
}

pub(super) async fn follow(
    operator: Operator,
    State(office): State<BoxOffice>,
    State(streams): State<Streams>,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let filter = asked.filter(operator.actor, &office)?;
    let place = streams.place_for_feed()?;
    let head = office.metrics().head_seq;
    let last_seen = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let asked_for = last_seen.or(asked.after).and_then(|text| text.parse().ok());
    let after = asked_for.unwrap_or(JournalCursor::number(head));
    let (records, reset) = match office.journal().subscribe_after(after) {
        Ok(records) => (records, None),
        // What the page shows is of another history.
        Err(error) if error.code() == Code::JournalCursorUnknown => {
            let reset = Event::default().event("reset").data(error.code().message());
            (office.journal().subscribe(head + 1), Some(Ok(reset)))
        }
        Err(error) => return Err(error.into()),
    };
    let tail = Tail {
        records,
        filter,
        actor: operator.actor,
        token: operator.chrome.visitor.map(|visitor| visitor.user.token).unwrap_or_default(),
        office,
        is_first: true,
        _place: place,
    };
    let events = stream::iter(reset).chain(tail.events()).take_until(streams.end());
    let response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    Ok(([("x-accel-buffering", "no")], response).into_response())
}

/// One reader of the tail.
struct Tail {
    records: Subscription,
    filter: Filter,
    actor: Actor,
    token: String,
    office: BoxOffice,
    is_first: bool,
    _place: Share,
}

impl Tail {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        stream::unfold(self, |mut tail| async move {
            let batch = tail.next().await?;
            Some((stream::iter(batch.into_iter().map(Ok)), tail))
        })
        .flatten()
    }

    /// Returns the next rows, or `None` when the tail ends.
    async fn next(&mut self) -> Option<Vec<Event>> {
        loop {
            if !std::mem::take(&mut self.is_first) {
                tokio::time::sleep(PAUSE).await;
            }
            let mut skipped = self.jump();
            let batch = match self.records.next_batch(BATCH_MAX).await {
                Ok(batch) => batch,
                Err(error) if error.code() == Code::EngineClosed => return None,
                Err(error) => {
                    tracing::error!(%error, "a live tail broke off");
                    return None;
                }
            };
            // A tail is long-lived, so each batch checks that the session is still an operator's.
            self.office.auth().authenticate(&self.token).ok().filter(|session| session.operator)?;
            let shown: Vec<_> = batch.iter().filter(|record| self.filter.shows(record)).collect();
            let first = shown.len().saturating_sub(ROWS_MAX);
            skipped += first as u64;
            let mut events = Vec::new();
            let mut people = People::new(self.actor, &self.office);
            if skipped > 0 {
                events.push(Event::default().event("skipped").data(skipped.to_string()));
            }
            for record in &shown[first..] {
                let part = RowPart { row: Row::of(record, &mut people) };
                let html =
                    part.render().inspect_err(|error| tracing::error!(%error, "a row could not be made")).ok()?;
                events.push(Event::default().id(record.cursor().to_string()).event("record").data(html));
            }
            if !events.is_empty() {
                return Some(events);
            }
        }
    }

    /// Jumps to the end of the journal if the lag exceeds [`LAG_MAX`]; returns the number of skipped records.
    fn jump(&mut self) -> u64 {
        let head = self.office.metrics().head_seq;
        let next = self.records.position();
        if head.saturating_sub(next) <= LAG_MAX {
            return 0;
        }
        let from = head - ROWS_MAX as u64;
        self.records = self.office.journal().subscribe(from);
        from - next
    }
}
