//! Axes: positions of ticks, and the format of numbers.

/// Maximum number of steps of an axis.
const STEPS_MAX: f64 = 4.0;

/// Returns the ticks of an axis from zero to at least `highest`. They are evenly spaced, by 1, 2 or 5 times a power of
/// ten and by at least `least`.
pub(super) fn ticks(highest: f64, least: f64) -> Vec<f64> {
    let wanted = if highest > 0.0 { (highest / STEPS_MAX).max(least) } else { 1.0 };
    let power = 10_f64.powf(wanted.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|times| times * power).into_iter().find(|step| *step >= wanted * 0.999);
    let step = step.unwrap_or(10.0 * power);
    let mut ticks = vec![0.0];
    let mut at = 0.0;
    while at < highest * 0.999 || ticks.len() == 1 {
        at += step;
        ticks.push(at);
    }
    ticks
}

/// Formats a number briefly: `0`, `0.25`, `1.5`, `12`, `3.4k`, `12M`.
pub(crate) fn short(value: f64) -> String {
    let (value, unit) = match value {
        large if large >= 999_500.0 => (large / 1e6, "M"),
        large if large >= 9_999.5 => (large / 1e3, "k"),
        small => (small, ""),
    };
    let decimals = match value {
        one if one >= 99.95 => 0,
        one if one >= 9.995 => 1,
        one if one >= 0.1 => 2,
        _ => 4,
    };
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{text}{unit}")
}

/// Returns the points that have a label on the axis, in descending order. They are at most `max`, evenly spaced, and
/// include the last point.
pub(super) fn named(points: usize, max: usize) -> impl Iterator<Item = usize> {
    let step = points.div_ceil(max.max(1)).max(1);
    (0..points).rev().step_by(step)
}
