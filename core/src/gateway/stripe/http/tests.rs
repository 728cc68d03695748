use std::sync::Mutex;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// Behaviour of the test server for one request.
#[derive(Clone, Copy)]
enum Say {
    /// Answers with this status, these headers and this body.
    This(u16, &'static str, &'static str),
    /// Closes the connection.
    Nothing,
    /// Sends no answer and keeps the connection open.
    Silence,
}

const GOOD: Say = Say::This(200, "", r#"{"id":"pi_1"}"#);

const QUICK: Pace = Pace {
    attempts_max: 3,
    timeout: Duration::from_millis(300),
    pause: Duration::from_millis(2),
    pause_max: Duration::from_secs(1),
};

/// Runs a client against a server that follows the script. Returns the requests that the server received and the
/// client's result.
async fn ask(script: &'static [Say]) -> (Vec<String>, Result<(Value, bool), Failure>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let heads: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&heads);
    let server = tokio::spawn(async move {
        let mut silent = Vec::new();
        for say in script {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut text = String::new();
            while !text.ends_with("amount=5") {
                let mut bytes = [0; 4096];
                let read = stream.read(&mut bytes).await.unwrap();
                text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
            }
            seen.lock().unwrap().push(text.to_ascii_lowercase());
            match say {
                Say::This(status, headers, body) => {
                    let length = body.len();
                    let head = format!(
                        "HTTP/1.1 {status} x\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n"
                    );
                    stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
                }
                Say::Nothing => {}
                Say::Silence => silent.push(stream),
            }
        }
        // A request beyond the script is never answered.
        std::future::pending::<()>().await;
    });
    let client = Client::new(&"sk_test_1".parse().unwrap(), &base, QUICK).unwrap();
    let answer = client.post_once("payment_intents", "key1", &vec![("amount", "5".to_owned())]).await;
    server.abort();
    let heads = heads.lock().unwrap().clone();
    (heads, answer)
}

#[tokio::test]
async fn requests_say_who_asks_and_in_which_version() {
    let (heads, answer) = ask(&[GOOD]).await;
    assert_eq!(heads.len(), 1);
    for line in [
        "post /v1/payment_intents http/1.1",
        "authorization: bearer sk_test_1",
        "stripe-version: 2026-08-26.dahlia",
        "idempotency-key: key1",
    ] {
        assert!(heads[0].contains(line), "{line:?} is missing in {}", heads[0]);
    }
    let (answer, repeated) = answer.unwrap();
    assert_eq!((&answer["id"], repeated), (&Value::from("pi_1"), false));
    let (_, answer) = ask(&[Say::This(200, "idempotent-replayed: true\r\n", "{}")]).await;
    assert!(answer.unwrap().1);
}

#[tokio::test]
async fn what_may_pass_is_asked_again_under_the_same_key() {
    for first in [
        Say::Nothing,
        Say::Silence,
        Say::This(200, "", "{\"id\""),
        Say::This(409, "", "{}"),
        Say::This(429, "", "{}"),
        Say::This(503, "", "<html>"),
        Say::This(400, "stripe-should-retry: true\r\n", "{}"),
    ] {
        let script: &'static [Say] = Box::leak(Box::new([first, GOOD]));
        let (heads, answer) = ask(script).await;
        assert_eq!(heads.len(), 2);
        assert!(heads.iter().all(|head| head.contains("idempotency-key: key1")));
        answer.unwrap();
    }
}

#[tokio::test]
async fn asking_ends() {
    let (heads, answer) = ask(&[Say::This(500, "", "{}"); 3]).await;
    assert_eq!(heads.len(), 3);
    assert!(matches!(answer, Err(Failure::Unknown(_))));
    // A request is never retried before `Retry-After`, so a server that says an hour is not called again now.
    let (heads, answer) = ask(&[Say::This(429, "retry-after: 3600\r\n", "{}")]).await;
    assert_eq!(heads.len(), 1);
    assert!(matches!(answer, Err(Failure::Unknown(_))));
    let start = tokio::time::Instant::now();
    let (heads, answer) = ask(&[Say::This(429, "retry-after: 1\r\n", "{}"), GOOD]).await;
    assert!(heads.len() == 2 && answer.is_ok() && start.elapsed() >= Duration::from_secs(1));
    let (heads, _) = ask(&[Say::This(500, "stripe-should-retry: false\r\n", "{}")]).await;
    assert_eq!(heads.len(), 1);
}

#[tokio::test]
async fn a_refusal_is_final_and_a_wrong_key_is_not() {
    let body = r#"{"error":{"type":"card_error","code":"card_declined","decline_code":"stolen_card","message":"m"}}"#;
    let script: &'static [Say] = Box::leak(Box::new([Say::This(402, "", body)]));
    let (heads, answer) = ask(script).await;
    assert_eq!(heads.len(), 1);
    let Err(Failure::Refused(error)) = answer else { panic!("{answer:?}") };
    assert_eq!((error.code.as_deref(), error.decline_code.as_deref()), (Some("card_declined"), Some("stolen_card")));
    // A refused key says so, without the key.
    let wrong = r#"{"error":{"type":"invalid_request_error","message":"Invalid API Key provided: sk_test_1"}}"#;
    let (_, answer) = ask(Box::leak(Box::new([Say::This(401, "", wrong)]))).await;
    let Err(Failure::Denied(error)) = answer else { panic!("{answer:?}") };
    let why = error.told();
    assert!(why.contains("Invalid API Key") && !why.contains("sk_test"), "{why}");
}

#[tokio::test]
async fn a_key_refused_after_an_attempt_of_unknown_effect_leaves_the_effect_unknown() {
    let wrong =
        Say::This(401, "", r#"{"error":{"type":"invalid_request_error","message":"Invalid API Key provided"}}"#);
    let forbidden = Say::This(403, "", r#"{"error":{"type":"invalid_request_error","message":"No such right"}}"#);
    for first in [Say::Nothing, Say::Silence, Say::This(200, "", "{\"id\""), Say::This(500, "", "{}")] {
        for second in [wrong, forbidden] {
            let (heads, answer) = ask(Box::leak(Box::new([first, second]))).await;
            assert_eq!(heads.len(), 2);
            let Err(Failure::Unknown(error)) = answer else { panic!("{answer:?}") };
            assert!(error.0.contains("does not accept the key"), "{error}");
        }
    }
}

#[test]
fn https_needs_a_certificate_authority() {
    let none = || CertificateResult::default();
    assert!(matches!(tls(none(), true), Err(StripeError::Authorities(_))));
    tls(none(), false).unwrap();
    tls(rustls_native_certs::load_native_certs(), true).unwrap();
}

#[test]
fn pauses_differ_and_are_bounded() {
    let pauses: Vec<_> = (0..50).map(|_| jittered(Duration::from_secs(1))).collect();
    assert!(pauses.iter().all(|pause| (500..=1000).contains(&pause.as_millis())), "{pauses:?}");
    assert!(pauses.iter().any(|pause| *pause != pauses[0]));
}
