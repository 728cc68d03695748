//! Storage that takes a database file's place, so that tests decide what fails, and when.

use std::fmt;

/// Storage for one database file. Cheap to clone; clones are one file.
pub trait Disk: fmt::Debug + Send + Sync {
    /// Opens the database, and creates it if there is none. Databases that were opened before must not change the file any more.
    ///
    /// # Errors
    /// Those of redb.
    fn open(&self, builder: &redb::Builder) -> Result<redb::Database, redb::DatabaseError>;

    /// Opens the file for whoever lays it out. Handles that were opened before must not change the file any more.
    ///
    /// # Errors
    /// Those of the storage.
    fn file(&self) -> std::io::Result<Box<dyn redb::StorageBackend>>;

    /// Returns `true` if nothing was ever stored.
    fn is_empty(&self) -> bool;

    /// Deletes what is stored.
    fn delete(&self);
}

#[cfg(test)]
impl Disk for boxoffice_faulty_disk::FaultyDisk {
    fn open(&self, builder: &redb::Builder) -> Result<redb::Database, redb::DatabaseError> {
        builder.create_with_backend(self.open())
    }

    fn file(&self) -> std::io::Result<Box<dyn redb::StorageBackend>> {
        Ok(Box::new(self.open()))
    }

    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn delete(&self) {
        self.wipe();
    }
}
