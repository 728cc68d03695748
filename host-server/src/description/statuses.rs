//! Error statuses of each operation. Most follow from the operation's inputs; the others are in a table.

use std::collections::BTreeSet;

use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{Components, ContentBuilder, Object, Ref, RefOr, Response, ResponseBuilder, Type};

/// All error statuses with their descriptions.
const ERRORS: &[(u16, &str)] = &[
    (400, "The request is wrong: correct it"),
    (401, "Nobody is signed in, or the credentials are wrong"),
    (402, "The card was declined"),
    (403, "Somebody else may do this, or the request comes from another site"),
    (404, "There is no such thing"),
    (408, "The body did not come in time"),
    (409, "The thing is not in a state that allows this"),
    (412, "The thing has changed since it was read"),
    (413, "The body is too large"),
    (415, "The body is not JSON"),
    (422, "The idempotency key was used for something else"),
    (429, "Too often: wait as long as `Retry-After` says"),
    (500, "A fault of the host; the outcome is unknown"),
    (503, "Not now: try again, with the same idempotency key if it matters"),
];

/// Statuses that don't follow from the operation's inputs.
const MORE: &[(&str, &[u16])] = &[
    // Where they have an address of their own.
    ("operations_metrics", &[404]),
    // On one machine.
    ("operations_cluster", &[404]),
    ("users_sign_up", &[409]),
    ("users_sign_in", &[401]),
    ("users_update", &[409]),
    ("users_erase", &[409]),
    ("tickets_create", &[409]),
    ("tickets_create_batch", &[409]),
    ("tickets_update", &[409]),
    ("tickets_withdraw", &[409]),
    ("orders_create", &[404, 409]),
    ("orders_cancel", &[409]),
    ("orders_refund", &[402, 409]),
    ("webhooks_create", &[409]),
    ("payments_pay", &[402, 404, 409]),
    ("payments_resolve", &[409]),
    ("payments_receive_notice", &[409]),
    ("journal_read", &[409]),
    ("ledger_balance", &[404]),
    ("ledger_statement", &[404]),
    ("ledger_pay_out", &[404, 409]),
];

/// Adds the response of each error status to the components.
pub(super) fn describe(components: &mut Components) {
    for (status, description) in ERRORS {
        components.responses.insert(component(*status), RefOr::T(response(*status, description)));
    }
}

/// Adds the operation's error statuses, except those that its handler describes.
pub(super) fn name(operation: &mut Operation, writes: bool) {
    for status in statuses(operation, writes) {
        let response = RefOr::Ref(Ref::from_response_name(component(status)));
        operation.responses.responses.entry(status.to_string()).or_insert(response);
    }
}

fn statuses(operation: &Operation, writes: bool) -> BTreeSet<u16> {
    // Overload and internal errors are possible for every operation.
    let mut statuses = BTreeSet::from([429, 500, 503]);
    let parameters = operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    });
    for parameter in parameters {
        statuses.insert(400);
        statuses.extend((parameter.parameter_in == ParameterIn::Path).then_some(404));
        statuses.extend((parameter.name == "If-Match").then_some(412));
        statuses.extend((parameter.name == "Idempotency-Key").then_some(422));
    }
    let id = operation.operation_id.as_deref().unwrap_or_default();
    if operation.request_body.is_some() {
        statuses.extend([400, 408, 413]);
        // A card processor's message may have any content type.
        statuses.extend((id != "payments_receive_notice").then_some(415));
    }
    if operation.security.is_some() {
        statuses.extend([401, 403]);
    }
    if writes {
        statuses.insert(403);
    }
    let more = MORE.iter().find(|(of, _)| *of == id);
    statuses.extend(more.iter().flat_map(|(_, more)| more.iter().copied()));
    statuses
}

fn component(status: u16) -> String {
    format!("Error{status}")
}

fn response(status: u16, description: &str) -> Response {
    let text = |description: &str| {
        HeaderBuilder::new().schema(Some(Object::with_type(Type::String))).description(Some(description)).build()
    };
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Errors"))).build();
    let response = ResponseBuilder::new().description(description).header("x-error-code", text("The stable code"));
    let response = match status {
        429 | 503 => response.header("Retry-After", text("In how many seconds to try again")),
        _ => response,
    };
    response.content("application/json", content).build()
}

#[cfg(test)]
mod tests {
    use boxoffice::Code;

    use super::*;

    #[test]
    fn every_status_of_the_core_is_described() {
        for code in Code::ALL {
            assert!(ERRORS.iter().any(|(status, _)| *status == code.kind().status_code()), "{code:?}");
        }
    }

    #[test]
    fn the_table_is_about_operations_that_there_are() {
        let document = include_str!("../../openapi.json");
        for (id, _) in MORE {
            assert!(document.contains(&format!("\"operationId\": \"{id}\"")), "{id}");
        }
    }
}
