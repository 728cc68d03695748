//! Sums of money that may be zero or negative.

use std::fmt;

use super::money::{Currency, Money};

/// A sum of amounts of one currency that may be zero or negative, such as a balance or the part of it that a payout
/// takes.
///
/// ```
/// use boxoffice::{Currency, SignedMoney};
///
/// let sum = SignedMoney::from_minor(-1990, Currency::USD);
/// assert_eq!((sum.decimal(), sum.to_string()), ("-19.90".to_owned(), "-19.90 USD".to_owned()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedMoney {
    minor: i128,
    currency: Currency,
}

impl SignedMoney {
    /// Creates a sum of `minor` minor units.
    pub const fn from_minor(minor: i128, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Returns the number of minor units: cents for USD, yen for JPY.
    pub const fn minor(self) -> i128 {
        self.minor
    }

    /// Returns the currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Returns the sum in major units as an exact decimal with all decimals of the currency: `-19.90`.
    pub fn decimal(self) -> String {
        let exponent = usize::from(self.currency.exponent());
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        if exponent == 0 {
            return format!("{sign}{minor}");
        }
        let scale = 10_u128.pow(u32::from(self.currency.exponent()));
        format!("{sign}{}.{:0exponent$}", minor / scale, minor % scale)
    }
}

impl From<Money> for SignedMoney {
    fn from(money: Money) -> Self {
        Self { minor: i128::from(money.minor()), currency: money.currency() }
    }
}

impl fmt::Display for SignedMoney {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_go_out_exactly() {
        let out = |minor, code: &str| SignedMoney::from_minor(minor, code.parse().unwrap()).decimal();
        assert_eq!(out(0, "USD"), "0.00");
        assert_eq!(out(-5, "USD"), "-0.05");
        assert_eq!(out(-2000, "JPY"), "-2000");
        assert_eq!(out(1_234_567_890_123_456_789, "KWD"), "1234567890123456.789");
        assert_eq!(out(i128::MIN, "JPY"), "-170141183460469231731687303715884105728");
    }
}
