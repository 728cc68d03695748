//! Remembers from where each account was signed in to, so that strangers' guesses never keep its owner out.
//!
//! A place is an address or a device, and is kept as a keyed hash: the file names nobody and no address. It outlives a restart, and
//! is of no other use. So its rows are not synced, a row that is damaged is skipped, and no sign-in fails because of it: whoever loses
//! the file waits like a stranger once.
//!
//! ```text
//! boxoffice known1 | secret, 32 bytes | rows of 40 bytes: user 16, place 16, day and whether it came again 4, checksum 4
//! ```
//!
//! A row whose place is all zeros and whose day is all ones says that every place of the user in the rows before it is
//! forgotten. Rows are only added, until those that are of no use any more are too many: then the file is written anew. The rows of
//! erased users are overwritten with zeros where they are.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::throttle::network;
use crate::error::{Code, Error};
use crate::private_file;
use crate::types::{Timestamp, UserId};

/// The name of the file in the data directory.
const FILE: &str = "known.places";
const MAGIC: &[u8; 16] = b"boxoffice known1";
const HEADER_LEN: usize = MAGIC.len() + 32;
const ROW_LEN: usize = 40;

/// How many places of one kind an account has at most: the ones that came again are kept first, then the latest.
const PLACES_MAX: usize = 8;

/// How many accounts are remembered at most; some are forgotten when there are too many.
const ACCOUNTS_MAX: usize = 100_000;

/// After how many days without a sign-in a place is forgotten: addresses find other owners.
const DAYS_MAX: u32 = 180;

/// How many rows the file may have beyond those that are of use before it is written anew.
const STALE_ROWS_MAX: usize = 10_000;

/// The hash of a place of one account.
pub(crate) type PlaceTag = [u8; 16];

/// From where somebody signs in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    pub(crate) address: Option<IpAddr>,
    /// Ids that a device may have: one of them is its own.
    pub(crate) devices: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Address,
    Device,
}

#[derive(Debug, Clone, Copy)]
struct Known {
    tag: PlaceTag,
    kind: Kind,
    day: u32,
    came_again: bool,
}

/// The places from which accounts were signed in to.
#[derive(Debug)]
pub(crate) struct KnownPlaces(Mutex<Inner>);

#[derive(Debug)]
struct Inner {
    secret: [u8; 32],
    users: HashMap<UserId, Vec<Known>>,
    /// `None` if nothing is kept beyond the process.
    path: Option<PathBuf>,
    file: Option<File>,
    /// Rows of the file.
    rows: usize,
    /// Places of all users, each of which needs a row.
    live: usize,
    /// Rows that the file may have beyond those.
    stale_max: usize,
}

impl KnownPlaces {
    /// Creates an empty memory that ends with the process.
    #[cfg(any(test, feature = "simulation"))]
    pub(crate) fn in_memory() -> Self {
        Self(Mutex::new(Inner::new([7; 32], None)))
    }

    /// Reads what is remembered in `dir`. A file that is no good is begun anew.
    ///
    /// # Errors
    /// `internal` if the machine has no randomness.
    pub(crate) fn open(dir: &Path) -> Result<Self, Error> {
        let path = dir.join(FILE);
        // What a crash has left of writing it anew; mostly there is nothing.
        let _ = fs::remove_file(path.with_extension("new"));
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => {
                tracing::warn!(%error, file = FILE, "known places can't be read and begin anew");
                Vec::new()
            }
        };
        let mut inner = Inner::new([0; 32], Some(path));
        if let Some((secret, rows)) = bytes.strip_prefix(MAGIC).and_then(<[u8]>::split_first_chunk::<32>) {
            inner.secret = *secret;
            inner.rows = rows.len().div_ceil(ROW_LEN);
            for (user, known) in rows.chunks_exact(ROW_LEN).filter_map(read_row) {
                match known {
                    Some(known) => inner.put(user, known),
                    None => drop(inner.remove(user)),
                }
            }
            // An end that was torn off must not shift the rows after it.
            if rows.len() % ROW_LEN != 0 || inner.is_stale() {
                inner.rewrite();
            }
        } else {
            getrandom::fill(&mut inner.secret).map_err(|error| Error::from(Code::Internal).with_source(error))?;
            if !bytes.is_empty() {
                inner.rewrite();
            }
        }
        Ok(Self(Mutex::new(inner)))
    }

    /// Returns the place among these from which the user has signed in before.
    pub(crate) fn find(&self, user: UserId, places: &Places, now: Timestamp) -> Option<PlaceTag> {
        let inner = self.inner();
        let known = inner.users.get(&user)?;
        let today = day(now);
        let is_known = |tag: &PlaceTag| known.iter().any(|known| known.tag == *tag && known.day + DAYS_MAX >= today);
        inner.tags(user, places).map(|(tag, _)| tag).find(is_known)
    }

    /// Remembers that the user has signed in from these places.
    pub(crate) fn remember(&self, user: UserId, places: &Places, now: Timestamp) {
        let mut inner = self.inner();
        let today = day(now);
        let tags: Vec<(PlaceTag, Kind)> = inner.tags(user, places).collect();
        for (tag, kind) in tags {
            let before = inner.users.get(&user).and_then(|known| known.iter().find(|known| known.tag == tag)).copied();
            if before.is_some_and(|known| known.day == today && known.came_again) {
                continue;
            }
            let known = Known { tag, kind, day: today, came_again: before.is_some() };
            inner.put(user, known);
            inner.append(user, Some(known));
        }
    }

    /// Forgets every place of the user.
    pub(crate) fn forget(&self, user: UserId) {
        let mut inner = self.inner();
        if inner.remove(user).is_some() {
            inner.append(user, None);
        }
    }

    /// Removes every place of these users from memory and from the file, also of places that were forgotten before. It is durable
    /// when it returns, unless the log says otherwise.
    pub(crate) fn erase(&self, is_erased: impl Fn(UserId) -> bool) {
        let mut inner = self.inner();
        let erased: Vec<UserId> = inner.users.keys().copied().filter(|user| is_erased(*user)).collect();
        for user in erased {
            inner.remove(user);
        }
        if let Err(error) = inner.overwrite(&is_erased) {
            tracing::error!(%error, file = FILE, "places of erased users can't be overwritten: it is written anew");
            inner.rewrite();
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn new(secret: [u8; 32], path: Option<PathBuf>) -> Self {
        Self { secret, users: HashMap::new(), path, file: None, rows: 0, live: 0, stale_max: STALE_ROWS_MAX }
    }

    /// Returns the tags of the places. Devices come first, because they tell the owner from others at the same address.
    fn tags<'a>(&'a self, user: UserId, places: &'a Places) -> impl Iterator<Item = (PlaceTag, Kind)> + 'a {
        let address = places.address.map(|address| match network(address) {
            IpAddr::V4(address) => self.tag(user, b'4', &address.octets()),
            IpAddr::V6(address) => self.tag(user, b'6', &address.octets()),
        });
        let devices = places.devices.iter().map(move |id| (self.tag(user, b'd', id.as_bytes()), Kind::Device));
        devices.chain(address.map(|tag| (tag, Kind::Address)))
    }

    fn tag(&self, user: UserId, kind: u8, place: &[u8]) -> PlaceTag {
        let mut hasher = blake3::Hasher::new_keyed(&self.secret);
        hasher.update(user.as_bytes()).update(&[kind]).update(place);
        let mut tag = PlaceTag::default();
        tag.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        tag
    }

    fn put(&mut self, user: UserId, known: Known) {
        if self.users.len() >= ACCOUNTS_MAX
            && !self.users.contains_key(&user)
            && let Some(other) = self.users.keys().next().copied()
        {
            self.remove(other);
        }
        let places = self.users.entry(user).or_default();
        let before = places.len();
        places.retain(|other| other.tag != known.tag);
        if places.iter().filter(|other| other.kind == known.kind).count() >= PLACES_MAX {
            let least = places.iter().enumerate().filter(|(_, other)| other.kind == known.kind);
            if let Some((at, _)) = least.min_by_key(|(_, other)| (other.came_again, other.day)) {
                places.remove(at);
            }
        }
        places.push(known);
        let after = places.len();
        self.live = self.live + after - before;
    }

    fn remove(&mut self, user: UserId) -> Option<Vec<Known>> {
        let removed = self.users.remove(&user)?;
        self.live -= removed.len();
        Some(removed)
    }

    /// Returns `true` if the file has too many rows that are of no use any more.
    fn is_stale(&self) -> bool {
        self.rows > self.live.saturating_add(self.stale_max)
    }

    /// Writes a row at the end of the file: a place, or that all places of the user are forgotten.
    fn append(&mut self, user: UserId, known: Option<Known>) {
        let Some(path) = self.path.clone() else { return };
        if self.file.is_none() {
            self.file = self.opened(&path);
        }
        let Some(file) = &mut self.file else { return };
        if let Err(error) = file.write_all(&row(user, known)) {
            tracing::warn!(%error, file = FILE, "a known place is not kept beyond the process");
            // A row that was written in part would shift all rows after it.
            self.rewrite();
            return;
        }
        self.rows += 1;
        if self.is_stale() {
            self.rewrite();
        }
    }

    /// Overwrites the rows of these users in the file, which is as long as before.
    fn overwrite(&self, is_erased: &impl Fn(UserId) -> bool) -> io::Result<()> {
        let Some(path) = &self.path else { return Ok(()) };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        let is_theirs = |row: &[u8]| row.first_chunk().is_some_and(|user| is_erased(UserId::from_bytes(*user)));
        let rows = bytes.get(HEADER_LEN..).unwrap_or_default().chunks(ROW_LEN).enumerate();
        let theirs: Vec<_> = rows.filter(|(_, row)| row.iter().any(|byte| *byte != 0) && is_theirs(row)).collect();
        if theirs.is_empty() {
            return Ok(());
        }
        let mut file = private_file::options().write(true).open(path)?;
        for (at, row) in theirs {
            file.seek(SeekFrom::Start((HEADER_LEN + at * ROW_LEN) as u64))?;
            file.write_all(&[0; ROW_LEN][..row.len()])?;
        }
        file.sync_data()
    }

    fn opened(&self, path: &Path) -> Option<File> {
        let opened = private_file::options().append(true).open(path).and_then(|mut file| {
            if file.metadata()?.len() == 0 {
                file.write_all(&[MAGIC.as_slice(), &self.secret].concat())?;
            }
            Ok(file)
        });
        opened.inspect_err(|error| tracing::warn!(%error, file = FILE, "known places are not kept")).ok()
    }

    /// Writes the file anew, with what is of use.
    fn rewrite(&mut self) {
        self.file = None;
        let Some(path) = &self.path else { return };
        let mut bytes = Vec::with_capacity(HEADER_LEN + self.live * ROW_LEN);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.secret);
        let rows = self.users.iter().flat_map(|(user, known)| known.iter().map(|known| row(*user, Some(*known))));
        rows.for_each(|row| bytes.extend_from_slice(&row));
        let fresh = path.with_extension("new");
        let written = private_file::options()
            .write(true)
            .truncate(true)
            .open(&fresh)
            .and_then(|mut file| file.write_all(&bytes))
            .and_then(|()| fs::rename(&fresh, path));
        match written {
            Ok(()) => {
                self.rows = self.live;
                self.stale_max = STALE_ROWS_MAX;
            }
            Err(error) => {
                tracing::warn!(%error, file = FILE, "known places can't be written");
                // On a full disk, not every sign-in tries again.
                self.stale_max = self.rows.saturating_sub(self.live).saturating_add(STALE_ROWS_MAX);
            }
        }
    }
}

fn day(now: Timestamp) -> u32 {
    u32::try_from(now.as_secs() / 86_400).unwrap_or(u32::MAX >> 2) & (u32::MAX >> 2)
}

const CAME_AGAIN: u32 = 1 << 31;
const IS_DEVICE: u32 = 1 << 30;

/// Tag and word of a row that says that the user's places are forgotten.
const FORGOTTEN: (PlaceTag, u32) = ([0; 16], u32::MAX);

fn row(user: UserId, known: Option<Known>) -> [u8; ROW_LEN] {
    let (tag, word) = known.map_or(FORGOTTEN, |known| {
        let flags = u32::from(known.came_again) * CAME_AGAIN + u32::from(known.kind == Kind::Device) * IS_DEVICE;
        (known.tag, known.day | flags)
    });
    let mut row = [0; ROW_LEN];
    row[..16].copy_from_slice(user.as_bytes());
    row[16..32].copy_from_slice(&tag);
    row[32..36].copy_from_slice(&word.to_le_bytes());
    let checksum = blake3::hash(&row[..36]);
    row[36..].copy_from_slice(&checksum.as_bytes()[..4]);
    row
}

/// Reads a row; `None` in place of a place if the user's places are forgotten.
fn read_row(row: &[u8]) -> Option<(UserId, Option<Known>)> {
    let (content, checksum) = row.split_at(36);
    if blake3::hash(content).as_bytes()[..4] != *checksum {
        return None;
    }
    let (user, rest) = content.split_first_chunk::<16>()?;
    let (tag, rest) = rest.split_first_chunk::<16>()?;
    let word = u32::from_le_bytes(*rest.first_chunk::<4>()?);
    let user = UserId::from_bytes(*user);
    if (*tag, word) == FORGOTTEN {
        return Some((user, None));
    }
    let kind = if word & IS_DEVICE == 0 { Kind::Address } else { Kind::Device };
    let known = Known { tag: *tag, kind, day: word & !(CAME_AGAIN | IS_DEVICE), came_again: word & CAME_AGAIN != 0 };
    Some((user, Some(known)))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const ANN: UserId = UserId::from_bytes([1; 16]);
    const BOB: UserId = UserId::from_bytes([2; 16]);
    const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn address(text: &str) -> Places {
        Places { address: Some(text.parse().unwrap()), devices: Vec::new() }
    }

    fn device(id: &str) -> Places {
        Places { address: None, devices: vec![id.to_owned()] }
    }

    #[test]
    fn places_are_known_by_account_and_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let known = KnownPlaces::open(dir.path()).unwrap();
        known.remember(ANN, &address("192.0.2.1"), START);
        known.remember(ANN, &device("d1"), START);
        known.remember(BOB, &address("2001:db8::1"), START);
        let check = |known: &KnownPlaces| {
            assert!(known.find(ANN, &address("192.0.2.1"), START).is_some());
            assert!(known.find(ANN, &address("::ffff:192.0.2.1"), START).is_some());
            assert!(known.find(ANN, &device("d1"), START).is_some());
            assert!(known.find(ANN, &device("d2"), START).is_none());
            assert!(known.find(ANN, &address("192.0.2.2"), START).is_none());
            assert!(known.find(BOB, &address("192.0.2.1"), START).is_none());
            assert!(known.find(BOB, &address("2001:db8::ffff:1"), START).is_some(), "a customer has a whole /64");
        };
        check(&known);
        drop(known);
        check(&KnownPlaces::open(dir.path()).unwrap());
        let bytes = fs::read(dir.path().join(FILE)).unwrap();
        assert_eq!(bytes.len(), HEADER_LEN + 3 * ROW_LEN);
    }

    #[test]
    fn what_is_forgotten_or_old_is_unknown() {
        let dir = tempfile::tempdir().unwrap();
        let known = KnownPlaces::open(dir.path()).unwrap();
        known.remember(ANN, &device("d1"), START);
        known.remember(BOB, &device("d1"), START);
        let later = START.plus(Duration::from_hours(24 * (u64::from(DAYS_MAX) + 1)));
        assert!(known.find(BOB, &device("d1"), later).is_none());
        known.forget(ANN);
        drop(known);
        let known = KnownPlaces::open(dir.path()).unwrap();
        assert!(known.find(ANN, &device("d1"), START).is_none());
        assert!(known.find(BOB, &device("d1"), START).is_some());
    }

    #[test]
    fn to_forget_costs_a_row_and_not_the_whole_file() {
        let dir = tempfile::tempdir().unwrap();
        let known = KnownPlaces::open(dir.path()).unwrap();
        known.remember(ANN, &device("d1"), START);
        known.remember(ANN, &address("192.0.2.1"), START);
        known.remember(BOB, &device("d1"), START);
        let before = fs::read(dir.path().join(FILE)).unwrap();
        known.forget(ANN);
        known.forget(ANN);
        known.remember(ANN, &device("d2"), START);
        let after = fs::read(dir.path().join(FILE)).unwrap();
        assert!(after.starts_with(&before));
        assert_eq!(after.len(), before.len() + 2 * ROW_LEN);
        drop(known);
        let known = KnownPlaces::open(dir.path()).unwrap();
        assert!(known.find(ANN, &device("d1"), START).is_none());
        assert!(known.find(ANN, &address("192.0.2.1"), START).is_none());
        assert!(known.find(ANN, &device("d2"), START).is_some());
        assert!(known.find(BOB, &device("d1"), START).is_some());
    }

    #[test]
    fn nothing_of_an_erased_user_stays_in_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(FILE);
        let known = KnownPlaces::open(dir.path()).unwrap();
        known.remember(ANN, &device("d0"), START);
        known.forget(ANN);
        known.remember(ANN, &device("d1"), START);
        known.remember(BOB, &device("d1"), START);
        known.remember(ANN, &address("192.0.2.1"), START);
        let holds = |bytes: &[u8]| fs::read(&path).unwrap().windows(bytes.len()).any(|part| part == bytes);
        let tags = ["d0", "d1"].map(|id| known.inner().tag(ANN, b'd', id.as_bytes()));
        assert!(tags.iter().all(|tag| holds(tag)));
        let len = fs::read(&path).unwrap().len();
        known.erase(|user| user == ANN);
        assert!(!tags.iter().any(|tag| holds(tag)) && !holds(ANN.as_bytes()) && holds(BOB.as_bytes()));
        assert_eq!(fs::read(&path).unwrap().len(), len);
        known.remember(BOB, &device("d2"), START);
        let check = |known: &KnownPlaces| {
            assert!(known.find(ANN, &device("d1"), START).is_none());
            assert!(known.find(ANN, &address("192.0.2.1"), START).is_none());
            assert!(["d1", "d2"].iter().all(|id| known.find(BOB, &device(id), START).is_some()));
        };
        check(&known);
        drop(known);
        check(&KnownPlaces::open(dir.path()).unwrap());
    }

    #[test]
    fn the_file_is_bounded_without_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let known = KnownPlaces::open(dir.path()).unwrap();
        let rows = || (fs::read(dir.path().join(FILE)).unwrap().len() - HEADER_LEN) / ROW_LEN;
        for number in 0..STALE_ROWS_MAX + PLACES_MAX {
            known.remember(ANN, &device(&number.to_string()), START);
        }
        assert_eq!(rows(), STALE_ROWS_MAX + PLACES_MAX);
        known.remember(ANN, &device("last"), START);
        assert_eq!(rows(), PLACES_MAX);
        for number in 0..=STALE_ROWS_MAX / 2 {
            known.remember(BOB, &device(&number.to_string()), START);
            known.forget(BOB);
        }
        assert!(rows() < STALE_ROWS_MAX, "{} rows", rows());
        drop(known);
        let known = KnownPlaces::open(dir.path()).unwrap();
        assert!(known.find(ANN, &device("last"), START).is_some());
        assert!(known.find(BOB, &device("1"), START).is_none());
    }

    #[test]
    fn a_file_that_cant_be_written_anew_is_not_tried_at_each_sign_in() {
        let dir = tempfile::tempdir().unwrap();
        let known = KnownPlaces::open(dir.path()).unwrap();
        // No file can be made in place of a directory.
        fs::create_dir(dir.path().join(FILE).with_extension("new")).unwrap();
        for number in 0..=STALE_ROWS_MAX + PLACES_MAX {
            known.remember(ANN, &device(&number.to_string()), START);
        }
        assert_eq!(known.inner().stale_max, 2 * STALE_ROWS_MAX + 1);
        known.remember(ANN, &device("last"), START);
        drop(known);
        assert!(KnownPlaces::open(dir.path()).unwrap().find(ANN, &device("last"), START).is_some());
    }

    #[test]
    fn a_file_from_before_rows_told_what_is_forgotten_is_read() {
        let dir = tempfile::tempdir().unwrap();
        let secret = [7_u8; 32];
        let tag = KnownPlaces::in_memory().inner().tag(ANN, b'd', b"d1");
        let word: u32 = (1 << 31) | (1 << 30) | day(START);
        let mut row = [ANN.as_bytes().as_slice(), tag.as_slice(), word.to_le_bytes().as_slice()].concat();
        row.extend_from_slice(&blake3::hash(&row).as_bytes()[..4]);
        fs::write(dir.path().join(FILE), [b"boxoffice known1".as_slice(), secret.as_slice(), row.as_slice()].concat())
            .unwrap();
        let known = KnownPlaces::open(dir.path()).unwrap();
        assert_eq!(known.find(ANN, &device("d1"), START), Some(tag));
    }

    #[test]
    fn a_known_device_tells_its_owner_from_others_at_the_same_address() {
        let known = KnownPlaces::in_memory();
        let home: IpAddr = "192.0.2.1".parse().unwrap();
        let at_home = |devices: &[&str]| Places {
            address: Some(home),
            devices: devices.iter().map(|id| (*id).to_owned()).collect(),
        };
        known.remember(ANN, &at_home(&["mine"]), START);
        let neighbour = known.find(ANN, &at_home(&["theirs"]), START).unwrap();
        let owner = known.find(ANN, &at_home(&["other", "mine"]), START).unwrap();
        assert_ne!(owner, neighbour);
        assert_eq!(known.find(ANN, &device("mine"), START), Some(owner));
        assert_eq!(known.find(ANN, &at_home(&[]), START), Some(neighbour));
    }

    #[test]
    fn an_account_keeps_the_places_that_came_again() {
        let known = KnownPlaces::in_memory();
        known.remember(ANN, &device("mine"), START);
        known.remember(ANN, &device("mine"), START);
        known.remember(ANN, &address("192.0.2.1"), START);
        for number in 0..100 {
            known.remember(ANN, &device(&number.to_string()), START);
        }
        assert!(known.find(ANN, &device("mine"), START).is_some());
        assert!(known.find(ANN, &address("192.0.2.1"), START).is_some());
        assert!(known.find(ANN, &device("99"), START).is_some());
        assert!(known.find(ANN, &device("0"), START).is_none());
    }

    #[test]
    fn damage_costs_rows_and_no_more() {
        let dir = tempfile::tempdir().unwrap();
        let known = KnownPlaces::open(dir.path()).unwrap();
        known.remember(ANN, &device("d1"), START);
        known.remember(BOB, &device("d2"), START);
        drop(known);
        let path = dir.path().join(FILE);
        let whole = fs::read(&path).unwrap();
        for cut in HEADER_LEN..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            let known = KnownPlaces::open(dir.path()).unwrap();
            let kept = usize::from(known.find(ANN, &device("d1"), START).is_some());
            assert_eq!(kept, usize::from(cut >= HEADER_LEN + ROW_LEN), "cut at {cut}");
            known.remember(BOB, &device("d3"), START);
            drop(known);
            let known = KnownPlaces::open(dir.path()).unwrap();
            assert!(known.find(BOB, &device("d3"), START).is_some(), "cut at {cut}");
        }
        let mut flipped = whole.clone();
        flipped[HEADER_LEN + 3] ^= 1;
        fs::write(&path, &flipped).unwrap();
        let known = KnownPlaces::open(dir.path()).unwrap();
        assert!(known.find(ANN, &device("d1"), START).is_none());
        assert!(known.find(BOB, &device("d2"), START).is_some());
        drop(known);
        for other in [b"".as_slice(), b"something else", &whole[..HEADER_LEN - 1]] {
            fs::write(&path, other).unwrap();
            let known = KnownPlaces::open(dir.path()).unwrap();
            known.remember(ANN, &device("d1"), START);
            drop(known);
            assert!(KnownPlaces::open(dir.path()).unwrap().find(ANN, &device("d1"), START).is_some(), "{other:?}");
        }
    }
}
