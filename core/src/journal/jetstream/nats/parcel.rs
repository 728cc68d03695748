//! Parcels: what crosses the servers between a host that has commands and the one that decides them.
//!
//! Commands that wait together travel together, and so do their answers; one that is larger than a message of the servers
//! travels in pieces. Nothing here is certain to arrive: what is not answered is sent again, under its own id.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::types::HostId;

/// Limit of the bytes of one command or answer.
const LEN_MAX: usize = 32 << 20;

/// Bytes that a piece takes beside its content, at most.
const PIECE_BYTES: usize = 64;

/// What a host sends to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Parcel {
    /// Commands for the writer.
    Commands {
        /// Host that sends them.
        from: HostId,
        /// Random number of its process.
        instance: u64,
        /// Number of the oldest command that has no answer there.
        oldest: u64,
        /// The commands.
        pieces: Vec<Piece>,
    },
    /// Answers of the writer.
    Answers {
        /// Random number of the process that has asked.
        instance: u64,
        /// Epoch in which the host was asked.
        epoch: u64,
        /// Number of a message of the stream, by which all that led to the answers has been appended.
        n: u64,
        /// The answers.
        pieces: Vec<Piece>,
        /// `true` if they say that the host has too much to do, and did not take the commands this time.
        is_busy: bool,
        /// Commands that this host does not decide, because it is not the writer.
        refused: Vec<u64>,
    },
}

/// A command or an answer, or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Piece {
    /// Number of the command at the host that sends it.
    pub(super) ticket: u64,
    /// Place of this part in the whole.
    offset: usize,
    /// Bytes of the whole.
    total: usize,
    #[serde(with = "serde_bytes")]
    bytes: Vec<u8>,
}

/// Distributes texts over parcels of at most `room` bytes of pieces.
pub(super) fn pack(texts: impl IntoIterator<Item = (u64, Vec<u8>)>, room: usize) -> Vec<Vec<Piece>> {
    let room = room.max(2 * PIECE_BYTES);
    let (mut parcels, mut open, mut used) = (Vec::new(), Vec::new(), 0);
    for (ticket, text) in texts {
        let total = text.len();
        let mut offset = 0;
        loop {
            let whole = total - offset + PIECE_BYTES;
            // A text that fits into a parcel of its own is not cut.
            let fits = used + whole <= room;
            if !fits && !open.is_empty() {
                parcels.push(std::mem::take(&mut open));
                used = 0;
            }
            let end = total.min(offset + room - used - PIECE_BYTES);
            open.push(Piece { ticket, offset, total, bytes: text[offset..end].to_vec() });
            used += end - offset + PIECE_BYTES;
            offset = end;
            if offset == total {
                break;
            }
        }
    }
    if !open.is_empty() {
        parcels.push(open);
    }
    parcels
}

/// Puts texts together again, each by its key.
#[derive(Debug)]
pub(super) struct Assembly<K> {
    parts: BTreeMap<K, Vec<u8>>,
}

impl<K> Default for Assembly<K> {
    fn default() -> Self {
        Self { parts: BTreeMap::new() }
    }
}

impl<K: Ord + Copy> Assembly<K> {
    /// Takes a piece; returns the text if it is complete. A text of which a piece is missing begins anew.
    pub(super) fn take(&mut self, key: K, piece: Piece) -> Option<Vec<u8>> {
        let Piece { offset, total, bytes, .. } = piece;
        if offset == 0 && bytes.len() == total {
            self.parts.remove(&key);
            return Some(bytes);
        }
        let part = if offset == 0 { Vec::new() } else { self.parts.remove(&key)? };
        let is_next = part.len() == offset && total <= LEN_MAX && bytes.len() <= total.saturating_sub(offset);
        if !is_next || bytes.is_empty() {
            return None;
        }
        let text = [part, bytes].concat();
        if text.len() == total {
            return Some(text);
        }
        self.parts.insert(key, text);
        None
    }

    /// Returns the number of texts that are not complete.
    pub(super) fn len(&self) -> usize {
        self.parts.len()
    }

    /// Forgets what is not complete.
    pub(super) fn clear(&mut self) {
        self.parts.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lens: &[usize]) -> Vec<(u64, Vec<u8>)> {
        let byte = |at: usize| u8::try_from(at % 251).unwrap();
        (1..).zip(lens).map(|(ticket, len)| (ticket, (0..*len).map(byte).collect())).collect()
    }

    #[test]
    fn what_is_packed_comes_out_whole() {
        for lens in [&[][..], &[0], &[1, 2, 3], &[936, 937, 1000], &[10_000, 5, 2_500], &[100; 50]] {
            let parcels = pack(texts(lens), 1_000);
            let mut assembly = Assembly::default();
            let mut out = Vec::new();
            for parcel in &parcels {
                let bytes: usize = parcel.iter().map(|piece| piece.bytes.len() + PIECE_BYTES).sum();
                assert!((1..=1_000).contains(&bytes), "{lens:?}: {bytes}");
                let encoded = rmp_serde::to_vec_named(parcel).unwrap();
                assert!(encoded.len() <= bytes + 16, "{lens:?}: {} of {bytes}", encoded.len());
                let decoded: Vec<Piece> = rmp_serde::from_slice(&encoded).unwrap();
                for piece in decoded {
                    let ticket = piece.ticket;
                    out.extend(assembly.take(ticket, piece).map(|text| (ticket, text)));
                }
            }
            assert_eq!(out, texts(lens));
            assert!(assembly.parts.is_empty());
        }
    }

    #[test]
    fn small_texts_travel_together_and_none_that_fits_is_cut() {
        assert_eq!(pack(texts(&[100; 10]), 100_000).len(), 1);
        let parcels = pack(texts(&[500, 500]), 1_000);
        assert_eq!(parcels.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1]);
        assert_eq!(pack(texts(&[3_000]), 1_000).len(), 4);
    }

    #[test]
    fn a_text_of_which_a_piece_is_lost_begins_anew() {
        let pieces: Vec<Piece> = pack(texts(&[2_500]), 1_000).into_iter().flatten().collect();
        assert_eq!(pieces.len(), 3);
        let mut assembly = Assembly::default();
        assert_eq!(assembly.take(1, pieces[0].clone()), None);
        assert_eq!(assembly.take(1, pieces[2].clone()), None);
        assert_eq!(assembly.take(1, pieces[1].clone()), None, "it has lost the beginning, too");
        for (at, piece) in pieces.iter().enumerate() {
            assert_eq!(assembly.take(1, piece.clone()).is_some(), at == 2);
        }
        // A repetition in the middle of itself.
        assert_eq!(assembly.take(1, pieces[0].clone()), None);
        assert_eq!(assembly.take(1, pieces[1].clone()), None);
        for (at, piece) in pieces.iter().enumerate() {
            assert_eq!(assembly.take(1, piece.clone()).is_some(), at == 2);
        }
        assert_eq!(assembly.take(1, pieces[0].clone()), None);
        assert_eq!(assembly.len(), 1);
        assembly.clear();
        assert_eq!(assembly.take(1, pieces[1].clone()), None);
    }

    #[test]
    fn pieces_that_lie_are_passed_over() {
        let piece = |offset, total, bytes: &[u8]| Piece { ticket: 1, offset, total, bytes: bytes.into() };
        for (first, second) in [
            (piece(0, LEN_MAX + 1, b"ab"), piece(2, LEN_MAX + 1, b"cd")),
            (piece(0, 4, b"ab"), piece(2, 4, b"cde")),
            (piece(0, 4, b"ab"), piece(usize::MAX, 4, b"cd")),
            (piece(0, 4, b"ab"), piece(2, 4, b"")),
            (piece(0, 1, b"ab"), piece(1, 3, b"cd")),
        ] {
            let mut assembly = Assembly::default();
            assert_eq!(assembly.take(1, first), None);
            assert_eq!(assembly.take(1, second.clone()), None, "{second:?}");
        }
    }
}
