//! The source of a crate: its modules, parsed by `syn`, and the resolution of paths to items.

use std::collections::BTreeMap;

use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Ident, Item, ItemEnum, ItemImpl, ItemMacro, ItemStruct, ItemType, UseTree, Visibility};

/// Maximum number of renames and re-exports in the resolution of a path.
const STEPS_MAX: usize = 32;

/// A crate, module by module. The paths of modules begin with `crate`.
pub(crate) struct Crate {
    modules: BTreeMap<String, Module>,
}

/// A module, without its items for tests.
#[derive(Default)]
pub(crate) struct Module {
    /// Path of its file, relative to the workspace.
    pub(crate) file: String,
    /// Definitions, by name.
    pub(crate) items: BTreeMap<String, Definition>,
    /// Implementations.
    pub(crate) impls: Vec<ItemImpl>,
    /// Macro calls that define items.
    pub(crate) macros: Vec<ItemMacro>,
    /// Feature of the crate without which the module is not there.
    pub(crate) feature: Option<String>,
    imports: Vec<Import>,
}

/// Definition of a name in a module.
#[derive(Clone)]
pub(crate) enum Definition {
    /// A struct.
    Struct(ItemStruct),
    /// An enum.
    Enum(ItemEnum),
    /// Another name for a type.
    Alias(ItemType),
    /// A trait.
    Trait(Vec<Attribute>),
    /// A definition by a macro of the crate, such as `id!(TicketId)`.
    Made {
        /// Name of the macro.
        by: String,
        /// Attributes before the name, including documentation.
        attributes: Vec<Attribute>,
    },
}

/// An import by `use`.
struct Import {
    /// Imported name; `None` for a glob.
    name: Option<String>,
    path: Vec<String>,
    is_public: bool,
}

/// Target of a path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Found {
    /// An item of the crate.
    Item(Place),
    /// A module of the crate.
    Module(String),
    /// An item of another crate: the path as written.
    Elsewhere(String),
}

/// Place where an item is defined.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Path of the module.
    pub(crate) module: String,
    /// Name in the module.
    pub(crate) name: String,
}

impl Crate {
    /// Reads the crate with the root file `root`. `files` returns the text of a file by its path.
    ///
    /// # Errors
    /// A text that names the file that is missing or not valid Rust.
    pub(crate) fn read(root: &str, files: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let mut modules = BTreeMap::new();
        load("crate", root, None, files, &mut modules)?;
        Ok(Self { modules })
    }

    /// Returns the modules with their paths.
    pub(crate) fn modules(&self) -> impl Iterator<Item = (&str, &Module)> {
        self.modules.iter().map(|(path, module)| (path.as_str(), module))
    }

    /// Returns the definition at a place.
    pub(crate) fn definition(&self, place: &Place) -> Option<&Definition> {
        self.modules.get(&place.module)?.items.get(&place.name)
    }

    /// Returns the file of a module, for messages.
    pub(crate) fn file(&self, module: &str) -> &str {
        self.modules.get(module).map_or("?", |module| &module.file)
    }

    /// Returns the feature of the crate without which a module is not there.
    pub(crate) fn feature(&self, module: &str) -> Option<&str> {
        self.modules.get(module)?.feature.as_deref()
    }

    /// Resolves `path`, as written in `module`.
    pub(crate) fn resolve(&self, module: &str, path: &[String]) -> Found {
        self.step(module, path, STEPS_MAX).unwrap_or_else(|| Found::Elsewhere(path.join("::")))
    }

    /// Returns all inherent implementations of the type at `place`, each with the path of its module: first those in
    /// the type's own module, then the others in the order of their modules.
    pub(crate) fn impls_of(&self, place: &Place) -> Vec<(&str, &ItemImpl)> {
        let of = |(path, module): (&'_ str, &'_ Module)| -> Vec<(String, usize)> {
            let own = module.impls.iter().enumerate().filter(|(_, block)| block.trait_.is_none());
            let own = own.filter(|(_, block)| self.is_for(path, block, place));
            own.map(|(at, _)| (path.to_owned(), at)).collect()
        };
        let mut found: Vec<_> = self.modules().flat_map(of).collect();
        found.sort_by_key(|(path, _)| *path != place.module);
        let find = |(path, at): (String, usize)| {
            let (path, module) = self.modules.get_key_value(&path)?;
            Some((path.as_str(), module.impls.get(at)?))
        };
        found.into_iter().filter_map(find).collect()
    }

    /// Returns the implementation of another crate's trait, such as `FromStr`, for the type at `place`.
    pub(crate) fn trait_impl(&self, place: &Place, name: &str) -> Option<&ItemImpl> {
        let is_it = |block: &ItemImpl| {
            let last = block.trait_.as_ref().and_then(|(path, _)| path.segments.last());
            last.is_some_and(|last| last.ident == name)
        };
        self.modules().find_map(|(path, module)| {
            module.impls.iter().find(|block| is_it(block) && self.is_for(path, block, place))
        })
    }

    fn is_for(&self, module: &str, block: &ItemImpl, place: &Place) -> bool {
        let syn::Type::Path(path) = block.self_ty.as_ref() else { return false };
        self.resolve(module, &segments(&path.path)) == Found::Item(place.clone())
    }

    /// Returns the public items of the crate's root, with their names there.
    pub(crate) fn exports(&self) -> BTreeMap<Place, String> {
        let mut found = BTreeMap::new();
        self.exports_of("crate", &mut found, STEPS_MAX);
        found
    }

    fn exports_of(&self, path: &str, found: &mut BTreeMap<Place, String>, steps: usize) {
        let Some(module) = self.modules.get(path).filter(|_| steps > 0) else { return };
        for (name, item) in &module.items {
            if item.is_public() {
                let place = Place { module: path.to_owned(), name: name.clone() };
                found.entry(place).or_insert_with(|| name.clone());
            }
        }
        for import in module.imports.iter().filter(|import| import.is_public) {
            match (&import.name, self.resolve(path, &import.path)) {
                (Some(name), Found::Item(place)) => {
                    found.entry(place).or_insert_with(|| name.clone());
                }
                (None, Found::Module(inner)) => self.exports_of(&inner, found, steps - 1),
                _ => {}
            }
        }
    }

    fn step(&self, module: &str, path: &[String], steps: usize) -> Option<Found> {
        let steps = steps.checked_sub(1)?;
        let Some((first, rest)) = path.split_first() else { return Some(Found::Module(module.to_owned())) };
        let inner = match first.as_str() {
            "crate" => return self.step("crate", rest, steps),
            "self" => return self.step(module, rest, steps),
            "super" => return self.step(module.rsplit_once("::")?.0, rest, steps),
            name => self.name(module, name, steps)?,
        };
        match inner {
            Found::Module(inner) => self.step(&inner, rest, steps),
            // A name after the name of a type is a variant or an associated item.
            Found::Item(place) => Some(Found::Item(place)),
            Found::Elsewhere(start) => {
                let path = [vec![start], rest.to_vec()].concat();
                Some(Found::Elsewhere(path.join("::")))
            }
        }
    }

    fn name(&self, module: &str, name: &str, steps: usize) -> Option<Found> {
        let known = self.modules.get(module)?;
        if known.items.contains_key(name) {
            return Some(Found::Item(Place { module: module.to_owned(), name: name.to_owned() }));
        }
        let inner = format!("{module}::{name}");
        if self.modules.contains_key(&inner) {
            return Some(Found::Module(inner));
        }
        let named = known.imports.iter().find(|import| import.name.as_deref() == Some(name));
        if let Some(import) = named {
            let own = import.path.first().is_some_and(|first| first == name);
            // `serde` in `use serde::Serialize` is a crate, not this import.
            let found = if own { None } else { self.step(module, &import.path, steps) };
            return Some(found.unwrap_or_else(|| Found::Elsewhere(import.path.join("::"))));
        }
        let globs = known.imports.iter().filter(|import| import.name.is_none());
        globs.into_iter().find_map(|glob| {
            let Some(Found::Module(inner)) = self.step(module, &glob.path, steps) else { return None };
            self.name(&inner, name, steps.checked_sub(1)?)
        })
    }
}

impl Definition {
    /// Returns the attributes of the item, including documentation.
    pub(crate) fn attributes(&self) -> &[Attribute] {
        match self {
            Self::Struct(item) => &item.attrs,
            Self::Enum(item) => &item.attrs,
            Self::Alias(item) => &item.attrs,
            Self::Trait(attributes) | Self::Made { attributes, .. } => attributes,
        }
    }

    fn is_public(&self) -> bool {
        let visibility = match self {
            Self::Struct(item) => &item.vis,
            Self::Enum(item) => &item.vis,
            Self::Alias(item) => &item.vis,
            Self::Trait(_) => return false,
            Self::Made { .. } => return true,
        };
        matches!(visibility, Visibility::Public(_))
    }
}

/// Returns the segments of a path.
pub(crate) fn segments(path: &syn::Path) -> Vec<String> {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

fn load(
    path: &str,
    file: &str,
    feature: Option<&str>,
    files: &dyn Fn(&str) -> Option<String>,
    modules: &mut BTreeMap<String, Module>,
) -> Result<(), String> {
    let text = files(file).ok_or_else(|| format!("{file}: there is no such file"))?;
    let parsed = syn::parse_file(&text).map_err(|error| format!("{file}: {error}"))?;
    let mut module = Module { file: file.to_owned(), feature: feature.map(str::to_owned), ..Module::default() };
    let mut inner = Vec::new();
    for item in parsed.items {
        module.take(item, &mut inner);
    }
    modules.insert(path.to_owned(), module);
    let folder = match file.rsplit_once('/') {
        Some((folder, "lib.rs" | "mod.rs")) => folder.to_owned(),
        _ => file.trim_end_matches(".rs").to_owned(),
    };
    for Inner { name, feature: own } in inner {
        let [flat, deep] = [format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")];
        let file = if files(&flat).is_some() { flat } else { deep };
        load(&format!("{path}::{name}"), &file, own.as_deref().or(feature), files, modules)?;
    }
    Ok(())
}

/// A module in a file of its own, as its parent declares it.
struct Inner {
    name: String,
    feature: Option<String>,
}

impl Module {
    fn take(&mut self, item: Item, inner: &mut Vec<Inner>) {
        match item {
            Item::Mod(item) if !is_for_tests(&item.attrs) && item.content.is_none() => {
                inner.push(Inner { name: item.ident.to_string(), feature: feature_of(&item.attrs) });
            }
            Item::Use(item) if !is_for_tests(&item.attrs) => {
                let is_public = matches!(item.vis, Visibility::Public(_));
                self.import(&item.tree, &mut Vec::new(), is_public);
            }
            Item::Struct(item) => self.define(item.ident.to_string(), Definition::Struct(item)),
            Item::Enum(item) => self.define(item.ident.to_string(), Definition::Enum(item)),
            Item::Type(item) => self.define(item.ident.to_string(), Definition::Alias(item)),
            Item::Trait(item) => self.define(item.ident.to_string(), Definition::Trait(item.attrs)),
            Item::Impl(item) if !is_for_tests(&item.attrs) => self.impls.push(item),
            Item::Macro(item) if item.ident.is_none() => self.call(item, inner),
            _ => {}
        }
    }

    fn define(&mut self, name: String, definition: Definition) {
        self.items.insert(name, definition);
    }

    /// Reads a macro call. Its input is a list of items, or the attributes and the name of one item.
    fn call(&mut self, item: ItemMacro, inner: &mut Vec<Inner>) {
        let tokens = item.mac.tokens.clone();
        if let Ok(file) = syn::parse2::<syn::File>(tokens.clone()) {
            for item in file.items {
                self.take(item, inner);
            }
        } else if let Ok(Named { attributes, name }) = syn::parse2(tokens) {
            let by = item.mac.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
            self.define(name.to_string(), Definition::Made { by, attributes });
        }
        self.macros.push(item);
    }

    fn import(&mut self, tree: &UseTree, path: &mut Vec<String>, is_public: bool) {
        let mut add = |name: Option<&Ident>, last: Option<&Ident>| {
            let path = path.iter().cloned().chain(last.filter(|last| *last != "self").map(Ident::to_string)).collect();
            self.imports.push(Import { name: name.map(Ident::to_string), path, is_public });
        };
        match tree {
            UseTree::Path(inner) => {
                path.push(inner.ident.to_string());
                self.import(&inner.tree, path, is_public);
                path.pop();
            }
            UseTree::Name(inner) if inner.ident == "self" => {
                let name = path.last().cloned();
                self.imports.push(Import { name, path: path.clone(), is_public });
            }
            UseTree::Name(inner) => add(Some(&inner.ident), Some(&inner.ident)),
            UseTree::Rename(inner) => add(Some(&inner.rename), Some(&inner.ident)),
            UseTree::Glob(_) => add(None, None),
            UseTree::Group(inner) => {
                for tree in &inner.items {
                    self.import(tree, path, is_public);
                }
            }
        }
    }
}

/// Attributes and a name, followed by any tokens.
struct Named {
    attributes: Vec<Attribute>,
    name: Ident,
}

impl syn::parse::Parse for Named {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let named = Self { attributes: input.call(Attribute::parse_outer)?, name: input.parse()? };
        if !named.attributes.is_empty() && (input.is_empty() || input.peek(syn::Token![,])) {
            input.parse::<TokenStream>()?;
            return Ok(named);
        }
        Err(input.error("a list of something else"))
    }
}

/// Returns `true` if an item exists only in tests or for the tests of embedders.
fn is_for_tests(attributes: &[Attribute]) -> bool {
    let is_for = |attribute: &Attribute| {
        let syn::Meta::List(list) = &attribute.meta else { return false };
        attribute.path().is_ident("cfg") && mentions(list.tokens.clone(), &["test", "doctest", "testing"])
    };
    attributes.iter().any(is_for)
}

/// Returns the name in `#[cfg(feature = "name")]`.
fn feature_of(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().filter(|it| it.path().is_ident("cfg")).find_map(|it| {
        let pair: syn::MetaNameValue = it.parse_args().ok()?;
        match pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) if pair.path.is_ident("feature") => {
                Some(text.value())
            }
            _ => None,
        }
    })
}

/// Returns `true` if the tokens contain one of these words.
fn mentions(tokens: TokenStream, words: &[&str]) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), words),
        TokenTree::Ident(ident) => words.iter().any(|word| ident == word),
        TokenTree::Literal(literal) => words.iter().any(|word| literal.to_string() == format!("\"{word}\"")),
        TokenTree::Punct(_) => false,
    })
}
