//! What holds for any result: markup is well-formed, and nothing is outside of the picture.

use chrono::{DateTime, NaiveDate};
use proptest::prelude::*;
use rolecall_model::data::{Cell, QueryResult, TimeStep};
use rolecall_model::spec::{MissingValues, PanelKind, PanelSpec, ValueScale};
use rolecall_panels::{
    Compared, OTHER_FIELDS, Page, Shown, TableFields, chart, chart_svg, figures, figures_svg, table, table_svg, text,
};

use crate::support::*;

fn cell() -> impl Strategy<Value = Cell> {
    prop_oneof![
        Just(Cell::Missing),
        any::<String>().prop_map(Cell::Text),
        any::<i64>().prop_map(Cell::Integer),
        (-1000.0..1000.0).prop_map(Cell::Decimal),
        any::<f64>().prop_filter("finite", |value| value.is_finite()).prop_map(Cell::Decimal),
        any::<bool>().prop_map(Cell::Boolean),
        (-700_000..2_900_000).prop_map(|day| Cell::Date(NaiveDate::from_num_days_from_ce_opt(day).unwrap())),
        (-60_000_000_000_i64..250_000_000_000).prop_map(|at| Cell::Timestamp(DateTime::from_timestamp(at, 0).unwrap())),
        Just(Cell::Others),
    ]
}

/// A panel with a split and two measures.
fn any_panel() -> impl Strategy<Value = PanelSpec> {
    let kind = prop_oneof![Just(PanelKind::Line), Just(PanelKind::Area), Just(PanelKind::Bar)];
    let step =
        prop_oneof![Just(None), Just(Some(TimeStep::Hour)), Just(Some(TimeStep::Week)), Just(Some(TimeStep::Quarter))];
    let missing = prop_oneof![Just(MissingValues::Gap), Just(MissingValues::Connect), Just(MissingValues::Zero)];
    (kind, step, missing, any::<[bool; 4]>(), any::<String>()).prop_map(|(kind, step, missing, switches, title)| {
        let [stacked, horizontal, log, compare] = switches;
        let mut panel = split(panel(kind));
        panel.by.as_mut().unwrap().step = step;
        panel.measures.push(panel.measures[0].clone());
        let scale = log.then_some(ValueScale::Log);
        PanelSpec { title, stacked, horizontal, compare, scale, missing: Some(missing), ..panel }
    })
}

fn any_result() -> impl Strategy<Value = QueryResult> {
    let row = (cell(), cell(), cell(), cell()).prop_map(|(by, split, first, second)| vec![by, split, first, second]);
    prop::collection::vec(row, 0..60).prop_map(|rows| result(&["by", "split", "First", "Second"], rows))
}

/// Asserts that every number of every path is a whole number within the square.
fn assert_within(html: &str) {
    for path in all_between(html, " d=\"", "\"") {
        for number in path.split(|c: char| c.is_ascii_alphabetic() || c == ' ').filter(|number| !number.is_empty()) {
            let number: u32 = number.parse().unwrap_or_else(|_| panic!("{number} in {path}"));
            assert!(number <= 10_000, "{path}");
        }
    }
    for length in all_between(html, "%\"", "\"") {
        assert!(!length.contains("NaN") && !length.contains("inf"));
    }
}

fn assert_well_formed(html: &str) {
    // Attributes without a value are allowed in HTML but not in XML.
    let xml = format!("<div>{}</div>", html.replace(" hidden>", ">"));
    if let Err(error) = roxmltree::Document::parse(&xml) {
        panic!("{error}: {xml}");
    }
}

proptest! {
    #[test]
    fn any_chart_is_well_formed_and_within_its_frame(panel in any_panel(), result in any_result()) {
        let chart = chart(&panel, &result, ZONE);
        assert_well_formed(&chart.html);
        assert_within(&chart.html);
        let svg = chart_svg(&panel, &result, ZONE, "");
        assert!(roxmltree::Document::parse(&svg).is_ok(), "{svg}");
    }

    #[test]
    fn the_labels_of_a_scale_differ(values in prop::collection::vec(any::<f64>().prop_filter("finite", |value| value.is_finite()), 1..20)) {
        let values: Vec<_> = values.into_iter().map(Some).collect();
        let html = chart(&by_step(PanelKind::Line, TimeStep::Month), &monthly(&values), ZONE).html;
        let labels = all_between(&html, "<text class=\"label-y\"", "</text>");
        let mut texts: Vec<_> = labels.iter().map(|label| label.split('>').nth(1)).collect();
        let count = texts.len();
        texts.sort_unstable();
        texts.dedup();
        prop_assert!(count > 1 && texts.len() == count, "{labels:?}");
    }

    #[test]
    fn any_table_and_any_figures_are_well_formed(panel in any_panel(), result in any_result(), number in any::<u32>()) {
        let rows: Vec<usize> = (0..result.rows.len()).collect();
        let page = Page::of(rows.len() as u64, 3, number);
        let shown = Shown { result: &result, rows: &rows, totals: None, page: &page, sort: None, note: None, links: None };
        let fields = TableFields { page: "p.page", sort: "p.sort", sorted: None };
        assert_well_formed(&table(&panel, &shown, fields, ZONE).html.replace(OTHER_FIELDS, ""));
        assert_well_formed(&figures(&panel, &result, ZONE, &Compared::Usual));
        assert_well_formed(&table_svg(&panel, &shown, ZONE, ""));
        assert_well_formed(&figures_svg(&panel, &result, ZONE, &Compared::Usual, ""));
    }

    #[test]
    fn no_text_can_inject_markup(markdown in any::<String>()) {
        let html = text(&markdown);
        for forbidden in ["<script", "<img", "<iframe", "<style", "href=\"javascript:"] {
            assert!(!html.contains(forbidden), "{html}");
        }
    }
}
