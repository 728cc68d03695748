//! The forms that create and edit a webhook.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use boxoffice::{IdSource as _, RandomIds};
use uuid::Uuid;

use super::operator::Operator;
use super::page::{Frame, page};
use super::webhooks::{available, webhook};
use crate::error::{Failure, Refusal};
use crate::web::site::form::FieldErrors;
use crate::web::site::{Chrome, Field, Flash, Form, show as shown};
use crate::webhooks::{NewSubscription, Subscription, SubscriptionEdit, WebhookError, Webhooks, deliverable_types};

/// Path of the navigation entry that these pages belong to.
const HERE: &str = "/console/webhooks";

/// The fields of the webhook form.
#[derive(Debug, Default)]
struct Entered {
    /// The webhook's id, created with the form: submitted twice, the form creates one webhook.
    id: String,
    url: String,
    events: Vec<String>,
    /// `true` if the journal is delivered from its first record.
    from_start: bool,
}

impl Entered {
    fn of(form: &Form) -> Self {
        Self {
            id: form.get("id").to_owned(),
            url: form.get("url").trim().to_owned(),
            events: form.all("event").map(str::to_owned).collect(),
            from_start: form.get("start") == "beginning",
        }
    }

    fn of_subscription(subscription: &Subscription) -> Self {
        Self {
            id: subscription.id.to_string(),
            url: subscription.url.clone(),
            events: subscription.event_types.clone(),
            from_start: false,
        }
    }
}

#[derive(Template)]
#[template(path = "console/webhook-form.html")]
struct FormPage {
    chrome: Chrome,
    frame: Frame,
    id: String,
    is_new: bool,
    from_start: bool,
    url: Field,
    /// Names of all events, with `true` for the selected ones.
    events: Vec<(&'static str, bool)>,
}

/// The only page that shows a webhook's secret.
#[derive(Template)]
#[template(path = "console/webhook-secret.html")]
struct SecretPage {
    chrome: Chrome,
    frame: Frame,
    id: Uuid,
    url: String,
    secret: String,
}

crate::web::site::page!(FormPage, SecretPage);

impl FormPage {
    fn new(operator: Operator, is_new: bool, entered: Entered, errors: FieldErrors) -> Self {
        let title = if is_new { "Add a webhook" } else { "Change the webhook" };
        let url = Field::new("url", "Receiver").kind("url").value(entered.url);
        let is_chosen = |name: &String| entered.events.contains(name);
        Self {
            chrome: operator.chrome,
            url: url.hint("An https address that takes POST requests.").error(errors.of("url")),
            frame: Frame::new(title, HERE).faults(errors),
            events: deliverable_types().iter().map(|name| (name.as_str(), is_chosen(name))).collect(),
            id: entered.id,
            is_new,
            from_start: entered.from_start,
        }
    }
}

pub(super) async fn new_page(operator: Operator) -> Response {
    let entered = Entered { id: RandomIds.next().to_string(), ..Entered::default() };
    page(&FormPage::new(operator, true, entered, FieldErrors::default()))
}

/// Creates a webhook and shows its secret once. Submitted twice, the form creates one webhook.
pub(super) async fn create(
    operator: Operator,
    State(webhooks): State<Option<Webhooks>>,
    form: Form,
) -> Result<Response, Failure> {
    let entered = Entered::of(&form);
    let id = entered.id.parse().map_err(|_| Refusal::WebhookNotFound)?;
    let new = NewSubscription {
        url: entered.url.clone(),
        event_types: entered.events.clone(),
        after: entered.from_start.then_some(0),
        ..NewSubscription::default()
    };
    match available(webhooks.as_ref())?.clone().by(operator.actor).add_once(id, new).await {
        Ok(Some((made, _))) => {
            let page = SecretPage {
                chrome: operator.chrome,
                frame: Frame::new("The webhook is added", HERE),
                id: made.id,
                secret: made.secret.reveal().to_owned(),
                url: made.url,
            };
            Ok(shown(StatusCode::CREATED, &page))
        }
        Ok(None) => Ok(form.redirect(&format!("{HERE}/{id}"), Flash::WebhookKnown)),
        Err(error) => refused(operator, true, entered, error),
    }
}

pub(super) async fn edit_page(
    operator: Operator,
    State(webhooks): State<Option<Webhooks>>,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let (subscription, _) = available(webhooks.as_ref())?.get(webhook(&id)?).await?;
    let entered = Entered::of_subscription(&subscription);
    Ok(page(&FormPage::new(operator, false, entered, FieldErrors::default())))
}

/// Changes a webhook's URL and event types.
pub(super) async fn edit(
    operator: Operator,
    State(webhooks): State<Option<Webhooks>>,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, Failure> {
    let id = webhook(&id)?;
    let entered = Entered { id: id.to_string(), ..Entered::of(&form) };
    let edit = SubscriptionEdit { url: Some(entered.url.clone()), event_types: Some(entered.events.clone()) };
    match available(webhooks.as_ref())?.clone().by(operator.actor).edit(id, edit).await {
        Ok(_) => Ok(form.redirect(&format!("{HERE}/{id}"), Flash::WebhookChanged)),
        Err(error) => refused(operator, false, entered, error),
    }
}

/// Returns the form with its errors.
fn refused(operator: Operator, is_new: bool, entered: Entered, error: WebhookError) -> Result<Response, Failure> {
    let (status, errors) = match &error {
        WebhookError::Invalid(fault) if fault.status_code() < 500 => (StatusCode::BAD_REQUEST, fault.into()),
        WebhookError::LimitReached => {
            let mut errors = FieldErrors::default();
            errors.add("", "There are as many webhooks as there may be: remove one first");
            (StatusCode::CONFLICT, errors)
        }
        _ => return Err(error.into()),
    };
    Ok(shown(status, &FormPage::new(operator, is_new, entered, errors)))
}
