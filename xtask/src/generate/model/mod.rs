//! What the façade has, as data: the one source of everything that is generated for other languages.
//!
//! [`Model::read`] reads `core/src` with `syn` and follows every type that the public methods name. Emitters take a [`Model`] and
//! write files; they read no Rust themselves.
//!
//! ```text
//!   BoxOffice ──┬─ auth()     -> Auth            each a Handle with its Methods
//!               ├─ tickets()  -> Tickets
//!               └─ …
//!   Method ─────┬─ params     -> Type            what comes in: Inputs are structs that callers make
//!               └─ result     -> Type            what comes out: Values are structs that the box office makes
//!   DomainEvent ── variants   -> Struct          Payloads, in the form in which they are published
//!   Builder, Limits           -> Choice          what can be chosen when a box office is opened
//!   codes! {…}                -> Code            what can go wrong
//! ```
//!
//! | to | look at |
//! |---|---|
//! | walk the operations | [`Model::handles`], [`Handle::methods`]; [`Model::office`] has the methods of `BoxOffice` itself |
//! | convert an argument or a result | [`Param::kind`] and [`Method::result`]: match on [`Type`] without a wildcard |
//! | make or show a struct | [`Model::structs`], by [`Role`]; [`Model::enums`] for the texts of closed sets |
//! | write documentation | [`Doc`], put into the words of a language by [`super::prose`] |
//! | name things | Rust's names are in `name`; [`Param::published`] and [`Struct::published`] are those of the packages, in snake case and in Pascal case; [`Field::wire`] that of the stored form |
//!
//! A type that is not known is an error that says where to add it: `known.rs`.

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

/// The root of the crate that is read.
const ROOT: &str = "core/src/lib.rs";

/// The façade.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    /// `BoxOffice` itself: what it does beside giving handles.
    pub(crate) office: Handle,
    /// The handles, in the order of their accessors on `BoxOffice`.
    pub(crate) handles: Vec<Handle>,
    /// Every struct that a signature, a field or an event names, by its Rust name.
    pub(crate) structs: BTreeMap<String, Struct>,
    /// Every enum that one of them names, by its Rust name.
    pub(crate) enums: BTreeMap<String, Enum>,
    /// The events, in the order of `DomainEvent`.
    pub(crate) events: Vec<Event>,
    /// What can be chosen, in the order of the builder; then the limits that it has no method for.
    pub(crate) choices: Vec<Choice>,
    /// The table of codes, in its order.
    pub(crate) codes: Vec<Code>,
    /// The kinds of errors, in their order.
    pub(crate) kinds: Vec<Kind>,
}

/// A group of operations: what `BoxOffice::tickets` gives, for one.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    /// The name of the accessor, such as `tickets`.
    pub(crate) name: String,
    /// The name of the type in Rust, such as `JournalReader`.
    pub(crate) rust: String,
    /// The documentation of the type.
    pub(crate) doc: Doc,
    /// The documentation of the accessor.
    pub(crate) accessor: Doc,
    /// The documentation of `idempotency_key`, if its commands take one.
    pub(crate) key: Option<Doc>,
    /// Its operations, in the order of the source.
    pub(crate) methods: Vec<Method>,
}

/// An operation.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(crate) struct Method {
    /// Its name in the packages, in snake case.
    pub(crate) name: String,
    /// Its name in Rust: the same, but for `stream`, which is `iter` everywhere else.
    pub(crate) rust: String,
    /// Its documentation, without translation.
    pub(crate) doc: Doc,
    /// Whether it has to be awaited.
    pub(crate) is_async: bool,
    /// Whether it can fail.
    pub(crate) is_fallible: bool,
    /// Whether it has a receiver; `BoxOffice::open` has none.
    pub(crate) has_self: bool,
    /// Whether an idempotency key names it: it is a command that may come again.
    pub(crate) takes_key: bool,
    /// Whether there is a `…_in_memory` that answers without the disk if it can.
    pub(crate) has_quick_form: bool,
    /// What it takes, without the receiver.
    pub(crate) params: Vec<Param>,
    /// What it gives when it succeeds.
    pub(crate) result: Type,
    /// The types of the parameters and of the result as they are written, for the blocking façade.
    pub(crate) signature: Signature,
}

/// A signature as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Signature {
    /// Name and type of each parameter.
    pub(crate) params: Vec<(String, String)>,
    /// The type of the result, `Result` included.
    pub(crate) result: String,
    /// The crate's own types that it names: how they are written, and the path at the crate's root.
    pub(crate) names: Vec<String>,
}

/// A parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Param {
    /// Its name in Rust, such as `buyer`.
    pub(crate) name: String,
    /// Its name in the packages, in snake case: `buyer_id` for an id.
    pub(crate) published: String,
    /// What it is.
    pub(crate) kind: Type,
    /// Whether it is taken by reference: an owned value is passed as `&value`.
    pub(crate) by_reference: bool,
    /// Whether it says who acts: nobody is refused with `auth.required`.
    pub(crate) acts: bool,
}

/// A struct of the façade.
#[derive(Debug, Clone)]
pub(crate) struct Struct {
    /// Its name in Rust.
    pub(crate) name: String,
    /// Its name in the packages: `User` for `UserProfile`.
    pub(crate) published: String,
    /// Its documentation.
    pub(crate) doc: Doc,
    /// What it is there for; a struct may have several roles.
    pub(crate) roles: Vec<Role>,
    /// Its public fields, in their order.
    pub(crate) fields: Vec<Field>,
    /// What its methods without parameters tell beside the fields, such as `BalanceEntry::gross`.
    pub(crate) computed: Vec<Field>,
    /// How Rust makes one, if callers do.
    pub(crate) constructor: Constructor,
    /// Whether its `check` finds what no field tells by itself.
    pub(crate) has_check: bool,
    /// Whether it can be compared.
    pub(crate) is_comparable: bool,
    /// Whether signatures name it as `Arc<…>`.
    pub(crate) is_shared: bool,
}

/// How Rust makes a struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Constructor {
    /// By its `new`, which takes these fields; the others are set after that.
    New(Vec<String>),
    /// By its default; fields are set after that.
    Default,
    /// By naming every field.
    Literal,
}

/// What a struct is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Role {
    /// Callers make it and hand it in.
    Input,
    /// The box office makes it and hands it out. Some can be handed in again, as a session is.
    Value,
    /// It is part of a published event.
    Payload,
}

/// A field of a struct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    /// Its name.
    pub(crate) name: String,
    /// Its name in the stored and published form, such as `sellerId`.
    pub(crate) wire: String,
    /// Its documentation.
    pub(crate) doc: Doc,
    /// What it is.
    pub(crate) kind: Type,
    /// Whether the published form leaves it out when it has nothing.
    pub(crate) may_be_missing: bool,
    /// Whether callers must give it.
    pub(crate) is_required: bool,
}

/// A closed set whose values are published as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Enum {
    /// Its name.
    pub(crate) name: String,
    /// Its documentation.
    pub(crate) doc: Doc,
    /// Its values, in their order.
    pub(crate) variants: Vec<Variant>,
    /// Whether it has `as_str`; one that callers hand in has `FromStr` as well.
    pub(crate) is_written: bool,
}

/// One value of a closed set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variant {
    /// Its name in Rust.
    pub(crate) name: String,
    /// Its text, such as `awaiting_payment`.
    pub(crate) text: String,
    /// Its documentation.
    pub(crate) doc: Doc,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    /// Its name, as published in `type`.
    pub(crate) name: String,
    /// Its documentation.
    pub(crate) doc: Doc,
    /// The struct that its `data` is, of [`Role::Payload`].
    pub(crate) data: String,
}

/// Something that can be chosen when a box office is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Its name.
    pub(crate) name: String,
    /// Its documentation.
    pub(crate) doc: Doc,
    /// What the method of the builder takes; one for the limits.
    pub(crate) params: Vec<Param>,
    /// Whether it is a field of `Limits` that the builder has no method for.
    pub(crate) is_limit: bool,
}

impl Model {
    /// Reads the façade of the crate in the workspace at `root`.
    ///
    /// # Errors
    /// Says what is missing or not known, and where.
    pub(crate) fn read(root: &std::path::Path) -> Result<Self, String> {
        Self::of(&Crate::read(ROOT, &|path| std::fs::read_to_string(root.join(path)).ok())?)
    }

    /// Reads the façade of a crate.
    pub(crate) fn of(source: &Crate) -> Result<Self, String> {
        let mut types = types::Types::new(source);
        let (office, handles) = facade::read(source, &mut types)?;
        let choices = choices::read(source, &mut types)?;
        let events = events::read(source, &mut types)?;
        let (structs, enums) = structs::read(source, &mut types)?;
        let (codes, kinds) = codes::read(source)?;
        Ok(Self { office, handles, structs, enums, events, choices, codes, kinds })
    }

    /// Returns the handles with operations that the box office itself may do.
    pub(crate) fn system_handles(&self) -> impl Iterator<Item = &Handle> {
        self.handles.iter().filter(|handle| handle.of_system().next().is_some())
    }

    /// The structs of a role, by name.
    pub(crate) fn structs_of(&self, role: Role) -> impl Iterator<Item = &Struct> {
        self.structs.values().filter(move |it| it.roles.contains(&role))
    }

    /// The code of this text, if it is one.
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
    /// Whether it has this role.
    pub(crate) fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
