//! Amounts of money in requests and responses: exact decimals, never floats.

use std::borrow::Cow;

use boxoffice::Money;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

/// The text of a decimal, given as a JSON number or a string. The core validates it.
#[derive(Debug, Default)]
pub(crate) struct DecimalText(pub(crate) String);

impl<'de> Deserialize<'de> for DecimalText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <Box<RawValue>>::deserialize(deserializer)?;
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'"') => {
                let text: Cow<'_, str> = serde_json::from_str(text).map_err(de::Error::custom)?;
                Ok(Self(text.into_owned()))
            }
            Some(b'-' | b'0'..=b'9') => Ok(Self(text.to_owned())),
            _ => Err(de::Error::custom("must be a decimal number such as 19.99")),
        }
    }
}

impl PartialSchema for DecimalText {
    fn schema() -> RefOr<Schema> {
        // The number of decimals, and so the maximum amount, depends on the currency.
        let number = ObjectBuilder::new()
            .schema_type(Type::Number)
            .exclusive_minimum(Some(0))
            .examples([serde_json::json!(19.99)]);
        let text = ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some(r"^([1-9][0-9]{0,8}(\.[0-9]{1,2})?|0\.(0?[1-9]|[1-9][0-9]))$"))
            .examples([serde_json::json!("19.99")]);
        let either = OneOfBuilder::new().item(number).item(text);
        let about = "An amount in major units: an exact decimal, as a number or as a string.";
        RefOr::T(Schema::OneOf(either.description(Some(about)).build()))
    }
}

impl ToSchema for DecimalText {}

/// An amount, serialized as an exact decimal number in major units: `19.99`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Amount(pub(crate) Money);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.decimal();
        let raw: &RawValue = serde_json::from_str(&text).map_err(ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some("An exact decimal in major units, with all decimals of its currency."))
            .examples([serde_json::json!(19.99)]);
        RefOr::T(Schema::Object(number.build()))
    }
}

impl ToSchema for Amount {}

#[cfg(test)]
mod tests {
    use boxoffice::Currency;

    use super::*;

    fn check(json: &str, expected: Result<&str, ()>) {
        let text = serde_json::from_str::<DecimalText>(json).map(|text| text.0);
        assert_eq!(text.as_deref().map_err(|_| ()), expected, "{json}");
    }

    #[test]
    fn decimals_come_in_as_they_were_written() {
        check("19.99", Ok("19.99"));
        check("\"19.99\"", Ok("19.99"));
        check("0.1000000000000000055", Ok("0.1000000000000000055"));
        check("1e30", Ok("1e30"));
        check("-1", Ok("-1"));
        check("\"NaN\"", Ok("NaN"));
        for wrong in ["null", "true", "{}", "[1]"] {
            check(wrong, Err(()));
        }
    }

    #[test]
    fn amounts_go_out_as_exact_numbers() {
        let out = |text: &str, code: &str| {
            let currency: Currency = code.parse().unwrap();
            serde_json::to_string(&Amount(Money::parse(text, currency).unwrap())).unwrap()
        };
        assert_eq!(out("19.9", "USD"), "19.90");
        assert_eq!(out("2000", "JPY"), "2000");
        assert_eq!(out("1.234", "KWD"), "1.234");
        assert_eq!(out("9999999999.99", "USD"), "9999999999.99");
    }
}
