//! Reading a plan.

use super::{
    ACCESSIBLE, COMPANION, Category, CategoryIndex, Layout, Plan, Point, RESTRICTED_VIEW, RowData, RowIndex, SeatIndex,
    Size, Stretch, Tier, ZoneData, ZoneIndex, bytes_of, narrow,
};

/// A zone of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Zone<'a> {
    /// Its number.
    pub index: ZoneIndex,
    /// Its name.
    pub name: &'a str,
    /// The point that people look at from here. The nearest seats to it are the best.
    pub focal_point: Point,
    /// How to get in, if the plan says so.
    pub entrance: Option<&'a str>,
    /// Its first row.
    pub first_row: RowIndex,
    /// Number of its rows.
    pub rows_len: usize,
}

/// A row of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Row<'a> {
    /// Its number.
    pub index: RowIndex,
    /// Its label. It may be empty.
    pub label: &'a str,
    /// Its zone.
    pub zone: ZoneIndex,
    /// Its first seat.
    pub first_seat: SeatIndex,
    /// Number of its seats.
    pub seats_len: usize,
}

impl Row<'_> {
    /// Returns the seats of the row, in the order in which people walk along it.
    pub fn seats(&self) -> impl DoubleEndedIterator<Item = SeatIndex> + ExactSizeIterator + use<> {
        let first = self.first_seat.0;
        (first..first + narrow(self.seats_len)).map(SeatIndex)
    }
}

/// A seat of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seat<'a> {
    /// Its number.
    pub index: SeatIndex,
    /// Its id, which stays the same in later plans of the hall.
    pub id: &'a str,
    /// Its label, mostly a number.
    pub label: &'a str,
    /// Its row.
    pub row: RowIndex,
    /// Its zone.
    pub zone: ZoneIndex,
    /// Its category.
    pub category: CategoryIndex,
    /// Where it stands.
    pub position: Point,
    /// Whether it is a place for a wheelchair.
    pub accessible: bool,
    /// The accessible place whose companion sits here.
    pub companion_of: Option<SeatIndex>,
    /// Whether something is in the way of the view.
    pub restricted_view: bool,
    /// How to get there: the seat's own entrance, or that of its zone.
    pub entrance: Option<&'a str>,
}

impl Plan {
    /// Returns the name of the plan.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Returns width and height of the plan, in its unit; 0 if the file gave none.
    pub fn size(&self) -> Size {
        self.0.size
    }

    /// Returns the categories, the first of which is the best.
    pub fn categories(&self) -> &[Category] {
        &self.0.categories
    }

    /// Returns the number of seats.
    pub fn seats_len(&self) -> usize {
        self.0.seats.labels.len()
    }

    /// Returns a seat. It panics if the plan has no such seat, which [`Plan::contains`] tells.
    pub fn seat(&self, seat: SeatIndex) -> Seat<'_> {
        let (seats, at) = (&self.0.seats, seat.0 as usize);
        let stretch = self.stretch_of(seat);
        let entrance = found(&seats.entrances, seat.0).or(self.zone_data(stretch.zone).entrance);
        Seat {
            index: seat,
            id: seats.ids.get(seat.0),
            label: self.text(seats.labels[at]),
            row: RowIndex(stretch.row),
            zone: ZoneIndex(stretch.zone),
            category: CategoryIndex(seats.categories[at]),
            position: seats.positions[at],
            accessible: seats.attributes[at] & ACCESSIBLE != 0,
            companion_of: self.companion_of(seat.0).map(SeatIndex),
            restricted_view: seats.attributes[at] & RESTRICTED_VIEW != 0,
            entrance: entrance.map(|text| self.text(text)),
        }
    }

    /// Returns `true` if the plan has this seat.
    pub fn contains(&self, seat: SeatIndex) -> bool {
        (seat.0 as usize) < self.seats_len()
    }

    /// Returns all seats.
    pub fn seats(&self) -> impl DoubleEndedIterator<Item = Seat<'_>> + ExactSizeIterator {
        (0..narrow(self.seats_len())).map(move |seat| self.seat(SeatIndex(seat)))
    }

    /// Returns the seat with this id.
    pub fn find(&self, id: &str) -> Option<SeatIndex> {
        let seats = &self.0.seats;
        let found = seats.by_id.binary_search_by(|seat| seats.ids.get(*seat).cmp(id)).ok()?;
        Some(SeatIndex(seats.by_id[found]))
    }

    /// Returns the neighbours of a seat, before and after it in its row. It panics if the plan has no such seat.
    pub fn neighbours(&self, seat: SeatIndex) -> (Option<SeatIndex>, Option<SeatIndex>) {
        let stretch = self.stretch_of(seat);
        let before = (seat.0 > stretch.first).then(|| SeatIndex(seat.0 - 1));
        let after = (seat.0 + 1 < stretch.seats().end).then(|| SeatIndex(seat.0 + 1));
        (before, after)
    }

    /// Returns all rows.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = Row<'_>> + ExactSizeIterator {
        (0..narrow(self.0.rows.len())).map(move |row| self.row(RowIndex(row)))
    }

    /// Returns a row. It panics if the plan has no such row.
    pub fn row(&self, row: RowIndex) -> Row<'_> {
        let RowData { label, zone, seats } = &self.0.rows[row.0 as usize];
        Row {
            index: row,
            label: self.text(*label),
            zone: ZoneIndex(*zone),
            first_seat: SeatIndex(seats.start),
            seats_len: seats.len(),
        }
    }

    /// Returns all zones.
    pub fn zones(&self) -> impl DoubleEndedIterator<Item = Zone<'_>> + ExactSizeIterator {
        (0..self.zones_len()).map(move |zone| self.zone(ZoneIndex(zone)))
    }

    /// Returns a zone. It panics if the plan has no such zone.
    pub fn zone(&self, zone: ZoneIndex) -> Zone<'_> {
        let ZoneData { name, entrance, rows, focal_point: _ } = self.zone_data(zone.0);
        Zone {
            index: zone,
            name: self.text(*name),
            focal_point: self.layout().focal_points[usize::from(zone.0)],
            entrance: entrance.map(|text| self.text(text)),
            first_row: RowIndex(rows.start),
            rows_len: rows.len(),
        }
    }

    /// Returns the memory that the plan takes, in bytes. Clones share it.
    pub fn bytes(&self) -> usize {
        let data = &*self.0;
        let named = data.categories.iter().map(|category| category.name.capacity()).sum::<usize>();
        size_of_val(data)
            + data.name.capacity()
            + named
            + bytes_of(&data.categories)
            + bytes_of(&data.zones)
            + bytes_of(&data.rows)
            + data.seats.bytes()
            + data.texts.bytes()
            + data.layout.bytes()
    }

    pub(crate) fn zones_len(&self) -> u16 {
        u16::try_from(self.0.zones.len()).unwrap_or(u16::MAX)
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.0.layout
    }

    pub(crate) fn stretch_of(&self, seat: SeatIndex) -> &Stretch {
        self.layout().stretch_of(seat.0)
    }

    /// Returns the category of a seat, as an index.
    pub(crate) fn category_of(&self, seat: u32) -> u16 {
        self.0.seats.categories[seat as usize]
    }

    /// Returns whom a seat is meant for.
    pub(crate) fn tier_of(&self, seat: u32) -> Tier {
        tier(self.0.seats.attributes[seat as usize])
    }

    /// Returns the square of a seat's distance to the focal point of its zone.
    pub(crate) fn square(&self, seat: u32) -> u64 {
        let zone = self.layout().stretch_of(seat).zone;
        self.squares(zone, seat, seat + 1).next().unwrap_or_default()
    }

    /// Returns the squares of the distances of the seats from `first` to before `end` to the focal point of their zone.
    pub(crate) fn squares(&self, zone: u16, first: u32, end: u32) -> impl ExactSizeIterator<Item = u64> {
        let focal_point = self.layout().focal_points[usize::from(zone)];
        let positions = &self.0.seats.positions[first as usize..end as usize];
        positions.iter().map(move |position| position.square_distance(focal_point))
    }

    /// Returns the accessible place whose companion sits here.
    pub(crate) fn companion_of(&self, seat: u32) -> Option<u32> {
        found(&self.0.seats.companions, seat)
    }

    fn zone_data(&self, zone: u16) -> &ZoneData {
        &self.0.zones[usize::from(zone)]
    }

    fn text(&self, index: u32) -> &str {
        self.0.texts.get(index)
    }
}

/// Returns what a list that is in the order of seats has for one of them.
fn found(list: &[(u32, u32)], seat: u32) -> Option<u32> {
    let at = list.binary_search_by_key(&seat, |(seat, _)| *seat).ok()?;
    Some(list[at].1)
}

/// Returns whom a seat with these attributes is meant for.
pub(super) fn tier(attributes: u8) -> Tier {
    if attributes & ACCESSIBLE != 0 {
        Tier::Accessible
    } else if attributes & COMPANION != 0 {
        Tier::Companion
    } else {
        Tier::Ordinary
    }
}
