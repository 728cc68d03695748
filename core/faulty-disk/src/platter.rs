//! What is on the disk, and what would be left of it.

use std::collections::BTreeMap;

use crate::Rng;

/// The unit in which a disk writes; within it a torn write is possible all the same.
const SECTOR_BYTES: usize = 512;

/// A file, as it is seen and as it is stored.
#[derive(Debug, Default)]
pub(super) struct Platter {
    /// What a reader sees.
    seen: Vec<u8>,
    /// What a power cut can't take.
    durable: Vec<u8>,
    /// What has changed since the last sync, in order.
    unsynced: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write { offset: usize, data: Vec<u8> },
    Length(usize),
}

impl Platter {
    /// A file with this content, synced.
    pub(super) fn holding(content: Vec<u8>) -> Self {
        Self { seen: content.clone(), durable: content, unsynced: Vec::new() }
    }

    pub(super) fn seen(&self) -> &[u8] {
        &self.seen
    }

    pub(super) fn len(&self) -> u64 {
        self.seen.len() as u64
    }

    pub(super) fn write(&mut self, offset: usize, data: &[u8]) {
        put(&mut self.seen, offset, data);
        self.unsynced.push(Change::Write { offset, data: data.to_vec() });
    }

    pub(super) fn set_len(&mut self, len: usize) {
        self.seen.resize(len, 0);
        self.unsynced.push(Change::Length(len));
    }

    pub(super) fn sync(&mut self) {
        for change in self.unsynced.drain(..) {
            match change {
                Change::Write { offset, data } => put(&mut self.durable, offset, &data),
                Change::Length(len) => self.durable.resize(len, 0),
            }
        }
    }

    /// Loses what chance wants of the unsynced writes. What is left is what everybody sees from now on.
    pub(super) fn cut_power(&mut self, rng: &mut Rng) {
        let changes = std::mem::take(&mut self.unsynced);
        let mut lengths = vec![self.durable.len()];
        let mut sectors: BTreeMap<usize, Vec<Piece<'_>>> = BTreeMap::new();
        for change in &changes {
            match change {
                Change::Write { offset, data } => split(*offset, data, &mut sectors),
                Change::Length(len) => lengths.push(*len),
            }
        }
        // One cut loses everything, another one hardly anything: the extremes are where the bugs are.
        let lost_per_mille = [0, 50, 500, 950, 1000][rng.place(5)];
        for pieces in sectors.values() {
            let all_of_them = if rng.per_mille(lost_per_mille) { rng.place(pieces.len()) } else { pieces.len() };
            for (at, piece) in pieces[..all_of_them].iter().enumerate() {
                let is_last = at + 1 == all_of_them;
                let torn = is_last && rng.per_mille(20);
                let data = if torn { &piece.data[..rng.place(piece.data.len())] } else { piece.data };
                put(&mut self.durable, piece.offset, data);
            }
        }
        if let [synced, .., last] = lengths[..] {
            let len = if rng.per_mille(lost_per_mille) { lengths[rng.place(lengths.len())].max(synced) } else { last };
            self.durable.resize(len, 0);
        }
        self.seen.clone_from(&self.durable);
    }
}

/// The part of a write that falls into one sector.
#[derive(Debug, Clone, Copy)]
struct Piece<'a> {
    offset: usize,
    data: &'a [u8],
}

fn split<'a>(offset: usize, data: &'a [u8], sectors: &mut BTreeMap<usize, Vec<Piece<'a>>>) {
    let (mut offset, mut rest) = (offset, data);
    while !rest.is_empty() {
        let room = SECTOR_BYTES - offset % SECTOR_BYTES;
        let (piece, after) = rest.split_at(room.min(rest.len()));
        sectors.entry(offset / SECTOR_BYTES).or_default().push(Piece { offset, data: piece });
        offset += piece.len();
        rest = after;
    }
}

/// Writes into a file that gets longer if it must.
fn put(file: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset + data.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[offset..end].copy_from_slice(data);
}
