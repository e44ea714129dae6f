//! The change of a figure, in words.

use rolecall_model::data::Cell;

use crate::format::{MINUS, ValueFormat, decimal};

/// The change from `before` to `now`, such as `+1.2 mm (+10.0%) since 2015-11`, or a sentence where no number can
/// express it. `word` precedes the name of the earlier time, as in `since`. A temperature in degrees has no percentage.
pub fn change(format: &ValueFormat, before: &Cell, now: &Cell, (word, since): (&str, &str)) -> String {
    let (Some(old), Some(new)) = (before.number(), now.number()) else {
        return match before {
            Cell::Missing => format!("nothing to compare with in {since}"),
            // Values without a distance, such as two dates.
            _ => format!("{} in {since}", format.with_unit(before)),
        };
    };
    let by = new - old;
    if format.number(by) == format.number(0.0) || format.number(by) == format.number(-0.0) {
        return format!("as in {since}");
    }
    let sign = if by > 0.0 { '+' } else { MINUS };
    // The change of a share is given in percentage points.
    let distance = if format.is_share() {
        format!("{} points", format.number(by.abs()).trim_end_matches('%'))
    } else {
        format.with_unit(&Cell::Decimal(by.abs()))
    };
    // Zero degrees is an ordinary temperature, so a change from it is a number.
    if old == 0.0 && format.has_ratio() {
        return format!("{sign}{distance} {word} {since}, from zero");
    }
    if format.is_share() || !format.has_ratio() {
        return format!("{sign}{distance} {word} {since}");
    }
    let relative = decimal((by / old).abs() * 100.0, 1);
    format!("{sign}{distance} ({sign}{relative}%) {word} {since}")
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use rolecall_model::data::{Aggregate, Measure};

    use super::*;

    fn changed(before: Cell, now: Cell) -> String {
        changed_in("mm", before, now)
    }

    fn changed_in(unit: &str, before: Cell, now: Cell) -> String {
        let format = ValueFormat::of([&before, &now].into_iter(), Some(1), Some(unit), Tz::UTC);
        change(&format, &before, &now, ("since", "2015-11"))
    }

    #[test]
    fn a_change_is_given_as_distance_and_percentage() {
        assert_eq!(changed(Cell::Decimal(10.0), Cell::Decimal(12.5)), "+2.5 mm (+25.0%) since 2015-11");
        assert_eq!(changed(Cell::Integer(8), Cell::Integer(6)), "\u{2212}2.0 mm (\u{2212}25.0%) since 2015-11");
        assert_eq!(changed(Cell::Integer(-4), Cell::Integer(-6)), "\u{2212}2.0 mm (\u{2212}50.0%) since 2015-11");
    }

    #[test]
    fn a_change_of_temperature_has_no_percentage() {
        for unit in ["°C", "°F", " °C ", "℃"] {
            let of = |before, now| changed_in(unit, Cell::Decimal(before), Cell::Decimal(now));
            assert_eq!(of(2.0, 3.2), format!("+1.2 {} since 2015-11", unit.trim()));
            assert_eq!(of(-2.0, -3.5), format!("\u{2212}1.5 {} since 2015-11", unit.trim()));
            assert_eq!(of(0.0, 3.0), format!("+3.0 {} since 2015-11", unit.trim()), "zero is a temperature as others");
        }
        assert_eq!(changed_in("kWh", Cell::Integer(2), Cell::Integer(3)), "+1.0 kWh (+50.0%) since 2015-11");
    }

    #[test]
    fn a_share_changes_by_percentage_points_and_a_zero_is_named() {
        let compute = Aggregate::Share;
        let measure = Measure { compute, of: None, title: None, unit: None, decimals: None, show: Vec::new() };
        let of = |before: f64, now: f64| {
            let (before, now) = (Cell::Decimal(before), Cell::Decimal(now));
            let format = ValueFormat::of_measure(&measure, [&before, &now].into_iter(), None, Tz::UTC);
            change(&format, &before, &now, ("since", "2015-11"))
        };
        assert_eq!(of(0.5, 0.75), "+25.0 points since 2015-11");
        assert_eq!(of(0.0, 0.25), "+25.0 points since 2015-11, from zero");
    }

    #[test]
    fn a_change_without_percentage_is_explained_in_words() {
        assert_eq!(changed(Cell::Integer(0), Cell::Integer(3)), "+3.0 mm since 2015-11, from zero");
        assert_eq!(changed(Cell::Missing, Cell::Integer(3)), "nothing to compare with in 2015-11");
        assert_eq!(changed(Cell::Integer(3), Cell::Missing), "3.0 mm in 2015-11");
        let day = |text: &str| Cell::Date(text.parse().unwrap());
        assert!(changed(day("2015-11-07"), day("2015-12-08")).starts_with("2015-11-07"));
        assert_eq!(changed(Cell::Decimal(3.0), Cell::Decimal(3.01)), "as in 2015-11");
    }
}
