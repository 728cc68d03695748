//! Access to the stand-in for Stripe: its books, and its configuration.

use reqwest::{Client, RequestBuilder};
use serde_json::Value;

/// The stand-in that the test command started.
pub(crate) struct StandIn {
    pub(crate) url: String,
    client: Client,
}

/// The books of an order at Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Books {
    /// Number of intents.
    pub(crate) intents: usize,
    /// Amount taken less refunds, in cents.
    pub(crate) taken: i64,
    /// Number of charges that took money.
    pub(crate) charges: usize,
    /// Amount authorized and not captured, in cents.
    pub(crate) set_aside: i64,
    /// Number of refunds.
    pub(crate) refunds: usize,
}

impl StandIn {
    pub(crate) fn find() -> Self {
        let url = std::env::var("BOXOFFICE_STRIPE_STAND_IN").expect("the address of the stand-in");
        Self { url, client: Client::new() }
    }

    fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/{path}", self.url)).bearer_auth("sk_test_12345")
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.request(reqwest::Method::GET, &format!("v1/{path}")).send().await.unwrap();
        let answer = answer.error_for_status().unwrap();
        answer.json().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.request(reqwest::Method::POST, &format!("v1/{path}"));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        let answer = request.send().await.unwrap().error_for_status().unwrap();
        answer.json().await.unwrap()
    }

    /// Registers this address as a further receiver of webhooks.
    pub(crate) async fn tell(&self, url: &str, secret: &str) {
        let id = format!("host{}", url.rsplit(':').next().unwrap().split('/').next().unwrap());
        let request = self.request(reqwest::Method::POST, &format!("_config/webhooks/{id}"));
        let body = serde_json::json!({ "url": url, "secret": secret });
        request.json(&body).send().await.unwrap().error_for_status().unwrap();
    }

    /// Creates a payment method for this card number, as Stripe's script does in the browser.
    pub(crate) async fn card(&self, number: &str) -> String {
        let form = [
            ("type", "card"),
            ("card[number]", number),
            ("card[exp_month]", "12"),
            ("card[exp_year]", "2030"),
            ("card[cvc]", "123"),
        ];
        self.post("payment_methods", &form).await["id"].as_str().unwrap().to_owned()
    }

    /// Returns all intents of an order.
    pub(crate) async fn intents(&self, order: &str) -> Vec<Value> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.get(&format!("payment_intents?limit=100{after}")).await;
            let intents = page["data"].as_array().unwrap().clone();
            let last = intents.last().map(|intent| intent["id"].as_str().unwrap().to_owned());
            all.extend(intents.into_iter().filter(|intent| intent["metadata"]["order_id"] == order));
            match last {
                Some(last) if page["has_more"] == true => after = format!("&starting_after={last}"),
                _ => return all,
            }
        }
    }

    pub(crate) async fn books(&self, order: &str) -> Books {
        let mut books = Books { intents: 0, taken: 0, charges: 0, set_aside: 0, refunds: 0 };
        for intent in self.intents(order).await {
            books.intents += 1;
            let (charge, canceled) = (&intent["latest_charge"], intent["status"] == "canceled");
            let is_good = charge["status"] == "succeeded";
            if is_good && charge["captured"] == true {
                books.charges += 1;
                books.taken += charge["amount"].as_i64().unwrap() - charge["amount_refunded"].as_i64().unwrap();
                let refunds = self.get(&format!("refunds?payment_intent={}", intent["id"].as_str().unwrap())).await;
                books.refunds += refunds["data"].as_array().unwrap().len();
            } else if is_good && !canceled {
                books.set_aside += charge["amount"].as_i64().unwrap();
            }
        }
        books
    }
}
