//! The operations of the native module.

use std::fmt::Write;

use super::super::model::{Handle, Method, Model, QUICK_FORM, Type};
use super::super::rust;
use super::super::threads::{IN_MEMORY, SUBMITTED};
use super::arguments::{Form, arguments, class_name, methods, param_name};
use super::made::{Made, made};
use super::types::{is_class, outgoing, parts_of, structure};

/// Name of the box office among the handles.
pub(super) const OFFICE: &str = "office";

/// Number of arguments that `lib/promises.js` passes on.
const ARGUMENTS_MAX: usize = 5;

/// Number of entries that are read at once from a list without pages.
const BATCH: usize = 256;

/// Generates the file of a handle.
pub(super) fn file(model: &Model, handle: &Handle) -> Result<String, String> {
    let class = class_name(handle);
    let mut text = format!("//! The operations of `{}`.\n\nuse crate::generated::prelude::*;\n\n", handle.name);
    if handle.name != OFFICE {
        let _ = writeln!(text, "/// Native part of the package's `{class}`.\n#[napi]\n#[derive(Debug)]");
        let _ = writeln!(text, "pub struct {class}(pub(crate) Arc<Shared>);\n");
        if handle.key.is_some() {
            text.push_str(&named(handle, &class));
        }
    }
    let _ = writeln!(text, "#[napi]\nimpl {class} {{");
    if handle.name == OFFICE {
        text.extend(model.handles.iter().map(getter));
    }
    for method in methods(handle) {
        text.push_str(&operation(model, handle, method)?);
    }
    text.push_str("}\n");
    rust::file(&text)
}

fn getter(handle: &Handle) -> String {
    let class = class_name(handle);
    if handle.is_optional {
        let name = &handle.name;
        return format!(
            "#[napi(getter)]\npub fn {name}(&self) -> Option<{class}> {{ \
             self.0.office().{name}().map(|_| {class}(Arc::clone(&self.0))) }}\n\n"
        );
    }
    format!("#[napi(getter)]\npub fn {}(&self) -> {class} {{ {class}(Arc::clone(&self.0)) }}\n\n", handle.name)
}

/// Generates the function that returns the façade's handle with an idempotency key.
fn named(handle: &Handle, class: &str) -> String {
    let (name, of) = (&handle.name, &handle.rust);
    format!(
        "impl {class} {{\n/// The façade's, its next command named if there is a name.\n\
         fn named(&self, name: Option<String>) -> Result<boxoffice::{of}, Error> {{\n\
         let {name} = self.0.office().{name}();\n\
         Ok(match key(name)? {{ Some(key) => {name}.idempotency_key(key), None => {name} }})\n}}\n}}\n\n"
    )
}

/// An operation and the parts of its generated function.
struct Operation<'m> {
    handle: &'m Handle,
    method: &'m Method,
    /// Parameters of the native function.
    params: String,
    made: Made,
    /// Result in the native module.
    result: String,
    /// Parameters with a class as type, which are borrowed from JavaScript.
    classes: Vec<String>,
}

fn operation(model: &Model, handle: &Handle, method: &Method) -> Result<String, String> {
    let params = arguments(model, method)?;
    if Form::of(method) == Form::Promise && params.len() > ARGUMENTS_MAX {
        return Err(format!("{} has over {ARGUMENTS_MAX} arguments: lib/promises.js must pass them on", method.name));
    }
    let params: String = params.iter().filter_map(|it| Some(format!(", {}: {}", it.name, it.rust.as_ref()?))).collect();
    let mut classes = Vec::new();
    for param in &method.params {
        if let Type::Struct(of) = param.kind.plain()
            && is_class(structure(model, &of)?)
        {
            classes.push(param_name(param));
        }
    }
    let result = outgoing(model, &method.result)?.rust;
    let of = Operation { handle, method, params, made: made(model, method)?, result, classes };
    let body = match Form::of(method) {
        Form::Parts => of.parts(model)?,
        Form::Feed => of.feed(),
        Form::Value => of.value()?,
        Form::Promise => of.promise(),
    };
    Ok(format!("{body}\n\n"))
}

impl Operation<'_> {
    /// Returns the expression of the façade's handle, of the box office in the expression `shared`. Looking for one that a
    /// box office may lack can fail.
    fn target(&self, shared: &str) -> String {
        match (self.handle.name.as_str(), self.handle.is_optional) {
            (OFFICE, _) => format!("{shared}.office()"),
            (name, true) => format!("present({shared}.office().{name}())?"),
            (name, false) => format!("{shared}.office().{name}()"),
        }
    }

    fn call(&self, target: &str) -> String {
        format!("{target}.{}({})", self.method.rust, self.made.expressions.join(", "))
    }

    /// Returns the call as a result, also if the operation can't fail.
    fn outcome(&self, target: &str) -> String {
        let waits = if self.method.is_async { ".await" } else { "" };
        let call = format!("{}{waits}", self.call(target));
        if self.method.is_fallible { call } else { format!("Ok::<_, Error>({call})") }
    }

    fn is_one_of(&self, all: &[(&str, &str)]) -> bool {
        all.contains(&(&self.handle.name, &self.method.name))
    }

    fn promise(&self) -> String {
        if self.is_one_of(IN_MEMORY) {
            self.in_memory()
        } else if self.method.has_quick_form {
            self.quick()
        } else if self.is_one_of(SUBMITTED) {
            let head = self.head("napi::Result<()>");
            format!("{head} {{ {} self.0.completions.poll(env, slot, {}) }}", self.own(), self.operation())
        } else {
            format!("{} {{ {} }}", self.head("()"), self.spawned())
        }
    }

    /// Generates the head of a function that gets the slot of its promise, and returns nothing if the outcome is delivered.
    fn head(&self, result: &str) -> String {
        let (name, params) = (&self.method.name, &self.params);
        let result = if result == "()" { String::new() } else { format!(" -> {result}") };
        format!("#[napi]\npub fn {name}(&self, env: Env, slot: u32{params}){result}")
    }

    /// Generates the statement that copies what an operation may outlive in JavaScript.
    fn own(&self) -> String {
        if self.classes.is_empty() {
            return "let this = Self(Arc::clone(&self.0));".to_owned();
        }
        let copies: Vec<_> = self.classes.iter().map(|name| format!("{name}.0.clone()")).collect();
        let (names, copies) = (self.classes.join(", "), copies.join(", "));
        format!("let (this, {names}) = (Self(Arc::clone(&self.0)), {copies});")
    }

    /// Generates the statements that start an operation on another thread.
    fn spawned(&self) -> String {
        format!("{} self.0.completions.spawn(env, slot, {});", self.own(), self.operation())
    }

    /// Generates the future of an operation.
    fn operation(&self) -> String {
        let target = if self.method.takes_key && self.method.is_async {
            "this.named(idempotency_key)?".to_owned()
        } else {
            self.target("this.0")
        };
        let (statements, outcome) = (&self.made.statements, self.outcome(&target));
        let takes_progress = self.method.params.iter().any(|param| param.kind == Type::Progress);
        let is_long = self.handle.name == OFFICE && !self.method.is_async && self.method.is_fallible;
        if takes_progress || is_long {
            format!("async move {{ aside(move || {{ {statements} {outcome} }}).await }}")
        } else if !self.method.is_async && self.reads_long() {
            format!("async move {{ reading(|| {{ {statements} {outcome} }}) }}")
        } else {
            format!("async move {{ {statements} {outcome} }}")
        }
    }

    /// Returns `true` if a read may take long. It must not block other tasks on the polling thread.
    fn reads_long(&self) -> bool {
        let is_many = matches!(self.method.result.plain(), Type::Page(_) | Type::List(_));
        self.method.has_quick_form || (is_many && self.reads_disk())
    }

    /// Returns `true` if the operation may read a file, according to its documented errors.
    fn reads_disk(&self) -> bool {
        let errors = format!("{:?}", self.method.doc.errors);
        errors.contains("journal.unavailable")
    }

    /// Generates an operation that returns its value at once.
    fn in_memory(&self) -> String {
        let head = self.head(&format!("napi::Result<Option<{}>>", self.result));
        let (statements, call) = (&self.made.statements, self.call(&self.target("self.0")));
        format!(
            "{head} {{\n if self.0.asks_javascript {{\n\
             // This thread tells the time, and would wait for itself.\n\
             {}\n return Ok(None); }}\n\
             let call = || {{ {statements} {call} }}; {} }}",
            self.spawned(),
            at_once("call()")
        )
    }

    /// Generates an operation that first tries to answer from memory.
    fn quick(&self) -> String {
        let head = self.head(&format!("napi::Result<Option<{}>>", self.result));
        let (statements, arguments) = (&self.made.statements, self.made.expressions.join(", "));
        let quick = format!("{}.{}{QUICK_FORM}({arguments})", self.target("self.0"), self.method.rust);
        format!(
            "{head} {{\n let quick = || {{ {statements} {quick} }};\n\
             if let Some(outcome) = quick().transpose() {{ return {}; }}\n\
             // The rest is on the disk, for which the event loop must not wait.\n\
             {}\n Ok(None) }}",
            at_once("outcome"),
            self.spawned()
        )
    }

    fn value(&self) -> Result<String, String> {
        let (name, params, result) = (&self.method.name, &self.params, &self.result);
        if self.made.statements.contains('?') {
            return Err(format!("{}.{name}: its arguments can fail, so its result must be able to", self.handle.name));
        }
        let call = self.call(&self.target("self.0"));
        Ok(format!("#[napi]\npub fn {name}(&self{params}) -> {result} {{ {} {call}.shown() }}", self.made.statements))
    }

    fn parts(&self, model: &Model) -> Result<String, String> {
        let Type::Parts(inner) = self.method.result.plain() else {
            return Err(format!("{} gives no parts", self.method.name));
        };
        let (name, params, class) = (&self.method.name, &self.params, parts_of(model, &inner)?);
        let target = self.target("self.0").replacen(".office()", ".office().blocking()", 1);
        let call = format!("{target}.{name}({})", self.made.expressions.join(", "));
        let call = if self.method.is_fallible { format!("{call}?") } else { call };
        let (statement, many) = self.batch(model, &inner)?;
        Ok(format!(
            "#[napi]\npub fn {name}(&self{params}) -> napi::Result<{class}> {{ let call = || {{ {} {statement}\n\
             Ok(Parts::new({call}, {many})) }}; call().map({class}).map_err(rejection) }}",
            self.made.statements
        ))
    }

    /// Returns the number of entries that are read at once: a page, or one text that contains many.
    fn batch(&self, model: &Model, inner: &Type) -> Result<(String, String), String> {
        if *inner == Type::Text {
            return Ok((String::new(), "1".to_owned()));
        }
        for param in &self.method.params {
            if let Type::Struct(of) = param.kind.plain()
                && structure(model, &of)?.fields.iter().any(|field| field.kind == Type::PageLimit)
            {
                return Ok((format!("let most = {}.limit.get();", param_name(param)), "most".to_owned()));
            }
        }
        Ok((String::new(), BATCH.to_string()))
    }

    fn feed(&self) -> String {
        let (name, params) = (&self.method.name, &self.params);
        let (statements, call) = (&self.made.statements, self.call(&self.target("self.0")));
        let call = if self.method.is_fallible { format!("{call}?") } else { call };
        format!(
            "#[napi]\npub fn {name}(&self{params}) -> napi::Result<Subscription> {{ \
             let call = || {{ {statements} Ok(Subscription::new({call})) }}; call().map_err(rejection) }}"
        )
    }
}

/// Generates the conversion of an outcome that is returned at once.
fn at_once(outcome: &str) -> String {
    format!("{outcome}.map(|it| Some(it.shown())).map_err(rejection)")
}

/// Generates the classes that read a list in batches.
pub(super) fn parts_file(model: &Model) -> Result<String, String> {
    let mut classes = std::collections::BTreeMap::new();
    for method in model.handles.iter().flat_map(methods) {
        if let Type::Parts(inner) = method.result.plain() {
            classes.insert(parts_of(model, &inner)?, outgoing(model, &inner)?.rust);
        }
    }
    let mut text = "//! What is gone through one after the other.\n\nuse crate::generated::prelude::*;\n".to_owned();
    for (class, item) in classes {
        let _ = write!(
            text,
            "\n/// Read when it is asked for. Several iterations of one share what it has.\n#[napi]\n#[derive(Debug)]\n\
             pub struct {class}(pub(crate) Parts<{item}>);\n\n#[napi]\nimpl {class} {{\n\
             /// The next ones; `null` at the end.\n#[napi]\n\
             pub async fn next_batch(&self) -> napi::Result<Option<Vec<{item}>>> {{ self.0.next_batch() }}\n}}\n"
        );
    }
    rust::file(&text)
}
