//! The table of codes, and the kinds of errors.

use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Token};

use super::Doc;
use super::source::{Crate, Definition, Found};

/// What can go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Code {
    /// Its name in Rust, such as `TicketLocked`.
    pub(crate) name: String,
    /// Its text, such as `ticket.locked`.
    pub(crate) text: String,
    /// The kind that it belongs to, such as `Conflict`.
    pub(crate) kind: String,
    /// The sentence for a person.
    pub(crate) message: String,
    /// Its documentation.
    pub(crate) doc: Doc,
}

/// A kind of errors: each says what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Its name, such as `Conflict`.
    pub(crate) name: String,
    /// Its documentation.
    pub(crate) doc: Doc,
}

/// A row of the table.
struct Row(Code);

struct Rows(Vec<Code>);

pub(super) fn read(source: &Crate) -> Result<(Vec<Code>, Vec<Kind>), String> {
    let tables = source.modules().flat_map(|(_, module)| &module.macros);
    let table =
        tables.into_iter().find(|it| it.mac.path.is_ident("codes")).ok_or("core/src: there is no `codes!` table")?;
    let Rows(codes) = syn::parse2(table.mac.tokens.clone()).map_err(|error| format!("core/src, `codes!`: {error}"))?;
    let kinds = match source.resolve("crate", &["ErrorKind".to_owned()]) {
        Found::Item(place) => source.definition(&place),
        _ => None,
    };
    let Some(Definition::Enum(kinds)) = kinds else { return Err("core/src/lib.rs: shows no enum ErrorKind".into()) };
    let kind = |it: &syn::Variant| Kind { name: it.ident.to_string(), doc: Doc::of(&it.attrs) };
    Ok((codes, kinds.variants.iter().map(kind).collect()))
}

impl Parse for Rows {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut rows = Vec::new();
        while !input.is_empty() {
            rows.push(input.parse::<Row>()?.0);
        }
        Ok(Self(rows))
    }
}

impl Parse for Row {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let name: Ident = input.parse()?;
        input.parse::<Token![=]>()?;
        let kind: Ident = input.parse()?;
        let (text, message): (LitStr, LitStr) = (input.parse()?, input.parse()?);
        input.parse::<Token![;]>()?;
        let (text, message) = (text.value(), message.value());
        Ok(Self(Code { name: name.to_string(), kind: kind.to_string(), text, message, doc: Doc::of(&attributes) }))
    }
}
