//! The OpenAPI description of the host, generated from its handlers.

mod statuses;

use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::SchemaType;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ObjectBuilder, RefOr, Required, Schema, Type};

use crate::error::{ErrorBody, ErrorEntry};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "boxoffice",
        description = "Sell tickets once, take the money once, lose nothing.\n\n\
            Every error has one shape, `{\"errors\": [{\"message\", \"field\"?}]}`, and its stable code in the header \
            `x-error-code`. Lists have their next page in the header `Link`. Amounts are exact decimals in major units.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "users", description = "Sign-up, sign-in, sessions"),
        (name = "tickets", description = "What is for sale"),
        (name = "orders", description = "Locks on tickets, and purchases"),
        (name = "payments", description = "Charges"),
        (name = "ledger", description = "Whose the money is: balances, statements, payouts"),
        (name = "journal", description = "The facts, for operators"),
        (name = "webhooks", description = "What happened, sent to whoever subscribed to it; for operators"),
        (name = "operations", description = "For whoever runs the host")
    ),
    components(schemas(ErrorBody, ErrorEntry))
)]
struct Description;

/// Returns the complete description, from the descriptions of the routes.
pub(crate) fn complete(routes: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    let mut description = Description::openapi();
    description.merge(routes);
    let components = description.components.get_or_insert_default();
    statuses::describe(components);
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description("session", "Set by sign-up and sign-in."));
    components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    for item in description.paths.paths.values_mut() {
        // Operators' commands on webhooks bypass the engine, which stores the keys. Messages of card processors have
        // their own ids.
        let is_kept = |operation: &Operation| {
            operation.tags.iter().flatten().all(|tag| tag != "webhooks")
                && operation.operation_id.as_deref() != Some("receive_notice")
        };
        if let Some(operation) = item.post.as_mut().filter(|operation| is_kept(operation)) {
            operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
        }
        let reads = [&mut item.get].into_iter().flatten().map(|operation| (false, operation));
        let writes = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        let writes = writes.into_iter().flatten().map(|operation| (true, operation));
        for (writes, operation) in reads.chain(writes) {
            name_after_resource(operation);
            for parameter in operation.parameters.iter_mut().flatten() {
                if let RefOr::T(parameter) = parameter {
                    never_null(parameter);
                    if parameter.name == "If-Match" {
                        parameter.schema = Some(text(r#"^(\*|(W/)?"[!#-~]*")$"#).into());
                    }
                }
            }
            statuses::name(operation, writes);
        }
    }
    description
}

/// Makes an operation's id unique, because handlers of different resources have the same names.
fn name_after_resource(operation: &mut Operation) {
    let tag = operation.tags.iter().flatten().next();
    let id = operation.operation_id.as_deref().unwrap_or_default();
    operation.operation_id = tag.map(|tag| format!("{tag}_{id}"));
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "The same key and body from the same user within 24 hours gives the first answer again; another body under the \
             same key gives 422.",
        ))
        .schema(Some(text("^[!-~]{1,255}$")))
        .build()
}

/// Returns the schema of a string with this pattern.
fn text(pattern: &str) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern))
}

/// Removes `null` from a parameter's types: a query or a header can't contain it.
fn never_null(parameter: &mut Parameter) {
    if let Some(RefOr::T(Schema::Object(schema))) = &mut parameter.schema
        && let SchemaType::Array(types) = &schema.schema_type
        && let Some(given) = types.iter().find(|given| **given != Type::Null)
    {
        schema.schema_type = SchemaType::Type(given.clone());
    }
}
