//! Matches over commands, events or refusals have no wildcard, so that the compiler names every place for a new one.

use syn::visit::{self, Visit};
use syn::{Expr, ImplItemFn, Item, ItemFn, ItemImpl, Local, Macro, Pat, Path, Type};

use crate::assert_none;
use crate::tree::{File, files};

/// Closed sets to which the rule applies.
const SETS: &[&str] = &["DomainEvent", "Command", "Rejection"];

/// Parts of paths of tests and test support, which may match a single variant.
const TESTS: &[&str] =
    &["/tests/", "/testing/", "/simulation/", "/tests.rs", "/testing.rs", "/random_histories.rs", "/conformance.rs"];

/// Search for wildcards in a file.
struct Search<'f> {
    path: &'f str,
    /// Names of the enclosing functions.
    functions: Vec<String>,
    /// Set that `Self` names, if any.
    own: Option<String>,
    complaints: Vec<String>,
}

impl Search<'_> {
    /// Returns the set of which the path names a variant.
    fn set_of(&self, path: &Path) -> Option<String> {
        let segment = path.segments.iter().nth_back(1)?.ident.to_string();
        if segment == "Self" { self.own.clone() } else { SETS.contains(&&*segment).then_some(segment) }
    }

    /// Returns the set of which the pattern names a variant.
    fn named(&self, pattern: &Pat) -> Option<String> {
        match pattern {
            Pat::Path(path) => self.set_of(&path.path),
            Pat::Struct(pattern) => self.set_of(&pattern.path),
            Pat::TupleStruct(pattern) => {
                self.set_of(&pattern.path).or_else(|| pattern.elems.iter().find_map(|inner| self.named(inner)))
            }
            Pat::Or(pattern) => pattern.cases.iter().find_map(|case| self.named(case)),
            Pat::Paren(pattern) => self.named(&pattern.pat),
            Pat::Reference(pattern) => self.named(&pattern.pat),
            Pat::Tuple(pattern) => pattern.elems.iter().find_map(|inner| self.named(inner)),
            Pat::Ident(pattern) => pattern.subpat.as_ref().and_then(|(_, inner)| self.named(inner)),
            _ => None,
        }
    }

    fn complain(&mut self, what: &str, set: &str) {
        let function = self.functions.last().map_or("no function", String::as_str);
        self.complaints.push(format!("{}: {what} over {set} in `{function}`: name every one", self.path));
    }
}

/// Returns `true` if the pattern matches every value.
fn takes_all(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) => true,
        // The name of a constant begins with a capital letter.
        Pat::Ident(pattern) => {
            pattern.subpat.is_none() && pattern.ident.to_string().starts_with(|first: char| !first.is_uppercase())
        }
        Pat::Or(pattern) => pattern.cases.iter().any(takes_all),
        Pat::Paren(pattern) => takes_all(&pattern.pat),
        Pat::Reference(pattern) => takes_all(&pattern.pat),
        Pat::Tuple(pattern) => pattern.elems.iter().all(takes_all),
        _ => false,
    }
}

/// Returns `true` if the item is for tests only.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
    })
}

impl<'ast> Visit<'ast> for Search<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let is_test = matches!(item, Item::Mod(module) if is_test(&module.attrs));
        if !is_test {
            visit::visit_item(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let before = self.own.take();
        if let Type::Path(own) = &*item.self_ty {
            let name = own.path.segments.last().map(|segment| segment.ident.to_string());
            self.own = name.filter(|name| SETS.contains(&&**name));
        }
        visit::visit_item_impl(self, item);
        self.own = before;
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.functions.push(function.sig.ident.to_string());
        visit::visit_item_fn(self, function);
        self.functions.pop();
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.functions.push(function.sig.ident.to_string());
        visit::visit_impl_item_fn(self, function);
        self.functions.pop();
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        match expression {
            Expr::Match(found) => {
                let set = found.arms.iter().find_map(|arm| self.named(&arm.pat));
                if let Some(set) = set.filter(|_| found.arms.iter().any(|arm| takes_all(&arm.pat))) {
                    self.complain("a match with an arm for all others", &set);
                }
            }
            Expr::Let(found) => {
                if let Some(set) = self.named(&found.pat) {
                    self.complain("`if let`", &set);
                }
            }
            _ => {}
        }
        visit::visit_expr(self, expression);
    }

    fn visit_local(&mut self, local: &'ast Local) {
        let has_else = local.init.as_ref().is_some_and(|init| init.diverge.is_some());
        if let Some(set) = self.named(&local.pat).filter(|_| has_else) {
            self.complain("`let … else`", &set);
        }
        visit::visit_local(self, local);
    }

    fn visit_macro(&mut self, invoked: &'ast Macro) {
        if invoked.path.is_ident("matches") {
            let tokens = invoked.tokens.to_string();
            let set = SETS.iter().find(|set| {
                let start = format!("{set} :: ");
                tokens.starts_with(&start) || tokens.contains(&format!(" {start}"))
            });
            let own = self.own.clone().filter(|_| tokens.contains("Self :: "));
            if let Some(set) = set.map(|set| (*set).to_owned()).or(own) {
                self.complain("`matches!`", &set);
            }
        }
        visit::visit_macro(self, invoked);
    }
}

/// Returns the places of a file that compile unchanged with a new command, event or refusal.
fn unnoticing((path, text): &File) -> Vec<String> {
    let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut search = Search { path, functions: Vec::new(), own: None, complaints: Vec::new() };
    search.visit_file(&parsed);
    search.complaints
}

#[test]
fn every_match_names_every_command_event_and_refusal() {
    let sources = files("core/src", ".rs");
    let sources: Vec<_> = sources.iter().filter(|(path, _)| !TESTS.iter().any(|part| path.contains(part))).collect();
    assert!(sources.len() > 100, "found only {} files of the core", sources.len());
    assert_none(&sources.into_iter().flat_map(unnoticing).collect::<Vec<_>>());
}

mod samples {
    use super::*;

    fn found(text: &str) -> usize {
        unnoticing(&("x.rs".to_owned(), text.to_owned())).len()
    }

    #[test]
    fn matches_that_forget_are_found() {
        for body in [
            "match event { DomainEvent::UserCreated(event) => {} _ => {} }",
            "match event { event::DomainEvent::UserCreated(event) | DomainEvent::UserErased(event) => {} other => {} }",
            "match &event { DomainEvent::UserCreated(..) if true => {} DomainEvent::UserErased { .. } | _ => {} }",
            "match (event, now) { (DomainEvent::UserCreated(_), 1) => {} (_, now) => {} }",
            "match rejection { Rejection::Auth(auth::Rejection::EmailTaken) => {} rejection => {} }",
            "match rejected { Err(Rejection::Sold) => {} _ => {} }",
            "if let DomainEvent::UserCreated(event) = event {}",
            "if true && let Some(DomainEvent::UserCreated(event)) = event {}",
            "while let Command::CreateUser(command) = command {}",
            "let Command::CreateUser(command) = command else { return };",
            "call(matches!(command, Command::CreateUser(_)));",
            "matches!(x, Some(Rejection::Sold | Rejection::Locked))",
        ] {
            assert_eq!(found(&format!("fn place() {{ {body} }}")), 1, "{body}");
        }
        assert_eq!(found("impl Rejection { fn is_one(self) -> bool { matches!(self, Self::Sold) } }"), 1);
        assert_eq!(found("impl Rejection { fn one(self) { match self { Self::Sold => 1, _ => 2 } } }"), 1);
        let told = unnoticing(&("x.rs".to_owned(), "fn place() { if let Command::A = command {} }".to_owned()));
        assert_eq!(told, ["x.rs: `if let` over Command in `place`: name every one"]);
    }

    #[test]
    fn other_matches_are_not() {
        for text in [
            "fn place() { match event { DomainEvent::UserCreated(_) => {} DomainEvent::UserErased(event) => {} } }",
            "fn place() { match decided { Ok(_) => {} Err(Rejection::Auth(rejection)) => {} Err(Rejection::Order(_)) => {} } }",
            "fn place() { match account { Account::Seller(id) => {} _ => {} } }",
            "fn place() { if let Some(event) = event { let event = DomainEvent::UserCreated(event); } }",
            "fn place() { std::process::Command::new(\"ls\"); matches!(account, Account::Seller(_)) }",
            "impl Account { fn is_one(self) -> bool { matches!(self, Self::Seller(_)) } }",
            "#[cfg(test)] mod tests { fn place() { if let DomainEvent::UserCreated(event) = event {} } }",
        ] {
            assert_eq!(found(text), 0, "{text}");
        }
    }
}
