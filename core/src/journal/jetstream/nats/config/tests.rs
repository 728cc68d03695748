//! Tables of configurations, and what is said about each.

use super::*;

const JOURNAL_ID: Hash = Hash::from_bytes([7; 32]);

const EXPECTED: Expected = Expected { journal: JOURNAL_ID, generation: 3, is_test: false };

/// Returns a stream as `cluster init` makes it, changed.
fn stream(change: impl FnOnce(&mut Value)) -> StreamInfo {
    let mut config = wanted(EXPECTED, 3);
    change(&mut config);
    let state = json!({ "messages": 9, "first_seq": 1, "last_seq": 9 });
    let cluster = json!({ "leader": "a", "replicas": [{ "name": "b", "current": true, "lag": 0 }] });
    serde_json::from_value(json!({ "config": config, "state": state, "cluster": cluster })).unwrap()
}

fn server(id: &str, change: impl FnOnce(&mut Value)) -> Seen {
    let mut server = json!({
        "server_id": id,
        "config": { "max_memory": 1, "sync_interval": 120_000_000_000_u64, "sync_always": true },
        "account_details": [{ "name": "shop", "stream_detail": [
            { "name": "ORDERS", "state": { "messages": 1, "first_seq": 5 } },
            { "name": "JOURNAL-3", "config": wanted(EXPECTED, 3), "state": { "messages": 9, "first_seq": 1, "last_seq": 9 } },
        ]}],
    });
    change(&mut server);
    (format!("http://{id}:8222"), Ok(serde_json::from_value(server).unwrap()))
}

fn sound() -> Vec<Seen> {
    ["a", "b", "c"].map(|id| server(id, |_| {})).into()
}

/// Checks that there is one finding, of this weight, with these words.
fn check(findings: &[Finding], severity: Severity, words: &str) {
    assert_eq!(findings.len(), 1, "{words}: {findings:?}");
    assert_eq!(findings[0].severity, severity, "{findings:?}");
    assert!(findings[0].what.contains(words), "{words}: {findings:?}");
}

#[test]
fn a_stream_as_it_is_made_is_sound() {
    assert_eq!(judge_stream(&stream(|_| {}), EXPECTED), []);
    // Settings that servers add by themselves.
    let more = stream(|config| {
        config["duplicate_window"] = json!(120_000_000_000_u64);
        config["compression"] = json!("none");
        config["consumer_limits"] = json!({});
        config["allow_msg_ttl"] = json!(false);
        config["first_seq"] = json!(1);
        config["persist_mode"] = json!("default");
        config["metadata"]["_nats.ver"] = json!("2.15.1");
    });
    assert_eq!(judge_stream(&more, EXPECTED), []);
}

#[test]
fn a_stream_that_could_forget_or_refuse_is_fatal() {
    for (name, value) in [
        ("max_msgs", json!(1_000_000)),
        ("max_bytes", json!(1 << 30)),
        ("max_age", json!(86_400_000_000_000_u64)),
        ("max_msgs_per_subject", json!(5)),
        ("max_msg_size", json!(1_000)),
        ("retention", json!("workqueue")),
        ("storage", json!("memory")),
        ("discard", json!("old")),
        ("deny_delete", json!(false)),
        ("deny_purge", json!(false)),
        ("sealed", json!(true)),
        ("no_ack", json!(true)),
        ("mirror", json!({ "name": "OTHER" })),
        ("sources", json!([{ "name": "OTHER" }])),
        ("subject_transform", json!({ "src": ">", "dest": "x.>" })),
        ("republish", json!({ "dest": "x.>" })),
        ("allow_direct", json!(true)),
        ("mirror_direct", json!(true)),
        ("discard_new_per_subject", json!(true)),
        ("allow_rollup_hdrs", json!(true)),
        ("allow_msg_ttl", json!(true)),
        ("subject_delete_marker_ttl", json!(1_000_000_000)),
        ("allow_msg_counter", json!(true)),
        ("allow_atomic", json!(true)),
        ("allow_msg_schedules", json!(true)),
        ("allow_batched", json!(true)),
        ("max_consumers", json!(3)),
        ("first_seq", json!(100)),
        ("persist_mode", json!("async")),
        ("subjects", json!(["journal.3", "orders.>"])),
        ("num_replicas", json!(1)),
        ("num_replicas", json!(2)),
    ] {
        let findings = judge_stream(&stream(|config| config[name] = value.clone()), EXPECTED);
        assert_eq!(findings.len(), 1, "{name} {value}: {findings:?}");
        assert_eq!(findings[0].severity, Severity::Fatal, "{name}");
    }
}

#[test]
fn a_stream_that_lacks_a_setting_is_not_taken_for_a_sound_one() {
    for name in ["subjects", "retention", "storage", "discard", "num_replicas", "deny_delete", "deny_purge", "metadata"]
    {
        let without = stream(|config| drop(config.as_object_mut().unwrap().remove(name)));
        let findings = judge_stream(&without, EXPECTED);
        assert!(findings.iter().any(|finding| finding.severity == Severity::Fatal), "{name}: {findings:?}");
    }
}

#[test]
fn another_journal_or_generation_is_fatal() {
    let foreign = stream(|config| config["metadata"][JOURNAL] = json!(Hash::ZERO.to_string()));
    check(&judge_stream(&foreign, EXPECTED), Severity::Fatal, "another journal");
    let nobody = stream(|config| config["metadata"] = json!({}));
    check(&judge_stream(&nobody, EXPECTED), Severity::Fatal, "it says nothing");
    let findings = judge_stream(&stream(|_| {}), Expected { generation: 4, ..EXPECTED });
    assert!(findings.iter().all(|finding| finding.severity == Severity::Fatal) && findings.len() == 2, "{findings:?}");
}

#[test]
fn a_test_may_have_fewer_replicas_and_nothing_else() {
    let test = Expected { is_test: true, ..EXPECTED };
    assert_eq!(judge_stream(&stream(|config| config["num_replicas"] = json!(1)), test), []);
    check(&judge_stream(&stream(|config| config["max_msgs"] = json!(5)), test), Severity::Fatal, "max_msgs 5");
    assert_eq!(judge_servers(&[], 1, test), []);
    let unsynced = server("a", |server| server["config"]["sync_always"] = json!(false));
    assert_eq!(judge_servers(&[unsynced], 1, test), []);
}

#[test]
fn messages_that_are_gone_are_told() {
    let mut info = stream(|_| {});
    info.state.num_deleted = 2;
    check(&judge_stream(&info, EXPECTED), Severity::Warning, "lacks 2 messages");
    info.state = StreamState { messages: 3, first_seq: 7, last_seq: 9, num_deleted: 0 };
    check(&judge_stream(&info, EXPECTED), Severity::Warning, "forgotten all messages before 7");
    info.state = StreamState { messages: 0, first_seq: 1, last_seq: 0, num_deleted: 0 };
    assert_eq!(judge_stream(&info, EXPECTED), []);
}

#[test]
fn servers_that_sync_every_write_are_sound() {
    assert_eq!(judge_servers(&sound(), 3, EXPECTED), []);
}

#[test]
fn a_server_that_does_not_sync_every_write_is_fatal() {
    for change in [json!({ "sync_always": false }), json!({}), json!({ "sync_interval": 1 })] {
        let mut seen = sound();
        seen[1] = server("b", |server| server["config"] = change.clone());
        check(&judge_servers(&seen, 3, EXPECTED), Severity::Fatal, "http://b:8222 lacks `sync_interval: always`");
    }
    let mut seen = sound();
    seen[2] = server("c", |server| server["disabled"] = json!(true));
    check(&judge_servers(&seen, 3, EXPECTED), Severity::Fatal, "http://c:8222 has no JetStream");
}

#[test]
fn one_server_of_three_may_be_down() {
    let mut seen = sound();
    seen[0] = ("http://a:8222".into(), Err("connection refused".into()));
    check(&judge_servers(&seen, 3, EXPECTED), Severity::Warning, "connection refused");
    seen[1] = ("http://b:8222".into(), Err("connection refused".into()));
    let findings = judge_servers(&seen, 3, EXPECTED);
    let fatal: Vec<_> = findings.into_iter().filter(|finding| finding.severity == Severity::Fatal).collect();
    check(&fatal, Severity::Fatal, "1 of the 3 servers");
}

#[test]
fn servers_without_the_stream_and_one_asked_twice_do_not_count() {
    let without = |id| server(id, |server| server["account_details"] = json!([]));
    let seen = [server("a", |_| {}), without("b"), without("c")];
    check(&judge_servers(&seen, 3, EXPECTED), Severity::Fatal, "1 of the 3 servers");
    let seen = [server("a", |_| {}), server("a", |_| {})];
    check(&judge_servers(&seen, 3, EXPECTED), Severity::Fatal, "1 of the 3 servers");
    check(&judge_servers(&[], 3, EXPECTED), Severity::Fatal, "0 of the 3 servers");
}

#[test]
fn servers_are_judged_before_there_is_a_stream() {
    let without = |id, change: fn(&mut Value)| {
        server(id, |server| {
            server["account_details"] = json!([]);
            change(server);
        })
    };
    let sound = |id| without(id, |_| {});
    assert_eq!(judge_future_servers(&[sound("a"), sound("b"), sound("c")], 3, EXPECTED), []);
    check(&judge_future_servers(&[sound("a"), sound("a")], 3, EXPECTED), Severity::Fatal, "1 of the 3 servers");
    let unsynced = without("c", |server| server["config"] = json!({}));
    check(&judge_future_servers(&[sound("a"), sound("b"), unsynced], 3, EXPECTED), Severity::Fatal, "sync_interval");
}

#[test]
fn a_damaged_replica_is_named() {
    let mut seen = sound();
    seen[1] = server("b", |server| server["account_details"][0]["stream_detail"][1]["state"]["num_deleted"] = json!(4));
    check(&judge_servers(&seen, 3, EXPECTED), Severity::Warning, "the server of http://b:8222 lacks 4 messages");
}

#[test]
fn what_the_user_may_and_may_not_do_is_told() {
    assert_eq!(judge_permissions(&[], &[]), []);
    check(&judge_permissions(&["STREAM.PURGE"], &[]), Severity::Warning, "STREAM.PURGE");
    let asked = FORBIDDEN.iter().map(|what| format!("$JS.API.{what}.{NO_STREAM}")).collect::<Vec<_>>();
    assert_eq!(judge_permissions(&[], &asked), []);
    check(&judge_permissions(&[], &["journal.3".into()]), Severity::Fatal, "no permission for journal.3");
}

#[test]
fn a_denied_subject_is_read_from_the_error() {
    let check = |error, subject: Option<&str>| assert_eq!(violation(error).as_deref(), subject, "{error}");
    check(r#"Permissions Violation for Publish to "journal.3""#, Some("journal.3"));
    check(r#"permissions violation for subscription to "bx.ab.say""#, Some("bx.ab.say"));
    check("Permissions Violation", Some("Permissions Violation"));
    check("Authorization Violation", None);
    check(r#"Maximum Payload Violation "x""#, None);
}

#[test]
fn a_leader_is_believed_while_it_hears_a_majority() {
    let led = |actives: &[Option<u64>]| {
        let mut info = stream(|_| {});
        let replica = |active: &Option<u64>| Replica {
            offline: active.is_none(),
            active: active.unwrap_or_default(),
            ..Replica::default()
        };
        info.cluster = Some(ClusterInfo { leader: "a".into(), replicas: actives.iter().map(replica).collect() });
        info.is_led()
    };
    let (lately, long_ago) = (Some(1_000_000_000), Some(HEARD_MAX));
    for (actives, expected) in [
        (&[][..], true),
        (&[lately], true),
        (&[long_ago], false),
        (&[lately, lately], true),
        (&[lately, long_ago], true),
        (&[None, lately], true),
        (&[None, long_ago], false),
        (&[None, None, lately, lately], true),
        (&[None, None, None, lately], false),
    ] {
        assert_eq!(led(actives), expected, "{actives:?}");
    }
    let mut info = stream(|_| {});
    info.cluster = Some(ClusterInfo::default());
    assert!(!info.is_led(), "it has no leader");
    info.cluster = None;
    assert!(info.is_led());
}

#[test]
fn a_stream_says_whose_it_is() {
    assert_eq!(stream(|_| {}).journal(), Some(JOURNAL_ID));
    assert_eq!(stream(|config| config["metadata"][JOURNAL] = json!("no hash")).journal(), None);
    assert_eq!(stream(|config| config["metadata"] = json!({})).journal(), None);
}
