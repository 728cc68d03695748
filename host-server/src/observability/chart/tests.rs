use super::scale::{named, ticks};
use super::{Chart, Kind, Row, Series, short};

fn chart(kind: Kind, series: &[(&'static str, &[Option<f64>])]) -> Chart {
    let points = series.iter().map(|(_, values)| values.len()).max().unwrap_or(0);
    Chart {
        id: "sales",
        title: "Sales & <more>",
        unit: "per minute",
        kind,
        is_whole: false,
        points: (0..points).map(|at| format!("12:{at:02}")).collect(),
        series: series.iter().map(|(name, values)| Series { name, values: values.to_vec() }).collect(),
    }
}

/// Checks that tags are closed in the right order and that every angle bracket belongs to a tag.
fn check_well_formed(svg: &str) {
    let mut open = Vec::new();
    let mut rest = svg;
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'), "{svg}");
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        assert!(!tag.contains('<') && tag.matches('"').count().is_multiple_of(2), "{tag}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{svg}"),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split(' ').next().unwrap()),
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty() && rest.is_empty(), "{svg}");
}

#[test]
fn axes_have_round_ticks_that_reach_the_highest_value() {
    let check = |highest: f64, expected: &[f64]| {
        let ticks = ticks(highest, 0.0);
        assert_eq!(ticks.len(), expected.len(), "{highest}: {ticks:?}");
        assert!(ticks.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9), "{highest}: {ticks:?}");
    };
    check(0.0, &[0.0, 1.0]);
    check(1.0, &[0.0, 0.5, 1.0]);
    check(4.0, &[0.0, 1.0, 2.0, 3.0, 4.0]);
    check(7.0, &[0.0, 2.0, 4.0, 6.0, 8.0]);
    check(0.03, &[0.0, 0.01, 0.02, 0.03]);
    assert_eq!(ticks(1.0, 1.0), [0.0, 1.0], "there is no half of an order");
    check(12_345.0, &[0.0, 5_000.0, 10_000.0, 15_000.0]);
    for highest in [1e-6, 0.013, 0.9, 3.3, 99.0, 1e4, 7e9] {
        let ticks = ticks(highest, 0.0);
        assert!(ticks.len() <= 6 && *ticks.last().unwrap() >= highest * 0.999, "{highest}: {ticks:?}");
    }
}

#[test]
fn numbers_are_short() {
    let cases = [
        (0.0, "0"),
        (0.0004, "0.0004"),
        (0.25, "0.25"),
        (1.5, "1.5"),
        (12.0, "12"),
        (100.0, "100"),
        (1_234.0, "1234"),
        (12_340.0, "12.3k"),
        (150_000.0, "150k"),
        (2_000_000.0, "2M"),
    ];
    for (value, text) in cases {
        assert_eq!(short(value), text);
    }
}

#[test]
fn the_last_point_is_always_named() {
    assert_eq!(named(5, 6).collect::<Vec<_>>(), [4, 3, 2, 1, 0]);
    assert_eq!(named(60, 6).collect::<Vec<_>>(), [59, 49, 39, 29, 19, 9]);
    assert_eq!(named(0, 6).count(), 0);
}

#[test]
fn drawings_are_well_formed_and_say_what_they_show() {
    for kind in [Kind::Lines, Kind::Area, Kind::StackedBars] {
        let svg = chart(kind, &[("sold", &[Some(1.0), None, Some(3.0)]), ("lost <b>", &[Some(2.0), Some(0.0), None])]);
        let svg = svg.svg();
        check_well_formed(&svg);
        assert!(svg.contains("<title id=\"sales-title\">Sales &amp; &lt;more&gt;</title>"), "{svg}");
        assert!(svg.contains("aria-labelledby=\"sales-title sales-desc\""), "{svg}");
        assert!(svg.contains("sold: 3 last, 3 at most. lost &lt;b&gt;: 0 last, 2 at most."), "{svg}");
        assert!(!svg.contains("style") && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    }
}

#[test]
fn nothing_known_is_a_drawing_too() {
    for kind in [Kind::Lines, Kind::Area, Kind::StackedBars] {
        let empty = chart(kind, &[]);
        check_well_formed(&empty.svg());
        assert!(empty.svg().contains(">Nothing yet</text>"));
        assert_eq!(empty.description(), "Nothing is known yet.");
        let unknown = chart(kind, &[("sold", &[None, None]), ("odd", &[Some(f64::NAN), Some(-1.0)])]);
        check_well_formed(&unknown.svg());
        assert!(!unknown.svg().contains("NaN"));
        assert_eq!(unknown.rows(), []);
    }
}

#[test]
fn lines_break_where_nothing_is_known() {
    let svg = chart(Kind::Lines, &[("sold", &[Some(1.0), Some(2.0), None, Some(1.0)])]).svg();
    let drawn =
        |class: &str| svg.split(&format!("<path class=\"{class}\" d=\"")).nth(1).unwrap().split('"').next().unwrap();
    let line = drawn("chart-line chart-1");
    assert_eq!((line.matches('M').count(), line.matches('L').count()), (1, 1), "{line}");
    let dots = drawn("chart-line chart-1 chart-point");
    assert!(dots.matches('M').count() == 1 && dots.ends_with("h0.1"), "a point alone is seen: {dots}");
}

#[test]
fn bars_stand_on_one_another() {
    let svg = chart(Kind::StackedBars, &[("sold", &[Some(1.0)]), ("lost", &[Some(1.0)])]).svg();
    let bar = |class: &str| {
        let path = svg.split(&format!("<path class=\"chart-bar {class}\" d=\"M")).nth(1).unwrap();
        let (bottom, rest) = path.split_once(' ').unwrap().1.split_once('V').unwrap();
        (bottom.to_owned(), rest.split_once('h').unwrap().0.to_owned())
    };
    let ((floor, middle), (second, top)) = (bar("chart-1"), bar("chart-2"));
    assert_eq!((floor.as_str(), &middle, top.as_str()), ("208.0", &second, "30.0"));
}

#[test]
fn the_table_has_the_latest_first() {
    let chart = chart(Kind::Lines, &[("sold", &[Some(1.0), None, Some(3.0)]), ("lost", &[None, None, Some(0.5)])]);
    let row =
        |point: &str, values: [&str; 2]| Row { point: point.to_owned(), values: values.map(str::to_owned).to_vec() };
    assert_eq!(chart.rows(), [row("12:02", ["3", "0.5"]), row("12:00", ["1", "–"])]);
}
