//! Decisions in a stadium of 60,000 seats, from empty to full.

use boxoffice_examples::measure::{Stopwatch, median, progress, rate, thousands};
use boxoffice_seating::{Occupancy, Plan, Seating, Wish, best, samples};
use hdrhistogram::Histogram;

use crate::Failure;

/// How fast the decisions of one stream of parties are: medians of the rounds. Times in microseconds.
pub(crate) struct Decisions {
    pub(crate) name: &'static str,
    pub(crate) rate: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    pub(crate) max: f64,
    /// Number of decisions, and of those that split a party, of a round.
    pub(crate) count: usize,
    pub(crate) split: usize,
}

/// Fills the stadium in each round; `party` returns the size of the next party.
pub(crate) fn measure(
    name: &'static str,
    rounds: usize,
    party: fn(&mut fastrand::Rng) -> u16,
) -> Result<Decisions, Failure> {
    let plan = samples::stadium().import()?;
    let mut measured = [const { Vec::new() }; 4];
    let (mut count, mut split) = (0, 0);
    for round in 1..=rounds {
        let (figures, of_round, split_in_round) = fill(&plan, party)?;
        measured.iter_mut().zip(figures).for_each(|(all, figure)| all.push(figure));
        (count, split) = (of_round, split_in_round);
        progress(&format!("round {round} of {rounds}: {name}: {} decisions/s", thousands(figures[0])));
    }
    let [rate, p50, p99, max] = measured.map(|figures| median(&figures));
    Ok(Decisions { name, rate, p50, p99, max, count, split })
}

/// Fills the stadium once; returns rate and latencies, the number of decisions and of those that split a party.
#[expect(clippy::cast_precision_loss, reason = "latencies have a few digits that matter")]
fn fill(plan: &Plan, party: fn(&mut fastrand::Rng) -> u16) -> Result<([f64; 4], usize, usize), Failure> {
    let mut random = fastrand::Rng::with_seed(1);
    let mut occupancy = Occupancy::new(plan);
    let mut histogram = Histogram::<u64>::new_with_bounds(1, 10_000_000_000, 3)?;
    let (mut count, mut split) = (0, 0);
    let total = Stopwatch::start();
    while occupancy.counts().free > 0 {
        // Who is too many for what is left comes with fewer.
        let free = u16::try_from(occupancy.counts().free).unwrap_or(u16::MAX);
        let wish = Wish::new(party(&mut random).min(free));
        let watch = Stopwatch::start();
        let choice = best(&occupancy, &wish)?;
        occupancy.hold(&choice.seats)?;
        histogram.record(u64::try_from(watch.elapsed().as_nanos())?)?;
        count += 1;
        split += usize::from(choice.reasons.seating != Seating::Together);
    }
    let elapsed = total.elapsed();
    let micros = |quantile: f64| histogram.value_at_quantile(quantile) as f64 / 1000.0;
    Ok(([rate(count, elapsed), micros(0.5), micros(0.99), micros(1.0)], count, split))
}
