//! Figures by the minute: a bounded series in memory, and the task that keeps it.

mod latency;
mod sampler;
mod series;

pub(crate) use latency::Percentiles;
pub(super) use sampler::Sampler;
pub(super) use series::TimeSeries;
pub(crate) use series::{MINUTES_MAX, Minute};
