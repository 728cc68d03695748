//! Search for records in the bytes of a file, independent of any structure.

use std::io;

use super::overlay::Source;
use crate::event::{Hash, Record};
use crate::journal::Head;
use crate::journal::codec::{FRAME_HEAD_BYTES, Frame, frames_of};

/// Size of the window that is searched at a time.
const WINDOW_BYTES: usize = 4 * 1024 * 1024;

/// First field of every payload in `MessagePack`, after the byte that begins a map.
const FIRST_FIELD: &[u8] = b"\xa3seq";

/// Upper bound of a payload's length. Records are far shorter: an order names 10 tickets, an edit a few texts.
const PAYLOAD_BYTES_MAX: u32 = 16 * 1024 * 1024;

/// A position that may hold a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    seq: u64,
    /// Start of the frame.
    offset: u64,
    payload_len: u32,
}

/// Returns the records that follow `head`, in order. An unfinished transaction may have left other records with the
/// same numbers; the longest chain is the journal's.
pub(super) fn following<S: Source>(source: &S, head: Head) -> io::Result<Vec<Candidate>> {
    let mut candidates = search(source, head.seq)?;
    candidates.sort_unstable();
    // Every record whose chain leads back to `head`, with the index of its predecessor in this list.
    let mut proven: Vec<(Candidate, Option<usize>, Hash)> = Vec::new();
    let mut tips = vec![(None, head.hash)];
    let mut rest = candidates.as_slice();
    let mut seq = head.seq;
    loop {
        seq += 1;
        let same = rest.partition_point(|candidate| candidate.seq <= seq);
        let (level, after) = rest.split_at(same);
        rest = after;
        let mut next: Vec<(Option<usize>, Hash)> = Vec::new();
        for candidate in level.iter().filter(|candidate| candidate.seq == seq) {
            for (parent, prev) in &tips {
                let Some(record) = record(source, candidate, *prev)? else { continue };
                // The same row may be in the file more than once.
                if next.iter().all(|(_, hash)| *hash != record.hash) {
                    proven.push((*candidate, *parent, record.hash));
                    next.push((Some(proven.len() - 1), record.hash));
                }
            }
        }
        if next.is_empty() {
            break;
        }
        tips = next;
    }
    let mut chain = Vec::new();
    let mut at = tips.first().and_then(|(place, _)| *place);
    while let Some((candidate, parent, _)) = at.map(|place| proven[place]) {
        chain.push(candidate);
        at = parent;
    }
    chain.reverse();
    Ok(chain)
}

/// Returns the candidate's record if it follows the record with the hash `prev`.
pub(super) fn record<S: Source>(source: &S, candidate: &Candidate, prev: Hash) -> io::Result<Option<Record>> {
    let Some(bytes) = frame_bytes(source, candidate)? else { return Ok(None) };
    let Some(Ok(frame)) = frames_of(candidate.seq, &bytes).next() else { return Ok(None) };
    let follows = |frame: &Frame<'_>| frame.check(prev, &mut Vec::new()).is_ok();
    Ok(if follows(&frame) { frame.decode().ok() } else { None })
}

fn frame_bytes<S: Source>(source: &S, candidate: &Candidate) -> io::Result<Option<Vec<u8>>> {
    let len = FRAME_HEAD_BYTES + candidate.payload_len as usize;
    if candidate.offset + len as u64 > source.len()? {
        return Ok(None);
    }
    let mut bytes = vec![0; len];
    source.read_at(candidate.offset, &mut bytes)?;
    Ok(Some(bytes))
}

/// Finds everything that looks like the frame of a record after `after`.
fn search<S: Source>(source: &S, after: u64) -> io::Result<Vec<Candidate>> {
    let len = source.len()?;
    // Windows overlap by the longest prefix that the previous window may have cut off.
    let overlap = FRAME_HEAD_BYTES + 1 + FIRST_FIELD.len() + 9;
    let mut found = Vec::new();
    let mut window = Vec::new();
    let mut start = 0_u64;
    while start < len {
        let size = usize::try_from(len - start).unwrap_or(WINDOW_BYTES).min(WINDOW_BYTES);
        window.resize(size, 0);
        source.read_at(start, &mut window)?;
        let is_last = start + size as u64 == len;
        for at in first_fields(&window) {
            let Some(frame) = at.checked_sub(FRAME_HEAD_BYTES + 1) else { continue };
            // The next window contains it whole.
            if !is_last && at + FIRST_FIELD.len() + 9 > size {
                continue;
            }
            found.extend(candidate(&window[frame..], start + frame as u64).filter(|found| found.seq > after));
        }
        if is_last {
            break;
        }
        start += (size - overlap) as u64;
    }
    Ok(found)
}

/// Iterates over the positions of the first field of a payload.
fn first_fields(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let first = |(at, byte): (usize, &u8)| (*byte == FIRST_FIELD[0]).then_some(at);
    bytes.iter().enumerate().filter_map(first).filter(|at| bytes[*at..].starts_with(FIRST_FIELD))
}

fn candidate(frame: &[u8], offset: u64) -> Option<Candidate> {
    let (len, rest) = frame.split_first_chunk::<4>()?;
    let payload_len = u32::from_le_bytes(*len);
    let value = rest.get(FRAME_HEAD_BYTES - 4 + 1 + FIRST_FIELD.len()..)?;
    let seq: u64 = rmp_serde::from_slice(&value[..value.len().min(9)]).ok()?;
    (payload_len <= PAYLOAD_BYTES_MAX).then_some(Candidate { seq, offset, payload_len })
}
