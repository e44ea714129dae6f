//! Numbers as charts write them, without the weight of general float formatting.

/// A value with one decimal and a true minus sign: `−3.5`.
#[must_use]
pub fn tenths(value: f64) -> String {
    let tenths = rounded(value * 10.0);
    let sign = if tenths < 0 { "\u{2212}" } else { "" };
    let tenths = tenths.unsigned_abs();
    format!("{sign}{}.{}", tenths / 10, tenths % 10)
}

/// A value as short as it stays exact to a tenth: `20`, `−2.5`.
#[must_use]
pub fn short(value: f64) -> String {
    let mut text = tenths(value);
    if text.ends_with(".0") {
        text.truncate(text.len() - 2);
    }
    text
}

/// A fraction of a length as an SVG percentage with two decimals: `0.125` is `12.50%`.
#[must_use]
pub fn percent(fraction: f64) -> String {
    let hundredths = rounded(fraction * 10_000.0).max(0);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// The nearest whole number; what is not a number counts as 0.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and no chart reaches its limits")]
pub fn rounded(value: f64) -> i64 {
    value.round() as i64
}

/// A number of things as a float: exact for any number of points that a page can hold.
#[must_use]
pub fn count(things: usize) -> f64 {
    u32::try_from(things).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests {
    use super::{percent, short, tenths};

    #[test]
    fn a_value_has_one_decimal_and_no_negative_zero() {
        assert_eq!(tenths(12.34), "12.3");
        assert_eq!(tenths(-0.5), "\u{2212}0.5");
        assert_eq!(tenths(-0.04), "0.0");
    }

    #[test]
    fn a_tick_drops_a_decimal_that_says_nothing() {
        assert_eq!(short(20.0), "20");
        assert_eq!(short(-2.5), "\u{2212}2.5");
    }

    #[test]
    fn a_fraction_becomes_a_percentage() {
        assert_eq!(percent(0.125), "12.50%");
        assert_eq!(percent(1.0), "100.00%");
    }
}
