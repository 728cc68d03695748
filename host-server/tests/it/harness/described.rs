//! Check of the OpenAPI description: it must contain the status of each response in each test.

use std::sync::OnceLock;

use serde_json::Value;

/// Panics if the description contains the route but not this status.
pub(crate) fn check(method: &str, path: &str, status: u16) {
    let paths = description()["paths"].as_object().unwrap();
    let Some(operation) = find(paths, method, path) else { return };
    let named = operation["responses"].as_object().unwrap();
    assert!(named.contains_key(&status.to_string()), "{method} {path} answers {status}, which is not described");
}

fn description() -> &'static Value {
    static DESCRIPTION: OnceLock<Value> = OnceLock::new();
    DESCRIPTION.get_or_init(|| serde_json::from_str(include_str!("../../../openapi.json")).unwrap())
}

/// Returns the operation of the route. A literal path takes precedence over one with a parameter.
fn find<'a>(paths: &'a serde_json::Map<String, Value>, method: &str, path: &str) -> Option<&'a Value> {
    let fits = |template: &str| {
        let (asked, known): (Vec<_>, Vec<_>) = (path.split('/').collect(), template.split('/').collect());
        asked.len() == known.len()
            && asked.iter().zip(known).all(|(asked, known)| *asked == known || known.starts_with('{'))
    };
    let templates = paths.iter().filter(|(template, _)| fits(template));
    let item = templates.min_by_key(|(template, _)| template.contains('{'))?.1;
    item.get(method.to_lowercase())
}

#[test]
fn routes_are_found_in_the_description() {
    let paths = description()["paths"].as_object().unwrap();
    let id = |method: &str, path: &str| find(paths, method, path).map(|found| found["operationId"].clone());
    assert_eq!(id("GET", "/api/tickets/batch"), None);
    assert_eq!(id("POST", "/api/tickets/batch").unwrap(), "tickets_create_batch");
    assert_eq!(id("PUT", "/api/tickets/1").unwrap(), "tickets_update");
    assert_eq!(id("GET", "/nope"), None);
}

#[test]
#[should_panic(expected = "not described")]
fn a_status_that_is_not_described_is_noticed() {
    check("GET", "/api/tickets", 418);
}
