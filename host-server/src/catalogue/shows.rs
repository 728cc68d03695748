//! The shows with their tickets on sale, and those that are sold out until they start.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

use boxoffice::{PriceBound, SearchText, Ticket, TicketId, TicketStatus, Timestamp};

use super::key::ShowKey;
use super::on_sale::{Change, OnSale};

/// All shows with tickets on sale, and sold-out shows that have not started.
#[derive(Debug, Default)]
pub(crate) struct Shows {
    by_key: HashMap<ShowKey, OnSale>,
    key_of: HashMap<TicketId, ShowKey>,
    /// The keys that links to these shows may have from former times.
    former: HashMap<ShowKey, ShowKey>,
    news: HashSet<ShowKey>,
    seq: u64,
}

/// The changes of a show for one message.
#[derive(Debug)]
pub(super) struct News {
    pub(super) key: ShowKey,
    /// Tickets that have changed, with their statuses.
    pub(super) changes: Vec<(TicketId, TicketStatus)>,
    /// How many of its tickets can be bought.
    pub(super) left: usize,
    /// Number of the last record that is included.
    pub(super) seq: u64,
}

/// The order of a listing of shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sort {
    /// By start, the earliest first.
    #[default]
    Date,
    /// By lowest price.
    Price,
    /// By name.
    Name,
}

/// The filters and the order of a listing.
#[derive(Debug, Default)]
pub(crate) struct Browse<'a> {
    /// Words of the show or its tickets.
    pub(crate) search: Option<&'a SearchText>,
    /// The category; empty for all.
    pub(crate) category: &'a str,
    /// The highest lowest price, in major units whatever the currency.
    pub(crate) max_price: Option<PriceBound>,
    /// Shows that start at this time or later.
    pub(crate) from: Option<Timestamp>,
    /// Shows that start before this time.
    pub(crate) until: Option<Timestamp>,
    /// `true` for shows with tickets on sale only.
    pub(crate) only_left: bool,
    /// The order.
    pub(crate) sort: Sort,
}

impl Shows {
    /// Returns the number of the last record that is included.
    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }

    /// The key of the show to which a link leads.
    pub(crate) fn present(&self, key: ShowKey) -> ShowKey {
        self.former.get(&key).copied().filter(|_| !self.by_key.contains_key(&key)).unwrap_or(key)
    }

    /// Returns a show with tickets on sale.
    pub(crate) fn get(&self, key: ShowKey) -> Option<&OnSale> {
        self.by_key.get(&key).filter(|show| !show.tickets.is_empty())
    }

    /// Returns a show that is sold out and has not started.
    pub(crate) fn sold_out(&self, key: ShowKey, now: Timestamp) -> Option<&OnSale> {
        self.by_key.get(&key).filter(|show| show.is_sold_out() && !show.has_started(now))
    }

    /// How many tickets of a show can be bought.
    fn left(&self, key: ShowKey) -> usize {
        self.get(key).map_or(0, |show| show.summary().available)
    }

    /// Whether any price on sale can be written with as many decimals as the bound was.
    pub(crate) fn has_prices_like(&self, bound: PriceBound) -> bool {
        let mut prices = self.by_key.values().flat_map(|show| &show.summary().prices);
        prices.any(|range| bound.fits(range.low.currency()).is_ok())
    }

    /// Returns the shows that match, in order. Shows with tickets on sale come before sold-out ones.
    pub(crate) fn browse(&self, browse: &Browse<'_>, now: Timestamp) -> Vec<&OnSale> {
        let mut found: Vec<&OnSale> = self.by_key.values().filter(|show| is_wanted(show, browse, now)).collect();
        let date = |show: &OnSale| (show.starts_at().map_or(u64::MAX, Timestamp::as_millis), show.key);
        match browse.sort {
            Sort::Date => found.sort_by_key(|show| date(show)),
            // By the number of major units, as the API sorts tickets.
            Sort::Price => found.sort_by_key(|show| (show.summary().lowest(), date(show))),
            Sort::Name => found.sort_by(|a, b| a.name_key.cmp(&b.name_key).then_with(|| date(a).cmp(&date(b)))),
        }
        found.sort_by_key(|show| show.is_sold_out());
        found
    }

    /// Returns the categories of the open shows, with the number of shows in each.
    pub(crate) fn categories(&self, now: Timestamp) -> BTreeMap<&str, usize> {
        let mut categories = BTreeMap::new();
        for show in self.by_key.values().filter(|show| is_open(show, now)) {
            if let Some(category) = show.show().and_then(|show| show.category.as_ref()) {
                *categories.entry(category.as_str()).or_default() += 1;
            }
        }
        categories
    }

    /// Updates a ticket to its state after the record with number `seq`.
    pub(super) fn put(&mut self, ticket: &Arc<Ticket>, seq: u64) {
        self.seq = self.seq.max(seq);
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
        self.former.insert(ShowKey::former(ticket), key);
        self.by_key.entry(key).or_insert_with(|| OnSale::new(key, ticket, seq)).put(ticket, seq);
        self.news.insert(key);
        if ticket.status.is_active() {
            self.key_of.insert(ticket.id, key);
        } else {
            self.key_of.remove(&ticket.id);
        }
    }

    /// Removes a ticket from its former show, after an edit moved it to another one.
    fn leave(&mut self, key: ShowKey, ticket: TicketId, seq: u64) {
        if let Some(show) = self.by_key.get_mut(&key) {
            show.take(ticket);
            show.sold.remove(&ticket);
            show.summary = OnceLock::new();
            show.note(Change { seq, ticket, status: TicketStatus::Withdrawn });
            self.news.insert(key);
        }
    }

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

    /// Removes shows without tickets on sale that have started.
    pub(super) fn forget_the_past(&mut self, now: Timestamp) {
        self.by_key.retain(|_, show| !show.tickets.is_empty() || !show.has_started(now));
        self.former.retain(|_, key| self.by_key.contains_key(key));
    }

    /// Returns the unsent changes of the shows for which `is_due` returns `true`, and marks them as sent. Removes shows
    /// that have no tickets left and are not sold out.
    pub(super) fn take_news(&mut self, is_due: impl Fn(ShowKey) -> bool) -> Vec<News> {
        let mut news = Vec::new();
        for key in self.news.extract_if(|key| is_due(*key)).collect::<Vec<_>>() {
            let left = self.left(key);
            let Some(show) = self.by_key.get_mut(&key) else { continue };
            let changes = show.untold.drain().collect();
            if show.tickets.is_empty() && show.sold.is_empty() {
                self.by_key.remove(&key);
            }
            news.push(News { key, changes, left, seq: self.seq });
        }
        news
    }
}

/// Returns `true` if the show has not started and has tickets on sale or is sold out.
fn is_open(show: &OnSale, now: Timestamp) -> bool {
    (!show.tickets.is_empty() || show.is_sold_out()) && !show.has_started(now)
}

fn is_wanted(show: &OnSale, browse: &Browse<'_>, now: Timestamp) -> bool {
    let starts_at = show.starts_at();
    let category = show.show().and_then(|show| show.category.as_ref()).map_or("", boxoffice::Category::as_str);
    is_open(show, now)
        && !(browse.only_left && show.is_sold_out())
        && (browse.category.is_empty() || browse.category == category)
        && browse.from.is_none_or(|from| starts_at.is_some_and(|at| at >= from))
        && browse.until.is_none_or(|until| starts_at.is_some_and(|at| at < until))
        && browse.search.is_none_or(|search| show.has_words(search))
        // What is sold out has no price.
        && browse.max_price.is_none_or(|max| show.summary().lowest().is_some_and(|low| low <= max))
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
        assert!(shows.take_news(|_| false).is_empty() && shows.has_news(), "what is not due waits");
        let told: HashSet<_> = shows.take_news(|due| due == key).remove(0).changes.into_iter().collect();
        let expected = listed.iter().map(|ticket| (ticket.id, TicketStatus::Available));
        assert_eq!(told, expected.collect());
        assert!(!shows.has_news() && shows.take_news(|_| true).is_empty());
        assert!(shows.changes_since(key, 0).is_none(), "who was away for long looks at everything again");
        let last = listed.last().unwrap();
        office.tickets().withdraw(ann, last.id, None).await.unwrap();
        shows.put(&office.tickets().get(last.id).unwrap(), many as u64 + 1);
        assert_eq!(shows.take_news(|_| true)[0].changes, [(last.id, TicketStatus::Withdrawn)]);
        assert_eq!(shows.changes_since(key, many as u64).unwrap().changes, [(last.id, TicketStatus::Withdrawn)]);
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
