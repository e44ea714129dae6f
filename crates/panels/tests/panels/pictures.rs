//! Figures and tables as pictures: their content, positions, and what is cut.

use rolecall_model::data::{Aggregate, Cell, Measure, QueryResult, TimeStep};
use rolecall_model::spec::{PanelKind, PanelSpec};
use rolecall_panels::{Compared, Page, Shown, chart_svg, figures_svg, table_svg};
use roxmltree::Document;

use crate::support::*;

/// A text in a picture.
#[derive(Debug, PartialEq)]
struct Drawn {
    text: String,
    class: String,
    x: u32,
    is_right_to_left: bool,
}

fn drawn(svg: &str) -> Vec<Drawn> {
    let document = Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.tag_name().name() == "text");
    let drawn = texts.map(|node| Drawn {
        text: node.text().unwrap_or_default().to_owned(),
        class: node.attribute("class").unwrap().to_owned(),
        x: node.attribute("x").unwrap().parse().unwrap(),
        is_right_to_left: node.attribute("direction") == Some("rtl"),
    });
    drawn.collect()
}

fn texts(svg: &str) -> Vec<String> {
    drawn(svg).into_iter().map(|drawn| drawn.text).collect()
}

/// The texts of this class, from top to bottom.
fn drawn_of(svg: &str, class: &str) -> Vec<String> {
    let document = Document::parse(svg).unwrap();
    let texts = document.descendants().filter(|node| node.tag_name().name() == "text");
    let of_class = texts.filter(|node| node.attribute("class") == Some(class));
    of_class.map(|node| node.text().unwrap_or_default().to_owned()).collect()
}

/// The width of the picture, as a browser that converts it to PNG reads it.
fn width(svg: &str) -> u32 {
    Document::parse(svg).unwrap().root_element().attribute("width").unwrap().parse().unwrap()
}

/// The picture of page `number` of a table; `result` has all its rows.
fn table_page(panel: &PanelSpec, result: &QueryResult, number: u32) -> String {
    let page = Page::of(result.rows.len() as u64, panel.rows_per_page.unwrap_or(20), number);
    let rows: Vec<usize> = (0..result.rows.len()).filter(|at| page.rows.contains(&(*at as u64))).collect();
    let totals = [Cell::Integer(60)];
    let totals = panel.totals.then_some(&totals[..]);
    table_svg(panel, &Shown { result, rows: &rows, totals, page: &page, sort: None, note: None, links: None }, ZONE, "")
}

// Case: export/pictures
#[test]
fn the_picture_of_a_figure_has_its_value_its_change_and_its_line() {
    let spec = PanelSpec { compare: true, ..by_step(PanelKind::Figure, TimeStep::Month) };
    let svg = figures_svg(&spec, &monthly(&[Some(8.0), Some(10.0), Some(12.5)]), ZONE, &Compared::Usual, "");
    assert_eq!(texts(&svg), ["Rain", "Sum", "12.5 mm", "2012-03: +2.5 mm (+25.0%) since 2012-02"]);
    assert_eq!(path(&svg, "line series-1"), Some("M1667 10000L5000 6667L8333 2500"));
    assert_eq!(width(&svg), 800);

    let of_last = figures_svg(&spec, &monthly(&[Some(8.0), Some(10.0)]), ZONE, &Compared::Nothing, "");
    assert_eq!(texts(&of_last)[2..], ["10 mm", "2012-02"]);

    let of = |value| result(&["Sum"], vec![vec![Cell::Decimal(value)]]);
    let compared = in_days(("2012-03-01 to 2012-04-30", of(30.0)), Some(("2012", of(20.0))));
    let svg = figures_svg(&spec, &monthly(&[Some(10.0)]), ZONE, &compared, "");
    assert_eq!(texts(&svg)[2..], ["30 mm", "2012-03-01 to 2012-04-30: +10 mm (+50.0%) against 2012"]);
}

#[test]
fn each_detail_of_a_figure_begins_a_new_line_in_its_picture() {
    let warmest = Measure { show: vec!["city".into()], ..measure(Aggregate::Maximum) };
    let spec = PanelSpec { by: None, measures: vec![warmest], ..panel(PanelKind::Figure) };
    let now = result(&["Warmest", "city"], vec![vec![Cell::Integer(30), text("Oslo")]]);
    let of = |compared: &Compared| texts(&figures_svg(&spec, &now, ZONE, compared, ""))[2..].to_vec();
    assert_eq!(of(&in_days(("2012", now.clone()), None)), ["30 mm", "Oslo", "2012"]);
    assert_eq!(of(&Compared::Usual), ["30 mm", "Oslo"]);
}

#[test]
fn figures_share_a_row_where_their_values_fit() {
    let of = |value: i64| {
        let measures = vec![measure(Aggregate::Sum); 4];
        let spec = PanelSpec { by: None, measures, ..panel(PanelKind::Figure) };
        let cells = vec![Cell::Integer(value), Cell::Missing, Cell::Integer(7), Cell::Integer(8)];
        drawn(&figures_svg(&spec, &result(&["One", "Two", "Three", "Four"], vec![cells]), ZONE, &Compared::Usual, ""))
    };
    let place = |drawn: &[Drawn], text: &str| drawn.iter().find(|drawn| drawn.text == text).unwrap().x;
    let short = of(1_234);
    assert_eq!(["1,234 mm", "No data", "7 mm", "8 mm"].map(|text| place(&short, text)), [24, 282, 540, 24]);
    let long = of(i64::MIN);
    let whole = "\u{2212}9,223,372,036,854,775,808 mm";
    assert_eq!([whole, "No data", "7 mm", "8 mm"].map(|text| place(&long, text)), [24; 4]);
}

#[test]
fn the_picture_of_figures_says_what_the_page_says() {
    let spec = PanelSpec { by: None, ..panel(PanelKind::Figure) };
    let counted = QueryResult { approximate: true, ..result(&["Sum"], vec![vec![Cell::Integer(7)]]) };
    let estimated = figures_svg(&spec, &counted, ZONE, &Compared::Usual, "");
    assert_eq!(texts(&estimated), ["Rain", "Sum", "7 mm", "Numbers of different values are estimates."]);
    let nothing = figures_svg(&by_step(PanelKind::Figure, TimeStep::Month), &monthly(&[]), ZONE, &Compared::Usual, "");
    assert_eq!(texts(&nothing), ["Rain", "There are no values to show."]);
}

// Case: export/pictures
#[test]
fn the_picture_of_a_table_is_of_one_page_of_it() {
    let spec = PanelSpec { rows_per_page: Some(2), totals: true, ..by_step(PanelKind::Table, TimeStep::Month) };
    let result = monthly(&[Some(10.0), Some(20.0), Some(30.0)]);
    let first = drawn(&table_page(&spec, &result, 1));
    let words: Vec<&str> = first.iter().map(|drawn| drawn.text.as_str()).collect();
    let head = ["Rain", "3 rows", "Month", "Sum (mm)"];
    assert_eq!(words, [&head[..], &["2012-01", "10", "2012-02", "20", "Rows 1 to 2 of 3"]].concat());
    // Names are aligned at the start of their column, numbers at the end, and headings likewise.
    let places: Vec<(u32, bool)> = first.iter().map(|drawn| (drawn.x, drawn.class.ends_with("num"))).collect();
    assert_eq!(places[2..8], [(24, false), (776, true)].repeat(3));
    let last = table_page(&spec, &result, 2);
    assert_eq!(texts(&last), [&head[..], &["2012-03", "30", "Total", "60", "Rows 3 to 3 of 3"]].concat());
    let whole = PanelSpec { rows_per_page: None, totals: false, ..spec };
    assert_eq!(texts(&table_page(&whole, &result, 1)).last().unwrap(), "30");
}

// Case: panel/hard-names
#[test]
fn long_right_to_left_and_marked_up_texts_are_plain_text_in_a_picture() {
    let (marked, hebrew, long) = ("<script>alert(1)</script> & co", "שלום עולם", "x".repeat(200));
    let rows = named(&[(marked, Some(1.0)), (hebrew, Some(2.0)), (&long, Some(3.0))]);
    let spec = PanelSpec { title: "\"<b>&".to_owned(), ..panel(PanelKind::Table) };
    let svg = table_page(&spec, &rows, 1);
    assert!(!svg.contains("<script") && !svg.contains("<b>"), "{svg}");
    let drawn = drawn(&svg);
    let place = |text: &str| drawn.iter().find(|drawn| drawn.text == text).map(|of| (of.x, of.is_right_to_left));
    assert_eq!(place(marked), Some((24, false)));
    let cut = drawn.iter().find(|drawn| drawn.text.starts_with("xx")).unwrap();
    assert!(cut.text.ends_with('\u{2026}') && (cut.x, cut.is_right_to_left) == (24, false), "{cut:?}");
    // At the right end of the same column, which is as wide as the cut text.
    assert_eq!(place(hebrew), Some((24 + 8 * u32::try_from(cut.text.chars().count()).unwrap(), true)));
    assert_eq!((place("\"<b>&"), width(&svg)), (Some((24, false)), 800));

    let shown = PanelSpec { by: None, ..panel(PanelKind::Figure) };
    let svg = figures_svg(&shown, &result(&[marked], vec![vec![text(hebrew)]]), ZONE, &Compared::Usual, "");
    assert!(!svg.contains("<script") && texts(&svg).contains(&marked.to_owned()), "{svg}");
}

// Case: export/filters-of-pictures
#[test]
fn a_picture_says_below_its_title_which_filters_are_in_force() {
    let spec = by_step(PanelKind::Table, TimeStep::Month);
    let result = monthly(&[Some(10.0)]);
    let page = Page::of(1, 20, 1);
    let shown = Shown { result: &result, rows: &[0], totals: None, page: &page, sort: None, note: None, links: None };
    let long = format!("Day: 2012-01-01 to 2012-01-31 \u{b7} City: {}", ["Oslo", "Rome"].repeat(20).join(", "));
    for svg in [
        table_svg(&spec, &shown, ZONE, &long),
        chart_svg(&PanelSpec { kind: PanelKind::Line, ..spec.clone() }, &result, ZONE, &long),
        figures_svg(&PanelSpec { kind: PanelKind::Figure, ..spec.clone() }, &result, ZONE, &Compared::Usual, &long),
    ] {
        let drawn = drawn_of(&svg, "filters");
        assert!(drawn.len() > 1 && drawn.join(" ") == long, "{drawn:?}");
        assert!(svg.contains(&format!("({long})</desc>")), "for those who do not see it: {svg}");
    }
    let height = |filters: &str| {
        let svg = table_svg(&spec, &shown, ZONE, filters);
        Document::parse(&svg).unwrap().root_element().attribute("height").unwrap().parse::<u32>().unwrap()
    };
    assert!(height("") < height("City: Oslo") && height("City: Oslo") < height(&long));
    assert_eq!(drawn_of(&table_svg(&spec, &shown, ZONE, ""), "filters"), [""; 0]);
}

#[test]
fn a_long_title_has_two_lines_and_then_an_ellipsis() {
    let titled = |title: String| {
        let svg = table_page(&PanelSpec { title, ..by_step(PanelKind::Table, TimeStep::Month) }, &monthly(&[None]), 1);
        drawn_of(&svg, "title")
    };
    assert_eq!(titled("Rain".to_owned()), ["Rain"]);
    let two = "Rain of all the places where we measure it, by month and by the kind of its clouds";
    let drawn = titled(two.to_owned());
    assert!(drawn.len() == 2 && drawn.join(" ") == two, "{drawn:?}");
    let cut = titled(two.repeat(3));
    assert!(cut.len() == 2 && cut[1].ends_with('\u{2026}'), "{cut:?}");
}

#[test]
fn a_figure_that_has_the_title_of_its_panel_is_named_once() {
    let spec = PanelSpec { by: None, ..panel(PanelKind::Figure) };
    let of = |names: &[&str]| {
        let cells = vec![Cell::Integer(7); names.len()];
        let measures = vec![measure(Aggregate::Sum); names.len()];
        figures_svg(&PanelSpec { measures, ..spec.clone() }, &result(names, vec![cells]), ZONE, &Compared::Usual, "")
    };
    assert_eq!(texts(&of(&["Rain"])), ["Rain", "7 mm"]);
    assert!(of(&["Rain"]).contains("Rain: 7 mm."), "for those who do not see it");
    assert_eq!(texts(&of(&["Rain", "Snow"])), ["Rain", "Rain", "7 mm", "Snow", "7 mm"]);
}

#[test]
fn the_picture_of_a_table_grows_before_its_texts_are_cut_much() {
    let spec = PanelSpec { measures: vec![], by: None, unit: None, ..panel(PanelKind::Table) };
    let of = |columns: usize, characters: usize| {
        let names = vec!["Name"; columns];
        table_page(&spec, &result(&names, vec![vec![text(&"x".repeat(characters)); columns]]), 1)
    };
    let cut = |svg: &str| texts(svg).iter().filter(|text| text.ends_with('\u{2026}')).count();
    let grown = of(6, 24);
    assert!(cut(&grown) == 0 && width(&grown) > 800 && width(&grown) <= 1_600, "{grown}");
    let short = of(3, 24);
    assert_eq!((cut(&short), width(&short)), (0, 800));
    let many = of(12, 24);
    assert!(cut(&many) == 12 && width(&many) <= 1_600, "{many}");
}

// Case: panel/hard-names
#[test]
fn right_to_left_names_are_marked_in_the_picture_of_a_chart() {
    let long = "שלום עולם ".repeat(5);
    let spec = PanelSpec { horizontal: true, ..panel(PanelKind::Bar) };
    let svg = chart_svg(&spec, &named(&[(long.as_str(), Some(1.0)), ("Oslo", Some(2.0))]), ZONE, "");
    let document = Document::parse(&svg).unwrap();
    let labels = document.descendants().filter(|node| node.attribute("class") == Some("label-y"));
    let labels: Vec<_> = labels
        .map(|node| (node.last_child().unwrap().text().unwrap().ends_with('\u{2026}'), node.attribute("direction")))
        .collect();
    assert_eq!(labels, [(true, Some("rtl")), (false, None)]);
    assert!(svg.contains(".label-y[direction=rtl]{text-anchor:start}"), "{svg}");
}

#[test]
fn numbers_are_never_cut_and_the_picture_grows_to_fit_them() {
    let names: Vec<String> = (0..12).map(|at| format!("A rather long name of column {at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let spec = PanelSpec { measures: vec![], by: None, unit: None, ..panel(PanelKind::Table) };
    let svg = table_page(&spec, &result(&names, vec![vec![Cell::Integer(i64::MIN); 12]]), 1);
    let numbers: Vec<Drawn> = drawn(&svg).into_iter().filter(|drawn| drawn.text.starts_with('\u{2212}')).collect();
    assert!(numbers.iter().all(|drawn| drawn.text == "\u{2212}9,223,372,036,854,775,808"), "{numbers:?}");
    assert_eq!((numbers.len(), numbers.last().unwrap().x), (12, width(&svg) - 24));
    assert!(width(&svg) > 800 && texts(&svg).iter().any(|text| text.ends_with('\u{2026}')), "{svg}");
}
