//! The views match the model after any history, any number of checkpoints and any number of reopenings.

use std::cmp::Reverse;
use std::sync::Arc;

use super::world::{Random, USERS, World, user_id};
use crate::domain::order::{Order, OrderStatus};
use crate::domain::payment::ChargeStatus;
use crate::domain::ticket::{Ticket, TicketStatus, seat_of};
use crate::event::StreamKey;
use crate::types::TicketId;
use crate::views::query::{PriceBound, TicketSort, TicketStatusFilter};
use crate::views::{OrderQuery, PageLimit, TicketQuery, ViewMetrics, Views};

/// Returns all tickets that match the query, computed naively.
fn expected_tickets(world: &World, query: &TicketQuery, words: &str) -> Vec<Arc<Ticket>> {
    // Price in ten-thousandths of the major unit.
    let price = |ticket: &Ticket| match ticket.price.currency().code() {
        "JPY" => ticket.price.minor() * 10_000,
        "KWD" => ticket.price.minor() * 10,
        _ => ticket.price.minor() * 100,
    };
    let bound = |bound: Option<PriceBound>| bound.map(|bound| bound.value);
    let has_words = |ticket: &Ticket| {
        let mut text = format!("{} {}", ticket.title, ticket.seat.as_ref().map_or("", |seat| seat.as_str()));
        if let Some(show) = &ticket.show {
            text = format!("{text} {} {}", show.name, show.venue.as_ref().map_or("", |venue| venue.as_str()));
        }
        let text = text.to_lowercase().replace('\'', " ");
        words.split(' ').all(|word| text.split_whitespace().any(|in_text| in_text.starts_with(&word.to_lowercase())))
    };
    let mut tickets: Vec<_> = world
        .tickets
        .values()
        .filter(|ticket| match query.status {
            TicketStatusFilter::OnSale => matches!(ticket.status, TicketStatus::Available | TicketStatus::Locked),
            TicketStatusFilter::Only(status) => ticket.status == status,
            TicketStatusFilter::All => true,
        })
        .filter(|ticket| query.seller.is_none_or(|seller| ticket.seller_id == seller))
        .filter(|ticket| query.currency.is_none_or(|currency| ticket.price.currency() == currency))
        .filter(|ticket| bound(query.min_price).is_none_or(|min| min <= price(ticket)))
        .filter(|ticket| bound(query.max_price).is_none_or(|max| price(ticket) <= max))
        .filter(|ticket| {
            let category = ticket.show.as_ref().and_then(|show| show.category.clone());
            query.category.is_none() || query.category == category
        })
        .filter(|ticket| words.is_empty() || has_words(ticket))
        .cloned()
        .collect();
    let starts_at = |ticket: &Ticket| ticket.show.as_ref().map(|show| show.starts_at);
    match query.sort {
        TicketSort::Newest => tickets.sort_by_key(|ticket| Reverse((ticket.created_at, ticket.id))),
        TicketSort::Oldest => tickets.sort_by_key(|ticket| (ticket.created_at, ticket.id)),
        TicketSort::PriceAsc => tickets.sort_by(|a, b| price(a).cmp(&price(b)).then(a.id.cmp(&b.id))),
        TicketSort::PriceDesc => tickets.sort_by(|a, b| price(b).cmp(&price(a)).then(b.id.cmp(&a.id))),
        TicketSort::StartsAtAsc => {
            tickets.sort_by_key(|ticket| (starts_at(ticket).is_none(), starts_at(ticket), ticket.id));
        }
        TicketSort::StartsAtDesc => {
            tickets.sort_by_key(|ticket| (starts_at(ticket).is_none(), Reverse(starts_at(ticket)), Reverse(ticket.id)));
        }
    }
    tickets
}

/// Returns all pages of the query, each with as many entries as requested.
pub(super) fn all_tickets(views: &Views, query: &TicketQuery) -> Vec<Arc<Ticket>> {
    let mut query = query.clone();
    let mut tickets = Vec::new();
    loop {
        let page = views.tickets(&query).unwrap();
        let whole = page.next.is_none() || page.items.len() == query.limit.get();
        // Tickets on sale are in memory, so none of their pages is cut short.
        assert!(whole || query.status != TicketStatusFilter::OnSale, "{query:?}");
        tickets.extend(page.items);
        // Round-trips through the text form, as a caller of a host would.
        query.cursor = page.next.map(|next| next.to_string().parse().unwrap());
        if query.cursor.is_none() {
            return tickets;
        }
    }
}

fn random_query(random: &mut Random) -> (TicketQuery, String) {
    let some =
        |random: &mut Random, words: &[&str]| (random.below(3) == 0).then(|| (*random.pick(words).unwrap()).to_owned());
    let status = some(random, &["onSale", "available", "locked", "sold", "withdrawn", "all", "all"]);
    let seller = (random.below(3) == 0).then(|| user_id(random.below(USERS)));
    let q = some(random, &["ham", "globe", "été", "ÉTÉ INDIEN", "ROCK n", "row 1", "12 final", "nothing"]);
    let category = some(random, &["concert", "play", "match"]);
    let currency = some(random, &["USD", "JPY"]);
    let min_price = some(random, &["0", "2", "3.5"]);
    let max_price = some(random, &["4", "5", "100"]);
    let sort = some(random, &["newest", "oldest"])
        .or_else(|| Some((*random.pick(&["price", "-price", "startsAt", "-startsAt"]).unwrap()).to_owned()));
    let query = TicketQuery {
        status: status.map(|status| status.parse().unwrap()).unwrap_or_default(),
        seller,
        q: q.as_ref().map(|q| q.parse().unwrap()),
        category: category.map(|category| category.parse().unwrap()),
        currency: currency.map(|currency| currency.parse().unwrap()),
        min_price: min_price.map(|price| price.parse().unwrap()),
        max_price: max_price.map(|price| price.parse().unwrap()),
        sort: sort.map(|sort| sort.parse().unwrap()).unwrap_or_default(),
        limit: PageLimit::new(1 + usize::try_from(random.below(9)).unwrap()),
        cursor: None,
    };
    (query, q.unwrap_or_default())
}

fn check_orders(world: &mut World, views: &Views) {
    for number in 0..USERS {
        let buyer = user_id(number);
        let status = *world
            .random
            .pick(&[None, None, Some(OrderStatus::Created), Some(OrderStatus::Complete), Some(OrderStatus::Expired)])
            .unwrap();
        let mut expected: Vec<_> = world
            .orders
            .values()
            .filter(|order| order.buyer_id == buyer && status.is_none_or(|status| order.status == status))
            .cloned()
            .collect();
        expected.sort_by_key(|order| Reverse((order.created_at, order.id)));
        let mut query = OrderQuery { status, ..OrderQuery::new().limit(3) };
        let mut found: Vec<Arc<Order>> = Vec::new();
        loop {
            let page = views.orders(buyer, &query).unwrap();
            found.extend(page.items);
            query.cursor = page.next;
            if query.cursor.is_none() {
                break;
            }
        }
        assert_eq!(found, expected);
    }
}

/// Compares the result of every kind of query.
pub(super) fn check(world: &mut World, views: &Views) {
    assert_eq!(views.covers(), world.head);
    for _ in 0..12 {
        let (query, words) = random_query(&mut world.random);
        assert_eq!(all_tickets(views, &query), expected_tickets(world, &query, &words), "{query:?}");
    }
    check_orders(world, views);
    for ticket in world.tickets.values() {
        assert_eq!(views.ticket(ticket.id).unwrap().as_ref(), Some(ticket));
    }
    check_seats(world, views);
    for order in world.orders.values() {
        assert_eq!(views.order(order.id).unwrap().as_ref(), Some(order));
        if let Some(charge) = &order.charge {
            assert_eq!(views.order_of_charge(charge.id).unwrap().as_ref(), Some(order));
        }
    }
    for user in world.users.values() {
        assert_eq!(views.user(user.id).as_ref(), Some(user));
    }
    assert!(world.revoked.iter().all(|(id, _)| views.is_revoked(*id)));
    assert_eq!(views.ticket(TicketId::from_bytes([255; 16])).unwrap(), None);
    check_counts(world, views);
    check_state(world, views);
}

/// Whoever asks for a seat hears of every ticket that may hold it, wherever it is.
fn check_seats(world: &World, views: &Views) {
    for ticket in world.tickets.values().filter(|ticket| ticket.status != TicketStatus::Withdrawn) {
        let Some(seat) = seat_of(ticket) else { continue };
        let holders = views.seat_holders(&[seat]).unwrap();
        let is_settled = holders.iter().any(|id| world.tickets[id].status.is_active());
        assert!(is_settled || holders.contains(&ticket.id), "{ticket:?}");
    }
}

fn check_counts(world: &World, views: &Views) {
    let tickets = |status| world.tickets.values().filter(|ticket| ticket.status == status).count();
    let pending = |order: &&Arc<Order>| {
        order
            .charge
            .as_ref()
            .is_some_and(|charge| matches!(charge.status, ChargeStatus::Pending | ChargeStatus::Refunding))
    };
    let metrics = views.metrics();
    let expected = ViewMetrics {
        users: world.users.len(),
        tickets_available: tickets(TicketStatus::Available),
        tickets_locked: tickets(TicketStatus::Locked),
        orders_open: world.orders.values().filter(|order| order.status.is_open()).count(),
        charges_pending: world.orders.values().filter(pending).count(),
        ..metrics
    };
    assert_eq!(metrics, expected);
    let mut orders: Vec<_> = world.orders.values().filter(pending).cloned().collect();
    orders.sort_by_key(|order| (order.created_at, order.id));
    assert_eq!(views.pending_charges(), orders);
    let mut open: Vec<_> = world.orders.values().filter(|order| order.status.is_open()).cloned().collect();
    open.sort_by_key(|order| (order.expires_at, order.id));
    assert_eq!(views.next_open_orders(usize::MAX), open);
    open.truncate(3);
    assert_eq!(views.next_open_orders(3), open);
}

/// Checks that the writer's state has exactly the active entities.
fn check_state(world: &World, views: &Views) {
    let state = views.state();
    for ticket in world.tickets.values() {
        let active = ticket.status.is_active();
        assert_eq!(state.ticket(ticket.id), active.then_some(ticket));
    }
    for order in world.orders.values() {
        assert_eq!(state.contains(StreamKey::Order(order.id)), !order.is_terminal());
    }
    for number in 0..USERS {
        let buyer = user_id(number);
        let open = world.orders.values().filter(|order| order.buyer_id == buyer && order.status.is_open()).count();
        assert_eq!(state.open_orders_of(buyer) as usize, open);
    }
    assert!(world.users.values().all(|user| state.user(user.id) == Some(user)));
    assert!(world.revoked.iter().all(|(id, _)| state.is_revoked(*id)));
    assert!(views.hosts().iter().eq(world.hosts.values()));
    assert!(state.hosts().iter().eq(world.hosts.values()));
    assert!(views.webhooks().iter().eq(world.webhooks.values()));
    assert!(state.webhooks().iter().eq(world.webhooks.values()));
    let voters = world.hosts.values().filter(|host| host.votes()).map(|host| host.id);
    assert!(state.hosts().voters().iter().copied().eq(voters));
}

#[test]
fn views_show_what_the_model_shows() {
    for seed in 0..10 {
        let dir = tempfile::tempdir().unwrap();
        let mut world = World::new(seed);
        let mut views = Views::open(Some(dir.path()), &|_| true).unwrap();
        for _ in 0..40 {
            let steps = usize::try_from(world.random.below(30)).unwrap();
            world.batch(&views, steps);
            match world.random.below(5) {
                0 => assert_eq!(views.checkpoint().unwrap(), world.head),
                1 => {
                    views.checkpoint().unwrap();
                    drop(views);
                    views = Views::open(Some(dir.path()), &|_| true).unwrap();
                }
                _ => {}
            }
            if world.random.below(3) == 0 {
                check(&mut world, &views);
            }
        }
        check(&mut world, &views);
    }
}

#[test]
fn views_without_a_file_are_the_same() {
    let mut world = World::new(77);
    let views = Views::open(None, &|_| true).unwrap();
    for _ in 0..10 {
        world.batch(&views, 40);
        views.checkpoint().unwrap();
        assert_eq!(views.dirty(), 0);
        check(&mut world, &views);
    }
}

#[test]
fn memory_follows_what_is_active() {
    let mut world = World::new(5);
    let views = Views::open(None, &|_| true).unwrap();
    world.batch(&views, 2_000);
    let active = world.tickets.values().filter(|ticket| ticket.status.is_active()).count()
        + world.orders.values().filter(|order| !order.is_terminal()).count();
    assert!(views.metrics().in_memory > active);
    views.checkpoint().unwrap();
    assert_eq!(views.metrics().in_memory, active);
    assert!(world.tickets.len() + world.orders.len() > active);
    check(&mut world, &views);
}
