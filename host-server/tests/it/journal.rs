use axum::body::Body;
use boxoffice_server::Settings;
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::harness::{Host, Person};

/// A reader of server-sent events.
pub(crate) struct Feed {
    pub(crate) body: axum::body::BodyDataStream,
    text: String,
}

impl Feed {
    pub(crate) async fn open(reader: &Person<'_>, path: &str, last_event_id: Option<&str>) -> Self {
        let call = reader.call("GET", path).header("accept", "text/event-stream");
        let call = last_event_id.into_iter().fold(call, |call, id| call.header("last-event-id", id));
        let (status, headers, body) = call.stream().await;
        assert_eq!((status.as_u16(), headers["content-type"].to_str().unwrap()), (200, "text/event-stream"));
        Self::of(body)
    }

    fn of(body: Body) -> Self {
        Self { body: body.into_data_stream(), text: String::new() }
    }

    /// Returns the id, name and data of the next event; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<(String, String, Value)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let found = (line("id: "), line("event: "), line("data: "));
                self.text = String::from(rest);
                if let (Some(id), Some(name), Some(data)) = found {
                    return Some((id, name, serde_json::from_str(&data).unwrap()));
                }
                continue;
            }
            let bytes = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

/// The cursor of a record in the published form.
fn cursor(record: &Value) -> String {
    format!("{}-{}", record["seq"], &record["hash"].as_str().unwrap()[..16])
}

/// The number of the record in a cursor.
fn seq(cursor: &str) -> &str {
    cursor.split('-').next().unwrap()
}

#[tokio::test]
async fn operators_only() {
    let host = Host::start();
    let ann = host.person("ann").await;
    ann.get("/api/journal").await.is_error(403, "auth.operator_required");
    host.get("/api/journal").await.is_error(401, "auth.required");
    let body = json!({ "email": "eve@example.com", "password": "long enough", "operator": true });
    let eve = host.post("/api/users/signup", body).await;
    assert_eq!(eve.body["operator"], false, "nobody becomes an operator by signing up");
}

#[tokio::test]
async fn pages_of_the_journal() {
    let host = Host::start();
    let olga = host.operator("olga").await;
    for at in 1..=3 {
        olga.lists("Hamlet", &at.to_string()).await;
    }
    let page = olga.get("/api/journal?limit=2").await;
    let names = |page: &Value| -> Vec<String> {
        page.as_array().unwrap().iter().map(|record| record["event"]["type"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(&page.body), ["UserCreated", "UserUpdated"]);
    assert_eq!(page.body[0]["seq"], 1);
    let cursor = cursor(&page.body[1]);
    assert_eq!(page.header("link"), Some(format!("</api/journal?limit=2&after={cursor}>; rel=\"next\"").as_str()));
    let rest = olga.get("/api/journal?after=2").await;
    assert_eq!(olga.get(&format!("/api/journal?after={cursor}")).await.body, rest.body);
    assert_eq!(names(&rest.body), ["TicketCreated", "TicketCreated", "TicketCreated"]);
    assert!(rest.header("link").is_none());
    let reached = rest.header("x-journal-cursor").unwrap().to_owned();
    assert_eq!((page.header("x-journal-cursor"), seq(&reached)), (Some(cursor.as_str()), "5"));
    let nothing = olga.get(&format!("/api/journal?after={reached}")).await;
    assert_eq!((&nothing.body, nothing.header("x-journal-cursor")), (&json!([]), Some(reached.as_str())));
    assert_eq!(olga.get("/api/journal?after=5").await.body, json!([]));
    for gone in ["6", "99", "9223372036854775807", "2-0123456789abcdef"] {
        let path = format!("/api/journal?after={gone}");
        olga.get(&path).await.is_error(409, "journal.cursor_unknown");
    }
    assert!(!page.text.contains("olga@"), "events name nobody");
    olga.get("/api/journal?after=x").await.is_error(400, "validation").about(&["after"]);
    olga.get("/api/journal?limit=1000").await.is_error(400, "validation").about(&["limit"]);
}

#[tokio::test]
async fn a_stream_gives_history_then_goes_on() {
    let host = Host::start();
    let olga = host.operator("olga").await;
    let mut feed = Feed::open(&olga, "/api/journal", None).await;
    let (id, name, data) = feed.next().await.unwrap();
    assert_eq!((id, name.as_str(), &data["seq"]), (cursor(&data), "UserCreated", &json!(1)));
    assert_eq!(seq(&feed.next().await.unwrap().0), "2");
    olga.lists("Hamlet", "1").await;
    let (id, name, data) = feed.next().await.unwrap();
    assert_eq!((id, name.as_str()), (cursor(&data), "TicketCreated"));
    let record = &olga.get("/api/journal?after=2").await.body[0];
    assert_eq!(&data, record, "the published form is one form");
}

#[tokio::test]
async fn a_stream_goes_on_after_the_last_event() {
    let host = Host::start();
    let olga = host.operator("olga").await;
    olga.lists("Hamlet", "1").await;
    let mut feed = Feed::open(&olga, "/api/journal?after=0", Some("2")).await;
    assert_eq!(seq(&feed.next().await.unwrap().0), "3");
    let mut feed = Feed::open(&olga, "/api/journal?after=1", None).await;
    let (second, ..) = feed.next().await.unwrap();
    assert_eq!(seq(&second), "2");
    let mut feed = Feed::open(&olga, "/api/journal", Some(&second)).await;
    assert_eq!(seq(&feed.next().await.unwrap().0), "3");
    let call = olga.call("GET", "/api/journal").header("accept", "text/event-stream").header("last-event-id", "x");
    call.send().await.is_error(400, "header.malformed").about(&["Last-Event-ID"]);
}

#[tokio::test]
async fn a_stream_from_a_place_that_is_gone_is_reset() {
    let host = Host::start();
    let olga = host.operator("olga").await;
    for gone in ["99", "1-0123456789abcdef"] {
        let call = olga.call("GET", "/api/journal").header("accept", "text/event-stream");
        let (status, _, body) = call.header("last-event-id", gone).stream().await;
        assert_eq!(status.as_u16(), 200);
        let all: Vec<_> = body.into_data_stream().map(|part| part.unwrap()).collect().await;
        let text = String::from_utf8(all.concat()).unwrap();
        let line = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        assert_eq!((line("event: "), line("retry: ")), ("reset", "60000"));
        assert!(!text.contains("\nid:") && !text.starts_with("id:"), "the reader keeps its place: {text}");
        let data: Value = serde_json::from_str(line("data: ")).unwrap();
        assert_eq!((&data["code"], &data["head"]), (&json!("journal.cursor_unknown"), &json!(2)));
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_right_to_read_it() {
    let host = Host::start();
    let (olga, ann) = (host.operator("olga").await, host.person("ann").await);
    let mut feed = Feed::open(&olga, "/api/journal?after=3", None).await;
    host.set_operator("olga@example.com", false).await;
    ann.lists("Hamlet", "1").await;
    assert!(feed.next().await.is_none());
}

#[tokio::test]
async fn a_stream_goes_on_by_the_session_that_began_it() {
    let host = Host::start();
    let (olga, ann) = (host.operator("olga").await, host.person("ann").await);
    let cookie = ["a.b.c", &olga.token, &ann.token].map(|token| host.session(token)).join("; ");
    let call = host.call("GET", "/api/journal?after=3").header("cookie", &cookie);
    let (status, _, body) = call.header("accept", "text/event-stream").stream().await;
    assert_eq!(status.as_u16(), 200);
    let mut feed = Feed::of(body);
    ann.lists("Hamlet", "1").await;
    assert_eq!(seq(&feed.next().await.unwrap().0), "4");
    assert_eq!(olga.post("/api/users/signout", json!({})).await.status, 200);
    ann.lists("Hamlet", "1").await;
    while feed.next().await.is_some() {}
}

#[tokio::test]
async fn streams_are_bounded() {
    let host = Host::with(Settings { feeds_max: 1, ..Settings::default() });
    let olga = host.operator("olga").await;
    let feed = Feed::open(&olga, "/api/journal", None).await;
    let second = olga.call("GET", "/api/journal").header("accept", "text/event-stream").send().await;
    second.is_error(503, "engine.overloaded");
    drop(feed);
    // Over a connection, the host notices with a delay that its reader is gone.
    for _ in 0..1000 {
        let call = olga.call("GET", "/api/journal").header("accept", "text/event-stream");
        if call.stream().await.0 == 200 {
            return;
        }
    }
    panic!("the place of a reader that has gone stays taken");
}
