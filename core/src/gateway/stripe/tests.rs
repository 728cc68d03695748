use std::fmt::Write as _;
use std::sync::Mutex;

use super::intent::from_smallest_unit;
use super::webhook::{Secret, verify};
use super::*;
use crate::gateway::{GatewayReport, WebhookError};
use crate::types::Currency;

const NOW: u64 = 1_790_000_000;

fn signature(secret: &str, time: u64, body: &str) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

fn at(secs: u64) -> Timestamp {
    Timestamp::from_millis(secs * 1000)
}

fn intent(json: &str) -> Intent {
    serde_json::from_str(json).unwrap()
}

fn stripe() -> Stripe {
    Stripe::new("sk_test_abc".parse().unwrap()).unwrap().webhook_secret("whsec_new").webhook_secret("whsec_old")
}

async fn read(stripe: &Stripe, body: &str) -> Result<crate::gateway::WebhookEvent, WebhookError> {
    let header = format!("t={NOW},v1={}", signature("whsec_old", NOW, body));
    let headers = [("stripe-signature", header.as_bytes())];
    stripe.read_webhook(&WebhookMessage { headers: &headers, body: body.as_bytes(), now: at(NOW) }).await
}

#[test]
fn keys_tell_their_mode_and_hide() {
    for (key, mode) in [
        ("sk_test_1", StripeMode::Test),
        ("rk_test_1", StripeMode::Test),
        ("sk_live_1", StripeMode::Live),
        ("rk_live_1", StripeMode::Live),
    ] {
        assert_eq!(key.parse::<StripeKey>().unwrap().mode(), mode, "{key}");
    }
    for key in ["", "pk_test_1", "sk_test_", "sk_1", "whsec_1", "sk_test_a b"] {
        assert_eq!(key.parse::<StripeKey>().unwrap_err(), StripeError::Key, "{key}");
    }
    let shown = format!("{:?}", Stripe::new("sk_test_hidden".parse().unwrap()).unwrap().webhook_secret("whsec_hidden"));
    assert!(!shown.contains("hidden"), "{shown}");
}

#[test]
fn the_key_goes_over_no_open_line() {
    let at = |base| Stripe::at("sk_test_1".parse().unwrap(), base).map(drop);
    assert_eq!(at("http://stripe.example"), Err(StripeError::Insecure));
    assert_eq!(at("http://127.0.0.1.example"), Err(StripeError::Insecure));
    assert_eq!(at("http://127.0.0.1:8420"), Ok(()));
    assert_eq!(at("https://proxy.example"), Ok(()));
}

#[test]
fn amounts_are_as_stripe_counts() {
    for (minor, code, smallest) in [
        (1999, "USD", Ok(1999)),
        (500, "JPY", Ok(500)),
        (500, "UGX", Ok(50_000)),
        (500, "ISK", Ok(50_000)),
        (500, "MGA", Ok(5)),
        (1230, "KWD", Ok(1230)),
        (1234, "KWD", Err("The amount has more decimals than can be paid by card")),
        (501, "MGA", Err("The amount has more decimals than can be paid by card")),
    ] {
        let currency: Currency = code.parse().unwrap();
        let amount = Money::from_minor(minor, currency).unwrap();
        assert_eq!(smallest_unit(amount), smallest, "{amount:?}");
        if let Ok(smallest) = smallest {
            assert_eq!(from_smallest_unit(smallest, &code.to_ascii_lowercase()), Some(amount));
        }
    }
}

#[tokio::test]
async fn what_stripe_cant_charge_is_refused() {
    let stripe = stripe();
    for (minor, code, is_chargeable) in [
        (1999, "USD", true),
        (49, "USD", false),
        (50, "USD", true),
        (30, "GBP", true),
        (99_999_999, "USD", true),
        (100_000_000, "USD", false),
        (100_000_000, "IDR", true),
        (12_340, "KWD", true),
        (12_345, "KWD", false),
        (100_000, "MGA", true),
        (100_050, "MGA", false),
        (1000, "GHS", false),
        (1000, "KPW", false),
    ] {
        let amount = Money::from_minor(minor, code.parse().unwrap()).unwrap();
        let answer = stripe.check_amount(amount).await.unwrap();
        assert_eq!(answer == AmountAnswer::Chargeable, is_chargeable, "{amount:?}: {answer:?}");
    }
}

#[test]
fn what_may_be_null_is_what_is_missing() {
    let refund = r#"{"id":"re_1","amount":5,"currency":null,"status":null,"payment_intent":null,"metadata":null,
        "failure_reason":null,"charge":null}"#;
    let refund: Refund = serde_json::from_str(refund).unwrap();
    assert_eq!((refund.answer(), refund.metadata.refund.is_none()), (RefundAnswer::Pending, true));
    let intent = intent(
        r#"{"id":"pi_1","amount":5,"status":"requires_payment_method","metadata":null,"client_secret":null,
        "last_payment_error":null}"#,
    );
    assert_eq!((intent.standing(), intent.metadata.charge), (Standing::New, None));
    let error: ApiError =
        serde_json::from_str(r#"{"type":null,"code":null,"decline_code":null,"param":null,"message":null}"#).unwrap();
    assert!(!error.is_about_shop());
}

#[test]
fn a_fault_of_the_shop_is_no_decline() {
    let error = |kind: &str, code: Option<&str>, param: Option<&str>| ApiError {
        kind: Some(kind.into()),
        code: code.map(Into::into),
        param: param.map(Into::into),
        message: Some("words".into()),
        ..ApiError::default()
    };
    let invalid = "invalid_request_error";
    for (kind, code, param) in [
        (invalid, Some("parameter_unknown"), Some("payment_method_types")),
        (invalid, Some("account_invalid"), None),
        (invalid, None, Some("currency")),
        (invalid, Some("resource_missing"), Some("intent")),
        ("authentication_error", None, None),
    ] {
        let error = error(kind, code, param);
        assert!(error.is_about_shop(), "{error:?}");
        assert!(error.told().contains("message: words") && error.told().contains(kind), "{}", error.told());
        assert!(!format!("{error:?}").contains("words"), "it may quote a card's token");
    }
    for (kind, code, param) in [
        ("card_error", Some("card_declined"), None),
        (invalid, Some("resource_missing"), Some("payment_method")),
        (invalid, Some("resource_missing"), None),
        (invalid, None, Some("payment_method_data[card][token]")),
        (invalid, Some("token_already_used"), None),
        (invalid, Some("payment_intent_unexpected_state"), None),
        ("idempotency_error", None, None),
        ("api_error", None, None),
    ] {
        assert!(!error(kind, code, param).is_about_shop(), "{kind} {code:?} {param:?}");
    }
}

/// Answers each request for a path by the status and the body that are given for it.
async fn stripe_that_says(answers: &'static [(&'static str, u16, &'static str)]) -> Stripe {
    stripe_that(move |request| {
        let found = answers.iter().find(|(start, ..)| request.starts_with(start));
        let (_, status, body) = found.unwrap_or_else(|| panic!("nobody expects {request}"));
        (*status, "", (*body).to_owned())
    })
    .await
}

/// Answers each request as the function says: with a status, more headers and a body.
async fn stripe_that(mut answer: impl FnMut(&str) -> (u16, &'static str, String) + Send + 'static) -> Stripe {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = vec![0; 16 * 1024];
            let mut len = stream.read(&mut bytes).await.unwrap();
            let text = |len: usize| String::from_utf8_lossy(&bytes[..len]).into_owned();
            // The body may come in a packet of its own.
            let is_whole = |text: &str| {
                let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
                let length = head
                    .lines()
                    .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
                body.len() >= length.unwrap_or(0)
            };
            let mut request = text(len);
            while !is_whole(&request) {
                len += stream.read(&mut bytes[len..]).await.unwrap();
                request = String::from_utf8_lossy(&bytes[..len]).into_owned();
            }
            let (status, headers, body) = answer(&request);
            let length = body.len();
            let head = format!("HTTP/1.1 {status} x\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n");
            stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        }
    });
    Stripe::at("sk_test_1".parse().unwrap(), &base).unwrap().webhook_secret("whsec_old")
}

fn charge_request() -> ChargeRequest {
    ChargeRequest {
        charge_id: CHARGE.parse().unwrap(),
        order_id: ORDER.parse().unwrap(),
        amount: Money::from_minor(1999, Currency::USD).unwrap(),
        token: "pm_card_visa".parse().unwrap(),
    }
}

const ORDER: &str = "00000000-0000-7000-8000-000000000001";
const CHARGE: &str = "00000000-0000-7000-8000-000000000002";
const NEW_INTENT: &str = r#"{"id":"pi_1","amount":1999,"status":"requires_payment_method"}"#;
const CANCELED: &str = r#"{"id":"pi_1","amount":1999,"status":"canceled"}"#;
const PAID: &str = r#"{"id":"pi_1","amount":1999,"status":"succeeded","metadata":{
    "order_id":"00000000-0000-7000-8000-000000000001","charge_id":"00000000-0000-7000-8000-000000000002"}}"#;
const BAD_KEY: &str = r#"{"error":{"type":"invalid_request_error","message":"Invalid API Key provided"}}"#;
const BAD_PARAM: &str =
    r#"{"error":{"type":"invalid_request_error","code":"parameter_unknown","param":"capture_method","message":"No."}}"#;
const BAD_CARD: &str = r#"{"error":{"type":"invalid_request_error","code":"resource_missing","param":"payment_method","message":"No such card"}}"#;
const TOO_LARGE: &str = r#"{"error":{"type":"invalid_request_error","code":"amount_too_large","param":"amount","message":"More than the account may"}}"#;
const TOO_SMALL: &str = r#"{"error":{"type":"invalid_request_error","code":"amount_too_small","param":"amount","message":"Less than 50 cents"}}"#;

/// Requests that a stand-in expects, with their answers.
type Script = &'static [(&'static str, u16, &'static str)];

#[tokio::test]
async fn a_definite_no_is_told_at_once_with_its_message_and_parameter() {
    let create = "POST /v1/payment_intents ";
    let card = "POST /v1/payment_intents/pi_1 ";
    let scripts: [(Script, &str); 6] = [
        (&[("POST /v1/payment_intents ", 401, BAD_KEY)], "Invalid API Key provided"),
        (&[("POST /v1/payment_intents ", 400, BAD_PARAM)], "parameter: capture_method"),
        (
            &[("POST /v1/payment_intents ", 200, NEW_INTENT), ("POST /v1/payment_intents/pi_1 ", 403, BAD_KEY)],
            "Invalid API Key provided",
        ),
        (
            &[
                ("POST /v1/payment_intents ", 200, NEW_INTENT),
                ("POST /v1/payment_intents/pi_1 ", 200, NEW_INTENT),
                ("POST /v1/payment_intents/pi_1/confirm ", 400, BAD_PARAM),
                ("GET /v1/payment_intents/pi_1 ", 200, NEW_INTENT),
                ("POST /v1/payment_intents/pi_1/cancel ", 200, CANCELED),
            ],
            "parameter: capture_method",
        ),
        (&[("POST /v1/payment_intents ", 400, TOO_SMALL)], "parameter: amount; message: Less than 50 cents"),
        (&[("POST /v1/payment_intents ", 400, TOO_LARGE)], "parameter: amount; message: More than the account may"),
    ];
    assert!(scripts[3].0[0].0 == create && scripts[3].0[1].0 == card);
    for (script, words) in scripts {
        let answer = stripe_that_says(script).await.charge(charge_request()).await.unwrap();
        let ChargeAnswer::Misconfigured { reason } = answer else { panic!("{answer:?}") };
        assert!(reason.contains(words), "{reason}");
    }
}

#[tokio::test]
async fn an_amount_that_stripe_has_no_number_for_is_no_decline() {
    let amount = Money::from_minor(1234, "KWD".parse().unwrap()).unwrap();
    let ChargeRequest { charge_id, order_id, token, .. } = charge_request();
    let charged = stripe().charge(ChargeRequest { charge_id, order_id, amount, token }).await.unwrap();
    let request = LookupRequest { charge_id, order_id, amount, reference: None, created_at: at(NOW) };
    let found = stripe().lookup(request).await.unwrap();
    assert_eq!(charged, found);
    let ChargeAnswer::Misconfigured { reason } = charged else { panic!("{charged:?}") };
    assert!(reason.contains("parameter: amount") && reason.contains("more decimals"), "{reason}");
}

#[tokio::test]
async fn a_confirmation_of_unknown_effect_is_not_given_up_when_the_key_is_refused() {
    // The answer to the first attempt is lost, and the key is refused at the second or after it.
    for is_replayed in [false, true] {
        let mut confirmations = 0;
        let stripe = stripe_that(move |request| {
            let mut words = request.split(' ');
            match (words.next(), words.next()) {
                (Some("POST"), Some("/v1/payment_intents" | "/v1/payment_intents/pi_1")) => {
                    (200, "", NEW_INTENT.to_owned())
                }
                (Some("POST"), Some("/v1/payment_intents/pi_1/confirm")) => {
                    confirmations += 1;
                    match (confirmations, is_replayed) {
                        (1, _) => (500, "", "{}".to_owned()),
                        (_, true) => (200, "idempotent-replayed: true\r\n", PAID.to_owned()),
                        (_, false) => (401, "", BAD_KEY.to_owned()),
                    }
                }
                (Some("GET"), Some("/v1/payment_intents/pi_1")) => (401, "", BAD_KEY.to_owned()),
                _ => panic!("nobody expects {request}"),
            }
        });
        let error = stripe.await.charge(charge_request()).await.unwrap_err();
        assert!(error.0.contains("does not accept the key"), "{error}");
    }
}

#[tokio::test]
async fn a_strangers_token_is_a_decline_and_a_refused_lookup_tells_nothing() {
    let stripe = stripe_that_says(&[
        ("POST /v1/payment_intents ", 200, NEW_INTENT),
        ("POST /v1/payment_intents/pi_1 ", 400, BAD_CARD),
        ("GET /v1/payment_intents/pi_1 ", 200, NEW_INTENT),
        ("POST /v1/payment_intents/pi_1/cancel ", 200, CANCELED),
    ]);
    let answer = stripe.await.charge(charge_request()).await.unwrap();
    assert_eq!(answer, ChargeAnswer::Declined { reason: "The card is unknown".into() });

    let stripe = stripe_that_says(&[("GET /v1/payment_intents/pi_1 ", 401, BAD_KEY)]).await;
    let ChargeRequest { charge_id, order_id, amount, .. } = charge_request();
    let reference = Some("pi_1".into());
    let request = LookupRequest { charge_id, order_id, amount, reference, created_at: at(NOW) };
    let error = stripe.lookup(request).await.unwrap_err();
    assert!(error.0.contains("Invalid API Key provided"), "{error}");
}

#[tokio::test]
async fn refunds_at_the_dashboard_are_found_by_every_message_and_by_lists() {
    const LIST: &str = r#"{"has_more":false,"data":[
        {"id":"re_1","amount":500,"currency":"usd","status":"succeeded","payment_intent":"pi_1","metadata":{}},
        {"id":"re_2","amount":100,"currency":"usd","status":"pending","payment_intent":"pi_1","metadata":null},
        {"id":"re_3","amount":200,"currency":"usd","status":"succeeded","payment_intent":"pi_1",
         "metadata":{"refund_id":"00000000-0000-7000-8000-000000000003"}}]}"#;
    let stripe =
        stripe_that_says(&[("GET /v1/payment_intents/pi_1 ", 200, PAID), ("GET /v1/refunds?", 200, LIST)]).await;
    let (order_id, charge_id) = (ORDER.parse().unwrap(), CHARGE.parse().unwrap());
    let amount = Money::from_minor(500, Currency::USD).unwrap();
    let elsewhere = GatewayReport::RefundElsewhere { order_id, charge_id, reference: "re_1".into(), amount };

    let event = |kind: &str, object: &str| {
        format!(r#"{{"id":"evt_1","type":"{kind}","livemode":false,"data":{{"object":{object}}}}}"#)
    };
    let refund =
        r#"{"id":"re_1","amount":500,"currency":"usd","status":"succeeded","payment_intent":"pi_1","metadata":null}"#;
    for kind in ["refund.created", "refund.updated", "charge.refund.updated"] {
        assert_eq!(read(&stripe, &event(kind, refund)).await.unwrap().report, Some(elsewhere.clone()), "{kind}");
    }
    let charge = r#"{"id":"ch_1","amount_refunded":500,"payment_intent":"pi_1","refunds":null}"#;
    let told = read(&stripe, &event("charge.refunded", charge)).await.unwrap().report;
    assert_eq!(told, Some(GatewayReport::RefundsChanged { order_id, charge_id }));
    let foreign = read(&stripe, &event("charge.refunded", r#"{"id":"ch_2","payment_intent":null}"#)).await.unwrap();
    assert_eq!(foreign.report, None);

    let since = stripe.refunds_since(at(NOW)).unwrap().await.unwrap();
    assert_eq!(since, std::slice::from_ref(&elsewhere));
    let reference = Some("pi_1".into());
    let request = LookupRequest { charge_id, order_id, amount, reference, created_at: at(NOW) };
    let all = stripe.refunds_of(request).await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0], elsewhere);
    assert!(matches!(all[1], GatewayReport::Refund { answer: RefundAnswer::Refunded { .. }, .. }));
}

/// A list of refunds that were made at the dashboard, each with the given id and intent.
fn refunds_list(refunds: &[(String, &str)], has_more: bool) -> String {
    let refund = |(id, intent): &(String, &str)| {
        format!(r#"{{"id":"{id}","amount":500,"currency":"usd","status":"succeeded","payment_intent":{intent}}}"#)
    };
    let data = refunds.iter().map(refund).collect::<Vec<_>>().join(",");
    format!(r#"{{"has_more":{has_more},"data":[{data}]}}"#)
}

#[tokio::test]
async fn refunds_are_listed_to_the_last_page_and_with_one_request_each() {
    const PAGES: usize = 60;
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&asked);
    let stripe = stripe_that(move |request| {
        let mut seen = seen.lock().unwrap();
        seen.push(request.lines().next().unwrap_or_default().to_owned());
        let page = seen.len();
        let refunds = [1, 2].map(|number| (format!("re_{page}_{number}"), PAID));
        (200, "", refunds_list(&refunds, page < PAGES))
    })
    .await;
    let first = stripe.refunds_page(at(NOW), None).unwrap().await.unwrap();
    assert_eq!((first.reports.len(), first.unnamed, first.next.as_deref()), (2, 0, Some("re_1_2")));
    asked.lock().unwrap().clear();
    assert_eq!(stripe.refunds_since(at(NOW)).unwrap().await.unwrap().len(), 2 * PAGES);
    let asked = asked.lock().unwrap();
    assert_eq!(asked.len(), PAGES);
    for (number, line) in asked.iter().enumerate() {
        assert!(line.starts_with("GET /v1/refunds?") && line.contains("expand%5B%5D=data.payment_intent"), "{line}");
        assert_eq!(line.contains(&format!("starting_after=re_{number}_2")), number > 0, "{line}");
    }
}

#[tokio::test]
async fn a_list_that_does_not_go_on_is_no_endless_look() {
    let stripe = stripe_that(|_| (200, "", refunds_list(&[("re_1".to_owned(), PAID)], true))).await;
    assert!(stripe.refunds_since(at(NOW)).unwrap().await.is_err());
}

#[tokio::test]
async fn an_intent_that_cant_be_looked_up_holds_up_no_other_refund() {
    let stripe = stripe_that(|request| match request.split(' ').nth(1) {
        Some("/v1/payment_intents/pi_hidden") => (401, "", BAD_KEY.to_owned()),
        Some("/v1/payment_intents/pi_gone") => (404, "", BAD_CARD.to_owned()),
        Some("/v1/payment_intents/pi_1") => (200, "", PAID.to_owned()),
        _ => {
            let intents = [r#""pi_hidden""#, PAID, r#""pi_gone""#, "null", r#""pi_1""#, PAID];
            let refunds: Vec<_> = (1..).map(|number| format!("re_{number}")).zip(intents).collect();
            (200, "", refunds_list(&refunds, false))
        }
    })
    .await;
    let page = stripe.refunds_page(at(NOW), None).unwrap().await.unwrap();
    let reference = |report: &GatewayReport| match report {
        GatewayReport::RefundElsewhere { reference, .. } => reference.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(page.reports.iter().map(reference).collect::<Vec<_>>(), ["re_2", "re_5", "re_6"]);
    assert_eq!((page.unnamed, page.next), (1, None));
}

#[tokio::test]
async fn a_page_ends_before_it_would_look_up_too_many_intents() {
    let stripe = stripe_that(|request| match request.split(' ').nth(1) {
        Some("/v1/payment_intents/pi_1") => (200, "", PAID.to_owned()),
        Some(path) => {
            let begin = if path.contains("starting_after=re_5") { 6 } else { 1 };
            let refunds: Vec<_> = (begin..=7).map(|number| (format!("re_{number}"), r#""pi_1""#)).collect();
            (200, "", refunds_list(&refunds, false))
        }
        None => panic!("nobody expects {request}"),
    })
    .await;
    let first = stripe.refunds_page(at(NOW), None).unwrap().await.unwrap();
    assert_eq!((first.reports.len(), first.next.as_deref()), (INTENTS_PER_PAGE_MAX, Some("re_5")));
    let second = stripe.refunds_page(at(NOW), first.next).unwrap().await.unwrap();
    assert_eq!((second.reports.len(), second.next), (2, None));
}

#[test]
fn a_thief_learns_nothing() {
    let said = |code: &str| {
        reason(&ApiError { code: Some("card_declined".into()), decline_code: Some(code.into()), ..ApiError::default() })
    };
    for code in ["fraudulent", "lost_card", "stolen_card", "pickup_card", "merchant_blacklist", "generic_decline"] {
        assert_eq!(said(code), "The card was declined", "{code}");
    }
    assert_eq!(said("insufficient_funds"), "The card has insufficient funds");
    assert_eq!(said("expired_card"), "The card has expired");
}

#[test]
fn intents_are_understood() {
    let standing =
        |rest: &str| intent(&format!(r#"{{"id":"pi_1","object":"payment_intent","amount":1999,{rest}}}"#)).standing();
    let reference: Option<Arc<str>> = Some("pi_1".into());
    assert_eq!(standing(r#""status":"requires_payment_method","last_payment_error":null"#), Standing::New);
    assert_eq!(standing(r#""status":"requires_confirmation""#), Standing::New);
    let failed =
        r#""status":"requires_payment_method","last_payment_error":{"type":"card_error","code":"card_declined"}"#;
    assert_eq!(standing(failed), Standing::Failed);
    let authorized = ChargeAnswer::Authorized { reference: reference.clone() };
    assert_eq!(standing(r#""status":"requires_capture""#), Standing::Is(authorized));
    assert_eq!(standing(r#""status":"succeeded""#), Standing::Is(ChargeAnswer::Charged { reference }));
    assert_eq!(standing(r#""status":"processing""#), Standing::Is(ChargeAnswer::Pending));
    let client_secret = "pi_1_secret_2".parse().unwrap();
    let action = ChargeAnswer::ActionRequired { client_secret };
    assert_eq!(standing(r#""status":"requires_action","client_secret":"pi_1_secret_2""#), Standing::Is(action));
    let reason = "The card has expired".into();
    let ended = r#""status":"canceled","last_payment_error":{"type":"card_error","code":"expired_card"}"#;
    assert_eq!(standing(ended), Standing::Is(ChargeAnswer::Declined { reason }));
}

#[test]
fn signatures_are_checked() {
    let secrets = [Secret::new("whsec_new"), Secret::new("whsec_old")];
    let good = signature("whsec_old", NOW, "{}");
    let check = |header: &str, body: &str, now: u64| verify(&secrets, header, body.as_bytes(), at(now));
    assert_eq!(check(&format!("t={NOW},v1={good}"), "{}", NOW), Ok(()));
    assert_eq!(check(&format!("t={NOW},v1=00,v1={good},v0=1"), "{}", NOW + 300), Ok(()));
    assert_eq!(check(&format!("t={NOW},v1={good}"), "{}", NOW + 301), Err(WebhookError::Stale));
    assert_eq!(check(&format!("t={NOW},v1={good}"), "{}", NOW - 301), Err(WebhookError::Stale));
    for (header, body) in [
        (format!("t={NOW},v1={good}"), "{ }"),
        (format!("t={},v1={good}", NOW + 1), "{}"),
        (format!("t={NOW},v0={good}"), "{}"),
        (format!("t={NOW},v1={}", signature("whsec_other", NOW, "{}")), "{}"),
        (format!("t={NOW},v1={}", &good[1..]), "{}"),
        (format!("v1={good}"), "{}"),
        (String::new(), "{}"),
    ] {
        assert_eq!(check(&header, body, NOW), Err(WebhookError::Signature), "{header}");
    }
    assert_eq!(verify(&[], &format!("t={NOW},v1={good}"), b"{}", at(NOW)), Err(WebhookError::Signature));
}

#[tokio::test]
async fn messages_are_read() {
    let (order, charge) = ("00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002");
    let event = |kind: &str, status: &str, live: bool| {
        format!(
            r#"{{"id":"evt_1","object":"event","type":"{kind}","livemode":{live},"data":{{"object":{{"id":"pi_1",
            "object":"payment_intent","amount":1999,"status":"{status}",
            "metadata":{{"order_id":"{order}","charge_id":"{charge}"}}}}}}}}"#
        )
    };
    let stripe = stripe();
    let charged = read(&stripe, &event("payment_intent.succeeded", "succeeded", false)).await.unwrap();
    assert_eq!(&*charged.id, "evt_1");
    let answer = ChargeAnswer::Charged { reference: Some("pi_1".into()) };
    let (order_id, charge_id) = (order.parse().unwrap(), charge.parse().unwrap());
    assert_eq!(charged.report, Some(GatewayReport::Charge { order_id, charge_id, answer }));

    let live = read(&stripe, &event("payment_intent.succeeded", "succeeded", true)).await.unwrap();
    assert_eq!(live.report, None);
    let unknown = read(&stripe, &event("invoice.paid", "succeeded", false)).await.unwrap();
    assert_eq!(unknown.report, None);
    let early = read(&stripe, &event("payment_intent.payment_failed", "requires_payment_method", false)).await;
    assert_eq!(early.unwrap().report, None);
    assert!(matches!(read(&stripe, "{}").await, Err(WebhookError::Malformed(_))));
}

/// A server that refuses every key.
async fn refusing_keys() -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let body = r#"{"error":{"type":"invalid_request_error","message":"Invalid API Key provided"}}"#;
        let answer = format!("HTTP/1.1 401 x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await.unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    base
}

#[tokio::test]
async fn a_charge_says_that_the_key_is_refused() {
    let stripe = Stripe::at("sk_test_12345".parse().unwrap(), &refusing_keys().await).unwrap();
    let (charge_id, order_id) = (ChargeId::from_bytes([1; 16]), OrderId::from_bytes([2; 16]));
    let amount = Money::from_minor(1999, Currency::USD).unwrap();
    let token = "pm_card_visa".parse().unwrap();
    let answer = stripe.charge(ChargeRequest { charge_id, order_id, amount, token }).await.unwrap();
    assert!(matches!(answer, ChargeAnswer::Misconfigured { .. }), "{answer:?}");
    // What was charged before the key was refused is not given up.
    let created_at = SystemClock::new().now();
    let lookup = LookupRequest { charge_id, order_id, amount, reference: None, created_at };
    let failure = stripe.lookup(lookup).await.unwrap_err();
    assert!(failure.0.contains("Stripe does not accept the key"), "{failure}");
}

/// Runs against a mock server that `cargo xtask test --only stripe` starts.
#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn it_conforms() {
    let base = std::env::var("BOXOFFICE_STRIPE_STAND_IN").expect("the address of the stand-in");
    let stripe = Stripe::at("sk_test_12345".parse().unwrap(), &base).unwrap();
    let faults = crate::testing::check_gateway(&stripe, "pm_card_visa", "pm_card_chargeCustomerFail").await;
    assert_eq!(faults, Vec::<String>::new());
}

/// Reserved money is captured once or released once, whichever comes first.
#[tokio::test]
#[ignore = "needs the stand-in: cargo xtask test --only stripe"]
async fn it_sets_money_aside() {
    let base = std::env::var("BOXOFFICE_STRIPE_STAND_IN").expect("the address of the stand-in");
    let stripe = Stripe::at("sk_test_12345".parse().unwrap(), &base).unwrap().authorize_first();
    let amount = Money::from_minor(1999, Currency::USD).unwrap();
    for is_captured in [true, false] {
        let id: [u8; 16] = std::array::from_fn(|_| getrandom::u32().unwrap().to_le_bytes()[0]);
        let (charge_id, order_id) = (ChargeId::from_bytes(id), OrderId::from_bytes(id));
        let token = "pm_card_visa".parse().unwrap();
        let answer = stripe.charge(ChargeRequest { charge_id, order_id, amount, token }).await.unwrap();
        let ChargeAnswer::Authorized { reference } = answer else { panic!("{answer:?}") };
        let created_at = SystemClock::new().now();
        let request = LookupRequest { charge_id, order_id, amount, reference, created_at };
        let first = if is_captured { stripe.capture(request.clone()) } else { stripe.void(request.clone()) };
        let first = first.await.unwrap();
        assert_eq!(is_captured, matches!(first, ChargeAnswer::Charged { .. }), "{first:?}");
        assert_eq!(is_captured, !matches!(first, ChargeAnswer::Declined { .. }), "{first:?}");
        assert_eq!(stripe.void(request.clone()).await.unwrap(), first);
        assert_eq!(stripe.capture(request.clone()).await.unwrap(), first);
        let unnamed = LookupRequest { reference: None, ..request };
        assert_eq!(stripe.lookup(unnamed).await.unwrap(), first);
    }
}
