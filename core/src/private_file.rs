//! Files that only their owner can read: the data directory holds personal data, whatever its own mode.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;

/// Options that make a file with mode 0600 if it is not there; one that exists keeps its mode.
pub(crate) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Makes an empty file if there is none, for a library that would make it readable for everybody.
pub(crate) fn ensure(path: &Path) -> io::Result<()> {
    options().append(true).open(path).map(drop)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use crate::BoxOffice;

    #[test]
    fn no_file_of_a_box_office_can_be_read_by_others() {
        let dir = tempfile::tempdir().unwrap();
        let office = BoxOffice::open(dir.path()).unwrap();
        let copy = dir.path().join("backup");
        office.journal().backup(&copy, &mut |_, _| {}).unwrap();
        for file in ["journal.redb", "views.redb", "sandbox.jsonl", "jwt.key", "backup/journal.redb"] {
            let mode = std::fs::metadata(dir.path().join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{file} has mode {mode:o}");
        }
    }
}
