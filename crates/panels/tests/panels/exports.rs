//! Values as files.

use rolecall_model::data::{Aggregate, Cell, TimeStep};
use rolecall_model::spec::{PanelKind, PanelSpec, TableColumn};
use rolecall_panels::{Values, csv};

use crate::support::*;

/// The second cell of each line but the first.
fn second_cells(values: &Values) -> Vec<String> {
    let text = csv(values);
    text.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().to_owned()).collect()
}

// Case: export/noise
#[test]
fn what_is_computed_has_no_noise_and_values_of_the_data_stay_exact() {
    let result = named(&[("a", Some(0.1 + 0.2)), ("b", Some(-12.299_999_999_999_999)), ("c", Some(2.5)), ("d", None)]);
    let (clean, exact) = (["0.3", "-12.3", "2.5", ""], ["0.30000000000000004", "-12.299999999999999", "2.5", ""]);
    for (compute, expected) in [
        (Aggregate::Sum, clean),
        (Aggregate::Average, clean),
        (Aggregate::Median, clean),
        (Aggregate::Share, clean),
        (Aggregate::Minimum, exact),
        (Aggregate::Maximum, exact),
    ] {
        let spec = PanelSpec { measures: vec![measure(compute)], ..panel(PanelKind::Bar) };
        assert_eq!(second_cells(&Values::of_series(&spec, &result, ZONE)), expected, "{compute}");
        let table = PanelSpec { kind: PanelKind::Table, ..spec };
        assert_eq!(second_cells(&Values::of_table(&table, &result, &[0, 1, 2, 3], ZONE)), expected, "{compute}");
    }
    let column = |name: &str| TableColumn { column: name.to_owned(), title: None, unit: None, decimals: None };
    let rows = PanelSpec {
        measures: vec![],
        by: None,
        columns: vec![column("kind"), column("Sum")],
        ..panel(PanelKind::Table)
    };
    assert_eq!(second_cells(&Values::of_table(&rows, &result, &[0, 1, 2, 3], ZONE)), exact);
}

// Case: export/noise
#[test]
fn figures_have_no_noise_alone_and_over_time() {
    let figure = PanelSpec { by: None, ..panel(PanelKind::Figure) };
    let values = Values::of_figures(&figure, &result(&["Sum"], vec![vec![Cell::Decimal(0.1 + 0.7)]]), ZONE);
    assert_eq!(second_cells(&values), ["0.8"]);
    let monthly_figure = by_step(PanelKind::Figure, TimeStep::Month);
    let values = Values::of_figures(&monthly_figure, &monthly(&[Some(1.0), Some(0.1 + 0.2)]), ZONE);
    assert_eq!(second_cells(&values), ["1", "0.3"]);
}
