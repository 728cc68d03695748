//! How the money of one charge is split between the sellers and the platform, and what of it went back.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::domain::Inconsistency;

/// A part of the price of one ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Part {
    /// What of it is the seller's.
    pub seller: u64,
    /// What of it is the platform's.
    pub fee: u64,
}

impl Part {
    /// Adds another part.
    pub(super) fn add(&mut self, other: Self) {
        self.seller += other.seller;
        self.fee += other.fee;
    }

    /// Both together.
    pub(super) const fn whole(self) -> u64 {
        self.seller + self.fee
    }
}

/// One part a ticket, in the order in which the order has them.
pub(super) type Parts = SmallVec<[Part; 2]>;

/// The fees of a charge, and what of its money went back so far. Empty lists stand for zeros.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Split {
    /// Ticket by ticket.
    fees: Vec<u64>,
    /// Ticket by ticket, once anything went back.
    returned: Vec<Part>,
    /// What is left of money that came late, once it came.
    late: Option<u64>,
}

/// What went back of whose money.
#[derive(Debug)]
pub(super) struct GivenBack {
    /// What the sellers and the platform gave.
    pub parts: Parts,
    /// What nobody had any more.
    pub excess: u64,
}

impl Split {
    /// The split of a sale with these fees.
    pub(crate) fn with_fees(fees: &[u64]) -> Self {
        Self { fees: fees.to_vec(), returned: Vec::new(), late: None }
    }

    /// What each ticket's price comes to for its seller and the platform.
    pub(super) fn parts(&self, prices: impl ExactSizeIterator<Item = u64>) -> Result<Parts, Inconsistency> {
        if !self.fees.is_empty() && self.fees.len() != prices.len() {
            return Err(Inconsistency("a charge has fees of more or fewer tickets than its order"));
        }
        let fees = self.fees.iter().copied().chain(std::iter::repeat(0));
        let part = |(price, fee): (u64, u64)| Some(Part { seller: price.checked_sub(fee)?, fee });
        prices.zip(fees).map(part).collect::<Option<_>>().ok_or(Inconsistency("a fee is more than the ticket's price"))
    }

    /// Whether money came late.
    pub(super) const fn was_late(&self) -> bool {
        self.late.is_some()
    }

    /// Money came late.
    pub(super) fn receive_late(&mut self, amount: u64) {
        self.late = Some(self.late.unwrap_or(0) + amount);
    }

    /// Takes up to so much of what is left of money that came late.
    pub(super) fn take_late(&mut self, most: u64) -> u64 {
        let Some(left) = &mut self.late else { return 0 };
        let taken = most.min(*left);
        *left -= taken;
        taken
    }

    /// Takes `amount` back from what the sellers and the platform still have of these prices, in proportion: to the minor unit,
    /// so that the parts come to the amount, and so that nobody gives back more than they have.
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
        // What is due of the first so many minor units is rounded, not each share: so the shares come to the amount.
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
