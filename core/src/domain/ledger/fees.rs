//! Fees of the platform.

use crate::failpoint::Failpoint;
use crate::types::{Currency, Money};

/// Maximum number of currencies with a fixed amount.
const FIXED_MAX: usize = 8;

/// Basis points in the whole. One basis point is a hundredth of a percent.
const BASIS: u64 = 10_000;

/// Policy for the platform's fee on each ticket: a share of the price, and a fixed amount in the currencies that have
/// one.
///
/// The share is computed for each ticket and rounded to the minor unit, halves up. The fixed amount is added. The fee
/// never exceeds the ticket's price. The fees of an order are decided when it is paid and are recorded with the
/// payment, so a new policy never changes past fees. The default is no fees.
///
/// ```
/// use boxoffice::{Currency, FeePolicy, Money};
///
/// let usd = |text| Money::parse(text, Currency::USD);
/// let policy = FeePolicy::basis_points(250)?.and_fixed(usd("0.30")?)?;
/// assert_eq!(policy.fee(usd("19.99")?), 80); // 49.975 cents become 50, and 30 more
/// assert_eq!(policy.fee(usd("0.20")?), 20);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FeePolicy {
    basis_points: u64,
    fixed: [Option<Money>; FIXED_MAX],
}

/// Reason why a fee policy is invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FeeError {
    /// The share is more than 100 %.
    #[error("must be at most 10000 basis points, which is 100 %")]
    TooHigh,
    /// There are fixed amounts in too many currencies.
    #[error("can have a fixed amount in at most {FIXED_MAX} currencies")]
    TooManyCurrencies,
    /// The text is not a percentage with at most two decimals.
    #[error("must be a percentage such as 2.5, with at most two decimals")]
    NotAPercentage,
}

impl FeePolicy {
    /// Creates a policy with a share of the price, in basis points (hundredths of a percent).
    ///
    /// # Errors
    /// [`FeeError::TooHigh`] above 10,000.
    pub const fn basis_points(basis_points: u32) -> Result<Self, FeeError> {
        if basis_points as u64 > BASIS {
            return Err(FeeError::TooHigh);
        }
        Ok(Self { basis_points: basis_points as u64, fixed: [None; FIXED_MAX] })
    }

    /// Creates a policy with a share of the price, parsed from text: `2.5` means 2.5 %.
    ///
    /// # Errors
    /// [`FeeError::NotAPercentage`], [`FeeError::TooHigh`].
    pub fn percent(text: &str) -> Result<Self, FeeError> {
        let (whole, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !is_number(decimals) || decimals.len() > 2 {
            return Err(FeeError::NotAPercentage);
        }
        let points = format!("{whole}{decimals:0<2}").parse().map_err(|_| FeeError::TooHigh)?;
        Self::basis_points(points)
    }

    /// Returns the policy with this fixed amount for each ticket in the amount's currency. Replaces an earlier fixed
    /// amount in that currency.
    ///
    /// # Errors
    /// [`FeeError::TooManyCurrencies`] if eight other currencies already have a fixed amount.
    pub fn and_fixed(mut self, amount: Money) -> Result<Self, FeeError> {
        let is_place = |at: &Option<Money>| at.is_none_or(|other| other.currency() == amount.currency());
        let place = self.fixed.iter().position(is_place).ok_or(FeeError::TooManyCurrencies)?;
        self.fixed[place] = Some(amount);
        Ok(self)
    }

    /// Returns `true` if the policy takes no fee at any price.
    pub fn is_free(&self) -> bool {
        self.basis_points == 0 && self.fixed[0].is_none()
    }

    /// Returns the share of the price, in basis points (hundredths of a percent).
    pub const fn share(&self) -> u64 {
        self.basis_points
    }

    /// Returns the fixed amount in this currency, in minor units; 0 if there is none.
    pub fn fixed(&self, currency: Currency) -> u64 {
        self.fixed.iter().flatten().find(|fixed| fixed.currency() == currency).map_or(0, |fixed| fixed.minor())
    }

    /// Returns the fee of a ticket at this price, in minor units of its currency.
    pub fn fee(&self, price: Money) -> u64 {
        // A price has less than 10^12 minor units, so nothing here can overflow.
        let exact = price.minor() * self.basis_points;
        let share = if Failpoint::FeeRoundedTwice.is_active() {
            half_up(half_up(exact, BASIS / 10), 10)
        } else {
            half_up(exact, BASIS)
        };
        price.minor().min(share + self.fixed(price.currency()))
    }
}

/// Returns the quotient, rounded to the nearest whole number, halves up.
const fn half_up(number: u64, divisor: u64) -> u64 {
    (number + divisor / 2) / divisor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(percent: &str, fixed: &[(u64, &str)], price: (u64, &str), expected: u64) {
        let money = |(minor, code): (u64, &str)| Money::from_minor(minor, code.parse().unwrap()).unwrap();
        let start = FeePolicy::percent(percent).unwrap();
        let policy = fixed.iter().fold(start, |policy, fixed| policy.and_fixed(money(*fixed)).unwrap());
        assert_eq!(policy.fee(money(price)), expected, "{percent} % and {fixed:?} of {price:?}");
    }

    #[test]
    fn halves_go_up() {
        check("2.5", &[], (1999, "USD"), 50); // 49.975
        check("2.5", &[], (20, "USD"), 1); // 0.5
        check("2.5", &[], (19, "USD"), 0); // 0.475
        check("0.01", &[], (5000, "JPY"), 1); // 0.5
        check("0.01", &[], (4999, "JPY"), 0); // 0.4999 would be a half if it were rounded twice
        check("10", &[], (12_345, "KWD"), 1235); // 1234.5
    }

    #[test]
    fn a_fixed_amount_counts_in_its_currency_only() {
        check("2.5", &[(30, "USD"), (50, "JPY")], (1999, "USD"), 80);
        check("2.5", &[(30, "USD"), (50, "JPY")], (2000, "JPY"), 100);
        check("2.5", &[(30, "USD"), (50, "JPY")], (2000, "EUR"), 50);
        check("0", &[(30, "USD"), (31, "USD")], (2000, "USD"), 31);
    }

    #[test]
    fn no_fee_is_more_than_the_price() {
        check("100", &[(1, "USD")], (1999, "USD"), 1999);
        check("0", &[(30, "USD")], (29, "USD"), 29);
        check("100", &[], (Money::MINOR_MAX, "USD"), Money::MINOR_MAX);
    }

    #[test]
    fn percentages() {
        for (text, points) in [("0", 0), ("2.5", 250), ("2.05", 205), ("100", 10_000), (" 1 ", 100)] {
            assert_eq!(FeePolicy::percent(text).unwrap().share(), points, "{text}");
        }
        assert_eq!(FeePolicy::percent("100.01"), Err(FeeError::TooHigh));
        assert_eq!(FeePolicy::percent("99999999999"), Err(FeeError::TooHigh));
        for bad in ["", ".5", "5.", "2.555", "-1", "2,5", "1e1", "2.5 %"] {
            assert_eq!(FeePolicy::percent(bad), Err(FeeError::NotAPercentage), "{bad}");
        }
    }

    #[test]
    fn fixed_amounts_of_nine_currencies_are_too_many() {
        let fixed = Currency::all().map(|currency| Money::from_minor(1, currency).unwrap());
        let result = fixed.take(9).try_fold(FeePolicy::default(), FeePolicy::and_fixed);
        assert_eq!(result, Err(FeeError::TooManyCurrencies));
    }
}
