//! How much a figure has changed, in words.

use rolecall_model::data::Cell;

use crate::format::{MINUS, ValueFormat, decimal};

/// The change from `before` to `now`, in words where there is no number for it: `+1.2 °C (+10.0%) since 2015-11`. `word` stands before
/// the name of the time before, `since`.
pub fn change(format: &ValueFormat, before: &Cell, now: &Cell, (word, since): (&str, &str)) -> String {
    let (Some(old), Some(new)) = (before.number(), now.number()) else {
        return match before {
            Cell::Missing => format!("nothing to compare with in {since}"),
            // There is no distance, such as between days.
            _ => format!("{} in {since}", format.with_unit(before)),
        };
    };
    let by = new - old;
    if format.number(by) == format.number(0.0) || format.number(by) == format.number(-0.0) {
        return format!("as in {since}");
    }
    let sign = if by > 0.0 { '+' } else { MINUS };
    // A share changes by percentage points.
    let distance = if format.is_share() {
        format!("{} points", format.number(by.abs()).trim_end_matches('%'))
    } else {
        format.with_unit(&Cell::Decimal(by.abs()))
    };
    if old == 0.0 {
        return format!("{sign}{distance} {word} {since}, from zero");
    }
    if format.is_share() {
        return format!("{sign}{distance} {word} {since}");
    }
    let relative = decimal((by / old).abs() * 100.0, 1);
    format!("{sign}{distance} ({sign}{relative}%) {word} {since}")
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;

    fn changed(before: Cell, now: Cell) -> String {
        let format = ValueFormat::of([&before, &now].into_iter(), Some(1), Some("°C"), Tz::UTC);
        change(&format, &before, &now, ("since", "2015-11"))
    }

    #[test]
    fn a_change_is_told_as_distance_and_percent() {
        assert_eq!(changed(Cell::Decimal(10.0), Cell::Decimal(12.5)), "+2.5 °C (+25.0%) since 2015-11");
        assert_eq!(changed(Cell::Integer(8), Cell::Integer(6)), "\u{2212}2.0 °C (\u{2212}25.0%) since 2015-11");
        assert_eq!(changed(Cell::Integer(-4), Cell::Integer(-6)), "\u{2212}2.0 °C (\u{2212}50.0%) since 2015-11");
    }

    #[test]
    fn where_there_is_no_percentage_words_say_why() {
        assert_eq!(changed(Cell::Integer(0), Cell::Integer(3)), "+3.0 °C since 2015-11, from zero");
        assert_eq!(changed(Cell::Missing, Cell::Integer(3)), "nothing to compare with in 2015-11");
        assert_eq!(changed(Cell::Integer(3), Cell::Missing), "3.0 °C in 2015-11");
        let day = |text: &str| Cell::Date(text.parse().unwrap());
        assert!(changed(day("2015-11-07"), day("2015-12-08")).starts_with("2015-11-07"));
        assert_eq!(changed(Cell::Decimal(3.0), Cell::Decimal(3.01)), "as in 2015-11");
    }
}
