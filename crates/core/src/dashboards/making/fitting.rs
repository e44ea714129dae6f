//! What fits together in a panel's form, so that only valid choices are offered. The check of queries uses the same
//! rules.

use rolecall_model::data::{Aggregate, ColumnType, DataColumn, TimeStep};

use super::kind::FormKind;
use super::typed::Typed;

/// Whether the form's condition `how` can apply to a column of the type `of`.
#[must_use]
pub fn can_compare(how: &str, of: ColumnType) -> bool {
    match how {
        "at_least" | "more_than" | "at_most" | "less_than" => of.is_number() || of.is_time(),
        "contains" => of == ColumnType::Text,
        _ => true,
    }
}

/// Whether `compute` can apply to a column of the type `of`; without one, whether it can apply to all rows.
#[must_use]
pub fn can_compute(compute: Aggregate, of: Option<ColumnType>) -> bool {
    match compute {
        Aggregate::Count => true,
        Aggregate::Share => of.is_none_or(ColumnType::is_number),
        Aggregate::Distinct => of.is_some(),
        Aggregate::Minimum | Aggregate::Maximum => of.is_some_and(|of| of.is_number() || of.is_time()),
        Aggregate::Sum | Aggregate::Average | Aggregate::Median => of.is_some_and(ColumnType::is_number),
    }
}

/// `typed` without choices that do not fit the chosen `columns`, for example from before another column was chosen. An
/// unknown column stays, and is reported.
#[must_use]
pub fn fitting(mut typed: Typed, columns: &[DataColumn]) -> Typed {
    let type_of = |name: &str| columns.iter().find(|column| column.name == name).map(|column| column.column_type);
    for at in 0..typed.rows("filters") {
        let how = format!("filters[{at}].how");
        let of = type_of(typed.get(&format!("filters[{at}].column")));
        if of.is_some_and(|of| !can_compare(typed.get(&how), of)) {
            typed = typed.with(&how, "is");
        }
    }
    for at in 0..typed.rows("measures") {
        let of = format!("measures[{at}].of");
        let compute: Option<Aggregate> = typed.get(&format!("measures[{at}].compute")).parse().ok();
        let both = compute.zip(type_of(typed.get(&of)));
        if both.is_some_and(|(compute, of)| !can_compute(compute, Some(of))) {
            typed = typed.with(&of, "");
        }
    }
    if !columns.is_empty() && !columns.iter().any(|column| column.column_type.is_time()) {
        typed = typed.without("compare");
    }
    let by = type_of(typed.get("by.column"));
    let is_compared = typed.get("kind").parse::<FormKind>() == Ok(FormKind::Figure) && typed.has("compare");
    if is_compared && by.is_some_and(|by| !by.is_time()) {
        typed = typed.with("by.column", "");
    }
    if by == Some(ColumnType::Date) && typed.get("by.step").parse::<TimeStep>() == Ok(TimeStep::Hour) {
        typed = typed.with("by.step", "");
    }
    typed
}

#[cfg(test)]
mod tests {
    use rolecall_data::query::check;
    use rolecall_model::data::{GroupQuery, Measure, Query, Select};
    use strum::IntoEnumIterator as _;

    use super::*;
    use crate::dashboards::making::read_panel;

    fn column(name: &str, column_type: ColumnType) -> DataColumn {
        DataColumn { name: name.to_owned(), column_type }
    }

    /// A value of a column of the type `of`, as a person types it.
    const fn value(of: ColumnType) -> &'static str {
        match of {
            ColumnType::Text => "North",
            ColumnType::Integer => "7",
            ColumnType::Decimal => "7.5",
            ColumnType::Boolean => "true",
            ColumnType::Date => "2026-01-31",
            ColumnType::Timestamp => "2026-01-31T08:00:00Z",
        }
    }

    #[test]
    fn the_form_offers_exactly_what_the_check_of_queries_accepts() {
        let query = |measure: Measure, filters| {
            let select =
                Select::Groups(GroupQuery { measures: vec![measure], by: None, split: None, order: None, limit: None });
            Query { filters, zone: "UTC".to_owned(), select }
        };
        let measure = |compute, of: Option<&str>| Measure {
            compute,
            of: of.map(ToOwned::to_owned),
            title: None,
            unit: None,
            decimals: None,
            show: Vec::new(),
        };
        for &of in ColumnType::ALL {
            let columns = [column("x", of)];
            for compute in Aggregate::iter() {
                for (column, of) in [(None, None), (Some("x"), Some(of))] {
                    let is_taken = check(&query(measure(compute, column), Vec::new()), &columns).is_ok();
                    assert_eq!(can_compute(compute, of), is_taken, "{compute} of {of:?}");
                }
            }
            let hows =
                ["is", "is_not", "at_least", "more_than", "at_most", "less_than", "contains", "missing", "not_missing"];
            for how in hows {
                let form = format!(
                    "kind=figure&dataset=d&filters[0].column=x&filters[0].how={how}&filters[0].value={}",
                    value(of)
                );
                let filters = read_panel(&Typed::of_form(form.as_bytes()), &columns).spec.filters;
                assert_eq!(filters.len(), 1);
                let is_taken = check(&query(measure(Aggregate::Count, None), filters), &columns).is_ok();
                assert_eq!(can_compare(how, of), is_taken, "{how} of {of:?}");
            }
        }
    }

    #[test]
    fn choices_that_do_not_fit_a_new_column_are_dropped() {
        let columns =
            [column("region", ColumnType::Text), column("n", ColumnType::Integer), column("day", ColumnType::Date)];
        let form =
            b"kind=figure&compare=on&by.column=region&by.step=hour&measures[0].compute=sum&measures[0].of=region\
                     &measures[1].compute=sum&measures[1].of=n&measures[2].compute=sum&measures[2].of=gone\
                     &filters[0].column=region&filters[0].how=at_least&filters[1].column=n&filters[1].how=at_least\
                     &filters[2].column=gone&filters[2].how=contains";
        let typed = fitting(Typed::of_form(form), &columns);
        for (name, expected) in [
            ("by.column", ""),
            ("measures[0].of", ""),
            ("measures[1].of", "n"),
            ("measures[2].of", "gone"),
            ("filters[0].how", "is"),
            ("filters[1].how", "at_least"),
            ("filters[2].how", "contains"),
            ("compare", "on"),
        ] {
            assert_eq!(typed.get(name), expected, "{name}");
        }
        let typed = fitting(Typed::of_form(b"kind=bar&by.column=day&by.step=hour&compare=on"), &columns);
        assert_eq!((typed.get("by.column"), typed.get("by.step")), ("day", ""));
        assert!(!fitting(Typed::of_form(form), &columns[..2]).has("compare"));
        assert!(fitting(Typed::of_form(form), &[]).has("compare"));
    }
}
