//! Running totals of tickets on sale, so that no page counts them.

use std::collections::BTreeMap;
use std::ops::Bound;

use boxoffice::{Money, PriceBound, Ticket, TicketStatus};

use super::on_sale::PriceRange;

/// The totals of the tickets on sale of a show or a section.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub(super) available: usize,
    pub(super) held: usize,
    /// Number of tickets at each price. Prices of one currency lie together.
    prices: BTreeMap<(&'static str, u64), (Money, usize)>,
}

impl Totals {
    pub(super) fn add(&mut self, ticket: &Ticket) {
        *self.count_of(ticket) += 1;
        self.prices.entry(place(ticket.price)).or_insert((ticket.price, 0)).1 += 1;
    }

    /// Takes out a ticket as it was when it was added.
    pub(super) fn remove(&mut self, ticket: &Ticket) {
        let count = self.count_of(ticket);
        *count = count.saturating_sub(1);
        let place = place(ticket.price);
        if let Some((_, count)) = self.prices.get_mut(&place) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.prices.remove(&place);
            }
        }
    }

    /// Returns the prices in each currency, the lowest first. Prices of different currencies are never one range.
    pub(super) fn prices(&self) -> Vec<PriceRange> {
        let mut ranges: Vec<PriceRange> = Vec::new();
        let mut next = self.prices.first_key_value();
        while let Some(((code, _), (low, _))) = next {
            let of_currency = (*code, 0)..=(*code, u64::MAX);
            let high = self.prices.range(of_currency).next_back().map_or(*low, |(_, (high, _))| *high);
            ranges.push(PriceRange { low: *low, high });
            next = self.prices.range((Bound::Excluded((*code, u64::MAX)), Bound::Unbounded)).next();
        }
        ranges.sort_by_key(|range| PriceBound::from(range.low));
        ranges
    }

    fn count_of(&mut self, ticket: &Ticket) -> &mut usize {
        if ticket.status == TicketStatus::Available { &mut self.available } else { &mut self.held }
    }
}

fn place(price: Money) -> (&'static str, u64) {
    (price.currency().code(), price.minor())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_of_one_currency() {
        let mut totals = Totals::default();
        let money = |text: &str, code: &str| Money::parse(text, code.parse().unwrap()).unwrap();
        for (text, code) in [("5", "EUR"), ("7", "EUR"), ("1", "USD"), ("3000", "JPY")] {
            let price = money(text, code);
            totals.prices.insert(place(price), (price, 1));
        }
        let range = |low, high, code| PriceRange { low: money(low, code), high: money(high, code) };
        assert_eq!(totals.prices(), [range("1", "1", "USD"), range("5", "7", "EUR"), range("3000", "3000", "JPY")]);
        assert_eq!(Totals::default().prices(), []);
    }
}
