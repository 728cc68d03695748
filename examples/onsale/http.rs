//! A box office behind HTTP.

use std::time::Duration;

use boxoffice::{OrderId, TicketId};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::shop::{Answer, Failure, PASSWORD, PRICE, Shop, Status};

/// Pause before a retry if the server gives no `Retry-After`.
const RETRY_AFTER: Duration = Duration::from_secs(1);

/// A box office behind HTTP.
#[derive(Debug)]
pub(crate) struct Http {
    client: Client,
    url: String,
}

/// The token of a signed-in person.
pub(crate) struct Token(String);

impl Http {
    pub(crate) fn new(url: &str) -> Result<Self, Failure> {
        Ok(Self { client: Client::builder().build()?, url: url.trim_end_matches('/').to_owned() })
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.url)).json(body)
    }

    async fn sign(&self, path: &str, email: &str) -> Result<Response, Failure> {
        send(self.post(path, &json!({ "email": email, "password": PASSWORD }))).await
    }
}

impl Shop for Http {
    type Account = Token;

    async fn sign_up(&self, email: &str) -> Result<Token, Failure> {
        let mut response = self.sign("/api/users/signup", email).await?;
        if response.status() == StatusCode::CONFLICT {
            response = self.sign("/api/users/signin", email).await?;
        }
        let token = session(&response);
        expect(response).await?;
        Ok(Token(token.ok_or("the server set no session cookie")?))
    }

    async fn list(&self, seller: &Token, seats: Vec<String>) -> Result<Vec<TicketId>, Failure> {
        let show = json!({ "name": "The big show", "category": "concert", "startsAt": "2099-12-31T20:00:00Z" });
        let ticket = |seat: &String| json!({ "title": "The big show", "price": PRICE, "seat": seat, "show": show });
        let body = json!({ "tickets": seats.iter().map(ticket).collect::<Vec<_>>() });
        let tickets = expect(send(self.post("/api/tickets/batch", &body).bearer_auth(&seller.0)).await?).await?;
        tickets
            .as_array()
            .ok_or("the server lists no tickets")?
            .iter()
            .map(|ticket| id(ticket)?.parse().map_err(Into::into))
            .collect()
    }

    async fn status(&self, ticket: TicketId) -> Result<Status, Failure> {
        let ticket = expect(send(self.client.get(format!("{}/api/tickets/{ticket}", self.url))).await?).await?;
        Status::parse(ticket["status"].as_str().ok_or("a ticket has no status")?)
    }

    async fn order(&self, buyer: &Token, tickets: &[TicketId]) -> Result<Answer<OrderId>, Failure> {
        let ids: Vec<String> = tickets.iter().map(ToString::to_string).collect();
        let order = send(self.post("/api/orders", &json!({ "ticketIds": ids })).bearer_auth(&buyer.0)).await?;
        match answer(order).await? {
            Answer::Done(order) => Ok(Answer::Done(id(&order)?.parse()?)),
            Answer::Refused(status) => Ok(Answer::Refused(status)),
        }
    }

    async fn pay(&self, buyer: &Token, order: OrderId, token: &str) -> Result<Answer<u64>, Failure> {
        let body = json!({ "orderId": order.to_string(), "token": token });
        match answer(send(self.post("/api/payments", &body).bearer_auth(&buyer.0)).await?).await? {
            Answer::Done(charge) if charge["status"] != "succeeded" => {
                Err(format!("a charge is {}: run the server with its sandbox", charge["status"]).into())
            }
            Answer::Done(charge) => Ok(Answer::Done(minor(&charge["amount"].to_string())?)),
            Answer::Refused(status) => Ok(Answer::Refused(status)),
        }
    }

    async fn cancel(&self, buyer: &Token, order: OrderId) -> Result<Answer<()>, Failure> {
        let request = self.client.delete(format!("{}/api/orders/{order}", self.url)).bearer_auth(&buyer.0);
        match answer(send(request).await?).await? {
            Answer::Done(_) => Ok(Answer::Done(())),
            Answer::Refused(status) => Ok(Answer::Refused(status)),
        }
    }

    async fn problems(&self) -> Result<Option<Vec<String>>, Failure> {
        // `boxoffice-server verify` checks this for a server.
        Ok(None)
    }

    async fn close(&self) -> Result<(), Failure> {
        Ok(())
    }
}

/// Sends a request, and repeats it as often as the server asks to retry later.
async fn send(request: RequestBuilder) -> Result<Response, Failure> {
    loop {
        let response = request.try_clone().ok_or("the request can't be sent twice")?.send().await?;
        if !matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
            return Ok(response);
        }
        let seconds = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        tokio::time::sleep(seconds.map_or(RETRY_AFTER, Duration::from_secs)).await;
    }
}

/// Returns the body of a response that must be a success.
async fn expect(response: Response) -> Result<Value, Failure> {
    let (status, path) = (response.status(), response.url().path().to_owned());
    let body = response.text().await?;
    if !status.is_success() {
        return Err(format!("{path} answered {status}: {body}").into());
    }
    if body.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_str(&body)?) }
}

/// Treats a conflict or a decline as an answer; any other refusal is unexpected here.
async fn answer(response: Response) -> Result<Answer<Value>, Failure> {
    match response.status() {
        status @ (StatusCode::CONFLICT | StatusCode::PAYMENT_REQUIRED) => {
            // Reads the body to its end, so that the connection can be reused.
            response.bytes().await?;
            Ok(Answer::Refused(status.as_u16()))
        }
        _ => Ok(Answer::Done(expect(response).await?)),
    }
}

/// Returns the token in the session cookie.
fn session(response: &Response) -> Option<String> {
    let mut cookies = response.headers().get_all(header::SET_COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    cookies.find_map(|cookie| cookie.strip_prefix("session=")?.split(';').next()).map(str::to_owned)
}

fn id(value: &Value) -> Result<&str, Failure> {
    Ok(value["id"].as_str().ok_or("the server gave no id")?)
}

/// Returns the minor units of an amount in US dollars in JSON, without converting to a float.
fn minor(decimal: &str) -> Result<u64, Failure> {
    let (major, minor) = decimal.split_once('.').unwrap_or((decimal, ""));
    let minor: u64 =
        if minor.len() <= 2 { format!("{minor:0<2}").parse()? } else { return Err("too many decimals".into()) };
    Ok(major.parse::<u64>()? * 100 + minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, expected) in [("49.5", 4950), ("49.50", 4950), ("0.01", 1), ("2000", 200_000), ("49", 4900)] {
            assert_eq!(minor(text).unwrap(), expected, "{text}");
        }
        assert!(minor("1.001").is_err());
    }
}
