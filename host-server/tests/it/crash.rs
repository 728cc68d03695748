//! Crashes of the server under load, several times. Answered commands survive, and repeated ones take effect once.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use crate::harness::{Finish, Process, command};

const ROUNDS: usize = 4;
const WORKERS: usize = 16;
/// Number of answers in a round before the server is killed.
const ANSWERS: usize = 150;

/// A worker's command, with its key and its answer.
struct Asked {
    key: String,
    path: &'static str,
    body: Value,
    token: String,
    /// `None` if the server died before it answered.
    answer: Option<(u16, Value)>,
}

/// One seller, and a buyer for each worker, because a buyer may have only a few open orders.
type People = (String, Vec<String>);

async fn people(server: &Process) -> People {
    let mut buyers = Vec::new();
    for at in 0..WORKERS {
        buyers.push(server.person(&format!("buyer{at}")).await);
    }
    (server.person("seller").await, buyers)
}

async fn ask(server: &Process, asked: &Asked) -> Option<(u16, Value)> {
    let request = server.post(asked.path, &asked.body).bearer_auth(&asked.token).header("idempotency-key", &asked.key);
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    Some((status, answer.json().await.ok()?))
}

/// Lists, orders and pays for tickets until the server is gone.
async fn work(
    server: Arc<Process>,
    answered: Arc<AtomicUsize>,
    name: String,
    seller: String,
    buyer: String,
) -> Vec<Asked> {
    let mut all = Vec::new();
    for step in 0.. {
        let (path, token, body) = match step % 3 {
            0 => ("/api/tickets", &seller, json!({ "title": format!("{name} {step}"), "price": "10.00" })),
            1 => ("/api/orders", &buyer, json!({ "ticketId": last_id(&all) })),
            _ => ("/api/payments", &buyer, json!({ "orderId": last_id(&all), "token": "tok_visa" })),
        };
        let mut asked = Asked { key: format!("{name}-{step}"), path, body, token: token.clone(), answer: None };
        asked.answer = ask(&server, &asked).await;
        let ended = asked.answer.is_none();
        if let Some((status, body)) = &asked.answer {
            assert_eq!(*status, 201, "{path} {body}");
            answered.fetch_add(1, Ordering::Relaxed);
        }
        all.push(asked);
        if ended {
            break;
        }
    }
    all
}

fn last_id(all: &[Asked]) -> Value {
    all.last().and_then(|asked| asked.answer.as_ref()).map_or(Value::Null, |(_, body)| body["id"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_answered_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut tokens: Option<People> = None;
    let mut asked: Vec<Asked> = Vec::new();
    for round in 0..ROUNDS {
        let server = Arc::new(Process::start(dir.path()));
        if tokens.is_none() {
            tokens = Some(people(&server).await);
        }
        let (seller, buyers) = tokens.as_ref().unwrap();
        check(&server, &mut asked).await;
        let answered = Arc::new(AtomicUsize::new(0));
        let workers: Vec<_> = (0..WORKERS)
            .map(|at| {
                let name = format!("r{round}w{at}");
                tokio::spawn(work(server.clone(), answered.clone(), name, seller.clone(), buyers[at].clone()))
            })
            .collect();
        while answered.load(Ordering::Relaxed) < ANSWERS {
            tokio::task::yield_now().await;
        }
        kill(server.id());
        for worker in workers {
            asked.extend(worker.await.unwrap());
        }
        drop(server);
        verify(dir.path());
    }
    let server = Process::start(dir.path());
    check(&server, &mut asked).await;
    assert!(asked.len() > ROUNDS * ANSWERS);
}

fn kill(id: u32) {
    let id = rustix::process::Pid::from_raw(i32::try_from(id).unwrap()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
}

fn verify(dir: &Path) {
    let (status, stdout, stderr) = command(&["verify"], dir).finish();
    assert_eq!(status, Some(0), "{stdout}{stderr}");
}

/// Repeats all commands. An answered command gets its first answer again; any other takes effect once, now or before.
async fn check(server: &Process, asked: &mut [Asked]) {
    let mut titles: HashMap<String, usize> = HashMap::new();
    for asked in asked {
        let (status, body) = ask(server, asked).await.unwrap();
        if status != 201 {
            // The outcome at the card processor was not known yet, or the processor never received the charge.
            assert!(asked.answer.is_none() && asked.path == "/api/payments" && [202, 402].contains(&status), "{body}");
            continue;
        }
        if let Some((_, first)) = &asked.answer {
            assert_eq!(first["id"], body["id"], "{}", asked.path);
        }
        if let Some(title) = body["title"].as_str() {
            *titles.entry(title.to_owned()).or_default() += 1;
        }
        let found = if asked.path == "/api/orders" || asked.path == "/api/payments" {
            server.get(&format!("{}/{}", asked.path, body["id"].as_str().unwrap())).bearer_auth(&asked.token)
        } else {
            server.get(&format!("/api/tickets/{}", body["id"].as_str().unwrap()))
        };
        assert_eq!(found.send().await.unwrap().status(), 200);
        asked.answer = Some((status, body));
    }
    assert!(titles.values().all(|count| *count == 1), "a ticket was listed twice");
}
