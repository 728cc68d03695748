//! Scans as bytes, for uploads and for a device's own memory.
//!
//! ```text
//! at  bytes
//!  0   1  format: 3
//!  1   4  number of scans
//! then, of each scan, in ascending order of all fields:
//!      4  device
//!      4  the device's number for it
//!      8  time of the device's clock, in milliseconds since 1970
//!      4  what has to be added to it, in milliseconds, in two's complement
//!      4  number of the ticket
//!      2  its generation
//!      2  entrance
//!      4  number of the list of dead tickets
//!      1  act: 0 admitted, 1 left, 2 refused, 3 undone
//!      4  number of the refusal's reason, or of the scan that is taken back; else 0
//! ```

use alloc::vec::Vec;

use super::{DeviceId, Scan, ScanAct, ScanId, Scans};
use crate::bytes::Reader;
use crate::code::CodeId;
use crate::error::ScanFault;
use crate::refusal::RefusalKind;

/// First byte of scans.
const FORMAT: u8 = 3;

/// Number of bytes of a scan.
const SCAN_LEN: usize = 37;

/// Maximum number of scans of one upload.
pub const SCANS_MAX: usize = 100_000;

impl Scans {
    /// Returns the bytes of all scans, of which an upload may have [`SCANS_MAX`]. Revocations are no part of them:
    /// these are the box office's, not a device's.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(5 + self.len() * SCAN_LEN);
        bytes.push(FORMAT);
        bytes.extend(u32::try_from(self.scans().count()).unwrap_or(u32::MAX).to_be_bytes());
        for scan in self.scans() {
            write(&mut bytes, &scan);
        }
        bytes
    }

    /// Reads scans that somebody trusted has written, such as this device before it was restarted.
    ///
    /// # Errors
    /// - `scan.malformed` if the bytes are no scans, or not the bytes that writing the same scans gives.
    /// - `scan.format_unknown` if a later version has made them.
    pub fn decode(bytes: &[u8]) -> Result<Self, ScanFault> {
        Self::decode_up_to(usize::MAX, bytes)
    }

    /// Reads the scans that a device uploads. Which device that is must be known by other means, such as its session.
    ///
    /// # Errors
    /// - Those of [`decode`](Self::decode).
    /// - `scan.too_many` if there are more than [`SCANS_MAX`].
    /// - `scan.device_foreign` if a scan is that of another device.
    pub fn decode_upload(bytes: &[u8], device: DeviceId) -> Result<Self, ScanFault> {
        let scans = Self::decode_up_to(SCANS_MAX, bytes)?;
        let stranger = scans.scans().map(|scan| scan.id.device).find(|other| *other != device);
        match stranger {
            Some(stranger) => Err(ScanFault::DeviceForeign(stranger)),
            None => Ok(scans),
        }
    }

    fn decode_up_to(scans_max: usize, bytes: &[u8]) -> Result<Self, ScanFault> {
        let mut reader = Reader::new(bytes);
        match reader.u8() {
            Some(FORMAT) => {}
            Some(format) => return Err(ScanFault::FormatUnknown(format)),
            None => return Err(ScanFault::Malformed),
        }
        let count = reader.u32().and_then(|count| usize::try_from(count).ok()).ok_or(ScanFault::Malformed)?;
        if count > scans_max {
            return Err(ScanFault::TooMany);
        }
        if count.checked_mul(SCAN_LEN) != Some(reader.rest().len()) {
            return Err(ScanFault::Malformed);
        }
        let mut scans = Self::new();
        let mut last: Option<Scan> = None;
        for _ in 0..count {
            let scan = read(&mut reader).ok_or(ScanFault::Malformed)?;
            // A third scan of one identity changes nothing, and is never written.
            if last.is_some_and(|last| last >= scan) || !scans.insert(scan) {
                return Err(ScanFault::Malformed);
            }
            last = Some(scan);
        }
        Ok(scans)
    }
}

fn write(bytes: &mut Vec<u8>, scan: &Scan) {
    let (act, argument) = match scan.act {
        ScanAct::Admitted => (0, 0),
        ScanAct::Left => (1, 0),
        ScanAct::Refused(kind) => (2, kind.number()),
        ScanAct::Undone { sequence } => (3, sequence),
    };
    bytes.extend(scan.id.device.number().to_be_bytes());
    bytes.extend(scan.id.sequence.to_be_bytes());
    bytes.extend(scan.clock_ms.to_be_bytes());
    bytes.extend(scan.offset_ms.to_be_bytes());
    bytes.extend(scan.ticket.number.to_be_bytes());
    bytes.extend(scan.ticket.generation.to_be_bytes());
    bytes.extend(scan.gate.to_be_bytes());
    bytes.extend(scan.list.to_be_bytes());
    bytes.push(act);
    bytes.extend(argument.to_be_bytes());
}

fn read(reader: &mut Reader<'_>) -> Option<Scan> {
    Some(Scan {
        id: ScanId { device: DeviceId::from_number(reader.u32()?), sequence: reader.u32()? },
        clock_ms: reader.u64()?,
        offset_ms: reader.i32()?,
        ticket: CodeId { number: reader.u32()?, generation: reader.u16()? },
        gate: reader.u16()?,
        list: reader.u32()?,
        act: match (reader.u8()?, reader.u32()?) {
            (0, 0) => ScanAct::Admitted,
            (1, 0) => ScanAct::Left,
            (2, number) => ScanAct::Refused(RefusalKind::from_number(number)?),
            (3, sequence) => ScanAct::Undone { sequence },
            _ => return None,
        },
    })
}
