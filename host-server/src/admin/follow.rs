//! Following the journal, for a program beside the server.

use std::io;
use std::time::Duration;

use boxoffice::{BoxOffice, Code, Error, Record};
use serde_json::value::to_raw_value;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::protocol::Problem;
use super::{Answer, Listener, Reply};

/// Maximum number of records that are read at a time.
const BATCH_MAX: usize = 256;

/// Time without a record after which it is looked whether somebody still listens.
const LOOK_AFTER: Duration = Duration::from_secs(5);

/// Sends the records after this one, as they come, until the box office is closed or nobody listens. First it sends the history
/// that they are of. A journal that ends before this record has lost its end, and is not followed.
pub(super) fn perform(office: &BoxOffice, after: u64, listener: Listener<'_>) -> io::Result<()> {
    let Ok(runtime) = Handle::try_current() else {
        let message = "no server has the directory open".to_owned();
        return listener(Reply::Failed(Problem { code: Code::EngineClosed.as_str().to_owned(), message }));
    };
    let failed = |error: &Error| Reply::Failed(Problem::from(error));
    let journal = office.journal();
    match journal.head() {
        Ok(head) if after > head => return listener(failed(&Code::JournalCursorUnknown.into())),
        Ok(_) => {}
        Err(error) => return listener(failed(&error)),
    }
    match journal.history() {
        Ok(history) => listener(Reply::History(history.id.to_string()))?,
        Err(error) => return listener(failed(&error)),
    }
    let mut records = journal.subscribe(after.saturating_add(1));
    let mut last = after;
    loop {
        // Listeners wait for their clients, which must not be done on the runtime.
        match runtime.block_on(timeout(LOOK_AFTER, records.next_batch(BATCH_MAX))) {
            Ok(Ok(batch)) => {
                for record in batch {
                    let record: &Record = &record;
                    listener(Reply::Record(to_raw_value(record)?))?;
                    last = record.seq;
                }
            }
            Ok(Err(error)) if error.code() == Code::EngineClosed => {
                return listener(Reply::Done(Answer::Exported { records: last.saturating_sub(after) }));
            }
            Ok(Err(error)) => return listener(failed(&error)),
            Err(_) => listener(Reply::Progress { done: last, total: last })?,
        }
    }
}

#[cfg(test)]
mod tests {
    use boxoffice::SignUp;

    use super::*;

    fn replies(office: &BoxOffice, after: u64, most: usize) -> Vec<Reply> {
        let mut replies = Vec::new();
        let stopped = perform(office, after, &mut |reply| {
            replies.push(reply);
            if replies.len() == most { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(()) }
        });
        assert_eq!(stopped.is_err(), replies.len() == most);
        replies
    }

    #[test]
    fn records_come_with_their_history_until_nobody_listens() {
        let dir = tempfile::tempdir().unwrap();
        let office = BoxOffice::open(dir.path()).unwrap();
        for name in ["ann", "bob"] {
            let sign_up = SignUp::new(format!("{name}@example.com"), "correct horse");
            office.blocking().auth().sign_up(sign_up).unwrap();
        }
        let [Reply::Failed(problem)] = &replies(&office, 0, 9)[..] else { panic!("there is no server here") };
        assert_eq!(problem.code, "engine.closed");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let own = office.clone();
        let beyond = office.journal().head().unwrap() + 1;
        let refused = runtime.block_on(runtime.spawn_blocking(move || replies(&own, beyond, 9))).unwrap();
        let [Reply::Failed(problem)] = &refused[..] else { panic!("{refused:?}") };
        assert_eq!(problem.code, "journal.cursor_unknown");
        let own = office.clone();
        let replies = runtime.block_on(runtime.spawn_blocking(move || replies(&own, 1, 2))).unwrap();
        let [Reply::History(history), Reply::Record(record)] = &replies[..] else { panic!("{replies:?}") };
        assert_eq!(*history, office.journal().history().unwrap().id.to_string());
        assert!(record.get().contains("\"seq\":2"), "{record}");
    }
}
