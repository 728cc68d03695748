//! The journal feed, for operators: pages of JSON, or a live stream.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use boxoffice::{BoxOffice, Code, JournalCursor, Record, Subscription};
use futures_util::{Stream, StreamExt, stream};
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::dto::{JournalQuery, RecordOut};
use crate::error::{Failure, Refusal};
use crate::extract::{JOURNAL_CURSOR, Query, SignedInUser, next_link};
use crate::limits::{Share, Streams};
use crate::state::AppState;

/// Maximum number of records in a batch, and in memory for a slow reader.
const BATCH_MAX: usize = 256;

/// Time without a record after which a comment is sent, so that proxies don't close the connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a reader waits before it asks again from a place that the journal does not have.
const RESET_RETRY: Duration = Duration::from_mins(1);

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(read))
}

/// Read the journal's records, oldest first. With `Accept: text/event-stream`, they are sent as server-sent events:
/// first the history, then live.
#[utoipa::path(
    get, path = "/api/journal", tag = "journal",
    params(
        JournalQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "Where a stream goes on; wins over `after`", pattern = r"^([0-9]{1,19}(-[0-9a-f]{16})?)?$")
    ),
    responses(
        (status = 200, description = "A page of records, or a stream of them, which begins with the event `reset` if the journal \
            does not have the place from which it is to go on", headers(
            ("X-Journal-Cursor" = String, description = "The `after` of the next page, full or not, which a journal of another \
                history refuses")
        ), content(
            (Vec<RecordOut> = "application/json"),
            (String = "text/event-stream")
        )),
    ),
    security(("session" = []), ("bearer" = []))
)]
async fn read(
    State(office): State<BoxOffice>,
    State(streams): State<Streams>,
    SignedInUser { session, token }: SignedInUser,
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
        return follow(office, streams, token, after);
    }
    let (after, limit) = (query.after()?, query.limit()?);
    let journal = office.journal();
    let records =
        tokio::task::spawn_blocking(move || journal.read_after(after, limit)).await.map_err(|_| Code::Internal)??;
    let reached = records.last().map_or(after, Record::cursor);
    let next = (records.len() == limit).then_some(reached);
    let records: Vec<_> = records.into_iter().map(|record| RecordOut(Arc::new(record))).collect();
    let mut response = Json(records).into_response();
    let link = next.and_then(|after| next_link(&uri, "after", &after.to_string()));
    response.headers_mut().extend(link.map(|link| (header::LINK, link)));
    response
        .headers_mut()
        .extend(HeaderValue::try_from(reached.to_string()).ok().map(|reached| (JOURNAL_CURSOR, reached)));
    Ok(response)
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepts.flat_map(|value| value.split(',')).any(|range| {
        range.split(';').next().is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("text/event-stream"))
    })
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<JournalCursor>, Refusal> {
    let malformed = Refusal::MalformedHeader("Last-Event-ID");
    match headers.get("last-event-id").map(|value| value.to_str().unwrap_or("?")) {
        None | Some("") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| malformed),
    }
}

fn follow(office: BoxOffice, streams: Streams, token: String, after: JournalCursor) -> Result<Response, Failure> {
    let place = streams.place_for_feed()?;
    let events = match office.journal().subscribe_after(after) {
        Ok(records) => Feed { records, token, office, _place: place }.events().left_stream(),
        Err(error) if error.code() == Code::JournalCursorUnknown => stream::iter(reset(&office)).map(Ok).right_stream(),
        Err(error) => return Err(error.into()),
    };
    let response = Sse::new(events.take_until(streams.end())).keep_alive(KeepAlive::new().interval(KEEP_ALIVE));
    // Keeps proxies from buffering the response, which would delay the events.
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

    /// Returns the next records, or `None` when the stream ends. The reader then reconnects with `Last-Event-ID` and
    /// gets the reason.
    async fn next(&mut self) -> Option<Vec<Result<Event, Infallible>>> {
        let batch = match self.records.next_batch(BATCH_MAX).await {
            Ok(batch) => batch,
            Err(error) if error.code() == Code::EngineClosed => return None,
            Err(error) => {
                tracing::error!(%error, "a journal stream broke off");
                return None;
            }
        };
        // A stream is long-lived, so each batch checks that the session may still read it.
        self.is_allowed().then(|| batch.iter().filter_map(|record| event(record)).map(Ok).collect())
    }

    fn is_allowed(&self) -> bool {
        self.office.auth().authenticate(&self.token).is_ok_and(|session| session.operator)
    }
}

/// Tells a reader that it has records which this journal never had: it closes the stream, and begins where it can.
///
/// A browser would ask again from the same place after a few seconds; it is told to take its time.
fn reset(office: &BoxOffice) -> Option<Event> {
    let code = Code::JournalCursorUnknown;
    let data = json!({ "code": code.as_str(), "message": code.message(), "head": office.metrics().head_seq });
    Event::default().event("reset").retry(RESET_RETRY).json_data(data).ok()
}

fn event(record: &Record) -> Option<Event> {
    let event = Event::default().id(record.cursor().to_string()).event(record.event.name());
    event.json_data(record).inspect_err(|error| tracing::error!(%error, "a record could not be written")).ok()
}
