//! Tests of webhooks in the console, with forms as a browser without JavaScript sends them.

use std::path::Path;

use super::process::{ALLOWED, operator, start};
use super::receiver::Receiver;
use crate::console::{TOKEN, between};
use crate::harness::Process;

/// An operator at the console.
struct Console {
    server: Process,
    /// A client that does not follow redirects.
    client: reqwest::Client,
    session: String,
}

impl Console {
    async fn open(dir: &Path, more: &[&str]) -> Self {
        let server = start(dir, more);
        let session = operator(&server, dir).await;
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { server, client, session }
    }

    fn cookie(&self) -> String {
        format!("session={}; form={TOKEN}", self.session)
    }

    /// Returns the status of a page and its text.
    async fn look(&self, path: &str) -> (u16, String) {
        let call = self.server.get(path).header("cookie", self.cookie()).header("accept", "text/html");
        let answer = call.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Sends a form; returns the status, the redirect's target and the text.
    async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> (u16, String, String) {
        let fields = fields.iter().chain([&("form-token", TOKEN)]);
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let call = self.client.post(format!("{}{path}", self.server.url)).header("cookie", self.cookie());
        let call = call.header("content-type", "application/x-www-form-urlencoded").header("accept", "text/html");
        let answer = call.header("origin", &self.server.url).body(body).send().await.unwrap();
        let location = answer.headers().get("location").map(|value| value.to_str().unwrap().to_owned());
        (answer.status().as_u16(), location.unwrap_or_default(), answer.text().await.unwrap())
    }

    /// Returns the id in a new form that adds a webhook.
    async fn fresh_id(&self) -> String {
        let (status, page) = self.look("/console/webhooks/new").await;
        assert_eq!(status, 200, "{page}");
        between(&page, "name=\"id\" value=\"", "\"").to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhooks_life_at_the_console() {
    let dir = tempfile::tempdir().unwrap();
    let receiver = Receiver::start().await;
    let console = Console::open(dir.path(), ALLOWED).await;
    assert!(console.look("/console/webhooks").await.1.contains("Nobody is subscribed."));

    let id = console.fresh_id().await;
    let url = receiver.url.as_str();
    let form = [("id", id.as_str()), ("url", url), ("event", "TicketCreated"), ("event", "UserCreated")];
    let form = [&form[..], &[("start", "beginning")]].concat();
    let (status, _, page) = console.submit("/console/webhooks", &form).await;
    assert_eq!(status, 201, "{page}");
    let secret = between(&page, "con-secret\">", "<");
    receiver.expect_secret(&secret.into());
    let path = format!("/console/webhooks/{id}");
    assert_eq!(receiver.until(|got| !got.is_empty()).await[0].seq(), 1, "it begins with the first record");
    let (status, location, _) = console.submit("/console/webhooks", &form).await;
    assert_eq!((status, location), (303, path.clone()), "sent twice, the form adds one");
    let (_, page) = console.look("/console/webhooks").await;
    assert_eq!(page.matches(&format!("href=\"{path}\"")).count(), 1, "{page}");
    assert!(!console.look(&path).await.1.contains(secret), "it is shown once");

    let (_, page) = console.look(&format!("{path}/edit")).await;
    assert!(page.contains("value=\"TicketCreated\" checked") && !page.contains("value=\"OrderCreated\" checked"));
    let (status, _, page) = console.submit(&format!("{path}/edit"), &[("url", "ftp://<x>")]).await;
    assert!(
        status == 400 && page.contains("value=\"ftp://&#60;x&#62;\"") && page.contains("id=\"url-note\""),
        "{page}"
    );
    let changed = console.submit(&format!("{path}/edit"), &[("url", url), ("event", "TicketCreated")]).await;
    assert_eq!((changed.0, changed.1.as_str()), (303, path.as_str()));
    assert!(console.look(&path).await.1.contains("<dd>TicketCreated</dd>"));

    let before = receiver.got().len();
    assert_eq!(console.submit(&format!("{path}/ping"), &[]).await.0, 303);
    assert_eq!(receiver.got().len(), before + 1);
    assert_eq!(console.submit(&format!("{path}/disable"), &[]).await.0, 303);
    assert!(console.look(&path).await.1.contains("an operator disabled it"));
    assert_eq!(console.submit(&format!("{path}/deliveries/1/resend"), &[]).await.0, 303);
    let got = receiver.got();
    assert_eq!(got[0].id, got.last().unwrap().id, "the first delivery came once more");
    for _ in 0..2 {
        let removed = console.submit(&format!("{path}/remove"), &[]).await;
        assert_eq!((removed.0, removed.1.as_str()), (303, "/console/webhooks"), "twice is fine");
    }
    assert_eq!(console.look(&path).await.0, 404);
    assert_eq!(console.submit(&format!("{path}/ping"), &[]).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_webhook_is_told_next_to_its_field() {
    let dir = tempfile::tempdir().unwrap();
    let console = Console::open(dir.path(), &[]).await;
    let id = console.fresh_id().await;
    for (url, reason) in [
        ("", "must be a URL"),
        ("http://receiver.example", "must be https"),
        ("https://127.0.0.1/hooks", "must not lead to a private address"),
    ] {
        let form = [("id", id.as_str()), ("url", url), ("event", "OrderCreated"), ("start", "beginning")];
        let (status, _, page) = console.submit("/console/webhooks", &form).await;
        assert_eq!(status, 400, "{page}");
        assert!(between(&page, "id=\"url-note\">", "<").contains(reason), "{page}");
        for kept in ["value=\"OrderCreated\" checked", "value=\"beginning\" checked", &format!("value=\"{id}\"")] {
            assert!(page.contains(kept), "{kept} in {page}");
        }
    }
    let unknown = [("id", id.as_str()), ("url", "https://receiver.example"), ("event", "Nothing")];
    let (status, _, page) = console.submit("/console/webhooks", &unknown).await;
    assert!(status == 400 && page.contains("role=\"alert\""), "{page}");
    assert_eq!(console.submit("/console/webhooks", &[("id", "x"), ("url", "https://receiver.example")]).await.0, 404);
    assert!(console.look("/console/webhooks").await.1.contains("Nobody is subscribed."));
}
