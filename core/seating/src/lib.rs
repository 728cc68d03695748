//! Seat plans, what is taken of them, and the best seats for a party.
//!
//! A [`Plan`] is what a hall looks like: zones, rows, seats. It never changes; an edit makes a new one, and
//! [`Plan::changes_to`] tells the difference. An [`Occupancy`] is what is held, sold or blocked of one plan. [`best()`]
//! chooses seats for a party, and [`judge`] says whether seats that a buyer chose may leave single ones behind.
//!
//! Everything here is a function of its arguments: no clock, no randomness, no input or output. The same calls give the
//! same seats on every machine, so that a replayed journal does, too.
//!
//! ```
//! use boxoffice_seating::{NewRow, NewSeat, NewZone, Occupancy, PlanBuilder, Point, Seating, Wish, best};
//!
//! let mut builder = PlanBuilder::new("Studio");
//! builder.category("Floor", [0x33, 0x66, 0x99]).zone(NewZone { name: "Floor", ..NewZone::default() });
//! for row in 1..=3 {
//!     builder.row(NewRow { label: &row.to_string(), ..NewRow::default() });
//!     for seat in 1..=8 {
//!         builder.seat(NewSeat {
//!             id: &format!("{row}-{seat}"),
//!             label: &seat.to_string(),
//!             category: "Floor",
//!             position: Point { x: seat * 50, y: row * 80 },
//!             ..NewSeat::default()
//!         });
//!     }
//! }
//! let plan = builder.build()?;
//!
//! let mut occupancy = Occupancy::new(&plan);
//! let choice = best(&occupancy, &Wish::new(2))?;
//! occupancy.hold(&choice.seats)?;
//!
//! let ids: Vec<_> = choice.seats.iter().map(|seat| plan.seat(*seat).id).collect();
//! assert_eq!(ids, ["1-4", "1-5"]);
//! assert_eq!(choice.reasons.seating, Seating::Together);
//! assert_eq!(Plan::decode(&plan.encode())?, plan);
//! # use boxoffice_seating::Plan;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(docsrs, feature(doc_cfg))]

mod best;
pub mod import;
mod occupancy;
pub mod picture;
mod plan;
#[cfg(any(test, feature = "samples"))]
pub mod samples;
mod single_seat;
#[cfg(test)]
mod testing;

pub use best::{Choice, Explanation, NoChoice, Seating, Singles, WhyNot, Wish, best};
pub use occupancy::{Occupancy, QUANTITY_MAX, SeatCounts, SeatRefused, SeatState};
pub use plan::*;
pub use single_seat::{SingleSeatRule, StrandedSeats, judge};
