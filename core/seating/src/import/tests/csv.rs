//! Tables with one mistake each.

use super::faults;
use crate::import::csv;
use crate::plan::{Plan, Point};

/// Returns the faults of a table with these lines behind the header `section,row,seat,category,id`.
fn import(lines: &str) -> Vec<String> {
    faults(csv(format!("section,row,seat,category,id\n{lines}").as_bytes()))
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.seats().map(|seat| seat.id).collect()
}

#[test]
fn a_table_is_taken_over() {
    let table = "\
        Row,SECTION,seat,Category,id,x,y,Accessible,companion_of,restricted_view,entrance\n\
        A,Floor,1,Front,F1,10,20.5,yes,,no,Ramp\n\
        A,Floor,2,Front,F2,12.5,20.5,,F1,,\n\
        B, Floor ,1,Back,F3,10,-3,FALSE,,X,\n\
        \"1, left\",Gallery,\"1\"\"\",Back,G1,0,0,0,,1,Stairs\n";
    let plan = csv(table.as_bytes()).unwrap();
    assert_eq!((plan.name(), plan.size().width), ("Seat plan", 0));
    let categories: Vec<_> = plan.categories().iter().map(|category| &*category.name).collect();
    assert_eq!(categories, ["Front", "Back"]);
    let rows: Vec<_> = plan.rows().map(|row| (plan.zone(row.zone).name, row.label, row.seats_len)).collect();
    assert_eq!(rows, [("Floor", "A", 2), ("Floor", "B", 1), ("Gallery", "1, left", 1)]);
    let seats: Vec<_> = plan.seats().map(|seat| (seat.id, seat.label, seat.category.0, seat.position)).collect();
    let point = |x, y| Point { x, y };
    assert_eq!(
        seats,
        [
            ("F1", "1", 0, point(100, 205)),
            ("F2", "2", 0, point(125, 205)),
            ("F3", "1", 1, point(100, -30)),
            ("G1", "1\"", 1, point(0, 0)),
        ]
    );
    let seats: Vec<_> = plan.seats().map(|seat| (seat.accessible, seat.restricted_view, seat.entrance)).collect();
    assert_eq!(
        seats,
        [(true, false, Some("Ramp")), (false, false, None), (false, true, None), (false, true, Some("Stairs"))]
    );
    assert_eq!(plan.seat(plan.find("F2").unwrap()).companion_of, plan.find("F1"));
}

#[test]
fn every_dialect_gives_the_same_plan() {
    let table = "section,row,seat,category\nFloor,A,1,Front\nFloor,A,2,Front\n";
    let expected = csv(table.as_bytes()).unwrap();
    for other in [
        table.replace('\n', "\r\n"),
        table.replace('\n', "\r"),
        table.replace(',', ";"),
        table.replace(',', "\t"),
        format!("\u{feff}{table}"),
        table.trim_end().to_owned(),
        format!("\n\r\n{}\n\n", table.replace('\n', "\n \n,,,\n")),
        table.replace("section,row,seat,category", "\"Section\" , ROW,Seat,category,,"),
        table.replace("Floor", "\"Floor\"").replace("A,", " A ,"),
    ] {
        assert_eq!(csv(other.as_bytes()).unwrap(), expected, "{other:?}");
    }
}

#[test]
fn ids_are_made_of_the_names() {
    let table = b"section,row,seat,category,id\nFloor,A,9,Front,\nFloor,A,10,Front,\nFloor,A,8,Front,own\n";
    let plan = csv(table).unwrap();
    // Numbers are texts: the order is that of the file.
    assert_eq!(ids(&plan), ["Floor-A-9", "Floor-A-10", "own"]);
}

#[test]
fn seats_without_positions_are_laid_out() {
    let plan = csv(b"section,row,seat,category\nF,A,1,x\nF,A,2,x\nF,A,3,x\nF,B,1,x\nG,A,1,x\n").unwrap();
    let positions: Vec<_> = plan.seats().map(|seat| (seat.position.x, seat.position.y)).collect();
    assert_eq!(positions, [(250, 300), (500, 300), (750, 300), (500, 600), (500, 1200)]);
    assert_eq!((plan.size().width, plan.size().height), (100, 150));
    let first = plan.find("F-A-1").unwrap();
    assert_eq!(plan.neighbours(first), (None, plan.find("F-A-2")));
}

#[test]
fn a_section_may_come_back_and_a_row_may_not() {
    let plan = csv(b"section,row,seat,category\nF,A,1,x\nG,A,1,x\nF,B,1,x\n").unwrap();
    assert_eq!(ids(&plan), ["F-A-1", "F-B-1", "G-A-1"]);
    assert_eq!(
        import("F,A,1,x,\nF,A,2,x,\nF,B,1,x,\nF,A,3,x,\nF,A,4,x,\nG,A,1,x,\nF,B,2,x,\n"),
        [
            "line 5: row \"A\" was left already; it began at line 2",
            "line 8: row \"B\" was left already; it began at line 4",
        ]
    );
}

#[test]
fn positions_tell_the_order_along_a_row() {
    let table = "section,row,seat,category,x,y\nF,A,1,x,0,0\nF,A,2,x,20,0\nF,A,3,x,-20,1\nF,A,4,x,40,1\n";
    let plan = csv(table.as_bytes()).unwrap();
    assert_eq!(ids(&plan), ["F-A-3", "F-A-1", "F-A-2", "F-A-4"]);
    let one = plan.find("F-A-1").unwrap();
    assert_eq!(plan.neighbours(one), (plan.find("F-A-3"), plan.find("F-A-2")));
}

#[test]
fn a_wrong_header_is_refused() {
    for (header, expected) in [
        ("section,row,seat,category,price", vec!["line 1: \"price\" is not known here"]),
        ("section,row,category", vec!["line 1: \"seat\" is missing"]),
        ("section,row,seat,category,Seat", vec!["line 1: the column \"Seat\" is there already: line 1"]),
        ("section,row,seat,category,x", vec!["line 1: \"y\" is missing"]),
        ("section,row,seat,category,y", vec!["line 1: \"x\" is missing"]),
        ("\n\nsection,row,seat,category,zone", vec!["line 3: \"zone\" is not known here"]),
        (
            "Floor,A,1,Front",
            vec![
                "line 1: \"Floor\" is not known here",
                "line 1: \"A\" is not known here",
                "line 1: \"1\" is not known here",
                "line 1: \"Front\" is not known here",
                "line 1: \"section\" is missing",
                "line 1: \"row\" is missing",
                "line 1: \"seat\" is missing",
                "line 1: \"category\" is missing",
            ],
        ),
        ("", vec!["plan: the table is empty"]),
        (" \n,,,\n", vec!["plan: the table is empty"]),
    ] {
        let table = if header.trim().len() > 3 { format!("{header}\nFloor,A,1,Front,\n") } else { header.to_owned() };
        assert_eq!(faults(csv(table.as_bytes())), expected, "{header:?}");
    }
    assert_eq!(import(""), ["plan: the list of seats is empty"]);
}

#[test]
fn a_header_of_very_many_empty_names_is_read_once() {
    // Each line lacks the four cells that are required and has one without a name.
    let table = format!("{}section,row,seat,category\n{}", ",".repeat(200_000), "a\n".repeat(50_000));
    assert_eq!(csv(table.as_bytes()).unwrap_err().count(), 250_000);
}

#[test]
fn a_line_has_all_that_is_required() {
    assert_eq!(import("F,A,1,x,\n,A,2,x,\n"), ["line 3: \"section\" is missing"]);
    assert_eq!(import("F,A,1,x,\nF, ,2,x,\n"), ["line 3: \"row\" is missing"]);
    assert_eq!(import("F,A,1,x,\nF,A,,x,\n"), ["line 3: \"seat\" is missing"]);
    assert_eq!(import("F,A,1,x,\nF,A,2\n"), ["line 3: \"category\" is missing"]);
    assert_eq!(import("F,A,1,,\n"), ["line 2: \"category\" is missing"]);
}

#[test]
fn cells_beyond_the_header_are_refused() {
    let expected = ["line 2: \"cell 6\" has no name in the header"];
    assert_eq!(import("F,A,1,x,,more\nF,A,2,x,,,,\n"), expected);
    let unnamed = faults(csv(b"section,row,,seat,category\nF,A,1,1,x\n"));
    assert_eq!(unnamed, ["line 2: \"cell 3\" has no name in the header"]);
}

#[test]
fn doubled_seats_and_ids_are_named_with_both_lines() {
    assert_eq!(
        import("F,A,1,x,one\nF,A,2,x,two\nF,A,1,x,three\n"),
        ["line 4: zone \"F\", row \"A\", seat \"1\" is line 2 already"]
    );
    assert_eq!(import("F,A,1,x,one\nF,A,2,x,two\nF,A,3,x,one\n"), ["line 4: the id \"one\" is that of line 2 already"]);
    // One is written, the other made of the names.
    assert_eq!(import("F,A,1,x,F-A-2\n\nF,A,2,x,\n"), ["line 4: the id \"F-A-2\" is that of line 2 already"]);
    assert_eq!(import("A-1,2,3,x,\nA,1-2,3,x,\n"), ["line 3: the id \"A-1-2-3\" is that of line 2 already"]);
}

#[test]
fn values_are_checked() {
    let check = |line: &str, expected: &[&str]| {
        let header = "section,row,seat,category,x,y,accessible,restricted_view,companion_of";
        assert_eq!(faults(csv(format!("{header}\nF,A,1,x,1,1,,,\n{line}\n").as_bytes())), expected, "{line}");
    };
    for number in ["1e3", "\"1,5\"", "NaN", "inf", "--1", "-", ".", "1.2.3", "+1", "0x10", "1 000"] {
        check(&format!("F,A,2,x,{number},1,,,"), &["line 3: \"x\" is no number such as 12 or 12.5"]);
    }
    check("F,A,2,x,1,,,,", &["line 3: \"y\" is missing"]);
    check("F,A,2,x,,1,,,", &["line 3: \"x\" is missing"]);
    check("F,A,2,x,,,,,", &["line 3: \"x\" is missing"]);
    check("F,A,2,x,1,1000000.1,,,", &["line 3: the position is beyond the limit of 10000000"]);
    check("F,A,2,x,1,1,maybe,,", &["line 3: \"accessible\" is neither yes nor no"]);
    check("F,A,2,x,1,1,,2,", &["line 3: \"restricted_view\" is neither yes nor no"]);
    check("F,A,2,x,1,1,,,nobody", &["line 3: there is no seat \"nobody\""]);
    check("F,A,2,x,1,1,,,F-A-1", &["line 3: \"F-A-1\", whose companion this is, is no other accessible place"]);
}

#[test]
fn texts_are_checked() {
    let long = "x".repeat(201);
    assert_eq!(import("F,A,1,x,i\n"), ["line 2: the id \"i\" has 1 characters; ids have 2 to 64"]);
    assert_eq!(import(&format!("F,A,1,{long},\n")), ["line 2: the category has 201 characters, at most 200"]);
    assert_eq!(import(&format!("F,A,1,x,\nF,A,{long},x,id\n")), ["line 3: the label has 201 characters, at most 200"]);
    assert_eq!(import(&format!("F,A,1,x,\n{long},A,1,x,id\n")), ["line 3: the name has 201 characters, at most 200"]);
    assert_eq!(import("F,A,1,x\u{7}y,\n"), ["line 2: the category has control characters"]);
    assert_eq!(import("F,A,1\u{7}1,x,id\n"), ["line 2: the label has control characters"]);
}

#[test]
fn a_quote_that_does_not_end_is_found() {
    let expected = ["line 2: \"seat\" goes over several lines; a quote may be missing"];
    assert_eq!(import("F,A,\"1,x,\nF,A,2,x,\nF,A,\"3\",x,\n"), expected);
}

#[test]
fn other_encodings_are_refused_with_their_line() {
    let expected = ["line 3: is not UTF-8; save the table as CSV in UTF-8"];
    assert_eq!(faults(csv(b"section,row,seat,category\r\nF,A,1,x\r\nF\xe4,A,1,x\r\n")), expected);
    let utf16: Vec<u8> = "\u{feff}section".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(faults(csv(&utf16)), ["line 1: is not UTF-8; save the table as CSV in UTF-8"]);
}

#[test]
fn there_are_limits() {
    let lines: Vec<_> = (0..102).map(|at| format!("F,A,{at},category {at},\n")).collect();
    let expected = [
        "line 102: more than 100 categories",
        "line 102: there is no category \"category 100\"",
        "line 103: there is no category \"category 101\"",
    ];
    assert_eq!(import(&lines.concat()), expected);
    let lines: Vec<_> = (0..200_100).map(|seat| format!("F,{},{seat},x,\n", seat / 60)).collect();
    assert_eq!(import(&lines.concat()), ["line 200002: more than 200000 seats"]);
}
