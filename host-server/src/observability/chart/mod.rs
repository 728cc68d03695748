//! Charts, drawn on the server as SVG.
//!
//! A drawing has classes and no colours: the stylesheet gives it those of the light or the dark theme, and the content security
//! policy allows no style in the page. Its title and description say the same in words, and [`Chart::rows`] in numbers.

mod draw;
mod scale;

#[cfg(test)]
mod tests;

use std::fmt::Write;

pub(crate) use scale::short;

/// How the values of a chart are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A line for each series.
    Lines,
    /// A line with what is under it filled.
    Area,
    /// A bar for each point, made of all series one on another.
    StackedBars,
}

/// Values of one kind, one for each point of the chart; none where nothing is known.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    pub(crate) values: Vec<Option<f64>>,
}

/// What is to be drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chart {
    /// Unique on its page: letters, digits and `-`.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// What the values are, such as `per minute`.
    pub(crate) unit: &'static str,
    pub(crate) kind: Kind,
    /// Whether values are whole numbers, and so are the ticks of the axis.
    pub(crate) is_whole: bool,
    /// What each point is called, such as `12:05`.
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
    /// The drawing.
    pub(crate) fn svg(&self) -> String {
        draw::draw(self)
    }

    /// The values, the latest first, without points of which nothing is known.
    pub(crate) fn rows(&self) -> Vec<Row> {
        let known = |at: &usize| self.series.iter().any(|series| value(series, *at).is_some());
        let row = |at: usize| Row {
            point: self.points[at].clone(),
            values: self.series.iter().map(|series| value(series, at).map_or("–".to_owned(), short)).collect(),
        };
        (0..self.points.len()).rev().filter(known).map(row).collect()
    }

    /// What the chart shows, in a sentence for each series.
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

    /// Whether there is any value to show.
    fn knows_anything(&self) -> bool {
        (0..self.points.len()).any(|at| self.series.iter().any(|series| value(series, at).is_some()))
    }

    /// The largest value that is shown, all series of a bar taken together.
    fn highest(&self) -> f64 {
        let at_point = |at: usize| {
            let values = self.series.iter().filter_map(|series| value(series, at));
            if self.kind == Kind::StackedBars { values.sum() } else { values.fold(0.0_f64, f64::max) }
        };
        (0..self.points.len()).map(at_point).fold(0.0, f64::max)
    }
}

/// A series' value at a point. What is no number, or below zero, is nothing that these charts know.
fn value(series: &Series, at: usize) -> Option<f64> {
    series.values.get(at).copied().flatten().filter(|value| value.is_finite() && *value >= 0.0)
}
