//! Tables: rows and groups, one page at a time.

use rolecall_model::data::{Aggregate, Cell, ColumnType, Order, QueryResult, ResultColumn, TimeStep};
use rolecall_model::panels::TableSort;
use rolecall_model::spec::{PanelKind, PanelSpec, TableColumn};
use rolecall_panels::{OTHER_FIELDS, Page, Shown, TableFields, table};

use crate::support::*;

const FIELDS: TableFields<'_> = TableFields { page: "p.page", sort: "p.sort", sorted: None };

fn sorted(column: &str, order: Order) -> TableSort {
    TableSort { column: column.to_owned(), order }
}

/// Page `number` of a table of `total` rows; `result` has all of them, or those of that page.
fn page_of(panel: &PanelSpec, result: &QueryResult, number: u32, total: u64) -> String {
    let page = Page::of(total, panel.rows_per_page.unwrap_or(20), number);
    let is_here = |at: &usize| total != result.rows.len() as u64 || page.rows.contains(&(*at as u64));
    let rows: Vec<usize> = (0..result.rows.len()).filter(is_here).collect();
    let totals = [Cell::Integer(60)];
    let shown = Shown {
        result,
        rows: &rows,
        totals: panel.totals.then_some(&totals[..]),
        page: &page,
        sort: None,
        note: None,
        links: None,
    };
    table(panel, &shown, FIELDS, ZONE).html
}

fn page(panel: &PanelSpec, result: &QueryResult, number: u32) -> String {
    page_of(panel, result, number, result.rows.len() as u64)
}

#[test]
fn rows_have_their_headings_units_and_decimals() {
    let column =
        TableColumn { column: "rain".into(), title: Some("Rain".into()), unit: Some("mm".into()), decimals: Some(1) };
    let place = TableColumn { column: "place".into(), title: None, unit: None, decimals: None };
    let spec = PanelSpec { measures: vec![], by: None, columns: vec![place, column], ..panel(PanelKind::Table) };
    let rows = vec![vec![text("<b>"), Cell::Decimal(-1234.25)], vec![text("x"), Cell::Missing]];
    let html = page_of(&spec, &QueryResult { total: 2922, ..result(&["place", "rain"], rows) }, 2, 2922);
    assert!(html.contains(">Rain (mm)</a></th>"), "{html}");
    assert_eq!(table_rows(&html), [["&lt;b&gt;", "\u{2212}1,234.2"], ["x", "\u{2013}no value"]]);
    for part in ["2,922 rows", "p.page=1#p\"", "p.page=3#p\"", "Page 2 of 147", "id=\"p-caption\""] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn groups_are_cut_into_pages_and_the_last_has_the_totals() {
    let spec = PanelSpec { rows_per_page: Some(2), totals: true, ..by_step(PanelKind::Table, TimeStep::Month) };
    let result = monthly(&[Some(10.0), Some(20.0), Some(30.0)]);
    assert_eq!(table_rows(&page(&spec, &result, 1)), [["2012-01", "10"], ["2012-02", "20"]]);
    assert_eq!(table_rows(&page(&spec, &result, 9)), [["2012-03", "30"], ["Total", "60"]]);
}

#[test]
fn groups_that_a_limit_cuts_are_counted() {
    let spec = panel(PanelKind::Table);
    let result = QueryResult { total: 300, ..named(&[("a", Some(1.0)), ("b", Some(2.0))]) };
    assert!(page(&spec, &result, 1).contains("2 of 300 groups"));
}

#[test]
fn a_share_is_in_percent_and_what_a_measure_shows_is_no_column() {
    let share = measure(Aggregate::Share);
    let spec = PanelSpec { measures: vec![share], ..panel(PanelKind::Table) };
    assert_eq!(table_rows(&page(&spec, &named(&[("a", Some(0.375))]), 1))[0], ["a", "37.5%"]);
}

#[test]
fn whole_numbers_have_no_commas_unless_their_column_is_marked_as_measured() {
    let column = |name: &str, unit: Option<&str>| TableColumn {
        column: name.into(),
        title: None,
        unit: unit.map(Into::into),
        decimals: None,
    };
    let columns = vec![column("year", None), column("people", Some("heads"))];
    let spec = PanelSpec { measures: vec![], by: None, columns, ..panel(PanelKind::Table) };
    let of = |name: &str| ResultColumn { name: name.into(), column_type: ColumnType::Integer };
    let rows = vec![vec![Cell::Integer(2012), Cell::Integer(1_204_000)]];
    let result = QueryResult { columns: vec![of("year"), of("people")], rows, total: 1, approximate: false };
    assert_eq!(table_rows(&page(&spec, &result, 1)), [["2012", "1,204,000"]]);

    let years = PanelSpec { unit: None, ..panel(PanelKind::Table) };
    let rows = vec![vec![Cell::Integer(2012), Cell::Integer(1_204_000)]];
    let result = QueryResult { columns: vec![of("kind"), of("Sum")], rows, total: 1, approximate: false };
    assert_eq!(table_rows(&page(&years, &result, 1)), [["2012", "1,204,000"]]);
}

// Case: panel/long-texts-leave-room
#[test]
fn only_long_texts_may_take_several_lines() {
    let spec = PanelSpec { measures: vec![], by: None, ..panel(PanelKind::Table) };
    let long = "A text of more words than fit";
    let of = |name: &str, column_type| ResultColumn { name: name.to_owned(), column_type };
    let columns = vec![
        of("day", ColumnType::Date),
        of("words", ColumnType::Text),
        of("word", ColumnType::Text),
        of("n", ColumnType::Integer),
    ];
    let rows = vec![vec![month(0), text(long), text("short"), Cell::Integer(7)]];
    let html = page(&spec, &QueryResult { columns, rows, total: 1, approximate: false }, 1);
    // A text that would be very high in a narrow column gets a wider one, or scrolls, and is complete.
    let (tall, tower) = (long.repeat(4), long.repeat(12));
    let towers = QueryResult {
        columns: vec![of("words", ColumnType::Text), of("more words", ColumnType::Text)],
        rows: vec![vec![text(&tall), text(&tower)]],
        total: 1,
        approximate: false,
    };
    let towers = page(&spec, &towers, 1);
    for part in [
        format!("class=\"long tall\" dir=\"auto\">{tall}</th>"),
        format!("class=\"long tall\" dir=\"auto\"><div class=\"lines\" tabindex=\"0\">{tower}</div></td>"),
    ] {
        assert!(towers.contains(&part), "{part}\n{towers}");
    }
    for part in [
        "<th scope=\"row\" class=\"date\">2012-01-01</th>".to_owned(),
        format!("<td class=\"long\" dir=\"auto\">{long}</td>"),
        "<td dir=\"auto\">short</td><td class=\"num\">7</td>".to_owned(),
    ] {
        assert!(html.contains(&part), "{part}\n{html}");
    }
}

// Case: panel/sorted-by-headings
#[test]
fn headings_sort_and_paging_keeps_the_order() {
    let spec = PanelSpec { rows_per_page: Some(1), ..by_step(PanelKind::Table, TimeStep::Month) };
    let (result, sort) = (monthly(&[Some(1.0), Some(2.0)]), sorted("Sum", Order::Descending));
    let page = Page::of(2, 1, 1);
    let shown = Shown {
        result: &result,
        rows: &[1],
        totals: None,
        page: &page,
        sort: Some(&sort),
        note: Some("<i>"),
        links: None,
    };
    let fields = TableFields { sorted: Some(&sort), ..FIELDS };
    let html = table(&spec, &shown, fields, ZONE).html;
    for part in [
        format!(
            "<th scope=\"col\" dir=\"auto\"><a href=\"?{OTHER_FIELDS}p.sort=day#p\" data-column=\"day\">Month</a></th>"
        ),
        format!(
            "aria-sort=\"descending\"><a href=\"?{OTHER_FIELDS}p.sort=Sum#p\" data-column=\"Sum\">Sum (mm)</a></th>"
        ),
        format!("rel=\"next\" href=\"?{OTHER_FIELDS}p.sort=%2DSum&amp;p.page=2#p\""),
        "&lt;i&gt;</p>".to_owned(),
    ] {
        assert!(html.contains(&part), "{part}\n{html}");
    }
    let upwards = sorted("day", Order::Ascending);
    let shown = Shown { sort: Some(&upwards), ..shown };
    let html = table(&spec, &shown, FIELDS, ZONE).html;
    assert!(html.contains("aria-sort=\"ascending\"><a href=\"?\u{1}p.sort=%2Dday#p\""), "{html}");
    assert!(html.contains("rel=\"next\" href=\"?\u{1}p.page=2#p\""), "{html}");
}

#[test]
fn a_column_name_cannot_break_out_of_its_link() {
    let name = "\"><b>&=#\u{1}";
    let spec = PanelSpec { measures: vec![], by: None, ..panel(PanelKind::Table) };
    let html = page(&spec, &result(&[name], vec![vec![Cell::Integer(1)]]), 1);
    assert!(
        html.contains("p.sort=%22%3E%3Cb%3E%26%3D%23%01#p\" data-column=\"&quot;&gt;&lt;b&gt;&amp;=#\u{fffd}\""),
        "{html}"
    );
    assert_eq!(html.matches(OTHER_FIELDS).count(), 1);
}
