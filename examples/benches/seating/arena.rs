//! What a plan of 100,000 seats takes.

use std::time::Duration;

use boxoffice_examples::measure::Stopwatch;
use boxoffice_seating::{NewRow, NewSeat, NewZone, Occupancy, Plan, PlanBuilder, PlanError, Point};

use crate::Failure;

/// Zones, rows of a zone, and seats of a row.
const SHAPE: (i32, i32, i32) = (50, 50, 40);

/// Measurements.
pub(crate) struct Arena {
    pub(crate) plan_mb: f64,
    pub(crate) occupancy_mb: f64,
    pub(crate) encoded_mb: f64,
    pub(crate) encoding_ms: f64,
    pub(crate) decoding_ms: f64,
    pub(crate) issuing_ms: f64,
}

pub(crate) fn measure() -> Result<Arena, Failure> {
    let plan = plan()?;
    let watch = Stopwatch::start();
    let encoded = plan.encode();
    let encoding = watch.elapsed();
    let watch = Stopwatch::start();
    let decoded = Plan::decode(&encoded)?;
    let decoding = watch.elapsed();
    if decoded != plan {
        return Err("the plan came back as another one".into());
    }
    let watch = Stopwatch::start();
    let occupancy = Occupancy::new(&plan);
    let issuing = watch.elapsed();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    Ok(Arena {
        plan_mb: mb(plan.bytes()),
        occupancy_mb: mb(occupancy.bytes()),
        encoded_mb: mb(encoded.len()),
        encoding_ms: ms(encoding),
        decoding_ms: ms(decoding),
        issuing_ms: ms(issuing),
    })
}

#[expect(clippy::cast_precision_loss, reason = "a size has three digits that matter")]
fn mb(bytes: usize) -> f64 {
    bytes as f64 / 1_000_000.0
}

/// Returns a plan whose rows are curved, so that each seat stands a little differently beside the one before.
fn plan() -> Result<Plan, PlanError> {
    let (zones, rows, seats) = SHAPE;
    let mut builder = PlanBuilder::new("Arena");
    builder.category("Lower", [0x1f, 0x5f, 0x7a]).category("Upper", [0x7a, 0x1f, 0x3d]);
    for zone in 0..zones {
        builder.zone(NewZone { name: &format!("Block {zone}"), ..NewZone::default() });
        for row in 0..rows {
            builder.row(NewRow { label: &row.to_string(), line: None });
            for seat in 0..seats {
                let curve = (seat - seats / 2).pow(2) / 3;
                builder.seat(NewSeat {
                    id: &format!("B{zone}-{row}-{seat:02}"),
                    label: &seat.to_string(),
                    category: if row < rows / 2 { "Lower" } else { "Upper" },
                    position: Point { x: zone * 2500 + seat * 50, y: row * 80 + curve },
                    ..NewSeat::default()
                });
            }
        }
    }
    builder.build()
}
