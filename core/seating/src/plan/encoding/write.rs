//! Writing numbers, texts and columns.

use std::fmt::Write as _;

use super::super::Point;

/// Tag of a text that shares a number of bytes with the one before it.
pub(super) const LITERAL: u8 = 0;
/// Tag of a UUID in its usual form, as 16 bytes.
pub(super) const UUID: u8 = 1;
/// Tag of texts whose last number is that of the one before, and a step.
pub(super) const STEPS: u8 = 2;

/// Most digits of a number that steps.
const DIGITS_MAX: usize = 15;

/// Bytes that are being written.
#[derive(Debug)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn new(format: u8) -> Self {
        Self(vec![format])
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn number(&mut self, mut number: u64) {
        loop {
            let low = number.to_le_bytes()[0] & 0x7f;
            number >>= 7;
            if number == 0 {
                return self.0.push(low);
            }
            self.0.push(low | 0x80);
        }
    }

    pub(super) fn signed(&mut self, number: i64) {
        self.number(zigzag(number));
    }

    pub(super) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes(text.as_bytes());
    }

    pub(super) fn point(&mut self, point: Option<Point>) {
        self.number(u64::from(point.is_some()));
        if let Some(point) = point {
            self.signed(point.x.into());
            self.signed(point.y.into());
        }
    }

    /// Writes a column, and its length before it.
    pub(super) fn column(&mut self, write: impl FnOnce(&mut Self)) {
        let mut column = Self(Vec::new());
        write(&mut column);
        self.number(column.0.len() as u64);
        self.bytes(&column.0);
    }

    /// Writes texts, each by what differs from the one before.
    pub(super) fn series<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        let mut previous = "";
        let mut steps: Option<(i64, u64)> = None;
        for text in texts {
            match (step(previous, text), steps) {
                (Some(step), Some((same, count))) if same == step => steps = Some((step, count + 1)),
                (Some(step), _) => {
                    self.steps(steps);
                    steps = Some((step, 1));
                }
                (None, _) => {
                    self.steps(steps.take());
                    self.literal(previous, text);
                }
            }
            previous = text;
        }
        self.steps(steps);
    }

    fn steps(&mut self, steps: Option<(i64, u64)>) {
        if let Some((step, count)) = steps {
            self.bytes(&[STEPS]);
            self.signed(step);
            self.number(count);
        }
    }

    fn literal(&mut self, previous: &str, text: &str) {
        if let Some(uuid) = uuid(text) {
            self.bytes(&[UUID]);
            return self.bytes(&uuid.to_be_bytes());
        }
        let same = previous.chars().zip(text.chars()).take_while(|(one, other)| one == other);
        let shared: usize = same.map(|(one, _)| one.len_utf8()).sum();
        self.bytes(&[LITERAL]);
        self.number(shared as u64);
        self.text(&text[shared..]);
    }

    /// Writes positions. A number is twice that of the seats that go on as the last one did; or it is odd, and has how
    /// the step to the right changes, and the change of the step downwards follows.
    pub(super) fn positions(&mut self, positions: &[Point]) {
        let (mut at, mut step, mut same) = ((0_i64, 0_i64), (0_i64, 0_i64), 0_u64);
        for point in positions {
            let (x, y) = (i64::from(point.x), i64::from(point.y));
            let next = (x - at.0, y - at.1);
            if next == step {
                same += 1;
            } else {
                self.repeats(same);
                self.number((zigzag(next.0 - step.0) << 1) | 1);
                self.signed(next.1 - step.1);
                (step, same) = (next, 0);
            }
            at = (x, y);
        }
        self.repeats(same);
    }

    fn repeats(&mut self, same: u64) {
        if same > 0 {
            self.number(same << 1);
        }
    }

    /// Writes numbers, equal ones together: the number, and how often it comes.
    pub(super) fn runs(&mut self, numbers: impl Iterator<Item = u64>) {
        let mut run: Option<(u64, u64)> = None;
        for number in numbers {
            match run {
                Some((same, count)) if same == number => run = Some((number, count + 1)),
                _ => {
                    self.run(run);
                    run = Some((number, 1));
                }
            }
        }
        self.run(run);
    }

    fn run(&mut self, run: Option<(u64, u64)>) {
        if let Some((number, count)) = run {
            self.number(number);
            self.number(count);
        }
    }

    /// Writes companions: the seats that lie between one and the next, and the way to the accessible place.
    pub(super) fn companions(&mut self, companions: &[(u32, u32)]) {
        let mut next = 0_u32;
        for (companion, of) in companions {
            self.number(u64::from(companion - next));
            self.signed(i64::from(*of) - i64::from(*companion));
            next = companion + 1;
        }
    }

    /// Writes entrances: the seats that lie between one run and the next, the length of the run, and its text.
    pub(super) fn entrances<'t>(&mut self, entrances: impl Iterator<Item = (u32, &'t str)>) {
        let mut end = 0;
        let mut run: Option<(u32, u32, &str)> = None;
        for (seat, text) in entrances {
            match run {
                Some((first, len, same)) if same == text && first + len == seat => run = Some((first, len + 1, text)),
                _ => {
                    end = self.entrance(end, run);
                    run = Some((seat, 1, text));
                }
            }
        }
        self.entrance(end, run);
    }

    /// Writes a run of entrances; returns its end.
    fn entrance(&mut self, end: u32, run: Option<(u32, u32, &str)>) -> u32 {
        let Some((first, len, text)) = run else { return end };
        self.number(u64::from(first - end));
        self.number(u64::from(len));
        self.text(text);
        first + len
    }
}

/// Returns the number without a sign: 0, -1, 1, -2 … become 0, 1, 2, 3 …
fn zigzag(number: i64) -> u64 {
    (number << 1).cast_unsigned() ^ (number >> 63).cast_unsigned()
}

/// Returns the step from the last number of one text to that of another which is the same otherwise.
fn step(previous: &str, text: &str) -> Option<i64> {
    if previous == text {
        return Some(0);
    }
    let (start, digits) = last_number(text);
    let (known, known_digits) = last_number(previous);
    if start != known || digits.is_empty() || known_digits.is_empty() {
        return None;
    }
    let step = digits.parse::<i64>().ok()? - known_digits.parse::<i64>().ok()?;
    let mut stepped = String::new();
    write_step(previous, step, &mut stepped)?;
    (stepped == text).then_some(step)
}

/// Writes the text that lies a step after `previous`; `None` if there is none. A number with zeros before it keeps its
/// width.
pub(super) fn write_step(previous: &str, step: i64, text: &mut String) -> Option<()> {
    text.clear();
    if step == 0 {
        text.push_str(previous);
        return Some(());
    }
    let (start, digits) = last_number(previous);
    let number = digits.parse::<i64>().ok()?.checked_add(step).filter(|number| *number >= 0)?;
    let width = if digits.starts_with('0') { digits.len() } else { 1 };
    text.push_str(start);
    write!(text, "{number:0width$}").ok()
}

/// Splits the digits at the end off, at most fifteen.
fn last_number(text: &str) -> (&str, &str) {
    let digits = text.bytes().rev().take(DIGITS_MAX).take_while(u8::is_ascii_digit).count();
    text.split_at(text.len() - digits)
}

/// Returns the number that a UUID in its usual form stands for.
fn uuid(text: &str) -> Option<u128> {
    let dashes = [8, 13, 18, 23];
    let is_usual = |(at, byte): (usize, u8)| match byte {
        b'-' => dashes.contains(&at),
        b'0'..=b'9' | b'a'..=b'f' => !dashes.contains(&at),
        _ => false,
    };
    (text.len() == 36 && text.bytes().enumerate().all(is_usual))
        .then(|| u128::from_str_radix(&text.replace('-', ""), 16).ok())
        .flatten()
}

/// Writes a UUID in its usual form.
pub(super) fn write_uuid(uuid: u128, text: &mut String) {
    text.clear();
    let digits = format!("{uuid:032x}");
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            text.push('-');
        }
        text.push_str(part);
    }
}
