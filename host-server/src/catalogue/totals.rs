//! Running totals of tickets on sale, so that no page counts them.

use std::collections::BTreeMap;
use std::ops::Bound;

use boxoffice::{Currency, Money, PriceBound, Ticket, TicketStatus};

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
        let range = |low: Money| {
            let code = low.currency().code();
            let of_currency = (code, 0)..=(code, u64::MAX);
            let high = self.prices.range(of_currency).next_back().map_or(low, |(_, (high, _))| *high);
            PriceRange { low, high }
        };
        let mut ranges: Vec<PriceRange> = self.lows().map(range).collect();
        ranges.sort_by_key(|range| PriceBound::from(range.low));
        ranges
    }

    /// Returns the lowest price, as a number of major units in any currency.
    pub(super) fn lowest(&self) -> Option<PriceBound> {
        self.lows().map(PriceBound::from).min()
    }

    /// Iterates over the lowest prices of all currencies.
    fn lows(&self) -> impl Iterator<Item = Money> {
        let mut next = self.prices.first_key_value();
        std::iter::from_fn(move || {
            let ((code, _), (low, _)) = next?;
            next = self.prices.range((Bound::Excluded((*code, u64::MAX)), Bound::Unbounded)).next();
            Some(*low)
        })
    }

    fn count_of(&mut self, ticket: &Ticket) -> &mut usize {
        if ticket.status == TicketStatus::Available { &mut self.available } else { &mut self.held }
    }
}

/// Number of tickets on sale in each currency.
#[derive(Debug, Default)]
pub(super) struct Currencies(BTreeMap<&'static str, (Currency, usize)>);

impl Currencies {
    pub(super) fn add(&mut self, price: Money) {
        self.0.entry(price.currency().code()).or_insert((price.currency(), 0)).1 += 1;
    }

    pub(super) fn remove(&mut self, price: Money) {
        let code = price.currency().code();
        let Some((_, count)) = self.0.get_mut(code) else { return };
        *count = count.saturating_sub(1);
        if *count == 0 {
            self.0.remove(code);
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Currency> {
        self.0.values().map(|(currency, _)| *currency)
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
        assert_eq!((totals.lowest(), Totals::default().lowest()), (Some(PriceBound::from(1)), None));
        assert_eq!(Totals::default().prices(), []);
    }
}
