//! Which type every cell of a column fits.

use chrono_tz::Tz;
use rolecall_model::data::ColumnType;

use super::batch::Kind;
use super::cells::{
    DateOrder, NumberStyle, STYLES, is_number_exact, is_plain_boolean, names_offset, parse_date, parse_timestamp,
};
use super::near::{Near, NearType, Types};

const INTEGERS: Types = (1 << STYLES.len()) - 1;
const DECIMALS: Types = INTEGERS << STYLES.len();
const NUMBERS: Types = INTEGERS | DECIMALS;
const FIRST_DATE: usize = 2 * STYLES.len();
const DATES: Types = 0b111 << FIRST_DATE;
const FIRST_TIMESTAMP: usize = FIRST_DATE + DateOrder::ALL.len();
const TIMESTAMPS: Types = 0b111 << FIRST_TIMESTAMP;
const BOOLEAN: Types = 1 << (FIRST_TIMESTAMP + DateOrder::ALL.len());
const ALL: Types = NUMBERS | DATES | TIMESTAMPS | BOOLEAN;

/// What the cells of a column can be, as far as they have been seen.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    types: Types,
    /// Which dates and timestamps all cells can be that somebody wrote. In a spreadsheet they can stand among those that it knows to
    /// be dates.
    written: Types,
    /// Whether such a cell was seen.
    is_written: bool,
    /// Whether a cell was seen that is not empty.
    is_filled: bool,
    /// Whether a number was seen that has a mark, and so means another number in another style.
    is_marked: bool,
    /// How many moments were seen that name no offset from UTC.
    local_moments: u64,
    /// What the cells can be, but for a few of them.
    near: Near,
}

impl Default for Guess {
    fn default() -> Self {
        let (types, written, near) = (ALL, DATES | TIMESTAMPS, Near::new(ALL));
        Self { types, written, is_written: false, is_filled: false, is_marked: false, local_moments: 0, near }
    }
}

impl Guess {
    /// Takes notice of a cell of a row that begins at `line`, below all that were seen.
    pub fn see(&mut self, kind: Kind, cell: &[u8], line: impl FnOnce() -> u64) {
        // A column of text is soon known, and then costs nothing.
        if !self.is_open() {
            return;
        }
        let cell = cell.trim_ascii();
        if !cell.is_empty() {
            self.is_filled = true;
            let types = match kind {
                Kind::Number => numbers_of_programs(cell),
                // What all cells can be, nearly all can.
                _ => types_of(cell, (self.near.types() | self.written) & possible(kind)),
            };
            self.near.see(types, cell, line);
            self.types &= types;
            if kind != Kind::Time {
                self.written &= types;
                self.is_written = true;
            }
            self.is_marked |= types & NUMBERS != 0 && cell.iter().any(|byte| b".,".contains(byte));
            if self.types & TIMESTAMPS != 0 && kind != Kind::Number && !names_offset(cell) {
                self.see_local_moment();
            }
        }
    }

    /// Takes notice of a moment that names no offset from UTC.
    pub fn see_local_moment(&mut self) {
        self.local_moments += 1;
    }

    /// Whether a moment was seen that names no offset from UTC, if they are moments.
    pub fn has_local_moments(&self) -> bool {
        self.local_moments > 0
    }

    /// Takes notice of a cell of a row that begins at `line`, above all that were seen.
    pub fn see_above(&mut self, kind: Kind, cell: &[u8], line: u64) {
        let below = self.near.take_first();
        self.see(kind, cell, || line);
        self.near.or_first(below);
    }

    /// Whether all cells are empty.
    pub fn is_empty(&self) -> bool {
        !self.is_filled
    }

    /// Whether it can still be more than text, but for a few cells, or be said to be dates.
    pub fn is_open(&self) -> bool {
        self.near.types() | self.written != 0
    }

    /// Whether a cell fits what all others are, and they are more than text.
    pub fn fits(&self, kind: Kind, cell: &[u8]) -> Option<bool> {
        if !self.is_filled || self.types == 0 {
            return None;
        }
        let mut with = self.clone();
        with.see(kind, cell, || 0);
        Some(!cell.trim_ascii().is_empty() && with.types != 0)
    }

    /// Whether all are numbers in that style.
    fn is_number(&self, style: usize) -> bool {
        self.is_filled && self.types & number_bits(style) != 0
    }

    /// Whether all are, but for a few.
    fn is_nearly_number(&self, style: usize) -> bool {
        self.near.is_nearly() && self.near.types() & number_bits(style) != 0
    }

    /// The type, in that style of numbers.
    pub fn column_type(&self, style: usize) -> ColumnType {
        if self.is_filled { column_type_of(self.types, style) } else { ColumnType::Text }
    }

    /// What nearly all cells of the column at `position` are, in that style of numbers, where a few others make it text.
    pub fn near_type(&self, position: usize, style: usize) -> Option<NearType> {
        self.near.near_type(position, column_type_of(self.near.types(), style))
    }

    /// Whether its dates can be in that `order`: as far as they are dates at all.
    pub fn allows(&self, order: DateOrder) -> bool {
        let orders = self.date_orders();
        orders.is_empty() || orders.contains(&order)
    }

    /// The orders in which all that somebody wrote are dates or timestamps. What a spreadsheet knows to be a date has none.
    pub fn date_orders(&self) -> Vec<DateOrder> {
        let first = if self.written & DATES == 0 { FIRST_TIMESTAMP } else { FIRST_DATE };
        let is = |index: &usize| self.is_written && self.written & (1 << (first + index)) != 0;
        (0..DateOrder::ALL.len()).filter(is).map(|index| DateOrder::ALL[index]).collect()
    }
}

/// The type of cells that can be any of `types`, in that style of numbers.
fn column_type_of(types: Types, style: usize) -> ColumnType {
    let is = |of: Types| types & of != 0;
    match () {
        () if is(1 << style) => ColumnType::Integer,
        () if is(number_bits(style)) => ColumnType::Decimal,
        () if is(BOOLEAN) => ColumnType::Boolean,
        () if is(DATES) => ColumnType::Date,
        () if is(TIMESTAMPS) => ColumnType::Timestamp,
        () => ColumnType::Text,
    }
}

/// What a cell of a kind can be.
const fn possible(kind: Kind) -> Types {
    match kind {
        Kind::Untyped | Kind::Missing => ALL,
        Kind::Text => DATES | TIMESTAMPS,
        Kind::Number => NUMBERS,
        Kind::Boolean => BOOLEAN,
        Kind::Time => (1 << FIRST_DATE) | (1 << FIRST_TIMESTAMP),
    }
}

const fn number_bits(style: usize) -> Types {
    (1 << style) | (1 << (STYLES.len() + style))
}

/// Which of `asked` a cell is.
fn types_of(cell: &[u8], asked: Types) -> Types {
    let mut types = 0;
    if asked & NUMBERS != 0 {
        types |= numbers_of(cell, asked);
    }
    if asked & (DATES | TIMESTAMPS) != 0 && cell.first().is_some_and(u8::is_ascii_digit) {
        for (index, order) in DateOrder::ALL.into_iter().enumerate() {
            let (date, timestamp) = (1 << (FIRST_DATE + index), 1 << (FIRST_TIMESTAMP + index));
            if asked & date != 0 && parse_date(cell, order).is_some() {
                types |= date | timestamp;
            } else if asked & timestamp != 0 && parse_timestamp(cell, order, Tz::UTC).is_some() {
                types |= timestamp;
            }
        }
    }
    if asked & BOOLEAN != 0 && is_plain_boolean(cell) {
        types |= BOOLEAN;
    }
    types
}

/// What a number is that has a point before its fraction whatever the marks in the file's texts are: the same in each style.
fn numbers_of_programs(cell: &[u8]) -> Types {
    let types = numbers_of(cell, number_bits(0));
    (if types & INTEGERS == 0 { 0 } else { INTEGERS }) | (if types & DECIMALS == 0 { 0 } else { DECIMALS })
}

fn numbers_of(cell: &[u8], asked: Types) -> Types {
    // Nearly every number is like this.
    if cell.len() <= 15 && cell.iter().all(u8::is_ascii_digit) {
        return if cell.len() > 1 && cell[0] == b'0' { 0 } else { NUMBERS & asked };
    }
    let mut types = 0;
    for (index, style) in STYLES.into_iter().enumerate() {
        if asked & number_bits(index) != 0 {
            let (is_integer, is_decimal) = is_number_exact(cell, style);
            types |= u32::from(is_integer) << index | u32::from(is_decimal) << (STYLES.len() + index);
        }
    }
    types
}

/// The style of a file's numbers: the one in which most columns are numbers and, of several, the one in which most are but for a few
/// cells. And whether another one would read them differently and fits as well: the columns that are numbers, and those for which
/// numbers are `chosen`.
pub(super) fn number_style(
    guesses: &[Guess],
    chosen: impl Fn(usize) -> bool,
    given: Option<NumberStyle>,
) -> (NumberStyle, bool) {
    let numbers = |style: usize| guesses.iter().filter(|guess| guess.is_number(style)).count();
    let nearly = |style: usize| guesses.iter().filter(|guess| guess.is_nearly_number(style)).count();
    let best = (0..STYLES.len()).rev().max_by_key(|style| (numbers(*style), nearly(*style))).unwrap_or(0);
    let fits_as_well = |style: usize| STYLES[style].decimal != STYLES[best].decimal && numbers(style) == numbers(best);
    let is_open = (0..STYLES.len()).filter(|style| fits_as_well(*style)).any(|style| {
        let both = |(position, guess): (usize, &Guess)| {
            let is_nearly = || guess.is_nearly_number(style) && guess.is_nearly_number(best);
            let is_read_as_numbers = guess.is_number(style) && guess.is_number(best) || chosen(position) && is_nearly();
            guess.is_marked && is_read_as_numbers
        };
        guesses.iter().enumerate().any(both)
    });
    given.map_or((STYLES[best], is_open), |style| (style, false))
}

/// The style of a file's numbers that is most like `last`, the one of another file, and fits as many of the columns at `numbers` as
/// any; `None` where only other decimal marks do.
pub(super) fn number_style_like(guesses: &[Guess], numbers: &[usize], last: NumberStyle) -> Option<NumberStyle> {
    let fitting = |style: usize| numbers.iter().filter(|at| guesses[**at].is_number(style)).count();
    let most = (0..STYLES.len()).map(fitting).max().unwrap_or(0);
    let best = || (0..STYLES.len()).filter(|style| fitting(*style) == most).map(|style| STYLES[style]);
    best().find(|style| *style == last).or_else(|| best().find(|style| style.decimal == last.decimal))
}

/// Where a style stands in [`STYLES`].
pub(super) fn index_of(style: NumberStyle) -> Option<usize> {
    STYLES.iter().position(|known| *known == style)
}
