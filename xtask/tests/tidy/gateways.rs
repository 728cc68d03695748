//! The packages have what gateways in Rust have: every method of the trait, every answer and every kind of report.

use syn::visit::{self, Visit};
use syn::{ImplItemFn, ItemEnum, TraitItemFn};

use crate::assert_none;
use crate::tree::read;

/// The trait, and the types of what its methods answer and report.
const CORE: &[&str] = &["core/src/gateway/mod.rs", "core/src/gateway/webhook.rs"];

/// Closed sets of which a gateway answers or reports one.
const SETS: &[&str] = &["AmountAnswer", "ChargeAnswer", "GatewayReport", "RefundAnswer"];

/// Methods that packages leave to the trait: a list of `refunds_since` is one page.
const LEFT: &[&str] = &["refunds_page"];

/// Implementations of the trait for gateways in other languages.
const PACKAGES: &[&str] = &["bindings/node/src/gateway.rs", "bindings/python/src/gateway.rs"];

/// Conversions of what such gateways answer and report.
const CONVERSIONS: &[&str] = &["bindings/common/src/answer.rs", "bindings/common/src/webhook_event.rs"];

/// Names that a file declares.
#[derive(Default)]
struct Names {
    /// Methods of traits.
    declared: Vec<String>,
    /// Methods of implementations.
    implemented: Vec<String>,
    /// Variants of the sets.
    variants: Vec<String>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_trait_item_fn(&mut self, method: &'ast TraitItemFn) {
        self.declared.push(method.sig.ident.to_string());
    }

    fn visit_impl_item_fn(&mut self, method: &'ast ImplItemFn) {
        self.implemented.push(method.sig.ident.to_string());
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        let set = item.ident.to_string();
        if SETS.contains(&&*set) {
            self.variants.extend(item.variants.iter().map(|variant| format!("{set}::{}", variant.ident)));
        }
        visit::visit_item_enum(self, item);
    }
}

fn names(text: &str) -> Names {
    let mut names = Names::default();
    names.visit_file(&syn::parse_file(text).unwrap());
    names
}

fn without_method(methods: &[String], path: &str, text: &str) -> Vec<String> {
    let implemented = names(text).implemented;
    let missing = methods.iter().filter(|name| !LEFT.contains(&name.as_str()) && !implemented.contains(name));
    missing.map(|name| format!("{path}: gateways of the package have no `{name}`")).collect()
}

fn without_conversion(variants: &[String], texts: &[String]) -> Vec<String> {
    // Tests name them too.
    let code: Vec<_> = texts.iter().filter_map(|text| text.split("#[cfg(test)]").next()).collect();
    let is_made = |variant: &str| {
        let mut rests = code.iter().flat_map(|code| code.split(variant).skip(1));
        rests.any(|rest| !rest.starts_with(char::is_alphanumeric))
    };
    let missing = variants.iter().filter(|variant| !is_made(variant));
    missing.map(|name| format!("{}: gateways of the packages can't give {name}", CONVERSIONS.join(", "))).collect()
}

#[test]
fn gateways_of_the_packages_have_every_method() {
    let methods: Vec<_> = CORE.iter().flat_map(|path| names(&read(path)).declared).collect();
    assert!(methods.len() >= 11, "found only the methods {methods:?}");
    let complaints: Vec<_> = PACKAGES.iter().flat_map(|path| without_method(&methods, path, &read(path))).collect();
    assert_none(&complaints);
}

#[test]
fn gateways_of_the_packages_can_give_every_answer_and_report() {
    let variants: Vec<_> = CORE.iter().flat_map(|path| names(&read(path)).variants).collect();
    assert!(variants.len() >= 18, "found only {variants:?}");
    let texts: Vec<_> = CONVERSIONS.iter().map(|path| read(path)).collect();
    assert_none(&without_conversion(&variants, &texts));
}

#[test]
fn what_is_missing_is_found() {
    let methods = ["charge".to_owned(), "refunds_of".to_owned(), "refunds_page".to_owned()];
    let package = "impl PaymentGateway for Hooks { fn charge(&self) {} fn more(&self) {} }";
    assert_eq!(without_method(&methods, "x.rs", package), ["x.rs: gateways of the package have no `refunds_of`"]);
    let core = "
        pub enum Other { One }
        pub enum RefundAnswer { Refunded { id: Id }, Refused, Ref }
        trait Gateway { fn charge(&self); }
    ";
    let Names { declared, variants, .. } = names(core);
    assert_eq!((declared, variants.len()), (vec!["charge".to_owned()], 3));
    let texts = ["RefundAnswer::Refunded { id }\n#[cfg(test)]\nRefundAnswer::Refused".to_owned()];
    let complaints = without_conversion(&variants, &texts);
    assert_eq!(complaints.len(), 2, "{complaints:?}");
    assert!(complaints[0].ends_with("can't give RefundAnswer::Refused"), "{complaints:?}");
    assert!(complaints[1].ends_with("can't give RefundAnswer::Ref"), "{complaints:?}");
}
