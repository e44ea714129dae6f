//! The panels of the weather dashboard as documents with results, of which `rolecall_panels` makes HTML.

use chrono::NaiveDate;
use rolecall_model::data::{
    Aggregate, Cell, ColumnType, Dimension, Measure, QueryResult, ResultColumn, Split, TimeStep,
};
use rolecall_model::panels::{Chart, ChartKind, Figures, TablePage};
use rolecall_model::spec::{PanelKind, PanelSpec, TableColumn};
use rolecall_panels::{Page, Tz};

/// The id of the table on the page.
pub const TABLE: &str = "data";

/// A chart over months.
#[must_use]
pub fn chart(chart: &Chart) -> rolecall_panels::Chart {
    let kind = match chart.kind {
        ChartKind::Line => PanelKind::Line,
        ChartKind::Bar => PanelKind::Bar,
    };
    let spec = PanelSpec {
        unit: Some(chart.unit.clone()),
        measures: vec![Measure { decimals: Some(1), ..measure(Aggregate::Average) }],
        by: Some(Dimension { column: "date".to_owned(), step: Some(TimeStep::Month) }),
        split: Some(Split { column: "place".to_owned(), top: None }),
        ..PanelSpec::new(&chart.id, &chart.title, kind)
    };
    let columns = vec![
        column("date", ColumnType::Date),
        column("place", ColumnType::Text),
        column(&chart.title, ColumnType::Decimal),
    ];
    let row = |(at, month): (usize, &String)| {
        let begin = month_of(month);
        chart.series.iter().map(move |series| {
            let value = series.values.get(at).map_or(Cell::Missing, |value| Cell::Decimal(*value));
            vec![begin.clone(), Cell::Text(series.name.clone()), value]
        })
    };
    let rows = chart.points.iter().enumerate().flat_map(row).collect();
    rolecall_panels::chart(&spec, &result(columns, rows, chart.points.len() as u64), Tz::UTC)
}

/// The figures, whose values are texts already.
#[must_use]
pub fn figures(figures: &Figures) -> String {
    let mut spec = PanelSpec::new("figures", "Key figures", PanelKind::Figure);
    let (mut columns, mut row) = (Vec::new(), Vec::new());
    for figure in &figures.figures {
        spec.measures.push(Measure { show: vec!["detail".to_owned()], ..measure(Aggregate::Maximum) });
        columns.extend([column(&figure.label, ColumnType::Text), column("detail", ColumnType::Text)]);
        row.extend([Cell::Text(figure.value.clone()), Cell::Text(figure.detail.clone())]);
    }
    rolecall_panels::figures(&spec, &result(columns, vec![row], 1), Tz::UTC)
}

/// A page of the table.
#[must_use]
pub fn table(page: &TablePage) -> rolecall_panels::Table {
    let mut spec = PanelSpec::new(TABLE, "Data", PanelKind::Table);
    spec.columns = page
        .columns
        .iter()
        .map(|column| TableColumn { column: column.name.clone(), title: None, unit: None, decimals: Some(1) })
        .collect();
    let columns = page
        .columns
        .iter()
        .map(|named| column(&named.name, if named.numeric { ColumnType::Decimal } else { ColumnType::Text }));
    let columns: Vec<ResultColumn> = columns.collect();
    let cell = |(text, column): (&String, &ResultColumn)| match text.replace('\u{2212}', "-").parse() {
        Ok(number) if column.column_type == ColumnType::Decimal => Cell::Decimal(number),
        _ => Cell::Text(text.clone()),
    };
    let rows = page.rows.iter().map(|row| row.iter().zip(&columns).map(cell).collect()).collect();
    let shown = Page { number: page.page, parameter: "page" };
    rolecall_panels::table(&spec, &result(columns, rows, page.total.into()), None, shown, Tz::UTC)
}

fn result(columns: Vec<ResultColumn>, rows: Vec<Vec<Cell>>, total: u64) -> QueryResult {
    QueryResult { columns, rows, total, approximate: false }
}

fn column(name: &str, column_type: ColumnType) -> ResultColumn {
    ResultColumn { name: name.to_owned(), column_type }
}

const fn measure(compute: Aggregate) -> Measure {
    Measure { compute, of: None, title: None, unit: None, decimals: None, show: Vec::new() }
}

/// The first day of a month such as `2012-01`.
fn month_of(name: &str) -> Cell {
    NaiveDate::parse_from_str(&format!("{name}-01"), "%Y-%m-%d").map_or(Cell::Missing, Cell::Date)
}
