//! The overview page: current metrics, and charts of the last hours.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use boxoffice::{BoxOffice, Timestamp};
use serde::Deserialize;

use super::operator::Operator;
use super::page::{Frame, page};
use crate::error::Failure;
use crate::extract::Query;
use crate::observability::chart::{Chart, Kind, Row, Series, short};
use crate::observability::history::{MINUTES_MAX, MetricsHistory, Minute};
use crate::observability::metrics::{Metrics, Percentiles};
use crate::web::site::Chrome;

/// Time spans that the charts can show, in minutes, with their names.
const SPANS: [(usize, &str); 3] = [(60, "1 hour"), (180, "3 hours"), (MINUTES_MAX, "6 hours")];

#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    minutes: Option<String>,
}

/// The current value of a metric.
struct Metric {
    name: &'static str,
    value: String,
    note: String,
}

/// A chart, formatted for the page.
struct Drawn {
    id: &'static str,
    title: &'static str,
    unit: &'static str,
    svg: String,
    columns: Vec<&'static str>,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "console/charts.html")]
struct ChartsPage {
    chrome: Chrome,
    frame: Frame,
    figures: Vec<Metric>,
    spans: Vec<(usize, &'static str, bool)>,
    charts: Vec<Drawn>,
}

crate::web::site::page!(ChartsPage);

pub(super) async fn show(
    operator: Operator,
    State(office): State<BoxOffice>,
    State(metrics): State<Metrics>,
    State(history): State<Arc<MetricsHistory>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    history.keep(&office, &metrics);
    let wanted = asked.minutes.and_then(|text| text.parse().ok());
    let (count, _) = SPANS.into_iter().find(|(count, _)| Some(*count) == wanted).unwrap_or(SPANS[0]);
    let now = office.now();
    let minutes = history.read(&office, |series| series.last(count, now)).await;
    Ok(page(&ChartsPage {
        chrome: operator.chrome,
        frame: Frame::new("Overview", "/console"),
        figures: figures(&office.metrics(), minutes.last().map(|(_, minute)| minute)),
        spans: SPANS.map(|(minutes, name)| (minutes, name, minutes == count)).to_vec(),
        charts: charts(&minutes).iter().map(Drawn::of).collect(),
    }))
}

impl Drawn {
    fn of(chart: &Chart) -> Self {
        Self {
            id: chart.id,
            title: chart.title,
            unit: chart.unit,
            svg: chart.svg(),
            columns: chart.series.iter().map(|series| series.name).collect(),
            rows: chart.rows(),
        }
    }
}

fn figures(now: &boxoffice::Metrics, minute: Option<&Minute>) -> Vec<Metric> {
    let figure = |name, value: String, note: String| Metric { name, value, note };
    let count = |value: usize| short(number(value));
    let sales = minute.map_or(0, |minute| minute.sales);
    vec![
        figure("On sale", count(now.tickets_available), format!("{} held", count(now.tickets_locked))),
        figure("Open holds", count(now.open_orders), format!("{sales} sales this minute")),
        figure("Payments", count(now.pending_payments), "under way at the processor".to_owned()),
        figure("Queue", count(now.queue_len), format!("of {} places", count(now.queue_capacity))),
        figure("Expiry lag", format!("{} ms", now.expiry_lag.as_millis()), "of the most overdue hold".to_owned()),
        figure("Journal", now.head_seq.to_string(), "records".to_owned()),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "a figure on a page, far below 2^52")]
fn number(value: impl TryInto<u64> + Copy) -> f64 {
    value.try_into().unwrap_or(u64::MAX) as f64
}

/// Creates the charts of these minutes.
fn charts(minutes: &[(Timestamp, Minute)]) -> Vec<Chart> {
    let points: Vec<String> =
        minutes.iter().map(|(at, _)| at.to_string().get(11..16).unwrap_or("").to_owned()).collect();
    let series = |name, value: &dyn Fn(&Minute) -> Option<f64>| Series {
        name,
        values: minutes.iter().map(|(_, minute)| value(minute)).collect(),
    };
    // A gap in the chart: a minute with incomplete data would look like one with few sales.
    let counted =
        |name, count: fn(&Minute) -> u32| series(name, &|minute| minute.is_covered.then(|| f64::from(count(minute))));
    let chart = |id, title, unit, kind, series| {
        let is_whole = matches!(id, "reservations" | "ends" | "queue" | "expiry-lag");
        Chart { id, title, unit, kind, is_whole, points: points.clone(), series }
    };
    let latency = |name, pick: fn(&Percentiles) -> f64| series(name, &|minute| minute.latency.as_ref().map(pick));
    vec![
        chart(
            "reservations",
            "Reservations",
            "per minute",
            Kind::Area,
            vec![counted("Orders that locked tickets", |minute| minute.reservations)],
        ),
        chart(
            "ends",
            "How holds ended",
            "per minute",
            Kind::StackedBars,
            vec![
                counted("Sold", |minute| minute.sales),
                counted("Expired", |minute| minute.expiries),
                counted("Declined", |minute| minute.declines),
                counted("Given up", |minute| minute.cancellations),
            ],
        ),
        chart(
            "conversion",
            "Conversion of holds",
            "percent of those that ended in the minute",
            Kind::Lines,
            vec![series("Sold", &|minute| minute.conversion().filter(|_| minute.is_covered))],
        ),
        chart(
            "expiry-lag",
            "Expiry lag",
            "milliseconds, the worst of each minute",
            Kind::Area,
            vec![series("Most overdue hold", &|minute| minute.samples.map(|samples| number(samples.expiry_lag_ms)))],
        ),
        chart(
            "latency",
            "Time to a durable answer",
            "milliseconds",
            Kind::Lines,
            vec![latency("p50", |it| it.p50), latency("p95", |it| it.p95), latency("p99", |it| it.p99)],
        ),
        chart(
            "queue",
            "Queue depth",
            "commands, the most of each minute",
            Kind::Area,
            vec![series("Waiting commands", &|minute| minute.samples.map(|samples| number(samples.queue_len)))],
        ),
    ]
}
