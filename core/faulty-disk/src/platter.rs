//! Content of the disk, and the content that would be left after a power cut.

use std::collections::BTreeMap;

use crate::Rng;

/// Unit in which a disk writes. A write can still be torn within it.
const SECTOR_BYTES: usize = 512;

/// A file, as it is read and as it is stored.
#[derive(Debug, Default)]
pub(super) struct Platter {
    /// Content that a reader gets.
    seen: Vec<u8>,
    /// Content that survives every power cut.
    durable: Vec<u8>,
    /// Changes since the last sync, in order.
    unsynced: Vec<Change>,
}

#[derive(Debug)]
enum Change {
    Write { offset: usize, data: Vec<u8> },
    Length(usize),
}

impl Platter {
    /// Creates a file with this content, synced.
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

    /// Drops unsynced writes at random. Later reads return the rest.
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
        // Some cuts lose everything, others hardly anything, because the extremes find the most bugs.
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

/// Part of a write that falls into one sector.
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

/// Writes into a file, and extends it if needed.
fn put(file: &mut Vec<u8>, offset: usize, data: &[u8]) {
    let end = offset + data.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[offset..end].copy_from_slice(data);
}
