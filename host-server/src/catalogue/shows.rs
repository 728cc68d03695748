//! The shows with their tickets on sale, and those that are sold out until they start. Tickets that name the same show, venue and
//! time are of one show; a ticket without a show goes by its title.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, OnceLock};

use boxoffice::{Money, Show, Ticket, TicketId, TicketStatus, Timestamp};

/// How many changes of a show are remembered for those whose connection was lost.
const RECENT_MAX: usize = 512;

/// Names a show in links.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ShowKey(u128);

impl ShowKey {
    /// The show of a ticket.
    pub(crate) fn of(ticket: &Ticket) -> Self {
        let mut hasher = blake3::Hasher::new();
        match ticket.show.as_deref() {
            Some(show) => {
                let venue = show.venue.as_ref().map_or("", boxoffice::Venue::as_str);
                hasher.update(show.name.as_str().as_bytes()).update(b"\0").update(venue.as_bytes()).update(b"\0");
                hasher.update(&show.starts_at.as_millis().to_be_bytes());
            }
            None => {
                hasher.update(b"\0").update(ticket.title.as_str().as_bytes());
            }
        }
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(u128::from_be_bytes(bytes))
    }
}

impl fmt::Display for ShowKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl FromStr for ShowKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let is_key = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_key.then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten().ok_or(())
    }
}

/// All that is on sale, or was for a show that is still to come.
#[derive(Debug, Default)]
pub(crate) struct Shows {
    by_key: HashMap<ShowKey, OnSale>,
    key_of: HashMap<TicketId, ShowKey>,
    news: HashSet<ShowKey>,
    seq: u64,
}

/// A show with its tickets on sale.
#[derive(Debug)]
pub(crate) struct OnSale {
    pub(crate) key: ShowKey,
    /// Any of its tickets: all name the same show.
    sample: Arc<Ticket>,
    tickets: HashMap<TicketId, Arc<Ticket>>,
    /// Its tickets that are sold. Tickets that go by their title are gone once they are.
    sold: HashSet<TicketId>,
    recent: VecDeque<Change>,
    /// The number of the last change that `recent` has forgotten.
    forgotten: u64,
    /// The tickets that have changed since the last message about them, as they stand.
    untold: HashMap<TicketId, TicketStatus>,
    summary: OnceLock<Summary>,
    words: String,
}

/// A ticket that changed.
#[derive(Debug, Clone, Copy)]
struct Change {
    seq: u64,
    ticket: TicketId,
    status: TicketStatus,
}

/// What a show's tickets come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Summary {
    /// How many can be bought right now.
    pub(crate) available: usize,
    /// How many are held by orders.
    pub(crate) held: usize,
    /// The lowest price and the highest.
    pub(crate) low: Money,
    pub(crate) high: Money,
}

/// The tickets of a show in the order of their seats.
pub(crate) type Seats = Vec<Arc<Ticket>>;

/// What is told of a show.
#[derive(Debug)]
pub(super) struct News {
    pub(super) key: ShowKey,
    /// The tickets that have changed since it was told before.
    pub(super) changes: Vec<(TicketId, TicketStatus)>,
    /// What its tickets come to, while it has some on sale.
    pub(super) summary: Option<Summary>,
    /// The last record that is in it.
    pub(super) seq: u64,
}

impl OnSale {
    fn new(key: ShowKey, ticket: &Arc<Ticket>, seq: u64) -> Self {
        let mut words = ticket.title.as_str().to_lowercase();
        if let Some(show) = ticket.show.as_deref() {
            let venue = show.venue.as_ref().map_or("", boxoffice::Venue::as_str);
            let category = show.category.as_ref().map_or("", boxoffice::Category::as_str);
            words = format!("{}\n{venue}\n{category}", show.name.as_str()).to_lowercase();
        }
        Self {
            key,
            sample: Arc::clone(ticket),
            tickets: HashMap::new(),
            sold: HashSet::new(),
            recent: VecDeque::new(),
            forgotten: seq.saturating_sub(1),
            untold: HashMap::new(),
            summary: OnceLock::new(),
            words,
        }
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        self.sample.show.as_deref().map_or(self.sample.title.as_str(), |show| show.name.as_str())
    }

    /// The show, unless its tickets go by their title.
    pub(crate) fn show(&self) -> Option<&Show> {
        self.sample.show.as_deref()
    }

    /// When it starts.
    pub(crate) fn starts_at(&self) -> Option<Timestamp> {
        self.show().map(|show| show.starts_at)
    }

    /// Whether it is sold out: it has no tickets, and they were not all withdrawn.
    pub(crate) fn is_sold_out(&self) -> bool {
        self.tickets.is_empty() && !self.sold.is_empty()
    }

    /// Whether it is still to come, as far as that is known.
    fn is_to_come(&self, now: Timestamp) -> bool {
        self.starts_at().is_none_or(|starts_at| starts_at > now)
    }

    /// What its tickets come to.
    pub(crate) fn summary(&self) -> Summary {
        *self.summary.get_or_init(|| {
            let price = self.sample.price;
            let mut summary = Summary { available: 0, held: 0, low: price, high: price };
            for ticket in self.tickets.values() {
                match ticket.status {
                    TicketStatus::Available => summary.available += 1,
                    _ => summary.held += 1,
                }
            }
            // Prices in several currencies have no order; the sample's is the one that counts.
            let prices =
                self.tickets.values().map(|ticket| ticket.price).filter(|other| other.currency() == price.currency());
            summary.low = prices.clone().min_by_key(|price| price.minor()).unwrap_or(price);
            summary.high = prices.max_by_key(|price| price.minor()).unwrap_or(price);
            summary
        })
    }

    /// Its tickets by price and seat, the numbers in seats as numbers.
    pub(crate) fn seats(&self) -> Seats {
        let mut seats: Seats = self.tickets.values().cloned().collect();
        seats.sort_by(|a, b| by_seat(a, b));
        seats
    }

    fn put(&mut self, ticket: &Arc<Ticket>, seq: u64) {
        let known = if ticket.status.is_live() {
            self.sample = Arc::clone(ticket);
            self.tickets.insert(ticket.id, Arc::clone(ticket))
        } else {
            self.tickets.remove(&ticket.id)
        };
        if ticket.status == TicketStatus::Sold && ticket.show.is_some() {
            self.sold.insert(ticket.id);
        } else {
            self.sold.remove(&ticket.id);
        }
        self.summary = OnceLock::new();
        if known.is_none_or(|known| known.status != ticket.status) {
            self.note(Change { seq, ticket: ticket.id, status: ticket.status });
        }
    }

    fn note(&mut self, change: Change) {
        self.untold.insert(change.ticket, change.status);
        self.recent.push_back(change);
        if self.recent.len() > RECENT_MAX {
            self.forgotten = self.recent.pop_front().map_or(self.forgotten, |change| change.seq);
        }
    }

    fn since(&self, seq: u64) -> Option<Vec<(TicketId, TicketStatus)>> {
        let later = self.recent.iter().filter(|change| change.seq > seq);
        (seq >= self.forgotten).then(|| later.map(|change| (change.ticket, change.status)).collect())
    }
}

/// Seats in their natural order, after their titles: row 2 is before row 10.
fn by_seat(a: &Ticket, b: &Ticket) -> Ordering {
    let seat = |ticket: &Ticket| ticket.seat.as_ref().map(|seat| natural(seat.as_str()));
    natural(a.title.as_str()).cmp(&natural(b.title.as_str())).then_with(|| seat(a).cmp(&seat(b))).then(a.id.cmp(&b.id))
}

/// A text in parts that are compared as words or as numbers.
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

/// The order of a listing of shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Sort {
    /// What starts first.
    #[default]
    Date,
    /// The lowest price.
    Price,
    /// By name.
    Name,
}

/// Which shows to list.
#[derive(Debug, Default)]
pub(crate) struct Browse<'a> {
    /// Words of the name, the venue or the category.
    pub(crate) q: &'a str,
    /// The category; all if it is empty.
    pub(crate) category: &'a str,
    /// The highest lowest price, in major units.
    pub(crate) max_price: Option<&'a str>,
    /// Shows from this moment on.
    pub(crate) from: Option<Timestamp>,
    /// Shows before this moment.
    pub(crate) until: Option<Timestamp>,
    /// Only shows with tickets, and none that are sold out.
    pub(crate) only_left: bool,
    /// The order.
    pub(crate) sort: Sort,
}

impl Shows {
    /// The number of the last record that is in it.
    pub(crate) fn seq(&self) -> u64 {
        self.seq
    }

    /// A show, while it has tickets on sale.
    pub(crate) fn get(&self, key: ShowKey) -> Option<&OnSale> {
        self.by_key.get(&key).filter(|show| !show.tickets.is_empty())
    }

    /// A show of which all is sold, until it starts.
    pub(crate) fn sold_out(&self, key: ShowKey, now: Timestamp) -> Option<&OnSale> {
        self.by_key.get(&key).filter(|show| show.is_sold_out() && show.is_to_come(now))
    }

    /// What a show's tickets come to, while it has some on sale.
    pub(super) fn summary(&self, key: ShowKey) -> Option<Summary> {
        self.get(key).map(OnSale::summary)
    }

    /// The shows that are asked for, in order: those with tickets at this moment, and after them those that are sold out.
    pub(crate) fn browse(&self, browse: &Browse<'_>, now: Timestamp) -> Vec<&OnSale> {
        let words: Vec<String> = browse.q.split_whitespace().map(str::to_lowercase).collect();
        let mut found: Vec<&OnSale> =
            self.by_key.values().filter(|show| is_wanted(show, browse, &words, now)).collect();
        let date = |show: &OnSale| (show.starts_at().map_or(u64::MAX, Timestamp::as_millis), show.key);
        match browse.sort {
            Sort::Date => found.sort_by_key(|show| date(show)),
            Sort::Price => found.sort_by_key(|show| (show.summary().low.minor(), date(show))),
            Sort::Name => found.sort_by_cached_key(|show| (show.name().to_lowercase(), date(show))),
        }
        found.sort_by_key(|show| show.is_sold_out());
        found
    }

    /// The categories of what is listed, with the number of shows.
    pub(crate) fn categories(&self, now: Timestamp) -> BTreeMap<&str, usize> {
        let mut categories = BTreeMap::new();
        for show in self.by_key.values().filter(|show| is_open(show, now)) {
            if let Some(category) = show.show().and_then(|show| show.category.as_ref()) {
                *categories.entry(category.as_str()).or_default() += 1;
            }
        }
        categories
    }

    /// Takes a ticket as it stands after the record.
    pub(super) fn put(&mut self, ticket: &Arc<Ticket>, seq: u64) {
        self.seq = self.seq.max(seq);
        let key = ShowKey::of(ticket);
        if let Some(before) = self.key_of.get(&ticket.id).copied().filter(|before| *before != key) {
            self.leave(before, ticket.id, seq);
        }
        let is_known = self.by_key.contains_key(&key);
        let may_be_sold_out = ticket.status == TicketStatus::Sold && ticket.show.is_some();
        if !is_known && !ticket.status.is_live() && !may_be_sold_out {
            self.key_of.remove(&ticket.id);
            return;
        }
        self.by_key.entry(key).or_insert_with(|| OnSale::new(key, ticket, seq)).put(ticket, seq);
        self.news.insert(key);
        if ticket.status.is_live() {
            self.key_of.insert(ticket.id, key);
        } else {
            self.key_of.remove(&ticket.id);
        }
    }

    /// A ticket was edited to be of another show.
    fn leave(&mut self, key: ShowKey, ticket: TicketId, seq: u64) {
        if let Some(show) = self.by_key.get_mut(&key) {
            show.tickets.remove(&ticket);
            show.sold.remove(&ticket);
            show.summary = OnceLock::new();
            show.note(Change { seq, ticket, status: TicketStatus::Withdrawn });
            self.news.insert(key);
        }
    }

    pub(super) fn advance_to(&mut self, seq: u64) {
        self.seq = self.seq.max(seq);
    }

    /// What changed at a show since a record, first to last, or `None` if that is too long ago.
    pub(super) fn changes_since(&self, key: ShowKey, seq: u64) -> Option<News> {
        let changes = self.by_key.get(&key)?.since(seq)?;
        Some(News { key, changes, summary: self.summary(key), seq: self.seq })
    }

    pub(super) fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    /// Forgets shows that were sold out and have started.
    pub(super) fn forget_the_past(&mut self, now: Timestamp) {
        self.by_key.retain(|_, show| !show.tickets.is_empty() || show.is_to_come(now));
    }

    /// What was not told yet, of the shows for which it is time. Shows without tickets are forgotten after their last change was
    /// told, unless they are sold out.
    pub(super) fn take_news(&mut self, is_due: impl Fn(ShowKey) -> bool) -> Vec<News> {
        let mut news = Vec::new();
        for key in self.news.extract_if(|key| is_due(*key)).collect::<Vec<_>>() {
            let summary = self.summary(key);
            let Some(show) = self.by_key.get_mut(&key) else { continue };
            let changes = show.untold.drain().collect();
            if show.tickets.is_empty() && show.sold.is_empty() {
                self.by_key.remove(&key);
            }
            news.push(News { key, changes, summary, seq: self.seq });
        }
        news
    }
}

/// Whether tickets of the show can still be ordered, or could be before they were sold.
fn is_open(show: &OnSale, now: Timestamp) -> bool {
    (!show.tickets.is_empty() || show.is_sold_out()) && show.is_to_come(now)
}

fn is_wanted(show: &OnSale, browse: &Browse<'_>, words: &[String], now: Timestamp) -> bool {
    let starts_at = show.starts_at();
    let category = show.show().and_then(|show| show.category.as_ref()).map_or("", boxoffice::Category::as_str);
    is_open(show, now)
        && !(browse.only_left && show.is_sold_out())
        && (browse.category.is_empty() || browse.category == category)
        && browse.from.is_none_or(|from| starts_at.is_some_and(|at| at >= from))
        && browse.until.is_none_or(|until| starts_at.is_some_and(|at| at < until))
        && words.iter().all(|word| show.words.contains(word.as_str()))
        && browse.max_price.is_none_or(|max| {
            // What can't be bought has no price.
            if show.is_sold_out() {
                return false;
            }
            let low = show.summary().low;
            Money::parse(max, low.currency()).is_ok_and(|max| low.minor() <= max.minor())
        })
}

#[cfg(test)]
mod tests {
    use boxoffice::{BoxOffice, NewTicket, SignUp};

    use super::*;

    #[test]
    fn numbers_in_seats_are_numbers() {
        let mut seats = ["Row B, seat 1", "Row A, seat 10", "Row A, seat 9", "row a, seat 2"];
        seats.sort_by_key(|seat| natural(seat));
        assert_eq!(seats, ["row a, seat 2", "Row A, seat 9", "Row A, seat 10", "Row B, seat 1"]);
    }

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
