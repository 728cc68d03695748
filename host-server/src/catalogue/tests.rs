//! The catalogue compared with what looking at every show finds, and beside those who wait for it.

use std::collections::BTreeMap;
use std::sync::mpsc;

use boxoffice::testing::ManualClock;
use boxoffice::{NewShow, NewTicket, PriceBound, SearchText, SignUp, TicketUpdate};
use tokio::sync::oneshot;

use super::collation::sort_key;
use super::*;

/// Checks whether a show is wanted by looking at the show itself.
fn is_wanted(show: &OnSale, browse: &Browse<'_>, now: Timestamp) -> bool {
    let starts_at = show.starts_at();
    let category = show.show().and_then(|show| show.category.as_ref()).map_or("", boxoffice::Category::as_str);
    (show.len() > 0 || show.is_sold_out())
        && !show.has_started(now)
        && !(browse.only_left && show.is_sold_out())
        && (browse.category.is_empty() || browse.category == category)
        && browse.from.is_none_or(|from| starts_at.is_some_and(|at| at >= from))
        && browse.until.is_none_or(|until| starts_at.is_some_and(|at| at < until))
        && browse.search.is_none_or(|search| show.has_words(search))
        && browse.max_price.is_none_or(|max| lowest(show).is_some_and(|low| low <= max))
}

fn lowest(show: &OnSale) -> Option<PriceBound> {
    show.tickets().map(|ticket| PriceBound::from(ticket.price)).min()
}

/// The keys of all shows that are wanted, in order, found by looking at each.
fn all_wanted(shows: &Shows, browse: &Browse<'_>, now: Timestamp) -> Vec<ShowKey> {
    let mut wanted: Vec<&OnSale> = shows.by_key.values().filter(|show| is_wanted(show, browse, now)).collect();
    wanted.sort_by_key(|show| (show.starts_at().map_or(u64::MAX, Timestamp::as_millis), show.key));
    match browse.sort {
        Sort::Date => {}
        Sort::Price => wanted.sort_by_key(|show| lowest(show)),
        Sort::Name => wanted.sort_by_key(|show| sort_key(show.name())),
    }
    wanted.sort_by_key(|show| show.is_sold_out());
    wanted.into_iter().map(|show| show.key).collect()
}

/// Checks every order, with and without filters, and the totals.
fn check(shows: &Shows, now: Timestamp, context: &str) {
    // An index has not all of the last one.
    let texts = ["show 1", "sho", "ring", "opera", "劇場の特別な音楽会"];
    let searches: [SearchText; 5] = texts.map(|text| text.parse().unwrap());
    let later = now.plus(Duration::from_secs(3));
    let mut asked = vec![
        Browse::default(),
        Browse { category: "opera", ..Browse::default() },
        Browse { max_price: Some(PriceBound::from(6)), ..Browse::default() },
        Browse { from: Some(later), only_left: true, ..Browse::default() },
        Browse { until: Some(later), ..Browse::default() },
        Browse { search: Some(&searches[0]), category: "play", only_left: true, ..Browse::default() },
    ];
    asked.extend(searches.iter().map(|search| Browse { search: Some(search), ..Browse::default() }));
    for mut browse in asked {
        for sort in [Sort::Date, Sort::Price, Sort::Name] {
            browse.sort = sort;
            let (found, expected) = (shows.browse(&browse, now), all_wanted(shows, &browse, now));
            let keys = |skipped, len| found.page(skipped, len).iter().map(|show| show.key).collect::<Vec<_>>();
            assert_eq!(keys(0, usize::MAX), expected, "{context}: {browse:?}");
            let some: Vec<ShowKey> = expected.iter().skip(3).take(4).copied().collect();
            assert_eq!(keys(3, 4), some, "{context}: {browse:?}");
            let sold_out = expected.iter().filter(|key| shows.by_key[*key].is_sold_out()).count();
            assert_eq!((found.count(), found.sold_out()), (expected.len(), sold_out), "{context}: {browse:?}");
        }
    }
    let all = shows.browse(&Browse::default(), now).page(0, usize::MAX);
    let mut categories: BTreeMap<&str, usize> = BTreeMap::new();
    for category in all.iter().filter_map(|show| show.show()?.category.as_ref()) {
        *categories.entry(category.as_str()).or_default() += 1;
    }
    assert_eq!(shows.categories(now, usize::MAX, ""), categories, "{context}");
    for show in shows.by_key.values() {
        let prices = || show.tickets().map(|ticket| ticket.price.minor());
        let summary = show.summary();
        assert_eq!(summary.available + summary.held, show.len());
        let range = summary.prices.first().map(|range| (range.low.minor(), range.high.minor()));
        assert_eq!(range, prices().min().zip(prices().max()));
        assert_eq!(show.sections().map(|(_, section)| section.len()).sum::<usize>(), show.len());
    }
    assert_eq!(shows.has_prices_like("1.50".parse().unwrap()), shows.by_key.values().any(|show| show.len() > 0));
}

#[tokio::test]
async fn the_catalogue_finds_what_looking_at_every_show_finds() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at("2027-01-01T12:00:00Z".parse().unwrap()));
    let office = BoxOffice::builder().clock(clock).open(dir.path()).unwrap();
    let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse")).await.unwrap().user.id;
    let bob = office.auth().sign_up(SignUp::new("bob@example.com", "correct horse")).await.unwrap().user.id;
    let mut shows = Shows::default();
    let (mut seq, mut now) = (0, office.now());
    let mut put = |shows: &mut Shows, ticket: &Arc<Ticket>| {
        seq += 1;
        shows.put(ticket, seq);
    };
    let mut listed = Vec::new();
    for number in 0..40_u64 {
        let starts_at = now.plus(Duration::from_secs(1 + 3 * (number % 3))).to_string();
        // Names that look alike are one show, which goes by the latest of its tickets.
        let name = if number % 8 < 4 { "SHOW" } else { "Show" };
        let category = if number % 5 < 2 { "play" } else { "opera" };
        let show = NewShow::new(format!("{name} {}", number % 4), starts_at).category(category);
        let show = if number % 2 == 0 { show.venue("国立劇場の特別な音楽会") } else { show };
        let ticket = NewTicket::new("Pit", (3 + number % 7).to_string()).seat(format!("{number}"));
        let ticket = if number % 5 == 0 { ticket } else { ticket.show(show) };
        listed.push(office.tickets().create(ann, ticket).await.unwrap());
        put(&mut shows, listed.last().unwrap());
        check(&shows, now, &format!("listed {number}"));
    }
    for (number, ticket) in listed.iter().enumerate() {
        match number % 3 {
            0 => office.tickets().withdraw(ann, ticket.id, None).await.unwrap(),
            1 if number % 2 == 0 => {
                let order = office.orders().create(bob, &[ticket.id]).await.unwrap();
                office.payments().pay(bob, order.id, "tok_visa").await.unwrap();
            }
            _ => {
                let mut update = TicketUpdate::new("Ring", "7");
                if number % 4 == 3 {
                    update = update.show(NewShow::new("Show 1", "2099-01-01T00:00:00Z"));
                }
                office.tickets().update(ann, ticket.id, update).await.unwrap();
            }
        }
        put(&mut shows, &office.tickets().get(ticket.id).unwrap());
        now = now.plus(Duration::from_millis(200));
        if number % 11 == 10 {
            while shows.forget_the_past(now, 2) {}
        }
        if number % 7 == 6 {
            while !shows.take_news(3, |_| true).is_empty() {}
        }
        check(&shows, now, &format!("changed {number}"));
    }
}

#[tokio::test]
async fn whoever_waits_for_the_shows_leaves_the_runtime_to_others() {
    let dir = tempfile::tempdir().unwrap();
    let office = BoxOffice::open(dir.path()).unwrap();
    let ann = office.auth().sign_up(SignUp::new("ann@example.com", "correct horse")).await.unwrap().user.id;
    let first = office.tickets().create(ann, NewTicket::new("Hamlet", "20")).await.unwrap();
    let catalogue = Arc::new(Catalogue::default());
    let shared = Arc::clone(catalogue.open(&office).await.unwrap());
    let (release, released) = mpsc::channel();
    let (locked, is_locked) = oneshot::channel();
    let holder = tokio::task::spawn_blocking(move || {
        let _shows = shared.shows_mut();
        locked.send(()).unwrap();
        // If the runtime waits too, nobody can release it.
        released.recv_timeout(Duration::from_secs(20)).is_ok()
    });
    is_locked.await.unwrap();
    let reader = tokio::spawn({
        let (catalogue, office, key) = (Arc::clone(&catalogue), office.clone(), ShowKey::of(&first));
        async move { catalogue.read(&office, move |shared| shared.follow(key, 0).0).await }
    });
    // The follower has records to take, and every answer gives it its turn.
    for number in 0..50 {
        office.tickets().create(ann, NewTicket::new(format!("Show {number}"), "20")).await.unwrap();
    }
    let was_released = release.send(()).is_ok();
    assert!(holder.await.unwrap() && was_released, "the runtime waits for whoever holds the shows");
    assert!(reader.await.unwrap().is_ok());
    let count = async || {
        let now = office.now();
        catalogue.read(&office, move |shared| shared.shows().browse(&Browse::default(), now).count()).await.unwrap()
    };
    while count().await < 51 {
        tokio::task::yield_now().await;
    }
}
