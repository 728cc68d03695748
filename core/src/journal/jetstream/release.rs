//! Releases: the version of the program that wrote a message.
//!
//! A host that meets what it does not know says which version does. Nothing else depends on it.

use std::fmt;
use std::sync::LazyLock;

/// Version of a release, without what may follow its three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Release {
    major: u16,
    minor: u16,
    patch: u16,
}

static OWN: LazyLock<Release> = LazyLock::new(|| {
    let [major, minor, patch] =
        [env!("CARGO_PKG_VERSION_MAJOR"), env!("CARGO_PKG_VERSION_MINOR"), env!("CARGO_PKG_VERSION_PATCH")]
            .map(|number| number.parse().unwrap_or_default());
    Release { major, minor, patch }
});

impl Release {
    /// Returns the release of this program.
    pub(crate) fn own() -> Self {
        *OWN
    }

    /// Reads a release that is written in the one way that releases are written.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(str::parse);
        let mut next = || numbers.next()?.ok();
        let release = Self { major: next()?, minor: next()?, patch: next()? };
        (release.to_string() == text).then_some(release)
    }

    /// Returns the bytes of the release, for hashes.
    pub(super) fn to_bytes(self) -> [u8; 6] {
        let Self { major, minor, patch } = self;
        let [[one, two], [three, four], [five, six]] = [major, minor, patch].map(u16::to_le_bytes);
        [one, two, three, four, five, six]
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_ordered_as_their_numbers() {
        let read = |text| Release::read(text).unwrap();
        assert!(read("0.9.0") < read("0.10.0") && read("0.10.0") < read("0.10.1") && read("1.0.0") > read("0.10.1"));
        assert_eq!(read("0.10.1").to_bytes(), [0, 0, 10, 0, 1, 0]);
    }

    #[test]
    fn the_own_release_is_that_of_the_crate() {
        let version = env!("CARGO_PKG_VERSION");
        assert!(version.starts_with(&Release::own().to_string()), "{version}");
    }
}
