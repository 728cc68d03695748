//! The meaning of the façade's types, independent of their representation.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::{GenericArgument, PathArguments, TypeParamBound};

use super::Role;
use super::known;
use super::source::{Crate, Definition, Found, Place, segments};

/// Meaning of a value. References and boxes are ignored; `Arc` is kept, because it determines how Rust holds the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    /// `()`.
    Nothing,
    /// A boolean.
    Bool,
    /// An integer of this Rust type, such as `u64`.
    Integer(String),
    /// A text.
    Text,
    /// Bytes.
    Bytes,
    /// An amount of money in major units, as text, without its currency.
    Amount,
    /// A point in time in RFC 3339, as text.
    Moment,
    /// A point in time.
    Time,
    /// A duration.
    Duration,
    /// An amount of money.
    Money,
    /// A sum of money, which may be negative.
    SignedMoney,
    /// A currency: its ISO 4217 code.
    Currency,
    /// A hash: 64 hexadecimal digits.
    Hash,
    /// The cursor of a listing: opaque text.
    Cursor,
    /// The maximum number of entries on a page: 1 to 100.
    PageLimit,
    /// An amount of money in major units, in any currency.
    PriceBound,
    /// An id, of this Rust type: a UUID as text.
    Id(String),
    /// A bounded text, of this Rust type.
    CheckedText(String),
    /// A text that must not appear in logs, of this Rust type.
    Secret(String),
    /// The actor: the id of a user, or nothing for the box office itself.
    Actor,
    /// An IP address.
    Address,
    /// A path of the file system.
    Path,
    /// The headers of a request: names in lower case, and bytes.
    Headers,
    /// A progress callback.
    Progress,
    /// A callback that receives records until it ends the iteration.
    Visitor,
    /// An optional value.
    Optional(Box<Type>),
    /// What an edit does to something that may be there or not.
    Change(Box<Type>),
    /// A list.
    List(Box<Type>),
    /// Values by name.
    Map(Box<Type>, Box<Type>),
    /// A page of a listing.
    Page(Box<Type>),
    /// A list that is read lazily; each entry may fail.
    Parts(Box<Type>),
    /// A value held by an `Arc`.
    Shared(Box<Type>),
    /// A struct of [`super::Model::structs`].
    Struct(String),
    /// An enum of [`super::Model::enums`].
    Enum(String),
    /// A record of the journal.
    Record,
    /// A subscription to the journal.
    Subscription,
    /// The platform's fee policy.
    FeePolicy,
    /// The policy for late money: comma-separated texts of `LateMoneyStep`.
    LateMoneyPolicy,
    /// The keys of sessions.
    KeyRing,
    /// A payment gateway.
    Gateway,
    /// A clock.
    Clock,
    /// A source of ids.
    Ids,
    /// Options of a part of the box office: a set of [`super::Model::option_sets`].
    OptionSet(String),
}

impl Type {
    /// Returns the type without `Arc`, also inside other types.
    pub(crate) fn plain(&self) -> Self {
        let plain = |inner: &Self| Box::new(inner.plain());
        match self {
            Self::Shared(inner) => inner.plain(),
            Self::Optional(inner) => Self::Optional(plain(inner)),
            Self::Change(inner) => Self::Change(plain(inner)),
            Self::List(inner) => Self::List(plain(inner)),
            Self::Page(inner) => Self::Page(plain(inner)),
            Self::Parts(inner) => Self::Parts(plain(inner)),
            Self::Map(key, value) => Self::Map(plain(key), plain(value)),
            other => other.clone(),
        }
    }

    /// Returns the types of which it consists, including itself.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        let mut parts = vec![self];
        match self {
            Self::Shared(inner)
            | Self::Optional(inner)
            | Self::Change(inner)
            | Self::List(inner)
            | Self::Page(inner)
            | Self::Parts(inner) => parts.extend(inner.parts()),
            Self::Map(key, value) => parts.extend(key.parts().into_iter().chain(value.parts())),
            _ => {}
        }
        parts
    }
}

/// The types known so far. Each signature that is read can add some.
pub(super) struct Types<'s> {
    source: &'s Crate,
    exports: BTreeMap<Place, String>,
    /// Structs and enums that were named, with their roles.
    pub(super) named: BTreeMap<Place, Vec<Role>>,
    /// Types that were named as `Arc<…>`.
    pub(super) shared: Vec<Place>,
}

impl<'s> Types<'s> {
    pub(super) fn new(source: &'s Crate) -> Self {
        Self { source, exports: source.exports(), named: BTreeMap::new(), shared: Vec::new() }
    }

    /// Returns the name of an item at the crate's root.
    pub(super) fn exported(&self, place: &Place) -> Option<&str> {
        self.exports.get(place).map(String::as_str)
    }

    /// Returns the place of the item that the crate's root exports under a name.
    pub(super) fn place_of(&self, exported: &str) -> Result<Place, String> {
        let found = self.exports.iter().find(|(_, name)| *name == exported).map(|(place, _)| place.clone());
        found.ok_or_else(|| format!("core/src/lib.rs: shows no {exported}"))
    }

    /// Reads a type as written in `module`, of a parameter or field called `name`.
    pub(super) fn read(&mut self, module: &str, kind: &syn::Type, name: &str, role: Role) -> Result<Type, String> {
        self.kind(module, kind, name, role).map_err(|unknown| {
            format!(
                "{}: {unknown} at `{name}` is not known to the generator: show it in core/src/lib.rs if it is a struct or an enum, or say \
                 what it is in xtask/src/generate/model/known.rs",
                self.source.file(module)
            )
        })
    }

    fn kind(&mut self, module: &str, kind: &syn::Type, name: &str, role: Role) -> Result<Type, String> {
        match kind {
            syn::Type::Tuple(tuple) if tuple.elems.is_empty() => Ok(Type::Nothing),
            syn::Type::Reference(reference) => self.reference(module, reference, name, role),
            syn::Type::Slice(slice) => self.list(module, &slice.elem, name, role),
            syn::Type::ImplTrait(it) => self.bound(module, &it.bounds, name, role).ok_or_else(|| written(kind)),
            syn::Type::TraitObject(it) => self.bound(module, &it.bounds, name, role).ok_or_else(|| written(kind)),
            syn::Type::Paren(paren) => self.kind(module, &paren.elem, name, role),
            syn::Type::Path(path) => self.path(module, &path.path, name, role),
            _ => Err(written(kind)),
        }
    }

    fn reference(
        &mut self,
        module: &str,
        reference: &syn::TypeReference,
        name: &str,
        role: Role,
    ) -> Result<Type, String> {
        let pair = quoted(&reference.elem);
        match pair.as_str() {
            "[(&str,&[u8])]" => Ok(Type::Headers),
            "dynFnMut(u64,u64)" => Ok(Type::Progress),
            "dynFnMut(Record)->ControlFlow<()>" => Ok(Type::Visitor),
            _ => self.kind(module, &reference.elem, name, role),
        }
    }

    fn list(&mut self, module: &str, inner: &syn::Type, name: &str, role: Role) -> Result<Type, String> {
        if quoted(inner) == "u8" {
            return Ok(Type::Bytes);
        }
        Ok(Type::List(Box::new(self.kind(module, inner, name, role)?)))
    }

    /// Reads `impl …` or `dyn …`.
    fn bound(
        &mut self,
        module: &str,
        bounds: &syn::punctuated::Punctuated<TypeParamBound, syn::Token![+]>,
        name: &str,
        role: Role,
    ) -> Option<Type> {
        let TypeParamBound::Trait(bound) = bounds.first()? else { return None };
        let last = bound.path.segments.last()?;
        match last.ident.to_string().as_str() {
            "AsRef" | "Into" => self.kind(module, first_argument(&last.arguments)?, name, role).ok(),
            "IntoIterator" => {
                let item = self.kind(module, first_argument(&last.arguments)?, name, role).ok()?;
                Some(Type::List(Box::new(item)))
            }
            "Iterator" | "Stream" => {
                let item = result_of(first_argument(&last.arguments)?).ok()?;
                Some(Type::Parts(Box::new(self.kind(module, item, name, role).ok()?)))
            }
            other => known::type_of(other),
        }
    }

    fn path(&mut self, module: &str, path: &syn::Path, name: &str, role: Role) -> Result<Type, String> {
        let Some(last) = path.segments.last() else { return Err(path.to_token_stream().to_string()) };
        let mut arguments = arguments(&last.arguments).into_iter();
        let mut inner = |types: &mut Self| match arguments.next() {
            Some(argument) => types.kind(module, argument, name, role).map(Box::new),
            None => Err(path.to_token_stream().to_string()),
        };
        match (self.source.resolve(module, &segments(path)), last.ident.to_string().as_str()) {
            (Found::Item(place), "Page") => inner(self).map(Type::Page).inspect(|_| self.forget(&place)),
            (Found::Item(place), "Change") => inner(self).map(Type::Change).inspect(|_| self.forget(&place)),
            (Found::Item(place), _) => self.item(place, name, role),
            (Found::Elsewhere(_), "Option") => inner(self).map(Type::Optional),
            (Found::Elsewhere(_), "Arc") => {
                let inner = inner(self)?;
                self.note_shared(&inner);
                Ok(Type::Shared(inner))
            }
            (Found::Elsewhere(_), "Box") => inner(self).map(|inner| *inner),
            (Found::Elsewhere(_), "Vec" | "SmallVec") => match first_argument(&last.arguments) {
                Some(syn::Type::Array(array)) => self.list(module, &array.elem, name, role),
                Some(item) => self.list(module, item, name, role),
                None => Err(path.to_token_stream().to_string()),
            },
            (Found::Elsewhere(_), "BTreeMap" | "HashMap") => Ok(Type::Map(inner(self)?, inner(self)?)),
            (Found::Elsewhere(_), "String" | "str") => Ok(known::text_named(name)),
            (Found::Elsewhere(_), other) => known::foreign_type_of(other).ok_or_else(|| format!("`{other}`")),
            (Found::Module(module), _) => Err(format!("the module {module}")),
        }
    }

    fn item(&mut self, place: Place, name: &str, role: Role) -> Result<Type, String> {
        let shown = self.exported(&place).map(str::to_owned);
        if let Some(known) = known::type_of(shown.as_deref().unwrap_or(&place.name)) {
            if let Some(set) = known::set_of(&known) {
                self.note(self.place_of(set)?, role);
            }
            return Ok(known);
        }
        let unknown = || format!("`{}`", place.name);
        match self.source.definition(&place).ok_or_else(unknown)? {
            // Signatures may use an alias that is not exported, if its target is.
            Definition::Alias(alias) => self.kind(&place.module, &alias.ty, name, role),
            Definition::Made { by, .. } => known::made_type(by, &place.name).ok_or_else(unknown),
            Definition::Trait(_) => Err(unknown()),
            Definition::Struct(_) => {
                let shown = shown.ok_or_else(unknown)?;
                self.note(place, role);
                Ok(Type::Struct(shown))
            }
            Definition::Enum(_) => {
                let shown = shown.ok_or_else(unknown)?;
                self.note(place, role);
                Ok(Type::Enum(shown))
            }
        }
    }

    fn note(&mut self, place: Place, role: Role) {
        let roles = self.named.entry(place).or_default();
        if !roles.contains(&role) {
            roles.push(role);
            roles.sort_unstable();
        }
    }

    fn note_shared(&mut self, inner: &Type) {
        if let Type::Struct(name) = inner
            && let Ok(place) = self.place_of(name)
            && !self.shared.contains(&place)
        {
            self.shared.push(place);
        }
    }

    fn forget(&mut self, place: &Place) {
        self.named.remove(place);
    }
}

/// Returns the `T` of `Result<T, …>`; any other type is the error.
pub(super) fn result_of(kind: &syn::Type) -> Result<&syn::Type, &syn::Type> {
    let syn::Type::Path(path) = kind else { return Err(kind) };
    match path.path.segments.last() {
        Some(last) if last.ident == "Result" => first_argument(&last.arguments).ok_or(kind),
        _ => Err(kind),
    }
}

/// Returns the `T` of `Option<T>`.
pub(super) fn option_of(kind: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::Path(path) = kind else { return None };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    first_argument(&last.arguments)
}

fn arguments(arguments: &PathArguments) -> Vec<&syn::Type> {
    fn kind(argument: &GenericArgument) -> Option<&syn::Type> {
        match argument {
            GenericArgument::Type(kind) => Some(kind),
            GenericArgument::AssocType(assigned) => Some(&assigned.ty),
            _ => None,
        }
    }
    let PathArguments::AngleBracketed(list) = arguments else { return Vec::new() };
    list.args.iter().filter_map(kind).collect()
}

fn first_argument(list: &PathArguments) -> Option<&syn::Type> {
    arguments(list).into_iter().next()
}

/// Returns the source text of the type, without spaces.
fn quoted(kind: &syn::Type) -> String {
    kind.to_token_stream().to_string().replace(' ', "")
}

fn written(kind: &syn::Type) -> String {
    format!("`{}`", kind.to_token_stream())
}
