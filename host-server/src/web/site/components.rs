//! Small templates that pages are composed of. A page includes one as `{{ it|safe }}`, because the component has
//! already escaped its content.

use askama::Template;

/// An input with its label and its error.
///
/// It has no maximum length: browsers cut what is pasted to fit, without a word. The core refuses what is too long, and says so.
#[derive(Debug, Clone, Template)]
#[template(path = "components/field.html")]
pub(crate) struct Field {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    value: String,
    hint: Option<String>,
    error: Option<String>,
    autocomplete: &'static str,
    required: bool,
    input_mode: &'static str,
}

impl Field {
    /// Creates an input for one line of text.
    pub(crate) fn new(name: &'static str, label: &'static str) -> Self {
        Self {
            name,
            label,
            kind: "text",
            value: String::new(),
            hint: None,
            error: None,
            autocomplete: "off",
            required: true,
            input_mode: "",
        }
    }

    /// Sets the type of the input, such as `email`.
    pub(crate) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// Sets the value.
    pub(crate) fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Sets the hint.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets the error of the value.
    pub(crate) fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    /// Sets the `autocomplete` attribute.
    pub(crate) fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = what;
        self
    }

    /// Allows an empty value.
    pub(crate) fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Sets the keyboard of phones, such as `decimal`.
    pub(crate) fn keyboard(mut self, mode: &'static str) -> Self {
        self.input_mode = mode;
        self
    }
}

/// Links to the previous and the next page.
#[derive(Debug, Default, Template)]
#[template(path = "components/pager.html")]
pub(crate) struct Pager {
    /// Address of the first page; `None` on the first page.
    pub(crate) first: Option<String>,
    /// Address of the previous page.
    pub(crate) previous: Option<String>,
    /// Address of the next page.
    pub(crate) next: Option<String>,
    /// The position in the list, such as `Page 2 of 5`.
    pub(crate) place: String,
}
