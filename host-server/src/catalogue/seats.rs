//! The order of seats.

use std::cmp::Ordering;

use boxoffice::Ticket;

/// Compares tickets by title and seat, in natural order: row 2 is before row 10.
pub(super) fn by_seat(a: &Ticket, b: &Ticket) -> Ordering {
    let seat = |ticket: &Ticket| ticket.seat.as_ref().map(|seat| natural(seat.as_str()));
    natural(a.title.as_str()).cmp(&natural(b.title.as_str())).then_with(|| seat(a).cmp(&seat(b))).then(a.id.cmp(&b.id))
}

/// Splits a text into parts that are compared as words or as numbers.
fn natural(text: &str) -> Vec<(u64, String)> {
    let mut parts: Vec<(u64, String)> = Vec::new();
    for letter in text.chars() {
        match (letter.to_digit(10), parts.last_mut()) {
            (Some(digit), Some((number, word))) if word.is_empty() => {
                *number = number.saturating_mul(10).saturating_add(u64::from(digit));
            }
            (Some(digit), _) => parts.push((u64::from(digit), String::new())),
            (None, Some((_, word))) if !word.is_empty() => word.extend(letter.to_lowercase()),
            (None, _) => parts.push((u64::MAX, letter.to_lowercase().collect())),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_seats_are_numbers() {
        let mut seats = ["Row B, seat 1", "Row A, seat 10", "Row A, seat 9", "row a, seat 2"];
        seats.sort_by_key(|seat| natural(seat));
        assert_eq!(seats, ["row a, seat 2", "Row A, seat 9", "Row A, seat 10", "Row B, seat 1"]);
    }
}
