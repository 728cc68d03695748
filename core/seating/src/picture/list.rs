//! The seats of a plan as a list, from which a page makes a checkbox for each.

use serde::Serialize;

use super::text::{clean, filled, isolated};
use super::{Labels, Look, element, hexadecimal, number_of, rows_of, zones_of};
use crate::plan::{Category, CategoryIndex, Plan, Row, RowIndex, Seat, SeatIndex, Zone, ZoneIndex};

/// Seats by zone and row, for a template or a page's script.
///
/// Names and labels are as people may see them: without marks that turn the direction of what follows. They come from
/// strangers, so that a page has to escape them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SeatList {
    /// Name of the plan.
    pub name: String,
    /// The looks that seats may have.
    pub looks: Vec<ListedLook>,
    /// The categories of the plan, the best first.
    pub categories: Vec<ListedCategory>,
    /// The zones that were asked for, in the order of the plan. One may have no rows.
    pub zones: Vec<ListedZone>,
}

/// A look that seats may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListedLook {
    /// The look.
    pub look: Look,
    /// The letter that stands for it in pictures and patches.
    pub letter: char,
    /// The word for it.
    pub word: String,
}

/// A category of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListedCategory {
    /// Its number in the plan, as seats have it.
    pub index: CategoryIndex,
    /// Its number in pictures, from 1. A legend shows the symbol `f` with this number, if a seat of the section has it.
    pub number: u16,
    /// Its name.
    pub name: String,
    /// Its colour in the plan, such as `#336699`.
    pub color: String,
}

/// A zone of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListedZone {
    /// Its number in the plan.
    pub index: ZoneIndex,
    /// Its name.
    pub name: String,
    /// How to get in, if the plan says so.
    pub entrance: Option<String>,
    /// Its rows, in the order of the plan.
    pub rows: Vec<ListedRow>,
}

/// A row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListedRow {
    /// Its number in the plan.
    pub index: RowIndex,
    /// Its label. It may be empty.
    pub label: String,
    /// Its seats, in the order in which people walk along the row.
    pub seats: Vec<ListedSeat>,
}

/// A seat of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ListedSeat {
    /// Its number in the plan.
    pub index: SeatIndex,
    /// Id of its element in pictures.
    pub element: String,
    /// Its id in the plan, exactly.
    pub id: String,
    /// Its label.
    pub label: String,
    /// How it looks.
    pub state: Look,
    /// Its category.
    pub category: CategoryIndex,
    /// What is special about it.
    pub flags: Vec<Flag>,
    /// How to get there, if not by the entrance of the zone.
    pub entrance: Option<String>,
    /// Its name for who hears it: zone, row, seat, category and what is special. The state is left out, because it
    /// changes.
    pub spoken: String,
}

/// What may be special about a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum Flag {
    /// Something is in the way of the view.
    RestrictedView,
    /// There is room for a wheelchair.
    Accessible,
    /// It is for who comes with somebody in an accessible place.
    Companion,
}

/// Returns the seats of a zone, or of the whole plan, as a list.
///
/// `look` tells how each seat looks; it is asked once for each. It panics if the plan has no such zone.
pub fn list(plan: &Plan, zone: Option<ZoneIndex>, look: &dyn Fn(SeatIndex) -> Look, labels: &Labels) -> SeatList {
    let listed = |look: Look| ListedLook { look, letter: look.letter(), word: labels.of_look(look).to_owned() };
    SeatList {
        name: clean(plan.name()),
        looks: Look::ALL.into_iter().map(listed).collect(),
        categories: categories(plan),
        zones: zones_of(plan, zone).into_iter().map(|zone| listed_zone(plan, zone, look, labels)).collect(),
    }
}

fn categories(plan: &Plan) -> Vec<ListedCategory> {
    let listed = |(index, category): (CategoryIndex, &Category)| ListedCategory {
        index,
        number: number_of(index),
        name: clean(&category.name),
        color: hexadecimal(category.color),
    };
    (0..).map(CategoryIndex).zip(plan.categories()).map(listed).collect()
}

fn listed_zone(plan: &Plan, zone: Zone<'_>, look: &dyn Fn(SeatIndex) -> Look, labels: &Labels) -> ListedZone {
    let rows = rows_of(plan, zone).map(|row| ListedRow {
        index: row.index,
        label: clean(row.label),
        seats: row.seats().map(|index| listed_seat(plan, (zone, row), index, look(index), labels)).collect(),
    });
    let (rows, entrance) = (rows.collect(), zone.entrance.map(clean));
    ListedZone { index: zone.index, name: clean(zone.name), entrance, rows }
}

fn listed_seat(
    plan: &Plan,
    (zone, row): (Zone<'_>, Row<'_>),
    index: SeatIndex,
    state: Look,
    labels: &Labels,
) -> ListedSeat {
    let seat = plan.seat(index);
    let flags = [
        (seat.restricted_view, Flag::RestrictedView),
        (seat.accessible, Flag::Accessible),
        (seat.companion_of.is_some(), Flag::Companion),
    ];
    ListedSeat {
        index,
        element: element(index),
        id: seat.id.to_owned(),
        label: clean(seat.label),
        state,
        category: seat.category,
        flags: flags.into_iter().filter(|(has, _)| *has).map(|(_, flag)| flag).collect(),
        entrance: seat.entrance.filter(|entrance| zone.entrance != Some(*entrance)).map(clean),
        spoken: spoken(plan, (zone, row), &seat, labels),
    }
}

fn spoken(plan: &Plan, (zone, row): (Zone<'_>, Row<'_>), seat: &Seat<'_>, labels: &Labels) -> String {
    let mut parts = vec![isolated(zone.name)];
    parts.extend(labels.of_row(row.label));
    parts.push(labels.of_seat(seat.label));
    parts.push(isolated(&plan.categories()[usize::from(seat.category.0)].name));
    if seat.restricted_view {
        parts.push(labels.restricted_view.clone());
    }
    if seat.accessible {
        parts.push(labels.wheelchair_place.clone());
    }
    if let Some(of) = seat.companion_of {
        let place = place_of(plan, of, seat.zone, labels);
        parts.push(filled(&labels.companion, &[("place", &place)]));
    }
    parts.join(labels.separator.as_str())
}

/// Returns where a seat is, for who is in this zone.
fn place_of(plan: &Plan, seat: SeatIndex, here: ZoneIndex, labels: &Labels) -> String {
    let seat = plan.seat(seat);
    let zone = (seat.zone != here).then(|| isolated(plan.zone(seat.zone).name));
    let row = labels.of_row(plan.row(seat.row).label);
    let parts: Vec<_> = zone.into_iter().chain(row).chain([labels.of_seat(seat.label)]).collect();
    parts.join(labels.separator.as_str())
}
