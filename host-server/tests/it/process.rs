//! Tests of the real binary: its output, its shutdown, and its subcommands with and without a running server.

#[cfg(target_os = "linux")]
mod disk;
mod money;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use boxoffice::testing::ManualClock;
use boxoffice::{BoxOffice, SignUp};
use futures_util::StreamExt;
use serde_json::{Value, json};

use crate::harness::{Finish, PASSWORD, Process, command};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn keys_and_sockets_are_for_their_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let server = Process::start(&data);
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("jwt.key")), 0o600);
    assert_eq!(mode(&data.join("admin.sock")), 0o600);
    let (status, logs) = server.terminate();
    assert_eq!(status, Some(0), "{logs}");
    assert!(!data.join("admin.sock").exists());
}

#[tokio::test]
async fn sessions_outlive_a_restart_and_a_rotation_of_the_key() {
    let dir = tempfile::tempdir().unwrap();
    let start = |key: &str, previous: &str| {
        let mut command = command(&["--listen", "127.0.0.1:0"], dir.path());
        command.env("JWT_KEY", key).env("JWT_KEY_PREVIOUS", previous);
        Process::spawn(command)
    };
    let (old, new) = ("o".repeat(32), "n".repeat(32));
    let server = start(&old, "");
    let token = server.person("ann").await;
    assert_eq!(server.terminate().0, Some(0));
    assert!(!dir.path().join("jwt.key").exists());
    for (key, previous, status) in [(&old, "", 200), (&new, old.as_str(), 200), (&new, "", 401)] {
        let server = start(key, previous);
        let answer = server.get("/api/orders").bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status(), status);
    }
    let mut short = command(&["--listen", "127.0.0.1:0"], dir.path());
    short.env("JWT_KEY", "short");
    let (status, _, stderr) = short.finish();
    assert_eq!(status, Some(1));
    assert!(stderr.contains("32"), "{stderr}");
    assert!(!stderr.contains("short\""), "{stderr}");
    assert!(stderr.contains("JWT_KEY must have at least 32 bytes"), "{stderr}");
}

/// Returns the variables of `serve`, as its help names them.
fn variables_of_serve(dir: &Path) -> Vec<String> {
    let (status, help, stderr) = command(&["serve", "--help"], dir).finish();
    assert_eq!(status, Some(0), "{stderr}");
    let names = help.split("[env:").skip(1).filter_map(|rest| rest.split_once(['=', ']']));
    names.map(|(name, _)| name.trim().to_owned()).collect()
}

#[tokio::test]
async fn empty_variables_are_unset_and_switches_are_read_as_people_write_them() {
    let dir = tempfile::tempdir().unwrap();
    let mut empty = variables_of_serve(dir.path());
    for known in ["BOXOFFICE_DATA", "BOXOFFICE_ACCEPT_CLOCK_JUMP", "BOXOFFICE_HOLD", "STRIPE_SECRET_KEY_FILE"] {
        assert!(empty.iter().any(|name| name == known), "no {known} in {empty:?}");
    }
    let of_the_environment_only =
        ["BOXOFFICE_LOG", "JWT_KEY", "JWT_KEY_PREVIOUS", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"];
    empty.extend(of_the_environment_only.map(str::to_owned));
    let mut command = command(&["--listen", "127.0.0.1:0"], dir.path());
    command.envs(empty.iter().map(|name| (name, "")));
    command.env("BOXOFFICE_RATE_LIMIT", "False").env("BOXOFFICE_TRUSTED_PROXIES", " 10.0.0.1, 172.16.0.0/12,");
    command.env("BOXOFFICE_WEBHOOKS_ALLOW_HTTP", "YES").env("BOXOFFICE_WEBHOOKS_ALLOW_PRIVATE", "0");
    let server = Process::spawn(command);
    for _ in 0..25 {
        let answer = server.post("/api/users/signup", &json!({})).send().await.unwrap();
        assert_eq!(answer.status(), 400, "the limit is off");
    }
    assert_eq!(server.terminate().0, Some(0));
}

#[test]
fn errors_of_the_command_line_name_the_variable() {
    let dir = tempfile::tempdir().unwrap();
    for (name, value) in [
        ("BOXOFFICE_RATE_LIMIT", "maybe"),
        ("BOXOFFICE_TRUSTED_PROXIES", "10.0.0.1, proxy"),
        ("BOXOFFICE_PUBLIC_URL", "tickets.example.com"),
        ("BOXOFFICE_HOLD", "soon"),
        ("BOXOFFICE_GATEWAY", "paypal"),
        ("BOXOFFICE_STRIPE_LIVE", "perhaps"),
        ("BOXOFFICE_ACCEPT_CLOCK_JUMP", "perhaps"),
        ("BOXOFFICE_MAX_REQUESTS", "0"),
    ] {
        let mut command = command(&["--listen", "127.0.0.1:0"], dir.path());
        command.env(name, value);
        let (status, _, stderr) = command.finish();
        assert_eq!(status, Some(2), "{name}: {stderr}");
        assert!(stderr.contains(name), "{name}: {stderr}");
    }
    let mixed = ["--public-url", "https://a.example", "--public-url", "http://b.example"];
    let (status, _, stderr) = command(&mixed, dir.path()).finish();
    assert_eq!(status, Some(1));
    assert!(stderr.contains("BOXOFFICE_PUBLIC_URL"), "{stderr}");
    let mut many_fees = command(&["--listen", "127.0.0.1:0"], dir.path());
    many_fees.env("BOXOFFICE_FEE_FIXED", "1 USD,1 EUR,1 GBP,1 CHF,1 SEK,1 NOK,1 DKK,1 PLN,1 CZK");
    let (status, _, stderr) = many_fees.finish();
    assert_eq!(status, Some(1), "{stderr}");
    assert!(stderr.contains("--fee-fixed (BOXOFFICE_FEE_FIXED)"), "{stderr}");
}

#[test]
fn the_version_tells_the_release_of_the_time_zones() {
    let dir = tempfile::tempdir().unwrap();
    let short = concat!("boxoffice-server ", env!("CARGO_PKG_VERSION"), "\n");
    let long = format!("{short}Time zones: IANA {}\n", boxoffice::tzdb_version());
    for (arg, expected) in [("-V", short), ("--version", long.as_str())] {
        let (status, stdout, stderr) = command(&[arg], dir.path()).finish();
        assert_eq!((status, stdout.as_str()), (Some(0), expected), "{arg}: {stderr}");
    }
}

#[test]
fn errors_of_subcommands_are_told_too() {
    let dir = tempfile::tempdir().unwrap();
    for args in [&["payout", "--amount", "12"][..], &["webhooks", "add", "--event"], &["balance"], &["operator", "ann"]]
    {
        let (status, _, stderr) = command(args, dir.path()).finish();
        assert_eq!(status, Some(2), "{args:?}: {stderr}");
        assert!(stderr.starts_with("error: ") && stderr.contains("--help"), "{args:?}: {stderr}");
    }
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[cfg(feature = "stripe")]
#[test]
fn errors_of_stripes_options_name_the_variable() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let dir = tempfile::tempdir().unwrap();
    let stripe = || command(&["--listen", "127.0.0.1:0", "--gateway", "stripe"], dir.path());
    for (variables, named) in [
        ("", "STRIPE_SECRET_KEY"),
        ("STRIPE_SECRET_KEY=hidden", "STRIPE_SECRET_KEY"),
        ("STRIPE_SECRET_KEY=sk_live_hidden", "--stripe-live (BOXOFFICE_STRIPE_LIVE)"),
        ("STRIPE_SECRET_KEY=sk_test_hidden BOXOFFICE_STRIPE_LIVE=yes", "--stripe-live (BOXOFFICE_STRIPE_LIVE)"),
        ("STRIPE_SECRET_KEY=sk_test_hidden STRIPE_SECRET_KEY_FILE=/nowhere", "STRIPE_SECRET_KEY_FILE"),
        ("STRIPE_SECRET_KEY_FILE=/nowhere", "STRIPE_SECRET_KEY_FILE"),
        ("STRIPE_PUBLISHABLE_KEY=sk_test_hidden", "--stripe-publishable-key (STRIPE_PUBLISHABLE_KEY)"),
        (
            "STRIPE_SECRET_KEY=sk_test_hidden STRIPE_PUBLISHABLE_KEY=pk_live_1",
            "--stripe-publishable-key (STRIPE_PUBLISHABLE_KEY)",
        ),
        (
            "STRIPE_SECRET_KEY=sk_test_hidden BOXOFFICE_STRIPE_API_BASE=http://stripe.example",
            "--stripe-api-base (BOXOFFICE_STRIPE_API_BASE)",
        ),
        (
            "STRIPE_SECRET_KEY=sk_test_hidden BOXOFFICE_STRIPE_API_BASE=http://127.0.0.1:9 STRIPE_WEBHOOK_SECRET=hidden",
            "STRIPE_WEBHOOK_SECRET",
        ),
    ] {
        let mut command = stripe();
        command.envs(variables.split_whitespace().filter_map(|variable| variable.split_once('=')));
        let (status, _, stderr) = command.finish();
        assert_eq!(status, Some(1), "{variables}: {stderr}");
        let error = stderr.lines().find(|line| line.starts_with("error: ")).unwrap_or_default();
        assert!(error.contains(named) && !stderr.contains("hidden"), "{variables}: {stderr}");
    }
    let mut not_text = stripe();
    not_text.env("STRIPE_SECRET_KEY", OsStr::from_bytes(b"sk_test_hidden\xff"));
    let (status, _, stderr) = not_text.finish();
    assert_eq!(status, Some(1), "{stderr}");
    assert!(stderr.contains("STRIPE_SECRET_KEY is set to") && !stderr.contains("hidden"), "{stderr}");
}

#[tokio::test]
async fn people_may_reach_the_host_by_several_names() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = command(&["--listen", "127.0.0.1:0"], dir.path());
    command.args(["--public-url", "https://a.example", "--public-url", "https://b.example"]);
    let server = Process::spawn(command);
    for (origin, status) in [("https://a.example", 400), ("https://b.example", 400), ("https://c.example", 403)] {
        let call = server.post("/api/users/signup", &json!({})).header("origin", origin);
        assert_eq!(call.send().await.unwrap().status(), status, "{origin}");
    }
    assert_eq!(server.terminate().0, Some(0));
}

#[tokio::test]
async fn a_proxy_that_is_not_trusted_is_named_once_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::start(dir.path());
    for number in 0..5 {
        let call = server.get("/api/tickets").header("x-forwarded-for", format!("198.51.100.{number}"));
        assert_eq!(call.send().await.unwrap().status(), 200);
    }
    let foreign = server.get("/").header("origin", "http://evil.example").build().unwrap().url().clone();
    let call = server.client.post(foreign.join("/sign-out").unwrap()).header("origin", "http://evil.example");
    assert_eq!(call.send().await.unwrap().status(), 403);
    let host = server.url.strip_prefix("http://").unwrap().to_owned();
    let (_, logs) = server.terminate();
    assert_eq!(logs.matches("set --trusted-proxy 127.0.0.1").count(), 1, "{logs}");
    let refused = logs.lines().find(|line| line.contains("another origin")).unwrap();
    assert!(refused.contains("http://evil.example") && refused.contains(&host), "{refused}");
}

#[tokio::test]
async fn sigterm_answers_what_is_under_way_and_ends_streams() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::start(dir.path());
    let token = server.person("olga").await;
    let (status, _, stderr) = command(&["operator", "add", "olga@example.com"], dir.path()).finish();
    assert_eq!(status, Some(0), "{stderr}");
    let feed = server.get("/api/journal").bearer_auth(&token).header("accept", "text/event-stream");
    let mut feed = feed.send().await.unwrap().bytes_stream();
    assert!(feed.next().await.unwrap().is_ok());
    let body = json!({ "email": "bob@example.com", "password": PASSWORD });
    let under_way = tokio::spawn(server.post("/api/users/signup", &body).send());
    // The record of the sign-up shows that the server has accepted it.
    while let Some(chunk) = feed.next().await {
        if std::str::from_utf8(&chunk.unwrap()).unwrap().contains("\"seq\":3") {
            break;
        }
    }
    let stopped = tokio::task::spawn_blocking(move || server.terminate());
    assert_eq!(under_way.await.unwrap().unwrap().status(), 201);
    while let Some(chunk) = feed.next().await {
        chunk.unwrap();
    }
    let (status, logs) = stopped.await.unwrap();
    assert_eq!(status, Some(0), "{logs}");
    assert!(logs.contains("closed"), "{logs}");
}

#[tokio::test]
async fn operators_are_made_beside_the_server_and_without_it() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::start(dir.path());
    let token = server.person("olga").await;
    let journal =
        async |server: &Process| server.get("/api/journal").bearer_auth(&token).send().await.unwrap().status().as_u16();
    let operator = |args: &[&str]| command(&[&["operator"], args].concat(), dir.path()).finish();
    assert_eq!(journal(&server).await, 403);
    assert_eq!(operator(&["add", "Olga@example.com"]).0, Some(0));
    assert_eq!(journal(&server).await, 200);
    let (status, _, stderr) = operator(&["add", "nobody@example.com"]);
    assert_eq!(status, Some(1));
    assert!(stderr.contains("No such user"), "{stderr}");
    assert_eq!(server.terminate().0, Some(0));
    assert_eq!(operator(&["remove", "olga@example.com"]).0, Some(0));
    let server = Process::start(dir.path());
    assert_eq!(journal(&server).await, 403);
    let mut server = server;
    server.kill();
    assert!(dir.path().join("admin.sock").exists(), "a killed server leaves its socket");
    assert_eq!(operator(&["add", "olga@example.com"]).0, Some(0), "which is in nobody's way");
}

#[tokio::test]
async fn verify_export_and_backup_work_beside_the_server_and_without_it() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let (status, stdout, stderr) = command(&["verify"], &data).finish();
    assert_eq!((status, stdout.as_str()), (Some(2), ""), "{stderr}");
    assert!(!data.exists(), "looking at nothing makes nothing");
    let server = Process::start(&data);
    let token = server.person("ann").await;
    for at in 1..=3 {
        let body = json!({ "title": "Hamlet", "price": at });
        let answer = server.post("/api/tickets", &body).bearer_auth(&token).send().await.unwrap();
        assert_eq!(answer.status(), 201);
    }
    let check = |name: &str| {
        let (status, stdout, stderr) = command(&["verify"], &data).finish();
        assert_eq!(status, Some(0), "{stdout}{stderr}");
        assert!(stdout.contains("records: 4") && stdout.contains("clean"), "{stdout}");
        let (status, stdout, _) = command(&["export"], &data).finish();
        let seqs: Vec<u64> = stdout.lines().map(seq).collect();
        assert_eq!((status, seqs), (Some(0), vec![1, 2, 3, 4]));
        let out = dir.path().join(format!("{name}.jsonl"));
        let (status, ..) = command(&["export", "--after", "2", "--out", out.to_str().unwrap()], &data).finish();
        assert_eq!((status, fs::read_to_string(out).unwrap().lines().map(seq).collect()), (Some(0), vec![3, 4]));
        let copy = dir.path().join(name);
        let (status, _, stderr) = command(&["backup", copy.to_str().unwrap()], &data).finish();
        assert_eq!(status, Some(0), "{stderr}");
        assert_eq!(mode(&copy), 0o700);
        assert_eq!(command(&["verify"], &copy).finish().0, Some(0));
        assert_eq!(command(&["backup", copy.to_str().unwrap()], &data).finish().0, Some(1), "it is not empty now");
        let (status, stdout, stderr) = command(&["compact"], &data).finish();
        assert_eq!(status, Some(0), "{stderr}");
        assert!(stdout.contains("journal.redb: ") && stdout.contains("views.redb: "), "{stdout}");
        assert_eq!(command(&["verify"], &data).finish().0, Some(0), "{name}");
    };
    check("beside");
    assert_eq!(server.terminate().0, Some(0));
    check("without");
}

#[tokio::test]
async fn payouts_are_recorded_once_beside_the_server_and_without_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut with_fees = command(&["--listen", "127.0.0.1:0", "--fee-percent", "2.5"], dir.path());
    with_fees.arg("--fee-fixed").arg("0.30 USD");
    let server = Process::spawn(with_fees);
    let (ann, bob) = (server.person("ann").await, server.person("bob").await);
    let post = async |token: &str, path: &str, body: Value| -> Value {
        let answer = server.post(path, &body).bearer_auth(token).send().await.unwrap();
        assert_eq!(answer.status(), 201, "{path}");
        answer.json().await.unwrap()
    };
    let ticket = post(&ann, "/api/tickets", json!({ "title": "Hamlet", "price": "20" })).await;
    let order = post(&bob, "/api/orders", json!({ "ticketIds": [ticket["id"]] })).await;
    post(&bob, "/api/payments", json!({ "orderId": order["id"], "token": "tok_visa" })).await;

    let seller = ticket["sellerId"].as_str().unwrap();
    let balance_is = |owed: &str, paid_out: &str| {
        let (status, stdout, _) = command(&["balance", seller], dir.path()).finish();
        let line =
            format!("owed {owed} USD: sold 20.00 USD, refunded 0.00 USD, fees 0.80 USD, paid out {paid_out} USD\n");
        assert_eq!((status, stdout), (Some(0), line));
    };
    let payout = |amount: &str, key: &str| {
        let args = ["payout", "record", seller, amount, "USD", "SEPA 1", "--idempotency-key", key];
        command(&args, dir.path()).finish()
    };
    balance_is("19.20", "0.00");
    let (status, _, stderr) = payout("19.21", "much");
    assert_eq!(status, Some(1));
    assert!(stderr.contains("owed"), "{stderr}");
    let (status, first, stderr) = payout("9.20", "may");
    assert_eq!(status, Some(0), "{stderr}");
    assert_eq!(payout("9.20", "may").1, first);
    balance_is("10.00", "9.20");

    assert_eq!(server.terminate().0, Some(0));
    assert_eq!(payout("9.20", "may").1, first);
    assert_eq!(payout("10", "june").0, Some(0));
    balance_is("0.00", "19.20");
    assert_eq!(payout("0.01", "july").0, Some(1));
    assert_eq!(command(&["verify"], dir.path()).finish().0, Some(0));
}

fn seq(line: &str) -> u64 {
    serde_json::from_str::<Value>(line).unwrap()["seq"].as_u64().unwrap()
}

#[tokio::test]
async fn a_directory_has_one_server() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::start(dir.path());
    let (status, _, stderr) = command(&["serve", "--listen", "127.0.0.1:0"], dir.path()).finish();
    assert_eq!(status, Some(1));
    assert!(stderr.contains("open already"), "{stderr}");
    assert_eq!(server.get("/readyz").send().await.unwrap().status(), 200);
    assert_eq!(command(&["verify"], dir.path()).finish().0, Some(0), "the socket is still the first one's");
}

#[tokio::test]
async fn a_deep_directory_has_a_socket_too() {
    let dir = tempfile::tempdir().unwrap();
    let deep = dir.path().join("d".repeat(60)).join("e".repeat(60));
    let server = Process::start(&deep);
    assert_eq!(command(&["verify"], &deep).finish().0, Some(0));
    drop(server);
}

#[tokio::test]
async fn logs_tell_no_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = command(&["--listen", "127.0.0.1:0", "--log-format", "json"], dir.path());
    command.env("BOXOFFICE_LOG", "trace,hyper=info,mio=info").env("JWT_KEY", "k3y-".repeat(10));
    let server = Process::spawn(command);
    let token = server.person("ann").await;
    let body = json!({ "title": "Hamlet", "price": "1" });
    let made: Value =
        server.post("/api/tickets", &body).bearer_auth(&token).send().await.unwrap().json().await.unwrap();
    let id = made["id"].as_str().unwrap();
    server.get(&format!("/api/tickets/{id}?q=personal-query")).send().await.unwrap();
    let wrong = json!({ "email": "ann@example.com", "password": "wrong-secret" });
    server.post("/api/users/signin", &wrong).header("x-request-id", "find-me").send().await.unwrap();
    let (status, logs) = server.terminate();
    assert_eq!(status, Some(0), "{logs}");
    let access: Vec<Value> = logs
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("not JSON: {line}")))
        .filter(|line: &Value| line["target"] == "boxoffice_server::access")
        .collect();
    assert!(access.iter().any(|line| {
        line["request_id"] == "find-me" && line["route"] == "/api/users/signin" && line["status"] == 401
    }));
    let claims = token.split('.').nth(1).unwrap();
    for secret in [PASSWORD, "wrong-secret", "k3y-", claims, "ann@example.com", "personal-query", "$argon2"] {
        assert!(!logs.contains(secret), "{secret} is in the logs:\n{logs}");
    }
}

#[tokio::test]
async fn a_demo_is_believable_and_verifies() {
    let dir = tempfile::tempdir().unwrap();
    let (status, stdout, stderr) = command(&["demo", "--shows", "3"], dir.path()).finish();
    assert_eq!(status, Some(0), "{stderr}");
    let line = |name: &str| {
        let value = stdout.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        value.unwrap_or_else(|| panic!("no {name} in {stdout}")).to_owned()
    };
    let (_, export, _) = command(&["export"], dir.path()).finish();
    for event in ["OrderCreated", "OrderCancelled", "OrderExpired", "ChargeCreated", "ChargeFailed", "TicketCreated"] {
        assert!(export.contains(event), "no {event}");
    }
    assert_eq!(command(&["verify"], dir.path()).finish().0, Some(0));
    assert_eq!(command(&["demo"], dir.path()).finish().0, Some(1), "it fills only what is empty");
    let server = Process::start(dir.path());
    let body = json!({ "email": line("operator:"), "password": line("password:") });
    let signed_in = server.post("/api/users/signin", &body).send().await.unwrap();
    assert_eq!(signed_in.status(), 200);
    let tickets: Value = server.get("/api/tickets?status=locked").send().await.unwrap().json().await.unwrap();
    assert!(!tickets.as_array().unwrap().is_empty(), "some orders are open right now");
}

#[test]
fn help_tells_everything() {
    let mut help = std::process::Command::new(env!("CARGO_BIN_EXE_boxoffice-server"));
    help.arg("--help");
    let (status, stdout, _) = help.finish();
    assert_eq!(status, Some(0));
    for word in ["--data", "--listen", "--hold", "--public-url", "--rate-limit", "JWT_KEY", "verify", "export", "demo"]
    {
        assert!(stdout.contains(word), "{word}");
    }
}

#[tokio::test]
async fn a_clock_that_is_far_off_needs_a_flag() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at("2040-01-01T00:00:00Z".parse().unwrap()));
    let office = BoxOffice::builder().clock(clock).open(dir.path()).unwrap();
    office.auth().sign_up(SignUp::new("ann@example.com", PASSWORD)).await.unwrap();
    office.close().await.unwrap();
    for args in [&["serve", "--listen", "127.0.0.1:0"][..], &["verify"], &["export"], &["webhooks", "list"]] {
        let (status, _, stderr) = command(args, dir.path()).finish();
        assert_ne!(status, Some(0), "{args:?}");
        for word in ["2040-01-01T00:00:00.000Z", "clock", "--accept-clock-jump"] {
            assert!(stderr.contains(word), "{args:?}: no {word} in {stderr}");
        }
    }
    for (value, is_accepted) in [("", false), ("0", false), ("1", true), ("yes", true), ("on", true), ("true", true)] {
        for args in [&["verify"][..], &["webhooks", "list"]] {
            let mut command = command(args, dir.path());
            command.env("BOXOFFICE_ACCEPT_CLOCK_JUMP", value);
            let (status, _, stderr) = command.finish();
            assert_eq!(status == Some(0), is_accepted, "{args:?} {value}: {stderr}");
            assert!(is_accepted || stderr.contains("--accept-clock-jump"), "{args:?} {value}: {stderr}");
        }
    }
    assert_eq!(command(&["verify", "--accept-clock-jump"], dir.path()).finish().0, Some(0));
    assert_eq!(command(&["webhooks", "list", "--accept-clock-jump"], dir.path()).finish().0, Some(0));
}

#[tokio::test]
async fn readiness_sees_that_the_journal_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::start(dir.path());
    let ready = async || server.get("/readyz").send().await.unwrap();
    assert_eq!(ready().await.status(), 200);
    let (file, away) = (dir.path().join("journal.redb"), dir.path().join("away"));
    fs::rename(&file, &away).unwrap();
    let answer = ready().await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["x-error-code"]),
        (503, &"journal.unavailable".parse().unwrap())
    );
    assert_eq!(server.get("/healthz").send().await.unwrap().status(), 200);
    fs::rename(&away, &file).unwrap();
    assert_eq!(ready().await.status(), 200);
}

#[tokio::test]
async fn damaged_webhooks_stop_no_sale_and_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::start(dir.path());
    server.person("ann").await;
    assert_eq!(server.terminate().0, Some(0));
    fs::write(dir.path().join("webhooks.redb"), vec![0x5a; 20_000]).unwrap();
    let (status, stdout, stderr) = command(&["verify"], dir.path()).finish();
    assert_eq!(status, Some(1), "{stderr}");
    assert!(stdout.contains("webhooks.redb is damaged"), "{stdout}");
    let server = Process::start(dir.path());
    assert_eq!(server.get("/readyz").send().await.unwrap().status(), 200);
    let metrics = server.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("boxoffice_webhook_files_set_aside 1"), "{metrics}");
    assert_eq!(command(&["verify"], dir.path()).finish().0, Some(0), "the new file is whole");
    let (status, logs) = server.terminate();
    assert_eq!(status, Some(0), "{logs}");
    assert!(logs.contains("set aside") && logs.contains("webhooks.redb.damaged-1"), "{logs}");
}

#[tokio::test]
async fn a_backup_follows_who_was_erased() {
    let dir = tempfile::tempdir().unwrap();
    let (data, backup) = (dir.path().join("data"), dir.path().join("backup"));
    let server = Process::start(&data);
    let token = server.person("ann").await;
    assert_eq!(command(&["backup", backup.to_str().unwrap()], &data).finish().0, Some(0));
    let body = json!({ "currentPassword": PASSWORD });
    let erased = server.delete("/api/users/current-user").bearer_auth(&token).json(&body).send().await.unwrap();
    assert_eq!(erased.status(), 204);
    for (left, users) in [("1 more", 1), ("0 more", 0)] {
        let (status, stdout, stderr) = command(&["erase-in-backup", backup.to_str().unwrap()], &data).finish();
        assert_eq!(status, Some(0), "{users}: {stderr}");
        assert!(stdout.contains(left), "{stdout}");
    }
    assert_eq!(command(&["verify"], &backup).finish().0, Some(0));
    assert_eq!(command(&["erase-in-backup", "/nonexistent"], &data).finish().0, Some(1));
}

#[tokio::test]
async fn health_says_whether_the_host_is_ready() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::start(dir.path());
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let health = |args: &[&str]| {
        let mut health = std::process::Command::new(env!("CARGO_BIN_EXE_boxoffice-server"));
        health.args(["health", "--listen", &address]).args(args);
        health.finish()
    };
    assert_eq!(health(&[]), (Some(0), "ok\n".to_owned(), String::new()));
    let (file, away) = (dir.path().join("journal.redb"), dir.path().join("away"));
    fs::rename(&file, &away).unwrap();
    let (status, stdout, stderr) = health(&[]);
    assert_eq!((status, stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("503") && stderr.contains("journal"), "{stderr}");
    assert_eq!(health(&["--live"]).0, Some(0), "it lives");
    fs::rename(&away, &file).unwrap();
    assert_eq!(server.terminate().0, Some(0));
    assert_eq!(health(&[]).0, Some(1), "nobody listens");
}

#[tokio::test]
async fn while_it_drains_a_host_says_so_and_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::spawn(command(&["--listen", "127.0.0.1:0", "--drain-delay", "3s"], dir.path()));
    let token = server.person("ann").await;
    let id = rustix::process::Pid::from_raw(i32::try_from(server.id()).unwrap()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
    loop {
        let answer = server.get("/readyz").send().await.unwrap();
        if answer.status() == 503 {
            break;
        }
    }
    // New connections are taken, and commands too.
    let listed = reqwest::Client::new()
        .post(format!("{}/api/tickets", server.url))
        .bearer_auth(&token)
        .json(&json!({ "title": "Hamlet", "price": "5.00" }));
    assert_eq!(listed.send().await.unwrap().status(), 201);
    assert_eq!(server.get("/healthz").send().await.unwrap().status(), 200);
    let ended = tokio::task::spawn_blocking(move || server.ended()).await.unwrap();
    assert_eq!(ended.0, Some(0), "{}", ended.1);
}
