//! The table of conversions between the façade's types and JavaScript's.
//!
//! | the façade's | gives | takes |
//! |---|---|---|
//! | ids, bounded texts, cursors, hashes, currencies | `string` | `string` |
//! | whole numbers | `number` | `number` |
//! | points in time | `Date` | `string \| Date` |
//! | durations | `number` of milliseconds, named `…Ms` | the same |
//! | `Money` | `{ amount, currency, minor }` | |
//! | amounts, bounds of prices | | an exact decimal `string` |
//! | closed sets | a union of strings | the same |
//! | structs | interfaces | interfaces, whose unknown names are refused |
//! | structs that come back | classes | the same |
//! | options of a part | | interfaces, whose unknown names are refused |
//! | `Change` | | an optional property, `null` to take away |
//! | `Option` | a property that may be missing, `null` as a result | an optional property, `null` for nobody |
//! | `Page<T>` | `{ items, next }` | |
//! | iterators | `AsyncIterableIterator`, read in batches | |

use super::super::model::{Model, Role, Struct, Type, camel_case};

/// A type in Rust and in TypeScript.
pub(super) struct Sides {
    /// Type in Rust.
    pub(super) rust: String,
    /// Type in TypeScript.
    pub(super) ts: String,
}

fn sides(rust: &str, ts: &str) -> Sides {
    Sides { rust: rust.to_owned(), ts: ts.to_owned() }
}

fn unknown(what: &str, kind: &Type) -> String {
    format!("Node can't {what} {kind:?}: say how in xtask/src/generate/node/types.rs")
}

/// Returns the types of an outgoing value.
pub(super) fn outgoing(model: &Model, kind: &Type) -> Result<Sides, String> {
    Ok(match kind {
        Type::Nothing => sides("()", "void"),
        Type::Bool => sides("bool", "boolean"),
        Type::Integer(_) | Type::Duration => sides("i64", "number"),
        Type::Text
        | Type::Cursor
        | Type::Hash
        | Type::Amount
        | Type::Moment
        | Type::Id(_)
        | Type::CheckedText(_)
        | Type::Secret(_) => sides("String", "string"),
        Type::Currency => sides("&'static str", "string"),
        Type::Time => sides("Date", "Date"),
        Type::Money => sides("Money", "Money"),
        Type::SignedMoney => sides("SignedMoney", "SignedMoney"),
        Type::Actor => sides("Option<String>", "string | null"),
        Type::Record => sides("JournalRecord", "JournalRecord"),
        Type::Enum(name) => sides("&'static str", name),
        Type::Struct(name) => {
            let published = &structure(model, name)?.published;
            sides(published, published)
        }
        Type::Shared(inner) => outgoing(model, inner)?,
        Type::Optional(inner) => {
            let inner = outgoing(model, inner)?;
            Sides { rust: format!("Option<{}>", inner.rust), ts: format!("{} | null", inner.ts) }
        }
        Type::List(inner) => {
            let inner = outgoing(model, inner)?;
            Sides { rust: format!("Vec<{}>", inner.rust), ts: listed(&inner.ts) }
        }
        Type::Map(key, value) if **key == Type::Text => {
            let value = outgoing(model, value)?;
            Sides { rust: format!("HashMap<String, {}>", value.rust), ts: format!("Record<string, {}>", value.ts) }
        }
        Type::Page(inner) => {
            let name = page_of(model, inner)?;
            sides(&name, &name)
        }
        Type::Parts(inner) => Sides {
            rust: parts_of(model, inner)?,
            ts: format!("AsyncIterableIterator<{}>", outgoing(model, inner)?.ts),
        },
        Type::Subscription => sides("Subscription", "Subscription"),
        other => return Err(unknown("get", other)),
    })
}

/// Returns the types of an incoming value.
pub(super) fn incoming(model: &Model, kind: &Type) -> Result<Sides, String> {
    Ok(match kind {
        Type::Bool => sides("bool", "boolean"),
        // As JavaScript has them, so that what is no whole number is seen.
        Type::Integer(_) | Type::PageLimit | Type::Duration => sides("f64", "number"),
        Type::Text
        | Type::Cursor
        | Type::Currency
        | Type::Address
        | Type::Amount
        | Type::PriceBound
        | Type::Id(_)
        | Type::CheckedText(_)
        | Type::Secret(_) => sides("String", "string"),
        Type::Bytes => sides("Buffer", "Uint8Array | string"),
        Type::Moment | Type::Time => sides("When", "string | Date"),
        Type::Actor => sides("Acting", "string"),
        Type::Path => sides("String", "string | URL"),
        Type::Headers => {
            sides("Vec<(String, String)>", "Record<string, string | string[] | undefined> | Iterable<[string, string]>")
        }
        Type::Progress => sides("Progress", "(done: number, total: number) => void"),
        Type::FeePolicy => sides("FeePolicy", "FeePolicy"),
        Type::OptionSet(name) => sides(name, name),
        Type::LateMoneyPolicy => sides("String", "LateMoneyPolicy"),
        Type::Enum(name) => sides("String", name),
        Type::Struct(name) => {
            let of = structure(model, name)?;
            let rust = if is_class(of) { format!("&{}", of.published) } else { of.published.clone() };
            Sides { rust, ts: of.published.clone() }
        }
        Type::Shared(inner) => incoming(model, inner)?,
        Type::Optional(inner) => {
            let inner = incoming(model, inner)?;
            Sides { rust: format!("Option<{}>", inner.rust), ts: inner.ts }
        }
        Type::Change(inner) => {
            let inner = incoming(model, inner)?;
            Sides { rust: format!("Option<Option<{}>>", inner.rust), ts: format!("{} | null", inner.ts) }
        }
        Type::List(inner) => {
            let inner = incoming(model, inner)?;
            Sides { rust: format!("Vec<{}>", inner.rust), ts: listed(&inner.ts) }
        }
        other => return Err(unknown("give", other)),
    })
}

/// Returns the TypeScript type of a list.
pub(super) fn listed(inner: &str) -> String {
    if inner.contains(' ') { format!("({inner})[]") } else { format!("{inner}[]") }
}

/// Returns the struct with this name.
pub(super) fn structure<'m>(model: &'m Model, name: &str) -> Result<&'m Struct, String> {
    model.structs.get(name).ok_or_else(|| format!("the model has no struct {name}"))
}

/// Returns `true` if JavaScript gets an object of a class, which it can pass in again unchanged.
pub(super) fn is_class(of: &Struct) -> bool {
    of.is(Role::Value) && of.is(Role::Input)
}

/// Returns the name of the pages of a type.
pub(super) fn page_of(model: &Model, inner: &Type) -> Result<String, String> {
    Ok(format!("{}Page", outgoing(model, inner)?.rust))
}

/// Returns the name of the class that reads a list of a type in batches.
pub(super) fn parts_of(model: &Model, inner: &Type) -> Result<String, String> {
    Ok(match inner.plain() {
        Type::Text => "TextParts".to_owned(),
        inner => format!("{}Parts", outgoing(model, &inner)?.rust),
    })
}

/// Returns the name of a field in Rust. Durations have their unit as a suffix.
pub(super) fn field_name(name: &str, kind: &Type) -> String {
    match kind.plain() {
        Type::Duration => format!("{name}_ms"),
        Type::Optional(inner) if *inner == Type::Duration => format!("{name}_ms"),
        _ => name.to_owned(),
    }
}

/// Returns the name of a field in JavaScript.
pub(super) fn property(name: &str, kind: &Type) -> String {
    camel_case(&field_name(name, kind))
}
