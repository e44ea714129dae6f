//! What is computed of groups of rows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// What is computed of a group of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// How it is computed.
    pub compute: Aggregate,
    /// The column; `count` and `share` count rows without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
    /// What people read; made of the two above without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The unit behind each value; the panel's without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How many decimals are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    /// For figures with `minimum` or `maximum`: the columns of the row with that value that are shown beneath it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<String>,
}

impl Measure {
    /// Its name in legends, headings and titles, and as a column for programs: its title, or what it computes of which
    /// column.
    #[must_use]
    pub fn name(&self) -> String {
        self.name_of(false)
    }

    /// As [`name`](Self::name). If its column holds days or times (`is_time`), minimum and maximum are called earliest
    /// and latest.
    #[must_use]
    pub fn name_of(&self, is_time: bool) -> String {
        if let Some(title) = &self.title {
            return title.clone();
        }
        match (self.compute, &self.of) {
            (Aggregate::Count, None) => "number of rows".to_owned(),
            (Aggregate::Count, Some(column)) => format!("rows with {column}"),
            (Aggregate::Minimum, Some(column)) if is_time => format!("earliest {column}"),
            (Aggregate::Maximum, Some(column)) if is_time => format!("latest {column}"),
            (Aggregate::Minimum, Some(column)) => format!("lowest {column}"),
            (Aggregate::Maximum, Some(column)) => format!("highest {column}"),
            (Aggregate::Distinct, Some(column)) => format!("different values of {column}"),
            (Aggregate::Share, None) => "share of rows".to_owned(),
            (compute, Some(column)) => format!("{compute} of {column}"),
            (compute, None) => compute.to_string(),
        }
    }

    /// Each of `measures` with the index of its column in a result. The first measure has the index `first`. The
    /// columns that a measure [shows](Self::show) follow its own.
    pub fn with_columns(measures: &[Self], first: usize) -> impl Iterator<Item = (usize, &Self)> {
        let mut next = first;
        measures.iter().map(move |measure| {
            let column = next;
            next += 1 + measure.show.len();
            (column, measure)
        })
    }
}

/// How a measure is computed. Missing values do not take part. Of no values, `count` and `distinct` are 0, and every other
/// measure is missing.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Aggregate {
    /// How many rows; with a column, how many that are not missing.
    Count,
    /// The sum. Of integers it is an integer; beyond 64 bits all sums of the measure are decimals.
    Sum,
    /// The arithmetic mean, a decimal.
    Average,
    /// The smallest value.
    Minimum,
    /// The largest value.
    Maximum,
    /// How many different values.
    Distinct,
    /// The median, a decimal: the mean of the middle two where there is no middle one.
    Median,
    /// The part of the sum (without a column: of the rows) of all groups, also of those that a limit leaves out. From 0 to 1,
    /// if no value is negative.
    Share,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn maximum(show: &[&str]) -> Measure {
        let show = show.iter().map(|column| (*column).to_owned()).collect();
        let of = Some("amount".to_owned());
        Measure { compute: Aggregate::Maximum, of, title: None, unit: None, decimals: None, show }
    }

    #[test]
    fn a_measure_stands_behind_what_the_one_before_it_shows() {
        let measures = [maximum(&["city", "day"]), maximum(&[]), maximum(&["city"]), maximum(&[])];
        let columns = |first| Measure::with_columns(&measures, first).map(|(column, _)| column).collect::<Vec<_>>();
        assert_eq!(columns(0), [0, 3, 4, 6]);
        assert_eq!(columns(2), [2, 5, 6, 8]);
        assert!(Measure::with_columns(&measures, 0).map(|(_, measure)| measure).eq(&measures));
        assert_eq!(Measure::with_columns(&[], 1).count(), 0);
    }

    // Case: panel/names-of-measures
    #[test]
    fn a_measure_is_called_as_people_call_it_and_as_its_title_says() {
        let named = |compute, of: Option<&str>, title: Option<&str>| {
            let (of, title) = (of.map(ToOwned::to_owned), title.map(ToOwned::to_owned));
            Measure { compute, of, title, unit: None, decimals: None, show: Vec::new() }.name()
        };
        for (compute, of, expected) in [
            (Aggregate::Count, None, "number of rows"),
            (Aggregate::Count, Some("discount"), "rows with discount"),
            (Aggregate::Sum, Some("amount"), "sum of amount"),
            (Aggregate::Average, Some("amount"), "average of amount"),
            (Aggregate::Minimum, Some("temperature"), "lowest temperature"),
            (Aggregate::Maximum, Some("temperature"), "highest temperature"),
            (Aggregate::Distinct, Some("product"), "different values of product"),
            (Aggregate::Median, Some("amount"), "median of amount"),
            (Aggregate::Share, Some("amount"), "share of amount"),
            (Aggregate::Share, None, "share of rows"),
        ] {
            assert_eq!(named(compute, of, None), expected);
            assert_eq!(named(compute, of, Some("distinct of product")), "distinct of product");
        }
        let of_days = |compute| {
            let of = Some("day".to_owned());
            Measure { compute, of, title: None, unit: None, decimals: None, show: Vec::new() }.name_of(true)
        };
        assert_eq!([Aggregate::Minimum, Aggregate::Maximum].map(of_days), ["earliest day", "latest day"]);
    }
}
