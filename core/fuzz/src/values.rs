//! Fuzzes money and texts.

use boxoffice::{
    CardToken, Category, Currency, Cursor, Email, IdempotencyKey, Money, Password, SeatLabel, ShowName, TicketId,
    Timestamp, Title, Venue,
};

/// Parses values. The first byte chooses the currency; the rest is text.
pub(crate) fn run(data: &[u8]) {
    let Some((choice, text)) = data.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    money(text, *choice);
    bounded(text);
    if let Ok(id) = text.parse::<TicketId>() {
        assert_eq!(id.to_string().parse::<TicketId>().unwrap(), id);
    }
    if let Ok(cursor) = text.parse::<Cursor>() {
        assert_eq!(cursor.to_string(), text);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        assert_eq!(time.to_string().parse::<Timestamp>().unwrap(), time);
    }
}

fn money(text: &str, choice: u8) {
    let currency: Currency = ["USD", "JPY", "KWD", "EUR"][usize::from(choice % 4)].parse().unwrap();
    if let Ok(money) = Money::parse(text, currency) {
        assert!(money.minor() > 0 && money.minor() <= Money::MINOR_MAX);
        assert_eq!(money.currency(), currency);
        assert_eq!(Money::parse(&money.decimal(), currency).unwrap(), money, "{text}");
        // No digit of the text is lost.
        if !text.contains(['e', 'E']) {
            let digits = |text: &str| text.replace('.', "").trim_matches('0').to_owned();
            assert_eq!(digits(text), digits(&money.decimal()), "{text}");
        }
        if let Ok(twice) = money.plus(money) {
            assert_eq!(twice.minor(), 2 * money.minor());
        }
    }
    if let Ok(currency) = text.parse::<Currency>() {
        assert_eq!(currency.code(), text);
    }
}

fn bounded(text: &str) {
    let fits = |kept: &str, max: usize| {
        assert!((1..=max).contains(&kept.chars().count()) && !kept.chars().any(char::is_control));
        assert_eq!(kept.parse::<Title>().unwrap().as_str(), kept, "what is valid stays so");
    };
    if let Ok(kept) = text.parse::<Title>() {
        fits(kept.as_str(), 200);
    }
    if let Ok(kept) = text.parse::<ShowName>() {
        fits(kept.as_str(), 200);
    }
    if let Ok(kept) = text.parse::<Venue>() {
        fits(kept.as_str(), 200);
    }
    if let Ok(kept) = text.parse::<SeatLabel>() {
        fits(kept.as_str(), 100);
    }
    if let Ok(kept) = text.parse::<Category>() {
        fits(kept.as_str(), 40);
    }
    if let Ok(email) = text.parse::<Email>() {
        assert_eq!(email.as_str().parse::<Email>().unwrap().as_str(), email.as_str(), "what is valid stays so");
        // Capitals are not always one letter's: those of `ı` and `ß` are of `i` and `ss` too, which are other addresses.
        for same in [email.as_str().to_ascii_uppercase(), email.as_str().to_lowercase()] {
            if let Ok(same) = same.parse::<Email>() {
                assert_eq!(same.folded(), email.folded(), "case makes no difference");
            }
        }
    }
    if let Ok(password) = text.parse::<Password>() {
        assert_eq!(
            password.expose().parse::<Password>().unwrap().expose(),
            password.expose(),
            "prepared once is for ever"
        );
    }
    if let Ok(key) = text.parse::<IdempotencyKey>() {
        assert!(key.expose().bytes().all(|byte| byte.is_ascii_graphic()));
    }
    if let Ok(token) = text.parse::<CardToken>() {
        assert!(token.expose().bytes().all(|byte| byte.is_ascii_graphic()));
    }
}
