//! Where the socket is.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

/// The name of the socket in the data directory.
pub(super) const NAME: &str = "admin.sock";

/// The system's limit on the path of a socket is 108 bytes on Linux and 104 elsewhere.
const PATH_LEN_MAX: usize = 100;

/// A path to a socket that is short enough for the system, and what keeps it good.
pub(super) struct Address {
    pub(super) path: PathBuf,
    /// A short path to a deep directory leads through a file descriptor of it.
    _dir: Option<File>,
}

/// The path to the file `name` in `dir`.
pub(super) fn address(dir: &Path, name: &str) -> io::Result<Address> {
    let path = dir.join(name);
    if path.as_os_str().len() <= PATH_LEN_MAX {
        return Ok(Address { path, _dir: None });
    }
    let dir = File::open(dir)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}/{name}", dir.as_raw_fd()));
    Ok(Address { path, _dir: Some(dir) })
}
