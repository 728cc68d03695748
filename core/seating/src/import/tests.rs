//! Each fault once, and what its message says.

mod attributes;
mod csv;
mod pretix;

use super::{BYTES_MAX, tenths};
use crate::plan::{Plan, PlanError};

/// Returns the messages of all faults of a file that is refused.
#[track_caller]
fn faults(imported: Result<Plan, PlanError>) -> Vec<String> {
    let error = imported.expect_err("the file is refused");
    assert_eq!(error.count(), error.faults().len(), "{error}");
    error.faults().iter().map(ToString::to_string).collect()
}

#[test]
fn coordinates_are_rounded_to_tenths() {
    for (coordinate, expected) in [
        (0.0, 0),
        (-0.04, 0),
        (12.0, 120),
        (12.34, 123),
        (12.35, 124),
        (-12.36, -124),
        (1_000_000.0, 10_000_000),
        (1_000_000.1, 10_000_001),
        (f64::MAX, 10_000_001),
        (f64::INFINITY, 10_000_001),
        (f64::MIN, -10_000_001),
    ] {
        assert_eq!(tenths(coordinate), expected, "{coordinate}");
    }
}

#[test]
fn what_is_too_large_is_not_read() {
    let bytes = vec![b' '; BYTES_MAX + 1];
    let expected = ["plan: has 33554433 bytes, at most 33554432"];
    assert_eq!(faults(super::pretix(&bytes, None)), expected);
    assert_eq!(faults(super::csv(&bytes)), expected);
    let expected = ["attributes: has 33554433 bytes, at most 33554432"];
    assert_eq!(faults(super::pretix(b"{}", Some(bytes.as_slice()))), expected);
}
