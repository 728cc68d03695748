//! Charts, rendered on the server as SVG.
//!
//! A drawing has classes and no colours, because the content security policy forbids inline styles. The stylesheet sets
//! the colours of the light and the dark theme. The title and the description contain the same information in words,
//! and [`Chart::rows`] in numbers.

mod draw;
mod scale;

#[cfg(test)]
mod tests;

use std::fmt::Write;

pub(crate) use scale::short;

/// The form of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line for each series.
    Lines,
    /// A line with the area below it filled.
    Area,
    /// A stacked bar of all series for each point.
    StackedBars,
}

/// A series of values, one for each point of the chart; `None` for unknown values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    pub(crate) values: Vec<Option<f64>>,
}

/// A chart to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chart {
    /// Id of the chart, unique on its page: letters, digits and `-`.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// Unit of the values, such as `per minute`.
    pub(crate) unit: &'static str,
    pub(crate) kind: Kind,
    /// `true` if the values, and so the axis's ticks, are whole numbers.
    pub(crate) is_whole: bool,
    /// Labels of the points, such as `12:05`.
    pub(crate) points: Vec<String>,
    pub(crate) series: Vec<Series>,
}

/// A row of a chart's table: a point with its values.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) point: String,
    pub(crate) values: Vec<String>,
}

impl Chart {
    /// Returns the drawing as SVG.
    pub(crate) fn svg(&self) -> String {
        draw::draw(self)
    }

    /// Returns the points with their values, the latest first, without points that have no known value.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let known = |at: &usize| self.series.iter().any(|series| value(series, *at).is_some());
        let row = |at: usize| Row {
            point: self.points[at].clone(),
            values: self.series.iter().map(|series| value(series, at).map_or("–".to_owned(), short)).collect(),
        };
        (0..self.points.len()).rev().filter(known).map(row).collect()
    }

    /// Returns a description of the chart, with a sentence for each series.
    pub(crate) fn description(&self) -> String {
        let (Some(first), Some(last)) = (self.points.first(), self.points.last()) else {
            return "Nothing is known yet.".to_owned();
        };
        let mut text = format!("From {first} to {last}, {}.", self.unit);
        for series in &self.series {
            let known = || series.values.iter().flatten();
            let Some(latest) = known().next_back() else {
                let _ = write!(text, " {}: nothing is known yet.", series.name);
                continue;
            };
            let highest = known().fold(0.0_f64, |highest, value| highest.max(*value));
            let _ = write!(text, " {}: {} last, {} at most.", series.name, short(*latest), short(highest));
        }
        text
    }

    /// Returns `true` if the chart has any value.
    fn knows_anything(&self) -> bool {
        (0..self.points.len()).any(|at| self.series.iter().any(|series| value(series, at).is_some()))
    }

    /// Returns the highest value, or the highest sum of a bar.
    fn highest(&self) -> f64 {
        let at_point = |at: usize| {
            let values = self.series.iter().filter_map(|series| value(series, at));
            if self.kind == Kind::StackedBars { values.sum() } else { values.fold(0.0_f64, f64::max) }
        };
        (0..self.points.len()).map(at_point).fold(0.0, f64::max)
    }
}

/// Returns a series' value at a point. Negative values and those that are not finite count as unknown.
fn value(series: &Series, at: usize) -> Option<f64> {
    series.values.get(at).copied().flatten().filter(|value| value.is_finite() && *value >= 0.0)
}
