//! The address of the socket.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// Name of the socket in the data directory.
pub(super) const NAME: &str = "admin.sock";

/// Maximum length of a socket's path, in bytes. The system's limit is 108 on Linux and 104 elsewhere.
const PATH_LEN_MAX: usize = 100;

/// A path to a socket that is short enough for the system.
pub(super) struct Address {
    pub(super) path: PathBuf,
    /// The open directory, if the path leads through its file descriptor.
    _dir: Option<File>,
}

/// Returns the address of the file `name` in `dir`.
pub(super) fn address(dir: &Path, name: &str) -> io::Result<Address> {
    let path = dir.join(name);
    if path.as_os_str().len() <= PATH_LEN_MAX {
        return Ok(Address { path, _dir: None });
    }
    let dir = File::open(dir)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}/{name}", dir.as_raw_fd()));
    Ok(Address { path, _dir: Some(dir) })
}
