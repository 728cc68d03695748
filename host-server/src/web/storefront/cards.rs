//! Card inputs of the checkout. The sandbox accepts the test numbers below and no real card. For Stripe,
//! `assets/stripe.js` embeds Stripe's own fields, which send the card to Stripe and return a token.

use crate::cards::CardForm;
use crate::web::site::form::FieldErrors;
use crate::web::site::{Field, Form};

/// Maximum length of a token, in bytes. Stripe's have about thirty.
const TOKEN_MAX: usize = 255;

/// Numbers of test cards, with the sandbox's tokens. They behave as with real processors in test mode.
const CARDS: &[(&str, &str)] = &[
    ("4242424242424242", "tok_visa"),
    ("5555555555554444", "tok_mastercard"),
    ("378282246310005", "tok_amex"),
    ("4000000000000002", "tok_chargeDeclined"),
    ("4000000000009995", "tok_chargeDeclinedInsufficientFunds"),
    ("4000000000000069", "tok_chargeDeclinedExpiredCard"),
    ("4000000000000127", "tok_chargeDeclinedIncorrectCvc"),
    ("4000000000000259", "tok_answerLate"),
];

/// The fields of a card. The card's data is neither shown again nor stored.
#[derive(Debug)]
pub(super) struct CardFields {
    pub(super) holder: Field,
    pub(super) number: Field,
    pub(super) expiry: Field,
    pub(super) code: Field,
}

impl CardFields {
    pub(super) fn new(holder: &str, errors: &FieldErrors) -> Self {
        Self {
            holder: Field::new("holder", "Name on the card")
                .autocomplete("cc-name")
                .value(holder)
                .error(errors.of("holder")),
            number: Field::new("number", "Card number")
                .autocomplete("cc-number")
                .keyboard("numeric")
                .hint("4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined.")
                .error(errors.of("number")),
            expiry: Field::new("expiry", "Expires (MM/YY)")
                .autocomplete("cc-exp")
                .keyboard("numeric")
                .error(errors.of("expiry")),
            code: Field::new("code", "Security code")
                .autocomplete("cc-csc")
                .keyboard("numeric")
                .error(errors.of("code")),
        }
    }
}

/// Card inputs of the checkout, by gateway.
#[derive(Debug)]
pub(super) enum CardInputs {
    Sandbox(Box<CardFields>),
    Stripe { key: String, is_live: bool, problem: Option<String> },
    Elsewhere,
}

impl CardInputs {
    pub(super) fn new(cards: &CardForm, holder: &str, errors: &FieldErrors) -> Self {
        match cards {
            CardForm::Sandbox => Self::Sandbox(Box::new(CardFields::new(holder, errors))),
            CardForm::Stripe(key) => {
                Self::Stripe { key: key.as_str().to_owned(), is_live: key.is_live(), problem: errors.of("token") }
            }
            CardForm::Elsewhere => Self::Elsewhere,
        }
    }
}

/// Returns the token of the form's test card, or the token that Stripe's script put into the form.
pub(super) fn token<'f>(cards: &CardForm, form: &'f Form, now: (u16, u8)) -> Result<&'f str, FieldErrors> {
    let mut errors = FieldErrors::default();
    match cards {
        CardForm::Sandbox => return test_card(form, now),
        CardForm::Stripe(_) => match form.filled("token") {
            Some(token) if token.starts_with("pm_") && token.len() <= TOKEN_MAX => return Ok(token),
            _ => errors.add("token", "Your card did not reach us; paying by card needs JavaScript here"),
        },
        CardForm::Elsewhere => errors.add("token", "Cards can't be taken on this page"),
    }
    Err(errors)
}

fn test_card(form: &Form, (year, month): (u16, u8)) -> Result<&'static str, FieldErrors> {
    let mut errors = FieldErrors::default();
    if form.filled("holder").is_none() {
        errors.add("holder", "Enter the name on the card");
    }
    let number: String = form.get("number").chars().filter(|sign| !matches!(sign, ' ' | '-')).collect();
    let token = CARDS.iter().find(|(known, _)| *known == number).map(|(_, token)| *token);
    if !is_card_number(&number) {
        errors.add("number", "This is not a card number; check its digits");
    } else if token.is_none() {
        errors.add("number", "No real cards here, please: 4242 4242 4242 4242 is a test card");
    }
    match expiry(form.get("expiry")) {
        None => errors.add("expiry", "Enter month and year, such as 04/30"),
        Some(expiry) if expiry < (year, month) => errors.add("expiry", "The card has expired"),
        Some(_) => {}
    }
    let code = form.get("code").trim();
    if !(3..=4).contains(&code.len()) || !code.bytes().all(|digit| digit.is_ascii_digit()) {
        errors.add("code", "Enter the 3 or 4 digits from the card");
    }
    token.filter(|_| errors.is_empty()).ok_or(errors)
}

/// Returns `true` if the number has 12 to 19 digits and a valid check digit (Luhn).
fn is_card_number(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().map(|digit| digit.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| (12..=19).contains(&digits.len())) else { return false };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| match (at % 2, digit * 2) {
            (0, _) => *digit,
            (_, double) => double / 10 + double % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Parses year and month as people and their keypads write them: `04/30`, `4 / 2030`, `04-30`, `0430`, `042030`; and `2030-04`, as
/// browsers fill a month in.
fn expiry(text: &str) -> Option<(u16, u8)> {
    let is_digit = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts: Vec<&str> = text.split(|sign: char| matches!(sign, '/' | '-' | '.') || sign.is_whitespace()).collect();
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    if !parts.iter().all(is_digit) {
        return None;
    }
    let (month, year) = match parts[..] {
        [year, month] if year.len() == 4 && month.len() == 2 => (month, year),
        [month, year] if month.len() <= 2 => (month, year),
        [together] if matches!(together.len(), 4 | 6) => together.split_at(2),
        _ => return None,
    };
    let (month, short): (u8, u16) = (month.parse().ok()?, year.parse().ok()?);
    let year = if year.len() == 2 { 2000 + short } else { short };
    ((1..=12).contains(&month) && (2000..2100).contains(&year)).then_some((year, month))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_card_is_a_card_number() {
        assert!(CARDS.iter().all(|(number, _)| is_card_number(number)), "{CARDS:?}");
        for wrong in ["", "4242424242424241", "4242", "424242424242424x"] {
            assert!(!is_card_number(wrong), "{wrong}");
        }
    }

    #[test]
    fn expiries_are_read_as_people_write_them() {
        for written in
            ["04/30", " 4 / 2030 ", "0430", "042030", "04 / 2030", "4/30", "04-30", "04.30", "04 30", "2030-04"]
        {
            assert_eq!(expiry(written), Some((2030, 4)), "{written}");
        }
        assert_eq!(expiry("1229"), Some((2029, 12)));
        assert_eq!(expiry("12 / 2031"), Some((2031, 12)));
        for wrong in
            ["", "430", "13/30", "00/30", "04/3", "x/y", "04/30/31", "1330", "٠٤/٣٠", "20304", "04/030", "+4/30"]
        {
            assert_eq!(expiry(wrong), None, "{wrong}");
        }
    }
}
