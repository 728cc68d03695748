//! The stored form: a row of the journal as a disk might hold it.

use boxoffice::testing::decode_row;

/// The first byte says which record the row is said to begin with; the rest is the row.
pub(crate) fn run(data: &[u8]) {
    let Some((first, row)) = data.split_first() else { return };
    let first = u64::from(*first);
    if let Ok(records) = decode_row(first, row) {
        // What decodes is in its place and has a published form, which reads back as the same.
        for (place, record) in (first..).zip(&records) {
            assert_eq!(record.seq, place);
            let json = serde_json::to_string(record).unwrap();
            assert_eq!(serde_json::from_str::<boxoffice::Record>(&json).unwrap(), *record, "{json}");
        }
    }
}
