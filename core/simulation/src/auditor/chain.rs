//! Checks the order of the journal: numbers without a gap, time that never runs backwards, hashes that cover all
//! earlier records.

use boxoffice::{Hash, Record, Timestamp};

use super::{Verdict, ensure};

#[derive(Debug, Default)]
pub(super) struct Chain {
    hashes: Vec<Hash>,
    at: Timestamp,
    scratch: Vec<u8>,
}

impl Chain {
    pub(super) fn next(&mut self, record: &Record) -> Verdict {
        let (seq, hash) = self.head();
        ensure(record.seq == seq + 1, || format!("it follows record {seq}"))?;
        ensure(record.at >= self.at, || format!("time ran backwards, from {} to {}", self.at, record.at))?;
        self.scratch.clear();
        self.scratch.extend_from_slice(hash.as_bytes());
        let content = Record { hash: Hash::ZERO, ..record.clone() };
        rmp_serde::encode::write_named(&mut self.scratch, &content).map_err(|error| error.to_string())?;
        let expected = blake3::hash(&self.scratch);
        ensure(record.hash.as_bytes() == expected.as_bytes(), || {
            "its hash does not cover what came before".to_owned()
        })?;
        self.hashes.push(record.hash);
        self.at = record.at;
        Ok(())
    }

    pub(super) fn head(&self) -> (u64, Hash) {
        (self.hashes.len() as u64, self.hashes.last().copied().unwrap_or(Hash::ZERO))
    }

    pub(super) fn hash_of(&self, seq: u64) -> Option<Hash> {
        let place = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.hashes.get(place).copied()
    }
}
