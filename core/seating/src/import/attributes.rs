//! The file of attributes beside a plan of pretix, whose format has no room for them.

use std::collections::BTreeMap;

use super::json::Node;
use super::object::Object;
use super::path::Path;
use super::tenths;
use crate::plan::{PlanBuilder, PlanFault, Point};

/// What the file says, by the ids of seats and the names of zones.
#[derive(Debug, Default)]
pub(super) struct Attributes<'n> {
    seats: BTreeMap<&'n str, SeatAttributes<'n>>,
    zones: BTreeMap<&'n str, ZoneAttributes<'n>>,
}

/// Attributes of a seat.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct SeatAttributes<'n> {
    pub(super) accessible: bool,
    pub(super) companion_of: Option<&'n str>,
    pub(super) restricted_view: bool,
    pub(super) entrance: Option<&'n str>,
    /// `true` once the plan turned out to have the seat.
    is_used: bool,
}

/// Attributes of a zone.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ZoneAttributes<'n> {
    pub(super) focal_point: Option<Point>,
    pub(super) entrance: Option<&'n str>,
    /// `true` once the plan turned out to have the zone.
    is_used: bool,
}

impl<'n> Attributes<'n> {
    /// Reads the file.
    pub(super) fn read(document: &'n Node<'n>, builder: &mut PlanBuilder) -> Self {
        let mut attributes = Self::default();
        let Some(file) = Object::open(document, Path::ATTRIBUTES, &[], &["seats", "zones"], builder) else {
            return attributes;
        };
        let seats = file.at("seats");
        for (id, node) in file.entries("seats", builder).unwrap_or_default() {
            let path = Path::Key(&seats, id);
            if attributes.seats.insert(id, seat(node, path, builder)).is_some() {
                builder.fault(path.wrong("is there twice"));
            }
        }
        let zones = file.at("zones");
        for (name, node) in file.entries("zones", builder).unwrap_or_default() {
            let path = Path::Key(&zones, name);
            if attributes.zones.insert(name, zone(node, path, builder)).is_some() {
                builder.fault(path.wrong("is there twice"));
            }
        }
        attributes
    }

    /// Returns the attributes of a seat that the plan has.
    pub(super) fn of_seat(&mut self, id: &str) -> SeatAttributes<'n> {
        let Some(attributes) = self.seats.get_mut(id) else { return SeatAttributes::default() };
        attributes.is_used = true;
        *attributes
    }

    /// Returns the attributes of a zone that the plan has. Zones with the same name have the same attributes.
    pub(super) fn of_zone(&mut self, name: &str) -> ZoneAttributes<'n> {
        let Some(attributes) = self.zones.get_mut(name) else { return ZoneAttributes::default() };
        attributes.is_used = true;
        *attributes
    }

    /// Notes the seats and zones that the plan turned out not to have.
    pub(super) fn refuse_unused(&self, builder: &mut PlanBuilder) {
        let file = Path::ATTRIBUTES;
        for (id, _) in self.seats.iter().filter(|(_, attributes)| !attributes.is_used) {
            let place = Path::Member(&file, "seats").place();
            builder.fault(PlanFault::UnknownSeat { place, id: super::clipped(id) });
        }
        for (name, _) in self.zones.iter().filter(|(_, attributes)| !attributes.is_used) {
            let place = Path::Member(&file, "zones").place();
            builder.fault(PlanFault::UnknownZone { place, name: super::clipped(name) });
        }
    }
}

fn seat<'n>(node: &'n Node<'n>, path: Path<'_>, builder: &mut PlanBuilder) -> SeatAttributes<'n> {
    let names = ["accessible", "companionOf", "restrictedView", "entrance"];
    let Some(seat) = Object::open(node, path, &[], &names, builder) else { return SeatAttributes::default() };
    SeatAttributes {
        accessible: seat.boolean("accessible", builder).unwrap_or_default(),
        companion_of: seat.text("companionOf", builder),
        restricted_view: seat.boolean("restrictedView", builder).unwrap_or_default(),
        entrance: seat.text("entrance", builder),
        is_used: false,
    }
}

fn zone<'n>(node: &'n Node<'n>, path: Path<'_>, builder: &mut PlanBuilder) -> ZoneAttributes<'n> {
    let Some(zone) = Object::open(node, path, &[], &["focalPoint", "entrance"], builder) else {
        return ZoneAttributes::default();
    };
    let focal_point = zone.point("focalPoint", builder);
    ZoneAttributes {
        focal_point: focal_point.map(|(x, y)| Point { x: tenths(x), y: tenths(y) }),
        entrance: zone.text("entrance", builder),
        is_used: false,
    }
}
