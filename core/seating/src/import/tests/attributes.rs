//! Attributes beside a plan, with one mistake each.

use super::faults;
use crate::import::pretix;
use crate::plan::{Plan, PlanError, Point};

const PLAN: &str = r#"{
  "name": "Hall",
  "size": { "width": 100, "height": 100 },
  "categories": [{ "name": "Seats" }],
  "zones": [
    {
      "name": "Floor",
      "position": { "x": 0, "y": 0 },
      "rows": [{
        "row_number": "A",
        "seats": [
          { "seat_guid": "A-1", "seat_number": "1", "position": { "x": 0, "y": 0 }, "category": "Seats" },
          { "seat_guid": "A-2", "seat_number": "2", "position": { "x": 25, "y": 0 }, "category": "Seats" },
          { "seat_guid": "A-3", "seat_number": "3", "position": { "x": 50, "y": 0 }, "category": "Seats" }
        ]
      }]
    },
    { "name": "Gallery", "position": { "x": 0, "y": 50 }, "rows": [] }
  ]
}"#;

fn import(attributes: &str) -> Result<Plan, PlanError> {
    pretix(PLAN.as_bytes(), Some(attributes.as_bytes()))
}

#[track_caller]
fn check(attributes: &str, expected: &[&str]) {
    assert_eq!(faults(import(attributes)), expected, "{attributes}");
}

#[test]
fn attributes_are_taken_over() {
    let plan = import(
        r#"{
          "zones": { "Floor": { "focalPoint": { "x": 25, "y": -9.5 }, "entrance": "Main door" }, "Gallery": {} },
          "seats": {
            "A-1": { "accessible": true, "entrance": "Ramp" },
            "A-2": { "companionOf": "A-1", "restrictedView": false },
            "A-3": { "accessible": false, "restrictedView": true }
          }
        }"#,
    );
    let plan = plan.unwrap();
    let zone = plan.zones().next().unwrap();
    assert_eq!((zone.focal_point, zone.entrance), (Point { x: 250, y: -95 }, Some("Main door")));
    let seats: Vec<_> = plan.seats().collect();
    assert_eq!(seats.iter().map(|seat| seat.accessible).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(seats.iter().map(|seat| seat.restricted_view).collect::<Vec<_>>(), [false, false, true]);
    assert_eq!(seats.iter().map(|seat| seat.companion_of).collect::<Vec<_>>(), [None, plan.find("A-1"), None]);
    let entrances: Vec<_> = seats.iter().map(|seat| seat.entrance.unwrap_or_default()).collect();
    assert_eq!(entrances, ["Ramp", "Main door", "Main door"]);
}

#[test]
fn nothing_has_to_be_there() {
    let without = pretix(PLAN.as_bytes(), None).unwrap();
    for attributes in ["{}", r#"{"seats":{},"zones":{}}"#, r#"{"seats":{"A-1":{}},"zones":{"Floor":{}}}"#] {
        assert_eq!(import(attributes).unwrap(), without, "{attributes}");
    }
}

#[test]
fn unknown_names_are_refused() {
    check(r#"{"rows":{}}"#, &["attributes: \"rows\" is not known here"]);
    check(r#"{"seats":{"A-1":{"price":1}}}"#, &["attributes.seats[\"A-1\"]: \"price\" is not known here"]);
    check(r#"{"zones":{"Floor":{"color":1}}}"#, &["attributes.zones[\"Floor\"]: \"color\" is not known here"]);
    check(
        r#"{"seats":{"a-1":{},"A-9":{}}}"#,
        &["attributes.seats: there is no seat \"A-9\"", "attributes.seats: there is no seat \"a-1\""],
    );
    check(r#"{"zones":{"Balcony":{}}}"#, &["attributes.zones: there is no zone \"Balcony\""]);
}

#[test]
fn values_of_a_wrong_type_are_refused() {
    check("[]", &["attributes: is no object"]);
    check(r#"{"seats":[]}"#, &["attributes: \"seats\" is no object"]);
    check(r#"{"zones":1}"#, &["attributes: \"zones\" is no object"]);
    check(r#"{"seats":{"A-1":true}}"#, &["attributes.seats: \"A-1\" is no object"]);
    let seat = "attributes.seats[\"A-1\"]";
    for (attribute, expected) in [
        (r#""accessible":"yes""#, "\"accessible\" is neither true nor false"),
        (r#""restrictedView":1"#, "\"restrictedView\" is neither true nor false"),
        (r#""companionOf":2"#, "\"companionOf\" is no text"),
        (r#""entrance":null"#, "\"entrance\" is no text"),
    ] {
        check(&format!(r#"{{"seats":{{"A-1":{{{attribute}}}}}}}"#), &[&*format!("{seat}: {expected}")]);
    }
    let zone = "attributes.zones[\"Floor\"]";
    for (attribute, expected) in [
        (r#""focalPoint":1"#, ": \"focalPoint\" is no object"),
        (r#""focalPoint":{"x":1}"#, ".focalPoint: \"y\" is missing"),
        (r#""entrance":{}"#, ": \"entrance\" is no text"),
    ] {
        check(&format!(r#"{{"zones":{{"Floor":{{{attribute}}}}}}}"#), &[&*format!("{zone}{expected}")]);
    }
    check(
        r#"{"zones":{"Floor":{"focalPoint":{"x":0,"y":1e9}}}}"#,
        &["zones[0]: the focal point is beyond the limit of 10000000"],
    );
}

#[test]
fn what_comes_twice_is_refused() {
    check(r#"{"seats":{"A-1":{},"A-1":{}}}"#, &["attributes.seats: \"A-1\" is there twice"]);
    check(r#"{"zones":{"Floor":{},"Floor":{}}}"#, &["attributes.zones: \"Floor\" is there twice"]);
    check(
        r#"{"seats":{"A-1":{"accessible":true,"accessible":false}}}"#,
        &["attributes.seats[\"A-1\"]: \"accessible\" is there twice"],
    );
}

#[test]
fn companions_belong_to_accessible_places() {
    let place = "zones[0].rows[0].seats[1]";
    for (id, expected) in [
        ("A-9", format!("{place}: there is no seat \"A-9\"")),
        ("A-1", format!("{place}: \"A-1\", whose companion this is, is no other accessible place")),
        ("A-2", format!("{place}: \"A-2\", whose companion this is, is no other accessible place")),
    ] {
        check(&format!(r#"{{"seats":{{"A-2":{{"companionOf":"{id}"}}}}}}"#), &[&*expected]);
    }
}

#[test]
fn a_file_that_is_no_json_is_refused() {
    check("{\n]", &["attributes, line 2: key must be a string, in column 1"]);
    check("", &["attributes, line 1: EOF while parsing a value, in column 0"]);
}
