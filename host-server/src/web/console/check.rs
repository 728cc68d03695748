//! The page that starts a verification of the whole journal, and shows its progress and its report.

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

/// Maximum number of problems in the list.
const PROBLEMS_MAX: usize = 100;

/// Progress of a running verification.
struct Running {
    since: String,
    checked: u64,
    total: u64,
    percent: u64,
}

/// Result of a finished verification.
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
    /// Error that broke off the last verification.
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

/// Starts a verification, unless one is running.
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
