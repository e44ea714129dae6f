//! Numbers with decimal marks and thousands separators.

use serde::{Deserialize, Serialize};

/// The number format of a file. It is one setting for the whole file, because `1.234` never means a thousand in one
/// column and a fraction in the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberStyle {
    /// The decimal mark: `.` or `,`.
    pub decimal: char,
    /// The thousands separator, if any: `,`, `.`, `'` or a space.
    pub thousands: Option<char>,
}

impl NumberStyle {
    /// A decimal point and no thousands separator, as programs write numbers.
    pub const PLAIN: Self = Self { decimal: '.', thousands: None };
    /// All styles, the most likely first.
    pub const ALL: [Self; 7] = STYLES;
}

/// The styles that are tried, the most likely first.
pub(in super::super) const STYLES: [NumberStyle; 7] = [
    NumberStyle::PLAIN,
    NumberStyle { decimal: '.', thousands: Some(',') },
    NumberStyle { decimal: ',', thousands: None },
    NumberStyle { decimal: ',', thousands: Some('.') },
    NumberStyle { decimal: ',', thousands: Some(' ') },
    NumberStyle { decimal: '.', thousands: Some(' ') },
    NumberStyle { decimal: '.', thousands: Some('\'') },
];

/// The number of decimal digits that a double always keeps.
const EXACT_DIGITS: usize = 15;
/// Longer than any realistic number.
const LONGEST: usize = 64;

/// A number without separators: `-1234.5e-3`.
struct Bare {
    bytes: [u8; LONGEST],
    length: usize,
    /// The number of digits before the decimal mark.
    whole: usize,
    has_fraction: bool,
}

impl Bare {
    fn push(&mut self, byte: u8) -> Option<()> {
        *self.bytes.get_mut(self.length)? = byte;
        self.length += 1;
        Some(())
    }

    fn text(&self) -> Option<&str> {
        std::str::from_utf8(self.bytes.get(..self.length)?).ok()
    }
}

/// Removes the mark at the start of `rest` in any of its forms, such as no-break spaces and curly apostrophes.
fn strip_mark(rest: &[u8], mark: char) -> Option<&[u8]> {
    match mark {
        ' ' => [" ", "\u{a0}", "\u{202f}"].iter().find_map(|space| rest.strip_prefix(space.as_bytes())),
        '\'' => ["'", "\u{2019}"].iter().find_map(|mark| rest.strip_prefix(mark.as_bytes())),
        other => rest.strip_prefix(&[u8::try_from(other).ok()?]),
    }
}

fn digits(rest: &[u8]) -> usize {
    rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Removes the separators. Every group after the first must have exactly three digits, so `18500.00` is not a number
/// with thousands.
fn bare(cell: &[u8], style: NumberStyle) -> Option<Bare> {
    let mut bare = Bare { bytes: [0; LONGEST], length: 0, whole: 0, has_fraction: false };
    let mut rest = match cell.split_first()? {
        (b'-', rest) => {
            bare.push(b'-')?;
            rest
        }
        (b'+', rest) => rest,
        _ => cell,
    };
    let copy = |bare: &mut Bare, from: &mut &[u8], count: usize| -> Option<()> {
        let (taken, rest) = from.split_at_checked(count)?;
        *from = rest;
        taken.iter().try_for_each(|byte| bare.push(*byte))
    };
    let first = digits(rest);
    let starts_with_zero = rest.first() == Some(&b'0');
    copy(&mut bare, &mut rest, first)?;
    bare.whole = first;
    if let Some(mark) = style.thousands {
        while let Some(mut group) = strip_mark(rest, mark) {
            if !(1..=3).contains(&first) || starts_with_zero || digits(group) != 3 {
                return None;
            }
            copy(&mut bare, &mut group, 3)?;
            bare.whole += 3;
            rest = group;
        }
    }
    if let Some(mut fraction) = strip_mark(rest, style.decimal) {
        let count = digits(fraction);
        if count == 0 {
            return None;
        }
        bare.has_fraction = true;
        if bare.whole == 0 {
            bare.push(b'0')?;
        }
        bare.push(b'.')?;
        copy(&mut bare, &mut fraction, count)?;
        rest = fraction;
    } else if bare.whole == 0 {
        return None;
    }
    if let [b'e' | b'E', exponent @ ..] = rest {
        let (sign, count) = match exponent.first()? {
            b'-' | b'+' => (1, digits(&exponent[1..])),
            _ => (0, digits(exponent)),
        };
        // `12E4` may be a name. `1.2e4` and `12e-4` are numbers.
        if !(1..=3).contains(&count) || exponent.len() != sign + count || (sign == 0 && !bare.has_fraction) {
            return None;
        }
        bare.has_fraction = true;
        rest.iter().try_for_each(|byte| bare.push(*byte))?;
        rest = &[];
    }
    rest.is_empty().then_some(bare)
}

/// Parses a whole number that fits into 64 bits.
pub(in super::super) fn parse_integer(cell: &[u8], style: NumberStyle) -> Option<i64> {
    let (negative, digits) = match cell {
        [b'-', digits @ ..] => (true, digits),
        _ => (false, cell),
    };
    // The fast path for nearly all numbers.
    if (1..=18).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit) {
        let value = digits.iter().fold(0_i64, |value, digit| value * 10 + i64::from(digit - b'0'));
        return Some(if negative { -value } else { value });
    }
    let bare = bare(cell, style)?;
    if bare.has_fraction {
        return None;
    }
    bare.text()?.parse().ok()
}

/// Parses a number as the nearest double, which is finite.
pub(in super::super) fn parse_decimal(cell: &[u8], style: NumberStyle) -> Option<f64> {
    bare(cell, style)?.text()?.parse().ok().filter(|value: &f64| value.is_finite())
}

/// A number as cell text in [`NumberStyle::PLAIN`], which parses back to the same number.
pub(in super::super) fn decimal_text(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude < 1e15 && value.fract() == 0.0 {
        return format!("{value:.0}");
    }
    if (1e-5..1e15).contains(&magnitude) || value == 0.0 {
        return value.to_string();
    }
    let text = format!("{value:e}");
    if text.contains('.') { text } else { text.replace('e', ".0e") }
}

/// Whether a cell is a whole number, and whether it is a number, in this style, such that writing it again gives the
/// same text: no leading zeros, no plus sign, and no more digits than the type keeps.
pub(in super::super) fn is_number_exact(cell: &[u8], style: NumberStyle) -> (bool, bool) {
    let unsigned = cell.strip_prefix(b"-").unwrap_or(cell);
    if matches!(unsigned, [b'0', b'0'..=b'9', ..] | [b'+', ..]) {
        return (false, false);
    }
    let Some(bare) = bare(cell, style) else { return (false, false) };
    if bare.has_fraction {
        let is_finite = bare.text().and_then(|text| text.parse::<f64>().ok()).is_some_and(f64::is_finite);
        return (false, is_finite);
    }
    let negative_zero = cell.starts_with(b"-") && unsigned == b"0";
    let is_integer = !negative_zero && bare.text().is_some_and(|text| text.parse::<i64>().is_ok());
    (is_integer, bare.whole <= EXACT_DIGITS)
}
