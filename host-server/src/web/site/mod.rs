//! What all pages share: the chrome around their content, forms, components, messages, assets, and the page that tells of an error.

pub(super) mod assets;
mod browser;
mod chrome;
mod components;
mod flash;
pub(super) mod form;
mod text;

pub(crate) use browser::{Browser, ErrorPages};
pub(super) use chrome::{Chrome, Page, page, show};
pub(super) use components::{Field, Pager};
pub(super) use flash::{Flash, redirect};
pub(super) use form::{Form, field_errors};
pub(super) use text::{Price, When};
