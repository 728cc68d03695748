//! What choices are compared by.

use std::ops::Add;

/// What a choice costs. Costs of parts add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    /// Number of groups.
    pub(crate) groups: u64,
    /// Number of groups of one.
    pub(crate) alone: u64,
    /// Number of single seats left over.
    pub(crate) singles: u64,
    /// Sum of the squares of the distances.
    pub(crate) square: u64,
}

impl Add for Cost {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            groups: self.groups + other.groups,
            alone: self.alone + other.alone,
            singles: self.singles + other.singles,
            square: self.square + other.square,
        }
    }
}

/// What counts first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// That the party is together.
    Party,
    /// That no single seats are left over.
    Singles,
}

impl Order {
    /// Returns what two costs are compared by: the smaller key is better.
    pub(crate) fn key(self, cost: Cost) -> [u64; 4] {
        match self {
            Self::Party => [cost.groups, cost.alone, cost.singles, cost.square],
            Self::Singles => [cost.singles, cost.groups, cost.alone, cost.square],
        }
    }

    /// Returns `true` if the cost is better than a known one, or if none is known.
    pub(crate) fn is_better(self, cost: Cost, known: Option<Cost>) -> bool {
        known.is_none_or(|known| self.key(cost) < self.key(known))
    }
}
