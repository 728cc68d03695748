//! Reading numbers, texts and columns. Nothing is allocated by a length that wasn't checked.

use std::ops::Range;

use super::super::{POSITION_MAX, Point, SEATS_MAX, TEXT_CHARS_MAX, narrow};
use super::DecodeError;
use super::write::{LITERAL, STEPS, UUID, write_step, write_uuid};

/// Most bytes of a text: four for each character.
const TEXT_BYTES_MAX: usize = TEXT_CHARS_MAX * 4;

/// Bytes that are being read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> Result<u8, DecodeError> {
        let (first, rest) = self.0.split_first().ok_or(DecodeError::Cut)?;
        self.0 = rest;
        Ok(*first)
    }

    pub(super) fn number(&mut self) -> Result<u64, DecodeError> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let part = u64::from(byte & 0x7f);
            if part << shift >> shift != part {
                break;
            }
            number |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(DecodeError::Wrong("a number"))
    }

    /// Reads a number of at most `max`.
    pub(super) fn count(&mut self, what: &'static str, max: usize) -> Result<usize, DecodeError> {
        let count = usize::try_from(self.number()?).ok().filter(|count| *count <= max);
        count.ok_or(DecodeError::Wrong(what))
    }

    /// Reads a number of 32 bits.
    pub(super) fn small(&mut self, what: &'static str) -> Result<u32, DecodeError> {
        u32::try_from(self.number()?).map_err(|_| DecodeError::Wrong(what))
    }

    pub(super) fn signed(&mut self) -> Result<i64, DecodeError> {
        self.number().map(unzigzag)
    }

    pub(super) fn text(&mut self) -> Result<&'a str, DecodeError> {
        let len = self.count("the length of a text", TEXT_BYTES_MAX)?;
        std::str::from_utf8(self.take(len)?).map_err(|_| DecodeError::Wrong("a text"))
    }

    pub(super) fn point(&mut self) -> Result<Option<Point>, DecodeError> {
        if self.count("a point", 1)? == 0 {
            return Ok(None);
        }
        let (x, y) = (self.signed()?, self.signed()?);
        point(x, y).map(Some)
    }

    pub(super) fn column(&mut self) -> Result<Self, DecodeError> {
        let len = usize::try_from(self.number()?).map_err(|_| DecodeError::Cut)?;
        Ok(Self(self.take(len)?))
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(DecodeError::Cut)?;
        self.0 = rest;
        Ok(taken)
    }
}

/// Returns the number with its sign: 0, 1, 2, 3 … stand for 0, -1, 1, -2 …
fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// Returns the point, if it lies within the limits of plans.
fn point(x: i64, y: i64) -> Result<Point, DecodeError> {
    let inside = |value: i64| i32::try_from(value).ok().filter(|value| value.unsigned_abs() <= POSITION_MAX);
    let point = inside(x).zip(inside(y)).map(|(x, y)| Point { x, y });
    point.ok_or(DecodeError::Wrong("a position"))
}

/// Texts, each told by what differs from the one before.
#[derive(Debug)]
pub(super) struct Series<'a> {
    cursor: Cursor<'a>,
    text: String,
    /// The step of the next texts, and how many of them follow.
    steps: (i64, u64),
    /// What the next text is written to, so that no text needs memory of its own.
    spare: String,
}

impl<'a> Series<'a> {
    pub(super) fn new(cursor: Cursor<'a>) -> Self {
        Self { cursor, text: String::new(), steps: (0, 0), spare: String::new() }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.steps.1 == 0 && self.cursor.is_at_end()
    }

    /// Reads the next text.
    pub(super) fn next(&mut self) -> Result<&str, DecodeError> {
        if self.steps.1 == 0 {
            match self.cursor.byte()? {
                LITERAL => return self.literal(),
                UUID => return self.uuid(),
                STEPS => self.steps = (self.cursor.signed()?, self.cursor.number()?),
                _ => return Err(DecodeError::Wrong("the tag of a text")),
            }
        }
        let left = self.steps.1.checked_sub(1).ok_or(DecodeError::Wrong("the number of steps"))?;
        self.steps.1 = left;
        write_step(&self.text, self.steps.0, &mut self.spare).ok_or(DecodeError::Wrong("a step"))?;
        std::mem::swap(&mut self.text, &mut self.spare);
        if self.text.len() > TEXT_BYTES_MAX { Err(DecodeError::Wrong("a text")) } else { Ok(&self.text) }
    }

    fn literal(&mut self) -> Result<&str, DecodeError> {
        let shared = self.cursor.count("what texts share", self.text.len())?;
        if !self.text.is_char_boundary(shared) {
            return Err(DecodeError::Wrong("what texts share"));
        }
        self.text.truncate(shared);
        self.text.push_str(self.cursor.text()?);
        if self.text.len() > TEXT_BYTES_MAX { Err(DecodeError::Wrong("a text")) } else { Ok(&self.text) }
    }

    fn uuid(&mut self) -> Result<&str, DecodeError> {
        let bytes = <[u8; 16]>::try_from(self.cursor.take(16)?).map_err(|_| DecodeError::Cut)?;
        write_uuid(u128::from_be_bytes(bytes), &mut self.text);
        Ok(&self.text)
    }
}

/// Positions, each told by how the way to it differs from the way before.
#[derive(Debug)]
pub(super) struct Positions<'a> {
    cursor: Cursor<'a>,
    at: (i64, i64),
    step: (i64, i64),
    /// How many of the next positions go on as before.
    same: u64,
}

impl<'a> Positions<'a> {
    pub(super) fn new(cursor: Cursor<'a>) -> Self {
        Self { cursor, at: (0, 0), step: (0, 0), same: 0 }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.same == 0 && self.cursor.is_at_end()
    }

    /// Reads the next position.
    pub(super) fn next(&mut self) -> Result<Point, DecodeError> {
        let add = |to: i64, number: i64| to.checked_add(number).ok_or(DecodeError::Wrong("a position"));
        if self.same > 0 {
            self.same -= 1;
        } else {
            match self.cursor.number()? {
                0 => return Err(DecodeError::Wrong("a position")),
                token if token & 1 == 0 => self.same = (token >> 1) - 1,
                token => {
                    let changes = (unzigzag(token >> 1), self.cursor.signed()?);
                    self.step = (add(self.step.0, changes.0)?, add(self.step.1, changes.1)?);
                }
            }
        }
        self.at = (add(self.at.0, self.step.0)?, add(self.at.1, self.step.1)?);
        point(self.at.0, self.at.1)
    }
}

/// Numbers, equal ones together.
#[derive(Debug)]
pub(super) struct Runs<'a> {
    cursor: Cursor<'a>,
    number: u64,
    left: u64,
}

impl<'a> Runs<'a> {
    pub(super) fn new(cursor: Cursor<'a>) -> Self {
        Self { cursor, number: 0, left: 0 }
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.left == 0 && self.cursor.is_at_end()
    }

    /// Reads the next number.
    pub(super) fn next(&mut self) -> Result<u64, DecodeError> {
        if self.left == 0 {
            (self.number, self.left) = (self.cursor.number()?, self.cursor.number()?);
        }
        self.left = self.left.checked_sub(1).ok_or(DecodeError::Wrong("the length of a run"))?;
        Ok(self.number)
    }
}

/// Reads all companions with their accessible places.
pub(super) fn companions(mut cursor: Cursor<'_>) -> Result<Vec<(u32, u32)>, DecodeError> {
    let (mut found, mut next) = (Vec::new(), 0);
    while !cursor.is_at_end() {
        let companion = next + cursor.count("a companion", SEATS_MAX)?;
        if companion >= SEATS_MAX {
            return Err(DecodeError::Wrong("a companion"));
        }
        next = companion + 1;
        let way = cursor.signed()?;
        let of = i64::from(narrow(companion)).checked_add(way).and_then(|of| u32::try_from(of).ok());
        // The builder refuses what is no seat.
        found.push((narrow(companion), of.ok_or(DecodeError::Wrong("a companion"))?));
    }
    Ok(found)
}

/// Reads all runs of seats with an entrance of their own.
pub(super) fn entrances(mut cursor: Cursor<'_>) -> Result<Vec<(Range<u32>, &str)>, DecodeError> {
    let (mut found, mut end) = (Vec::new(), 0);
    while !cursor.is_at_end() {
        let first = end + cursor.count("an entrance", SEATS_MAX)?;
        let len = cursor.count("the seats of an entrance", SEATS_MAX)?;
        end = first + len;
        // There is no end to runs without seats.
        if len == 0 || end > SEATS_MAX {
            return Err(DecodeError::Wrong("the seats of an entrance"));
        }
        found.push((narrow(first)..narrow(end), cursor.text()?));
    }
    Ok(found)
}
