use futures_util::StreamExt;

use super::{between, checked, lists, look};
use crate::harness::{Host, Person};

const HOSTILE: &str = "<script>alert(1)</script>\"'&amp;";
const ESCAPED: &str = "&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;&#38;amp;";

/// A reader of the live tail.
struct Tail {
    body: axum::body::BodyDataStream,
    text: String,
}

impl Tail {
    async fn open(reader: &Person<'_>, path: &str, last_event_id: Option<&str>) -> Self {
        let call = reader.call("GET", path).header("accept", "text/event-stream");
        let call = last_event_id.into_iter().fold(call, |call, id| call.header("last-event-id", id));
        let (status, headers, body) = call.stream().await;
        assert_eq!((status.as_u16(), headers["content-type"].to_str().unwrap()), (200, "text/event-stream"));
        Self { body: body.into_data_stream(), text: String::new() }
    }

    /// Returns the next event: its id and its lines of data.
    async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let line = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let data: Vec<_> = event.lines().filter_map(|line| line.strip_prefix("data:")).collect();
                let (id, data) = (line("id: "), data.join("\n"));
                self.text = String::from(rest);
                if let Some(id) = id {
                    return Some((id, data));
                }
                continue;
            }
            let bytes = self.body.next().await?.unwrap();
            self.text.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }
}

fn shown(page: &str) -> Vec<u64> {
    page.split("data-seq=\"").skip(1).map(|row| row.split('"').next().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn hostile_texts_are_texts() {
    let host = Host::start();
    let olga = host.operator("olga").await;
    let ticket = lists(&olga, HOSTILE).await;
    for path in ["/console/journal", &format!("/console/tickets/{ticket}")] {
        let page = checked(look(&olga, path).await, 200).text;
        assert!(page.contains(ESCAPED) && !page.contains("<script>alert"), "{path}: {page}");
    }
    let (_, row) = Tail::open(&olga, "/console/journal/live?after=2", None).await.next().await.unwrap();
    assert!(row.contains(ESCAPED) && !row.contains("<script>"), "{row}");
    let echoed = checked(look(&olga, "/console/journal?stream=%22%3E%3Cscript%3E&type=%3Cb%3E").await, 200).text;
    assert!(echoed.contains("value=\"&#34;&#62;&#60;script&#62;\"") && !echoed.contains("<b>"), "{echoed}");
}

#[tokio::test]
async fn the_list_has_the_latest_first_and_pages_of_before() {
    let host = Host::start();
    let olga = host.operator("olga").await;
    for seat in 0..60 {
        olga.lists(&format!("Seat {seat}"), "1").await;
    }
    let page = checked(look(&olga, "/console/journal").await, 200).text;
    assert_eq!(shown(&page), (13..=62).rev().collect::<Vec<_>>());
    assert!(page.contains("data-live=\"/console/journal/live?after=62\""), "{page}");
    let older = between(&page, "<nav class=\"pager\" aria-label=\"Pages\"><a href=\"", "\"");
    let before = checked(look(&olga, older).await, 200).text;
    assert_eq!(shown(&before), (1..=12).rev().collect::<Vec<_>>());
    assert!(!before.contains("data-live=") && !before.contains(">Older<"), "{before}");
}

#[tokio::test]
async fn filters_choose_events_and_streams() {
    let host = Host::start();
    let (olga, bob) = (host.operator("olga").await, host.person("bob").await);
    let (one, two) = (lists(&olga, "Seat 1").await, lists(&olga, "Seat 2").await);
    let order = bob.orders(&two).await;
    let listed = async |query: &str| shown(&checked(look(&olga, &format!("/console/journal?{query}")).await, 200).text);
    assert_eq!(listed("type=TicketCreated").await, [5, 4]);
    assert_eq!(listed(&format!("stream={one}")).await, [4]);
    assert_eq!(listed(&format!("stream=ticket%2F{two}")).await, [6, 5]);
    assert_eq!(listed(&format!("stream={order}&type=OrderCreated")).await, [6]);
    assert_eq!(listed(&format!("stream={}", bob.id)).await, [6, 3], "what somebody did is theirs too");
    assert!(listed("type=OrderExpired").await.is_empty());
    let wrong = checked(look(&olga, "/console/journal?stream=nobody&type=Nothing").await, 200).text;
    assert!(wrong.contains("id=\"type-fault\"") && wrong.contains("Type must be the name of an event"), "{wrong}");
    let live = between(&look(&olga, "/console/journal?type=OrderCreated").await.text, "data-live=\"", "\"").to_owned();
    assert!(live.contains("type=OrderCreated&#38;after=6") || live.contains("type=OrderCreated&amp;after=6"), "{live}");
}

#[tokio::test]
async fn the_tail_goes_on_where_it_was_left_and_shows_what_fits() {
    let host = Host::start();
    let olga = host.operator("olga").await;
    let mut tail = Tail::open(&olga, "/console/journal/live?after=2&type=TicketCreated", None).await;
    let ticket = olga.lists("Seat 1", "1").await;
    assert_eq!(olga.delete(&format!("/api/tickets/{ticket}")).await.status, 204);
    olga.lists("Seat 2", "1").await;
    let (first, row) = tail.next().await.unwrap();
    assert!(first.starts_with("3-"), "{first}");
    assert!(row.contains("“Seat 1” was listed for 1.00 USD"), "{row}");
    assert!(tail.next().await.unwrap().0.starts_with("5-"));
    for seen in ["3", &first] {
        let mut again = Tail::open(&olga, "/console/journal/live?after=2", Some(seen)).await;
        assert!(again.next().await.unwrap().0.starts_with("4-"));
    }
    let mut again = Tail::open(&olga, "/console/journal/live?after=2", Some("4")).await;
    assert!(again.next().await.unwrap().0.starts_with("5-"));
    host.set_operator("olga@example.com", false).await;
    while again.next().await.is_some() {}
}
