//! The live tail of the journal: rows as server-sent events, made by the same template as the list's.
//!
//! Somebody looks at it, so it shows at most some fifty rows at a time: what comes faster is skipped, and said to be.

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use boxoffice::{Actor, BoxOffice, Code, Subscription};
use futures_util::{Stream, StreamExt, stream};

use super::journal::{Asked, Filter};
use super::operator::Operator;
use super::people::People;
use super::row::Row;
use crate::error::Failure;
use crate::extract::{Query, token};
use crate::limits::{Share, Streams};

/// How many records are taken at a time.
const BATCH_MAX: usize = 512;

/// How many rows are shown at a time; the rest of a batch is skipped.
const ROWS_MAX: usize = 50;

/// How far a reader may fall behind before the tail jumps to the end.
const LAG_MAX: u64 = 5_000;

/// The shortest time between two batches.
const PAUSE: Duration = Duration::from_millis(200);

/// After how long without a record a comment keeps proxies from closing the connection.
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
    let after = last_seen.or(asked.after).and_then(|text| text.parse::<u64>().ok()).unwrap_or(head);
    let tail = Tail {
        records: office.journal().subscribe(after.saturating_add(1)),
        filter,
        actor: operator.actor,
        token: token(&headers).unwrap_or_default().into_owned(),
        office,
        is_first: true,
        _place: place,
    };
    let events = tail.events().take_until(streams.end());
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

    /// The next rows, or `None` when the tail ends.
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
            // A tail lives long: it must not outlive the right to see it.
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
                events.push(Event::default().id(record.seq.to_string()).event("record").data(html));
            }
            if !events.is_empty() {
                return Some(events);
            }
        }
    }

    /// Goes to the end if that is too far away. Tells how many records it passed over.
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
