//! What an edit does to something that may be there or not.

use serde::{Serialize, Serializer};

/// What an edit does to a part that not everything has.
///
/// ```
/// use boxoffice::{Change, TicketUpdate};
///
/// let update = TicketUpdate::new("Hamlet, stalls", "17.50").without_show().seat("Row 3, seat 12");
/// assert_eq!((update.show, update.seat), (Change::Clear, Change::Set("Row 3, seat 12".to_owned())));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Change<T> {
    /// Leaves it as it is.
    #[default]
    Keep,
    /// Takes it away.
    Clear,
    /// Sets it to this.
    Set(T),
}

impl<T> Change<T> {
    /// Returns the part after the edit.
    pub fn apply(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Keep => before,
            Self::Clear => None,
            Self::Set(after) => Some(after),
        }
    }

    /// Converts from what an input says: nothing keeps, `null` clears.
    pub fn given(given: Option<Option<T>>) -> Self {
        match given {
            None => Self::Keep,
            Some(None) => Self::Clear,
            Some(Some(value)) => Self::Set(value),
        }
    }

    /// Converts the new value with `turn`.
    pub fn map<U>(self, turn: impl FnOnce(T) -> U) -> Change<U> {
        match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(value) => Change::Set(turn(value)),
        }
    }

    /// Returns the edit of a reference.
    pub const fn as_ref(&self) -> Change<&T> {
        match self {
            Self::Keep => Change::Keep,
            Self::Clear => Change::Clear,
            Self::Set(value) => Change::Set(value),
        }
    }

    /// Returns `true` if the part stays as it is.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

/// The form of an edit that tells its three cases apart, for `#[serde(with = …)]`.
#[cfg(feature = "cluster")]
pub(crate) mod tagged {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Change;

    #[derive(Serialize, Deserialize)]
    enum Tagged<T> {
        Keep,
        Clear,
        Set(T),
    }

    pub(crate) fn serialize<T: Serialize, S: Serializer>(change: &Change<T>, serializer: S) -> Result<S::Ok, S::Error> {
        let tagged = match change {
            Change::Keep => Tagged::Keep,
            Change::Clear => Tagged::Clear,
            Change::Set(value) => Tagged::Set(value),
        };
        tagged.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Change<T>, D::Error> {
        Ok(match Tagged::deserialize(deserializer)? {
            Tagged::Keep => Change::Keep,
            Tagged::Clear => Change::Clear,
            Tagged::Set(value) => Change::Set(value),
        })
    }
}

impl<T: Serialize> Serialize for Change<T> {
    /// As an optional value, so that a command has the same fingerprint as before there was anything to clear.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep => serializer.serialize_none(),
            Self::Clear => serializer.serialize_bool(false),
            Self::Set(value) => serializer.serialize_some(value),
        }
    }
}
