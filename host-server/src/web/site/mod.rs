//! Code that all pages share: chrome, forms, components, messages, assets and error pages.

pub(super) mod assets;
mod browser;
mod chrome;
mod components;
mod flash;
pub(super) mod form;
mod query;
mod text;

pub(crate) use browser::{Browser, ErrorPages};
pub(super) use chrome::{Chrome, Page, page, show};
pub(super) use components::{Field, Pager};
pub(super) use flash::{Flash, redirect};
pub(super) use form::{Form, field_errors};
pub(super) use query::{cursor, encoded, with_query};
pub(super) use text::{Price, When};
