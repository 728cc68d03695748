//! Durable reservations a second: at the host that writes, through another one, and with PostgreSQL.

use boxoffice_examples::measure::{progress, thousands};

use crate::Failure;
use crate::postgres::{Function, Postgres};
use crate::servers::Site;
use crate::sizes::Sizes;
use crate::trio::Trio;

/// Reservations a second, a figure for each round.
#[derive(Debug, Default)]
pub(crate) struct Rates {
    pub(crate) writer: Vec<f64>,
    pub(crate) forwarder: Vec<f64>,
    /// Those of PostgreSQL, for each way to write the function.
    pub(crate) functions: Vec<(Function, Vec<f64>)>,
    /// Version of PostgreSQL.
    pub(crate) version: String,
}

pub(crate) fn measure(sizes: &Sizes) -> Result<Rates, Failure> {
    let postgres = Postgres::start()?;
    let functions = Function::ALL.map(|function| (function, Vec::new())).to_vec();
    let mut rates = Rates { functions, version: postgres.version()?, ..Rates::default() };
    for round in 1..=sizes.rounds {
        let told = |who: &str, rate: f64| {
            progress(&format!("round {round} of {}: {who}: {}/s", sizes.rounds, thousands(rate)));
            rate
        };
        let [writer, forwarder] = hosts(sizes)?;
        rates.writer.push(told("the host that writes", writer));
        rates.forwarder.push(told("another host", forwarder));
        for (function, of_function) in &mut rates.functions {
            of_function.push(told(function.name(), postgres.reserve(*function, sizes.transactions)?));
        }
    }
    Ok(rates)
}

/// Measures a new cluster: its host that writes, and then another one.
fn hosts(sizes: &Sizes) -> Result<[f64; 2], Failure> {
    let mut trio = Trio::start(Site::on_loopback()?)?;
    let writer = trio.writer()?;
    let [forwarder, _] = trio.followers()?;
    let mut rate = |host: usize| {
        let (tickets, people) = (trio.list(sizes.reservations)?, trio.people().to_string_lossy().into_owned());
        trio.level()?;
        let rate = trio.tell(host, &["reserve", &tickets, &people, &sizes.callers.to_string()])?;
        Ok::<f64, Failure>(rate.parse()?)
    };
    let rates = [rate(writer)?, rate(forwarder)?];
    if trio.writer()? == writer { Ok(rates) } else { Err("another host has become the writer meanwhile".into()) }
}
