//! The one way to make a plan.

use std::collections::BTreeMap;
use std::mem;
use std::sync::Arc;

use super::fault::Faults;
use super::texts::Texts;
use super::{
    ACCESSIBLE, AISLE_BEFORE, CATEGORIES_MAX, COMPANION, Category, Data, ID_CHARS_MAX, ID_CHARS_MIN, Layout,
    POSITION_MAX, Place, Plan, PlanError, PlanFault, Point, RESTRICTED_VIEW, ROWS_MAX, RowData, SEATS_MAX, SIZE_MAX,
    Seats, Size, TEXT_CHARS_MAX, ZONES_MAX, ZoneData, narrow,
};

/// Most bytes of all ids and other texts. Only very long ones of very many seats reach it.
const TEXTS_BYTES_MAX: usize = 32 << 20;

/// A zone to be added.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewZone<'a> {
    /// Its name, which must not be empty.
    pub name: &'a str,
    /// What people look at from here. Without it, the zone looks at the plan's focal point.
    pub focal_point: Option<Point>,
    /// How to get in.
    pub entrance: Option<&'a str>,
    /// The line of the file, for faults.
    pub line: Option<u64>,
}

/// A row to be added.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewRow<'a> {
    /// Its label, which may be empty.
    pub label: &'a str,
    /// The line of the file, for faults.
    pub line: Option<u64>,
}

/// A seat to be added.
#[derive(Debug, Clone, Copy, Default)]
pub struct NewSeat<'a> {
    /// Its id: 2 to 64 characters, unique in the plan.
    pub id: &'a str,
    /// Its label, mostly a number. It must not be empty.
    pub label: &'a str,
    /// Name of its category.
    pub category: &'a str,
    /// Where it stands.
    pub position: Point,
    /// Whether it is a place for a wheelchair.
    pub accessible: bool,
    /// Whether something is in the way of the view.
    pub restricted_view: bool,
    /// Whether an aisle lies between this seat and the seat before it in the row.
    pub aisle_before: bool,
    /// Id of the accessible place whose companion sits here. That may come later.
    pub companion_of: Option<&'a str>,
    /// How to get there, if not by the entrance of the zone.
    pub entrance: Option<&'a str>,
    /// The line of the file, for faults.
    pub line: Option<u64>,
}

/// Makes a [`Plan`]. It checks everything, and [`PlanBuilder::build`] returns all faults at once.
///
/// Categories come before the seats that have them; zones, rows and seats come in the order of the plan: a row belongs
/// to the zone that was added last, a seat to the row that was added last. Texts are trimmed.
///
/// ```
/// use boxoffice_seating::{NewRow, NewSeat, NewZone, PlanBuilder};
///
/// let mut builder = PlanBuilder::new("Cellar");
/// builder.category("Any", [0, 0, 0]).zone(NewZone { name: "Cellar", ..NewZone::default() });
/// builder.row(NewRow { label: "A", ..NewRow::default() });
/// builder.seat(NewSeat { id: "A-1", label: "1", category: "Ayn", ..NewSeat::default() });
/// let error = builder.build().unwrap_err();
/// assert_eq!(error.faults()[0].path(), "zones[0].rows[0].seats[0]");
/// assert_eq!(error.to_string(), "zones[0].rows[0].seats[0]: there is no category \"Ayn\"");
/// ```
#[derive(Debug, Default)]
pub struct PlanBuilder {
    name: String,
    size: Size,
    focal_point: Option<Point>,
    categories: Vec<Category>,
    category_by_name: BTreeMap<String, u16>,
    zones: Vec<ZoneData>,
    rows: Vec<RowData>,
    seats: Seats,
    texts: Texts,
    /// The index of each text.
    known: BTreeMap<String, u32>,
    /// Companions with the ids of their accessible places.
    wanted: Vec<(u32, String)>,
    /// Companions with their accessible places.
    companions: Vec<(u32, u32)>,
    /// The line of each seat; 0 if it came without one.
    lines: Vec<u64>,
    faults: Faults,
}

/// A place that becomes a text only if something is wrong there.
#[derive(Debug, Clone, Copy)]
enum Spot {
    Whole,
    Line(u64),
    Category(usize),
    Zone(usize),
    Row(usize, usize),
    Seat(usize, usize, usize),
}

impl Spot {
    fn or_line(self, line: Option<u64>) -> Self {
        line.map_or(self, Self::Line)
    }

    fn place(self) -> Place {
        match self {
            Self::Whole => Place::Whole,
            Self::Line(line) => Place::Line(line),
            Self::Category(category) => Place::Path(format!("categories[{category}]")),
            Self::Zone(zone) => Place::Path(format!("zones[{zone}]")),
            Self::Row(zone, row) => Place::Path(format!("zones[{zone}].rows[{row}]")),
            Self::Seat(zone, row, seat) => Place::Path(format!("zones[{zone}].rows[{row}].seats[{seat}]")),
        }
    }
}

impl PlanBuilder {
    /// Begins a plan with this name.
    pub fn new(name: &str) -> Self {
        let mut builder = Self { name: name.trim().to_owned(), ..Self::default() };
        builder.checked(Spot::Whole, "the name", name);
        builder
    }

    /// Sets width and height, in the plan's unit. Without them they are 0: unknown.
    pub fn size(&mut self, width: u32, height: u32) -> &mut Self {
        if width > SIZE_MAX || height > SIZE_MAX {
            self.faults.push(PlanFault::OutOfRange { place: Place::Whole, what: "the size", max: SIZE_MAX });
        }
        self.size = Size { width, height };
        self
    }

    /// Sets what people look at from zones that name no focal point of their own. Without it they look at the middle of
    /// the upper edge of all seats.
    pub fn focal_point(&mut self, point: Point) -> &mut Self {
        self.check_position(Spot::Whole, "the focal point", point);
        self.focal_point = Some(point);
        self
    }

    /// Adds a category: its name, and its colour as red, green, blue. The first category is the best one.
    pub fn category(&mut self, name: &str, color: [u8; 3]) -> &mut Self {
        let (index, name) = (self.categories.len(), name.trim());
        let spot = Spot::Category(index);
        if index == CATEGORIES_MAX {
            return self.too_many(spot, "categories", CATEGORIES_MAX);
        }
        self.checked(spot, "the name", name);
        if let Some(first) = self.category_by_name.get(name) {
            let first = Spot::Category(usize::from(*first)).place();
            let (what, name) = ("the category", name.to_owned());
            self.faults.push(PlanFault::DoubledName { place: spot.place(), what, name, first });
        } else {
            self.category_by_name.insert(name.to_owned(), u16::try_from(index).unwrap_or(u16::MAX));
        }
        self.categories.push(Category { name: name.to_owned(), color });
        self
    }

    /// Adds a zone. It may remain without rows.
    pub fn zone(&mut self, zone: NewZone<'_>) -> &mut Self {
        let spot = Spot::Zone(self.zones.len()).or_line(zone.line);
        if self.zones.len() == ZONES_MAX {
            return self.too_many(spot, "zones", ZONES_MAX);
        }
        self.checked(spot, "the name", zone.name);
        if let Some(point) = zone.focal_point {
            self.check_position(spot, "the focal point", point);
        }
        let name = self.intern(zone.name);
        let entrance = self.entrance(spot, zone.entrance);
        let next = narrow(self.rows.len());
        self.zones.push(ZoneData { name, focal_point: zone.focal_point, entrance, rows: next..next });
        self
    }

    /// Adds a row to the last zone.
    pub fn row(&mut self, row: NewRow<'_>) -> &mut Self {
        let Some(zone) = self.zones.len().checked_sub(1) else {
            return self.out_of_order(Spot::Whole.or_line(row.line), "a row");
        };
        let spot = Spot::Row(zone, self.zones[zone].rows.len()).or_line(row.line);
        if self.rows.len() == ROWS_MAX {
            return self.too_many(spot, "rows", ROWS_MAX);
        }
        self.check_last_row();
        self.checked_or_empty(spot, "the label", row.label);
        let label = self.intern(row.label);
        let next = narrow(self.seats.labels.len());
        self.rows.push(RowData { label, zone: u16::try_from(zone).unwrap_or(u16::MAX), seats: next..next });
        self.zones[zone].rows.end += 1;
        self
    }

    /// Adds a seat to the last row.
    pub fn seat(&mut self, seat: NewSeat<'_>) -> &mut Self {
        let index = self.seats.labels.len();
        let Some(row) = self.rows.len().checked_sub(1) else {
            return self.out_of_order(Spot::Whole.or_line(seat.line), "a seat");
        };
        let spot = self.spot_in(row, self.rows[row].seats.len()).or_line(seat.line);
        if index == SEATS_MAX {
            return self.too_many(spot, "seats", SEATS_MAX);
        }
        if self.seats.ids.bytes_len() + self.texts.bytes_len() > TEXTS_BYTES_MAX {
            return self.too_many(spot, "bytes of ids and labels", TEXTS_BYTES_MAX);
        }
        self.check_id(spot, seat.id);
        self.checked(spot, "the label", seat.label);
        self.check_position(spot, "the position", seat.position);
        let category = self.category_by_name.get(seat.category.trim()).copied();
        if category.is_none() {
            let name = seat.category.trim().chars().take(TEXT_CHARS_MAX).collect();
            self.faults.push(PlanFault::UnknownCategory { place: spot.place(), name });
        }
        if let Some(of) = seat.companion_of {
            self.wanted.push((narrow(index), of.trim().to_owned()));
        }
        if let Some(entrance) = self.entrance(spot, seat.entrance) {
            self.seats.entrances.push((narrow(index), entrance));
        }
        let label = self.intern(seat.label);
        let seats = &mut self.seats;
        seats.ids.push(seat.id.trim());
        seats.labels.push(label);
        seats.positions.push(seat.position);
        seats.categories.push(category.unwrap_or_default());
        let attributes =
            [(seat.accessible, ACCESSIBLE), (seat.restricted_view, RESTRICTED_VIEW), (seat.aisle_before, AISLE_BEFORE)];
        seats.attributes.push(attributes.iter().filter(|(has, _)| *has).map(|(_, attribute)| attribute).sum());
        self.lines.push(seat.line.unwrap_or_default());
        self.rows[row].seats.end += 1;
        self
    }

    /// Names the accessible place of a companion by its number. Companions come in the order of their own numbers.
    pub(super) fn companion(&mut self, companion: u32, of: u32) {
        self.companions.push((companion, of));
    }

    /// Adds a fault that an importer found. The plan is then not built.
    pub fn fault(&mut self, fault: PlanFault) -> &mut Self {
        self.faults.push(fault);
        self
    }

    /// Builds the plan.
    ///
    /// # Errors
    /// All faults of the plan, of which the first hundred are named.
    pub fn build(mut self) -> Result<Plan, PlanError> {
        self.check_whole();
        self.sort_ids();
        self.check_labels();
        self.find_companions();
        if let Some(error) = mem::take(&mut self.faults).into_error() {
            return Err(error);
        }
        self.seats.shrink_to_fit();
        self.texts.shrink_to_fit();
        let layout = Layout::new(self.categories.len(), &self.zones, &self.rows, &self.seats, self.focal_point);
        Ok(Plan(Arc::new(Data {
            name: self.name,
            size: self.size,
            focal_point: self.focal_point,
            categories: self.categories,
            zones: self.zones,
            rows: self.rows,
            seats: self.seats,
            texts: self.texts,
            layout,
        })))
    }

    fn check_whole(&mut self) {
        if self.seats.labels.is_empty() {
            self.faults.push(PlanFault::Empty { place: Place::Whole, what: "the list of seats" });
        }
        self.check_last_row();
    }

    /// Notes a fault if the last row, which is complete, has no seats.
    fn check_last_row(&mut self) {
        if let Some(row) = self.rows.last().filter(|row| row.seats.is_empty()) {
            let zone = usize::from(row.zone);
            let spot = Spot::Row(zone, self.zones[zone].rows.len() - 1);
            self.faults.push(PlanFault::Empty { place: spot.place(), what: "the row" });
        }
    }

    /// Orders the seats by their ids, and notes those that have the id of an earlier one.
    fn sort_ids(&mut self) {
        let ids = &self.seats.ids;
        let mut by_id: Vec<u32> = (0..narrow(self.seats.labels.len())).collect();
        by_id.sort_unstable_by(|one, other| ids.get(*one).cmp(ids.get(*other)).then(one.cmp(other)));
        let doubled = |group: &[u32]| group.iter().skip(1).map(|seat| (*seat, group[0])).collect::<Vec<_>>();
        let same = by_id.chunk_by(|one, other| ids.get(*one) == ids.get(*other));
        let mut doubled: Vec<(u32, u32)> = same.flat_map(doubled).collect();
        doubled.sort_unstable();
        for (seat, first) in doubled {
            let id = self.seats.ids.get(seat).to_owned();
            let (place, first) = (self.place_of(seat), self.place_of(first));
            self.faults.push(PlanFault::DoubledId { place, id, first });
        }
        self.seats.by_id = by_id;
    }

    /// Notes the seats that people can't tell from an earlier one.
    fn check_labels(&mut self) {
        let mut seats: Vec<((u32, u32, u32), u32)> = Vec::with_capacity(self.seats.labels.len());
        for row in &self.rows {
            let zone = self.zones[usize::from(row.zone)].name;
            let named = |seat: u32| ((zone, row.label, self.seats.labels[seat as usize]), seat);
            seats.extend(row.seats.clone().map(named));
        }
        seats.sort_unstable();
        let doubled = |group: &[((u32, u32, u32), u32)]| {
            group.iter().skip(1).map(|(names, seat)| (*seat, group[0].1, *names)).collect::<Vec<_>>()
        };
        let mut doubled: Vec<_> = seats.chunk_by(|one, other| one.0 == other.0).flat_map(doubled).collect();
        doubled.sort_unstable();
        for (seat, first, (zone, row, label)) in doubled {
            let (place, first) = (self.place_of(seat), self.place_of(first));
            let [zone, row, seat] = [zone, row, label].map(|text| self.texts.get(text).to_owned());
            self.faults.push(PlanFault::DoubledSeat { place, zone, row, seat, first });
        }
    }

    /// Finds the accessible places of the companions.
    fn find_companions(&mut self) {
        for (seat, id) in mem::take(&mut self.wanted) {
            let ids = &self.seats.ids;
            let found = self.seats.by_id.binary_search_by(|other| ids.get(*other).cmp(&id));
            if let Ok(at) = found {
                self.companions.push((seat, self.seats.by_id[at]));
                continue;
            }
            let id = id.chars().take(ID_CHARS_MAX).collect();
            self.faults.push(PlanFault::UnknownSeat { place: self.place_of(seat), id });
        }
        for (seat, of) in mem::take(&mut self.companions) {
            let (Some(attributes), true) = (self.seats.attributes.get(of as usize), self.contains(seat)) else {
                let id = of.to_string();
                self.faults.push(PlanFault::UnknownSeat { place: Place::Whole, id });
                continue;
            };
            if of == seat || attributes & ACCESSIBLE == 0 {
                let id = self.seats.ids.get(of).to_owned();
                self.faults.push(PlanFault::NotAccessible { place: self.place_of(seat), id });
                continue;
            }
            self.seats.attributes[seat as usize] |= COMPANION;
            self.seats.companions.push((seat, of));
        }
    }

    fn contains(&self, seat: u32) -> bool {
        (seat as usize) < self.seats.labels.len()
    }

    /// Returns where a seat came from.
    fn place_of(&self, seat: u32) -> Place {
        let line = self.lines[seat as usize];
        if line > 0 {
            return Place::Line(line);
        }
        let row = self.rows.partition_point(|row| row.seats.end <= seat);
        self.spot_in(row, (seat - self.rows[row].seats.start) as usize).place()
    }

    fn spot_in(&self, row: usize, seat: usize) -> Spot {
        let zone = usize::from(self.rows[row].zone);
        Spot::Seat(zone, row - self.zones[zone].rows.start as usize, seat)
    }

    fn check_id(&mut self, spot: Spot, id: &str) {
        let id = id.trim();
        let chars = id.chars().count();
        if !(ID_CHARS_MIN..=ID_CHARS_MAX).contains(&chars) {
            let id = id.chars().take(ID_CHARS_MAX).collect();
            self.faults.push(PlanFault::IdLength { place: spot.place(), id, chars });
        }
        self.check_control(spot, "the id", id);
    }

    /// Notes a fault if the text is empty, too long or has control characters.
    fn checked(&mut self, spot: Spot, what: &'static str, text: &str) {
        if text.trim().is_empty() {
            self.faults.push(PlanFault::Empty { place: spot.place(), what });
        }
        self.checked_or_empty(spot, what, text);
    }

    fn checked_or_empty(&mut self, spot: Spot, what: &'static str, text: &str) {
        let chars = text.trim().chars().count();
        if chars > TEXT_CHARS_MAX {
            let chars_max = TEXT_CHARS_MAX;
            self.faults.push(PlanFault::TooLong { place: spot.place(), what, chars, chars_max });
        }
        self.check_control(spot, what, text.trim());
    }

    fn check_control(&mut self, spot: Spot, what: &'static str, text: &str) {
        if text.chars().any(char::is_control) {
            self.faults.push(PlanFault::ControlCharacters { place: spot.place(), what });
        }
    }

    fn check_position(&mut self, spot: Spot, what: &'static str, point: Point) {
        if point.x.unsigned_abs() > POSITION_MAX || point.y.unsigned_abs() > POSITION_MAX {
            self.faults.push(PlanFault::OutOfRange { place: spot.place(), what, max: POSITION_MAX });
        }
    }

    /// Returns the text of an entrance; `None` if it is empty.
    fn entrance(&mut self, spot: Spot, entrance: Option<&str>) -> Option<u32> {
        let entrance = entrance.map(str::trim).filter(|text| !text.is_empty())?;
        self.checked(spot, "the entrance", entrance);
        Some(self.intern(entrance))
    }

    fn intern(&mut self, text: &str) -> u32 {
        let text = text.trim();
        if let Some(index) = self.known.get(text) {
            return *index;
        }
        let index = self.texts.push(text);
        self.known.insert(text.to_owned(), index);
        index
    }

    fn too_many(&mut self, spot: Spot, what: &'static str, max: usize) -> &mut Self {
        self.faults.push(PlanFault::TooMany { place: spot.place(), what, max });
        self
    }

    fn out_of_order(&mut self, spot: Spot, what: &'static str) -> &mut Self {
        self.faults.push(PlanFault::OutOfOrder { place: spot.place(), what });
        self
    }
}
