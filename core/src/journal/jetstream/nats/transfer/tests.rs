//! A copy from one directory to another, without anything between them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::*;

/// Returns the bytes of a file that spans several chunks.
fn content(len: usize, salt: u8) -> Vec<u8> {
    (0..len).map(|at| u8::try_from(at % 241).unwrap() ^ salt).collect()
}

/// Files of the copy in the tests.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("FORMAT", b"boxoffice 3\n".to_vec()),
        ("erased-users", Vec::new()),
        (LAST, content(1_000, 3)),
        ("vault.keys", content(257, 5)),
    ]
}

fn shelf(dir: &Path) -> Shelf {
    let backup = |folder: &Path| {
        for (name, bytes) in files() {
            fs::write(folder.join(name), bytes).map_err(|error| error.to_string())?;
        }
        Ok(())
    };
    Shelf::new(dir.to_owned(), Box::new(backup))
}

fn ask(shelf: &Shelf, question: &Question) -> Reply {
    let reply = shelf.answer(0, question, 100);
    if let (Question::Begin, Reply::Making { copy }) = (question, &reply) {
        shelf.make(*copy);
    }
    reply
}

/// Takes a copy; `on_the_way` may change answers. Returns the number of questions.
fn copy(
    shelf: &Shelf,
    dir: &Path,
    on_the_way: &mut dyn FnMut(&Question, Reply) -> Reply,
) -> Result<usize, TransferError> {
    let mut taking = Taking::begin(dir)?;
    let (mut next, mut asked) = (taking.next(), 0);
    loop {
        let question = match next {
            Next::Ask(question) | Next::AskLater(question) => question,
            Next::Done => return Ok(asked),
        };
        asked += 1;
        let reply = ask(shelf, &question);
        next = taking.take(on_the_way(&question, reply))?;
    }
}

fn names(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

#[test]
fn a_copy_comes_over_in_chunks() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let shelf = shelf(from.path());
    let asked = copy(&shelf, to.path(), &mut |_, reply| reply).unwrap();
    assert_eq!(asked, 1 + 1 + 1 + 10 + 3);
    assert_eq!(names(to.path()), files().iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for (name, bytes) in files() {
        assert_eq!(fs::read(to.path().join(name)).unwrap(), bytes, "{name}");
    }
    assert_eq!(names(from.path()).len(), 1);
    assert_eq!(ask(&shelf, &Question::End { copy: 1 }), Reply::Ended);
    assert_eq!(names(from.path()), [""; 0]);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_copy() {
    use std::os::unix::fs::PermissionsExt as _;

    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    copy(&shelf(from.path()), to.path(), &mut |_, reply| reply).unwrap();
    for name in names(to.path()) {
        assert_eq!(fs::metadata(to.path().join(&name)).unwrap().permissions().mode() & 0o077, 0, "{name}");
    }
}

#[test]
fn a_copy_that_is_cut_off_leaves_no_journal_and_begins_anew() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let shelf = shelf(from.path());
    for cut in 0..15 {
        let mut asked = 0;
        let cut_off = copy(&shelf, to.path(), &mut |_, reply| {
            asked += 1;
            if asked > cut { Reply::Refused { why: "cut off".into() } } else { reply }
        });
        assert!(matches!(cut_off, Err(TransferError::Refused(_))), "{cut}");
        assert_eq!(names(to.path()), [PARTIAL], "{cut}");
        lock(&shelf.state).copies.clear();
    }
    copy(&shelf, to.path(), &mut |_, reply| reply).unwrap();
    assert_eq!(names(to.path()).len(), 4);
}

#[test]
fn content_that_is_not_what_was_announced_is_refused() {
    let change: [fn(&mut Vec<u8>); 3] = [|bytes| bytes[0] ^= 1, |bytes| bytes.push(0), Vec::clear];
    for change in change {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let taken = copy(&shelf(from.path()), to.path(), &mut |question, reply| match (question, reply) {
            (Question::Read { file: 3, offset: 200, .. }, Reply::Chunk { mut bytes }) => {
                change(&mut bytes);
                Reply::Chunk { bytes }
            }
            (_, reply) => reply,
        });
        assert!(matches!(taken, Err(TransferError::Wrong(_))), "{taken:?}");
        assert!(!to.path().join(LAST).exists());
    }
}

#[test]
fn names_that_lie_elsewhere_are_refused() {
    let part = |name: &str| Part { name: name.into(), bytes: 0, hash: Hash::ZERO };
    assert!(check(&[part(LAST), part("FORMAT")]).is_ok());
    for name in ["", "..", ".", "../x", "a/b", "/x", "a\\b", "a\0", ".hidden", PARTIAL, LAST] {
        assert!(check(&[part(LAST), part(name)]).is_err(), "{name:?}");
    }
    assert!(check(&[part("FORMAT")]).is_err());
    let many: Vec<Part> = (0..FILES_MAX).map(|at| part(&format!("f{at}"))).chain([part(LAST)]).collect();
    assert!(check(&many).is_err());
}

#[test]
fn answers_out_of_turn_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    for reply in [Reply::Chunk { bytes: vec![1] }, Reply::Ended] {
        assert!(matches!(Taking::begin(dir.path()).unwrap().take(reply), Err(TransferError::Wrong(_))));
    }
}

#[test]
fn backups_for_others_are_few_and_do_not_stay() {
    let from = tempfile::tempdir().unwrap();
    let shelf = shelf(from.path());
    assert_eq!(ask(&shelf, &Question::Begin), Reply::Making { copy: 1 });
    assert_eq!(ask(&shelf, &Question::Begin), Reply::Making { copy: 2 });
    assert!(matches!(ask(&shelf, &Question::Begin), Reply::Refused { .. }));
    let read = Question::Read { copy: 1, file: 0, offset: 0 };
    assert!(matches!(shelf.answer(IDLE_MAX - 1, &read, 100), Reply::Chunk { .. }));
    assert!(matches!(shelf.answer(IDLE_MAX, &Question::State { copy: 1 }, 100), Reply::Ready { .. }));
    assert!(matches!(shelf.answer(IDLE_MAX, &Question::State { copy: 2 }, 100), Reply::Refused { .. }));
    shelf.tidy(2 * IDLE_MAX);
    assert_eq!(names(from.path()), [""; 0]);
    let beyond = shelf.answer(0, &Question::Read { copy: 1, file: 9, offset: 0 }, 100);
    assert!(matches!(beyond, Reply::Refused { .. }));
}

#[test]
fn what_a_killed_process_has_left_is_removed() {
    let from = tempfile::tempdir().unwrap();
    let left = from.path().join(format!("{FOLDER}x1y2z3"));
    fs::create_dir(&left).unwrap();
    fs::write(left.join("vault.keys"), b"keys").unwrap();
    fs::create_dir(from.path().join("archive")).unwrap();
    fs::write(from.path().join(LAST), b"journal").unwrap();
    shelf(from.path()).clear().unwrap();
    assert_eq!(names(from.path()), ["archive", LAST]);
}

#[test]
fn a_backup_that_can_not_be_made_is_told() {
    let from = tempfile::tempdir().unwrap();
    let is_asked = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&is_asked);
    let backup: Backup = Box::new(move |_| {
        asked.store(true, Ordering::SeqCst);
        Err("the disk is full".into())
    });
    let shelf = Shelf::new(from.path().to_owned(), backup);
    assert_eq!(shelf.answer(0, &Question::Begin, 100), Reply::Making { copy: 1 });
    assert_eq!(shelf.answer(0, &Question::State { copy: 1 }, 100), Reply::Making { copy: 1 });
    shelf.make(1);
    assert!(is_asked.load(Ordering::SeqCst));
    let why = "the disk is full".to_owned();
    assert_eq!(shelf.answer(0, &Question::State { copy: 1 }, 100), Reply::Refused { why });
}
