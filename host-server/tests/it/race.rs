use std::sync::Arc;

use serde_json::{Value, json};

use crate::harness::Process;

/// Races over real connections to the real server; each buyer has their own connection.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_buyers_and_one_ticket() {
    const BUYERS: usize = 1000;
    const PEOPLE: usize = 20;
    let dir = tempfile::tempdir().unwrap();
    let server = Arc::new(Process::start(dir.path()));
    let seller = server.person("ann").await;
    let body = json!({ "title": "Hamlet", "price": "19.99" });
    let ticket: Value =
        server.post("/api/tickets", &body).bearer_auth(&seller).send().await.unwrap().json().await.unwrap();
    let mut people = Vec::new();
    for at in 0..PEOPLE {
        people.push(server.person(&format!("buyer{at}")).await);
    }
    let start = Arc::new(tokio::sync::Barrier::new(BUYERS));
    let buyers: Vec<_> = (0..BUYERS)
        .map(|at| {
            let (server, start) = (Arc::clone(&server), Arc::clone(&start));
            let (token, order) = (people[at % PEOPLE].clone(), json!({ "ticketId": ticket["id"] }));
            tokio::spawn(async move {
                start.wait().await;
                let answer = server.post("/api/orders", &order).bearer_auth(token).send().await.unwrap();
                let code = answer.headers().get("x-error-code").map(|code| code.to_str().unwrap().to_owned());
                (answer.status().as_u16(), code)
            })
        })
        .collect();
    let mut won = 0;
    for buyer in buyers {
        match buyer.await.unwrap() {
            (201, None) => won += 1,
            (status, code) => assert_eq!((status, code.as_deref()), (409, Some("ticket.locked"))),
        }
    }
    assert_eq!(won, 1);
}
