//! Searches use the word index whenever it is faster, and find the same either way.

use super::model::all_tickets;
use super::world::World;
use crate::domain::ticket::TicketStatus;
use crate::views::{TicketQuery, Views};

const SORTS: [&str; 6] = ["newest", "oldest", "price", "-price", "startsAt", "-startsAt"];

fn search(views: &Views, q: &str, status: &str, sort: &str) -> Vec<crate::types::TicketId> {
    let query = TicketQuery {
        q: Some(q.parse().unwrap()),
        status: status.parse().unwrap(),
        sort: sort.parse().unwrap(),
        ..TicketQuery::new().limit(3)
    };
    all_tickets(views, &query).iter().map(|ticket| ticket.id).collect()
}

/// Creates many tickets, active and terminal; every hundredth has a rare word.
fn crowded(views: &Views) -> World {
    let mut world = World::new(3);
    for at in 0..1_200_u64 {
        let id = world.list();
        if at % 100 == 99 {
            let mut ticket = crate::domain::Ticket::clone(&world.tickets[&id]);
            ticket.title = format!("Quixotic {at}").parse().unwrap();
            ticket.version += 1;
            world.put_ticket(ticket);
        }
        if at % 3 == 0 {
            world.move_ticket(id, TicketStatus::Withdrawn, None);
        }
    }
    world.publish(views);
    world
}

#[test]
fn rare_words_are_found_in_every_order_in_memory_and_in_the_file() {
    let views = Views::open(None, &|_| true).unwrap();
    let world = crowded(&views);
    let rare = |active: bool| {
        let found = world.tickets.values().filter(|ticket| ticket.title.as_str().starts_with("Quixotic"));
        found.filter(|ticket| ticket.status.is_active() == active).count()
    };
    assert!(rare(true) > 3 && rare(false) > 3);
    for _ in 0..2 {
        for sort in SORTS {
            assert_eq!(search(&views, "quix", "onSale", sort).len(), rare(true), "{sort}");
            assert_eq!(search(&views, "QUIXOTIC 199", "all", sort).len(), 1, "{sort}");
            assert_eq!(search(&views, "quixotic", "withdrawn", sort).len(), rare(false), "{sort}");
            assert!(search(&views, "quixotical", "all", sort).is_empty(), "{sort}");
        }
        // After this, the terminal ones are in the file.
        views.checkpoint().unwrap();
    }
}

#[test]
fn words_go_with_their_last_ticket() {
    let views = Views::open(None, &|_| true).unwrap();
    let mut world = crowded(&views);
    assert!(views.active().tickets.on_sale.texts().len() > 20);
    for ticket in world.tickets.clone().into_values().filter(|ticket| ticket.status.is_active()) {
        world.move_ticket(ticket.id, TicketStatus::Withdrawn, None);
    }
    world.publish(&views);
    assert_eq!(views.active().tickets.on_sale.texts().len(), 0);
    assert!(views.active().tickets.terminal.texts().len() > 20);
    views.checkpoint().unwrap();
    assert_eq!(views.active().tickets.terminal.texts().len(), 0);
}

#[test]
fn common_words_by_price_are_the_same_whichever_way_is_the_shorter() {
    let views = Views::open(None, &|_| true).unwrap();
    let mut world = World::new(4);
    for at in 0..8_000_u64 {
        let id = world.list();
        if at % 4 == 0 {
            let mut ticket = crate::domain::Ticket::clone(&world.tickets[&id]);
            ticket.title = if at % 64 == 0 { "Quixotic zebra" } else { "Quixotic" }.parse().unwrap();
            ticket.version += 1;
            world.put_ticket(ticket);
        }
    }
    world.publish(&views);
    for sort in ["price", "-price"] {
        let by_price = |limit: usize| {
            let query = TicketQuery::new().search("quix zebra".parse().unwrap()).sort(sort.parse().unwrap());
            all_tickets(&views, &query.limit(limit))
        };
        // Pages of 5 or 20 come from the list of prices; a page of 100 comes from sorting the tickets with the word.
        let pages = [5, 20, 100].map(by_price);
        assert_eq!(pages[0].len(), 125);
        assert!(pages.iter().all(|page| *page == pages[0]));
        let prices: Vec<_> = pages[0].iter().map(|ticket| ticket.price.sort_value()).collect();
        assert!(if sort == "price" { prices.is_sorted() } else { prices.iter().rev().is_sorted() }, "{prices:?}");
    }
}

#[test]
fn texts_in_any_script_are_found_in_memory_and_in_the_file() {
    let views = Views::open(None, &|_| true).unwrap();
    let mut world = World::new(5);
    for (title, status) in [
        ("東京ドームの音楽会", None),
        ("東京ドームの落語", Some(TicketStatus::Withdrawn)),
        ("บัตรคอนเสิร์ต", None),
        ("บัตรคอนเสิร์ตกรุงเทพ", Some(TicketStatus::Withdrawn)),
        ("L’Été à Ålesund", None),
        ("L'été en Björk", Some(TicketStatus::Withdrawn)),
    ] {
        let id = world.list();
        let mut ticket = crate::domain::Ticket::clone(&world.tickets[&id]);
        ticket.title = title.parse().unwrap();
        ticket.version += 1;
        world.put_ticket(ticket);
        if let Some(status) = status {
            world.move_ticket(id, status, None);
        }
    }
    world.publish(&views);
    for _ in 0..2 {
        for (q, expected) in [
            ("ドーム", 2),
            ("音楽", 1),
            ("ームの落", 1),
            ("คอนเสิร์ต", 2),
            ("กรุงเทพ", 1),
            ("l'ete", 2),
            ("ÉTÉ björk", 1),
            ("BJORK", 1),
            ("alesund", 1),
        ] {
            for sort in SORTS {
                assert_eq!(search(&views, q, "all", sort).len(), expected, "{q} {sort}");
            }
        }
        views.checkpoint().unwrap();
    }
}
