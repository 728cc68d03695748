//! Time, medians and formatted numbers.

use std::io::Write as _;
use std::time::{Duration, Instant};

/// A stopwatch of real time.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts a stopwatch.
    #[expect(clippy::disallowed_methods, reason = "what is measured here is the real time that something takes")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Returns the time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// Returns the rate per second of `count` operations since the start.
    pub fn rate(self, count: usize) -> f64 {
        rate(count, self.elapsed())
    }
}

/// Returns the rate per second of `count` operations in `elapsed`.
#[expect(clippy::cast_precision_loss, reason = "a rate has three digits that matter")]
pub fn rate(count: usize, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64().max(f64::MIN_POSITIVE)
}

/// Returns the median, or 0 of no values.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    match (sorted.get(sorted.len() / 2), sorted.len() % 2) {
        (None, _) => 0.0,
        (Some(upper), 1) => *upper,
        (Some(upper), _) => f64::midpoint(sorted[sorted.len() / 2 - 1], *upper),
    }
}

/// Returns the numbers below `len` in a pseudorandom order that is the same every time.
pub fn shuffled(len: usize) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..len).collect();
    let mut random = fastrand::Rng::with_seed(1);
    random.shuffle(&mut numbers);
    numbers
}

/// Formats a number without decimals, with a comma after every third digit.
pub fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut grouped = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) && grouped != "-" {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Formats a figure with its lower target.
pub fn at_least(figure: f64, target: f64, unit: &str) -> String {
    let mark = if figure >= target { '✓' } else { '✗' };
    format!("{figure:.2}{unit} {mark} (target ≥ {target}{unit})")
}

/// Returns a number from the environment, or the default.
pub fn from_env(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Prints a benchmark's result between the markers by which `cargo xtask bench --write` finds it.
///
/// # Errors
/// An I/O error if standard output is closed.
pub fn print_section(name: &str, markdown: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "<!-- bench:{name} -->\n{}\n<!-- /bench:{name} -->", markdown.trim_end())
}

/// Prints the current activity to standard error.
pub fn progress(what: &str) {
    // A closed standard error loses only progress messages.
    let _ = writeln!(std::io::stderr(), "  {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        let cases: [(&[f64], f64); 4] = [(&[], 0.0), (&[3.0], 3.0), (&[9.0, 1.0, 2.0], 2.0), (&[4.0, 1.0], 2.5)];
        for (values, expected) in cases {
            assert!((median(values) - expected).abs() < f64::EPSILON, "{values:?}");
        }
    }

    #[test]
    fn thousands_are_grouped() {
        for (number, expected) in
            [(0.0, "0"), (999.4, "999"), (1000.0, "1,000"), (1_234_567.0, "1,234,567"), (-123.0, "-123")]
        {
            assert_eq!(thousands(number), expected);
        }
    }
}
