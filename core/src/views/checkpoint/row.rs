//! Encoding of rows: compact `MessagePack` and a checksum.
//!
//! redb checks its pages only after a crash, because reading them all at every opening would take too long. A price
//! that a failing disk has changed must never affect a decision, so each row has its own checksum.

use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::Ticket;
use crate::domain::ticket::{Show, TicketStatus};
use crate::types::{Category, Money, OrderId, SeatLabel, ShowName, TicketId, Timestamp, Title, UserId, Venue};
use crate::views::error::ViewsError;

const CHECKSUM_LEN: usize = 8;

/// Encodes `value` into `row` and replaces the row's previous content.
pub(super) fn encode(value: &impl Serialize, row: &mut Vec<u8>) -> Result<(), ViewsError> {
    row.clear();
    append(value, row)
}

fn append(value: &impl Serialize, row: &mut Vec<u8>) -> Result<(), ViewsError> {
    rmp_serde::encode::write(row, value).map_err(|error| ViewsError::Storage(Box::new(error)))?;
    let checksum = checksum(row);
    row.extend_from_slice(&checksum.to_le_bytes());
    Ok(())
}

/// Encodes `value` after a mark, which describes the value to readers that don't decode it.
pub(super) fn encode_marked(mark: u8, value: &impl Serialize, row: &mut Vec<u8>) -> Result<(), ViewsError> {
    row.clear();
    row.push(mark);
    append(value, row)
}

/// Decodes a row after its mark, which the checksum covers too.
pub(super) fn decode_marked<T: DeserializeOwned>(row: &[u8]) -> Result<T, ViewsError> {
    let (_, value) = checked(row)?.split_first().ok_or(ViewsError::damaged("a row is too short"))?;
    rmp_serde::from_slice(value).map_err(|error| ViewsError::Damaged(error.to_string().into()))
}

/// Decodes a row.
pub(super) fn decode<T: DeserializeOwned>(row: &[u8]) -> Result<T, ViewsError> {
    rmp_serde::from_slice(checked(row)?).map_err(|error| ViewsError::Damaged(error.to_string().into()))
}

/// Verifies the checksum and returns the row without it.
fn checked(row: &[u8]) -> Result<&[u8], ViewsError> {
    let (bytes, stored) = row.split_last_chunk::<CHECKSUM_LEN>().ok_or(ViewsError::damaged("a row is too short"))?;
    if checksum(bytes) == u64::from_le_bytes(*stored) {
        Ok(bytes)
    } else {
        Err(ViewsError::damaged("a row has another checksum"))
    }
}

/// Computes the checksum. Every step is invertible, so any damage within eight consecutive bytes is always detected,
/// and any other almost always.
fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let words = words.iter().copied().chain([last, (bytes.len() as u64).to_le_bytes()]);
    words.fold(0, |sum: u64, word| (sum.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95))
}

/// A ticket as it is stored. It is a tuple, because the published form omits fields that are `None`, which is possible
/// only with named fields.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TicketRow(
    TicketId,
    UserId,
    Title,
    Money,
    Option<(ShowName, Option<Category>, Option<Venue>, Timestamp)>,
    Option<SeatLabel>,
    TicketStatus,
    Option<OrderId>,
    u64,
    Timestamp,
    Timestamp,
);

impl From<&Ticket> for TicketRow {
    fn from(ticket: &Ticket) -> Self {
        let show = ticket.show.as_deref();
        Self(
            ticket.id,
            ticket.seller_id,
            ticket.title.clone(),
            ticket.price,
            show.map(|show| (show.name.clone(), show.category.clone(), show.venue.clone(), show.starts_at)),
            ticket.seat.clone(),
            ticket.status,
            ticket.holder,
            ticket.version,
            ticket.created_at,
            ticket.updated_at,
        )
    }
}

impl From<TicketRow> for Ticket {
    fn from(row: TicketRow) -> Self {
        let show = row.4.map(|(name, category, venue, starts_at)| Arc::new(Show { name, category, venue, starts_at }));
        Self {
            id: row.0,
            seller_id: row.1,
            title: row.2,
            price: row.3,
            show,
            seat: row.5,
            status: row.6,
            holder: row.7,
            version: row.8,
            created_at: row.9,
            updated_at: row.10,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_covered_by_the_checksum() {
        let mut row = Vec::new();
        encode_marked(3, &7_u64, &mut row).unwrap();
        assert_eq!((row[0], decode_marked::<u64>(&row).unwrap()), (3, 7));
        row[0] = 2;
        assert!(matches!(decode_marked::<u64>(&row), Err(ViewsError::Damaged(_))));
        assert!(decode_marked::<u64>(&[]).is_err());
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let mut row = Vec::new();
        encode(&("a text that is longer than a word", 7_u64), &mut row).unwrap();
        assert_eq!(decode::<(String, u64)>(&row).unwrap().1, 7);
        for at in 0..row.len() * 8 {
            let mut damaged = row.clone();
            damaged[at / 8] ^= 1 << (at % 8);
            assert!(matches!(decode::<(String, u64)>(&damaged), Err(ViewsError::Damaged(_))), "bit {at}");
        }
        for len in 0..row.len() {
            assert!(decode::<(String, u64)>(&row[..len]).is_err(), "{len} bytes");
        }
    }
}
