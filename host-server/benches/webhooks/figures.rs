//! What the host's metrics say of its journal and its webhooks.

use crate::Failure;
use crate::host::Host;

/// Maximum number of questions until the webhooks have seen the last record.
const ASKED_MAX: usize = 1000;

/// Waits until this many webhooks have seen the last record, and returns its number. It asks at least once, whether
/// there are webhooks or not, so that all rounds have the cost of that.
pub(crate) async fn at_rest(host: &Host, webhooks: u16) -> Result<f64, Failure> {
    for _ in 0..ASKED_MAX {
        let text = reqwest::get(format!("http://{}/metrics", host.address)).await?.text().await?;
        let active = figure(&text, r#"boxoffice_webhook_subscriptions{status="active"}"#)?;
        let lag = figure(&text, "boxoffice_webhook_lag_records")?;
        if (active - f64::from(webhooks)).abs() < 0.5 && lag < 1.0 {
            return figure(&text, "boxoffice_journal_head");
        }
    }
    Err("the webhooks do not come to rest".into())
}

/// Returns the figure after this name.
fn figure(text: &str, name: &str) -> Result<f64, Failure> {
    let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    Ok(value.ok_or_else(|| format!("the metrics have no {name}"))?.trim().parse()?)
}
