//! The disk that a benchmark runs on: the location of its files, and the cost of a flush.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::measure::{Stopwatch, median};

/// Number of measured flushes.
const FLUSHES: usize = 200;

/// Creates a directory for a benchmark's data, in `BOXOFFICE_BENCH_DIR` if that is set. It is removed when dropped.
///
/// # Errors
/// An I/O error if it can't be created.
pub fn bench_dir() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("boxoffice-bench-");
    match std::env::var_os("BOXOFFICE_BENCH_DIR") {
        Some(dir) => {
            fs::create_dir_all(&dir)?;
            builder.tempdir_in(dir)
        }
        None => builder.tempdir(),
    }
}

/// Returns a sentence with the file system of a directory and the cost of a flush.
///
/// # Errors
/// An I/O error if the directory can't be written to.
pub fn describe(dir: &Path) -> io::Result<String> {
    let micros = flush_micros(dir)?;
    Ok(format!(
        "{} on {} cores; 4 KiB appended and flushed with `fdatasync`: {micros:.0} µs (median)",
        file_system(dir),
        cores()
    ))
}

/// Returns the number of cores that this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn flush_micros(dir: &Path) -> io::Result<f64> {
    let mut file = File::create(dir.join("flush"))?;
    let mut micros = Vec::with_capacity(FLUSHES);
    for _ in 0..FLUSHES {
        file.write_all(&[7; 4096])?;
        let watch = Stopwatch::start();
        file.sync_data()?;
        micros.push(watch.elapsed().as_secs_f64() * 1e6);
    }
    fs::remove_file(dir.join("flush"))?;
    Ok(median(&micros))
}

/// Returns the type of the file system of a directory, as Linux reports it.
fn file_system(dir: &Path) -> String {
    let dir = dir.canonicalize().unwrap_or_else(|_| PathBuf::from(dir));
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    mount_of(&mounts, &dir).unwrap_or_else(|| "an unknown file system".into())
}

fn mount_of(mounts: &str, dir: &Path) -> Option<String> {
    let mounts = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ').skip(1);
        Some((Path::new(fields.next()?), fields.next()?))
    });
    let above = mounts.filter(|(point, _)| dir.starts_with(point));
    above.max_by_key(|(point, _)| point.as_os_str().len()).map(|(_, kind)| kind.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_mount_point_above_is_the_one() {
        let mounts = "/dev/a / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/b /tmp/disk xfs rw 0 0\n";
        for (dir, expected) in [("/srv", "ext4"), ("/tmp/x", "tmpfs"), ("/tmp/disk/x", "xfs"), ("/tmpx", "ext4")] {
            assert_eq!(mount_of(mounts, Path::new(dir)).as_deref(), Some(expected), "{dir}");
        }
        assert_eq!(mount_of("", Path::new("/")), None);
    }
}
