//! Figures: a value for each measure, and the details beneath it.

use rolecall_model::data::{Aggregate, Cell, Measure, QueryResult, TimeStep};
use rolecall_model::spec::{PanelKind, PanelSpec};
use rolecall_panels::{Compared, figures};

use crate::support::*;

#[test]
fn each_measure_has_its_value_and_what_it_shows() {
    let warmest = Measure {
        title: Some("Warmest day".into()),
        unit: Some("°C".into()),
        decimals: Some(1),
        show: vec!["location".into(), "date".into()],
        ..measure(Aggregate::Maximum)
    };
    let spec = PanelSpec { by: None, measures: vec![warmest, measure(Aggregate::Count)], ..panel(PanelKind::Figure) };
    let rows = vec![vec![Cell::Decimal(37.8), text("New <York>"), month(18), Cell::Integer(2922)]];
    let html = figures(&spec, &result(&["Warmest day", "location", "date", "Days"], rows), ZONE, &Compared::Usual);
    assert_eq!(all_between(&html, "<dt dir=\"auto\">", "</dt>"), ["Warmest day", "Days"]);
    assert_eq!(all_between(&html, "figure-value\" dir=\"auto\">", "</dd>"), ["37.8 °C", "2,922"]);
    assert_eq!(
        all_between(&html, "figure-detail\" dir=\"auto\">", "</dd>"),
        [format!("New &lt;York&gt;, {}", date("2013-07-01"))]
    );
}

#[test]
fn a_right_to_left_text_is_isolated_from_the_date_beside_it() {
    let warmest = |show: &[&str]| {
        let show = show.iter().map(|column| (*column).to_owned()).collect();
        let measures = vec![Measure { show, ..measure(Aggregate::Maximum) }];
        PanelSpec { by: None, measures, ..panel(PanelKind::Figure) }
    };
    let of = |show: &[&str], cells: Vec<Cell>| {
        let names = [&["Warmest"][..], show].concat();
        let html = figures(&warmest(show), &result(&names, vec![cells]), ZONE, &Compared::Usual);
        all_between(&html, "figure-detail\" dir=\"auto\">", "</dd>").concat()
    };
    let both = of(&["city", "day"], vec![Cell::Integer(30), text("שלום"), month(18)]);
    assert_eq!(both, format!("\u{2068}שלום\u{2069}, {}", date("2013-07-01")));
    assert_eq!(of(&["city"], vec![Cell::Integer(30), text("שלום")]), "שלום", "alone, it is read as it is");
}

#[test]
fn the_last_step_is_compared_with_the_one_before() {
    let spec = PanelSpec { compare: true, ..by_step(PanelKind::Figure, TimeStep::Month) };
    let html = figures(&spec, &monthly(&[Some(8.0), Some(10.0), Some(12.5)]), ZONE, &Compared::Usual);
    assert_eq!(all_between(&html, "figure-value\" dir=\"auto\">", "</dd>"), ["12.5 mm"]);
    assert_eq!(
        all_between(&html, "figure-detail\" dir=\"auto\">", "</dd>"),
        [format!("{}: +2.5 mm (+25.0%) since {}", date("2012-03"), date("2012-02"))]
    );
    // For values from 8 to 12.5 the scale goes from 8 to 14.
    assert_eq!(path(&html, "line series-1"), Some("M1667 10000L5000 6667L8333 2500"));
    assert!(html.contains("Between 8.0 mm and 12.5 mm"));
}

#[test]
fn rows_without_a_date_are_in_no_period() {
    let spec = PanelSpec { compare: true, ..by_step(PanelKind::Figure, TimeStep::Month) };
    let mut of_months = monthly(&[Some(8.0), Some(12.5)]);
    let without_date = |result: &mut QueryResult, value| result.rows.push(vec![Cell::Missing, number(value)]);
    let expected = figures(&spec, &of_months, ZONE, &Compared::Usual);
    without_date(&mut of_months, Some(900.0));
    assert_eq!(figures(&spec, &of_months, ZONE, &Compared::Usual), expected, "neither the line nor its range");
    let mut of_none = monthly(&[]);
    without_date(&mut of_none, Some(900.0));
    assert!(figures(&spec, &of_none, ZONE, &Compared::Usual).contains("There are no values to show."));
}

#[test]
fn a_figure_without_data_says_so_in_words_and_nothing_beneath() {
    let mut spec = PanelSpec { by: None, ..panel(PanelKind::Figure) };
    spec.measures[0].show = vec!["city".to_owned(), "day".to_owned()];
    let html = figures(&spec, &result(&["Sum", "city", "day"], vec![vec![Cell::Missing; 3]]), ZONE, &Compared::Usual);
    assert_eq!(all_between(&html, "<dd class=\"figure-value figure-none\" dir=\"auto\">", "</dd>"), ["No data"]);
    assert!(!html.contains("figure-detail") && !html.contains('\u{2013}'), "{html}");
}

#[test]
fn estimates_are_told() {
    let spec = PanelSpec { by: None, ..panel(PanelKind::Figure) };
    let exact = result(&["Sum"], vec![vec![Cell::Integer(7)]]);
    let told = |result: &QueryResult| {
        figures(&spec, result, ZONE, &Compared::Usual).contains("Numbers of different values are estimates.")
    };
    assert!(!told(&exact));
    let estimated = QueryResult { approximate: true, ..exact.clone() };
    assert!(told(&estimated));
    let compared = in_days(("2012", exact.clone()), Some(("2011", estimated)));
    assert!(figures(&spec, &exact, ZONE, &compared).contains("are estimates."), "those of the days before");
}

#[test]
fn certain_days_are_compared_with_those_before_them() {
    let spec = PanelSpec { compare: true, ..by_step(PanelKind::Figure, TimeStep::Month) };
    let of = |value| result(&["Sum"], vec![vec![Cell::Decimal(value)]]);
    let compared = |before| in_days(("2012-03-01 to 2012-04-30", of(30.0)), before);
    let with_change = compared(Some(("2012", of(20.0))));
    let html = figures(&spec, &monthly(&[Some(10.0), Some(20.0)]), ZONE, &with_change);
    assert_eq!(all_between(&html, "figure-value\" dir=\"auto\">", "</dd>"), ["30 mm"]);
    assert_eq!(
        all_between(&html, "figure-detail\" dir=\"auto\">", "</dd>"),
        [format!("{} to {}: +10 mm (+50.0%) against 2012", date("2012-03-01"), date("2012-04-30"))]
    );
    assert!(path(&html, "line series-1").is_some(), "{html}");
    let none = figures(&spec, &monthly(&[]), ZONE, &with_change);
    assert!(none.contains("30 mm") && !none.contains("<path"), "{none}");
    let alone = figures(&spec, &monthly(&[]), ZONE, &compared(None));
    assert_eq!(
        all_between(&alone, "figure-detail\" dir=\"auto\">", "</dd>"),
        [format!("{} to {}", date("2012-03-01"), date("2012-04-30"))]
    );
}

#[test]
fn the_line_ends_before_a_step_that_is_not_over() {
    let spec = PanelSpec { compare: true, ..by_step(PanelKind::Figure, TimeStep::Month) };
    let of_days = result(&["Sum"], vec![vec![Cell::Decimal(2.0)]]);
    let compared = Compared::Days {
        days: "2012-03-01 to 2012-03-05".to_owned(),
        result: of_days.into(),
        before: None,
        end_within_step: true,
    };
    let html = figures(&spec, &monthly(&[Some(8.0), Some(12.5), Some(2.0)]), ZONE, &compared);
    assert!(html.contains("Between 8.0 mm and 12.5 mm"), "{html}");
    let whole = figures(&spec, &monthly(&[Some(8.0), Some(12.5)]), ZONE, &Compared::Usual);
    assert_eq!(path(&html, "line series-1"), path(&whole, "line series-1"));
    let first = figures(&spec, &monthly(&[Some(8.0), Some(2.0)]), ZONE, &compared);
    assert!(!first.contains("figure-line"), "{first}");
}

#[test]
fn a_single_figure_has_its_change_below_its_details() {
    let warmest = Measure { show: vec!["city".into()], decimals: Some(1), ..measure(Aggregate::Maximum) };
    let spec = PanelSpec { by: None, measures: vec![warmest], ..panel(PanelKind::Figure) };
    let of = |value, city| result(&["Warmest", "city"], vec![vec![Cell::Decimal(value), text(city)]]);
    let now = of(30.0, "Oslo");
    let html = figures(&spec, &now, ZONE, &in_days(("2012", now.clone()), Some(("2011", of(40.0, "Rome")))));
    assert_eq!(all_between(&html, "figure-value\" dir=\"auto\">", "</dd>"), ["30.0 mm"]);
    let change = "2012: \u{2212}10.0 mm (\u{2212}25.0%) against 2011";
    assert_eq!(all_between(&html, "figure-detail\" dir=\"auto\">", "</dd>"), ["Oslo", change]);
    assert!(!html.contains("figure-line"), "{html}");
}

#[test]
fn the_last_step_can_stand_alone() {
    let spec = PanelSpec { compare: true, ..by_step(PanelKind::Figure, TimeStep::Month) };
    let html = figures(&spec, &monthly(&[Some(8.0), Some(10.0), Some(12.5)]), ZONE, &Compared::Nothing);
    assert_eq!(all_between(&html, "figure-value\" dir=\"auto\">", "</dd>"), ["12.5 mm"]);
    assert_eq!(all_between(&html, "figure-detail\" dir=\"auto\">", "</dd>"), [date("2012-03")]);
    assert!(path(&html, "line series-1").is_some(), "{html}");
}

/// A date that does not break over two lines.
fn date(text: &str) -> String {
    format!("<span class=\"date\">{text}</span>")
}
