//! The shows with their tickets on sale, and those that are sold out until they start.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use boxoffice::{PriceBound, Ticket, TicketId, TicketStatus, Timestamp};

use super::index::Index;
use super::key::ShowKey;
use super::on_sale::{Change, Effect, OnSale, State, description, is_described_alike};
use super::totals::Currencies;
use super::words::Words;

/// All shows with tickets on sale, and sold-out shows that have not started.
#[derive(Debug, Default)]
pub(crate) struct Shows {
    pub(super) by_key: HashMap<ShowKey, OnSale>,
    pub(super) index: Index,
    pub(super) words: Words,
    currencies: Currencies,
    key_of: HashMap<TicketId, ShowKey>,
    /// Keys of these shows in links from before names were compared by how they look.
    former: HashMap<ShowKey, ShowKey>,
    news: HashSet<ShowKey>,
    seq: u64,
}

/// The changes of a show for one message.
#[derive(Debug)]
pub(super) struct News {
    pub(super) key: ShowKey,
    /// Tickets that have changed, with their states.
    pub(super) changes: Vec<(TicketId, State)>,
    /// Number of available tickets.
    pub(super) left: usize,
    /// Number of the last record that is included.
    pub(super) seq: u64,
}

impl Shows {
    /// Returns the number of the last record that is included.
    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }

    /// Returns a show with tickets on sale.
    pub(crate) fn get(&self, key: ShowKey) -> Option<&OnSale> {
        self.by_key.get(&key).filter(|show| show.len() > 0)
    }

    /// Returns a show that is sold out and has not started.
    pub(crate) fn sold_out(&self, key: ShowKey, now: Timestamp) -> Option<&OnSale> {
        self.by_key.get(&key).filter(|show| show.is_sold_out() && !show.has_started(now))
    }

    /// Returns the present key of the show that a link names.
    pub(crate) fn present(&self, key: ShowKey) -> ShowKey {
        self.former.get(&key).copied().filter(|_| !self.by_key.contains_key(&key)).unwrap_or(key)
    }

    /// Returns the number of available tickets of a show.
    fn left(&self, key: ShowKey) -> usize {
        self.get(key).map_or(0, OnSale::available)
    }

    /// Returns `true` if a price on sale can have as many decimals as the bound.
    pub(crate) fn has_prices_like(&self, bound: PriceBound) -> bool {
        self.currencies.iter().any(|currency| bound.fits(currency).is_ok())
    }

    /// Returns at most `max` categories of the open shows, the most common ones, and beside them the one of this name, with the number
    /// of shows in each.
    pub(crate) fn categories(&self, now: Timestamp, max: usize, named: &str) -> BTreeMap<&str, usize> {
        self.index.categories(now, max, named)
    }

    /// Updates a ticket to its state after the record with number `seq`. Once all of its tickets are updated,
    /// [`advance_to`](Self::advance_to) includes the record.
    pub(super) fn put(&mut self, ticket: &Arc<Ticket>, seq: u64) {
        let key = ShowKey::of(ticket);
        if let Some(before) = self.key_of.get(&ticket.id).copied().filter(|before| *before != key) {
            self.leave(before, ticket.id, seq);
        }
        let is_known = self.by_key.contains_key(&key);
        let may_be_sold_out = ticket.status == TicketStatus::Sold && ticket.show.is_some();
        if !is_known && !ticket.status.is_active() && !may_be_sold_out {
            self.key_of.remove(&ticket.id);
            return;
        }
        self.come(key, ticket, seq);
        self.change(key, |show| show.put(ticket, seq));
        if ticket.status.is_active() {
            self.key_of.insert(ticket.id, key);
        } else {
            self.key_of.remove(&ticket.id);
        }
    }

    /// Removes a ticket from its former show, after an edit moved it to another one.
    fn leave(&mut self, key: ShowKey, ticket: TicketId, seq: u64) {
        self.change(key, |show| {
            let effect = show.remove(ticket);
            show.note(Change { seq, ticket, state: State { status: TicketStatus::Withdrawn, price: None } });
            effect
        });
    }

    /// Adds the show of a ticket, unless it is there.
    fn come(&mut self, key: ShowKey, ticket: &Arc<Ticket>, seq: u64) {
        let show = self.by_key.entry(key).or_insert_with(|| {
            let slot = self.index.claim();
            description(ticket).for_each(|text| self.words.learn(slot, text));
            OnSale::new(key, slot, ticket, seq)
        });
        let former = ShowKey::former(ticket);
        if self.former.insert(former, key).is_none() {
            show.former.push(former);
        }
    }

    /// Changes a show, and keeps its place in the listing and its words.
    fn change(&mut self, key: ShowKey, change: impl FnOnce(&mut OnSale) -> Effect) {
        let Some(show) = self.by_key.get_mut(&key) else { return };
        let sample = Arc::clone(&show.sample);
        let Effect { before, after, sections } = change(show);
        if let Some(ticket) = &before {
            self.currencies.remove(ticket.price);
        }
        if let Some(ticket) = &after {
            self.currencies.add(ticket.price);
        }
        if !is_described_alike(&sample, &show.sample) {
            description(&sample).for_each(|text| self.words.forget(show.slot, text));
            description(&show.sample).for_each(|text| self.words.learn(show.slot, text));
        }
        sections.closed.iter().for_each(|title| self.words.forget(show.slot, title.as_str()));
        sections.opened.iter().for_each(|title| self.words.learn(show.slot, title.as_str()));
        self.index.set(show.slot, show.place());
        self.news.insert(key);
    }

    /// Removes a show that has no tickets on sale.
    fn forget(&mut self, key: ShowKey) {
        let Some(show) = self.by_key.remove(&key) else { return };
        description(&show.sample).for_each(|text| self.words.forget(show.slot, text));
        self.index.release(show.slot);
        for former in &show.former {
            self.former.remove(former);
        }
    }

    /// Includes all records up to this number.
    pub(super) fn advance_to(&mut self, seq: u64) {
        self.seq = self.seq.max(seq);
    }

    /// Returns the changes of a show after a record, in order, or `None` if they are no longer known.
    pub(super) fn changes_since(&self, key: ShowKey, seq: u64) -> Option<News> {
        let changes = self.by_key.get(&key)?.since(seq)?;
        Some(News { key, changes, left: self.left(key), seq: self.seq })
    }

    pub(super) fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    /// Takes shows that have started off the list, and those without tickets on sale out of the catalogue; at most `max` of them.
    /// Returns `true` if there may be more.
    pub(super) fn forget_the_past(&mut self, now: Timestamp, max: usize) -> bool {
        let past: Vec<_> = self.index.started(now).take(max).collect();
        for (key, slot) in &past {
            if self.by_key.get(key).is_some_and(|show| show.len() > 0) {
                self.index.set(*slot, None);
            } else {
                self.forget(*key);
            }
        }
        past.len() == max
    }

    /// Returns the unsent changes of at most `max` shows for which `is_due` returns `true`, and marks them as sent. Removes
    /// shows that have no tickets left and are not sold out.
    pub(super) fn take_news(&mut self, max: usize, is_due: impl Fn(ShowKey) -> bool) -> Vec<News> {
        let mut news = Vec::new();
        for key in self.news.extract_if(|key| is_due(*key)).take(max).collect::<Vec<_>>() {
            let left = self.left(key);
            let Some(show) = self.by_key.get_mut(&key) else { continue };
            // Taken whole, because what a large show told at once takes room that it doesn't need again.
            let changes = std::mem::take(&mut show.untold).into_iter().collect();
            if show.len() == 0 && show.sold.is_empty() {
                self.forget(key);
            }
            news.push(News { key, changes, left, seq: self.seq });
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use boxoffice::{BoxOffice, NewTicket, SignUp};

    use super::super::on_sale::RECENT_MAX;
    use super::*;

    #[tokio::test]
    async fn everything_is_told_once_however_much_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let office = BoxOffice::open(dir.path()).unwrap();
        let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse")).await.unwrap().user.id;
        let mut shows = Shows::default();
        let many = RECENT_MAX + 100;
        let listed = office.tickets().create_many(ann, vec![NewTicket::new("Hamlet", "1"); many]).await.unwrap();
        for (at, ticket) in (1..).zip(&listed) {
            shows.put(ticket, at);
        }
        let key = ShowKey::of(&listed[0]);
        assert!(shows.take_news(9, |_| false).is_empty() && shows.has_news(), "what is not due waits");
        let told: HashSet<_> = shows.take_news(9, |due| due == key).remove(0).changes.into_iter().collect();
        let plain = |status| State { status, price: None };
        let expected = listed.iter().map(|ticket| (ticket.id, plain(TicketStatus::Available)));
        assert_eq!(told, expected.collect());
        assert!(!shows.has_news() && shows.take_news(9, |_| true).is_empty());
        assert!(shows.changes_since(key, 0).is_none(), "who was away for long looks at everything again");
        let last = listed.last().unwrap();
        office.tickets().withdraw(ann, last.id, None).await.unwrap();
        shows.put(&office.tickets().get(last.id).unwrap(), many as u64 + 1);
        assert_eq!(shows.take_news(9, |_| true)[0].changes, [(last.id, plain(TicketStatus::Withdrawn))]);
        assert_eq!(shows.changes_since(key, many as u64).unwrap().changes, [(last.id, plain(TicketStatus::Withdrawn))]);
    }

    #[test]
    fn keys_are_read_as_they_are_written() {
        let key = ShowKey(7);
        assert_eq!(key.to_string().parse(), Ok(key));
        for wrong in ["", "7", &"g".repeat(32), &"A".repeat(32), &"0".repeat(33)] {
            assert_eq!(wrong.parse::<ShowKey>(), Err(()), "{wrong}");
        }
    }
}
