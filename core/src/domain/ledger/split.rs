//! Split of a charge's money between the sellers and the platform, less what went back.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::domain::Inconsistency;

/// Part of the price of one ticket, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Part {
    /// Seller's share.
    pub seller: u64,
    /// Platform's share.
    pub fee: u64,
}

impl Part {
    /// Adds another part.
    pub(super) fn add(&mut self, other: Self) {
        self.seller += other.seller;
        self.fee += other.fee;
    }

    /// Returns the sum of both shares.
    pub(super) const fn whole(self) -> u64 {
        self.seller + self.fee
    }
}

/// One part for each ticket, in the order's sequence.
pub(super) type Parts = SmallVec<[Part; 2]>;

/// Fees of a charge, and the money of it that went back so far. Empty lists mean zeros.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Split {
    /// Fee of each ticket.
    fees: Vec<u64>,
    /// Parts that went back, for each ticket; empty until anything went back.
    returned: Vec<Part>,
    /// Late money that is left; `None` if none came.
    late: Option<u64>,
}

/// Result of giving money back.
#[derive(Debug)]
pub(super) struct GivenBack {
    /// Parts given by the sellers and the platform, for each ticket.
    pub parts: Parts,
    /// Amount that exceeds what the sellers and the platform still had.
    pub excess: u64,
}

impl Split {
    /// Creates the split of a sale with these fees.
    pub(crate) fn with_fees(fees: &[u64]) -> Self {
        Self { fees: fees.to_vec(), returned: Vec::new(), late: None }
    }

    /// Returns the shares of each ticket's price for its seller and the platform.
    pub(super) fn parts(&self, prices: impl ExactSizeIterator<Item = u64>) -> Result<Parts, Inconsistency> {
        if !self.fees.is_empty() && self.fees.len() != prices.len() {
            return Err(Inconsistency("a charge has fees of more or fewer tickets than its order"));
        }
        let fees = self.fees.iter().copied().chain(std::iter::repeat(0));
        let part = |(price, fee): (u64, u64)| Some(Part { seller: price.checked_sub(fee)?, fee });
        prices.zip(fees).map(part).collect::<Option<_>>().ok_or(Inconsistency("a fee is more than the ticket's price"))
    }

    /// Returns `true` if money came late.
    pub(super) const fn was_late(&self) -> bool {
        self.late.is_some()
    }

    /// Adds money that came late.
    pub(super) fn receive_late(&mut self, amount: u64) {
        self.late = Some(self.late.unwrap_or(0) + amount);
    }

    /// Takes up to `most` of the late money that is left; returns the amount taken.
    pub(super) fn take_late(&mut self, most: u64) -> u64 {
        let Some(left) = &mut self.late else { return 0 };
        let taken = most.min(*left);
        *left -= taken;
        taken
    }

    /// Takes `amount` back from what the sellers and the platform still have of these prices, in proportion. The parts
    /// are exact to the minor unit: they sum to the amount, and no part exceeds what its owner has.
    pub(super) fn give_back(
        &mut self,
        prices: impl ExactSizeIterator<Item = u64>,
        amount: u64,
    ) -> Result<GivenBack, Inconsistency> {
        let parts = self.parts(prices)?;
        self.returned.resize(parts.len(), Part::default());
        let left = parts
            .iter()
            .zip(&self.returned)
            .map(|(part, back)| Part { seller: part.seller - back.seller, fee: part.fee - back.fee });
        let left: Parts = left.collect();
        let all = u128::from(left.iter().map(|part| part.whole()).sum::<u64>());
        let excess = amount.saturating_sub(u64::try_from(all).unwrap_or(u64::MAX));
        let amount = amount - excess;
        // Cumulative amounts are rounded, not each share, so that the shares sum to the amount.
        let mut passed = 0;
        let mut share = |of: u64| {
            let due = |passed: u128| (u128::from(amount) * passed).checked_div(all).unwrap_or(0);
            let before = due(passed);
            passed += u128::from(of);
            u64::try_from(due(passed) - before).unwrap_or(0)
        };
        let parts: Parts = left.iter().map(|part| Part { seller: share(part.seller), fee: share(part.fee) }).collect();
        self.returned.iter_mut().zip(&parts).for_each(|(returned, back)| returned.add(*back));
        Ok(GivenBack { parts, excess })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::random_histories::Random;

    #[test]
    fn no_cent_is_lost_in_whatever_parts_money_goes_back() {
        let mut dice = Random(4);
        for _ in 0..2_000 {
            let largest = [10, 1_000, 999_999_999_999][usize::try_from(dice.below(3)).unwrap()];
            let prices: Vec<u64> = (0..=dice.below(10)).map(|_| 1 + dice.below(largest)).collect();
            let fees: Vec<u64> = prices.iter().map(|price| dice.below(price + 1)).collect();
            let mut split = Split::with_fees(&fees);
            let whole = split.parts(prices.iter().copied()).unwrap();
            let mut left: u64 = prices.iter().sum();
            while left > 0 {
                let amount = if dice.below(5) == 0 { left } else { 1 + dice.below(left) };
                let back = split.give_back(prices.iter().copied(), amount).unwrap();
                assert_eq!((back.parts.iter().map(|part| part.whole()).sum::<u64>(), back.excess), (amount, 0));
                for (returned, part) in split.returned.iter().zip(&whole) {
                    assert!(returned.seller <= part.seller && returned.fee <= part.fee, "{prices:?} {fees:?}");
                }
                left -= amount;
            }
            assert_eq!(split.returned[..], whole[..]);
            assert_eq!(split.give_back(prices.iter().copied(), 7).unwrap().excess, 7);
            assert_eq!(split.returned[..], whole[..]);
        }
    }

    #[test]
    fn fees_must_fit_the_tickets() {
        let prices = || [100, 200].into_iter();
        assert!(Split::with_fees(&[1]).parts(prices()).is_err());
        assert!(Split::with_fees(&[1, 201]).parts(prices()).is_err());
        assert_eq!(Split::default().parts(prices()).unwrap()[1], Part { seller: 200, fee: 0 });
        assert_eq!(Split::with_fees(&[1, 200]).parts(prices()).unwrap()[1], Part { seller: 0, fee: 200 });
    }
}
