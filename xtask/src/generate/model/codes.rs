//! The table of codes, and the kinds of errors.

use proc_macro2::{TokenStream, TokenTree};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Token, parenthesized, token};

use super::Doc;
use super::source::{Crate, Definition, Found};

/// An error code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Code {
    /// Name in Rust, such as `TicketLocked`.
    pub(crate) name: String,
    /// Text, such as `ticket.locked`.
    pub(crate) text: String,
    /// Kind, such as `Conflict`.
    pub(crate) kind: String,
    /// Message for a person.
    pub(crate) message: String,
    /// Its documentation.
    pub(crate) doc: Doc,
}

/// A kind of error, which determines what the caller should do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Name, such as `Conflict`.
    pub(crate) name: String,
    /// Its documentation.
    pub(crate) doc: Doc,
}

/// A row of the table, after its documentation: `TicketLocked = Conflict "ticket.locked" "The ticket is held"`.
///
/// A row of a refusal begins with the name of the refusal: `Locked: TicketLocked = …`.
struct Row(Code);

struct Rows(Vec<Code>);

pub(super) fn read(source: &Crate) -> Result<(Vec<Code>, Vec<Kind>), String> {
    let mut codes = Vec::new();
    for table in source.modules().flat_map(|(_, module)| &module.macros) {
        let rows = match table.mac.path.segments.last() {
            Some(last) if last.ident == "codes" => Some(table.mac.tokens.clone()),
            Some(last) if last.ident == "rejections" => owned(table.mac.tokens.clone()),
            _ => None,
        };
        if let Some(rows) = rows {
            let fault = |error| format!("core/src, a table of codes: {error}");
            codes.extend(syn::parse2::<Rows>(rows).map_err(fault)?.0);
        }
    }
    if codes.is_empty() {
        return Err("core/src: there is no table of codes".into());
    }
    let kinds = match source.resolve("crate", &["ErrorKind".to_owned()]) {
        Found::Item(place) => source.definition(&place),
        _ => None,
    };
    let Some(Definition::Enum(kinds)) = kinds else { return Err("core/src/lib.rs: shows no enum ErrorKind".into()) };
    let kind = |it: &syn::Variant| Kind { name: it.ident.to_string(), doc: Doc::of(&it.attrs) };
    Ok((codes, kinds.variants.iter().map(kind).collect()))
}

/// Returns the refusals with their own codes: the group after `has`.
fn owned(tokens: TokenStream) -> Option<TokenStream> {
    let mut tokens = tokens.into_iter().skip_while(|token| !matches!(token, TokenTree::Ident(ident) if ident == "has"));
    match tokens.nth(1) {
        Some(TokenTree::Group(group)) => Some(group.stream()),
        _ => None,
    }
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
        let mut name: Ident = input.parse()?;
        if input.peek(token::Paren) {
            let about;
            parenthesized!(about in input);
            about.parse::<Ident>()?;
        }
        if input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
            name = input.parse()?;
        }
        input.parse::<Token![=]>()?;
        let kind: Ident = input.parse()?;
        let (text, message): (LitStr, LitStr) = (input.parse()?, input.parse()?);
        input.parse::<Token![;]>()?;
        let (text, message) = (text.value(), message.value());
        Ok(Self(Code { name: name.to_string(), kind: kind.to_string(), text, message, doc: Doc::of(&attributes) }))
    }
}
