//! Drawing of charts as SVG.

use std::fmt::Write;

use super::scale::{named, short, ticks};
use super::{Chart, Kind, Series, value};

/// Appends to the SVG text. Writing to a `String` never fails.
macro_rules! put {
    ($svg:expr, $($what:tt)*) => {{
        let _ = write!($svg, $($what)*);
    }};
}

/// Size of a drawing, in its own units. It is small, so that the text is readable on a phone.
const WIDTH: f64 = 420.0;
const HEIGHT: f64 = 232.0;

/// Margins of the plot, for its labels.
const LEFT: f64 = 44.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 24.0;

/// Maximum number of labels on the horizontal axis.
const NAMED_MAX: usize = 6;

/// Approximate width of a letter of the legend.
const LETTER: f64 = 6.2;

/// The mapping from values to positions.
struct Plot {
    points: usize,
    highest: f64,
}

impl Plot {
    /// Returns the horizontal centre of a point's slot.
    fn x(&self, at: usize) -> f64 {
        LEFT + self.slot() * (count(at) + 0.5)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value / self.highest).min(1.0)
    }

    /// Returns the width of a point's slot.
    fn slot(&self) -> f64 {
        (WIDTH - LEFT - RIGHT) / count(self.points.max(1))
    }
}

#[expect(clippy::cast_precision_loss, reason = "points of a chart, some hundreds")]
fn count(points: usize) -> f64 {
    points as f64
}

pub(super) fn draw(chart: &Chart) -> String {
    let ticks = ticks(chart.highest(), if chart.is_whole { 1.0 } else { 0.0 });
    let plot = Plot { points: chart.points.len(), highest: ticks.last().copied().unwrap_or(1.0) };
    let id = chart.id;
    let mut svg = format!(
        "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\
         <title id=\"{id}-title\">{}</title><desc id=\"{id}-desc\">{}</desc>",
        escaped(chart.title),
        escaped(&chart.description())
    );
    axes(&mut svg, chart, &plot, &ticks);
    match chart.kind {
        Kind::StackedBars => bars(&mut svg, chart, &plot),
        Kind::Lines | Kind::Area => {
            for (number, series) in chart.series.iter().enumerate() {
                line(&mut svg, series, number, &plot, chart.kind == Kind::Area);
            }
        }
    }
    if !chart.knows_anything() {
        let (x, y) = (LEFT + (WIDTH - LEFT - RIGHT) / 2.0, TOP + (HEIGHT - TOP - BOTTOM) / 2.0);
        put!(svg, "<text class=\"chart-none\" x=\"{x}\" y=\"{y}\">Nothing yet</text>");
    }
    legend(&mut svg, chart);
    svg.push_str("</svg>");
    svg
}

fn axes(svg: &mut String, chart: &Chart, plot: &Plot, ticks: &[f64]) {
    svg.push_str("<g class=\"chart-axis\">");
    for &tick in ticks {
        let (y, end, before) = (plot.y(tick), WIDTH - RIGHT, LEFT - 6.0);
        put!(svg, "<path class=\"chart-grid\" d=\"M{LEFT} {y:.1}H{end}\"/>");
        put!(svg, "<text class=\"chart-y\" x=\"{before}\" y=\"{:.1}\">{}</text>", y + 3.5, short(tick));
    }
    for at in named(chart.points.len(), NAMED_MAX) {
        let (x, y) = (plot.x(at), HEIGHT - 7.0);
        put!(svg, "<text class=\"chart-x\" x=\"{x:.1}\" y=\"{y}\">{}</text>", escaped(&chart.points[at]));
    }
    svg.push_str("</g>");
}

fn bars(svg: &mut String, chart: &Chart, plot: &Plot) {
    let width = (plot.slot() * 0.8).max(0.6);
    let mut below = vec![0.0; chart.points.len()];
    for (number, series) in chart.series.iter().enumerate() {
        put!(svg, "<path class=\"chart-bar chart-{}\" d=\"", number + 1);
        for (at, below) in below.iter_mut().enumerate() {
            let Some(value) = value(series, at).filter(|value| *value > 0.0) else { continue };
            let (bottom, top) = (plot.y(*below), plot.y(*below + value));
            let left = plot.x(at) - width / 2.0;
            put!(svg, "M{left:.1} {bottom:.1}V{top:.1}h{width:.1}V{bottom:.1}z");
            *below += value;
        }
        svg.push_str("\"/>");
    }
}

/// Draws a line with gaps where values are missing. A single point between gaps is a dot.
fn line(svg: &mut String, series: &Series, number: usize, plot: &Plot, filled: bool) {
    let (mut path, mut under, mut dots) = (String::new(), String::new(), String::new());
    for run in runs(series, plot.points) {
        let (Some((first, value)), Some((last, _))) = (run.first(), run.last()) else { continue };
        if first == last {
            // The path has almost no length; its round caps show the dot.
            put!(dots, "M{:.1} {:.1}h0.1", plot.x(*first), plot.y(*value));
            continue;
        }
        let floor = plot.y(0.0);
        put!(under, "M{:.1} {floor:.1}V{:.1}", plot.x(*first), plot.y(*value));
        for (nth, (at, value)) in run.iter().enumerate() {
            put!(path, "{}{:.1} {:.1}", if nth == 0 { 'M' } else { 'L' }, plot.x(*at), plot.y(*value));
            put!(under, "L{:.1} {:.1}", plot.x(*at), plot.y(*value));
        }
        put!(under, "H{:.1}V{floor:.1}z", plot.x(*last));
    }
    let class = number + 1;
    if filled {
        put!(svg, "<path class=\"chart-area chart-{class}\" d=\"{under}\"/>");
    }
    put!(svg, "<path class=\"chart-line chart-{class}\" d=\"{path}\"/>");
    put!(svg, "<path class=\"chart-line chart-{class} chart-point\" d=\"{dots}\"/>");
}

/// Returns the runs of consecutive known values, with their positions.
fn runs(series: &Series, points: usize) -> Vec<Vec<(usize, f64)>> {
    let known: Vec<_> = (0..points).filter_map(|at| Some((at, value(series, at)?))).collect();
    known.chunk_by(|(before, _), (after, _)| before + 1 == *after).map(<[_]>::to_vec).collect()
}

fn legend(svg: &mut String, chart: &Chart) {
    svg.push_str("<g class=\"chart-legend\">");
    let mut x = LEFT;
    for (number, series) in chart.series.iter().enumerate() {
        let class = number + 1;
        match chart.kind {
            Kind::StackedBars => put!(svg, "<path class=\"chart-bar chart-{class}\" d=\"M{x} 9h14v10h-14z\"/>"),
            Kind::Lines | Kind::Area => put!(svg, "<path class=\"chart-line chart-{class}\" d=\"M{x} 14h14\"/>"),
        }
        put!(svg, "<text x=\"{:.1}\" y=\"18\">{}</text>", x + 19.0, escaped(series.name));
        x += 19.0 + LETTER * count(series.name.chars().count()) + 14.0;
    }
    svg.push_str("</g>");
}

/// Escapes a text between tags.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
