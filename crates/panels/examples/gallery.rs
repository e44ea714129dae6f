//! Writes a page with every kind of panel and its difficult cases, to be checked by eye: `gallery <folder>` puts
//! `gallery.html` and some panels as pictures into the folder.

use std::{env, fs, io, path::Path};

use chrono::{DateTime, Days, Months, NaiveDate, TimeDelta};
use rolecall_model::data::{
    Aggregate, Cell, ColumnType, Dimension, Measure, QueryResult, ResultColumn, Split, TimeStep,
};
use rolecall_model::spec::{MissingValues, PanelKind, PanelSpec, ValueScale};
use rolecall_panels::{
    Compared, OTHER_FIELDS, Page, Shown, TableFields, Tz, chart, chart_svg, figures, figures_svg, table, table_svg,
    text,
};

const ZONE: Tz = Tz::Europe__Zurich;
const TEXT: &str = "# A heading\n\nSome *text* with a [link](https://example.com), and:\n\n- one\n- two\n\n> Quoted.\n\n\
                    | place | sum |\n| --- | --- |\n| Zürich | 12 |\n\n<script>alert(1)</script>";

fn main() -> io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let body: String = panels().iter().map(|(panel, result)| section(panel, result)).collect();
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Gallery</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"style/main.css\"></head>\
         <body><main><h1>Gallery</h1><div class=\"panels\">{body}</div></main></body></html>"
    );
    fs::write(Path::new(&folder).join("gallery.html"), html)?;
    let drawn = ["figure", "compared", "monthly", "lying", "stack", "grouped-table", "row-table"];
    for (panel, result) in panels().iter().filter(|(panel, _)| drawn.contains(&panel.id.as_str())) {
        let svg = match panel.kind {
            PanelKind::Figure => figures_svg(panel, result, ZONE, &Compared::Usual, ""),
            PanelKind::Table => with_shown(panel, result, |shown| table_svg(panel, shown, ZONE, "")),
            _ => chart_svg(panel, result, ZONE, ""),
        };
        fs::write(Path::new(&folder).join(format!("{}.svg", panel.id)), svg)?;
    }
    Ok(())
}

fn section(panel: &PanelSpec, result: &QueryResult) -> String {
    let PanelSpec { id, title, .. } = panel;
    let span = panel.width.unwrap_or(6);
    let (unit, body) = match panel.kind {
        PanelKind::Figure => (String::new(), figures(panel, result, ZONE, &Compared::Usual)),
        PanelKind::Table => (String::new(), table_html(panel, result)),
        PanelKind::Text => (String::new(), format!("<div class=\"markdown\">{}</div>", text(TEXT))),
        _ => {
            let chart = chart(panel, result, ZONE);
            (chart.unit, format!("<div class=\"chart\">{}</div>", chart.html))
        }
    };
    format!(
        "<figure class=\"panel panel-chart span-{span}\" aria-labelledby=\"{id}-title\"><figcaption class=\"panel-head\">\
         <h2 id=\"{id}-title\" dir=\"auto\">{title}</h2><span class=\"muted\">{unit}</span></figcaption>{body}</figure>"
    )
}

fn table_html(panel: &PanelSpec, result: &QueryResult) -> String {
    let fields = TableFields { page: "page", sort: "sort", sorted: None };
    with_shown(panel, result, |shown| table(panel, shown, fields, ZONE).html.replace(OTHER_FIELDS, ""))
}

/// Calls `make` with what the first page of a table shows.
fn with_shown(panel: &PanelSpec, result: &QueryResult, make: impl FnOnce(&Shown<'_>) -> String) -> String {
    let page = Page::of(result.rows.len() as u64, panel.rows_per_page.unwrap_or(20), 1);
    let rows: Vec<usize> = (0..result.rows.len().min(20)).collect();
    let totals = [Cell::Decimal(1234.5)];
    let shown = Shown { result, rows: &rows, totals: Some(&totals), page: &page, sort: None, note: None, links: None };
    make(&shown)
}

#[expect(clippy::too_many_lines, reason = "it is a list")]
fn panels() -> Vec<(PanelSpec, QueryResult)> {
    let wave = |index: u32, shift: f64| (f64::from(index) * 0.5 + shift).sin() * 12.0 + 9.0;
    let months = |count: u32| (0..count).map(|index| Cell::Date(month(index))).collect::<Vec<_>>();
    let places = ["Seattle", "New York"];
    let monthly = of_series(&months(48), &places, |at, series| Cell::Decimal(wave(at, f64::from(series))));
    let rain = of_series(&months(48), &places, |at, series| Cell::Decimal(wave(at, f64::from(series)).abs() * 9.0));
    let gaps = of_series(&months(24), &places, |at, series| match (at + series * 3) % 8 {
        3 | 5 => Cell::Missing,
        _ => Cell::Decimal(wave(at, f64::from(series))),
    });
    let names: Vec<String> = (1..=12).map(|index| format!("Series {index}")).collect();
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.push("Others");
    let many = of_series(&months(20), &names, |at, series| Cell::Decimal(wave(at, 0.0) + f64::from(series) * 10.0));
    let ups = of_series(&months(12), &["Up", "Down", "Both"], |at, series| match series {
        0 => Cell::Integer(i64::from(at) * 10),
        1 => Cell::Integer(-40 - i64::from(at) * 3),
        _ => Cell::Integer(if at % 2 == 0 { 25 } else { -25 }),
    });
    let long = "A name of two hundred characters that goes on and on ".repeat(4);
    let kinds = ["Short", &long, "מחיר בשקלים חדשים", "<b>bold</b> & \"quoted\"", ""];
    let categories: Vec<Cell> =
        kinds.iter().map(|kind| Cell::Text((*kind).to_owned())).chain([Cell::Missing]).collect();
    let lying = of_series(&categories, &places, |at, series| Cell::Integer(i64::from(at * 900 + series * 1400) - 600));
    let sixty: Vec<Cell> = (0..60).map(|index| Cell::Text(format!("Shop {index}"))).collect();
    let hours: Vec<Cell> = (0..60).map(|hour| Cell::Timestamp(start() + TimeDelta::hours(hour))).collect();
    let days: Vec<Cell> = (0..9).map(|day| Cell::Date(month(3) + Days::new(day * day * 3))).collect();
    let numbers: Vec<Cell> = (0..40).map(|at| Cell::Decimal(f64::from(at * at) / 7.0)).collect();
    let dense: Vec<Cell> = (0..20_000).map(|minute| Cell::Timestamp(start() + TimeDelta::minutes(minute))).collect();

    let chart = |id: &str, title: &str, kind| PanelSpec { kind, unit: Some("°C".into()), ..panel(id, title) };
    let stepped = |id: &str, title: &str, kind| PanelSpec {
        by: Some(Dimension { column: "date".into(), step: Some(TimeStep::Month) }),
        split: Some(Split { column: "place".into(), top: None }),
        ..chart(id, title, kind)
    };
    let grouped = |id: &str, title: &str, kind| PanelSpec {
        by: Some(Dimension { column: "kind".into(), step: None }),
        ..stepped(id, title, kind)
    };
    let alone = |spec: PanelSpec| PanelSpec { split: None, ..spec };
    let hourly =
        |spec: PanelSpec| PanelSpec { by: Some(Dimension { column: "at".into(), step: Some(TimeStep::Hour) }), ..spec };
    let value = |at: u32, _| Cell::Decimal(wave(at, 1.0));
    vec![
        (
            PanelSpec { split: None, by: None, width: Some(12), ..stepped("figure", "Figures", PanelKind::Figure) },
            of_series(&[Cell::Missing], &[], |_, _| Cell::Decimal(-16.0)),
        ),
        (
            PanelSpec {
                compare: true,
                width: Some(12),
                ..stepped("compared", "Figures with a change", PanelKind::Figure)
            },
            monthly.clone(),
        ),
        (stepped("monthly", "Mean temperature by month", PanelKind::Line), monthly.clone()),
        (stepped("bars", "Precipitation by month", PanelKind::Bar), rain.clone()),
        (stepped("area", "Area", PanelKind::Area), rain.clone()),
        (
            PanelSpec { stacked: true, ..stepped("stacked-area", "Stacked area with gaps", PanelKind::Area) },
            gaps.clone(),
        ),
        (PanelSpec { stacked: true, ..stepped("stack", "Stacked bars, also downwards", PanelKind::Bar) }, ups),
        (stepped("gaps", "Gaps and lone points", PanelKind::Line), gaps.clone()),
        (
            PanelSpec { missing: Some(MissingValues::Connect), ..stepped("connected", "Connected", PanelKind::Line) },
            gaps.clone(),
        ),
        (
            PanelSpec {
                missing: Some(MissingValues::Zero),
                ..stepped("zero", "Missing as zero, as asked", PanelKind::Area)
            },
            gaps,
        ),
        (stepped("many", "Twelve series and others", PanelKind::Line), many.clone()),
        (PanelSpec { stacked: true, ..stepped("many-stacked", "Twelve series, stacked", PanelKind::Area) }, many),
        (
            PanelSpec { horizontal: true, ..grouped("lying", "Lying bars with hard names", PanelKind::Bar) },
            lying.clone(),
        ),
        (grouped("standing", "Standing bars with hard names", PanelKind::Bar), lying),
        (alone(grouped("one-bar", "One bar", PanelKind::Bar)), of_series(&categories[..1], &[], value)),
        (
            alone(grouped("sixty", "Sixty bars", PanelKind::Bar)),
            of_series(&sixty, &[], |at, _| Cell::Integer(i64::from(at * 1_234_567 % 9_000_000))),
        ),
        (alone(stepped("one-point", "One point", PanelKind::Line)), of_series(&months(1), &[], value)),
        (
            alone(stepped("flat", "One value for all", PanelKind::Line)),
            of_series(&months(30), &[], |_, _| Cell::Integer(5)),
        ),
        (alone(stepped("nothing", "All missing", PanelKind::Line)), of_series(&months(5), &[], |_, _| Cell::Missing)),
        (alone(stepped("no-rows", "No rows", PanelKind::Line)), of_series(&[], &[], value)),
        (alone(hourly(chart("hours", "Hours", PanelKind::Line))), of_series(&hours, &[], value)),
        (alone(grouped("days", "Days without a step", PanelKind::Line)), of_series(&days, &[], value)),
        (alone(grouped("numbers", "By a number", PanelKind::Area)), of_series(&numbers, &[], value)),
        (
            PanelSpec {
                scale: Some(ValueScale::Log),
                ..alone(stepped("log", "Logarithmic, with a zero", PanelKind::Line))
            },
            of_series(&months(20), &[], |at, _| {
                Cell::Decimal(if at == 7 { 0.0 } else { 1.7_f64.powi(at.cast_signed() + 10) })
            }),
        ),
        (
            PanelSpec { width: Some(12), ..alone(grouped("dense", "20,000 points", PanelKind::Line)) },
            of_series(&dense, &[], |at, _| {
                if (9000..9900).contains(&at) {
                    Cell::Missing
                } else {
                    Cell::Decimal(wave(at, 0.0) + if at == 15_000 { 90.0 } else { 0.0 })
                }
            }),
        ),
        (
            PanelSpec {
                totals: true,
                rows_per_page: Some(5),
                ..alone(stepped("grouped-table", "A grouped table", PanelKind::Table))
            },
            of_series(&months(5), &[], |at, _| if at == 2 { Cell::Missing } else { value(at, 0) }),
        ),
        (PanelSpec { measures: vec![], ..panel("row-table", "A table of rows") }, rows()),
        (PanelSpec { kind: PanelKind::Text, ..panel("text", "A text") }, rows()),
    ]
}

fn panel(id: &str, title: &str) -> PanelSpec {
    let measure =
        Measure { compute: Aggregate::Average, of: None, title: None, unit: None, decimals: None, show: vec![] };
    PanelSpec { measures: vec![measure], ..PanelSpec::new(id, title, PanelKind::Table) }
}

/// A result of `points` and `series`. An empty `series` leaves out the column of the series; a single missing point
/// leaves out the column of the points.
fn of_series(points: &[Cell], series: &[&str], value: impl Fn(u32, u32) -> Cell) -> QueryResult {
    let column = |name: &str, column_type| ResultColumn { name: name.to_owned(), column_type };
    let is_alone = points == [Cell::Missing];
    let mut columns = if is_alone { vec![] } else { vec![column("kind", ColumnType::Text)] };
    columns.extend((!series.is_empty()).then(|| column("place", ColumnType::Text)));
    columns.push(column("Mean", ColumnType::Decimal));
    let mut rows = Vec::new();
    for (at, point) in (0..).zip(points) {
        for (of, name) in (0..).zip(if series.is_empty() { &[""] } else { series }) {
            let mut row = if is_alone { vec![] } else { vec![point.clone()] };
            let name = if *name == "Others" { Cell::Others } else { Cell::Text((*name).to_owned()) };
            row.extend((!series.is_empty()).then_some(name));
            row.push(value(at, of));
            rows.push(row);
        }
    }
    QueryResult { columns, rows, total: points.len() as u64, approximate: false }
}

fn rows() -> QueryResult {
    let column = |name: &str, column_type| ResultColumn { name: name.to_owned(), column_type };
    let row = |index: i64| {
        vec![
            Cell::Timestamp(start() + TimeDelta::hours(index)),
            Cell::Text("<i>Zürich</i>".into()),
            if index == 2 { Cell::Missing } else { Cell::Integer(index * 40_000 - 60_000) },
            Cell::Boolean(index % 2 == 0),
        ]
    };
    let columns = vec![
        column("At", ColumnType::Timestamp),
        column("Place", ColumnType::Text),
        column("Sum", ColumnType::Integer),
        column("Paid", ColumnType::Boolean),
    ];
    QueryResult { columns, rows: (0..6).map(row).collect(), total: 2_922, approximate: true }
}

fn month(index: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2012, 1, 1).unwrap_or_default() + Months::new(index)
}

fn start() -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(1_729_900_800, 0).unwrap_or_default()
}
