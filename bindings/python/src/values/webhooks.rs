use boxoffice::Timestamp;
use boxoffice::gateway;
use pyo3::prelude::*;

use crate::convert::Time;

/// A message of a card processor (a webhook) as it came, byte for byte, because that is what is signed.
#[pyclass(frozen, module = "boxoffice")]
pub(crate) struct WebhookMessage {
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    now: Timestamp,
}

impl From<&gateway::WebhookMessage<'_>> for WebhookMessage {
    fn from(message: &gateway::WebhookMessage<'_>) -> Self {
        let headers = message.headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect();
        Self { headers, body: message.body.to_vec(), now: message.now }
    }
}

#[pymethods]
impl WebhookMessage {
    /// The headers, with names in lower case.
    #[getter]
    fn headers(&self) -> Vec<(String, Vec<u8>)> {
        self.headers.clone()
    }

    /// The first header of this name, which is in lower case; `None` if there is none, or it is no text.
    fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(other, _)| other == name)?;
        std::str::from_utf8(value).ok()
    }

    /// The body.
    #[getter]
    fn body(&self) -> &[u8] {
        &self.body
    }

    /// The time by which its age is judged.
    #[getter]
    fn now(&self) -> Time {
        Time(self.now)
    }

    fn __repr__(&self) -> String {
        format!("WebhookMessage({} bytes)", self.body.len())
    }
}

impl std::fmt::Debug for WebhookMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookMessage").field("body_bytes", &self.body.len()).finish_non_exhaustive()
    }
}
