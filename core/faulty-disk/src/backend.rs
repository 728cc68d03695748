//! The disk as a storage backend of redb.

use std::io;

use redb::StorageBackend;

use super::{DiskCall, FaultyDisk, FaultyDiskError};

/// Handle of a file on a [`FaultyDisk`], opened by a process that may die.
#[derive(Debug)]
pub struct DiskHandle {
    disk: FaultyDisk,
    life: u64,
}

impl DiskHandle {
    pub(super) fn new(disk: FaultyDisk, life: u64) -> Self {
        Self { disk, life }
    }
}

impl StorageBackend for DiskHandle {
    fn len(&self) -> io::Result<u64> {
        let mut disk = self.disk.disk();
        disk.check(self.life, DiskCall::Read)?;
        Ok(disk.platter.len())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut disk = self.disk.disk();
        disk.check(self.life, DiskCall::Read)?;
        let start = place(offset)?;
        let from = disk.platter.seen().get(start..).and_then(|rest| rest.get(..out.len()));
        out.copy_from_slice(from.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut disk = self.disk.disk();
        disk.check(self.life, DiskCall::Write)?;
        if len > disk.platter.len() && disk.capacity.is_some_and(|capacity| len > capacity) {
            return Err(FaultyDiskError::Full.into());
        }
        disk.platter.set_len(place(len)?);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut disk = self.disk.disk();
        disk.check(self.life, DiskCall::Sync)?;
        if !disk.sync_lies {
            disk.platter.sync();
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut disk = self.disk.disk();
        disk.check(self.life, DiskCall::Write)?;
        let end = offset + data.len() as u64;
        // A disk with capacity 0 refuses even writes that fit, as copy-on-write storage does.
        if disk.capacity.is_some_and(|capacity| capacity == 0 || end > capacity.max(disk.platter.len())) {
            return Err(FaultyDiskError::Full.into());
        }
        disk.platter.write(place(offset)?, data);
        Ok(())
    }
}

fn place(offset: u64) -> io::Result<usize> {
    usize::try_from(offset).map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))
}
