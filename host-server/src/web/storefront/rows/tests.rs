//! Texts that people bring.

use super::*;

const TERMS: Terms = Terms { tickets_max: 10_000, is_one_show: true };

fn check(text: &str, expected: &[(usize, &str, &str, Option<&str>)]) {
    let rows = read(text, "Hamlet", TERMS).rows;
    let found: Vec<_> =
        rows.iter().map(|row| (row.line, row.seat.as_str(), row.price.as_str(), row.problem.as_deref())).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn patterns_become_seats() {
    check(
        "A 1-2 45\n\nB 7 9.50",
        &[(1, "Row A, seat 1", "45", None), (1, "Row A, seat 2", "45", None), (3, "Row B, seat 7", "9.50", None)],
    );
}

#[test]
fn each_wrong_line_is_told_by_itself() {
    let shape = Some("Write a row, its seats and their price, such as: A 1-20 45.00");
    check(
        "A 1-1 45\nnonsense\nB 5-1 45\nC 1-5000 1",
        &[
            (1, "Row A, seat 1", "45", None),
            (2, "", "", shape),
            (3, "", "", Some("Seats are counted upwards from 1")),
            (4, "", "", Some("A row has 1,000 seats at most")),
        ],
    );
}

#[test]
fn csv_is_told_by_its_header() {
    check(
        "Seat,Price,Currency\n\"Row A, seat 1\",45.00,EUR\n,12,\n",
        &[(2, "Row A, seat 1", "45.00", None), (3, "", "12", None)],
    );
}

#[test]
fn there_is_an_end() {
    let text: String = (1..=20).map(|row| format!("{row} 1-999 1\n")).collect::<Vec<_>>().concat();
    let rows = read(&text, "Hamlet", TERMS).rows;
    assert_eq!(rows.len(), TERMS.tickets_max + 1);
    assert!(rows[TERMS.tickets_max].problem.is_some());
}

/// Checks the problems of a text, by line; each must contain the words given here.
fn check_problems(text: &str, expected: &[(usize, &str)]) {
    let read = read(text, "Hamlet", TERMS);
    let found: Vec<_> = read.rows.iter().filter_map(|row| Some((row.line, row.problem.as_deref()?))).collect();
    assert_eq!(found.len(), expected.len(), "{text}: {found:?}");
    for ((line, problem), (expected_line, words)) in found.iter().zip(expected) {
        assert!(line == expected_line && problem.contains(words), "{text}: {line}: {problem}, not {words}");
    }
}

#[test]
fn separators_are_found_from_the_header_and_told() {
    for (text, note) in [
        ("seat,price\nA1,45.00", "Columns are separated by commas."),
        ("seat;price\nA1;45.00", "Columns are separated by semicolons."),
        ("seat\tprice\nA1\t45.00", "Columns are separated by tabs."),
        ("\u{feff}\"seat\";\"price\"\r\n\"A1\";45.00", "Columns are separated by semicolons."),
    ] {
        let read = read(text, "Hamlet", TERMS);
        assert_eq!(read.notes, [note], "{text}");
        assert_eq!(
            (read.rows[0].seat.as_str(), read.rows[0].price.as_str(), &read.rows[0].problem),
            ("A1", "45.00", &None)
        );
    }
}

#[test]
fn a_decimal_comma_counts_where_the_whole_column_has_it() {
    let check = |text: &str, prices: &[&str], is_noted: bool| {
        let read = read(text, "Hamlet", TERMS);
        assert_eq!(read.rows.iter().map(|row| row.price.as_str()).collect::<Vec<_>>(), prices, "{text}");
        assert_eq!(read.notes.iter().any(|note| note.contains("decimal comma")), is_noted, "{text}");
        assert!(read.rows.iter().all(|row| row.problem.is_none()), "{text}: {read:?}");
    };
    check("seat;price\nA1;45,50\nA2;50\nA3;7,00", &["45.50", "50", "7.00"], true);
    // The core refuses every price with a comma, and what has more decimals than its currency.
    check("seat;price\nA1;45,50\nA2;45.50", &["45,50", "45.50"], false);
    check("seat;price\nA1;1.500,00\nA2;45,50", &["1.500,00", "45,50"], false);
    // One of them shows that it is no comma between thousands.
    check("seat;price\nA1;1,500\nA2;0,750", &["1.500", "0.750"], true);
    check("seat;price\nA1;1,500\nA2;2,5", &["1.500", "2.5"], true);
    check("seat;price\nA1;1250,750\nA2;3", &["1250.750", "3"], true);
}

#[test]
fn a_comma_that_may_be_between_thousands_has_two_readings() {
    check_problems(
        "seat;price\nA1;1,500\nA2;2,250\nA3;20",
        &[
            (2, "Price “1,500” has two readings: write 1500 or 1.500"),
            (3, "Price “2,250” has two readings: write 2250 or 2.250"),
        ],
    );
    check_problems("A 1-2 1,500", &[(1, "write 1500 or 1.500"), (1, "write 1500 or 1.500")]);
}

#[test]
fn a_price_with_a_blank_is_no_row_of_another_price() {
    let (blank, two) = ("Write the price without blanks: 1500", "This has two readings: write a price of 1500");
    for (line, told) in [
        ("A 1-20 1 500", blank),
        ("A 1-20 1\u{a0}500", blank),
        ("A 1-20 1\u{202f}500", blank),
        ("Stalls A 1-20 1 500", blank),
        ("A 1-20 1 500,00", "Write the price without blanks: 1500,00"),
        ("A 12 1 500", two),
        ("A 12 1 500.00", two),
        ("A 1-20 5 45", "such as: A 1-20 45.00"),
    ] {
        check_problems(line, &[(1, told)]);
    }
    let seat = |seat| [(1, seat, "500", None)];
    check("A 1 500", &seat("Row A, seat 1"));
    check("Stalls A 1 500", &seat("Stalls, Row A, seat 1"));
    check("Stalls 12 1-1 500", &seat("Stalls, Row 12, seat 1"));
    check("Stalls 12 7 45", &[(1, "Stalls, Row 12, seat 7", "45", None)]);
    // Blanks between words are blanks, whatever their kind.
    check("A\u{a0}1-1\t500", &seat("Row A, seat 1"));
}

#[test]
fn seats_without_a_title_have_none() {
    for line in ["A 1 45", "Stalls A 1 45"] {
        let rows = read(line, "", TERMS).rows;
        assert_eq!((rows[0].title.as_str(), &rows[0].problem), ("", &None), "the core asks for a title");
    }
    assert_eq!(read("A 1 45", "Hamlet", TERMS).rows[0].title, "Hamlet, row A");
    assert_eq!(read("Stalls A 1 45", "Hamlet", TERMS).rows[0].title, "Hamlet, Stalls");
}

#[test]
fn quotes_have_one_reading() {
    check_problems("seat,price\nA1,45\n\"A\"2,45\nA3,\"45\"0\n", &[(3, "Cell 1 goes on"), (4, "Cell 2 goes on")]);
    check_problems("seat,price\n\"A1,45\nA2,45\n", &[(2, "beginning of cell 1 is not closed")]);
    check_problems("\"seat\"x,price\nA1,45\n", &[(1, "Cell 1 goes on")]);
    check("seat,price\n\"A, \"\"1\"\"\",45", &[(2, "A, \"1\"", "45", None)]);
}

#[test]
fn excel_may_name_the_separator() {
    for (text, note) in [
        ("sep=;\r\nseat;price\r\nA1;45,50\r\n", "Columns are separated by semicolons."),
        ("\u{feff}\"SEP=,\"\nseat,price\nA1,\"45,50\"\n", "Columns are separated by commas."),
        ("sep=\t\nseat\tprice\nA1\t45,50\n", "Columns are separated by tabs."),
    ] {
        let read = read(text, "Hamlet", TERMS);
        assert_eq!(read.notes, [note, "Prices have a decimal comma."], "{text}");
        check(text, &[(3, "A1", "45.50", None)]);
    }
    check_problems("sep=|\nseat|price\nA1|45\n", &[(1, "can't be separated by “|”: use commas, semicolons or tabs")]);
    check_problems("sep=;\nseat;cost\nA1;45\n", &[(1, "no column “price”")]);
}

#[test]
fn rows_are_counted_without_being_made() {
    let count = |text: &str| super::count(text, TERMS);
    for text in
        ["A 1-20 45\n\nB 7 45\nnonsense", "title,price,quantity\nPit,45,30\nBar,20,\nBar,x,many\n", "seat,cost\n"]
    {
        assert_eq!(count(text), read(text, "Hamlet", TERMS).rows.len(), "{text}");
    }
    assert_eq!(count(""), 0);
    assert_eq!(count(&"A 1-1000 1\n".repeat(1_000)), TERMS.tickets_max);
    assert_eq!(count(&format!("price,quantity\n{}", "1,1000\n".repeat(1_000))), TERMS.tickets_max);
}

#[test]
fn nothing_is_cut_to_fit() {
    check_problems("seat,price\nA1,1,500.00\n", &[(2, "Cell 3 (“500.00”)")]);
    check_problems("title,price,seat\nHamlet,45,50,A3\n", &[(2, "Cell 4 (“A3”)")]);
    check_problems("seat,price\nA1\n", &[(2, "no cell for the column “price”")]);
    check_problems("seat,price\nA1,45,,\n", &[]);
    check_problems("level,seat,price\nstalls,A1,45\n", &[(1, "Column 1 (“level”) is not known")]);
    check_problems("seat,,price\nA1,x,45\n", &[(1, "Column 2 has no name")]);
    check_problems("seat,price,seat\nA1,45,A2\n", &[(1, "two columns “seat”")]);
    check_problems("title,price\nBj\u{fffd}rk,45\n", &[(2, "could not be read, at byte 3")]);
}

#[test]
fn a_seat_is_section_row_and_seat() {
    let text = "section,row,seat,price\nStalls,A,101,310\nStalls,B,101,290\n,B,101,45\nBox,,7,20\n,,A1,20\n";
    let rows = read(text, "Tosca", TERMS).rows;
    assert!(rows.iter().all(|row| row.title == "Tosca" && row.problem.is_none()), "{rows:?}");
    let seats: Vec<&str> = rows.iter().map(|row| row.seat.as_str()).collect();
    let expected = ["Stalls, row A, seat 101", "Stalls, row B, seat 101", "Row B, seat 101", "Box, seat 7", "A1"];
    assert_eq!(seats, expected);
    check("Stalls A 1 45", &[(1, "Stalls, Row A, seat 1", "45", None)]);
}

#[test]
fn without_a_seat_section_and_row_are_of_the_title() {
    let text = "title,section,row,seat,price\n,Stalls,A,,20\n,Stalls,,,15\n,,A,,12\nGala,Stalls,A,,40\n,,,,10\n";
    let rows = read(text, "Hamlet", TERMS).rows;
    assert!(rows.iter().all(|row| row.seat.is_empty() && row.problem.is_none()), "{rows:?}");
    let titles: Vec<&str> = rows.iter().map(|row| row.title.as_str()).collect();
    assert_eq!(titles, ["Hamlet, Stalls, row A", "Hamlet, Stalls", "Hamlet, row A", "Gala, Stalls, row A", "Hamlet"]);

    let standing = read("section,price,quantity\nStalls,20,100\nBalcony,15,2\n", "Hamlet", TERMS).rows;
    let count = |title: &str| standing.iter().filter(|row| row.title == title).count();
    assert_eq!((standing.len(), count("Hamlet, Stalls"), count("Hamlet, Balcony")), (102, 100, 2));
    assert!(standing.iter().all(|row| row.seat.is_empty() && row.problem.is_none()), "{standing:?}");

    check_problems("section,price\nPit,20\nPit,20\n", &[(3, "a column “quantity”")]);
    check_problems("section,seat,price,quantity\nPit,7,20,2\n", &[(2, "A seat is one ticket")]);
    let untitled = read("section,price\nPit,20\n", "", TERMS).rows;
    assert_eq!((untitled[0].title.as_str(), &untitled[0].problem), ("", &None), "the core asks for a title");
}

#[test]
fn a_table_without_a_price_is_one_problem() {
    for text in [
        "section,row,seat\nStalls,A,1\nStalls,A,2\n",
        "Titel;Preis\nHamlet;45,00\nTosca;50,00\n",
        "Titre\tPrix\nHamlet\t45\n",
        "\u{feff}\"Seat\",\"Cost\"\r\nA1,45\r\n",
        "Seat no.,Ticket price (EUR)\nA1,45\n",
    ] {
        let read = read(text, "Hamlet", TERMS);
        assert_eq!(read.rows.len(), 1, "{text}: {read:?}");
        let problem = read.rows[0].problem.as_deref().unwrap_or_default();
        assert!(problem.contains("no column “price”") && problem.contains("section, row, seat"), "{text}: {problem}");
    }
}

#[test]
fn what_is_no_header_is_read_as_patterns() {
    check("Block B 1 45,50", &[(1, "Block, Row B, seat 1", "45.50", None)]);
    check("Rang\tA\t1\t45", &[(1, "Rang, Row A, seat 1", "45", None)]);
    let shape = Some("Write a row, its seats and their price, such as: A 1-20 45.00");
    check("A;1-20;45\nRow;7;45\nnonsense", &[(1, "", "", shape), (2, "", "", shape), (3, "", "", shape)]);
    check("seat\nA1", &[(1, "", "", shape), (2, "", "", shape)]);
}

#[test]
fn a_seat_is_listed_once() {
    check_problems("A 1-2 45\nA 2-3 45", &[(2, "Line 1 has the same seat")]);
    check_problems("seat,price\nA1,45\na1 ,50\n", &[(3, "Line 2 has the same seat")]);
    check_problems("title,price\nPit,45\nPit,45\n", &[(3, "a column “quantity”")]);
    // Names that look alike are one name.
    check_problems(
        "title,price\nCaf\u{e9},45\nCAFE\u{301} ,45\n\u{421}afé,45\n",
        &[(3, "Line 2 says"), (4, "Line 2 says")],
    );
    // What no seat can be called is the core's to refuse, twice if it comes twice.
    check_problems(&format!("seat,price\n{0},45\n{0},45\n", "x".repeat(101)), &[]);
    let apart = Terms { is_one_show: false, ..TERMS };
    let read = read("title,seat,price\nHamlet,A1,45\nTosca,A1,45\n", "", apart);
    assert!(read.rows.iter().all(|row| row.problem.is_none()), "{read:?}");
}

#[test]
fn tickets_without_a_seat_have_a_quantity() {
    let rows = read("title,price,quantity\nPit,45,3\nBar,20,\n", "", TERMS).rows;
    assert_eq!((rows.len(), rows.iter().filter(|row| row.title == "Pit" && row.line == 2).count()), (4, 3));
    assert!(rows.iter().all(|row| row.problem.is_none()), "{rows:?}");
    check_problems("seat,price,quantity\nA1,45,2\n", &[(2, "A seat is one ticket")]);
    check_problems("price,quantity\n45,0\n45,many\n", &[(2, "Quantity “0”"), (3, "Quantity “many”")]);
}
