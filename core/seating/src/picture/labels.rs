//! The words of pictures and lists, which come from outside in other languages.

use serde::{Deserialize, Serialize};

use super::Look;
use super::text::{filled, isolated};

/// The words that are said beside the names of the plan. The default is English.
///
/// A `{name}` in braces stands for what each field says. Numbers are put in as they are, so that a text that counts
/// should need no plural: "Seats: {seats}".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Labels {
    /// Says which `{row}`. A label of several words, such as "Table 4", stands alone.
    pub row: String,
    /// Says which `{seat}` of a row. A label of several words, such as "Chair 2", stands alone.
    pub seat: String,
    /// Stands between the parts of a name.
    pub separator: String,
    /// Says that something is in the way of the view.
    pub restricted_view: String,
    /// Says that there is room for a wheelchair.
    pub wheelchair_place: String,
    /// Says that a seat is for who comes with somebody in another `{place}`.
    pub companion: String,
    /// Says how many seats of a zone can be had: `{count}`.
    pub left: String,
    /// Says that no seat of a zone can be had.
    pub none_left: String,
    /// Names the categories from the `{first}` to the `{last}`.
    pub category_range: String,
    /// Describes a picture, with the numbers of `{rows}` and `{seats}`.
    pub summary: String,
    /// Introduces the `{categories}` with their numbers.
    pub categories: String,
    /// Says what the shapes of a picture mean.
    pub signs: String,
    /// Word for a seat that can be had.
    pub free: String,
    /// Word for a seat that somebody else's order has.
    pub held: String,
    /// Word for a seat that somebody has bought.
    pub sold: String,
    /// Word for a seat that is not for sale here.
    pub blocked: String,
    /// Word for a seat that the reader has chosen.
    pub chosen: String,
}

impl Default for Labels {
    fn default() -> Self {
        Self {
            row: "row {row}".to_owned(),
            seat: "seat {seat}".to_owned(),
            separator: ", ".to_owned(),
            restricted_view: "restricted view".to_owned(),
            wheelchair_place: "wheelchair place".to_owned(),
            companion: "for a companion of {place}".to_owned(),
            left: "{count} left".to_owned(),
            none_left: "none left".to_owned(),
            category_range: "{first} to {last}".to_owned(),
            summary: "Rows: {rows}. Seats: {seats}.".to_owned(),
            categories: "Categories: {categories}.".to_owned(),
            signs: "A ring is a free seat, with the number of its category if there are several. A held seat is half \
                    filled, a sold one has a cross, one that is not for sale is a small dot, and a chosen one has a \
                    check. Wheelchair places are square. A bar at the bottom means a restricted view."
                .to_owned(),
            free: "free".to_owned(),
            held: "held".to_owned(),
            sold: "sold".to_owned(),
            blocked: "not for sale".to_owned(),
            chosen: "chosen".to_owned(),
        }
    }
}

impl Labels {
    /// Returns the word for a look.
    pub fn of_look(&self, look: Look) -> &str {
        match look {
            Look::Free => &self.free,
            Look::Held => &self.held,
            Look::Sold => &self.sold,
            Look::Blocked => &self.blocked,
            Look::Chosen => &self.chosen,
        }
    }

    /// Returns how a row is called; `None` if it has no label.
    pub(super) fn of_row(&self, label: &str) -> Option<String> {
        (!label.is_empty()).then(|| called(&self.row, "row", label))
    }

    /// Returns how a seat is called within its row.
    pub(super) fn of_seat(&self, label: &str) -> String {
        called(&self.seat, "seat", label)
    }

    /// Returns what is said about seats that can be had.
    pub(super) fn of_left(&self, count: u32) -> String {
        if count == 0 { self.none_left.clone() } else { filled(&self.left, &[("count", &count.to_string())]) }
    }
}

fn called(template: &str, name: &str, label: &str) -> String {
    let shown = isolated(label);
    if label.contains(char::is_whitespace) { shown } else { filled(template, &[(name, &shown)]) }
}
