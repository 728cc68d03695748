//! Tests of prices that Stripe can't charge: refused where they are listed, and not when somebody wants to pay them.

use super::*;
use crate::console::TOKEN;

/// What Stripe charges no card, with the end of the reason.
const REFUSED: [(&str, &str, &str); 3] = [
    ("12.345", "KWD", "more decimals than can be paid by card"),
    ("1000.50", "MGA", "more decimals than can be paid by card"),
    ("10.00", "ZWG", "be paid by card"),
];

/// The same currencies as far as Stripe knows them, in amounts that it charges.
const CHARGEABLE: [(&str, &str); 2] = [("12.340", "KWD"), ("1000.00", "MGA")];

impl Shop {
    /// Sends a form as a page would, and returns the status and the page.
    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        let form = form.append_pair("form-token", TOKEN).extend_pairs(fields).finish();
        let cookie = format!("form={TOKEN}; session={}", self.seller);
        let call = self.host.client.post(format!("{}{path}", self.host.url)).header("origin", &self.host.url);
        let call = call.header("cookie", cookie).header("accept", "text/html");
        let answer = call.header("content-type", "application/x-www-form-urlencoded").body(form).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    async fn listed(&self) -> usize {
        self.get("/api/tickets", &self.seller).await.as_array().unwrap().len()
    }
}

fn ticket(price: &str, currency: &str) -> Value {
    json!({ "title": "Hamlet", "price": price, "currency": currency })
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn what_stripe_cant_charge_is_not_listed() {
    let shop = Shop::open(&[]).await;
    for (price, currency, reason) in REFUSED {
        let many = json!({ "tickets": [ticket("20", "USD"), ticket(price, currency)] });
        for (path, body, field) in
            [("/api/tickets", ticket(price, currency), "price"), ("/api/tickets/batch", many, "tickets[1].price")]
        {
            let (status, answer) = shop.post(path, &shop.seller, body).await;
            let error = &answer["errors"][0];
            assert_eq!((status, &error["field"]), (400, &json!(field)), "{price} {currency}: {answer}");
            let message = error["message"].as_str().unwrap();
            assert!(message.starts_with("Price can't be charged: ") && message.ends_with(reason), "{message}");
        }
        let one = [("title", "Hamlet"), ("price", price), ("currency", currency)];
        let rows = format!("title,price,currency\nHamlet,{price},{currency}\n");
        let preview = [("title", ""), ("rows", rows.as_str()), ("do", "preview")];
        for (path, fields) in [("/sell/new", &one), ("/sell/many", &preview)] {
            let (status, page) = shop.submit(path, fields).await;
            assert!(status == 400 && page.contains(reason), "{path} {price} {currency}: {status} {page}");
        }
    }
    assert_eq!(shop.listed().await, 0);
    for (price, currency) in CHARGEABLE {
        let (status, listed) = shop.post("/api/tickets", &shop.seller, ticket(price, currency)).await;
        assert_eq!(status, 201, "{listed}");
    }
    assert_eq!(shop.listed().await, 2);
    shop.close();
}

#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn a_price_changes_to_nothing_that_stripe_cant_charge() {
    let shop = Shop::open(&[]).await;
    let (_, listed) = shop.post("/api/tickets", &shop.seller, ticket("12.340", "KWD")).await;
    let path = format!("{}/api/tickets/{}", shop.host.url, listed["id"].as_str().unwrap());
    for (price, status) in [("12.345", 400), ("12.350", 200)] {
        let body = json!({ "title": "Hamlet", "price": price });
        let answer = shop.host.client.put(&path).bearer_auth(&shop.seller).json(&body).send().await.unwrap();
        let (told, text) = (answer.status().as_u16(), answer.text().await.unwrap());
        assert_eq!(told, status, "{price}: {text}");
    }
    shop.close();
}
