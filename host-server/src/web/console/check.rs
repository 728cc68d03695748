//! `verify` at a button: begins the check of the whole journal, and shows how far it is and what it found.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use boxoffice::{BoxOffice, VerifyReport};

use super::operator::Operator;
use super::page::{Frame, page};
use crate::error::Failure;
use crate::observability::audit_trail::clock;
use crate::observability::{Verification, VerificationState};
use crate::web::site::{Chrome, Form, redirect};

/// How many problems are listed.
const PROBLEMS_MAX: usize = 100;

/// How far a check is.
struct Running {
    since: String,
    checked: u64,
    total: u64,
    percent: u64,
}

/// What a check found.
struct Finding {
    at: String,
    report: std::sync::Arc<VerifyReport>,
    problems: Vec<(u64, String)>,
}

#[derive(Template)]
#[template(path = "console/check.html")]
struct CheckPage {
    chrome: Chrome,
    frame: Frame,
    running: Option<Running>,
    finding: Option<Finding>,
    /// Why the last check could not look.
    broken_off: Option<String>,
    head: u64,
}

crate::web::site::page!(CheckPage);

pub(super) async fn show(
    operator: Operator,
    State(office): State<BoxOffice>,
    State(verification): State<Verification>,
) -> Result<Response, Failure> {
    let verification = verification.state();
    let mut made = CheckPage {
        chrome: operator.chrome,
        frame: Frame::new("Verify the journal", "/console/verify"),
        running: None,
        finding: None,
        broken_off: None,
        head: office.metrics().head_seq,
    };
    let percent = verification.percent();
    match verification {
        VerificationState::Never => {}
        VerificationState::Running { since, done, total } => {
            made.running = Some(Running { since: clock(since), checked: done, total, percent });
        }
        VerificationState::Done { at, outcome: Ok(report) } => {
            let problems = report.problems.iter().take(PROBLEMS_MAX).map(|it| (it.seq, it.what.clone())).collect();
            made.finding = Some(Finding { at: clock(at), report, problems });
        }
        VerificationState::Done { outcome: Err(error), .. } => made.broken_off = Some(error.to_string()),
    }
    Ok(page(&made))
}

/// Begins a check, unless one runs.
pub(super) async fn start(
    _operator: Operator,
    State(office): State<BoxOffice>,
    State(verification): State<Verification>,
    _form: Form,
) -> Response {
    if verification.start(office) {
        tracing::info!("an operator began to verify the journal");
    }
    redirect("/console/verify")
}
