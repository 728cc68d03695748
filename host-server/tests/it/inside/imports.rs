//! Imports of many tickets: what the core refuses is told by line and column, beside what is wrong with the text itself.

use axum::Router;
use boxoffice_server::Settings;
use serde_json::json;

use super::here;
use super::pages::submit;
use crate::harness::{Host, Person};

const SHOW: &str = "title=&show.name=Hamlet&show.startsAt=2027-05-01T19%3A30&show.venue=&show.category=";
const NO_SHOW: &str = "title=&show.name=&show.startsAt=&show.venue=&show.category=";

const NO_NUMBER: &str = "Price must be a decimal number such as 19.99";

/// Checks the lines of a text whose preview has a problem, each with its problem.
async fn check(host: &Host, seller: &Person<'_>, show: &str, text: &str, expected: &[(usize, &str)]) {
    let rows: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let page = submit(host, Some(seller), "/sell/many", &format!("{show}&do=preview&rows={rows}")).await;
    let problem = |row: &str| {
        let row = row.split("</tr>").next()?;
        let (line, rest) = row.split_once('<')?;
        let (_, problem) = rest.split_once("<span class=\"note error\">")?;
        Some((line.parse::<usize>().ok()?, problem.split('<').next()?.to_owned()))
    };
    let mut told: Vec<_> = page.text.split("data-label=\"Line\">").skip(1).filter_map(problem).collect();
    told.sort_unstable();
    let told: Vec<(usize, &str)> = told.iter().map(|(line, problem)| (*line, problem.as_str())).collect();
    assert_eq!(told, expected, "{text}: {}", page.text);
    assert_eq!(page.status, if expected.is_empty() { 200 } else { 400 }, "{text}: {}", page.text);
}

#[tokio::test]
async fn what_the_core_refuses_is_told_by_line_and_column() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    let check = async |text: &str, expected: &[(usize, &str)]| check(&host, &ann, SHOW, text, expected).await;
    check("A 1 0\nA 2 x\nA 3 20", &[(1, "Price must be greater than 0"), (2, NO_NUMBER)]).await;
    check(
        "title,price,currency\n,12,XXQ\n\"a\u{7}\",1,\nPit,20,EUR\n",
        &[(2, "Currency must be an ISO 4217 currency code such as USD"), (3, "Title must not have control characters")],
    )
    .await;
    check("seat;price\nA1;45,50\nA2;45.50", &[(2, NO_NUMBER)]).await;
    check("seat;price\nA1;1.500,00\nA2;45,50", &[(2, NO_NUMBER), (3, NO_NUMBER)]).await;
    // What would be fifteen hundred, or one and a half.
    check("seat;price\nA1;1,500", &[(2, "Price “1,500” has two readings: write 1500 or 1.500")]).await;
    // As browsers send what is in a text area.
    check("seat,price\r\nA1,45\r\nA2,x\r\n", &[(3, NO_NUMBER)]).await;
    let (long, length) = ("x".repeat(101), "Seat must have 1 to 100 characters");
    check(&format!("seat,price\n{long},45\n{long},45\n"), &[(2, length), (3, length)]).await;
    check("seat,price\nA1,45\nA2,45\n", &[]).await;
    let untitled = "section,price\nPit,20\n";
    let no_title = "Title must have 1 to 200 characters";
    self::check(&host, &ann, NO_SHOW, untitled, &[(2, no_title)]).await;
    self::check(&host, &ann, NO_SHOW, "A 1-2 45\nStalls B 1 45", &[(1, no_title), (1, no_title), (2, no_title)]).await;
}

#[tokio::test]
async fn problems_of_the_text_and_of_what_it_says_are_told_at_once() {
    let host = here(Settings::default());
    let ann = host.person("ann").await;
    let taken = json!({
        "title": "Hamlet", "price": 20, "seat": "A9", "show": { "name": "Hamlet", "startsAt": "2027-05-01T19:30:00Z" }
    });
    assert_eq!(ann.post("/api/tickets", taken).await.status, 201);
    let text = "seat,price\nA1,45,50\nA2,x\nA3,20\na3,20\nA4,20\n";
    let cell = "Cell 3 (“50”) is one more than the 2 columns: write a text with a separator in it in quotes";
    let double = "Line 4 has the same seat: list each seat once";
    check(&host, &ann, SHOW, text, &[(2, cell), (3, NO_NUMBER), (5, double)]).await;
    let seat = "Another ticket for this seat of this show is on sale or sold";
    check(&host, &ann, SHOW, "seat,price\nA1,45,50\nA9,20\n", &[(2, cell), (3, seat)]).await;
    let rows: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let refused = submit(&host, Some(&ann), "/sell/many", &format!("{SHOW}&do=list&rows={rows}")).await;
    assert!(refused.status == 400 && refused.text.contains(NO_NUMBER), "{}", refused.text);
    assert_eq!(host.get("/api/tickets").await.body.as_array().map(Vec::len), Some(1), "all are listed, or none");
}

#[tokio::test]
async fn prices_without_a_currency_are_in_the_box_offices_own() {
    let yen = "JPY".parse().unwrap();
    let host = Host::built(Settings::default(), |builder| builder.default_currency(yen), Router::new());
    let ann = host.person("ann").await;
    check(&host, &ann, SHOW, "A 1 2000", &[]).await;
    let decimals = "Price has more than 0 decimals, which this currency does not have";
    check(&host, &ann, SHOW, "A 1 45.50", &[(1, decimals)]).await;
    check(&host, &ann, SHOW, "seat,price,currency\nA1,45.50,EUR\n", &[]).await;
}
