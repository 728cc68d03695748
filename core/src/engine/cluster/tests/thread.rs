//! A writer on its own thread, which waits for commands, news and the outcomes of appends alike.

use std::sync::Arc;
use std::time::Duration;

use super::fixtures::{Copied, FakeLink, Stream, Verdict};
use crate::domain::order::OrderStatus;
use crate::engine::cluster::{ClusterParts, News, Terms};
use crate::engine::tests::{BUYER, RIVAL, SELLER, clock, list, parts, reserve, sign_up};
use crate::engine::{Handle, Request, Writer};
use crate::event::Actor;
use crate::types::{CommandId, OrderId, UserId};

/// Lets the writer end, whatever becomes of the test.
struct Closing(Arc<Handle>, Arc<Copied>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.1.silence(false);
        self.0.close();
    }
}

fn request(actor: Actor, command: crate::command::Command, id: u8) -> Request {
    Request::new(command, CommandId::from_bytes([id; 16]), actor)
}

#[test]
fn the_writer_wakes_for_commands_for_news_and_for_outcomes() {
    let (copied, link, clock) = (Copied::new(&Stream::default()), FakeLink::new(), clock());
    let (parts, _work) = parts(copied.clone(), clock.clone());
    let views = parts.views.clone();
    let cluster = ClusterParts { link: link.clone(), replica: copied.clone(), terms: Terms::new(link.clone()) };
    let (writer, handle) = Writer::in_cluster(parts, cluster, 1024, true);
    let handle = Arc::new(handle);
    let submit = |request| pollster::block_on(handle.submit(request));
    std::thread::scope(|scope| {
        scope.spawn(|| writer.run());
        let _closing = Closing(Arc::clone(&handle), Arc::clone(&copied));

        // A follower wakes for a command.
        let early =
            crate::engine::tests::ask(&handle, Actor::System, sign_up(copied.as_ref(), UserId::from_bytes([9; 16])));
        assert_eq!(link.next_forwarded().0.command.name(), "CreateUser");
        drop(early);

        // It wakes for news, and then decides.
        link.tell(News::Lead { epoch: 1 });
        while link.led().is_empty() {
            std::thread::yield_now();
        }
        for (user, id) in [(SELLER, 1), (BUYER, 2), (RIVAL, 3)] {
            submit(request(Actor::System, sign_up(copied.as_ref(), user), id)).unwrap();
        }
        submit(request(Actor::User(SELLER), list(), 4)).unwrap();
        submit(request(Actor::User(BUYER), reserve(1), 5)).unwrap();
        let refused = submit(request(Actor::User(RIVAL), reserve(2), 6)).unwrap_err();
        assert_eq!((refused.code().as_str(), copied.appends().last()), ("ticket.locked", Some(&0)));

        // It wakes for deadlines.
        clock.advance(Duration::from_mins(16));
        let order = views.order(OrderId::from_bytes([1; 16])).unwrap().unwrap();
        assert_eq!(order.status, OrderStatus::Expired);

        // It hears the news while an append is under way, and the outcome after that.
        let before = copied.appends().len();
        copied.silence(true);
        let mut asked = crate::engine::tests::ask(&handle, Actor::User(BUYER), reserve(7));
        while copied.appends().len() == before {
            copied.begins();
        }
        link.tell(News::Depose);
        copied.will(Verdict::Lost);
        copied.silence(false);
        let (given, reply) = link.next_forwarded();
        assert_eq!((given.command.name(), asked.answer().is_none()), ("CreateOrder", true));
        reply.send(Err(crate::error::Code::TicketSold.into())).unwrap();
        assert_eq!(asked.code(), Some("ticket.sold"));

        // Nothing falls due at a follower, so nobody waits for it.
        clock.advance(Duration::from_mins(16));
        link.tell(News::Lead { epoch: 3 });
        while link.led() != [1, 3] {
            std::thread::yield_now();
        }
        submit(request(Actor::User(RIVAL), reserve(8), 8)).unwrap();
    });
}
