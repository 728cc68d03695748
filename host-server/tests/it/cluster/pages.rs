//! What operators see of the cluster.

use reqwest::redirect::Policy;
use serde_json::Value;

use super::{Trio, until};
use crate::console::TOKEN;
use crate::harness::{Finish, Process, command};

/// Returns the page of the cluster.
async fn look(host: &Process, token: &str, path: &str) -> (u16, String) {
    let page = host.get(path).header("cookie", format!("session={token}")).header("accept", "text/html");
    let page = page.send().await.unwrap();
    (page.status().as_u16(), page.text().await.unwrap())
}

/// Returns the cluster as a host sees it.
async fn cluster(host: &Process, token: &str) -> (u16, Value) {
    let answer = host.get("/api/cluster").bearer_auth(token).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

/// Makes somebody an operator, at a host that is not where they have signed up.
async fn operator(trio: &Trio, name: &str) -> String {
    let token = trio.hosts[0].person(name).await;
    let email = format!("{name}@example.com");
    let is_made = async || command(&["operator", "add", &email], trio.dirs[1].path()).finish().0 == Some(0);
    until("the other host has the account", is_made).await;
    for host in &trio.hosts {
        until("the host knows the operator", async || cluster(host, &token).await.0 == 200).await;
    }
    token
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn operators_see_hosts_and_remove_one_that_is_gone() {
    let mut trio = Trio::start().await;
    let writer = trio.writer().await;
    let (here, gone) = ((writer + 1) % 3, (writer + 2) % 3);
    let token = operator(&trio, "olga").await;

    let (_, seen) = cluster(&trio.hosts[here], &token).await;
    let hosts = seen["hosts"].as_array().unwrap();
    assert_eq!(hosts.iter().filter(|host| host["voter"] == true).count(), 3, "{seen}");
    assert_eq!((seen["state"].as_str(), seen["stream"].as_str()), (Some("follower"), Some("JOURNAL-1")), "{seen}");
    let its_entry = hosts.iter().find(|host| host["id"] == seen["writer"]).unwrap();
    assert_eq!(its_entry["name"], format!("host-{writer}"), "{seen}");

    let (status, page) = look(&trio.hosts[here], &token, "/console/cluster").await;
    assert_eq!(status, 200, "{page}");
    for part in ["host-0", "host-1", "host-2", "(this one)", "writes", "JOURNAL-1"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(page.matches("aria-current=\"page\"").count(), 1, "{page}");
    assert!(!page.contains("is gone for good"), "{page}");
    assert!(look(&trio.hosts[here], &token, "/console").await.1.contains("href=\"/console/cluster\""));

    trio.hosts[gone].kill();
    let id = hosts.iter().find(|host| host["name"] == format!("host-{gone}")).unwrap()["id"].as_str().unwrap();
    let form = format!("/console/cluster/hosts/{id}/remove");
    let is_offered = async || look(&trio.hosts[here], &token, "/console/cluster").await.1.contains(&form);
    until("the host that is gone may be removed", is_offered).await;
    remove(&trio.hosts[here], &token, &form).await;
    let is_away = async || {
        let (_, seen) = cluster(&trio.hosts[writer], &token).await;
        seen["hosts"].as_array().unwrap().iter().all(|host| host["name"] != format!("host-{gone}"))
    };
    until("the others know", is_away).await;
}

/// Sends the form that removes a host, first without its token.
async fn remove(host: &Process, token: &str, form: &str) {
    let client = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let send = async |body: String| {
        let call = client.post(format!("{}{form}", host.url)).header("origin", &host.url).body(body);
        let call = call.header("content-type", "application/x-www-form-urlencoded");
        call.header("cookie", format!("session={token}; form={TOKEN}")).send().await.unwrap().status().as_u16()
    };
    assert_eq!(send("form-token=guessed".to_owned()).await, 403);
    assert_eq!(send(format!("form-token={TOKEN}")).await, 303);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn the_cluster_is_for_operators() {
    let trio = Trio::start().await;
    let host = &trio.hosts[1];
    let ann = host.person("ann").await;
    assert_eq!(cluster(host, &ann).await.0, 403);
    assert_eq!(host.get("/api/cluster").send().await.unwrap().status(), 401);
    assert_eq!(look(host, &ann, "/console/cluster").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs nats-server: cargo xtask test --only cluster"]
async fn metrics_tell_of_the_cluster() {
    let trio = Trio::start().await;
    let writer = trio.writer().await;
    let follower = (writer + 1) % 3;
    trio.hosts[follower].person("ann").await;
    let metrics = async |number: usize| trio.hosts[number].get("/metrics").send().await.unwrap().text().await.unwrap();
    let (of_writer, of_follower) = (metrics(writer).await, metrics(follower).await);
    for (text, parts) in [
        (&of_writer, &["boxoffice_cluster_state{state=\"writer\"} 1", "boxoffice_stream_append_seconds_count"][..]),
        (&of_follower, &["boxoffice_cluster_state{state=\"follower\"} 1", "boxoffice_forwarded_commands_total"]),
    ] {
        for part in parts {
            assert!(text.contains(part), "{part}: {text}");
        }
        for name in ["ready 1", "voters 3", "hosts_heard 3", "epoch ", "lag_messages ", "findings "] {
            assert!(text.contains(&format!("boxoffice_cluster_{name}")), "{name}: {text}");
        }
    }
}
