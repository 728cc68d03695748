use boxoffice::Timestamp;
use boxoffice::gateway;
use pyo3::prelude::*;

use crate::convert::Time;

/// An inbound webhook message of a card processor, unchanged byte for byte, because the signature covers the bytes.
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
    /// Headers, with names in lower case.
    #[getter]
    fn headers(&self) -> Vec<(String, Vec<u8>)> {
        self.headers.clone()
    }

    /// Returns the first header with this name, given in lower case; `None` if there is none or its value is not UTF-8.
    fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(other, _)| other == name)?;
        std::str::from_utf8(value).ok()
    }

    /// The body.
    #[getter]
    fn body(&self) -> &[u8] {
        &self.body
    }

    /// Time against which the age of the message is checked.
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
