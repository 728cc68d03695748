//! Webhooks for an event that never comes.

use crate::client::{Connection, request};
use crate::host::Host;
use crate::{Failure, WEBHOOKS};

/// Nobody is paid out here, so nothing is ever sent to this address.
const BODY: &str = r#"{"url":"https://receiver.example/hooks","eventTypes":["PayoutRecorded"]}"#;

/// The webhooks, until they are removed.
pub(crate) struct Idle<'a> {
    connection: Connection,
    operator: &'a str,
    /// Paths of the webhooks.
    paths: Vec<String>,
}

impl<'a> Idle<'a> {
    /// Adds the webhooks.
    pub(crate) async fn add(host: &Host, operator: &'a str) -> Result<Self, Failure> {
        let mut idle = Self { connection: Connection::open(host.address).await?, operator, paths: Vec::new() };
        let create = request("POST", "/api/webhooks", Some(operator), Some(BODY));
        for _ in 0..WEBHOOKS {
            let answer = idle.connection.send(&create).await?;
            let body = String::from_utf8_lossy(answer.body);
            if answer.status != 201 {
                return Err(format!("adding a webhook: status {}: {body}", answer.status).into());
            }
            let id = body.split_once(r#""id":""#).and_then(|(_, rest)| rest.split('"').next());
            let path = format!("/api/webhooks/{}", id.ok_or("a webhook without an id")?);
            idle.paths.push(path);
        }
        Ok(idle)
    }

    /// Removes the webhooks.
    pub(crate) async fn remove(mut self) -> Result<(), Failure> {
        for path in &self.paths {
            let answer = self.connection.send(&request("DELETE", path, Some(self.operator), None)).await?;
            if answer.status != 204 {
                return Err(format!("removing a webhook: status {}", answer.status).into());
            }
        }
        Ok(())
    }
}
