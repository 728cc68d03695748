//! Balances and payouts on the wire.

use std::str::FromStr;

use boxoffice::{Balance, BalanceEntry, Error, FieldErrors, NewPayout, Payout, PlatformBalance, SignedMoney, UserId};
use serde::{Deserialize, Serialize, Serializer, ser};
use serde_json::value::RawValue;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::{Amount, DecimalText, currency};

/// A sum that goes out as an exact decimal number in major units: `-19.99`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sum(SignedMoney);

impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.0.decimal();
        let raw: &RawValue = serde_json::from_str(&text).map_err(ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

impl PartialSchema for Sum {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(Type::Number)
            .description(Some(
                "An exact decimal in major units, with all decimals of its currency; it may be zero or below.",
            ))
            .examples([serde_json::json!(-19.99)]);
        RefOr::T(Schema::Object(number.build()))
    }
}

impl ToSchema for Sum {}

/// Whose balance to show, and which of the entries. What is empty counts as not given, as forms send it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BalanceQuery {
    /// The seller, for operators; the one who asks if not given.
    #[param(format = Uuid)]
    pub(crate) seller: Option<String>,
    /// How many entries: 1 to 100, 50 if not given.
    #[param(pattern = "^([1-9][0-9]?|100)?$")]
    limit: Option<String>,
    /// Where the page of entries starts: take it from the `Link` of the page before.
    #[param(pattern = "^([0-9a-f]{2})*$")]
    cursor: Option<String>,
}

impl BalanceQuery {
    /// The seller that is asked about.
    pub(crate) fn seller(&self, own: UserId) -> Result<UserId, Error> {
        seller(self.seller.as_deref(), own)
    }
}

impl TryFrom<BalanceQuery> for boxoffice::LedgerQuery {
    type Error = Error;

    /// Reads which entries to show.
    ///
    /// # Errors
    /// `validation`, with an entry for each parameter that is wrong.
    fn try_from(given: BalanceQuery) -> Result<Self, Error> {
        let mut errors = FieldErrors::default();
        let mut query = Self::new();
        query.limit = errors.parse("limit", given.limit.as_deref()).unwrap_or_default();
        query.cursor = errors.parse("cursor", given.cursor.as_deref());
        query.check(&mut errors);
        errors.into_result(query)
    }
}

/// Whose statement to show.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatementQuery {
    /// The seller, for operators; the one who asks if not given.
    #[param(format = Uuid)]
    seller: Option<String>,
}

impl StatementQuery {
    /// The seller that is asked about.
    pub(crate) fn seller(&self, own: UserId) -> Result<UserId, Error> {
        seller(self.seller.as_deref(), own)
    }
}

fn seller(text: Option<&str>, own: UserId) -> Result<UserId, Error> {
    match text {
        Some(text) => UserId::from_str(text).map_err(|_| Error::invalid("seller", "must be the id of a user")),
        None => Ok(own),
    }
}

/// What a seller is owed, and how it came to that.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Balance)]
pub(crate) struct BalanceOut {
    #[schema(format = Uuid)]
    pub(crate) seller_id: String,
    /// One for each currency in which anything was sold.
    #[schema(inline)]
    pub(crate) balances: Vec<TotalsOut>,
    /// A page of what made them, the newest first.
    #[schema(inline)]
    pub(crate) entries: Vec<EntryOut>,
}

/// What the entries in one currency come to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TotalsOut {
    /// An ISO 4217 code.
    currency: &'static str,
    /// What the seller is to get: sold less refunded, fees and paid out.
    #[schema(inline)]
    owed: Sum,
    /// What buyers have paid.
    #[schema(inline)]
    sold: Sum,
    /// What of that went back to them.
    #[schema(inline)]
    refunded: Sum,
    /// What the platform has kept of the rest.
    #[schema(inline)]
    fees: Sum,
    /// What the seller got.
    #[schema(inline)]
    paid_out: Sum,
}

impl From<&Balance> for TotalsOut {
    fn from(balance: &Balance) -> Self {
        Self {
            currency: balance.owed.currency().code(),
            owed: Sum(balance.owed),
            sold: Sum(balance.sold),
            refunded: Sum(balance.refunded),
            fees: Sum(balance.fees),
            paid_out: Sum(balance.paid_out),
        }
    }
}

/// One movement of a seller's money.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntryOut {
    /// The number of the entry in the ledger.
    number: u64,
    #[schema(format = DateTime)]
    at: String,
    /// `sale`, `refund`, `dispute_lost` or `payout`.
    kind: &'static str,
    /// The order whose money it is, if it is one's.
    #[schema(required, format = Uuid)]
    order_id: Option<String>,
    /// The payout, if it is one.
    #[schema(required, format = Uuid)]
    payout_id: Option<String>,
    /// By what the payout is found at the bank.
    #[schema(required)]
    reference: Option<String>,
    /// An ISO 4217 code.
    currency: &'static str,
    /// What the buyer paid, or, below zero, got back.
    #[schema(inline)]
    gross: Sum,
    /// What of it the platform kept, or, below zero, gave back.
    #[schema(inline)]
    fee: Sum,
    /// By how much the seller is owed more.
    #[schema(inline)]
    amount: Sum,
}

impl From<&BalanceEntry> for EntryOut {
    fn from(entry: &BalanceEntry) -> Self {
        Self {
            number: entry.number,
            at: entry.at.to_string(),
            kind: entry.kind.as_str(),
            order_id: entry.order_id.map(|id| id.to_string()),
            payout_id: entry.payout_id.map(|id| id.to_string()),
            reference: entry.reference.as_ref().map(ToString::to_string),
            currency: entry.amount.currency().code(),
            gross: Sum(entry.gross()),
            fee: Sum(entry.fee),
            amount: Sum(entry.amount),
        }
    }
}

/// The platform's accounts in one currency.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PlatformBalance)]
pub(crate) struct PlatformOut {
    /// An ISO 4217 code.
    currency: &'static str,
    /// What the card processor, or the bank behind it, has.
    #[schema(inline)]
    processor: Sum,
    /// What buyers' banks have until it is clear whose it is.
    #[schema(inline)]
    disputed: Sum,
    /// What of both all sellers are owed.
    #[schema(inline)]
    sellers: Sum,
    /// What of both the platform has earned.
    #[schema(inline)]
    fees: Sum,
    /// What of both came for orders that had ended, and is nobody's yet.
    #[schema(inline)]
    late: Sum,
    /// What there is less all that is owed of it: always zero.
    #[schema(inline)]
    difference: Sum,
}

impl From<&PlatformBalance> for PlatformOut {
    fn from(balance: &PlatformBalance) -> Self {
        Self {
            currency: balance.processor.currency().code(),
            processor: Sum(balance.processor),
            disputed: Sum(balance.disputed),
            sellers: Sum(balance.sellers),
            fees: Sum(balance.fees),
            late: Sum(balance.late),
            difference: Sum(balance.difference()),
        }
    }
}

/// A payout to record.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = NewPayout)]
pub(crate) struct PayOut {
    #[schema(format = Uuid)]
    seller_id: String,
    #[schema(inline)]
    amount: DecimalText,
    #[schema(schema_with = currency)]
    currency: Option<String>,
    /// By what it is found at the bank.
    #[schema(min_length = 1, max_length = 100, pattern = r"^[!-~]([ -~]*[!-~])?$")]
    reference: String,
}

impl PayOut {
    pub(crate) fn seller_id(&self) -> Result<UserId, Error> {
        self.seller_id.parse().map_err(|_| Error::invalid("sellerId", "must be an id"))
    }

    pub(crate) fn payout(self) -> NewPayout {
        let payout = NewPayout::new(self.amount.0, self.reference);
        self.currency.into_iter().fold(payout, NewPayout::currency)
    }
}

/// A payout that was recorded.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Payout)]
pub(crate) struct PayoutOut<'a> {
    #[schema(format = Uuid)]
    id: String,
    #[schema(format = Uuid)]
    seller_id: String,
    #[schema(inline)]
    amount: Amount,
    /// An ISO 4217 code.
    currency: &'static str,
    /// By what it is found at the bank.
    reference: &'a str,
    #[schema(format = DateTime)]
    recorded_at: String,
}

impl<'a> From<&'a Payout> for PayoutOut<'a> {
    fn from(payout: &'a Payout) -> Self {
        Self {
            id: payout.id.to_string(),
            seller_id: payout.seller_id.to_string(),
            amount: Amount(payout.amount),
            currency: payout.amount.currency().code(),
            reference: payout.reference.as_str(),
            recorded_at: payout.recorded_at.to_string(),
        }
    }
}
