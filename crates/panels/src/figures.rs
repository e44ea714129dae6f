//! Figures: a large number for each measure, with what belongs to it beneath.

use std::fmt::Write as _;

use chrono_tz::Tz;
use rolecall_model::data::{Cell, QueryResult};
use rolecall_model::spec::{MissingValues, PanelSpec};

use crate::chart::{ChartData, Series, line_of};
use crate::format::{MINUS, ValueFormat, decimal};
use crate::html::{ESTIMATES, escaped, with_whole_dates};

/// The figures of `panel` with what its query answered: one for each measure, group and series, and beneath it what the
/// measure shows, such as the place and the day of a maximum. Moments are read in `zone`.
///
/// Where the panel compares, the figure is that of the last step of time. Beneath it are the change against the step before,
/// and a line of all.
#[must_use]
pub fn figures(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> String {
    figures_or_steps(panel, result, zone, true)
}

/// The same without the change: of a panel that compares, the figure of the last step of time and a line of all.
#[must_use]
pub fn figures_of_last_step(panel: &PanelSpec, result: &QueryResult, zone: Tz) -> String {
    figures_or_steps(panel, result, zone, false)
}

fn figures_or_steps(panel: &PanelSpec, result: &QueryResult, zone: Tz, has_change: bool) -> String {
    let data = ChartData::of(panel, result, zone);
    if data.points.is_empty() {
        return "<p class=\"muted\">There are no values to show.</p>".to_owned();
    }
    let mut html = String::from("<dl class=\"figures\">");
    for series in &data.series {
        if panel.compare && panel.by.is_some() {
            push_compared(&mut html, panel, (&data, series), has_change);
        } else {
            for (at, (cell, shown)) in series.cells.iter().zip(&series.shown).enumerate() {
                let name = match (&panel.by, data.labels.get(at)) {
                    (Some(_), Some(label)) if data.series.len() == 1 => label.clone(),
                    (Some(_), Some(label)) => format!("{label}: {}", series.drawn_name()),
                    _ => series.drawn_name(),
                };
                push_figure(&mut html, &name, (&series.format, *cell), &[details(shown, zone).as_str()]);
            }
        }
    }
    html.push_str("</dl>");
    if result.approximate {
        html.push_str(ESTIMATES);
    }
    html
}

/// The days that a filter leaves, beside those that they are compared with: their measures without groups, and what people call them.
#[derive(Clone, Copy, Debug)]
pub struct ComparedDays<'a> {
    /// The measures of these days.
    pub now: &'a QueryResult,
    /// What these days are called.
    pub days: &'a str,
    /// The same of the days before; `None` where they are compared with nothing.
    pub before: Option<(&'a QueryResult, &'a str)>,
}

/// The figures of `panel` in certain days: each of all of them, what its measure shows, its change against the days before, and a
/// line of the steps of time within, where `result` has some.
#[must_use]
pub fn figures_of_days(panel: &PanelSpec, result: &QueryResult, zone: Tz, compared: ComparedDays<'_>) -> String {
    let data = ChartData::of(panel, result, zone);
    let mut html = String::from("<dl class=\"figures\">");
    let cell =
        |of: &QueryResult, at: usize| of.rows.first().and_then(|row| row.get(at)).cloned().unwrap_or(Cell::Missing);
    let mut column = 0;
    for (at, measure) in panel.measures.iter().enumerate() {
        let of = |result: &QueryResult| cell(result, column);
        let (now, before) = (of(compared.now), compared.before.map(|(before, days)| (of(before), days)));
        // Behind a measure stands what it shows.
        column += 1 + measure.show.len();
        let name = measure.name();
        let cells = std::iter::once(&now).chain(before.as_ref().map(|(cell, _)| cell));
        let format = ValueFormat::of_measure(measure, cells, panel.unit.as_deref(), zone);
        let change = before.as_ref().map(|(before, days)| change(&format, before, &now, ("against", *days)));
        let in_days = change.map_or_else(|| compared.days.to_owned(), |change| format!("{}: {change}", compared.days));
        let series = data.series.get(at);
        // Of steps of time, the last shows nothing of all days.
        let shown = series.filter(|_| panel.by.is_none()).and_then(|series| series.shown.last());
        let shown = shown.map(|shown| details(shown, zone)).unwrap_or_default();
        push_figure(&mut html, &name, (&format, &now), &[shown.as_str(), in_days.as_str()]);
        if let Some(series) = series {
            push_line(&mut html, panel, series);
        }
    }
    html.push_str("</dl>");
    let is_before_approximate = compared.before.is_some_and(|(before, _)| before.approximate);
    if result.approximate || compared.now.approximate || is_before_approximate {
        html.push_str(ESTIMATES);
    }
    html
}

/// Appends a figure, or that there are no data for it, with those of its `details` that say something.
fn push_figure(html: &mut String, name: &str, (format, cell): (&ValueFormat, &Cell), details: &[&str]) {
    let (class, value) = match cell {
        Cell::Missing => ("figure-value figure-none", "No data".to_owned()),
        cell => ("figure-value", format.with_unit(cell)),
    };
    let (name, value) = (with_whole_dates(name), with_whole_dates(&value));
    _ = write!(
        html,
        "<div class=\"figure\"><dt dir=\"auto\">{name}</dt><dd class=\"{class}\" dir=\"auto\">{value}</dd>"
    );
    for detail in details.iter().filter(|detail| !detail.is_empty()) {
        _ = write!(html, "<dd class=\"figure-detail\" dir=\"auto\">{}</dd>", with_whole_dates(detail));
    }
    html.push_str("</div>");
}

/// What stands beneath a figure: `New York, 2013-07-18`; nothing where there is nothing of it.
fn details(cells: &[Cell], zone: Tz) -> String {
    if cells.iter().all(|cell| *cell == Cell::Missing) {
        return String::new();
    }
    let format = ValueFormat::of_names(zone);
    cells.iter().map(|cell| format.text(cell)).collect::<Vec<_>>().join(", ")
}

/// Appends the figure of the last step of time, its change where it `has_change`, and the line of all.
fn push_compared(
    html: &mut String,
    panel: &PanelSpec,
    (data, series): (&ChartData<'_>, &Series<'_>),
    has_change: bool,
) {
    let mut steps = data.labels.iter().zip(&series.cells);
    let Some((label, cell)) = steps.next_back() else { return };
    let before = steps.next_back().filter(|_| has_change);
    let change = before.map(|(before, previous)| change(&series.format, previous, cell, ("since", before)));
    let mut detail = label.clone();
    if let Some(change) = change {
        _ = write!(detail, ": {change}");
    }
    push_figure(html, &series.drawn_name(), (&series.format, *cell), &[detail.as_str()]);
    push_line(html, panel, series);
}

/// Appends a line of all steps to the figure that was just closed.
fn push_line(html: &mut String, panel: &PanelSpec, series: &Series<'_>) {
    let numbers = series.numbers();
    let present = || numbers.iter().flatten().copied();
    if present().count() > 1 {
        html.truncate(html.len() - "</div>".len());
        let lowest = series.format.with_unit(&Cell::Decimal(present().fold(f64::INFINITY, f64::min)));
        let highest = series.format.with_unit(&Cell::Decimal(present().fold(f64::NEG_INFINITY, f64::max)));
        let connects = panel.missing == Some(MissingValues::Connect);
        _ = write!(
            html,
            "<dd class=\"figure-line\">{}<span class=\"visually-hidden\">Between {} and {}</span></dd></div>",
            line_of(&numbers, connects),
            escaped(&lowest),
            escaped(&highest)
        );
    }
}

/// The change from `before` to `now`, in words where there is no number for it: `+1.2 °C (+10.0%) since 2015-11`. `word` stands before
/// the name of the time before, `since`.
fn change(format: &ValueFormat, before: &Cell, now: &Cell, (word, since): (&str, &str)) -> String {
    let (Some(old), Some(new)) = (before.number(), now.number()) else {
        return match before {
            Cell::Missing => format!("nothing to compare with in {since}"),
            // There is no distance, such as between days.
            _ => format!("{} in {since}", format.with_unit(before)),
        };
    };
    let by = new - old;
    if format.number(by) == format.number(0.0) || format.number(by) == format.number(-0.0) {
        return format!("as in {since}");
    }
    let sign = if by > 0.0 { '+' } else { MINUS };
    // A share changes by percentage points.
    let distance = if format.is_share() {
        format!("{} points", format.number(by.abs()).trim_end_matches('%'))
    } else {
        format.with_unit(&Cell::Decimal(by.abs()))
    };
    if old == 0.0 {
        return format!("{sign}{distance} {word} {since}, from zero");
    }
    if format.is_share() {
        return format!("{sign}{distance} {word} {since}");
    }
    let relative = decimal((by / old).abs() * 100.0, 1);
    format!("{sign}{distance} ({sign}{relative}%) {word} {since}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(before: Cell, now: Cell) -> String {
        let format = ValueFormat::of([&before, &now].into_iter(), Some(1), Some("°C"), Tz::UTC);
        change(&format, &before, &now, ("since", "2015-11"))
    }

    #[test]
    fn a_change_is_told_as_distance_and_percent() {
        assert_eq!(changed(Cell::Decimal(10.0), Cell::Decimal(12.5)), "+2.5 °C (+25.0%) since 2015-11");
        assert_eq!(changed(Cell::Integer(8), Cell::Integer(6)), "\u{2212}2.0 °C (\u{2212}25.0%) since 2015-11");
        assert_eq!(changed(Cell::Integer(-4), Cell::Integer(-6)), "\u{2212}2.0 °C (\u{2212}50.0%) since 2015-11");
    }

    #[test]
    fn where_there_is_no_percentage_words_say_why() {
        assert_eq!(changed(Cell::Integer(0), Cell::Integer(3)), "+3.0 °C since 2015-11, from zero");
        assert_eq!(changed(Cell::Missing, Cell::Integer(3)), "nothing to compare with in 2015-11");
        assert_eq!(changed(Cell::Integer(3), Cell::Missing), "3.0 °C in 2015-11");
        let day = |text: &str| Cell::Date(text.parse().unwrap());
        assert!(changed(day("2015-11-07"), day("2015-12-08")).starts_with("2015-11-07"));
        assert_eq!(changed(Cell::Decimal(3.0), Cell::Decimal(3.01)), "as in 2015-11");
    }
}
