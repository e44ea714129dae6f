//! Infers the type that fits every cell of a column.

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

/// The types that fit all cells of a column seen so far.
#[derive(Clone, Debug)]
pub(super) struct Guess {
    types: Types,
    /// The date and timestamp orders that fit all cells that are text. A spreadsheet may mix these with cells that have
    /// the type date.
    written: Types,
    /// Whether such a cell was seen.
    is_written: bool,
    /// Whether a cell was seen that is not empty.
    is_filled: bool,
    /// Whether a number with a mark was seen, which would be a different number in another style.
    is_marked: bool,
    /// How many timestamps without an offset were seen.
    local_moments: u64,
    /// The types that fit all cells but a few.
    near: Near,
}

impl Default for Guess {
    fn default() -> Self {
        let (types, written, near) = (ALL, DATES | TIMESTAMPS, Near::new(ALL));
        Self { types, written, is_written: false, is_filled: false, is_marked: false, local_moments: 0, near }
    }
}

impl Guess {
    /// Records a cell of a row that begins at `line`, below all rows seen so far.
    pub fn see(&mut self, kind: Kind, cell: &[u8], line: impl FnOnce() -> u64) {
        // Once a column can only be text, further cells cost nothing.
        if !self.is_open() {
            return;
        }
        let cell = cell.trim_ascii();
        if !cell.is_empty() {
            self.is_filled = true;
            let types = match kind {
                Kind::Number => numbers_of_programs(cell),
                // A type that fits all cells also fits nearly all.
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

    /// Records a timestamp without an offset.
    pub fn see_local_moment(&mut self) {
        self.local_moments += 1;
    }

    /// Whether a timestamp without an offset was seen, if the column is of timestamps.
    pub fn has_local_moments(&self) -> bool {
        self.local_moments > 0
    }

    /// Records a cell of a row that begins at `line`, above all rows seen so far.
    pub fn see_above(&mut self, kind: Kind, cell: &[u8], line: u64) {
        let below = self.near.take_first();
        self.see(kind, cell, || line);
        self.near.or_first(below);
    }

    /// Whether all cells are empty.
    pub fn is_empty(&self) -> bool {
        !self.is_filled
    }

    /// Whether it may still be something else than text, apart from a few cells, or may be declared as dates.
    pub fn is_open(&self) -> bool {
        self.near.types() | self.written != 0
    }

    /// Whether a cell fits the type of all others; `None` if that is text.
    pub fn fits(&self, kind: Kind, cell: &[u8]) -> Option<bool> {
        if !self.is_filled || self.types == 0 {
            return None;
        }
        let mut with = self.clone();
        with.see(kind, cell, || 0);
        Some(!cell.trim_ascii().is_empty() && with.types != 0)
    }

    /// Whether all cells are numbers in this style.
    fn is_number(&self, style: usize) -> bool {
        self.is_filled && self.types & number_bits(style) != 0
    }

    /// Whether all cells but a few are.
    fn is_nearly_number(&self, style: usize) -> bool {
        self.near.is_nearly() && self.near.types() & number_bits(style) != 0
    }

    /// The type of the column, with numbers in this style.
    pub fn column_type(&self, style: usize) -> ColumnType {
        if self.is_filled { column_type_of(self.types, style) } else { ColumnType::Text }
    }

    /// The type of nearly all cells of the column at `position`, with numbers in this style, if a few others make it
    /// text.
    pub fn near_type(&self, position: usize, style: usize) -> Option<NearType> {
        self.near.near_type(position, column_type_of(self.near.types(), style))
    }

    /// Whether its dates can have this `order`; true if it has none.
    pub fn allows(&self, order: DateOrder) -> bool {
        let orders = self.date_orders();
        orders.is_empty() || orders.contains(&order)
    }

    /// The orders that fit all dates and timestamps written as text. Dates with a type have no order.
    pub fn date_orders(&self) -> Vec<DateOrder> {
        let first = if self.written & DATES == 0 { FIRST_TIMESTAMP } else { FIRST_DATE };
        let is = |index: &usize| self.is_written && self.written & (1 << (first + index)) != 0;
        (0..DateOrder::ALL.len()).filter(is).map(|index| DateOrder::ALL[index]).collect()
    }
}

/// The type of cells that fit all of `types`, with numbers in this style.
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

/// The types that a cell of this kind can have.
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

/// Which of the types `asked` fit a cell.
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

/// The types of a number with a decimal point, independent of the style of texts: the same in each style.
fn numbers_of_programs(cell: &[u8]) -> Types {
    let types = numbers_of(cell, number_bits(0));
    (if types & INTEGERS == 0 { 0 } else { INTEGERS }) | (if types & DECIMALS == 0 { 0 } else { DECIMALS })
}

fn numbers_of(cell: &[u8], asked: Types) -> Types {
    // The fast path for nearly all numbers.
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

/// The number style of a file: the one in which most columns are numbers and, of several, the one in which most are
/// numbers apart from a few cells. Also whether another style fits equally well and would give different numbers, both
/// for columns that are numbers and for those for which numbers are `chosen`.
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

/// The number style closest to `last`, that of another file, which fits as many of the columns at `numbers` as any
/// other; `None` if only a different decimal mark does.
pub(super) fn number_style_like(guesses: &[Guess], numbers: &[usize], last: NumberStyle) -> Option<NumberStyle> {
    let fitting = |style: usize| numbers.iter().filter(|at| guesses[**at].is_number(style)).count();
    let most = (0..STYLES.len()).map(fitting).max().unwrap_or(0);
    let best = || (0..STYLES.len()).filter(|style| fitting(*style) == most).map(|style| STYLES[style]);
    best().find(|style| *style == last).or_else(|| best().find(|style| style.decimal == last.decimal))
}

/// The index of a style in [`STYLES`].
pub(super) fn index_of(style: NumberStyle) -> Option<usize> {
    STYLES.iter().position(|known| *known == style)
}
