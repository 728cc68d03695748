//! Fuzzes the stored form: a row of the journal as a disk might contain it.

use boxoffice::testing::decode_row;

/// Decodes a row. The first byte is the number of the row's first record; the rest is the row.
pub(crate) fn run(data: &[u8]) {
    let Some((first, row)) = data.split_first() else { return };
    let first = u64::from(*first);
    if let Ok(records) = decode_row(first, row) {
        // Each decoded record has its own position, and a published form that parses to the same record.
        for (place, record) in (first..).zip(&records) {
            assert_eq!(record.seq, place);
            let json = serde_json::to_string(record).unwrap();
            assert_eq!(serde_json::from_str::<boxoffice::Record>(&json).unwrap(), *record, "{json}");
        }
    }
}
