mod deflate;
mod reader;

use std::cell::Cell;
use std::collections::BTreeSet;

use self::deflate::gzip_len;
use self::reader::{Element, named, read};
use super::overview::hull;
use super::scale::At;
use super::*;
use crate::plan::{NewRow, NewSeat, NewZone, POSITION_MAX, PlanBuilder, Point, SEATS_MAX};
use crate::samples;
use crate::testing::{self, Numbers};

/// Most bytes of a compressed picture.
const GZIP_LEN_MAX: usize = 300_000;

fn free(_: SeatIndex) -> Look {
    Look::Free
}

fn whole(plan: &Plan) -> String {
    section(plan, None, &free, &Labels::default())
}

fn whole_list(plan: &Plan) -> SeatList {
    list(plan, None, &free, &Labels::default())
}

fn theatre() -> Plan {
    samples::theatre().import().unwrap()
}

/// Returns a plan with zones beside each other, each with curved rows; the category changes within each row.
fn curved(zones: i32, rows: i32, seats: i32) -> Plan {
    let mut builder = PlanBuilder::new("Arena");
    builder.category("Middle", [0x7a, 0x1f, 0x3d]).category("Side", [0x1f, 0x5f, 0x7a]);
    for zone in 0..zones {
        builder.zone(NewZone { name: &format!("Block {}", 100 + zone), ..NewZone::default() });
        for row in 0..rows {
            builder.row(NewRow { label: &(row + 1).to_string(), line: None });
            for seat in 0..seats {
                let aside = seat - seats / 2;
                builder.seat(NewSeat {
                    id: &format!("{zone}-{row}-{seat}"),
                    label: &(seat + 1).to_string(),
                    category: if aside.abs() * 3 < seats { "Middle" } else { "Side" },
                    position: Point { x: (zone * (seats + 4) + seat) * 100, y: row * 160 - aside * aside },
                    accessible: seat == 0,
                    ..NewSeat::default()
                });
            }
        }
    }
    builder.build().unwrap()
}

/// Returns a plan of one row at these places.
fn at(places: &[(i32, i32)]) -> Plan {
    let mut builder = PlanBuilder::new("Hall");
    builder.category("Any", [0, 0, 0]).zone(NewZone { name: "Floor", ..NewZone::default() });
    builder.row(NewRow { label: "A", line: None });
    for (number, (x, y)) in (1..).zip(places) {
        let (id, label) = (format!("A-{number}"), number.to_string());
        let position = Point { x: *x, y: *y };
        builder.seat(NewSeat { id: &id, label: &label, category: "Any", position, ..NewSeat::default() });
    }
    builder.build().unwrap()
}

/// Returns a plan of one seat, with one text for all names and labels, and with an `empty` zone of another name.
fn called(text: &str, empty: &str) -> Plan {
    let mut builder = PlanBuilder::new(text);
    builder.category(text, [0, 0, 0]).category("other", [0, 0, 0]);
    builder.zone(NewZone { name: empty, ..NewZone::default() });
    builder.zone(NewZone { name: text, entrance: Some(text), ..NewZone::default() });
    builder.row(NewRow { label: text, line: None });
    builder.seat(NewSeat { id: "A-1", label: text, category: text, ..NewSeat::default() });
    builder.build().unwrap()
}

fn ids(elements: &[Element], name: &str) -> Vec<String> {
    named(elements, name).iter().filter_map(|element| element.attributes.get("id").cloned()).collect()
}

#[test]
fn a_picture_is_short_and_in_the_order_of_the_plan() {
    let svg = whole(&testing::plan(&["AB", " w"]));
    let rows = "<g id=\"r0\" transform=\"translate(0 0)\"><text x=\"-12\" y=\"4\">1</text>\
                <use id=\"s0\" href=\"#f1\"/><use id=\"s1\" href=\"#f2\" x=\"20\"/></g>\
                <g id=\"r1\" transform=\"translate(20 20)\"><text x=\"-12\" y=\"4\">2</text>\
                <use id=\"s2\" href=\"#f1w\"/></g></g></g></svg>";
    assert!(svg.ends_with(rows), "{svg}");
    let elements = read(&svg);
    assert_eq!(named(&elements, "title")[0].text, "Hall");
    let description = &named(&elements, "desc")[0].text;
    assert!(description.starts_with("Rows: 2. Seats: 3. Categories: 1 A, 2 B. A ring is"), "{description}");
    assert_eq!(named(&elements, "svg")[0].get("role"), "img");
}

#[test]
fn every_seat_is_drawn_once_in_the_whole_and_in_its_section() {
    let plan = theatre();
    let all: Vec<String> = plan.seats().map(|seat| element(seat.index)).collect();
    assert_eq!(ids(&read(&whole(&plan)), "use"), all);
    let mut of_sections = Vec::new();
    for zone in plan.zones() {
        let elements = read(&section(&plan, Some(zone.index), &free, &Labels::default()));
        assert_eq!(named(&elements, "title")[0].text, format!("Theatre, {}", zone.name));
        assert_eq!(ids(&elements, "g").len(), 1 + zone.rows_len);
        of_sections.extend(ids(&elements, "use"));
    }
    assert_eq!(of_sections, all);
    let listed = whole_list(&plan);
    let seats = listed.zones.iter().flat_map(|zone| &zone.rows).flat_map(|row| &row.seats);
    assert_eq!(seats.map(|seat| seat.element.clone()).collect::<Vec<_>>(), all);
}

#[test]
fn seats_lie_within_the_view_and_apart() {
    let svg = whole(&theatre());
    let elements = read(&svg);
    let view: Vec<i64> = named(&elements, "svg")[0].get("viewBox").split(' ').map(|n| n.parse().unwrap()).collect();
    let (mut origin, mut places): (Vec<i64>, BTreeSet<(i64, i64)>) = (vec![0, 0], BTreeSet::new());
    for element in &elements {
        if element.attributes.contains_key("transform") {
            let place = element.get("transform").trim_start_matches("translate(").trim_end_matches(')');
            origin = place.split(' ').map(|number| number.parse().unwrap()).collect();
        }
        if element.name != "use" {
            continue;
        }
        let (x, y) = (origin[0] + element.number("x"), origin[1] + element.number("y"));
        assert!(view[0] + 10 <= x && x <= view[0] + view[2] - 10, "{element:?}");
        assert!(view[1] + 10 <= y && y <= view[1] + view[3] - 10, "{element:?}");
        places.insert((x, y));
    }
    assert_eq!(places.len(), 928);
    for (x, y) in &places {
        // Seats are 16 wide.
        for (other_x, other_y) in places.range((*x, y + 1)..(x + 16, i64::MIN)) {
            assert!((x - other_x).pow(2) + (y - other_y).pow(2) >= 256, "{x} {y} and {other_x} {other_y} overlap");
        }
    }
}

#[test]
fn each_look_has_a_shape_for_each_kind_of_seat() {
    let elements = read(&whole(&theatre()));
    let paths: BTreeMap<&str, &str> =
        named(&elements, "path").into_iter().map(|path| (path.get("id"), path.get("d"))).collect();
    let kinds: BTreeSet<&str> = named(&elements, "use").iter().map(|seat| &seat.get("href")[2..]).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["1", "2", "2v", "2w", "3", "3v", "3w", "4", "4v"]);
    for kind in ["1", "2w", "3v"] {
        let shapes: BTreeSet<&str> = Look::ALL.map(|look| paths[format!("{}{kind}", look.letter()).as_str()]).into();
        assert_eq!(shapes.len(), 5, "{kind}");
    }
    let free: BTreeSet<&str> = ["f1", "f2", "f2w", "f2v", "f3", "f4"].map(|id| paths[id]).into();
    assert_eq!(free.len(), 6);
}

#[test]
fn looks_are_asked_for_once_and_shown() {
    let plan = testing::plan(&["AAAAA"]);
    let asked = Cell::new(0);
    let look = |seat: SeatIndex| {
        asked.set(asked.get() + 1);
        Look::ALL[seat.0 as usize]
    };
    let svg = section(&plan, None, &look, &Labels::default());
    assert_eq!(asked.get(), 5);
    let elements = read(&svg);
    let shown: Vec<_> = named(&elements, "use").iter().map(|seat| seat.get("href").to_owned()).collect();
    assert_eq!(shown, ["#f1", "#h1", "#x1", "#b1", "#c1"]);
    let listed = list(&plan, None, &look, &Labels::default());
    let states: Vec<_> = listed.zones[0].rows[0].seats.iter().map(|seat| seat.state).collect();
    assert_eq!(states, Look::ALL);
    let words: Vec<_> = listed.looks.iter().map(|look| look.word.as_str()).collect();
    assert_eq!(words, ["free", "held", "sold", "not for sale", "chosen"]);
}

#[test]
fn every_state_of_an_occupancy_has_its_look() {
    let plan = testing::plan(&["AAAA"]);
    let occupancy = testing::occupied(&plan, &[".hsb"]);
    let look = |seat| occupancy.state(seat).map_or(Look::Chosen, Look::from);
    let looks: Vec<_> = (0..5).map(|seat| look(SeatIndex(seat))).collect();
    assert_eq!(looks, Look::ALL);
}

#[test]
fn categories_have_their_colours_and_numbers() {
    let elements = read(&whole(&curved(1, 1, 9)));
    let paths = named(&elements, "path");
    let path = |id: &str| *paths.iter().find(|path| path.get("id") == id).unwrap();
    assert_eq!(path("f1").get("stroke"), "var(--seat-1,#7a1f3d)");
    assert_eq!(path("f2").get("stroke"), "var(--seat-2,#1f5f7a)");
    assert_eq!(path("x2").get("fill"), "var(--seat-sold,currentColor)");
    assert_eq!(path("f1").get("d"), "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0zM0-4v8");
    // Where there is one category, it goes without saying.
    let elements = read(&whole(&at(&[(0, 0)])));
    let paths = named(&elements, "path");
    assert_eq!(paths[0].get("d"), "M-8 0a8 8 0 1 0 16 0a8 8 0 1 0-16 0z");
}

#[test]
fn a_hundred_categories_look_different() {
    let mut builder = PlanBuilder::new("Hall");
    for number in 1..=100 {
        builder.category(&format!("Category {number}"), [0, 0, 0]);
    }
    builder.zone(NewZone { name: "Floor", ..NewZone::default() });
    builder.row(NewRow::default());
    for number in 1..=100 {
        let (id, label, category) = (format!("A-{number}"), number.to_string(), format!("Category {number}"));
        let position = Point { x: number * 50, y: 0 };
        builder.seat(NewSeat { id: &id, label: &label, category: &category, position, ..NewSeat::default() });
    }
    let elements = read(&whole(&builder.build().unwrap()));
    let is_free = |path: &&&Element| path.get("id").starts_with('f');
    let shapes: BTreeSet<_> = named(&elements, "path").iter().filter(is_free).map(|path| path.get("d")).collect();
    assert_eq!(shapes.len(), 100);
}

#[test]
fn texts_of_strangers_stay_texts() {
    for text in [
        "</text><script>alert(1)</script>",
        "\" onload=\"alert(1)",
        "' onload='alert(1)",
        "]]><!--",
        "&lt;&#60;&amp",
        "{row}{seat}{section}",
        "a\u{feff}\u{ffff}\u{fffe}",
        "a\u{2028}b\u{2029}c",
    ] {
        let plan = called(text, "empty");
        let expected: String = text.replace(['\u{2028}', '\u{2029}'], " ");
        let xml = expected.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
        let elements = read(&whole(&plan));
        assert_eq!(named(&elements, "title")[0].text, xml);
        let shown = named(&elements, "text");
        assert_eq!(shown.len(), 2);
        assert!(shown.iter().all(|shown| xml.starts_with(shown.text.trim_end_matches('…'))), "{shown:?}");
        let link = |_: ZoneIndex| format!("/shows?{text}");
        let elements = read(&overview(&plan, &|_| 1, &link, &Labels::default()));
        assert!(named(&elements, "a")[0].get("aria-label").starts_with(&xml), "{text}");
        let listed = whole_list(&plan);
        let seat = &listed.zones[1].rows[0].seats[0];
        assert_eq!((&listed.name, &seat.label), (&expected, &expected));
        assert!(seat.spoken.contains(&expected), "{}", seat.spoken);
    }
}

#[test]
fn words_from_outside_stay_texts() {
    let hostile = "</desc><script>\u{1}\n\"".to_owned();
    let labels = Labels { signs: hostile.clone(), left: hostile.clone(), separator: hostile, ..Labels::default() };
    let plan = theatre();
    read(&section(&plan, Some(ZoneIndex(0)), &free, &labels));
    read(&overview(&plan, &|_| 7, &|_| "\"><script>".to_owned(), &labels));
}

#[test]
fn marks_of_direction_end_with_their_text() {
    let listed = whole_list(&called("a\u{202e}b\u{2067}c\u{200f}", "empty"));
    let seat = &listed.zones[1].rows[0].seats[0];
    assert_eq!(seat.label, "abc\u{200f}");
    assert_eq!(seat.spoken, "abc\u{200f}, row abc\u{200f}, seat abc\u{200f}, abc\u{200f}");
    // Hebrew is set apart, so that the numbers behind it stay behind it.
    let listed = whole_list(&called("\u{5d0}\u{5d1} 1", "empty"));
    let seat = &listed.zones[1].rows[0].seats[0];
    assert!(seat.spoken.starts_with("\u{2068}\u{5d0}\u{5d1} 1\u{2069}, "), "{:?}", seat.spoken);
}

#[test]
fn an_empty_zone_is_listed_and_not_drawn() {
    let plan = called("Floor", "Gallery");
    let empty = Some(ZoneIndex(0));
    let elements = read(&section(&plan, empty, &free, &Labels::default()));
    assert_eq!(named(&elements, "use").len(), 0);
    assert_eq!(named(&elements, "title")[0].text, "Floor, Gallery");
    assert!(named(&elements, "desc")[0].text.starts_with("Rows: 0. Seats: 0. A ring"));
    assert_eq!(named(&elements, "svg")[0].get("viewBox"), "-40 -40 80 80");
    let listed = list(&plan, empty, &free, &Labels::default());
    assert_eq!((listed.zones.len(), listed.zones[0].rows.len()), (1, 0));
    let elements = read(&overview(&plan, &|_| 1, &|_| "#".to_owned(), &Labels::default()));
    assert_eq!(ids(&elements, "a"), ["z1"]);
    assert_eq!(ids(&read(&whole(&plan)), "use"), ["s0"]);
}

#[test]
fn a_plan_of_one_seat_has_all_pictures() {
    let plan = at(&[(-70, 9000)]);
    let svg = whole(&plan);
    read(&svg);
    assert!(svg.contains("<g id=\"r0\" transform=\"translate(0 0)\">"), "{svg}");
    let elements = read(&overview(&plan, &|_| 1, &|_| "#".to_owned(), &Labels::default()));
    assert_eq!(named(&elements, "path")[0].get("d"), "M0 0h0");
    assert_eq!(whole_list(&plan).zones[0].rows[0].seats[0].spoken, "Floor, row A, seat 1, Any");
}

#[test]
fn places_far_apart_and_in_one_place_are_drawn() {
    let far = i32::try_from(POSITION_MAX).unwrap();
    for places in [&[(0, 0), (0, 0), (0, 0)], &[(-far, -far), (far, far), (far - 1, far)]] {
        let plan = at(places);
        assert_eq!(ids(&read(&whole(&plan)), "use"), ["s0", "s1", "s2"]);
        read(&overview(&plan, &|_| 1, &|_| "#".to_owned(), &Labels::default()));
    }
}

#[test]
fn labels_of_rows_stand_before_their_first_seat() {
    for (places, expected) in [
        ([(0, 0), (50, 10)], "<text x=\"-12\" y=\"4\">A<"),
        ([(50, 0), (0, 10)], "<text x=\"12\" y=\"4\" text-anchor=\"start\">A<"),
        ([(0, 0), (10, 50)], "<text y=\"-12\" text-anchor=\"middle\">A<"),
        ([(0, 50), (10, 0)], "<text y=\"20\" text-anchor=\"middle\">A<"),
    ] {
        let svg = whole(&at(&places));
        assert!(svg.contains(expected), "{svg}");
    }
}

#[test]
fn an_overview_has_a_link_for_each_zone() {
    let plan = theatre();
    let left = |zone: ZoneIndex| u32::from(zone.0) * 3;
    let link = |zone: ZoneIndex| format!("/seats?show=1&zone={}", zone.0);
    let elements = read(&overview(&plan, &left, &link, &Labels::default()));
    let links = named(&elements, "a");
    assert_eq!(links.len(), 5);
    assert_eq!(links[0].get("aria-label"), "Stalls, Premium to Category 2, none left");
    assert_eq!(links[0].get("class"), "full");
    assert_eq!(links[2].get("aria-label"), "Balcony, Category 3, 6 left");
    assert_eq!((links[2].get("href"), links[2].get("class")), ("/seats?show=1&zone=2", "open"));
    let texts: Vec<_> = named(&elements, "text").into_iter().map(|text| text.text.as_str()).collect();
    assert_eq!(texts[6..9], ["Balcony", "Category 3", "6 left"]);
    assert_eq!(named(&elements, "svg")[0].get("role"), "group");
}

#[test]
fn hulls_have_the_outer_corners_only() {
    let hull_of = |places: &[(i64, i64)]| {
        let corners = hull(places.iter().map(|(x, y)| At { x: *x, y: *y }).collect());
        corners.into_iter().map(|At { x, y }| (x, y)).collect::<Vec<_>>()
    };
    assert!(hull_of(&[]).is_empty());
    assert_eq!(hull_of(&[(3, 4), (3, 4)]), [(3, 4)]);
    assert_eq!(hull_of(&[(0, 0), (2, 4), (1, 2), (3, 6)]), [(0, 0), (3, 6)]);
    assert_eq!(hull_of(&[(5, 9), (5, 1), (5, 4)]), [(5, 1), (5, 9)]);
    let square = [(0, 0), (4, 0), (4, 4), (0, 4), (2, 2), (2, 0), (0, 2), (4, 4)];
    assert_eq!(hull_of(&square), [(0, 0), (4, 0), (4, 4), (0, 4)]);
    let collinear = read(&overview(&at(&[(0, 0), (50, 0), (100, 0)]), &|_| 1, &|_| "#".to_owned(), &Labels::default()));
    assert_eq!(named(&collinear, "path")[0].get("d"), "M0 0l40 0z");
}

#[test]
fn every_place_is_within_the_hull() {
    let mut numbers = Numbers(5);
    for count in 3..60 {
        let mut number = || i64::try_from(numbers.below(20)).unwrap();
        let places: Vec<_> = (0..count).map(|_| At { x: number(), y: number() }).collect();
        let corners = hull(places.clone());
        for (corner, next) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            let side = *next - *corner;
            let is_outside = |place: &At| side.x * (place.y - corner.y) < side.y * (place.x - corner.x);
            assert!(!places.iter().any(is_outside), "{places:?} {corners:?}");
        }
    }
}

#[test]
fn a_patch_has_the_last_look_of_each_seat() {
    assert_eq!(patch(&[]), "{}");
    let [one, two, three] = [1, 2, 30].map(SeatIndex);
    let changes = [(three, Look::Sold), (one, Look::Held), (two, Look::Chosen), (one, Look::Sold), (two, Look::Free)];
    assert_eq!(patch(&changes), r#"{"f":[2],"x":[1,30]}"#);
    let json: serde_json::Value = serde_json::from_str(&patch(&changes)).unwrap();
    assert_eq!(json["x"], serde_json::json!([1, 30]));
}

#[test]
fn elements_have_short_ids_of_their_own() {
    assert_eq!([0, 35, 36, 1_295].map(|seat| element(SeatIndex(seat))), ["s0", "sz", "s10", "szz"]);
    let last = u32::try_from(SEATS_MAX).unwrap();
    assert_eq!(element(SeatIndex(last)).len(), 5);
    assert_eq!((0..last).map(|seat| element(SeatIndex(seat))).collect::<BTreeSet<_>>().len(), SEATS_MAX);
    let letters: BTreeSet<char> = Look::ALL.map(Look::letter).into();
    assert!(letters.len() == 5 && !"srz".contains(|letter: char| letters.contains(&letter)));
}

#[test]
fn a_list_says_all_about_a_seat() {
    let plan = theatre();
    let listed = whole_list(&plan);
    let seats: BTreeMap<&str, &ListedSeat> = listed
        .zones
        .iter()
        .flat_map(|zone| &zone.rows)
        .flat_map(|row| &row.seats)
        .map(|seat| (seat.id.as_str(), seat))
        .collect();
    assert_eq!(seats.len(), 928);
    let spoken = |id: &str| seats[id].spoken.as_str();
    assert_eq!(spoken("ST-B-7"), "Stalls, row B, seat 7, Category 1");
    assert_eq!(spoken("ST-A-1"), "Stalls, row A, seat 1, Category 1, wheelchair place");
    assert_eq!(spoken("ST-A-3"), "Stalls, row A, seat 3, Category 1, for a companion of row A, seat 1");
    assert_eq!(spoken("BA-C-30"), "Balcony, row C, seat 30, Category 3, restricted view");
    // A label of several words says itself what it is.
    assert_eq!(spoken("BL-2-3"), "Left boxes, Box 2, seat 3, Category 1, restricted view");
    assert_eq!(seats["ST-A-1"].flags, [Flag::Accessible]);
    assert_eq!(seats["ST-A-3"].flags, [Flag::Companion]);
    assert_eq!(seats["ST-A-1"].entrance.as_deref(), Some("Ramp"));
    assert_eq!((seats["ST-B-7"].entrance.as_deref(), listed.zones[0].entrance.as_deref()), (None, Some("Foyer")));
    assert_eq!((listed.categories[1].number, listed.categories[1].color.as_str()), (2, "#1f5f7a"));
}

#[test]
fn a_companion_elsewhere_hears_of_the_zone() {
    let mut builder = PlanBuilder::new("Hall");
    builder.category("Any", [0, 0, 0]).zone(NewZone { name: "Floor", ..NewZone::default() });
    builder.row(NewRow::default());
    builder.seat(NewSeat { id: "W1", label: "1", category: "Any", accessible: true, ..NewSeat::default() });
    builder.zone(NewZone { name: "Side", ..NewZone::default() });
    builder.row(NewRow::default());
    builder.seat(NewSeat { id: "C1", label: "9", category: "Any", companion_of: Some("W1"), ..NewSeat::default() });
    let listed = whole_list(&builder.build().unwrap());
    assert_eq!(listed.zones[1].rows[0].seats[0].spoken, "Side, seat 9, Any, for a companion of Floor, seat 1");
}

#[test]
fn words_come_from_outside() {
    let json = r#"{"row":"Reihe {row}","seat":"Platz {seat}","left":"noch {count}"}"#;
    let labels: Labels = serde_json::from_str(json).unwrap();
    let plan = testing::plan(&["A"]);
    let listed = list(&plan, None, &free, &labels);
    assert_eq!(listed.zones[0].rows[0].seats[0].spoken, "Floor, Reihe 1, Platz 1, A");
    let elements = read(&overview(&plan, &|_| 4, &|_| "#".to_owned(), &labels));
    assert_eq!(named(&elements, "a")[0].get("aria-label"), "Floor, A, noch 4");
}

#[test]
fn a_list_is_json_for_a_script() {
    let json = serde_json::to_value(whole_list(&testing::plan(&["wc"]))).unwrap();
    let seat = &json["zones"][0]["rows"][0]["seats"][1];
    let expected = serde_json::json!({
        "index": 1,
        "element": "s1",
        "id": "1-2",
        "label": "2",
        "state": "free",
        "category": 0,
        "flags": ["companion"],
        "entrance": null,
        "spoken": "Floor, row 1, seat 2, A, for a companion of row 1, seat 1",
    });
    assert_eq!(*seat, expected);
    assert_eq!(json["looks"][2], serde_json::json!({"look": "sold", "letter": "x", "word": "sold"}));
}

#[test]
fn the_same_plan_gives_the_same_texts() {
    let plan = theatre();
    let again = Plan::decode(&plan.encode()).unwrap();
    assert_eq!(whole(&plan), whole(&again));
    assert_eq!(whole_list(&plan), whole_list(&again));
    let overview = |plan: &Plan| overview(plan, &|_| 1, &|_| "#".to_owned(), &Labels::default());
    assert_eq!(overview(&plan), overview(&again));
}

/// Returns a look of its own for each seat, so that nothing is gained by what neighbours have in common.
fn any_look(seat: SeatIndex) -> Look {
    Look::ALL[Numbers(seat.0.into()).below(5)]
}

#[test]
fn ten_thousand_seats_are_a_short_file() {
    let plan = curved(1, 100, 100);
    assert_eq!(plan.seats_len(), SECTION_SEATS_MAX);
    for look in [free, any_look] {
        let svg = section(&plan, None, &look, &Labels::default());
        assert!(svg.len() < 500_000, "{} bytes", svg.len());
        assert!(gzip_len(&svg) < GZIP_LEN_MAX, "{} bytes", gzip_len(&svg));
    }
}

#[test]
fn sixty_thousand_seats_are_short_files_by_section() {
    let plan = samples::stadium().import().unwrap();
    let overview = overview(&plan, &|_| 1, &|zone| format!("/seats?zone={}", zone.0), &Labels::default());
    assert!(overview.len() < GZIP_LEN_MAX, "{} bytes", overview.len());
    for zone in plan.zones() {
        let svg = section(&plan, Some(zone.index), &any_look, &Labels::default());
        assert!(svg.len() < GZIP_LEN_MAX, "{}: {} bytes", zone.name, svg.len());
    }
}
