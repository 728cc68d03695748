//! Search for the records of a few streams in a journal of any length.
//!
//! The journal can be read by position only; an index of all streams would cost each append a random insert. Instead,
//! the search keeps a Bloom filter of the streams of each segment that it has read. It skips the segments whose filters
//! exclude all wanted streams. One search reads a bounded number of segments. On a long journal, several searches are
//! needed; each skips the segments that earlier ones read, and so gets further.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use boxoffice::{Error, JournalReader, Record, StreamKey};

/// Number of records in a segment.
const SEGMENT_LEN: u32 = 8192;

/// Maximum number of filters kept, for the latest segments. They cover about sixteen million records, in at most 32 MB.
const SEGMENTS_MAX: usize = 2048;

/// Maximum number of segments that one search reads.
const READS_MAX: usize = 48;

/// A search: the wanted streams, and the receiver of the records.
pub(crate) trait Search {
    /// Returns the streams whose records are wanted. The set may grow when a record is taken.
    fn wanted(&self) -> &HashSet<StreamKey>;

    /// Takes the next record, in the order of the journal. Unwanted records are passed too.
    fn take(&mut self, record: Record);

    /// Returns `true` if no further record can be wanted.
    fn is_done(&self) -> bool;
}

/// The extent of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Number of the last record that was read or skipped.
    pub(crate) to: u64,
    /// `true` if the search is complete.
    pub(crate) is_all: bool,
}

/// Filters of the journal's segments that were read.
#[derive(Debug, Default)]
pub(crate) struct HistorySearch(Mutex<BTreeMap<u64, Filter>>);

impl HistorySearch {
    /// Passes the journal's records from number `from` on to the search, without the segments that it does not want.
    /// Blocks.
    ///
    /// # Errors
    /// `journal.unavailable`, `journal.damaged`, `engine.closed`.
    pub(crate) fn find(&self, journal: &JournalReader, from: u64, search: &mut dyn Search) -> Result<Reach, Error> {
        self.find_within(journal, from, search, READS_MAX)
    }

    fn find_within(
        &self,
        journal: &JournalReader,
        from: u64,
        search: &mut dyn Search,
        reads_max: usize,
    ) -> Result<Reach, Error> {
        let head = journal.head()?;
        let mut segment = (from.max(1) - 1) / u64::from(SEGMENT_LEN);
        let mut reads = 0;
        loop {
            let start = segment * u64::from(SEGMENT_LEN) + 1;
            if start > head || search.is_done() {
                return Ok(Reach { to: head, is_all: true });
            }
            if self.may_have(segment, search.wanted()) {
                if reads == reads_max {
                    return Ok(Reach { to: start - 1, is_all: false });
                }
                reads += 1;
                let records = journal.read(start, SEGMENT_LEN as usize)?;
                if records.len() == SEGMENT_LEN as usize {
                    self.remember(segment, Filter::of(&records));
                }
                records.into_iter().filter(|record| record.seq >= from).for_each(|record| search.take(record));
            }
            segment += 1;
        }
    }

    fn may_have(&self, segment: u64, wanted: &HashSet<StreamKey>) -> bool {
        self.lock().get(&segment).is_none_or(|filter| wanted.iter().any(|key| filter.may_have(*key)))
    }

    fn remember(&self, segment: u64, filter: Filter) {
        let mut segments = self.lock();
        segments.insert(segment, filter);
        if segments.len() > SEGMENTS_MAX {
            segments.pop_first();
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Filter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A Bloom filter of the streams in a segment.
#[derive(Debug)]
struct Filter(Box<[u64]>);

/// Bits of the filter per stream, and bits that a stream sets. About one in fifty absent streams is a false positive.
const BITS_PER_KEY: usize = 8;
const BITS_SET: usize = 5;

impl Filter {
    fn of(records: &[Record]) -> Self {
        let keys: HashSet<StreamKey> = records.iter().flat_map(|record| record.event.changes()).collect();
        let words = (keys.len() * BITS_PER_KEY).div_ceil(64).max(1);
        let mut filter = Self(vec![0; words].into_boxed_slice());
        for key in keys {
            for (word, bit) in filter.places(key) {
                filter.0[word] |= bit;
            }
        }
        filter
    }

    fn may_have(&self, key: StreamKey) -> bool {
        self.places(key).into_iter().all(|(word, bit)| self.0[word] & bit != 0)
    }

    /// Returns the words and the bits of a stream. Ids are mixed first, because those of tests are not random.
    fn places(&self, key: StreamKey) -> [(usize, u64); BITS_SET] {
        let bytes = match key {
            StreamKey::User(id) => *id.as_bytes(),
            StreamKey::Email(key) => *key.as_bytes(),
            StreamKey::Ticket(id) => *id.as_bytes(),
            StreamKey::Order(id) => *id.as_bytes(),
            StreamKey::Host(id) => *id.as_bytes(),
            StreamKey::Webhook(id) => *id.as_bytes(),
        };
        let id = u128::from_be_bytes(bytes);
        #[expect(clippy::cast_possible_truncation, reason = "both halves are taken")]
        let (first, second) = (mixed(id as u64 ^ mixed((id >> 64) as u64)), mixed((id as u64).wrapping_add(1)) | 1);
        let bits = self.0.len() as u64 * 64;
        std::array::from_fn(|nth| {
            let bit = first.wrapping_add(second.wrapping_mul(nth as u64)) % bits;
            (usize::try_from(bit / 64).unwrap_or(0), 1 << (bit % 64))
        })
    }
}

/// Mixes the bits of a number with the finalizer of `SplitMix64`.
const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use boxoffice::testing::History;
    use boxoffice::{Actor, BoxOffice, DomainEvent, OrderId};

    use super::*;

    const LEN: u64 = SEGMENT_LEN as u64;

    /// A search for the records of one order.
    struct OfOrder {
        wanted: HashSet<StreamKey>,
        found: Vec<u64>,
        seen: Cell<usize>,
    }

    impl OfOrder {
        fn new(id: OrderId) -> Self {
            Self { wanted: HashSet::from([StreamKey::Order(id)]), found: Vec::new(), seen: Cell::new(0) }
        }
    }

    impl Search for OfOrder {
        fn wanted(&self) -> &HashSet<StreamKey> {
            &self.wanted
        }

        fn take(&mut self, record: Record) {
            self.seen.set(self.seen.get() + 1);
            if record.event.changes().iter().any(|key| self.wanted.contains(key)) {
                self.found.push(record.seq);
            }
        }

        fn is_done(&self) -> bool {
            false
        }
    }

    #[test]
    fn what_was_read_once_is_not_read_again_for_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let history = History { orders: 20_000, active_tickets: 1_000, holds: 100, buyers: 50, sellers: 5 };
        history.write(dir.path(), &mut |_, _| {}).unwrap();
        let office = BoxOffice::builder().accept_clock_jump(true).open(dir.path()).unwrap();
        let (journal, past) = (office.journal(), HistorySearch::default());
        let head = journal.head().unwrap();
        assert!(head > 5 * LEN, "{head} records are too few for this test");
        let middle = journal.read(head / 2, 1000).unwrap();
        let order = middle.iter().find_map(|record| match &record.event {
            DomainEvent::OrderCreated(event) => Some(event.order_id),
            _ => None,
        });
        let order = order.unwrap();

        let mut first = OfOrder::new(order);
        let reach = past.find(&journal, 1, &mut first).unwrap();
        assert_eq!((reach, first.seen.get() as u64), (Reach { to: head, is_all: true }, head));
        let version = office.admin().order(Actor::System, order).unwrap().version;
        assert_eq!(first.found.len() as u64, version);

        let mut second = OfOrder::new(order);
        assert!(past.find(&journal, 1, &mut second).unwrap().is_all);
        assert_eq!(second.found, first.found);
        let segments = 2 + head / LEN / 2;
        assert!((second.seen.get() as u64) < segments * LEN, "read {} of {head}", second.seen.get());
    }

    #[test]
    fn a_long_search_goes_on_where_it_ended() {
        let dir = tempfile::tempdir().unwrap();
        let history = History { orders: 12_000, active_tickets: 500, holds: 50, buyers: 50, sellers: 5 };
        history.write(dir.path(), &mut |_, _| {}).unwrap();
        let office = BoxOffice::builder().accept_clock_jump(true).open(dir.path()).unwrap();
        let (journal, past) = (office.journal(), HistorySearch::default());
        let nobody = OrderId::from_bytes([7; 16]);
        let mut before = 0;
        loop {
            let reach = past.find_within(&journal, 1, &mut OfOrder::new(nobody), 1).unwrap();
            assert!(reach.to > before || reach.is_all, "each question comes further: {reach:?}");
            before = reach.to;
            if reach.is_all {
                break;
            }
            assert_eq!(reach.to % LEN, 0);
        }
        assert_eq!(before, journal.head().unwrap());
    }

    #[test]
    fn a_filter_forgets_nothing_and_errs_rarely() {
        let dir = tempfile::tempdir().unwrap();
        let history = History { orders: 3_000, active_tickets: 500, holds: 50, buyers: 50, sellers: 5 };
        history.write(dir.path(), &mut |_, _| {}).unwrap();
        let office = BoxOffice::builder().accept_clock_jump(true).open(dir.path()).unwrap();
        let records = office.journal().read(1, 4_000).unwrap();
        let filter = Filter::of(&records);
        assert!(records.iter().flat_map(|record| record.event.changes()).all(|key| filter.may_have(key)));
        let strangers = (0_u128..10_000).map(|id| StreamKey::Order(OrderId::from_bytes((id << 20).to_be_bytes())));
        let wrong = strangers.filter(|key| filter.may_have(*key)).count();
        assert!(wrong < 500, "{wrong} of 10,000 strangers seem to be there");
    }
}
