//! The stored form of a plan.
//!
//! The first byte is the format; this is format 1. Numbers are LEB128, signed ones zigzag; a text is its length and its
//! bytes. The head has the name, the size, the focal point, the categories and the zones. Then come columns, each of
//! which begins with its length in bytes: labels of rows, lengths of rows, and of the seats the ids, labels, positions,
//! categories, attributes, companions and entrances.
//!
//! Each value is told by what differs from the one before: "1-12" after "1-11" costs nothing but a count. A plan has
//! exactly one encoding, and `decode` accepts no other.

mod read;
mod write;

use std::ops::Range;

use self::read::{Cursor, Positions, Runs, Series};
use self::write::Writer;
use super::{
    ACCESSIBLE, AISLE_BEFORE, CATEGORIES_MAX, NewRow, NewSeat, NewZone, Plan, PlanBuilder, PlanError, Point,
    RESTRICTED_VIEW, ROWS_MAX, SEATS_MAX, STORED_ATTRIBUTES, ZONES_MAX, narrow,
};

/// The format that is written.
const FORMAT: u8 = 1;

/// Why bytes are no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// A later version wrote them, or they never were a plan.
    #[error("the format {0} is not known")]
    UnknownFormat(u8),
    /// They end too early.
    #[error("the bytes end too early")]
    Cut,
    /// They go on after the end.
    #[error("there are bytes after the end")]
    TooLong,
    /// Something in them can't be.
    #[error("{0} is wrong")]
    Wrong(&'static str),
    /// They are an unusual spelling of a plan, which this crate never writes.
    #[error("the bytes are not as this crate writes them")]
    NotCanonical,
    /// What they describe has faults.
    #[error(transparent)]
    Faulty(#[from] PlanError),
}

impl Plan {
    /// Returns the stored form of the plan, which is the same on every machine. A hundred thousand seats take some
    /// hundreds of kilobytes.
    pub fn encode(&self) -> Vec<u8> {
        let data = &*self.0;
        let text = |index: u32| data.texts.get(index);
        let mut writer = Writer::new(FORMAT);
        writer.text(&data.name);
        writer.number(u64::from(data.size.width));
        writer.number(u64::from(data.size.height));
        writer.point(data.focal_point);
        writer.number(data.categories.len() as u64);
        for category in &data.categories {
            writer.text(&category.name);
            writer.bytes(&category.color);
        }
        writer.number(data.zones.len() as u64);
        for zone in &data.zones {
            writer.text(text(zone.name));
            writer.point(zone.focal_point);
            writer.text(zone.entrance.map_or("", text));
            writer.number(zone.rows.len() as u64);
        }
        let seats = &data.seats;
        writer.column(|column| column.series(data.rows.iter().map(|row| text(row.label))));
        writer.column(|column| data.rows.iter().for_each(|row| column.number(row.seats.len() as u64)));
        writer.column(|column| column.series((0..narrow(self.seats_len())).map(|seat| seats.ids.get(seat))));
        writer.column(|column| column.series(seats.labels.iter().map(|label| text(*label))));
        writer.column(|column| column.positions(&seats.positions));
        writer.column(|column| column.runs(seats.categories.iter().map(|category| u64::from(*category))));
        let stored = seats.attributes.iter().map(|attributes| u64::from(attributes & STORED_ATTRIBUTES));
        writer.column(|column| column.runs(stored));
        writer.column(|column| column.companions(&seats.companions));
        let entrances = seats.entrances.iter().map(|(seat, entrance)| (*seat, text(*entrance)));
        writer.column(|column| column.entrances(entrances));
        writer.into_bytes()
    }

    /// Reads a plan from its stored form. Whatever it is given, it takes no more memory than the largest plan.
    ///
    /// # Errors
    /// What is wrong with the bytes. Bytes that are accepted are exactly what [`Plan::encode`] returns for the plan.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new(bytes);
        match cursor.byte()? {
            FORMAT => {}
            format => return Err(DecodeError::UnknownFormat(format)),
        }
        let mut builder = PlanBuilder::new(cursor.text()?);
        let (width, height) = (cursor.small("the width")?, cursor.small("the height")?);
        builder.size(width, height);
        if let Some(point) = cursor.point()? {
            builder.focal_point(point);
        }
        let categories = read_categories(&mut cursor, &mut builder)?;
        let zones = read_zones(&mut cursor)?;
        let mut columns = Columns::new(&mut cursor)?;
        if !cursor.is_at_end() {
            return Err(DecodeError::TooLong);
        }
        columns.build(&mut builder, &zones, &categories)?;
        let plan = builder.build()?;
        if plan.encode() == bytes { Ok(plan) } else { Err(DecodeError::NotCanonical) }
    }
}

/// A zone as it is stored, with the number of its rows.
type StoredZone<'a> = (NewZone<'a>, usize);

fn read_categories<'a>(cursor: &mut Cursor<'a>, builder: &mut PlanBuilder) -> Result<Vec<&'a str>, DecodeError> {
    let count = cursor.count("the number of categories", CATEGORIES_MAX)?;
    let mut names = Vec::new();
    for _ in 0..count {
        let name = cursor.text()?;
        builder.category(name, [cursor.byte()?, cursor.byte()?, cursor.byte()?]);
        names.push(name);
    }
    Ok(names)
}

fn read_zones<'a>(cursor: &mut Cursor<'a>) -> Result<Vec<StoredZone<'a>>, DecodeError> {
    let count = cursor.count("the number of zones", ZONES_MAX)?;
    let mut zones = Vec::new();
    let mut rows_left = ROWS_MAX;
    for _ in 0..count {
        let name = cursor.text()?;
        let focal_point = cursor.point()?;
        let entrance = Some(cursor.text()?);
        let rows = cursor.count("the number of rows", rows_left)?;
        rows_left -= rows;
        zones.push((NewZone { name, focal_point, entrance, line: None }, rows));
    }
    Ok(zones)
}

/// The columns of rows and seats, which are read side by side.
struct Columns<'a> {
    row_labels: Series<'a>,
    row_lens: Cursor<'a>,
    ids: Series<'a>,
    labels: Series<'a>,
    positions: Positions<'a>,
    categories: Runs<'a>,
    attributes: Runs<'a>,
    companions: Vec<(u32, u32)>,
    entrances: Vec<(Range<u32>, &'a str)>,
}

impl<'a> Columns<'a> {
    fn new(cursor: &mut Cursor<'a>) -> Result<Self, DecodeError> {
        Ok(Self {
            row_labels: Series::new(cursor.column()?),
            row_lens: cursor.column()?,
            ids: Series::new(cursor.column()?),
            labels: Series::new(cursor.column()?),
            positions: Positions::new(cursor.column()?),
            categories: Runs::new(cursor.column()?),
            attributes: Runs::new(cursor.column()?),
            companions: read::companions(cursor.column()?)?,
            entrances: read::entrances(cursor.column()?)?,
        })
    }

    /// Adds all zones, rows and seats to the builder.
    fn build(
        &mut self,
        builder: &mut PlanBuilder,
        zones: &[StoredZone<'a>],
        categories: &[&str],
    ) -> Result<(), DecodeError> {
        let mut seats_left = SEATS_MAX;
        let mut next = 0;
        for (zone, rows) in zones {
            builder.zone(*zone);
            for _ in 0..*rows {
                builder.row(NewRow { label: self.row_labels.next()?, line: None });
                let len = self.row_lens.count("the number of seats", seats_left)?;
                seats_left -= len;
                for _ in 0..len {
                    self.add_seat(builder, next, categories)?;
                    next += 1;
                }
            }
        }
        for (companion, of) in &self.companions {
            builder.companion(*companion, *of);
        }
        self.check_end(next)
    }

    fn add_seat(&mut self, builder: &mut PlanBuilder, seat: u32, categories: &[&str]) -> Result<(), DecodeError> {
        let position: Point = self.positions.next()?;
        let category = usize::try_from(self.categories.next()?).ok().and_then(|at| categories.get(at).copied());
        let attributes = u8::try_from(self.attributes.next()?).ok().filter(|bits| bits & !STORED_ATTRIBUTES == 0);
        let attributes = attributes.ok_or(DecodeError::Wrong("an attribute"))?;
        let entrance = self.entrances.partition_point(|(seats, _)| seats.end <= seat);
        let entrance = self.entrances.get(entrance).filter(|(seats, _)| seats.contains(&seat));
        builder.seat(NewSeat {
            id: self.ids.next()?,
            label: self.labels.next()?,
            category: category.ok_or(DecodeError::Wrong("a category"))?,
            position,
            accessible: attributes & ACCESSIBLE != 0,
            restricted_view: attributes & RESTRICTED_VIEW != 0,
            aisle_before: attributes & AISLE_BEFORE != 0,
            companion_of: None,
            entrance: entrance.map(|(_, text)| *text),
            line: None,
        });
        Ok(())
    }

    /// Fails unless every column ends where the seats do.
    fn check_end(&self, seats: u32) -> Result<(), DecodeError> {
        let ended = self.row_labels.is_at_end()
            && self.row_lens.is_at_end()
            && self.ids.is_at_end()
            && self.labels.is_at_end()
            && self.positions.is_at_end()
            && self.categories.is_at_end()
            && self.attributes.is_at_end()
            && self.entrances.last().is_none_or(|(run, _)| run.end <= seats);
        if ended { Ok(()) } else { Err(DecodeError::TooLong) }
    }
}
