//! The results as published on the page of benchmarks.

use std::fmt;
use std::path::PathBuf;

use crate::rounds::{median, medians};
use crate::{BUYERS, WEBHOOKS};

/// Maximum processor time that a webhook may cost a record.
const COST_US_MAX: f64 = 1.0;

/// One measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Round {
    pub(crate) records_a_second: f64,
    pub(crate) busy_us_a_record: f64,
    pub(crate) memory_mb: f64,
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { records_a_second, busy_us_a_record, memory_mb } = self;
        write!(f, "{records_a_second:.0} records/s, {busy_us_a_record:.1} µs a record, {memory_mb:.0} MB")
    }
}

#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) is_pinned: bool,
    /// Location of the journal.
    pub(crate) place: PathBuf,
    /// Rounds without webhooks and with them, for each number of buyers.
    pub(crate) turns: [Vec<(Round, Round)>; BUYERS.len()],
}

/// Returns what a webhook costs a record, in microseconds.
fn cost_us(turns: &[(Round, Round)]) -> f64 {
    // Each round is compared with its neighbour, since a busy machine changes from minute to minute.
    let costs = turns.iter().map(|(without, with)| with.busy_us_a_record - without.busy_us_a_record);
    median(costs.collect()) / f64::from(WEBHOOKS)
}

fn who(buyers: usize) -> String {
    if buyers == 1 { "one buyer".to_owned() } else { format!("{buyers} buyers at once") }
}

impl Report {
    fn measured(&self) -> impl Iterator<Item = (String, &[(Round, Round)])> {
        BUYERS.into_iter().map(who).zip(self.turns.iter().map(Vec::as_slice))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| orders, each cancelled again | no webhook | {WEBHOOKS} idle webhooks |\n|---|--:|--:|")?;
        for (who, turns) in self.measured() {
            let (rate, rate_with) = medians(turns, |round| round.records_a_second);
            let (busy, busy_with) = medians(turns, |round| round.busy_us_a_record);
            writeln!(f, "| records a second, {who} | {rate:.0} | {rate_with:.0} |")?;
            writeln!(f, "| the host's processor time a record, {who} | {busy:.1} µs | {busy_with:.1} µs |")?;
        }
        let [many, ..] = &self.turns;
        let (memory, memory_with) = medians(many, |round| round.memory_mb);
        writeln!(f, "| the host's memory | {memory:.0} MB | {memory_with:.0} MB |\n")?;
        for (who, turns) in self.measured() {
            let cost = cost_us(turns);
            let mark = if cost < COST_US_MAX { '✓' } else { '✗' };
            write!(f, "- Processor time a record and webhook, {who}: {cost:.2} µs {mark} ")?;
            writeln!(f, "(target < {COST_US_MAX} µs)")?;
        }
        let (rounds, place) = (many.len(), self.place.display());
        let cores = if self.is_pinned { "the host on one core, buyers on another" } else { "all on the same cores" };
        writeln!(
            f,
            "- {rounds} rounds of each, taking turns; the cost is the median of the differences between neighbours. \
             Processes of their own, {cores}; the journal in `{place}`."
        )
    }
}
