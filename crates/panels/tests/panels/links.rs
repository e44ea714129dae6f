//! Links on groups and series that filter the page by their value.

use rolecall_model::data::{Cell, TimeStep};
use rolecall_model::spec::{PanelKind, PanelSpec};
use rolecall_panels::{Page, SORT_FIELDS, Shown, TableFields, ValueLink, ValueLinks, chart_with_links, table};

use crate::support::*;

/// Each value links to itself, and the value "chosen" is chosen already; a missing value has no link.
fn to_itself(column: &str, value: &Cell) -> Option<ValueLink> {
    let Cell::Text(text) = value else { return None };
    Some(ValueLink { fields: format!("{column}={text}&x=1"), is_chosen: text == "chosen" })
}

const LINKS: ValueLinks<'_> = ValueLinks(&to_itself);

fn hrefs(html: &str) -> Vec<&str> {
    all_between(html, "class=\"value-link\" href=\"", "\"")
}

#[test]
fn a_bar_is_a_link_over_its_band_beside_the_picture() {
    let bars = named(&[("a\"b", Some(1.0)), ("chosen", Some(2.0))]);
    let html = chart_with_links(&panel(PanelKind::Bar), &bars, ZONE, LINKS).html;
    let (_, over) = html.split_once("</svg></div><svg class=\"plot-links\">").unwrap();
    assert_eq!(hrefs(over), ["?\u{2}kind=a&quot;b&amp;x=1#p", "?\u{2}kind=chosen&amp;x=1#p"]);
    assert_eq!(all_between(over, "aria-label=\"", "\"")[..2], ["Filter by a&quot;b", "Do not filter by chosen"]);
    assert!(
        over.contains("aria-current=\"true\"><rect x=\"50.00%\" y=\"0\" width=\"50.00%\" height=\"100%\"/>"),
        "{over}"
    );
    let lying = PanelSpec { horizontal: true, ..panel(PanelKind::Bar) };
    let html = chart_with_links(&lying, &bars, ZONE, LINKS).html;
    // The link over a name has the whole name as its tooltip.
    let over = "<rect x=\"0\" y=\"50.00%\" width=\"100%\" height=\"50.00%\"><title>chosen</title></rect>";
    assert!(html.contains(over), "{html}");
    let html = chart_with_links(&lying, &named(&[("<b>&", Some(1.0))]), ZONE, LINKS).html;
    assert!(html.contains("<title>&lt;b&gt;&amp;</title></rect>"), "{html}");
}

#[test]
fn a_legend_key_is_a_link_unless_no_filter_accepts_its_value() {
    let rows = [("x", "a"), ("x", "b")].map(|(kind, place)| vec![text(kind), text(place), number(Some(1.0))]);
    let of = result(&["kind", "place", "Sum"], rows.to_vec());
    let html = chart_with_links(&split(panel(PanelKind::Line)), &of, ZONE, LINKS).html;
    assert_eq!(hrefs(&html), ["?\u{2}place=a&amp;x=1#p", "?\u{2}place=b&amp;x=1#p"]);
    let months = chart_with_links(&by_step(PanelKind::Bar, TimeStep::Month), &monthly(&[Some(1.0)]), ZONE, LINKS).html;
    assert!(hrefs(&months).is_empty() && !months.contains("plot-links"));
}

// Case: filters/many-bars
#[test]
fn up_to_forty_bars_are_links_and_narrow_ones_are_marked() {
    let bars = |count: u32, panel: &PanelSpec| {
        let names: Vec<String> = (0..count).map(|at| at.to_string()).collect();
        let bars: Vec<(&str, Option<f64>)> = names.iter().map(|name| (name.as_str(), Some(1.0))).collect();
        let html = chart_with_links(panel, &named(&bars), ZONE, LINKS).html;
        let (_, over) = html.split_once("<svg class=\"plot-links").unwrap_or_default();
        (hrefs(over).len(), over.starts_with(" plot-links-narrow"))
    };
    let lying = PanelSpec { horizontal: true, ..panel(PanelKind::Bar) };
    for (count, links, is_narrow) in [(24, 24, false), (25, 25, true), (40, 40, true), (41, 0, false)] {
        assert_eq!(bars(count, &panel(PanelKind::Bar)), (links, is_narrow), "{count}");
        assert_eq!(bars(count, &lying), (links, false), "{count}");
    }
}

#[test]
fn a_group_of_a_table_is_a_link_and_its_measures_are_not() {
    let of = named(&[("<a>", Some(1.0))]);
    let page = Page::of(1, 20, 1);
    let shown =
        Shown { result: &of, rows: &[0], totals: None, page: &page, sort: None, note: None, links: Some(LINKS) };
    let fields = TableFields { page: "p.page", sort: "p.sort", sorted: None };
    let html = table(&panel(PanelKind::Table), &shown, fields, ZONE).rows_html;
    assert_eq!(hrefs(&html), [format!("?{SORT_FIELDS}kind=&lt;a&gt;&amp;x=1#p")]);
    assert!(html.contains(">&lt;a&gt;</a></th>"), "{html}");
}
