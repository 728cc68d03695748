//! A box office in this process.

use std::path::Path;

use boxoffice::{
    BoxOffice, ChargeStatus, Code, Error, ErrorKind, NewShow, NewTicket, OrderId, SignIn, SignUp, TicketId, UserId,
};
use tempfile::TempDir;

use crate::shop::{Answer, Failure, PASSWORD, PRICE, Shop, Status};

/// A box office in this process, with its directory if that is a temporary one.
#[derive(Debug)]
pub(crate) struct Embedded {
    office: BoxOffice,
    _temporary: Option<TempDir>,
}

impl Embedded {
    pub(crate) fn open(dir: Option<&Path>) -> Result<Self, Failure> {
        if let Some(dir) = dir {
            return Ok(Self { office: BoxOffice::open(dir)?, _temporary: None });
        }
        let temporary = tempfile::tempdir()?;
        Ok(Self { office: BoxOffice::open(temporary.path())?, _temporary: Some(temporary) })
    }
}

impl Shop for Embedded {
    type Account = UserId;

    async fn sign_up(&self, email: &str) -> Result<UserId, Failure> {
        match self.office.auth().sign_up(SignUp::new(email, PASSWORD)).await {
            Ok(signed_in) => Ok(signed_in.user.id),
            Err(error) if error.code() == Code::AuthEmailTaken => {
                Ok(self.office.auth().sign_in(SignIn::new(email, PASSWORD)).await?.user.id)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn list(&self, seller: &UserId, seats: Vec<String>) -> Result<Vec<TicketId>, Failure> {
        let show = NewShow::new("The big show", "2099-12-31T20:00:00Z").category("concert");
        let ticket = |seat| NewTicket::new("The big show", PRICE).seat(seat).show(show.clone());
        let tickets = self.office.tickets().create_many(*seller, seats.into_iter().map(ticket).collect()).await?;
        Ok(tickets.iter().map(|ticket| ticket.id).collect())
    }

    async fn status(&self, ticket: TicketId) -> Result<Status, Failure> {
        Status::parse(self.office.tickets().get(ticket)?.status.as_str())
    }

    async fn order(&self, buyer: &UserId, tickets: &[TicketId]) -> Result<Answer<OrderId>, Failure> {
        answer(self.office.orders().create(*buyer, tickets).await.map(|order| order.id))
    }

    async fn pay(&self, buyer: &UserId, order: OrderId, token: &str) -> Result<Answer<u64>, Failure> {
        let charge = self.office.payments().pay(*buyer, order, token).await;
        match &charge {
            Ok(charge) if charge.status != ChargeStatus::Succeeded => {
                Err(format!("a charge of the sandbox is {}", charge.status).into())
            }
            _ => answer(charge.map(|charge| charge.amount.minor())),
        }
    }

    async fn cancel(&self, buyer: &UserId, order: OrderId) -> Result<Answer<()>, Failure> {
        answer(self.office.orders().cancel(*buyer, order).await)
    }

    async fn problems(&self) -> Result<Option<Vec<String>>, Failure> {
        let journal = self.office.journal();
        let report = tokio::task::spawn_blocking(move || journal.verify(&mut |_, _| {})).await??;
        let problems = report.problems.iter();
        Ok(Some(problems.map(|problem| format!("record {}: {}", problem.seq, problem.what)).collect()))
    }

    async fn close(&self) -> Result<(), Failure> {
        Ok(self.office.close().await?)
    }
}

/// Treats a conflict or a decline as an answer; any other error is unexpected here.
fn answer<T>(result: Result<T, Error>) -> Result<Answer<T>, Failure> {
    match result {
        Ok(done) => Ok(Answer::Done(done)),
        Err(error) if matches!(error.kind(), ErrorKind::Conflict | ErrorKind::PaymentDeclined) => {
            Ok(Answer::Refused(error.status_code()))
        }
        Err(error) => Err(error.into()),
    }
}
