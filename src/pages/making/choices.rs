//! The labels of the editor's choices, for the keys that documents contain.

use rolecall_core::dashboards::{can_compare, can_compute};
use rolecall_model::data::{Aggregate, ColumnType, DataColumn, TimeStep};
use strum::IntoEnumIterator as _;

use super::fields::Choice;

/// The comparisons of a condition: the value of the field, and the label.
const COMPARISONS: [(&str, &str); 9] = [
    ("is", "is one of (one per line)"),
    ("is_not", "is none of (one per line)"),
    ("at_least", "is at least"),
    ("more_than", "is more than"),
    ("at_most", "is at most"),
    ("less_than", "is less than"),
    ("contains", "contains the text"),
    ("missing", "is empty"),
    ("not_missing", "is not empty"),
];
/// The directions of an order.
pub(super) const ORDERS: [(&str, &str); 2] =
    [("ascending", "A to Z, smallest or oldest first"), ("descending", "Z to A, largest or newest first")];
/// The labels of the common widths of panels, in columns of the page.
const WIDTHS: [(u8, &str); 6] =
    [(12, "Full width"), (9, "Three quarters"), (8, "Two thirds"), (6, "Half"), (4, "A third"), (3, "A quarter")];

pub(super) fn named(choices: &[(&str, &str)]) -> Vec<Choice> {
    choices.iter().map(|(value, text)| ((*value).to_owned(), (*text).to_owned())).collect()
}

/// `choices` after an empty one with this `text`.
pub(super) fn with_nothing(text: &str, choices: Vec<Choice>) -> Vec<Choice> {
    std::iter::once((String::new(), text.to_owned())).chain(choices).collect()
}

/// The comparisons that fit a column of the type `of`. A `chosen` one stays even if it does not fit.
pub(super) fn comparisons(of: Option<ColumnType>, chosen: &str) -> Vec<Choice> {
    let fits = |how: &str| how == chosen || of.is_none_or(|of| can_compare(how, of));
    let fitting: Vec<_> = COMPARISONS.into_iter().filter(|(how, _)| fits(how)).collect();
    named(&fitting)
}

/// The calculations that fit any of `columns`, or all rows. A `chosen` one stays even if it does not fit.
pub(super) fn calculations(columns: &[DataColumn], chosen: Option<Aggregate>) -> Vec<Choice> {
    let fits = |compute: &Aggregate| {
        let mut types = columns.iter().map(|column| Some(column.column_type)).chain([None]);
        Some(*compute) == chosen || types.any(|of| can_compute(*compute, of))
    };
    Aggregate::iter().filter(fits).map(|of| (of.to_string(), calculation(of).to_owned())).collect()
}

const fn calculation(of: Aggregate) -> &'static str {
    match of {
        Aggregate::Count => "Number of rows",
        Aggregate::Sum => "Sum",
        Aggregate::Average => "Average",
        Aggregate::Minimum => "Lowest",
        Aggregate::Maximum => "Highest",
        Aggregate::Distinct => "Number of different values",
        Aggregate::Median => "Median",
        Aggregate::Share => "Share of the total",
    }
}

/// The periods that can group a column of the type `of`.
pub(super) fn periods(of: Option<ColumnType>) -> Vec<Choice> {
    let fits = |step: &TimeStep| *step != TimeStep::Hour || of == Some(ColumnType::Timestamp);
    TimeStep::iter().filter(fits).map(|step| (step.to_string(), period(step).to_owned())).collect()
}

const fn period(step: TimeStep) -> &'static str {
    match step {
        TimeStep::Hour => "Hour",
        TimeStep::Day => "Day",
        TimeStep::Week => "Week",
        TimeStep::Month => "Month",
        TimeStep::Quarter => "Quarter",
        TimeStep::Year => "Year",
    }
}

/// The widths of a panel, the widest first. A `chosen` width that is not one of these stays, too.
pub(super) fn widths(chosen: &str) -> Vec<Choice> {
    let name = |width: u8| {
        let known = WIDTHS.iter().find(|(known, _)| *known == width);
        known.map_or_else(|| format!("{width} of 12 columns"), |(_, text)| (*text).to_owned())
    };
    let value = |width: u8| if width == 12 && chosen.is_empty() { String::new() } else { width.to_string() };
    (1..=12).rev().map(|width| (value(width), name(width))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_is_offered_and_an_unset_width_stays_unset() {
        let of = |chosen| widths(chosen).into_iter().map(|(value, _)| value).collect::<Vec<_>>().join(" ");
        assert_eq!(of("7"), "12 11 10 9 8 7 6 5 4 3 2 1");
        assert_eq!(of(""), " 11 10 9 8 7 6 5 4 3 2 1");
        let names = widths("12");
        assert_eq!((names[0].1.as_str(), names[5].1.as_str()), ("Full width", "7 of 12 columns"));
    }
}
