//! A client that a load balancer sends from host to host.

use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::Trio;
use crate::harness::PASSWORD;

/// Somebody who is signed in, and the last position that a host has told them.
struct Client {
    token: String,
    position: String,
}

impl Client {
    /// Signs up at a host.
    async fn at(trio: &Trio, number: usize, name: &str) -> Self {
        let body = json!({ "email": format!("{name}@example.com"), "password": PASSWORD });
        let answer = trio.hosts[number].post("/api/users/signup", &body).send().await.unwrap();
        assert_eq!(answer.status(), 201);
        Self { token: cookie(answer.headers(), "session"), position: cookie(answer.headers(), "boxoffice-position") }
    }

    /// Sends a request as a program would: with the position in a header. Returns the body of the answer.
    async fn sends(&mut self, request: RequestBuilder, status: u16) -> Value {
        let request = request.bearer_auth(&self.token).header("boxoffice-position", &self.position);
        let answer = request.send().await.unwrap();
        let headers = answer.headers().clone();
        let (answered, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert_eq!(answered, status, "{text}");
        let position = headers["boxoffice-position"].to_str().unwrap();
        let (before, now): (u64, u64) = (self.position.parse().unwrap(), position.parse().unwrap());
        assert!(now >= before, "the client is at {before}, and was told {now}");
        position.clone_into(&mut self.position);
        serde_json::from_str(&text).unwrap()
    }
}

/// Returns the value of a cookie that an answer sets.
fn cookie(headers: &HeaderMap, name: &str) -> String {
    let mut set = headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap());
    let value = set.find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    value.unwrap_or_else(|| panic!("no cookie {name} in {headers:?}")).split(';').next().unwrap().to_owned()
}

fn id(body: &Value) -> String {
    body["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn what_somebody_does_at_one_host_is_there_at_the_next() {
    let trio = Trio::start().await;
    let [one, two, three] = [0, 1, 2].map(|number| &trio.hosts[number]);
    for round in 0..5 {
        let mut ann = Client::at(&trio, 0, &format!("ann{round}")).await;
        let listing = json!({ "title": "Hamlet", "price": "19.99" });
        let ticket = id(&ann.sends(two.post("/api/tickets", &listing), 201).await);

        // That host has the ticket already.
        let mut bob = Client::at(&trio, 1, &format!("bob{round}")).await;
        let order = id(&bob.sends(three.post("/api/orders", &json!({ "ticketId": ticket })), 201).await);
        bob.sends(one.post("/api/payments", &json!({ "orderId": order, "token": "tok_visa" })), 201).await;
        let bought = bob.sends(two.get(&format!("/api/orders/{order}")), 200).await;
        assert_eq!(bought["status"], "complete", "{bought}");

        // As a browser does it.
        let cookies = format!("session={}; boxoffice-position={}", bob.token, bob.position);
        let answer = three.get(&format!("/api/orders/{order}")).header("cookie", cookies).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        assert!(answer.headers().get("set-cookie").is_none(), "it has changed nothing");
        assert_eq!(answer.json::<Value>().await.unwrap()["status"], "complete");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn a_position_that_no_host_can_have_given_is_passed_over() {
    const SHOP: &str = "https://shop.example.com";
    let trio = Trio::start_with(|_| vec!["--cors-origin".to_owned(), SHOP.to_owned()]).await;
    for wrong in ["18446744073709551615", "x", "-1", ""] {
        let ask = trio.hosts[1].get("/api/tickets").header("boxoffice-position", wrong);
        let answer = ask.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let position: u64 = answer.headers()["boxoffice-position"].to_str().unwrap().parse().unwrap();
        assert!(position < 1_000_000, "{wrong}: {position}");
    }
    for path in ["/healthz", "/readyz", "/metrics"] {
        let answer = trio.hosts[1].get(path).send().await.unwrap();
        assert!(answer.headers().get("boxoffice-position").is_none(), "{path}");
    }
    // Pages of other origins may read it, if their requests are allowed.
    let answer = trio.hosts[1].get("/api/tickets").header("origin", SHOP).send().await.unwrap();
    let exposed = answer.headers()["access-control-expose-headers"].to_str().unwrap();
    assert!(exposed.split(',').any(|name| name.trim().eq_ignore_ascii_case("boxoffice-position")), "{exposed}");
}
