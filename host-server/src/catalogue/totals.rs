//! Running totals of tickets on sale, so that no page counts them.

use std::collections::BTreeMap;

use boxoffice::{Currency, Money, Ticket, TicketStatus};

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

    /// Returns the lowest and the highest price in a currency. Prices in different currencies can't be compared.
    pub(super) fn range(&self, currency: Currency) -> Option<(Money, Money)> {
        let mut prices =
            self.prices.range((currency.code(), 0)..=(currency.code(), u64::MAX)).map(|(_, (price, _))| *price);
        let low = prices.next()?;
        Some((low, prices.next_back().unwrap_or(low)))
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
        let money = |text: &str, currency| Money::parse(text, currency).unwrap();
        for (text, currency) in [("5", "EUR".parse().unwrap()), ("7", "EUR".parse().unwrap()), ("1", Currency::USD)] {
            let price = money(text, currency);
            totals.prices.insert(place(price), (price, 1));
        }
        assert_eq!(
            totals.range("EUR".parse().unwrap()),
            Some((money("5", "EUR".parse().unwrap()), money("7", "EUR".parse().unwrap())))
        );
        assert_eq!(totals.range(Currency::USD), Some((money("1", Currency::USD), money("1", Currency::USD))));
        assert_eq!(totals.range("JPY".parse().unwrap()), None);
    }
}
