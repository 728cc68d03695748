//! Rounds that take turns, of which the median counts.

/// Returns the number of rounds: `BOXOFFICE_BENCH_ROUNDS`, or this many.
pub(crate) fn rounds(usual: usize) -> usize {
    std::env::var("BOXOFFICE_BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Returns the medians of a figure without something and with it.
pub(crate) fn medians<R>(turns: &[(R, R)], figure: impl Fn(&R) -> f64) -> (f64, f64) {
    let (without, with): (Vec<_>, Vec<_>) = turns.iter().map(|(without, with)| (figure(without), figure(with))).unzip();
    (median(without), median(with))
}
