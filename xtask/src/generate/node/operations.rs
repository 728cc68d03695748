//! The operations of the native module.

use std::fmt::Write;

use super::super::model::{Handle, Method, Model, QUICK_FORM, Type};
use super::super::rust;
use super::arguments::{Form, arguments, class_name, methods, param_name};
use super::made::{Made, made};
use super::types::{is_class, outgoing, parts_of, structure};

/// Name of the box office among the handles.
pub(super) const OFFICE: &str = "office";

/// Operations that read memory only and return at once. Another thread would cost more than the rest of the call.
const IN_MEMORY: &[(&str, &str)] = &[("auth", "authenticate")];

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

    fn is_in_memory(&self) -> bool {
        IN_MEMORY.contains(&(&self.handle.name, &self.method.name))
    }

    fn promise(&self) -> String {
        let takes_progress = self.method.params.iter().any(|param| param.kind == Type::Progress);
        let is_long = self.handle.name == OFFICE && !self.method.is_async && self.method.is_fallible;
        if self.method.has_quick_form || self.is_in_memory() {
            self.quick()
        } else if takes_progress || is_long {
            self.aside()
        } else if !self.classes.is_empty() {
            self.of_class()
        } else if self.method.is_async {
            self.waited()
        } else {
            self.found()
        }
    }

    fn head(&self) -> String {
        format!("#[napi]\npub async fn {}(&self{}) -> napi::Result<{}>", self.method.name, self.params, self.result)
    }

    /// Generates the head of a function that creates its promise itself, because it borrows from JavaScript or may
    /// return at once.
    fn head_of_promise(&self) -> String {
        let (name, params, result) = (&self.method.name, &self.params, &self.result);
        format!(
            "#[napi]\npub fn {name}<'env>(&self, env: &'env Env{params}) -> napi::Result<PromiseRaw<'env, {result}>>"
        )
    }

    /// Generates a command.
    fn waited(&self) -> String {
        let target =
            if self.method.takes_key { "self.named(idempotency_key)?".to_owned() } else { self.target("self.0") };
        let (head, statements, outcome) = (self.head(), &self.made.statements, self.outcome(&target));
        format!("{head} {{ let call = async {{ {statements} {outcome} }}; {} }}", answer("call.await"))
    }

    /// Generates a read.
    fn found(&self) -> String {
        let (head, statements, target) = (self.head(), &self.made.statements, self.target("self.0"));
        if !self.method.is_fallible && !self.handle.is_optional {
            return format!("{head} {{ Ok({}.shown()) }}", self.call(&target));
        }
        format!("{head} {{ let call = || {{ {statements} {} }}; {} }}", self.outcome(&target), answer(&self.read()))
    }

    /// Generates the call of a closure that reads. A long read must not block other tasks on the polling thread.
    fn read(&self) -> String {
        let is_long = matches!(self.method.result.plain(), Type::Page(_) | Type::List(_)) && self.reads_disk();
        if is_long { "reading(call)".to_owned() } else { "call()".to_owned() }
    }

    /// Returns `true` if the operation may read a file, according to its documented errors.
    fn reads_disk(&self) -> bool {
        let errors = format!("{:?}", self.method.doc.errors);
        errors.contains("journal.unavailable")
    }

    /// Generates an operation that takes a class, such as a session, which it copies.
    fn of_class(&self) -> String {
        let head = self.head_of_promise();
        let names = self.classes.join(", ");
        let copies: Vec<_> = self.classes.iter().map(|name| format!("{name}.0.clone()")).collect();
        let (statements, call) = (&self.made.statements, self.call(&self.target("shared")));
        let answer = if self.method.is_async {
            format!("let call = async {{ {statements} {call}.await }}; {}", answer("call.await"))
        } else {
            format!("let call = || {{ {statements} {call} }}; {}", answer(&self.read()))
        };
        let copies = copies.join(", ");
        format!(
            "{head} {{ let (shared, {names}) = (Arc::clone(&self.0), {copies}); env.spawn_future(async move {{ {answer} }}) }}"
        )
    }

    /// Generates an operation that first tries to answer from memory.
    fn quick(&self) -> String {
        let (head, statements) = (self.head_of_promise(), &self.made.statements);
        if self.is_in_memory() {
            let call = self.call(&self.target("self.0"));
            return format!(
                "{head} {{ let call = || {{ {statements} {call} }}; known(env, call().map(|it| it.shown())) }}"
            );
        }
        let arguments = self.made.expressions.join(", ");
        let quick = format!("{}.{}{QUICK_FORM}({arguments})", self.target("self.0"), self.method.rust);
        let call = self.call(&self.target("shared"));
        format!(
            "{head} {{\n let quick = || {{ {statements} {quick} }};\n\
             if let Some(outcome) = quick().transpose() {{ return known(env, outcome.map(|it| it.shown())); }}\n\
             // The rest is on the disk, for which the event loop must not wait.\n\
             let shared = Arc::clone(&self.0);\n\
             env.spawn_future(async move {{ let call = || {{ {statements} {call} }}; {} }})\n}}",
            answer("reading(call)")
        )
    }

    /// Generates an operation that runs on a separate thread.
    fn aside(&self) -> String {
        let name = &self.handle.name;
        let target = self.target("self.0");
        let target = if name == OFFICE { format!("{target}.clone()") } else { target };
        let (head, statements, call) = (self.head(), &self.made.statements, self.call(name));
        format!(
            "{head} {{ let {name} = {target}; aside(move || {{ {statements} {call} }}).await.map(|it| it.shown()) }}"
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

/// Generates the conversion of the outcome of a call.
fn answer(call: &str) -> String {
    format!("{call}.map(|it| it.shown()).map_err(rejection)")
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
