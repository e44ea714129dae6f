//! Numbers: a comma between thousands, a true minus sign, and no negative zero.

/// The minus sign, U+2212, as wide as a plus sign.
pub const MINUS: char = '\u{2212}';
/// Above this many digits, a number is easier to read as a power of ten.
const MOST_DIGITS: usize = 15;
/// The maximum number of decimals shown.
const MOST_DECIMALS: usize = 12;
/// Short names of powers of a thousand.
const SCALES: [(i32, &str); 4] = [(12, "tn"), (9, "bn"), (6, "M"), (3, "k")];

/// A count with a comma between thousands: `2,922`.
#[must_use]
pub fn grouped(number: u64) -> String {
    group(&number.to_string())
}

/// A whole number: `−1,204`.
#[must_use]
pub fn whole(number: i64) -> String {
    let digits = grouped(number.unsigned_abs());
    if number < 0 { format!("{MINUS}{digits}") } else { digits }
}

/// A whole number that is a name, such as a year: `−1204`.
#[must_use]
pub fn plain(number: i64) -> String {
    let digits = number.unsigned_abs();
    if number < 0 { format!("{MINUS}{digits}") } else { digits.to_string() }
}

/// A number with this many decimals: `−1,204.50`. A number that rounds to zero has no sign; one with more than fifteen
/// digits before the point is written as a power of ten.
#[must_use]
pub fn decimal(number: f64, decimals: u8) -> String {
    if !number.is_finite() {
        return "\u{2013}".to_owned();
    }
    let text = format!("{:.*}", usize::from(decimals).min(MOST_DECIMALS), number.abs());
    let (digits, fraction) = text.split_once('.').unwrap_or((&text, ""));
    if digits.len() > MOST_DIGITS {
        return in_powers(number);
    }
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if number < 0.0 && !is_zero { MINUS.to_string() } else { String::new() };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", group(digits))
}

/// The number of decimals that shows all `numbers` without noise: as many as the longest needs, at most two, or three
/// significant digits where all are below one.
#[must_use]
pub fn decimals_of(numbers: impl Iterator<Item = f64> + Clone) -> u8 {
    let largest = numbers.clone().map(f64::abs).filter(|number| number.is_finite()).fold(0.0, f64::max);
    let mut most: u8 = 2;
    let mut unit = 1.0;
    while largest > 0.0 && largest < unit && most < 8 {
        unit /= 10.0;
        most += 1;
    }
    let fits = |decimals: u8| {
        let factor = 10_f64.powi(decimals.into());
        // Differences of less than half of the last decimal shown are noise.
        let noise = 0.5 * factor / 10_f64.powi(most.into());
        numbers.clone().all(|number| ((number * factor).round() - number * factor).abs() < noise)
    };
    (0..most).find(|decimals| fits(*decimals)).unwrap_or(most)
}

/// The exact number `units` × 10^`exponent` in digits, or as a power of ten where it has too many digits.
#[must_use]
pub fn scientific(units: i64, exponent: i32) -> String {
    let sign = if units < 0 { MINUS.to_string() } else { String::new() };
    let digits = units.unsigned_abs().to_string();
    let shift = usize::try_from(exponent.unsigned_abs()).unwrap_or(usize::MAX);
    if units == 0 && (exponent >= 0 || shift > MOST_DECIMALS) {
        "0".to_owned()
    } else if exponent >= 0 && digits.len() + shift <= MOST_DIGITS {
        format!("{sign}{}", group(&format!("{digits}{}", "0".repeat(shift))))
    } else if exponent < 0 && shift <= MOST_DECIMALS {
        let padded = format!("{digits:0>width$}", width = shift + 1);
        let (before, after) = padded.split_at(padded.len() - shift);
        format!("{sign}{}.{after}", group(before))
    } else {
        // One digit before the point.
        let (first, rest) = digits.split_at(1);
        let rest = rest.trim_end_matches('0');
        let point = if rest.is_empty() { "" } else { "." };
        let power = i64::from(exponent) + i64::try_from(digits.len()).unwrap_or(1) - 1;
        format!("{sign}{first}{point}{rest}×10{}", superscript(power))
    }
}

/// The exact number `units` × 10^`exponent` in thousands, millions and so on: the largest of these that needs at most
/// two decimals. `largest_magnitude` is that of the largest number next to it. `None` where no scale fits.
#[must_use]
pub fn compact(units: i64, exponent: i32, largest_magnitude: i32) -> Option<String> {
    let (power, name) = SCALES.into_iter().find(|(power, _)| largest_magnitude >= *power && exponent - power >= -2)?;
    if units == 0 {
        return Some("0".to_owned());
    }
    // Numbers of five digits or fewer are short enough.
    (largest_magnitude >= 5).then(|| format!("{} {name}", scientific(units, exponent - power)))
}

/// A number with more than fifteen digits, as a power of ten.
fn in_powers(number: f64) -> String {
    let text = format!("{:.3e}", number.abs());
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    let sign = if number < 0.0 { MINUS.to_string() } else { String::new() };
    format!("{sign}{mantissa}×10{}", superscript(power.parse().unwrap_or(0)))
}

fn superscript(number: i64) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let raised = |c: char| c.to_digit(10).and_then(|digit| DIGITS.get(digit as usize)).copied().unwrap_or('⁻');
    number.to_string().chars().map(raised).collect()
}

/// A comma between the thousands of `digits`.
fn group(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(2_922), "2,922");
        assert_eq!(whole(-1_234_567), "\u{2212}1,234,567");
        assert_eq!(whole(i64::MIN), "\u{2212}9,223,372,036,854,775,808");
    }

    #[test]
    fn a_number_has_its_decimals_and_no_negative_zero() {
        assert_eq!(decimal(12.34, 1), "12.3");
        assert_eq!(decimal(-0.5, 1), "\u{2212}0.5");
        assert_eq!(decimal(-0.04, 1), "0.0");
        assert_eq!(decimal(18_500.0, 2), "18,500.00");
        assert_eq!(decimal(-1.5e21, 2), "\u{2212}1.5×10²¹");
        assert_eq!(decimal(f64::NAN, 1), "\u{2013}");
    }

    #[test]
    fn decimals_are_as_many_as_the_numbers_need() {
        assert_eq!(decimals_of([1.0, 2.0].into_iter()), 0);
        assert_eq!(decimals_of([1.5, 2.0].into_iter()), 1);
        assert_eq!(decimals_of([0.1 + 0.2, 7.0].into_iter()), 1);
        assert_eq!(decimals_of([1.0 / 3.0, 7.0].into_iter()), 2);
        assert_eq!(decimals_of([0.012_345].into_iter()), 4);
        assert_eq!(decimals_of(std::iter::empty()), 0);
    }

    #[test]
    fn exact_numbers_are_written_without_rounding() {
        assert_eq!(scientific(-15, -1), "\u{2212}1.5");
        assert_eq!(scientific(5, -3), "0.005");
        assert_eq!(scientific(12, 3), "12,000");
        assert_eq!(scientific(2, 308), "2×10³⁰⁸");
        assert_eq!(scientific(-125, -20), "\u{2212}1.25×10⁻¹⁸");
    }

    #[test]
    fn large_numbers_are_named() {
        assert_eq!(compact(25, 5, 6).as_deref(), Some("2.5 M"));
        assert_eq!(compact(30, 4, 5).as_deref(), Some("300 k"));
        assert_eq!(compact(0, 4, 5).as_deref(), Some("0"));
        assert_eq!(compact(12, 3, 4), None);
        assert_eq!(compact(1_000_001, 0, 6), None);
    }
}
