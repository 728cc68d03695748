//! Search for the position of a time in the journal.

use boxoffice::{Error, JournalReader, Timestamp};

/// Returns the number of the first record that is not older than `at`, or the last number plus one if all are older.
/// Records are in the order of time, so a binary search reads about twenty of them.
pub(crate) fn first_at(journal: &JournalReader, at: Timestamp) -> Result<u64, Error> {
    let (mut low, mut high) = (1, journal.head()? + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        let is_older = journal.read(middle, 1)?.first().is_some_and(|record| record.at < at);
        if is_older {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use boxoffice::testing::ManualClock;
    use boxoffice::{BoxOffice, Clock, NewTicket, SignUp};

    use super::*;

    #[tokio::test]
    async fn a_time_has_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_000_000)));
        let office = BoxOffice::builder().clock(clock.clone()).open(dir.path()).unwrap();
        let journal = office.journal();
        assert_eq!(first_at(&journal, clock.now()).unwrap(), 1, "an empty journal");
        let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse")).await.unwrap().user;
        for _ in 0..4 {
            clock.advance(Duration::from_secs(1));
            for _ in 0..2 {
                office.tickets().create(ann.id, NewTicket::new("Hamlet", "1")).await.unwrap();
            }
        }
        let check = |ms: u64, expected: u64| {
            assert_eq!(first_at(&journal, Timestamp::from_millis(ms)).unwrap(), expected, "{ms}");
        };
        check(0, 1);
        check(1_000_000, 1);
        check(1_000_001, 2);
        check(1_001_000, 2);
        check(1_001_001, 4);
        check(1_004_000, 8);
        check(1_004_001, 10);
    }
}
