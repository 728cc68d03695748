//! Knowledge that is not read from the source: types with a special meaning, and names that differ in the packages.

use super::Type;

/// Returns the meaning of a type of the crate that is not a plain struct or enum.
pub(super) fn type_of(name: &str) -> Option<Type> {
    Some(match name {
        "Timestamp" => Type::Time,
        "Money" => Type::Money,
        "SignedMoney" => Type::SignedMoney,
        "Currency" => Type::Currency,
        "Hash" => Type::Hash,
        "Cursor" => Type::Cursor,
        "PageLimit" => Type::PageLimit,
        "PriceBound" => Type::PriceBound,
        "JournalCursor" | "SearchText" => Type::CheckedText(name.to_owned()),
        "Actor" => Type::Actor,
        "Record" => Type::Record,
        "Subscription" => Type::Subscription,
        "FeePolicy" => Type::FeePolicy,
        "LateMoneyPolicy" => Type::LateMoneyPolicy,
        "KeyRing" => Type::KeyRing,
        "PaymentGateway" => Type::Gateway,
        "Clock" => Type::Clock,
        "IdSource" => Type::Ids,
        "ClusterOptions" => Type::OptionSet(name.to_owned()),
        _ => return None,
    })
}

/// Returns the closed set of which a type consists.
pub(super) fn set_of(kind: &Type) -> Option<&'static str> {
    (*kind == Type::LateMoneyPolicy).then_some("LateMoneyStep")
}

/// Returns the meaning of a type of another crate, by the last segment of its path.
pub(super) fn foreign_type_of(name: &str) -> Option<Type> {
    Some(match name {
        "bool" => Type::Bool,
        "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8" | "i16" | "i32" | "i64" | "i128" => {
            Type::Integer(name.to_owned())
        }
        "String" | "str" => Type::Text,
        "Duration" => Type::Duration,
        "IpAddr" => Type::Address,
        "Path" | "PathBuf" => Type::Path,
        _ => return None,
    })
}

/// Returns the meaning of a type that a macro defines.
pub(super) fn made_type(by: &str, name: &str) -> Option<Type> {
    match by {
        "id" => Some(Type::Id(name.to_owned())),
        "text" => Some(Type::CheckedText(name.to_owned())),
        "secret" => Some(Type::Secret(name.to_owned())),
        _ => None,
    }
}

/// Returns the meaning of a text by its name. Amounts and moments are texts if the box office checks them itself.
pub(super) fn text_named(name: &str) -> Type {
    let is = |ending: &str| name == ending || name.ends_with(&format!("_{ending}"));
    if is("price") || is("prices") || is("amount") {
        Type::Amount
    } else if is("at") {
        Type::Moment
    } else {
        Type::Text
    }
}

/// Returns the name of a type in the packages, in Pascal case.
pub(super) fn published_type(name: &str) -> &str {
    match name {
        "UserProfile" => "User",
        name => name,
    }
}

/// Returns the name of a parameter in the packages, in snake case. Names of ids end in `_id`.
pub(super) fn published_param(name: &str, kind: &Type) -> String {
    match kind {
        Type::Id(of) if name == "id" => snake_case(of),
        Type::Id(_) | Type::Actor if !name.ends_with("_id") => format!("{name}_id"),
        _ => name.to_owned(),
    }
}

/// Whether the first parameter of an operation says who acts. In `auth` sessions do, and ids say whose account it is about.
pub(super) fn acts(handle: &str, kind: &Type) -> bool {
    *kind == Type::Actor || (handle != "auth" && *kind == Type::Id("UserId".to_owned()))
}

/// Name, in Rust and in the packages, of a method that iterates over a whole listing.
pub(super) const ALL_OF_IT: (&str, &str) = ("stream", "iter");

/// Handles and methods of the façade for Rust only. The host has the operators' console and delivers webhooks, and the packages
/// contain the whole host.
pub(super) const RUST_ONLY: &[&str] = &["admin", "shared_webhooks", "until_writer"];

/// What the packages have in other forms: options, keys and clients are arguments, blocking is a façade. Callers know what they opened
/// a box office with.
pub(super) const OTHERWISE: &[&str] =
    &["builder", "blocking", "idempotency_key", "address", "device", "strangers_wait", "limits", "default_currency"];

/// Suffix of the quick form of a method.
pub(crate) const QUICK_FORM: &str = "_in_memory";

/// Returns `true` if a member is for Rust only: packages show money as money, and only the core uses a session's epoch.
pub(super) fn is_for_rust(of: &str, name: &str) -> bool {
    name.ends_with("_minor") || (of, name) == ("Session", "epoch")
}

/// Converts a name to snake case: `TicketId` to `ticket_id`.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// Converts a name to camel case: `seller_id` to `sellerId`.
pub(crate) fn camel_case(name: &str) -> String {
    let mut camel = String::new();
    for part in name.split('_') {
        let mut letters = part.chars();
        match letters.next() {
            Some(first) if !camel.is_empty() => camel.extend(first.to_uppercase()),
            Some(first) => camel.push(first),
            None => {}
        }
        camel.push_str(letters.as_str());
    }
    camel
}
