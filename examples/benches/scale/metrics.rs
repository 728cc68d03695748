//! Named metrics, which one process passes to another.

use std::collections::BTreeMap;
use std::io::Write as _;

/// Measurements of one journal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metrics {
    pub(crate) orders: u64,
    values: BTreeMap<String, f64>,
    /// Reservations a second, one for each round.
    pub(crate) rates: Vec<f64>,
}

/// Prefix of a line with a figure.
const MARK: &str = "figure ";

impl Metrics {
    pub(crate) fn new(orders: u64) -> Self {
        Self { orders, ..Self::default() }
    }

    /// Returns the figure, or 0 if it was not measured.
    pub(crate) fn get(&self, name: &str) -> f64 {
        self.values.get(name).copied().unwrap_or_default()
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.values.extend(more.values);
    }

    pub(crate) fn to_lines(&self) -> String {
        let line = |(name, value): (&String, &f64)| format!("{MARK}{name} {value}");
        self.values.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn from_lines(orders: u64, lines: &str) -> Self {
        let mut metrics = Self::new(orders);
        for line in lines.lines() {
            let figure = line.strip_prefix(MARK).and_then(|figure| figure.split_once(' '));
            if let Some((name, value)) = figure
                && let Ok(value) = value.parse()
            {
                metrics.values.insert(name.to_owned(), value);
            }
        }
        metrics
    }
}

/// Reports a figure to the parent process.
pub(crate) fn tell(name: &str, value: f64) {
    // If this fails, the parent process is gone.
    let _ = writeln!(std::io::stdout(), "{MARK}{name} {value}");
}
