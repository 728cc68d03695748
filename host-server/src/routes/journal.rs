//! The journal feed, for operators: pages of JSON, or a stream that goes on as facts happen.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use boxoffice::{BoxOffice, Code, Record, Subscription};
use futures_util::{Stream, StreamExt, stream};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::dto::{JournalQuery, RecordOut, record_number};
use crate::error::{Failure, Refusal};
use crate::extract::{Query, SignedInUser, next_link, token};
use crate::limits::{Share, Streams};
use crate::state::AppState;

/// How many records are taken at a time; a slow reader holds no more than this.
const BATCH_MAX: usize = 256;

/// After how long without a record a comment keeps proxies from closing the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read))
}

/// The facts, oldest first. With `Accept: text/event-stream` they come as server-sent events, history first and then live.
#[utoipa::path(
    get, path = "/api/journal", tag = "journal",
    params(
        JournalQuery,
        ("Last-Event-ID" = Option<u64>, Header, description = "Where a stream goes on; wins over `after`")
    ),
    responses((status = 200, description = "A page of records, or a stream of them", content(
        (Vec<RecordOut> = "application/json"),
        (String = "text/event-stream")
    ))),
    security(("session" = []), ("bearer" = []))
)]
async fn read(
    State(office): State<BoxOffice>,
    State(streams): State<Streams>,
    SignedInUser(session): SignedInUser,
    uri: Uri,
    headers: HeaderMap,
    Query(query): Query<JournalQuery>,
) -> Result<Response, Failure> {
    if !session.operator {
        return Err(Code::AuthOperatorRequired.into());
    }
    let last_seen = last_event_id(&headers)?;
    if wants_stream(&headers) {
        let after = last_seen.map_or_else(|| query.after(), Ok)?;
        return follow(office, streams, token(&headers).unwrap_or_default().into_owned(), after);
    }
    let (after, limit) = (query.after()?, query.limit()?);
    let journal = office.journal();
    let from = after.saturating_add(1);
    let records =
        tokio::task::spawn_blocking(move || journal.read(from, limit)).await.map_err(|_| Code::Internal)??;
    let next = records.last().filter(|_| records.len() == limit).map(|last| last.seq);
    let records: Vec<_> = records.into_iter().map(|record| RecordOut(Arc::new(record))).collect();
    let mut response = Json(records).into_response();
    let link = next.and_then(|after| next_link(&uri, "after", &after.to_string()));
    response.headers_mut().extend(link.map(|link| (header::LINK, link)));
    Ok(response)
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepts.flat_map(|value| value.split(',')).any(|range| {
        range.split(';').next().is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("text/event-stream"))
    })
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    let malformed = Refusal::MalformedHeader("Last-Event-ID");
    match headers.get("last-event-id").map(|value| value.to_str().unwrap_or("?")) {
        None | Some("") => Ok(None),
        Some(text) => record_number(text).map(Some).ok_or(malformed),
    }
}

fn follow(office: BoxOffice, streams: Streams, token: String, after: u64) -> Result<Response, Failure> {
    let place = streams.place_for_feed()?;
    let feed = Feed { records: office.journal().subscribe(after.saturating_add(1)), token, office, _place: place };
    let events = feed.events().take_until(streams.end());
    let response = Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // Proxies that gather an answer before they pass it on would turn the live feed into none.
    Ok(([("x-accel-buffering", "no")], response).into_response())
}

/// One reader of the stream.
struct Feed {
    records: Subscription,
    token: String,
    office: BoxOffice,
    _place: Share,
}

impl Feed {
    fn events(self) -> impl Stream<Item = Result<Event, Infallible>> + Send {
        stream::unfold(self, |mut feed| async move {
            let batch = feed.next().await?;
            Some((stream::iter(batch), feed))
        })
        .flatten()
    }

    /// The next records, or `None` when the stream ends: the reader comes back with `Last-Event-ID` and finds out why.
    async fn next(&mut self) -> Option<Vec<Result<Event, Infallible>>> {
        let batch = match self.records.next_batch(BATCH_MAX).await {
            Ok(batch) => batch,
            Err(error) if error.code() == Code::EngineClosed => return None,
            Err(error) => {
                tracing::error!(%error, "a journal stream broke off");
                return None;
            }
        };
        // A stream lives long: it must not outlive the right to read it.
        self.is_allowed().then(|| batch.iter().filter_map(|record| event(record)).map(Ok).collect())
    }

    fn is_allowed(&self) -> bool {
        self.office.auth().authenticate(&self.token).is_ok_and(|session| session.operator)
    }
}

fn event(record: &Record) -> Option<Event> {
    let event = Event::default().id(record.seq.to_string()).event(record.event.name());
    event.json_data(record).inspect_err(|error| tracing::error!(%error, "a record could not be written")).ok()
}
