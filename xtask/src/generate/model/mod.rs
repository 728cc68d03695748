//! A data model of the façade, from which everything for other languages is generated.
//!
//! [`Model::read`] reads `core/src` with `syn` and follows every type that the public methods name. Emitters take a [`Model`] and
//! write files; they read no Rust themselves.
//!
//! ```text
//!   BoxOffice ──┬─ auth()     -> Auth            each a Handle with its Methods
//!               ├─ tickets()  -> Tickets
//!               └─ …
//!   Method ─────┬─ params     -> Type            input: Inputs are structs that callers create
//!               └─ result     -> Type            output: Values are structs that the box office creates
//!   DomainEvent ── variants   -> Struct          Payloads, in the published form
//!   Builder, Limits           -> Choice          options with which a box office is opened
//!   ClusterOptions            -> OptionSet       options of a part of it, each a Choice
//!   codes! {…}                -> Code            error codes
//! ```
//!
//! | to | look at |
//! |---|---|
//! | walk the operations | [`Model::handles`], [`Handle::methods`]; [`Model::office`] has the methods of `BoxOffice` itself |
//! | convert an argument or a result | [`Param::kind`] and [`Method::result`]: match on [`Type`] without a wildcard |
//! | make or show a struct | [`Model::structs`], by [`Role`]; [`Model::enums`] for the texts of closed sets |
//! | make options of a part | [`Model::option_sets`], whose setters are Choices |
//! | write documentation | [`Doc`], translated by [`super::prose`] |
//! | name things | `name` is the name in Rust; [`Param::published`] and [`Struct::published`] are the names in the packages, in snake case and in Pascal case; [`Field::wire`] is the name in the stored form |
//!
//! An unknown type is an error that says where to add it: `known.rs`.

mod choices;
mod codes;
mod doc;
mod events;
mod facade;
mod known;
mod source;
mod structs;
#[cfg(test)]
mod tests;
mod types;

use std::collections::BTreeMap;

pub(crate) use codes::{Code, Kind};
pub(crate) use doc::{Block, Doc, Inline, inline};
pub(crate) use known::{QUICK_FORM, camel_case, snake_case};
pub(crate) use source::Crate;
pub(crate) use types::Type;

/// Root file of the crate that is read.
const ROOT: &str = "core/src/lib.rs";

/// The façade.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// `BoxOffice` itself: its operations, without the accessors of handles.
    pub(crate) office: Handle,
    /// Handles, in the order of their accessors on `BoxOffice`.
    pub(crate) handles: Vec<Handle>,
    /// Structs that a signature, a field or an event names, by their Rust names.
    pub(crate) structs: BTreeMap<String, Struct>,
    /// Enums that a signature, a field or an event names, by their Rust names.
    pub(crate) enums: BTreeMap<String, Enum>,
    /// Events, in the order of `DomainEvent`.
    pub(crate) events: Vec<Event>,
    /// Options, in the order of the builder; then the limits for which the builder has no method.
    pub(crate) choices: Vec<Choice>,
    /// Options of parts of the box office, in the order of the options that take them.
    pub(crate) option_sets: Vec<OptionSet>,
    /// Codes, in the order of the table.
    pub(crate) codes: Vec<Code>,
    /// Kinds of errors, in their order.
    pub(crate) kinds: Vec<Kind>,
}

/// A group of operations, such as the result of `BoxOffice::tickets`.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    /// Name of the accessor, such as `tickets`.
    pub(crate) name: String,
    /// Name of the type in Rust, such as `JournalReader`.
    pub(crate) rust: String,
    /// Documentation of the type.
    pub(crate) doc: Doc,
    /// Documentation of the accessor.
    pub(crate) accessor: Doc,
    /// Documentation of `idempotency_key`, if the commands of the handle take one.
    pub(crate) key: Option<Doc>,
    /// `true` if a box office may lack it: its accessor returns none then.
    pub(crate) is_optional: bool,
    /// Feature of the core without which it is not there; the packages have all features.
    pub(crate) feature: Option<String>,
    /// Operations, in the order of the source.
    pub(crate) methods: Vec<Method>,
}

/// An operation.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(crate) struct Method {
    /// Name in the packages, in snake case.
    pub(crate) name: String,
    /// Name in Rust: equal to `name`, except `stream`, which is `iter` in the packages.
    pub(crate) rust: String,
    /// Documentation, untranslated.
    pub(crate) doc: Doc,
    /// `true` if it is asynchronous.
    pub(crate) is_async: bool,
    /// `true` if it can fail.
    pub(crate) is_fallible: bool,
    /// `true` if it has a receiver; `BoxOffice::open` has none.
    pub(crate) has_self: bool,
    /// `true` if it is a command that takes an idempotency key.
    pub(crate) takes_key: bool,
    /// `true` if it has a quick form `…_in_memory`, which answers without the disk if possible.
    pub(crate) has_quick_form: bool,
    /// Parameters, without the receiver.
    pub(crate) params: Vec<Param>,
    /// Result on success.
    pub(crate) result: Type,
    /// Source text of the parameters and the result, for the blocking façade.
    pub(crate) signature: Signature,
}

/// The source text of a signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Signature {
    /// Name and type of each parameter.
    pub(crate) params: Vec<(String, String)>,
    /// Type of the result, `Result` included.
    pub(crate) result: String,
    /// Types of the crate that it names, with their paths at the crate's root.
    pub(crate) names: Vec<String>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Param {
    /// Name in Rust, such as `buyer`.
    pub(crate) name: String,
    /// Name in the packages, in snake case: `buyer_id` for an id.
    pub(crate) published: String,
    /// Type.
    pub(crate) kind: Type,
    /// `true` if it is taken by reference: an owned value is passed as `&value`.
    pub(crate) by_reference: bool,
    /// Whether it says who acts: nobody is refused with `auth.required`.
    pub(crate) acts: bool,
}

/// A struct of the façade.
#[derive(Debug, Clone)]
pub(crate) struct Struct {
    /// Name in Rust.
    pub(crate) name: String,
    /// Name in the packages: `User` for `UserProfile`.
    pub(crate) published: String,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Roles; a struct may have several.
    pub(crate) roles: Vec<Role>,
    /// Public fields, in their order.
    pub(crate) fields: Vec<Field>,
    /// Values of its methods without parameters, such as `BalanceEntry::gross`.
    pub(crate) computed: Vec<Field>,
    /// Way to create one in Rust, if callers create it.
    pub(crate) constructor: Constructor,
    /// `true` if it has a `check` that validates several fields together.
    pub(crate) has_check: bool,
    /// `true` if it can be compared.
    pub(crate) is_comparable: bool,
    /// `true` if signatures name it as `Arc<…>`.
    pub(crate) is_shared: bool,
}

/// Way to create a struct in Rust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Constructor {
    /// By `new`, which takes these fields; the other fields are set afterwards.
    New(Vec<String>),
    /// By `default`; fields are set afterwards.
    Default,
    /// By naming every field.
    Literal,
}

/// Role of a struct.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Callers create it and pass it in.
    Input,
    /// The box office creates it and returns it. Some, such as a session, can be passed in again.
    Value,
    /// Published events contain it.
    Payload,
}

/// A field of a struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// Name.
    pub(crate) name: String,
    /// Name in the stored and published form, such as `sellerId`.
    pub(crate) wire: String,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Type.
    pub(crate) kind: Type,
    /// `true` if the published form omits an empty value.
    pub(crate) may_be_missing: bool,
    /// `true` if callers must pass it.
    pub(crate) is_required: bool,
}

/// A closed set whose values are published as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enum {
    /// Name.
    pub(crate) name: String,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Values, in their order.
    pub(crate) variants: Vec<Variant>,
    /// `true` if it has `as_str`; enums that callers pass in also have `FromStr`.
    pub(crate) is_written: bool,
}

/// One value of a closed set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variant {
    /// Name in Rust.
    pub(crate) name: String,
    /// Text, such as `awaiting_payment`.
    pub(crate) text: String,
    /// Documentation.
    pub(crate) doc: Doc,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Name, as published in `type`.
    pub(crate) name: String,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Struct of its `data`, of [`Role::Payload`].
    pub(crate) data: String,
}

/// An option with which a box office is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Name.
    pub(crate) name: String,
    /// Documentation.
    pub(crate) doc: Doc,
    /// Parameters of the builder's method; one for a limit.
    pub(crate) params: Vec<Param>,
    /// `true` if it is a field of `Limits` for which the builder has no method.
    pub(crate) is_limit: bool,
}

/// Options of a part of the box office, such as its cluster: a struct with `new`, and with a setter for each option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OptionSet {
    /// Name, in Rust and in the packages.
    pub(crate) name: String,
    /// Documentation of the type.
    pub(crate) doc: Doc,
    /// Documentation of `new`, which is that of the required options.
    pub(crate) required_doc: Doc,
    /// Parameters of `new`.
    pub(crate) required: Vec<Param>,
    /// Options, in the order of their setters.
    pub(crate) choices: Vec<Choice>,
}

impl Model {
    /// Reads the façade of the crate in the workspace at `root`.
    ///
    /// # Errors
    /// A text that says what is missing or unknown, and where.
    pub(crate) fn read(root: &std::path::Path) -> Result<Self, String> {
        Self::of(&Crate::read(ROOT, &|path| std::fs::read_to_string(root.join(path)).ok())?)
    }

    /// Reads the façade of a crate.
    pub(crate) fn of(source: &Crate) -> Result<Self, String> {
        let mut types = types::Types::new(source);
        let (office, handles) = facade::read(source, &mut types)?;
        let choices = choices::read(source, &mut types)?;
        let option_sets = choices::option_sets(source, &mut types, &choices)?;
        let events = events::read(source, &mut types)?;
        let (structs, enums) = structs::read(source, &mut types)?;
        let (codes, kinds) = codes::read(source)?;
        Ok(Self { office, handles, structs, enums, events, choices, option_sets, codes, kinds })
    }

    /// Returns the handles with operations that the box office itself may do.
    pub(crate) fn system_handles(&self) -> impl Iterator<Item = &Handle> {
        self.handles.iter().filter(|handle| handle.of_system().next().is_some())
    }

    /// Returns the structs with a role, by name.
    pub(crate) fn structs_of(&self, role: Role) -> impl Iterator<Item = &Struct> {
        self.structs.values().filter(move |it| it.roles.contains(&role))
    }

    /// Returns the code with this text, if any.
    pub(crate) fn code(&self, text: &str) -> Option<&Code> {
        self.codes.iter().find(|code| code.text == text)
    }
}

impl Handle {
    /// Returns the operations that the box office itself may do: those that take an actor.
    pub(crate) fn of_system(&self) -> impl Iterator<Item = &Method> {
        self.methods.iter().filter(|method| method.params.first().is_some_and(|param| param.kind == Type::Actor))
    }
}

impl Struct {
    /// Returns `true` if the struct has this role.
    pub(crate) fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
