//! Where the records come from: the box office of this process, or one that a server beside it has open.

use boxoffice::{BoxOffice, Code, Subscription};
use tokio::sync::mpsc;

use super::{Event, PublishError, WINDOW};

/// The records of a journal in order, and which history they are of.
#[derive(Debug)]
pub(crate) struct Feed {
    history: String,
    records: Records,
}

#[derive(Debug)]
enum Records {
    Own(Box<Subscription>),
    Others(mpsc::Receiver<Event>),
}

impl Feed {
    /// Follows the journal of a box office after a record. A journal that ends before it has lost its end: what it records from
    /// now on has numbers that stand for something else in the stream.
    pub(crate) fn of(office: &BoxOffice, after: u64) -> Result<Self, PublishError> {
        let journal = office.journal();
        let head = journal.head().map_err(|error| of_core(&error))?;
        if after > head {
            return Err(PublishError::Beyond(after, head));
        }
        let history = journal.history().map_err(|error| of_core(&error))?.id.to_string();
        Ok(Self { history, records: Records::Own(Box::new(journal.subscribe(after.saturating_add(1)))) })
    }

    /// Follows what comes from another process.
    pub(crate) fn coming(history: String, events: mpsc::Receiver<Event>) -> Self {
        Self { history, records: Records::Others(events) }
    }

    /// Returns the id of the history.
    pub(super) fn history(&self) -> &String {
        &self.history
    }

    /// Waits for records, and returns those that are there, in order and at most so many as are sent at a time.
    pub(super) async fn next(&mut self) -> Result<Vec<Event>, PublishError> {
        match &mut self.records {
            Records::Own(records) => {
                let batch = records.next_batch(WINDOW).await.map_err(|error| of_core(&error))?;
                batch.iter().map(|record| Event::of(record)).collect()
            }
            Records::Others(events) => {
                let mut batch = Vec::with_capacity(WINDOW);
                if events.recv_many(&mut batch, WINDOW).await == 0 {
                    return Err(PublishError::Journal("the server has stopped".to_owned()));
                }
                Ok(batch)
            }
        }
    }
}

fn of_core(error: &boxoffice::Error) -> PublishError {
    match error.code() {
        Code::EngineClosed => PublishError::Closed,
        _ => PublishError::Journal(crate::cause::chain(error)),
    }
}

#[cfg(test)]
mod tests {
    use boxoffice::SignUp;

    use super::*;

    #[tokio::test]
    async fn records_come_in_order_until_the_box_office_is_closed() {
        let dir = tempfile::tempdir().unwrap();
        let office = BoxOffice::open(dir.path()).unwrap();
        for name in ["ann", "bob", "cat"] {
            office.auth().sign_up(SignUp::new(format!("{name}@example.com"), "correct horse")).await.unwrap();
        }
        let mut feed = Feed::of(&office, 1).unwrap();
        assert_eq!(*feed.history(), office.journal().history().unwrap().id.to_string());
        let mut seqs = Vec::new();
        while seqs.len() < 2 {
            seqs.extend(feed.next().await.unwrap().iter().map(|event| event.seq));
        }
        assert_eq!(seqs, [2, 3]);
        office.close().await.unwrap();
        assert!(matches!(feed.next().await, Err(PublishError::Closed)));
    }

    #[test]
    fn a_journal_that_ends_before_the_stream_is_not_followed() {
        let dir = tempfile::tempdir().unwrap();
        let office = BoxOffice::open(dir.path()).unwrap();
        office.blocking().auth().sign_up(SignUp::new("ann@example.com", "correct horse")).unwrap();
        let head = office.journal().head().unwrap();
        assert!(Feed::of(&office, head).is_ok());
        let beyond = Feed::of(&office, head + 1).unwrap_err();
        assert!(matches!(beyond, PublishError::Beyond(after, end) if (after, end) == (head + 1, head)), "{beyond}");
    }

    #[tokio::test]
    async fn what_comes_from_elsewhere_ends_with_it() {
        let (sender, events) = mpsc::channel(1);
        let mut feed = Feed::coming("history".to_owned(), events);
        let event = Event { seq: 7, name: "UserCreated".to_owned(), json: "{}".into() };
        sender.send(event.clone()).await.unwrap();
        assert_eq!(feed.next().await.unwrap(), [event]);
        drop(sender);
        assert!(matches!(feed.next().await, Err(PublishError::Journal(_))));
    }
}
