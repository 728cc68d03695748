//! Plans of pretix with one mistake each.

use serde_json::{Value, json};

use super::faults;
use crate::import::pretix;
use crate::plan::{PlanFault, Point};

fn seat(id: &str, number: &str, x: f64, category: &str) -> Value {
    json!({ "seat_guid": id, "seat_number": number, "position": { "x": x, "y": 0 }, "category": category })
}

/// Returns a plan with all that there is in pretix's format.
fn document() -> Value {
    let position = |x: f64, y: f64| json!({ "x": x, "y": y });
    let area = json!({
        "color": "#333", "border_color": "#444", "rotation": 0.5, "position": position(1.0, 2.0), "uuid": "4",
        "shape": "text",
        "polygon": { "points": [position(0.0, 0.0), position(1.5, 1.0)] },
        "rectangle": { "width": 1.5, "height": 2 },
        "ellipse": { "radius": position(1.0, 2.0) },
        "circle": { "radius": 4.5 },
        "text": { "text": "Bar", "color": "white", "size": 16, "position": position(0.0, 0.0) },
    });
    let mut first = seat("F-A-1", "1", 0.0, "Front");
    first["uuid"] = json!("5");
    first["radius"] = json!(10.5);
    first["start_direction"] = json!("<>");
    let rows = [
        json!({
            "row_number": "A", "row_label": "Row %s", "seat_label": null, "row_number_position": "both", "uuid": "2",
            "position": position(1.0, 2.0), "seats": [first, seat("F-A-2", "2", 25.0, "Front")],
        }),
        json!({
            "row_number": "B", "row_label": null, "seat_label": "Chair %s of %s", "row_number_position": null,
            "seats": [seat("F-B-1", "1", 0.0, "Front")],
        }),
    ];
    let floor = json!({
        "name": "Floor", "zone_id": "F", "uuid": "1", "position": position(10.0, 20.5), "areas": [area], "rows": rows,
    });
    let gallery = json!({
        "name": "Gallery", "position": position(0.0, 90.0),
        "rows": [{ "row_number": "1", "seats": [seat("G-1-1", "1", 0.25, "Back")] }],
    });
    json!({
        "name": "Hall",
        "size": { "width": 200, "height": 100.0 },
        "categories": [{ "name": "Front", "color": "#1f5f7a" }, { "name": "Back" }],
        "zones": [floor, gallery],
    })
}

fn import(document: &Value) -> Vec<String> {
    faults(pretix(document.to_string().as_bytes(), None))
}

/// Checks what is said about the plan if a value is another.
#[track_caller]
fn check(pointer: &str, value: Value, expected: &[&str]) {
    let mut document = document();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value,
        object => object[name] = value,
    }
    assert_eq!(import(&document), expected, "{pointer}");
}

/// Checks what is said about the plan without a property.
#[track_caller]
fn check_without(pointer: &str, expected: &[&str]) {
    let mut document = document();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let removed = document.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name);
    assert!(removed.is_some(), "{pointer}");
    assert_eq!(import(&document), expected, "{pointer}");
}

#[test]
fn a_plan_is_taken_over() {
    let plan = pretix(document().to_string().as_bytes(), None).unwrap();
    assert_eq!((plan.name(), plan.size().width, plan.size().height), ("Hall", 200, 100));
    let categories: Vec<_> = plan.categories().iter().map(|category| (&*category.name, category.color)).collect();
    assert_eq!(categories, [("Front", [0x1f, 0x5f, 0x7a]), ("Back", [0xe6, 0x9f, 0x00])]);
    let zones: Vec<_> = plan.zones().map(|zone| (zone.name, zone.rows_len, zone.entrance)).collect();
    assert_eq!(zones, [("Floor", 2, None), ("Gallery", 1, None)]);
    let rows: Vec<_> = plan.rows().map(|row| (row.label, row.zone.0, row.seats_len)).collect();
    assert_eq!(rows, [("Row A", 0, 2), ("B", 0, 1), ("1", 1, 1)]);
    let seats: Vec<_> = plan.seats().map(|seat| (seat.id, seat.label, seat.category.0, seat.position)).collect();
    let point = |x, y| Point { x, y };
    assert_eq!(
        seats,
        [
            ("F-A-1", "1", 0, point(110, 225)),
            ("F-A-2", "2", 0, point(360, 225)),
            ("F-B-1", "Chair 1 of 1", 0, point(100, 205)),
            ("G-1-1", "1", 1, point(3, 900)),
        ]
    );
}

#[test]
fn a_byte_order_mark_is_skipped() {
    let text = format!("\u{feff}{}", document());
    assert_eq!(pretix(text.as_bytes(), None).unwrap().seats_len(), 4);
}

#[test]
fn unknown_properties_are_refused_by_name() {
    for (pointer, expected) in [
        ("/colour", "plan: \"colour\" is not known here"),
        ("/size/depth", "size: \"depth\" is not known here"),
        ("/categories/1/price", "categories[1]: \"price\" is not known here"),
        ("/zones/0/focalPoint", "zones[0]: \"focalPoint\" is not known here"),
        ("/zones/0/position/z", "zones[0].position: \"z\" is not known here"),
        ("/zones/0/rows/1/curve", "zones[0].rows[1]: \"curve\" is not known here"),
        ("/zones/0/rows/0/seats/1/accessible", "zones[0].rows[0].seats[1]: \"accessible\" is not known here"),
        ("/zones/0/rows/0/seats/1/position/z", "zones[0].rows[0].seats[1].position: \"z\" is not known here"),
        ("/zones/0/areas/0/opacity", "zones[0].areas[0]: \"opacity\" is not known here"),
        ("/zones/0/areas/0/polygon/points/1/z", "zones[0].areas[0].polygon.points[1]: \"z\" is not known here"),
        ("/zones/0/areas/0/rectangle/x", "zones[0].areas[0].rectangle: \"x\" is not known here"),
        ("/zones/0/areas/0/ellipse/x", "zones[0].areas[0].ellipse: \"x\" is not known here"),
        ("/zones/0/areas/0/circle/x", "zones[0].areas[0].circle: \"x\" is not known here"),
        ("/zones/0/areas/0/text/font", "zones[0].areas[0].text: \"font\" is not known here"),
    ] {
        check(pointer, json!(1), &[expected]);
    }
}

#[test]
fn missing_properties_are_named() {
    for (pointer, expected) in [
        ("/name", "plan: \"name\" is missing"),
        ("/size", "plan: \"size\" is missing"),
        ("/zones", "plan: \"zones\" is missing"),
        ("/size/width", "size: \"width\" is missing"),
        ("/categories/1/name", "categories[1]: \"name\" is missing"),
        ("/zones/1/name", "zones[1]: \"name\" is missing"),
        ("/zones/1/position", "zones[1]: \"position\" is missing"),
        ("/zones/1/position/y", "zones[1].position: \"y\" is missing"),
        ("/zones/1/rows", "zones[1]: \"rows\" is missing"),
        ("/zones/0/rows/0/row_number", "zones[0].rows[0]: \"row_number\" is missing"),
        ("/zones/0/rows/0/seats", "zones[0].rows[0]: \"seats\" is missing"),
        ("/zones/0/rows/0/seats/0/seat_guid", "zones[0].rows[0].seats[0]: \"seat_guid\" is missing"),
        ("/zones/0/rows/0/seats/0/seat_number", "zones[0].rows[0].seats[0]: \"seat_number\" is missing"),
        ("/zones/0/rows/0/seats/0/position", "zones[0].rows[0].seats[0]: \"position\" is missing"),
        ("/zones/0/rows/0/seats/0/category", "zones[0].rows[0].seats[0]: \"category\" is missing"),
        ("/zones/0/areas/0/polygon/points", "zones[0].areas[0].polygon: \"points\" is missing"),
        ("/zones/0/areas/0/rectangle/height", "zones[0].areas[0].rectangle: \"height\" is missing"),
        ("/zones/0/areas/0/ellipse/radius", "zones[0].areas[0].ellipse: \"radius\" is missing"),
        ("/zones/0/areas/0/circle/radius", "zones[0].areas[0].circle: \"radius\" is missing"),
        ("/zones/0/areas/0/text/position", "zones[0].areas[0].text: \"position\" is missing"),
    ] {
        let mut expected = vec![expected];
        if pointer == "/categories/1/name" {
            expected.push("zones[1].rows[0].seats[0]: there is no category \"Back\"");
        }
        check_without(pointer, &expected);
    }
}

#[test]
fn values_of_a_wrong_type_are_refused() {
    for (pointer, expected) in [
        ("/name", "plan: \"name\" is no text"),
        ("/size", "plan: \"size\" is no object"),
        ("/size/width", "size: \"width\" is no number"),
        ("/zones", "plan: \"zones\" is no list"),
        ("/zones/1", "plan: \"zones[1]\" is no object"),
        ("/categories/0/color", "categories[0]: \"color\" is no text"),
        ("/zones/0/zone_id", "zones[0]: \"zone_id\" is no text"),
        ("/zones/0/uuid", "zones[0]: \"uuid\" is no text"),
        ("/zones/0/position/x", "zones[0].position: \"x\" is no number"),
        ("/zones/0/areas", "zones[0]: \"areas\" is no list"),
        ("/zones/0/rows/1", "zones[0]: \"rows[1]\" is no object"),
        ("/zones/0/rows/0/row_number", "zones[0].rows[0]: \"row_number\" is no text"),
        ("/zones/0/rows/0/row_label", "zones[0].rows[0]: \"row_label\" is no text"),
        ("/zones/0/rows/0/seat_label", "zones[0].rows[0]: \"seat_label\" is no text"),
        ("/zones/0/rows/0/uuid", "zones[0].rows[0]: \"uuid\" is no text"),
        ("/zones/0/rows/0/seats", "zones[0].rows[0]: \"seats\" is no list"),
        ("/zones/0/rows/0/seats/1", "zones[0].rows[0]: \"seats[1]\" is no object"),
        ("/zones/0/rows/0/seats/1/seat_guid", "zones[0].rows[0].seats[1]: \"seat_guid\" is no text"),
        ("/zones/0/rows/0/seats/1/uuid", "zones[0].rows[0].seats[1]: \"uuid\" is no text"),
        ("/zones/0/rows/0/seats/1/radius", "zones[0].rows[0].seats[1]: \"radius\" is no number"),
        ("/zones/0/rows/0/seats/1/start_direction", "zones[0].rows[0].seats[1]: \"start_direction\" is no text"),
        ("/zones/0/areas/0", "zones[0]: \"areas[0]\" is no object"),
        ("/zones/0/areas/0/rotation", "zones[0].areas[0]: \"rotation\" is no number"),
        ("/zones/0/areas/0/shape", "zones[0].areas[0]: \"shape\" is no text"),
        ("/zones/0/areas/0/text/size", "zones[0].areas[0].text: \"size\" is no number"),
    ] {
        check(pointer, json!(true), &[expected]);
    }
}

#[test]
fn width_and_height_are_whole_numbers() {
    check("/size/width", json!(200.5), &["size: \"width\" is no whole number"]);
    check("/size/height", json!(-1), &["size: \"height\" is negative or too large"]);
    check("/size/height", json!(1e300), &["size: \"height\" is negative or too large"]);
    check("/size/height", json!(1_000_001), &["plan: the size is beyond the limit of 1000000"]);
}

#[test]
fn ids_are_unique_and_of_some_length() {
    let id = "/zones/0/rows/0/seats/1/seat_guid";
    check(id, json!("x"), &["zones[0].rows[0].seats[1]: the id \"x\" has 1 characters; ids have 2 to 64"]);
    check(id, json!(""), &["zones[0].rows[0].seats[1]: the id \"\" has 0 characters; ids have 2 to 64"]);
    for text in [" F-A-2", "F-A-2 ", "\u{a0}F-A-2"] {
        check(id, json!(text), &["zones[0].rows[0].seats[1]: \"seat_guid\" begins or ends with a space"]);
    }
    check(
        "/zones/1/rows/0/seats/0/seat_guid",
        json!("F-A-1"),
        &["zones[1].rows[0].seats[0]: the id \"F-A-1\" is that of zones[0].rows[0].seats[0] already"],
    );
}

#[test]
fn categories_exist_once() {
    check(
        "/zones/0/rows/0/seats/1/category",
        json!("Font"),
        &["zones[0].rows[0].seats[1]: there is no category \"Font\""],
    );
    let doubled = "categories[1]: the category \"Front\" is there already: categories[0]";
    let unknown = "zones[1].rows[0].seats[0]: there is no category \"Back\"";
    check("/categories/1/name", json!("Front"), &[doubled, unknown]);
    check("/categories/0/color", json!("blue"), &["categories[0]: \"color\" is no color such as #1f5f7a"]);
}

#[test]
fn seats_can_be_told_apart() {
    check(
        "/zones/0/rows/0/seats/1/seat_number",
        json!("1"),
        &["zones[0].rows[0].seats[1]: zone \"Floor\", row \"Row A\", seat \"1\" is zones[0].rows[0].seats[0] already"],
    );
}

#[test]
fn closed_sets_are_closed() {
    check(
        "/zones/0/rows/0/row_number_position",
        json!("left"),
        &["zones[0].rows[0]: \"row_number_position\" is none of start, end, both and null"],
    );
    check(
        "/zones/0/areas/0/shape",
        json!("star"),
        &["zones[0].areas[0]: \"shape\" is none of polygon, rectangle, ellipse, circle and text"],
    );
}

#[test]
fn faults_that_the_builder_finds_have_the_path_of_the_document() {
    let seat = "/zones/0/rows/0/seats/1";
    let place = "zones[0].rows[0].seats[1]";
    check(&format!("{seat}/seat_number"), json!(""), &[&*format!("{place}: the label is empty")]);
    check(&format!("{seat}/seat_number"), json!("1\n2"), &[&*format!("{place}: the label has control characters")]);
    let beyond = format!("{place}: the position is beyond the limit of 10000000");
    check(&format!("{seat}/position/x"), json!(2e6), &[&*beyond]);
    check(&format!("{seat}/position/x"), json!(-1e300), &[&*beyond]);
    check("/zones/1/rows/0/seats", json!([]), &["zones[1].rows[0]: the row is empty"]);
    check("/zones/1/name", json!(" "), &["zones[1]: the name is empty"]);
    check("/name", json!(""), &["plan: the name is empty"]);
}

#[test]
fn what_cannot_be_read_does_not_move_the_paths_of_the_rest() {
    let mut document = document();
    document["zones"][0]["rows"][0]["seats"][0] = json!(1);
    document["zones"][0]["rows"][0]["seats"][1]["category"] = json!("Font");
    document["zones"][0]["rows"][1] = json!(2);
    document["zones"][1]["rows"][0]["seats"][0]["seat_guid"] = json!("x");
    let expected = [
        "zones[0].rows[0]: \"seats[0]\" is no object",
        "zones[0].rows[0].seats[1]: there is no category \"Font\"",
        "zones[0]: \"rows[1]\" is no object",
        "zones[1].rows[0].seats[0]: the id \"x\" has 1 characters; ids have 2 to 64",
    ];
    assert_eq!(import(&document), expected);
}

#[test]
fn a_property_that_comes_twice_is_refused() {
    let text = document().to_string();
    for (once, expected) in [
        ("\"name\":\"Hall\"", "plan: \"name\" is there twice"),
        ("\"seat_guid\":\"F-A-2\"", "zones[0].rows[0].seats[1]: \"seat_guid\" is there twice"),
    ] {
        assert!(text.contains(once), "{text}");
        let twice = text.replacen(once, &format!("{once},{once}"), 1);
        assert_eq!(faults(pretix(twice.as_bytes(), None)), [expected]);
    }
}

#[test]
fn labels_do_not_grow_without_bound() {
    let row = |label: &str, number: &str| {
        let mut document = document();
        document["zones"][0]["rows"][0]["row_label"] = json!(label);
        document["zones"][0]["rows"][0]["row_number"] = json!(number);
        import(&document)
    };
    let too_long = |chars: usize| format!("zones[0].rows[0]: the label has {chars} characters, at most 200");
    assert_eq!(row(&"%s".repeat(100_000), &"9".repeat(100_000)), [too_long(100_000)]);
    assert_eq!(row(&"%s".repeat(100_000), "9"), [too_long(200_000)]);
    assert_eq!(row("Row %s", &"9".repeat(100_000)), [too_long(100_000)]);
    assert_eq!(row("%s%s%s", &"9".repeat(67)), [too_long(201)]);
    // Two of the numbers are told, and not half a million digits.
    assert_eq!(row(&"%s".repeat(500), &"9".repeat(1000)), [too_long(2 * 1000 + 498 * 2)]);
}

#[test]
fn what_is_no_json_is_refused() {
    for (text, expected) in [
        ("", "line 1: EOF while parsing a value, in column 0"),
        ("{\n\"name\": }", "line 2: expected value, in column 9"),
        ("{} {}", "line 1: trailing characters, in column 4"),
        ("{\"name\":1e999}", "line 1: number out of range, in column 13"),
    ] {
        assert_eq!(faults(pretix(text.as_bytes(), None)), [expected], "{text}");
    }
    assert_eq!(faults(pretix(b"[]", None)), ["plan: is no object"]);
    let not_utf8 = faults(pretix(b"{\"name\":\"\xff\"}", None));
    assert!(not_utf8[0].starts_with("line 1: invalid unicode code point"), "{not_utf8:?}");
}

#[test]
fn deep_and_wide_documents_are_refused() {
    let deep = faults(pretix("[".repeat(1_000_000).as_bytes(), None));
    assert!(deep[0].contains("recursion limit exceeded"), "{deep:?}");
    let wide = faults(pretix(format!("[{}0]", "0,".repeat(5_000_000)).as_bytes(), None));
    assert!(wide[0].contains("there are more than 5000000 values"), "{wide:?}");
    // A search for what comes twice must not compare all with all.
    let names: Vec<_> = (0..500_000).map(|at| format!("\"n{at}\":0,\"name\":0")).collect();
    let error = pretix(format!("{{{}}}", names.join(",")).as_bytes(), None).unwrap_err();
    assert_eq!(error.count(), 500_000 + 499_999 + 4);
}

#[test]
fn a_hundred_faults_are_kept_and_all_are_counted() {
    let mut document = document();
    let seats = (0..150).map(|at| seat(&format!("G-1-{at}"), &format!("{at}"), 0.0, "None")).collect();
    document["zones"][1]["rows"][0]["seats"] = Value::Array(seats);
    let error = pretix(document.to_string().as_bytes(), None).unwrap_err();
    assert_eq!((error.faults().len(), error.count()), (100, 150));
    assert!(matches!(&error.faults()[99], PlanFault::UnknownCategory { name, .. } if name == "None"));
    assert_eq!(error.faults()[99].path(), "zones[1].rows[0].seats[99]");
}
