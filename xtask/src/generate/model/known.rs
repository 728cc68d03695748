//! What the model knows without reading it: types with a meaning of their own, and names that differ in the packages.

use super::Type;

/// Types of the crate that are no plain struct or enum: what each is.
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
        "SearchText" => Type::CheckedText(name.to_owned()),
        "Actor" => Type::Actor,
        "Record" => Type::Record,
        "Subscription" => Type::Subscription,
        "FeePolicy" => Type::FeePolicy,
        "LateMoneyPolicy" => Type::LateMoneyPolicy,
        "KeyRing" => Type::KeyRing,
        "PaymentGateway" => Type::Gateway,
        "Clock" => Type::Clock,
        "IdSource" => Type::Ids,
        _ => return None,
    })
}

/// The closed set that a type is made of.
pub(super) fn set_of(kind: &Type) -> Option<&'static str> {
    (*kind == Type::LateMoneyPolicy).then_some("LateMoneyStep")
}

/// Types of other crates, by the last part of their path.
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

/// The macros that make types, and what each makes.
pub(super) fn made_type(by: &str, name: &str) -> Option<Type> {
    match by {
        "id" => Some(Type::Id(name.to_owned())),
        "text" => Some(Type::CheckedText(name.to_owned())),
        "secret" => Some(Type::Secret(name.to_owned())),
        _ => None,
    }
}

/// What a text is by its name: amounts and moments come as text where the box office checks them itself.
pub(super) fn text_named(name: &str) -> Type {
    let is = |ending: &str| name == ending || name.ends_with(&format!("_{ending}"));
    if is("price") || is("amount") {
        Type::Amount
    } else if is("at") {
        Type::Moment
    } else {
        Type::Text
    }
}

/// The name of a type in the packages, in Pascal case.
pub(super) fn published_type(name: &str) -> &str {
    match name {
        "UserProfile" => "User",
        name => name,
    }
}

/// The name of a parameter in the packages, in snake case: ids say whose they are.
pub(super) fn published_param(name: &str, kind: &Type) -> String {
    match kind {
        Type::Id(of) if name == "id" => snake_case(of),
        Type::Id(_) | Type::Actor if !name.ends_with("_id") => format!("{name}_id"),
        _ => name.to_owned(),
    }
}

/// How a method is called that gives all of a listing, one after the other, whatever it is called in Rust.
pub(super) const ALL_OF_IT: (&str, &str) = ("stream", "iter");

/// Parts of the façade that only Rust has: consoles of operators are made by the host, which the packages hold as a whole.
pub(super) const RUST_ONLY: &[&str] = &["admin"];

/// What the packages have in other forms: options, keys and clients are arguments, blocking is a façade. Callers know what they opened
/// a box office with.
pub(super) const OTHERWISE: &[&str] =
    &["builder", "blocking", "idempotency_key", "address", "device", "strangers_wait", "limits", "default_currency"];

/// The ending of the quick form of a method.
pub(crate) const QUICK_FORM: &str = "_in_memory";

/// What a struct tells for Rust alone: packages show money as money, and a session's epoch is of use to the core only.
pub(super) fn is_for_rust(of: &str, name: &str) -> bool {
    name.ends_with("_minor") || (of, name) == ("Session", "epoch")
}

/// `TicketId` as `ticket_id`.
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

/// `seller_id` as `sellerId`.
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
