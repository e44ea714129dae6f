//! Charts: the positions of their parts, their texts, and what is left out.

use rolecall_model::data::{Aggregate, Cell, QueryResult, TimeStep};
use rolecall_model::spec::{MissingValues, PanelKind, PanelSpec, ValueScale};
use rolecall_panels::{ChartData, chart, chart_svg};

use crate::support::*;

#[test]
fn a_line_goes_through_the_middles_of_the_bands() {
    let html = chart(&by_step(PanelKind::Line, TimeStep::Month), &monthly(&[Some(0.0), Some(4.0)]), ZONE).html;
    assert_eq!(path(&html, "line series-1"), Some("M2500 10000L7500 0"));
}

// Case: panel/gaps
#[test]
fn a_line_breaks_where_a_value_is_missing_and_a_lone_value_is_a_dot() {
    let values = [Some(0.0), None, Some(4.0), Some(4.0), None];
    let html = chart(&by_step(PanelKind::Line, TimeStep::Month), &monthly(&values), ZONE).html;
    assert_eq!(path(&html, "line series-1"), Some("M5000 0L7000 0"));
    assert_eq!(path(&html, "points series-1"), Some("M1000 10000h0"));
    assert_eq!(table_rows(&html)[1], ["2012-02", "\u{2013}no value"]);
}

// Case: panel/missing-is-not-zero
#[test]
fn a_missing_value_is_drawn_as_zero_only_where_the_panel_says_so() {
    let values = [Some(2.0), None, Some(4.0)];
    let spec = |missing| PanelSpec { missing, ..by_step(PanelKind::Area, TimeStep::Month) };
    let drawn = |missing| chart(&spec(missing), &monthly(&values), ZONE).html;
    assert_eq!(path(&drawn(None), "line series-1"), None);
    assert_eq!(path(&drawn(Some(MissingValues::Connect)), "line series-1"), Some("M1667 5000L8333 0"));
    assert_eq!(path(&drawn(Some(MissingValues::Zero)), "line series-1"), Some("M1667 5000L5000 10000L8333 0"));
    let bars = chart(&by_step(PanelKind::Bar, TimeStep::Month), &monthly(&values), ZONE).html;
    assert_eq!(path(&bars, "bars series-1").unwrap().matches('M').count(), 2);
}

#[test]
fn bars_stand_on_zero_side_by_side() {
    let rows = (0..6).flat_map(|at| ["a", "b"].map(|place| vec![text(&at.to_string()), text(place), Cell::Integer(4)]));
    let html = chart(&split(panel(PanelKind::Bar)), &result(&["kind", "place", "Sum"], rows.collect()), ZONE).html;
    // Bands of 1667 units, four fifths of which are filled, half by each series.
    assert!(path(&html, "bars series-1").unwrap().starts_with("M167 10000V0H833V10000Z"));
    assert!(path(&html, "bars series-2").unwrap().starts_with("M833 10000V0H1500V10000Z"));
}

#[test]
fn stacked_values_add_up_and_negative_ones_go_downwards() {
    let cell = |place: &str, value| vec![text("x"), text(place), Cell::Integer(value)];
    let rows = vec![cell("a", 2), cell("b", 6), cell("c", -8)];
    let spec = PanelSpec { stacked: true, ..split(panel(PanelKind::Bar)) };
    let html = chart(&spec, &result(&["kind", "place", "Sum"], rows), ZONE).html;
    // The scale goes from −10 to 10, so zero is in the middle and one unit of value is 500.
    assert_eq!(path(&html, "bars series-1"), Some("M4000 5000V4000H6000V5000Z"));
    assert_eq!(path(&html, "bars series-2"), Some("M4000 4000V1000H6000V4000Z"));
    assert_eq!(path(&html, "bars series-3"), Some("M4000 5000V9000H6000V5000Z"));
}

#[test]
fn a_stacked_area_stands_on_the_one_before() {
    let rows = (0..2)
        .flat_map(|at| [("a", 1), ("b", 3)].map(|(place, value)| vec![month(at), text(place), Cell::Integer(value)]));
    let spec = PanelSpec { stacked: true, ..split(by_step(PanelKind::Area, TimeStep::Month)) };
    let html = chart(&spec, &result(&["day", "place", "Sum"], rows.collect()), ZONE).html;
    assert_eq!(path(&html, "area series-1"), Some("M2500 7500L7500 7500L7500 10000L2500 10000Z"));
    assert_eq!(path(&html, "area series-2"), Some("M2500 0L7500 0L7500 7500L2500 7500Z"));
}

#[test]
fn horizontal_bars_go_from_left_to_right() {
    let spec = PanelSpec { horizontal: true, ..panel(PanelKind::Bar) };
    let html = chart(&spec, &named(&[("a", Some(5.0)), ("b", Some(10.0))]), ZONE).html;
    // Two bands of 5000 units; a bar is at most 2000 wide.
    assert_eq!(path(&html, "bars series-1"), Some("M0 1500H5000V3500H0ZM0 6500H10000V8500H0Z"));
    assert!(html.contains("plot-lying"));
}

#[test]
fn the_ticks_of_an_axis_read_like_its_values() {
    let ticks = |panel: PanelSpec, result: &QueryResult, class: &str| -> Vec<String> {
        let html = chart(&panel, result, ZONE).html;
        let labels = all_between(&html, &format!("<text class=\"{class}"), "</text>");
        labels.into_iter().map(|label| label.split_once('>').unwrap().1.to_owned()).collect()
    };
    let share = || PanelSpec { measures: vec![measure(Aggregate::Share)], ..panel(PanelKind::Bar) };
    let parts = named(&[("a", Some(0.375)), ("b", Some(0.2))]);
    assert_eq!(ticks(share(), &parts, "label-y"), ["0%", "10%", "20%", "30%", "40%"]);
    let lying = PanelSpec { horizontal: true, ..share() };
    assert_eq!(ticks(lying, &parts, "label-x"), ["0%", "10%", "20%", "30%", "40%"]);
    let dollars = PanelSpec { unit: Some("$".into()), ..panel(PanelKind::Bar) };
    let sums = named(&[("a", Some(-100_000.0)), ("b", Some(100_000.0))]);
    assert_eq!(ticks(dollars, &sums, "label-y"), ["\u{2212}$100 k", "\u{2212}$50 k", "$0", "$50 k", "$100 k"]);
    // A share and another measure have no common unit.
    let both = PanelSpec { measures: vec![measure(Aggregate::Share), measure(Aggregate::Sum)], ..share() };
    let rows = vec![vec![text("a"), number(Some(0.5)), number(Some(3.0))]];
    assert_eq!(ticks(both, &result(&["kind", "Share", "Sum"], rows), "label-y"), ["0", "1", "2", "3"]);
}

#[test]
fn labels_are_whole_days_and_tell_names_apart() {
    // Six dates do not fit: fewer are shown, and none is cut to the month.
    let days =
        (1..=6).map(|day| vec![Cell::Date(chrono::NaiveDate::from_ymd_opt(2026, 1, day).unwrap()), number(Some(1.0))]);
    let html = chart(&panel(PanelKind::Bar), &result(&["kind", "Sum"], days.collect()), ZONE).html;
    assert_eq!(below(&html), ["2026-01-01", "2026-01-03", "2026-01-05"]);
    let long =
        ["North", "South", "East", "West", "Centre"].map(|place| (format!("Department of Sales, {place}"), Some(1.0)));
    let names: Vec<(&str, Option<f64>)> = long.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let labels = below(&chart(&panel(PanelKind::Bar), &named(&names), ZONE).html).join(" ");
    assert_eq!(labels, "Depar…North Depar…South Depar…East Depar…West Depar…entre");
    // Of names that differ in the middle only, the middle is shown.
    let alike = (1..=6).map(|number| (format!("The sales department no. {number} of the northern region"), Some(1.0)));
    let alike: Vec<(String, Option<f64>)> = alike.collect();
    let names_alike: Vec<(&str, Option<f64>)> = alike.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let html = chart(&panel(PanelKind::Bar), &named(&names_alike), ZONE).html;
    assert_eq!(below(&html).join(" "), "Th…1 of… Th…2 of… Th…3 of… Th…4 of… Th…5 of… Th…6 of…");
    let lying = PanelSpec { horizontal: true, ..panel(PanelKind::Bar) };
    let html = chart(&lying, &named(&names_alike), ZONE).html;
    for number in 1..=6 {
        assert!(html.contains(&format!("The sa…{number} of the nor…</text>")), "{html}");
    }
    let html = chart(&lying, &named(&names), ZONE).html;
    assert_eq!(all_between(&html, "<text class=\"label-y names-short\"", "</text>").len(), 5);
    assert!(html.contains("Department…es, North") && html.contains("Department…es, South"), "{html}");
    // Also where names are longer than a page shows of any name, and in the table of values.
    let longer = ["North", "South"].map(|place| (format!("{} {place}", "x".repeat(300)), Some(1.0)));
    let names: Vec<(&str, Option<f64>)> = longer.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let html = chart(&lying, &named(&names), ZONE).html;
    for class in ["short", "middle", "long"] {
        let labels = all_between(&html, &format!("<text class=\"label-y names-{class}\""), "</text>");
        assert!(labels[0].ends_with("x North") && labels[1].ends_with("x South"), "{labels:?}");
    }
    let table = all_between(&html, "<tbody>", "</tbody>")[0];
    assert!(table.contains("x North<") && table.contains("x South<"), "{table}");
}

// Case: panel/names-beside-bars
#[test]
fn names_of_horizontal_bars_get_the_space_they_need_and_have_whole_tooltips() {
    let lying = PanelSpec { horizontal: true, ..panel(PanelKind::Bar) };
    let names = |longest: &str| named(&[("Oslo", Some(1.0)), (longest, Some(2.0))]);
    let texts = |of: &str, class: &str| {
        let texts = all_between(of, &format!("<text class=\"{class}\""), "</text>").into_iter();
        texts.map(|text| text.split_once('>').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    // A short name appears once.
    let html = chart(&lying, &names("Copenhagen"), ZONE).html;
    assert_eq!(texts(&html, "label-y"), ["Oslo", "Copenhagen"]);
    assert!(html.contains("class=\"plot-frame plot-frame-lying\""), "{html}");
    // A name that fits only on wide screens is cut on narrow ones.
    let middle = "Department of Sales, North";
    let html = chart(&lying, &names(middle), ZONE).html;
    assert_eq!(texts(&html, "label-y"), ["Oslo"]);
    assert_eq!(texts(&html, "label-y names-short"), [format!("<title>{middle}</title>Department of Sales…")]);
    assert_eq!(texts(&html, "label-y names-middle"), [middle]);
    assert!(texts(&html, "label-y names-long").is_empty() && html.contains("plot-frame-middle\""), "{html}");
    let long = "x".repeat(90);
    let html = chart(&lying, &names(&long), ZONE).html;
    let cut = |width: usize| [format!("<title>{long}</title>{}…", "x".repeat(width - 1))];
    for (class, width) in [("short", 20), ("middle", 34), ("long", 60)] {
        assert_eq!(texts(&html, &format!("label-y names-{class}")), cut(width));
    }
    // A picture has a fixed width: names take at most 40 % of it.
    let plot = |svg: &str| all_between(svg, "<svg x=\"", "\"")[0].parse::<usize>().unwrap();
    let svg = chart_svg(&lying, &names("Copenhagen"), ZONE, "");
    assert_eq!((texts(&svg, "label-y"), plot(&svg)), (vec!["Oslo".to_owned(), "Copenhagen".to_owned()], 176));
    let svg = chart_svg(&lying, &names(middle), ZONE, "");
    assert_eq!((texts(&svg, "label-y"), plot(&svg)), (vec!["Oslo".to_owned(), middle.to_owned()], 224));
    let svg = chart_svg(&lying, &names(&long), ZONE, "");
    assert_eq!((texts(&svg, "label-y")[1..].to_vec(), plot(&svg)), (cut(38).to_vec(), 320));
    // Full-width characters count twice.
    let svg = chart_svg(&lying, &names(&"東".repeat(20)), ZONE, "");
    assert!(texts(&svg, "label-y")[1].ends_with(&format!("{}…", "東".repeat(18))), "{svg}");
}

#[test]
fn a_narrow_axis_of_horizontal_bars_keeps_its_end_labels() {
    let lying = PanelSpec { horizontal: true, ..panel(PanelKind::Bar) };
    for value in [1.0, 2.0, 3.0, 7.0, 12.0, 40.0, 95.0] {
        let html = chart(&lying, &named(&[("a", Some(value))]), ZONE).html;
        let ticks = all_between(&html, "<text class=\"label-x", "</text>");
        let kept: Vec<bool> = ticks.iter().map(|tick| !tick.starts_with(" label-wide")).collect();
        assert_eq!((kept.first(), kept.last()), (Some(&true), Some(&true)), "{value}: {ticks:?}");
        assert_eq!(kept.iter().all(|is_kept| *is_kept), kept.len() < 4, "{value}: {ticks:?}");
    }
}

#[test]
fn a_chart_of_one_count_has_no_halves() {
    let html =
        chart(&panel(PanelKind::Bar), &result(&["kind", "Sum"], vec![vec![text("a"), Cell::Integer(1)]]), ZONE).html;
    assert_eq!(all_between(&html, "dy=\"4\">", "</text>"), ["0", "1"]);
}

#[test]
fn points_are_placed_at_their_numbers() {
    let row = |at: f64, value: f64| vec![Cell::Decimal(at), Cell::Decimal(value)];
    let html = chart(
        &panel(PanelKind::Line),
        &result(&["size", "Sum"], vec![row(0.0, 0.0), row(1.0, 4.0), row(10.0, 0.0)]),
        ZONE,
    )
    .html;
    assert_eq!(path(&html, "line series-1"), Some("M0 10000L1000 0L10000 10000"));
    assert!(html.contains("data-x=\"0 1000 10000\""));
    assert_eq!(below(&html), ["0", "5", "10"]);
}

#[test]
fn a_logarithmic_scale_has_no_place_for_zero() {
    let spec = PanelSpec { scale: Some(ValueScale::Log), ..by_step(PanelKind::Line, TimeStep::Month) };
    let html = chart(&spec, &monthly(&[Some(1.0), Some(10.0), Some(100.0), Some(0.0)]), ZONE).html;
    assert_eq!(path(&html, "line series-1"), Some("M1250 10000L3750 5000L6250 0"));
    assert!(html.contains("Values that are not drawn: 1."));
}

#[test]
fn a_calendar_labels_what_it_reaches() {
    let labels = |step, rows: Vec<Cell>| {
        let rows = rows.into_iter().map(|at| vec![at, Cell::Integer(1)]).collect();
        let html = chart(&by_step(PanelKind::Line, step), &result(&["day", "Sum"], rows), ZONE).html;
        below(&html).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(
        labels(TimeStep::Month, (0..96).map(month).collect()),
        ["2012", "2013", "2014", "2015", "2016", "2017", "2018", "2019"]
    );
    assert_eq!(labels(TimeStep::Month, (0..12).map(month).collect()), ["2012-01", "2012-04", "2012-07", "2012-10"]);
    assert_eq!(labels(TimeStep::Quarter, (0..3).map(|at| month(at * 3)).collect()), ["2012-Q1", "2012-Q2", "2012-Q3"]);
    // From two in the morning in Zürich.
    let hour = |at: i64| {
        Cell::Timestamp(
            "2024-06-01T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() + chrono::TimeDelta::hours(at),
        )
    };
    assert_eq!(labels(TimeStep::Hour, (0..30).map(hour).collect()), ["06:00", "12:00", "18:00", "2024-06-02", "06:00"]);
}

// Case: panel/hard-names
#[test]
fn long_right_to_left_and_marked_up_names_are_text() {
    let long = "x".repeat(200);
    let html = chart(
        &panel(PanelKind::Bar),
        &named(&[("<img src=x onerror=alert(1)>", Some(1.0)), ("שלום", Some(2.0)), (&long, Some(3.0))]),
        ZONE,
    )
    .html;
    assert!(!html.contains("<img"));
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"));
    // In full in the table, and shortened below the plot.
    assert_eq!(html.matches(&long).count(), 1);
    assert!(below(&html).iter().all(|label| label.chars().count() < 40));
    assert!(html.contains("<th scope=\"row\" dir=\"auto\">שלום</th>"));
}

// Case: data/long-texts
#[test]
fn a_series_has_its_whole_name_and_is_drawn_with_the_beginning_and_the_measure() {
    let long = "x".repeat(300);
    let measures = vec![measure(Aggregate::Sum), measure(Aggregate::Maximum)];
    let spec = PanelSpec { measures, ..split(panel(PanelKind::Line)) };
    let row = vec![text("a"), text(&long), number(Some(1.0)), number(Some(2.0))];
    let result = result(&["kind", "place", "Sum", "Maximum"], vec![row]);
    let data = ChartData::of(&spec, &result, ZONE);
    let names: Vec<_> = data.series.iter().map(|series| (series.name.clone(), series.drawn_name())).collect();
    let cut = format!("{}\u{2026}", "x".repeat(199));
    assert_eq!(names, ["Sum", "Maximum"].map(|title| (format!("{long}: {title}"), format!("{cut}: {title}"))));
    let html = chart(&spec, &result, ZONE).html;
    assert!(html.contains(&format!("<bdi>{cut}: Maximum</bdi>")) && !html.contains(&long), "{html}");
}

#[test]
fn the_legend_has_the_last_values_with_their_unit() {
    let result = monthly(&[Some(1.0), Some(1234.5)]);
    let html = chart(&by_step(PanelKind::Line, TimeStep::Month), &result, ZONE).html;
    assert_eq!(
        all_between(&html, "<p class=\"readout\">", "</p>"),
        [
            "<span class=\"readout-point\" dir=\"auto\">2012-02</span><span class=\"key key-line series-1\"><bdi>Sum</bdi> \
         <strong data-unit=\"mm\">1,234.5 mm</strong></span>"
        ]
    );
    assert_eq!(table_rows(&html), [["2012-01", "1.0"], ["2012-02", "1,234.5"]]);
    assert_eq!(chart(&by_step(PanelKind::Line, TimeStep::Month), &result, ZONE).unit, "mm");
}

#[test]
fn without_values_there_is_a_sentence() {
    for values in [&[][..], &[None, None]] {
        let html = chart(&by_step(PanelKind::Line, TimeStep::Month), &monthly(values), ZONE).html;
        assert!(html.contains("There are no values to show.") && !html.contains("<svg"), "{html}");
    }
}

#[test]
fn no_line_is_drawn_to_the_group_without_a_date() {
    let rows =
        vec![vec![month(0), Cell::Integer(1)], vec![month(1), Cell::Integer(2)], vec![Cell::Missing, Cell::Integer(9)]];
    let html = chart(&by_step(PanelKind::Line, TimeStep::Month), &result(&["day", "Sum"], rows), ZONE).html;
    assert_eq!(path(&html, "line series-1").unwrap().matches('L').count(), 1);
    assert_eq!(table_rows(&html)[2], ["No value", "9"]);
    assert!(html.contains("are in the table only"));
}

#[test]
fn others_come_last_with_a_style_of_their_own() {
    let row = |name: Cell, value| vec![month(0), name, Cell::Integer(value)];
    let rows = vec![row(Cell::Others, 5), row(text("a"), 3), row(text("Others"), 2)];
    let html =
        chart(&split(by_step(PanelKind::Bar, TimeStep::Month)), &result(&["day", "place", "Sum"], rows), ZONE).html;
    assert!(
        html.contains("bars series-1\"") && html.contains("bars series-2\"") && html.contains("bars series-others\"")
    );
    assert_eq!(table_rows(&html), [["2012-01", "3", "2", "5"]]);
}

#[test]
fn rows_beyond_the_limit_of_the_table_are_mentioned_and_read_out_evenly() {
    let values: Vec<_> = (0..3000).map(|at| Some(f64::from(at))).collect();
    let html = chart(&by_step(PanelKind::Line, TimeStep::Day), &monthly(&values), ZONE).html;
    assert!(html.contains("The first 1,000 of 3,000 rows."));
    let readings = all_between(&html, "<table class=\"readings\" hidden>", "</table>")[0];
    assert_eq!(readings.matches("<tr>").count(), 500);
    assert_eq!(all_between(&html, "data-x=\"", "\"")[0].split(' ').count(), 500);
}
