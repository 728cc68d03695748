//! The conversions between the façade's types and Python's.

use super::super::model::{Model, Struct, Type};

/// Types of a parameter.
pub(super) struct Incoming {
    /// Type that the native module takes, such as `String`.
    pub(super) rust: String,
    /// Type hint in Python, such as `str`.
    pub(super) hint: String,
}

/// Types of a result.
pub(super) struct Outgoing {
    /// Type that the native module returns.
    pub(super) rust: String,
    /// Type hint in Python.
    pub(super) hint: String,
}

fn both(rust: &str, hint: &str) -> Incoming {
    Incoming { rust: rust.to_owned(), hint: hint.to_owned() }
}

/// What says who acts: `None`, which type checkers refuse, is nobody.
pub(super) fn acting() -> Incoming {
    both("Who", "str")
}

/// Returns the types of an incoming value.
pub(super) fn incoming(kind: &Type) -> Result<Incoming, String> {
    Ok(match kind {
        Type::Bool => both("bool", "bool"),
        Type::Integer(of) => Incoming { rust: format!("Natural<{of}>"), hint: "SupportsIndex".to_owned() },
        Type::PageLimit => both("Whole", "SupportsIndex"),
        Type::Text
        | Type::Currency
        | Type::Cursor
        | Type::Address
        | Type::Id(_)
        | Type::CheckedText(_)
        | Type::Secret(_) => both("String", "str"),
        Type::Bytes => both("PyBackedBytes", "bytes | bytearray"),
        Type::Amount | Type::PriceBound => both("Amount", "str | int | Decimal"),
        Type::Moment | Type::Time => both("When", "str | datetime"),
        Type::Duration => both("Duration", "timedelta"),
        Type::Actor => acting(),
        Type::Path => both("PathBuf", "str | PathLike[str]"),
        Type::Headers => both("Headers", "Mapping[str, str | bytes] | Iterable[tuple[str | bytes, str | bytes]]"),
        Type::Progress => both("Progress", "Callable[[int, int], object]"),
        Type::Money => both("Money", "Money"),
        Type::FeePolicy => both("FeePolicy", "FeePolicy"),
        Type::LateMoneyPolicy => both("Steps", "LateMoneyPolicy | Sequence[LateMoneyStep]"),
        Type::Enum(name) => Incoming { rust: format!("Given<boxoffice::{name}>"), hint: name.clone() },
        Type::Struct(name) | Type::OptionSet(name) => both(name, name),
        Type::Shared(inner) => incoming(inner)?,
        Type::Optional(inner) => {
            let inner = incoming(inner)?;
            Incoming { rust: format!("Option<{}>", inner.rust), hint: format!("{} | None", inner.hint) }
        }
        Type::Change(inner) => {
            let inner = incoming(inner)?;
            Incoming { rust: format!("Edit<{}>", inner.rust), hint: format!("{} | None", inner.hint) }
        }
        Type::List(inner) => {
            let inner = incoming(inner)?;
            Incoming { rust: format!("Items<{}>", inner.rust), hint: format!("Items[{}]", inner.hint) }
        }
        other => return Err(format!("Python can't give {other:?}: say how in xtask/src/generate/python/types.rs")),
    })
}

/// Returns the types of an outgoing value.
pub(super) fn outgoing(model: &Model, kind: &Type) -> Result<Outgoing, String> {
    let out = |rust: &str, hint: &str| Outgoing { rust: rust.to_owned(), hint: hint.to_owned() };
    Ok(match kind {
        Type::Nothing => out("Nothing", "None"),
        Type::Bool => out("bool", "bool"),
        Type::Integer(of) => out(of, "int"),
        Type::Text
        | Type::Currency
        | Type::Cursor
        | Type::Hash
        | Type::Id(_)
        | Type::CheckedText(_)
        | Type::Secret(_) => out("String", "str"),
        Type::Time => out("Time", "datetime"),
        Type::Duration => out("Duration", "timedelta"),
        Type::Money => out("Money", "Money"),
        Type::SignedMoney => out("SignedMoney", "SignedMoney"),
        Type::Actor => out("Option<String>", "str | None"),
        Type::Record => out("Record", "Record"),
        Type::Enum(name) => Outgoing { rust: format!("Name<boxoffice::{name}>"), hint: name.clone() },
        Type::Struct(name) => {
            let published = published(model, name)?.published.as_str();
            out(published, published)
        }
        Type::Shared(inner) => outgoing(model, inner)?,
        Type::Optional(inner) => {
            let inner = outgoing(model, inner)?;
            Outgoing { rust: format!("Option<{}>", inner.rust), hint: format!("{} | None", inner.hint) }
        }
        Type::List(inner) => {
            let inner = outgoing(model, inner)?;
            Outgoing { rust: format!("Vec<{}>", inner.rust), hint: format!("list[{}]", inner.hint) }
        }
        Type::Map(key, value) if **key == Type::Text => {
            let value = outgoing(model, value)?;
            Outgoing { rust: format!("BTreeMap<String, {}>", value.rust), hint: format!("dict[str, {}]", value.hint) }
        }
        Type::Page(inner) => {
            let page = page_of(model, inner)?;
            out(&page, &page)
        }
        other => return Err(format!("Python can't get {other:?}: say how in xtask/src/generate/python/types.rs")),
    })
}

/// Returns the name of the class of pages of a type.
pub(super) fn page_of(model: &Model, inner: &Type) -> Result<String, String> {
    Ok(format!("{}Page", outgoing(model, inner)?.rust))
}

/// Returns the struct with this name.
pub(super) fn published<'m>(model: &'m Model, name: &str) -> Result<&'m Struct, String> {
    model.structs.get(name).ok_or_else(|| format!("the model has no struct {name}"))
}

/// Returns `true` if callers pass the struct as an object of a class instead of its fields as arguments: if it contains
/// other structs, is contained in one, or is passed in a list.
pub(super) fn is_class(model: &Model, name: &str) -> bool {
    let named = |kind: &Type| kind.parts().iter().any(|part| matches!(part, Type::Struct(_)));
    let holds = model.structs.get(name).is_some_and(|it| it.fields.iter().any(|field| named(&field.kind)));
    let is_named = |kind: &Type| kind.parts().iter().any(|part| **part == Type::Struct(name.to_owned()));
    let is_held = model.structs.values().any(|it| it.fields.iter().any(|field| is_named(&field.kind)));
    let methods = model.handles.iter().flat_map(|handle| &handle.methods);
    let is_listed = methods
        .flat_map(|method| &method.params)
        .any(|param| matches!(param.kind.plain(), Type::List(inner) if is_named(&inner)));
    holds || is_held || is_listed
}

/// An expression for a value, by its ownership.
#[derive(Clone, Copy)]
pub(super) enum Held<'e> {
    /// An expression that owns it.
    Owned(&'e str),
    /// A field of something borrowed.
    Field(&'e str),
    /// A reference to it.
    Reference(&'e str),
}

impl<'e> Held<'e> {
    fn expression(self) -> &'e str {
        let (Self::Owned(it) | Self::Field(it) | Self::Reference(it)) = self;
        it
    }

    /// Returns an expression for a copy of a `Copy` value.
    fn copied(self) -> String {
        match self {
            Self::Owned(it) | Self::Field(it) => it.to_owned(),
            Self::Reference(it) => format!("*{it}"),
        }
    }

    /// Returns the expression itself, or a clone if the value is borrowed.
    fn cloned(self) -> String {
        match self {
            Self::Owned(it) => it.to_owned(),
            Self::Field(it) | Self::Reference(it) => format!("{it}.clone()"),
        }
    }
}

/// Generates the expression that converts a value of the façade to Python.
pub(super) fn given(model: &Model, kind: &Type, held: Held<'_>) -> Result<String, String> {
    let it = held.expression();
    Ok(match kind {
        Type::Nothing => "Nothing".to_owned(),
        Type::Bool | Type::Integer(_) | Type::Duration => held.copied(),
        Type::Text | Type::Currency | Type::Cursor | Type::Hash | Type::Id(_) | Type::CheckedText(_) => {
            format!("{it}.to_string()")
        }
        Type::Secret(_) => format!("{it}.expose().to_owned()"),
        Type::Time => format!("Time({})", held.copied()),
        Type::Money => format!("Money({})", held.copied()),
        Type::SignedMoney => format!("SignedMoney({})", held.copied()),
        Type::Actor => format!("{it}.user().map(|user| user.to_string())"),
        Type::Enum(_) => format!("Name({})", held.copied()),
        Type::Record => format!("Record(Arc::new({}))", held.cloned()),
        Type::Struct(name) => {
            let of = published(model, name)?;
            let value = held.cloned();
            let value = if of.is_shared { format!("Arc::new({value})") } else { value };
            format!("{}({value})", of.published)
        }
        Type::Shared(inner) => match inner.as_ref() {
            Type::Struct(name) => format!("{}({})", published(model, name)?.published, held.cloned()),
            inner => given(model, inner, held)?,
        },
        Type::Optional(inner) => match held {
            Held::Owned(it) => format!("{it}.map(|one| {})", given(model, inner, Held::Owned("one"))?),
            _ => format!("{it}.as_ref().map(|one| {})", given(model, inner, Held::Reference("one"))?),
        },
        Type::List(inner) => match held {
            Held::Owned(it) => {
                format!("{it}.into_iter().map(|one| {}).collect()", given(model, inner, Held::Owned("one"))?)
            }
            _ => format!("{it}.iter().map(|one| {}).collect()", given(model, inner, Held::Reference("one"))?),
        },
        Type::Map(_, value) => format!(
            "{it}.iter().map(|(name, one)| (name.to_string(), {})).collect()",
            given(model, value, Held::Reference("one"))?
        ),
        Type::Page(inner) => format!("{}({})", page_of(model, inner)?, held.cloned()),
        other => return Err(format!("Python can't get {other:?}: say how in xtask/src/generate/python/types.rs")),
    })
}
