//! Tables: rows and groups, a page at a time.

use rolecall_model::data::{Aggregate, Cell, QueryResult, TimeStep};
use rolecall_model::spec::{PanelKind, PanelSpec, TableColumn};
use rolecall_panels::{Page, Table, table};

use crate::support::*;

fn page(panel: &PanelSpec, result: &QueryResult, number: u32) -> Table {
    table(panel, result, Some(&[Cell::Integer(60)]), Page { number, parameter: "page" }, ZONE)
}

#[test]
fn rows_have_their_headings_units_and_decimals() {
    let column =
        TableColumn { column: "rain".into(), title: Some("Rain".into()), unit: Some("mm".into()), decimals: Some(1) };
    let place = TableColumn { column: "place".into(), title: None, unit: None, decimals: None };
    let spec = PanelSpec { measures: vec![], by: None, columns: vec![place, column], ..panel(PanelKind::Table) };
    let rows = vec![vec![text("<b>"), Cell::Decimal(-1234.25)], vec![text("x"), Cell::Missing]];
    let table = page(&spec, &QueryResult { total: 2922, ..result(&["place", "rain"], rows) }, 2);
    assert!(table.html.contains("<th class=\"num\" scope=\"col\" dir=\"auto\">Rain (mm)</th>"));
    assert_eq!(table_rows(&table.html), [["&lt;b&gt;", "\u{2212}1,234.2"], ["x", "\u{2013}no value"]]);
    assert_eq!((table.page, table.pages), (2, 147));
    for part in ["2,922 rows", "href=\"?page=1#p\"", "href=\"?page=3#p\"", "Page 2 of 147", "id=\"p-caption\""] {
        assert!(table.html.contains(part), "{part}: {}", table.html);
    }
}

#[test]
fn groups_are_cut_into_pages_and_the_last_has_the_totals() {
    let spec = PanelSpec { rows_per_page: Some(2), totals: true, ..by_step(PanelKind::Table, TimeStep::Month) };
    let result = monthly(&[Some(10.0), Some(20.0), Some(30.0)]);
    assert_eq!(table_rows(&page(&spec, &result, 1).html), [["2012-01", "10"], ["2012-02", "20"]]);
    assert_eq!(table_rows(&page(&spec, &result, 9).html), [["2012-03", "30"], ["Total", "60"]]);
}

#[test]
fn groups_that_a_limit_cuts_are_counted() {
    let spec = panel(PanelKind::Table);
    let result = QueryResult { total: 300, ..named(&[("a", Some(1.0)), ("b", Some(2.0))]) };
    assert!(page(&spec, &result, 1).html.contains("2 of 300 groups"));
}

#[test]
fn a_share_is_in_percent_and_what_a_measure_shows_is_no_column() {
    let share = measure(Aggregate::Share);
    let spec = PanelSpec { measures: vec![share], ..panel(PanelKind::Table) };
    assert_eq!(table_rows(&page(&spec, &named(&[("a", Some(0.375))]), 1).html)[0], ["a", "37.5%"]);
}
