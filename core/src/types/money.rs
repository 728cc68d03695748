//! Money as integer minor units with a currency. No float is involved anywhere.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Reasons why text or a sum is not a valid amount of money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The text is not a decimal number.
    #[error("must be a decimal number such as 19.99")]
    NotANumber,
    /// The amount has more decimals than the currency.
    #[error("has more than {0} decimals, which this currency does not have")]
    TooManyDecimals(u8),
    /// The amount is zero or below.
    #[error("must be greater than 0")]
    NotPositive,
    /// The amount exceeds [`Money::MINOR_MAX`] minor units.
    #[error("is too large")]
    TooLarge,
    /// The code is not an ISO 4217 currency in use that has minor units.
    #[error("must be an ISO 4217 currency code such as USD")]
    UnknownCurrency,
    /// The two amounts have different currencies.
    #[error("can't be added to an amount of another currency")]
    CurrencyMismatch,
}

/// An ISO 4217 currency that has minor units: `USD` has 2 decimals, `JPY` 0, `KWD` 3.
///
/// Metals, funds, test codes and withdrawn currencies are not accepted.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// The US dollar.
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// Iterates over every accepted currency, ordered by code. Each call searches for them again.
    pub fn all() -> impl Iterator<Item = Self> {
        let letters = || 'A'..='Z';
        let codes = letters().flat_map(move |a| letters().flat_map(move |b| letters().map(move |c| [a, b, c])));
        codes.filter_map(|code| String::from_iter(code).parse().ok())
    }

    /// Returns the three-letter code in capitals.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// Returns the number of decimals of the currency, such as 2 for USD.
    pub fn exponent(self) -> u8 {
        u8::try_from(self.0.exponent().unwrap_or(0)).unwrap_or(0)
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    /// Parses a three-letter code in capitals.
    fn from_str(code: &str) -> Result<Self, MoneyError> {
        let currency = iso_currency::Currency::from_code(code).ok_or(MoneyError::UnknownCurrency)?;
        // The crate takes VED for the successor of VES; List One of ISO 4217 has both.
        let is_superseded = currency.is_superseded().is_some() && currency != iso_currency::Currency::VES;
        let in_use = !currency.is_special() && !currency.is_fund() && !is_superseded;
        if in_use && currency.exponent().is_some() { Ok(Self(currency)) } else { Err(MoneyError::UnknownCurrency) }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // `from_str` is not used: a currency that goes out of use must still decode from an old journal.
        super::decode_text(deserializer, |code| {
            iso_currency::Currency::from_code(code).map(Self).ok_or(MoneyError::UnknownCurrency)
        })
    }
}

/// An amount of money: a positive number of minor units of a currency.
///
/// ```
/// use boxoffice::{Currency, Money};
///
/// let price = Money::parse("19.99", Currency::USD)?;
/// assert_eq!(price.minor(), 1999);
/// assert_eq!(price.decimal(), "19.99");
/// assert!(Money::parse("19.999", Currency::USD).is_err());
/// assert!(Money::parse("1.500", Currency::USD).is_err(), "some write fifteen hundred so");
/// # Ok::<(), boxoffice::MoneyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    minor: u64,
    currency: Currency,
}

impl Money {
    /// Largest amount: 999,999,999,999 minor units.
    pub const MINOR_MAX: u64 = 999_999_999_999;

    /// Creates an amount of 1..=[`Money::MINOR_MAX`] minor units.
    ///
    /// # Errors
    /// [`MoneyError::NotPositive`] for 0, [`MoneyError::TooLarge`] above [`Money::MINOR_MAX`].
    pub const fn from_minor(minor: u64, currency: Currency) -> Result<Self, MoneyError> {
        match minor {
            0 => Err(MoneyError::NotPositive),
            1..=Self::MINOR_MAX => Ok(Self { minor, currency }),
            _ => Err(MoneyError::TooLarge),
        }
    }

    /// Parses an amount in major units without rounding: `19.99`, `2000`, `1.5e3`.
    ///
    /// More decimals than the currency has are refused, zeros too: in many countries `1.500` is fifteen hundred.
    ///
    /// # Errors
    /// [`MoneyError::NotANumber`], [`MoneyError::NotPositive`], [`MoneyError::TooManyDecimals`] or
    /// [`MoneyError::TooLarge`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let amount = parse_decimal(text)?;
        if amount <= Decimal::ZERO {
            return Err(MoneyError::NotPositive);
        }
        let exponent = currency.exponent();
        if decimals_of(text) > i64::from(exponent) {
            return Err(MoneyError::TooManyDecimals(exponent));
        }
        let factor = Decimal::from(10_u64.pow(u32::from(exponent)));
        let minor = amount.checked_mul(factor).ok_or(MoneyError::TooLarge)?.normalize();
        let minor = u64::try_from(minor).map_err(|_| MoneyError::TooLarge)?;
        Self::from_minor(minor, currency)
    }

    /// Returns the number of minor units: cents for USD, yen for JPY.
    pub const fn minor(self) -> u64 {
        self.minor
    }

    /// Returns the currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Returns the amount in major units as an exact decimal with all decimals of the currency: `19.90`.
    pub fn decimal(self) -> String {
        let exponent = usize::from(self.currency.exponent());
        if exponent == 0 {
            return self.minor.to_string();
        }
        let scale = 10_u64.pow(u32::from(self.currency.exponent()));
        format!("{}.{:0exponent$}", self.minor / scale, self.minor % scale)
    }

    /// Returns the sum of two amounts.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`] if the currencies differ, [`MoneyError::TooLarge`] if the sum exceeds
    /// [`Money::MINOR_MAX`].
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch);
        }
        Self::from_minor(self.minor.saturating_add(other.minor), self.currency)
    }

    /// The sort value of one major unit.
    pub(crate) const SORT_VALUE_OF_ONE: u64 = 10_000;

    /// Returns the amount in ten-thousandths of the major unit, which is comparable across currencies.
    pub(crate) fn sort_value(self) -> u64 {
        self.minor.saturating_mul(10_u64.pow(4_u32.saturating_sub(u32::from(self.currency.exponent()))))
    }

    /// Returns the [`Money::sort_value`] of an amount of `text` major units of any currency, and how many decimals the
    /// text has.
    pub(crate) fn sort_value_of(text: &str) -> Result<(u64, u8), MoneyError> {
        let amount = parse_decimal(text)?;
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(MoneyError::NotANumber);
        }
        let decimals = u8::try_from(decimals_of(text).max(0)).unwrap_or(u8::MAX);
        if decimals > DECIMALS_MAX {
            return Err(MoneyError::TooManyDecimals(DECIMALS_MAX));
        }
        let scaled = amount.checked_mul(Decimal::from(Self::SORT_VALUE_OF_ONE)).ok_or(MoneyError::TooLarge)?;
        let value = u64::try_from(scaled.trunc()).map_err(|_| MoneyError::TooLarge)?;
        Ok((value, decimals))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency)
    }
}

/// The most decimals that a currency has.
const DECIMALS_MAX: u8 = 4;

/// Counts the decimals of a number, zeros too, as if it were written without an exponent.
fn decimals_of(text: &str) -> i64 {
    let (mantissa, places) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    i64::try_from(decimals).unwrap_or(i64::MAX).saturating_sub(places.parse().unwrap_or(0))
}

/// Length limit of a decimal, longer than the text of any valid amount.
const TEXT_LEN_MAX: usize = 40;

fn parse_decimal(text: &str) -> Result<Decimal, MoneyError> {
    let shaped = !text.is_empty()
        && text.len() <= TEXT_LEN_MAX
        && text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && text.ends_with(|last: char| last.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | 'e' | 'E' | '+' | '-'));
    if !shaped {
        return Err(MoneyError::NotANumber);
    }
    match text.split_once(['e', 'E']) {
        None => Decimal::from_str_exact(text).map_err(|_| too_long_or_wrong(text)),
        Some((mantissa, exponent)) => {
            let places: i32 = exponent.parse().map_err(|_| MoneyError::NotANumber)?;
            let mantissa = Decimal::from_str_exact(mantissa).map_err(|_| too_long_or_wrong(mantissa))?;
            shift(mantissa, places)
        }
    }
}

/// Returns `number × 10^places` without rounding.
fn shift(number: Decimal, places: i32) -> Result<Decimal, MoneyError> {
    if number.is_zero() {
        return Ok(number);
    }
    if places > 28 {
        return Err(MoneyError::TooLarge);
    }
    if places < -28 {
        return Err(MoneyError::TooManyDecimals(DECIMALS_MAX));
    }
    let factor = Decimal::from_i128_with_scale(10_i128.pow(places.unsigned_abs()), 0);
    let shifted = if places < 0 { number.checked_div(factor) } else { number.checked_mul(factor) };
    shifted.ok_or(MoneyError::TooLarge)
}

/// Classifies a decimal that does not parse: malformed, too large, or with more decimals than any currency has.
fn too_long_or_wrong(text: &str) -> MoneyError {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !only_digits(whole) || !only_digits(decimals) || digits.ends_with('.') {
        MoneyError::NotANumber
    } else if whole.len() > 13 {
        MoneyError::TooLarge
    } else {
        MoneyError::TooManyDecimals(DECIMALS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, currency: &str, expected: Result<u64, MoneyError>) {
        let currency = currency.parse().unwrap();
        assert_eq!(Money::parse(text, currency).map(Money::minor), expected, "{text} {currency}");
    }

    #[test]
    fn amounts() {
        check("19.99", "USD", Ok(1999));
        check("19.9", "USD", Ok(1990));
        check("0.01", "USD", Ok(1));
        check("20", "USD", Ok(2000));
        check("1.5e3", "USD", Ok(150_000));
        check("1.5000e3", "USD", Ok(150_000));
        check("1999e-2", "USD", Ok(1999));
        check("15e2", "JPY", Ok(1500));
        check("2000", "JPY", Ok(2000));
        check("1.234", "KWD", Ok(1234));
        check("9999999999.99", "USD", Ok(Money::MINOR_MAX));
    }

    #[test]
    fn refused_amounts() {
        check("19.999", "USD", Err(MoneyError::TooManyDecimals(2)));
        check("0.1", "JPY", Err(MoneyError::TooManyDecimals(0)));
        check("1.2345", "KWD", Err(MoneyError::TooManyDecimals(3)));
        // What some read as fifteen hundred, two thousand and a million.
        check("1.500", "EUR", Err(MoneyError::TooManyDecimals(2)));
        check("2.000", "JPY", Err(MoneyError::TooManyDecimals(0)));
        check("2000.0", "JPY", Err(MoneyError::TooManyDecimals(0)));
        check("19.9900", "USD", Err(MoneyError::TooManyDecimals(2)));
        check("1.50e1", "JPY", Err(MoneyError::TooManyDecimals(0)));
        check("19990e-3", "USD", Err(MoneyError::TooManyDecimals(2)));
        check("1.000.000", "EUR", Err(MoneyError::NotANumber));
        check("0", "USD", Err(MoneyError::NotPositive));
        check("0.00", "USD", Err(MoneyError::NotPositive));
        check("-0", "USD", Err(MoneyError::NotPositive));
        check("-1", "USD", Err(MoneyError::NotPositive));
        check("1e30", "USD", Err(MoneyError::TooLarge));
        check("1e999999999", "USD", Err(MoneyError::TooLarge));
        check("10000000000", "USD", Err(MoneyError::TooLarge));
        check("99999999999999999999999999999999", "USD", Err(MoneyError::TooLarge));
        for text in [
            "NaN", "nan", "inf", "", " 1", "1 ", "1,5", "1,500", "1'500", "1 500", "0x10", "1_000", "+1", ".5", "5.",
            "1e", "e5", "--1", "1e1.5", "1..2", "١٩", "１９",
        ] {
            check(text, "USD", Err(MoneyError::NotANumber));
        }
    }

    #[test]
    fn decimals_go_out_exactly() {
        let out = |minor, code: &str| Money::from_minor(minor, code.parse().unwrap()).unwrap().decimal();
        assert_eq!(out(1999, "USD"), "19.99");
        assert_eq!(out(5, "USD"), "0.05");
        assert_eq!(out(2000, "JPY"), "2000");
        assert_eq!(out(1234, "KWD"), "1.234");
    }

    #[test]
    fn currencies() {
        for good in ["USD", "EUR", "JPY", "KWD"] {
            assert_eq!(good.parse::<Currency>().unwrap().code(), good);
        }
        for bad in ["", "usd", "US", "XAU", "XXX", "XTS", "ZZZ", "USN", "BGN", "HRK", "ZWL", "SLL", "CUC", "XAD"] {
            assert_eq!(bad.parse::<Currency>(), Err(MoneyError::UnknownCurrency), "{bad}");
        }
    }

    #[test]
    fn accepted_currencies_are_those_of_list_one() {
        // ISO 4217 List One of 2026 without funds, metals, units of account and codes for testing.
        const TWO_DECIMALS: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD \
            CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF \
            IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN \
            MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD \
            SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
        let none = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
        let three = "BHD IQD JOD KWD LYD OMR TND";
        let listed = [(TWO_DECIMALS, 2), (none, 0), (three, 3)];
        let mut expected: Vec<(&str, u8)> = listed
            .iter()
            .flat_map(|(codes, decimals)| codes.split_whitespace().map(move |code| (code, *decimals)))
            .collect();
        expected.sort_unstable();
        let accepted: Vec<(&str, u8)> = Currency::all().map(|it| (it.code(), it.exponent())).collect();
        assert_eq!(accepted, expected);
    }

    #[test]
    fn currencies_of_old_journals_are_read() {
        for code in ["BGN", "HRK", "SLL", "ZWL", "CUC", "VES"] {
            let stored = rmp_serde::to_vec(code).unwrap();
            assert_eq!(rmp_serde::from_slice::<Currency>(&stored).unwrap().code(), code);
        }
    }

    #[test]
    fn sums_keep_their_currency_and_limit() {
        let usd = |minor| Money::from_minor(minor, Currency::USD).unwrap();
        assert_eq!(usd(1).plus(usd(2)), Ok(usd(3)));
        assert_eq!(
            usd(1).plus(Money::from_minor(1, "EUR".parse().unwrap()).unwrap()),
            Err(MoneyError::CurrencyMismatch)
        );
        assert_eq!(usd(Money::MINOR_MAX).plus(usd(1)), Err(MoneyError::TooLarge));
    }

    #[test]
    fn amounts_of_all_currencies_compare() {
        let value = |minor, code: &str| Money::from_minor(minor, code.parse().unwrap()).unwrap().sort_value();
        assert_eq!(value(1999, "USD"), 199_900);
        assert_eq!(value(2000, "JPY"), 20_000_000);
        assert_eq!(Money::sort_value_of("19.99"), Ok((199_900, 2)));
        assert_eq!(Money::sort_value_of("0"), Ok((0, 0)));
        assert_eq!(Money::sort_value_of("1.50000"), Err(MoneyError::TooManyDecimals(4)));
        assert!(Money::sort_value_of("-1").is_err());
    }
}
