//! Claims that must hold at the end, whatever the buyers did.

use std::collections::{BTreeMap, HashSet};
use std::fmt;

use boxoffice::TicketId;
use boxoffice_examples::measure::thousands;
use indicatif::ProgressBar;

use crate::crowd::Sale;
use crate::shop::{Failure, PRICE_MINOR, Shop, Status};

/// Final state of the box office, compared with what the buyers saw.
#[derive(Debug, Default)]
pub(crate) struct Proof {
    tickets: usize,
    counts: BTreeMap<Status, usize>,
    claims: Vec<(String, bool)>,
}

impl Proof {
    /// Returns `true` if every claim holds.
    pub(crate) fn holds(&self) -> bool {
        self.claims.iter().all(|(_, holds)| *holds)
    }

    fn claim(&mut self, claim: impl Into<String>, holds: bool) {
        self.claims.push((claim.into(), holds));
    }

    fn count(&self, status: Status) -> usize {
        self.counts.get(&status).copied().unwrap_or(0)
    }
}

/// Queries the state of every ticket and compares.
pub(crate) async fn gather<S: Shop>(
    shop: &S,
    tickets: &[TicketId],
    sale: &Sale,
    bar: &ProgressBar,
) -> Result<Proof, Failure> {
    let mut proof = Proof { tickets: tickets.len(), ..Proof::default() };
    let (mut sold, mut locked) = (HashSet::new(), HashSet::new());
    for ticket in tickets {
        let status = shop.status(*ticket).await?;
        match status {
            Status::Sold => drop(sold.insert(*ticket)),
            Status::Locked => drop(locked.insert(*ticket)),
            Status::Available | Status::Withdrawn => {}
        }
        *proof.counts.entry(status).or_default() += 1;
        bar.inc(1);
    }
    let bought: HashSet<TicketId> = sale.bought.iter().copied().collect();
    let left: HashSet<TicketId> = sale.left_locked.iter().copied().collect();
    let sum = proof.count(Status::Sold) + proof.count(Status::Available) + proof.count(Status::Locked);
    proof.claim("sold + available + locked = all tickets", sum == tickets.len());
    proof.claim("no ticket was sold twice", bought.len() == sale.bought.len());
    proof.claim("what is sold is what buyers were told to have bought", sold == bought);
    // A hold may have expired meanwhile, but every lock must belong to a buyer who walked away.
    proof.claim("nothing is locked but what buyers walked away from", locked.is_subset(&left));
    proof.claim("the money taken is the price of what is sold", sale.paid_minor == PRICE_MINOR * sold.len() as u64);
    if let Some(problems) = shop.problems().await? {
        proof.claim("the journal has no problems", problems.is_empty());
        for problem in problems {
            proof.claim(problem, false);
        }
    }
    Ok(proof)
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = |status| thousands(self.count(status) as f64);
        let (sold, available, locked) = (count(Status::Sold), count(Status::Available), count(Status::Locked));
        writeln!(f, "{sold} sold + {available} available + {locked} locked of {}", thousands(self.tickets as f64))?;
        for (claim, holds) in &self.claims {
            writeln!(f, "{} {claim}", if *holds { '✓' } else { '✗' })?;
        }
        Ok(())
    }
}
