//! What the search for seats needs to know about a plan: stretches, and the order in which to look at them.

use std::ops::Range;

use super::{AISLE_BEFORE, Point, RowData, Seats, Tier, ZoneData, bytes_of, narrow, views};

/// Follows from the rest of a plan.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// What each zone looks at.
    pub(crate) focal_points: Vec<Point>,
    /// All stretches, in the order of their seats.
    pub(crate) stretches: Vec<Stretch>,
    /// The stretch of each seat.
    stretch_of: Vec<u32>,
    /// Number of words in a bitmap with a bit for each seat.
    pub(crate) words_len: usize,
    /// For each category the stretches that have an ordinary seat of it, the nearest first.
    pub(crate) lists: Vec<Vec<u32>>,
    /// Where each stretch is in the lists.
    slots: Vec<Slot>,
    /// Stretches with ordinary seats of several categories.
    pub(crate) mixed: Vec<u32>,
    /// Stretches with seats that are not for everybody.
    pub(crate) with_kept: Vec<u32>,
    /// Accessible places with their companions, in the order of the places.
    companions: Vec<(u32, u32)>,
}

/// Consecutive seats of a row with no gap between them. In bitmaps it begins with a word of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) first: u32,
    pub(crate) len: u32,
    /// Its first word in bitmaps.
    word: u32,
    pub(crate) row: u32,
    pub(crate) zone: u16,
    /// Number of categories of its ordinary seats.
    categories: u16,
    /// Its first slot.
    slot: u32,
    /// The square of the distance of its nearest ordinary seat.
    pub(crate) square_min: u64,
}

/// Place of a stretch in the list of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) category: u16,
    pub(crate) at: u32,
}

impl Stretch {
    pub(crate) fn seats(&self) -> Range<u32> {
        self.first..self.first + self.len
    }

    /// Returns the seat this many seats after the first.
    pub(crate) fn seat(&self, offset: usize) -> u32 {
        self.first + narrow(offset)
    }

    /// Returns its words in bitmaps.
    pub(crate) fn words(&self) -> Range<usize> {
        let first = self.word as usize;
        first..first + (self.len as usize).div_ceil(64)
    }

    /// Returns `true` if its ordinary seats have several categories.
    pub(crate) fn is_mixed(&self) -> bool {
        self.categories > 1
    }
}

impl Layout {
    /// Makes the layout of these seats. `whole` is what zones look at that name no point of their own.
    pub(super) fn new(
        categories: usize,
        zones: &[ZoneData],
        rows: &[RowData],
        seats: &Seats,
        whole: Option<Point>,
    ) -> Self {
        let whole = whole.unwrap_or_else(|| upper_middle(&seats.positions));
        let focal_points = zones.iter().map(|zone| zone.focal_point.unwrap_or(whole)).collect();
        let mut layout = Self { focal_points, lists: vec![Vec::new(); categories], ..Self::default() };
        for (row, data) in rows.iter().enumerate() {
            layout.add_row(narrow(row), data, seats);
        }
        layout.find_kept(seats);
        layout.companions = seats.companions.iter().map(|(companion, of)| (*of, *companion)).collect();
        layout.companions.sort_unstable();
        layout.list(seats);
        layout.stretches.shrink_to_fit();
        layout
    }

    pub(crate) fn stretch_of(&self, seat: u32) -> &Stretch {
        &self.stretches[self.stretch_index(seat) as usize]
    }

    pub(crate) fn stretch_index(&self, seat: u32) -> u32 {
        self.stretch_of[seat as usize]
    }

    /// Returns the place of a seat in bitmaps: the word, and the bit in it.
    pub(crate) fn bit(&self, seat: u32) -> (usize, u64) {
        let stretch = self.stretch_of(seat);
        let offset = seat - stretch.first;
        (stretch.word as usize + offset as usize / 64, 1 << (offset % 64))
    }

    /// Returns the places of a stretch in the lists.
    pub(crate) fn slots(&self, stretch: &Stretch) -> &[Slot] {
        let first = stretch.slot as usize;
        &self.slots[first..first + usize::from(stretch.categories)]
    }

    /// Returns the stretches of a zone, or all.
    pub(crate) fn stretches_of(&self, zone: Option<u16>) -> &[Stretch] {
        match zone {
            None => &self.stretches,
            Some(zone) => {
                let start = self.stretches.partition_point(|stretch| stretch.zone < zone);
                let end = self.stretches.partition_point(|stretch| stretch.zone <= zone);
                &self.stretches[start..end]
            }
        }
    }

    /// Returns the companions of an accessible place, in the order of the plan.
    pub(crate) fn companions_of(&self, place: u32) -> impl Iterator<Item = u32> {
        let first = self.companions.partition_point(|(of, _)| *of < place);
        let companions = self.companions[first..].iter().take_while(move |(of, _)| *of == place);
        companions.map(|(_, companion)| *companion)
    }

    pub(crate) fn bytes(&self) -> usize {
        bytes_of(&self.focal_points)
            + bytes_of(&self.stretches)
            + bytes_of(&self.stretch_of)
            + bytes_of(&self.lists)
            + self.lists.iter().map(bytes_of).sum::<usize>()
            + bytes_of(&self.slots)
            + bytes_of(&self.mixed)
            + bytes_of(&self.with_kept)
            + bytes_of(&self.companions)
    }

    /// Cuts a row into its stretches.
    fn add_row(&mut self, row: u32, data: &RowData, seats: &Seats) {
        let positions = &seats.positions[data.seats.start as usize..data.seats.end as usize];
        let median = median_square(positions);
        let mut first = data.seats.start;
        for seat in data.seats.clone() {
            let at = (seat - data.seats.start) as usize;
            let aisle = seats.attributes[seat as usize] & AISLE_BEFORE != 0;
            let gap = at > 0 && (aisle || is_gap(positions[at - 1].square_distance(positions[at]), median));
            if gap {
                self.add_stretch(row, data.zone, first..seat);
                first = seat;
            }
        }
        if first < data.seats.end {
            self.add_stretch(row, data.zone, first..data.seats.end);
        }
    }

    fn add_stretch(&mut self, row: u32, zone: u16, seats: Range<u32>) {
        let index = narrow(self.stretches.len());
        let len = seats.end - seats.start;
        self.stretches.push(Stretch {
            first: seats.start,
            len,
            word: narrow(self.words_len),
            row,
            zone,
            categories: 0,
            slot: 0,
            square_min: u64::MAX,
        });
        self.stretch_of.extend(seats.map(|_| index));
        self.words_len += (len as usize).div_ceil(64);
    }

    fn find_kept(&mut self, seats: &Seats) {
        let tiers = seats.attributes.iter().map(|attributes| views::tier(*attributes));
        let kept = self.stretch_of.iter().zip(tiers).filter(|(_, tier)| *tier != Tier::Ordinary);
        self.with_kept = kept.map(|(stretch, _)| *stretch).collect();
        self.with_kept.dedup();
    }

    /// Makes the lists of the categories.
    fn list(&mut self, seats: &Seats) {
        let mut entries: Vec<(u16, u64, u32)> = Vec::with_capacity(self.stretches.len());
        for (index, stretch) in (0..).zip(&mut self.stretches) {
            let focal_point = self.focal_points[usize::from(stretch.zone)];
            let ordinary = stretch.seats().map(|seat| seat as usize);
            let ordinary = ordinary.filter(|seat| views::tier(seats.attributes[*seat]) == Tier::Ordinary);
            let mut categories: Vec<u16> = Vec::new();
            for seat in ordinary {
                stretch.square_min = stretch.square_min.min(seats.positions[seat].square_distance(focal_point));
                if !categories.contains(&seats.categories[seat]) {
                    categories.push(seats.categories[seat]);
                }
            }
            stretch.categories = u16::try_from(categories.len()).unwrap_or(u16::MAX);
            if stretch.is_mixed() {
                self.mixed.push(index);
            }
            entries.extend(categories.iter().map(|category| (*category, stretch.square_min, index)));
        }
        entries.sort_unstable();
        let mut places: Vec<(u32, Slot)> = Vec::with_capacity(entries.len());
        for (category, _, index) in entries {
            let list = &mut self.lists[usize::from(category)];
            places.push((index, Slot { category, at: narrow(list.len()) }));
            list.push(index);
        }
        self.lists.iter_mut().for_each(Vec::shrink_to_fit);
        places.sort_unstable_by_key(|(index, slot)| (*index, slot.category));
        // Backwards, so that the first slot of each stretch remains.
        for (at, (index, _)) in (0..narrow(places.len())).zip(&places).rev() {
            self.stretches[*index as usize].slot = at;
        }
        self.slots = places.into_iter().map(|(_, slot)| slot).collect();
    }
}

/// Returns the middle of the upper edge of all seats: plans are drawn with the stage at the top.
fn upper_middle(positions: &[Point]) -> Point {
    let edge = |of: fn(i32, i32) -> i32| positions.iter().map(|point| point.x).reduce(of).unwrap_or_default();
    let (left, right) = (edge(i32::min), edge(i32::max));
    let top = positions.iter().map(|point| point.y).min().unwrap_or_default();
    // Positions are far smaller than the type, so that the sum fits.
    Point { x: i32::midpoint(left, right), y: top }
}

/// Returns the square of the median distance between the seats of a row; 0 if there is none.
fn median_square(row: &[Point]) -> u64 {
    let mut squares: Vec<u64> = row.windows(2).map(|pair| pair[0].square_distance(pair[1])).collect();
    squares.sort_unstable();
    // Of an even number the lower one of the middle, so that one wide step in a row of three is a gap.
    squares.get(squares.len().saturating_sub(1) / 2).copied().unwrap_or_default()
}

/// Returns `true` if the distance with this square is more than 1.6 times the median. Seats in one place have no gaps.
fn is_gap(square: u64, median_square: u64) -> bool {
    median_square > 0 && square * 100 > median_square * 256
}
