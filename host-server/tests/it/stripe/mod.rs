//! Tests of payments by the real binary with `--gateway stripe`, over HTTP to a third-party stand-in for Stripe that
//! keeps books as Stripe does. `cargo xtask test --only stripe` starts the stand-in and runs these tests.

mod crash;
mod listings;
mod payments;
mod proxy;
mod stand_in;
mod webhooks;

use std::path::Path;

use serde_json::{Value, json};

use crate::harness::{Finish, Process, command};
use proxy::Proxy;
use stand_in::StandIn;

const SECRET: &str = "whsec_of_today";

/// A host with its stand-in for Stripe.
struct Shop {
    dir: tempfile::TempDir,
    stand_in: StandIn,
    proxy: Proxy,
    more: &'static [&'static str],
    host: Process,
    seller: String,
    buyers: Vec<String>,
}

/// Maximum number of orders of one buyer.
const ORDERS_EACH: usize = 8;

fn serve(dir: &Path, proxy: &Proxy, more: &[&str]) -> Process {
    let gateway = ["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off", "--gateway", "stripe"];
    let base = ["--stripe-api-base", &proxy.url];
    let mut command = command(&[&gateway[..], &base, more].concat(), dir);
    command.env("BOXOFFICE_LOG", "debug,boxoffice_server::access=off");
    command.env("STRIPE_SECRET_KEY", "sk_test_12345").env("STRIPE_WEBHOOK_SECRET", format!("{SECRET},whsec_of_before"));
    Process::spawn(command)
}

impl Shop {
    async fn open(more: &'static [&'static str]) -> Self {
        let (dir, stand_in) = (tempfile::tempdir().unwrap(), StandIn::find());
        let proxy = Proxy::start(&stand_in.url).await;
        let host = serve(dir.path(), &proxy, more);
        let seller = host.person("seller").await;
        let (status, _, stderr) = command(&["operator", "add", "seller@example.com"], dir.path()).finish();
        assert_eq!(status, Some(0), "{stderr}");
        Self { dir, stand_in, proxy, more, host, seller, buyers: Vec::new() }
    }

    /// Kills the host as a power failure would, and starts it again.
    async fn crash(&mut self) {
        self.host.kill();
        // Requests in progress then continue or are lost, as each stop defines.
        let before = std::mem::replace(&mut self.proxy, Proxy::start(&self.stand_in.url).await);
        self.host = serve(self.dir.path(), &self.proxy, self.more);
        before.open();
    }

    /// Creates an order of one ticket; returns the order's id and the buyer's token.
    async fn order(&mut self, at: usize) -> (String, String) {
        if self.buyers.len() <= at / ORDERS_EACH {
            let name = format!("buyer{}", self.buyers.len());
            self.buyers.push(self.host.person(&name).await);
        }
        let buyer = self.buyers[at / ORDERS_EACH].clone();
        let ticket = self.post("/api/tickets", &self.seller, json!({ "title": "Hamlet", "price": "19.99" })).await;
        let order = self.post("/api/orders", &buyer, json!({ "ticketId": ticket.1["id"] })).await;
        (order.1["id"].as_str().unwrap().to_owned(), buyer)
    }

    async fn post(&self, path: &str, token: &str, body: Value) -> (u16, Value) {
        let answer = self.host.post(path, &body).bearer_auth(token).send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap())
    }

    async fn get(&self, path: &str, token: &str) -> Value {
        self.host.get(path).bearer_auth(token).send().await.unwrap().json().await.unwrap()
    }

    async fn pay(&self, order: &str, buyer: &str, token: &str) -> (u16, Value) {
        self.post("/api/payments", buyer, json!({ "orderId": order, "token": token })).await
    }

    async fn refund(&self, order: &str, amount: Option<&str>) -> (u16, Value) {
        let body = amount.map_or(json!({}), |amount| json!({ "amount": amount }));
        self.post(&format!("/api/orders/{order}/refund"), &self.seller, body).await
    }

    /// Waits until the order and its charge fulfil the condition, and returns the order.
    async fn order_when(&self, order: &str, buyer: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let path = format!("/api/orders/{order}");
        let mut found = Value::Null;
        for _ in 0..1500 {
            found = self.get(&path, buyer).await;
            if is_so(&found) {
                return found;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("{found}");
    }

    /// Returns the number of records with this event of this order.
    async fn count(&self, event: &str, order: &str) -> usize {
        let records = self.get("/api/journal?limit=100", &self.seller).await;
        let records = records.as_array().unwrap();
        assert!(records.len() < 100);
        let is_it = |record: &&Value| record["event"]["type"] == event && record["event"]["data"]["orderId"] == order;
        records.iter().filter(is_it).count()
    }

    /// Closes the host. Checks that the journal is valid and that no log contains a secret.
    fn close(self) {
        let (status, logs) = self.host.terminate();
        assert_eq!(status, Some(0), "{logs}");
        for secret in ["sk_test_12345", "whsec_", "_secret_", "pm_"] {
            assert!(!logs.contains(secret), "{secret} in {logs}");
        }
        let (status, stdout, stderr) = command(&["verify"], self.dir.path()).finish();
        assert_eq!(status, Some(0), "{stdout}{stderr}");
    }
}

fn is_settled(order: &Value) -> bool {
    ["complete", "cancelled"].contains(&order["status"].as_str().unwrap())
        && !["pending", "authorized", "refunding", "voiding", "late"].contains(&charge_status(order))
}

fn charge_status(order: &Value) -> &str {
    order["charge"]["status"].as_str().unwrap()
}
