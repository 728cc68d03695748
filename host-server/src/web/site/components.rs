//! Small templates that pages put together; a page shows one by `{{ it|safe }}`, since it has escaped what is in it already.

use askama::Template;

/// One input with its label, and what is wrong with it next to it.
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
    max_length: u16,
    input_mode: &'static str,
}

impl Field {
    /// A line of text.
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
            max_length: 200,
            input_mode: "",
        }
    }

    /// Another type of input, such as `email`.
    pub(crate) fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// What is in it.
    pub(crate) fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// What helps to fill it in.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What is wrong with what is in it.
    pub(crate) fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    /// What a browser may fill in.
    pub(crate) fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = what;
        self
    }

    /// May be left empty.
    pub(crate) fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Another keyboard on phones, such as `decimal`.
    pub(crate) fn keyboard(mut self, mode: &'static str) -> Self {
        self.input_mode = mode;
        self
    }

    /// How many characters it takes.
    pub(crate) fn max(mut self, length: u16) -> Self {
        self.max_length = length;
        self
    }
}

/// Links to the pages before and after.
#[derive(Debug, Default, Template)]
#[template(path = "components/pager.html")]
pub(crate) struct Pager {
    /// Where the first page is, from any other.
    pub(crate) first: Option<String>,
    /// Where the page before is.
    pub(crate) previous: Option<String>,
    /// Where the next page is.
    pub(crate) next: Option<String>,
    /// Where one is, such as `Page 2 of 5`.
    pub(crate) place: String,
}
