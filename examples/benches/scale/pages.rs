//! Reading pages within the process: the cost of a host's `GET` before HTTP.

use boxoffice::testing::History;
use boxoffice::{
    BoxOffice, Cursor, DomainEvent, Order, OrderQuery, Page, SearchText, TicketQuery, TicketSort, TicketStatus,
};
use boxoffice_examples::measure::Stopwatch;
use hdrhistogram::Histogram;
use std::sync::Arc;

use crate::Failure;
use crate::metrics::tell;

/// Number of reads of each page.
const READS: usize = 400;

/// Pages, with their names in the report.
pub(crate) const PAGES: [(&str, &str); 11] = [
    ("browse", "`GET /api/tickets`, 50 of 100,000"),
    ("price", "the same, cheapest first"),
    ("seller", "one seller's"),
    ("rare", "`q` with a word that few tickets have"),
    ("common", "`q` with a word that thousands have, by show"),
    ("common_price", "the same, cheapest first"),
    ("sold", "sold ones, newest first"),
    ("sold_rare", "sold ones with a rare word"),
    ("mine", "`GET /api/orders`: mine"),
    ("old", "mine, 20 pages on"),
    ("order", "`GET /api/orders/{id}`: any order of the whole history"),
];

/// Reads every kind of page repeatedly.
pub(crate) fn measure(office: &BoxOffice, history: &History) -> Result<(), Failure> {
    let sellers = history.seller_ids();
    let tickets = |name: &str, queries: &[TicketQuery]| {
        time(name, |at| Ok(office.tickets().list(&queries[at % queries.len()])?.items.len()))
    };
    tickets("browse", &[TicketQuery::new()])?;
    tickets("price", &[TicketQuery::new().sort(TicketSort::PriceAsc)])?;
    let of = |seller: &boxoffice::UserId| TicketQuery::new().seller(*seller);
    tickets("seller", &sellers.iter().map(of).collect::<Vec<_>>())?;
    tickets("rare", &[TicketQuery::new().search("quixot".parse()?)])?;
    for (name, sort) in [("common", TicketSort::StartsAtAsc), ("common_price", TicketSort::PriceAsc)] {
        let words = ["hamlet", "tosca globe", "aida balcony", "macb 12"].map(str::parse::<SearchText>);
        let words = words.into_iter().collect::<Result<Vec<_>, _>>()?;
        tickets(name, &words.into_iter().map(|words| TicketQuery::new().search(words).sort(sort)).collect::<Vec<_>>())?;
    }
    let sold = TicketQuery::new().status(TicketStatus::Sold);
    tickets("sold", std::slice::from_ref(&sold))?;
    tickets("sold_rare", &[sold.search("quixotic".parse()?)])?;
    orders(office, history)?;
    single(office)
}

/// Reads single orders from all over the history. They are taken from the journal, so that neither they nor their
/// neighbours are cached.
fn single(office: &BoxOffice) -> Result<(), Failure> {
    let end = office.journal().head()?;
    let mut orders = Vec::with_capacity(READS);
    for at in 0..READS as u64 {
        let records = office.journal().read(1 + end * at / READS as u64, 500)?;
        orders.extend(records.iter().find_map(|record| match &record.event {
            DomainEvent::OrderCreated(event) => Some((event.buyer_id, event.order_id)),
            _ => None,
        }));
    }
    time("order", |at| {
        let (buyer, order) = orders[at % orders.len()];
        Ok(office.orders().get(buyer, order)?.tickets.len())
    })
}

fn orders(office: &BoxOffice, history: &History) -> Result<(), Failure> {
    let buyers = history.buyer_ids();
    let page = |at: usize, cursor: Option<Cursor>| -> Result<Page<Arc<Order>>, Failure> {
        let query = OrderQuery::new().after(cursor);
        Ok(office.orders().list(buyers[at % buyers.len()], &query)?)
    };
    time("mine", |at| Ok(page(at, None)?.items.len()))?;
    // Pages that were not read before: each buyer's twentieth, or the last one.
    let mut cursors = Vec::with_capacity(READS);
    for at in 0..READS {
        let mut cursor = None;
        for _ in 0..20 {
            match page(at, cursor)?.next {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        cursors.push(cursor);
    }
    time("old", |at| Ok(page(at, cursors[at])?.items.len()))
}

fn time(name: &str, mut read: impl FnMut(usize) -> Result<usize, Failure>) -> Result<(), Failure> {
    let mut micros = Histogram::<u64>::new(3)?;
    let mut entries = 0;
    for at in 0..READS {
        let watch = Stopwatch::start();
        entries += read(at)?;
        micros.record(u64::try_from(watch.elapsed().as_micros())?)?;
    }
    if entries == 0 {
        return Err(format!("the pages of {name} are empty").into());
    }
    tell(&format!("page.{name}.p50"), micros.value_at_quantile(0.5) as f64);
    tell(&format!("page.{name}.p99"), micros.value_at_quantile(0.99) as f64);
    Ok(())
}
