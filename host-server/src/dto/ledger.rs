//! Requests and responses about balances and payouts.

use std::str::FromStr;

use boxoffice::{Balance, BalanceEntry, Error, FieldErrors, NewPayout, Payout, PlatformBalance, SignedMoney, UserId};
use serde::{Deserialize, Serialize, Serializer, ser};
use serde_json::value::RawValue;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::{Amount, DecimalText, currency};

/// A sum, serialized as an exact decimal number in major units: `-19.99`.
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

/// The seller, and the page of entries to show. Empty values count as not given.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct BalanceQuery {
    /// Id of the seller, for operators; by default the caller.
    #[param(format = Uuid)]
    pub(crate) seller: Option<String>,
    /// Maximum number of entries: 1 to 100, by default 50.
    #[param(pattern = "^([1-9][0-9]?|100)?$")]
    limit: Option<String>,
    /// Cursor of the page of entries, from the `Link` of the previous page.
    #[param(pattern = "^([0-9a-f]{2})*$")]
    cursor: Option<String>,
}

impl BalanceQuery {
    /// Returns the id of the seller.
    pub(crate) fn seller(&self, own: UserId) -> Result<UserId, Error> {
        seller(self.seller.as_deref(), own)
    }
}

impl TryFrom<BalanceQuery> for boxoffice::LedgerQuery {
    type Error = Error;

    /// Parses the page of entries to show.
    ///
    /// # Errors
    /// `validation`, with an entry for each invalid parameter.
    fn try_from(given: BalanceQuery) -> Result<Self, Error> {
        let mut errors = FieldErrors::default();
        let mut query = Self::new();
        query.limit = errors.parse("limit", given.limit.as_deref()).unwrap_or_default();
        query.cursor = errors.parse("cursor", given.cursor.as_deref());
        query.check(&mut errors);
        errors.into_result(query)
    }
}

/// The seller whose statement to show.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct StatementQuery {
    /// Id of the seller, for operators; by default the caller.
    #[param(format = Uuid)]
    seller: Option<String>,
}

impl StatementQuery {
    /// Returns the id of the seller.
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

/// A seller's balances, with the entries that they result from.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Balance)]
pub(crate) struct BalanceOut {
    #[schema(format = Uuid)]
    pub(crate) seller_id: String,
    /// Balances, one for each currency of a sale.
    #[schema(inline)]
    pub(crate) balances: Vec<TotalsOut>,
    /// A page of entries, the latest first.
    #[schema(inline)]
    pub(crate) entries: Vec<EntryOut>,
}

/// The totals of the entries in one currency.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TotalsOut {
    /// An ISO 4217 code.
    currency: &'static str,
    /// Amount owed to the seller: sold less refunded, fees and paid out.
    #[schema(inline)]
    owed: Sum,
    /// Amount that buyers have paid.
    #[schema(inline)]
    sold: Sum,
    /// Amount of that which was refunded.
    #[schema(inline)]
    refunded: Sum,
    /// Fees that the platform has kept of the rest.
    #[schema(inline)]
    fees: Sum,
    /// Amount that was paid out to the seller.
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

/// An entry of a seller's statement.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntryOut {
    /// Number of the entry in the ledger.
    number: u64,
    #[schema(format = DateTime)]
    at: String,
    /// `sale`, `refund`, `dispute_lost` or `payout`.
    kind: &'static str,
    /// Id of the order, if the entry is about one.
    #[schema(required, format = Uuid)]
    order_id: Option<String>,
    /// Id of the payout, if the entry is one.
    #[schema(required, format = Uuid)]
    payout_id: Option<String>,
    /// Reference of the payout at the bank.
    #[schema(required)]
    reference: Option<String>,
    /// An ISO 4217 code.
    currency: &'static str,
    /// Amount that the buyer paid; negative if the buyer got it back.
    #[schema(inline)]
    gross: Sum,
    /// Fee of it that the platform kept; negative if the platform gave it back.
    #[schema(inline)]
    fee: Sum,
    /// Change of the amount owed to the seller.
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
    /// Amount at the card processor, or at the bank behind it.
    #[schema(inline)]
    processor: Sum,
    /// Amount that buyers' banks hold in open disputes.
    #[schema(inline)]
    disputed: Sum,
    /// Amount of both that is owed to sellers.
    #[schema(inline)]
    sellers: Sum,
    /// Amount of both that the platform has earned.
    #[schema(inline)]
    fees: Sum,
    /// Amount of both that was paid for ended orders and is not assigned yet.
    #[schema(inline)]
    late: Sum,
    /// Difference between the assets and the amounts owed: always zero.
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
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewPayout)]
pub(crate) struct PayOut {
    #[schema(format = Uuid)]
    seller_id: String,
    #[schema(inline)]
    amount: DecimalText,
    #[schema(schema_with = currency)]
    currency: Option<String>,
    /// Reference of the payout at the bank.
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
    /// Reference of the payout at the bank.
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
