//! Figures: a large number for each measure, with details beneath it.

use std::fmt::Write as _;
use std::sync::Arc;

use chrono_tz::Tz;
use rolecall_model::data::{Cell, Measure, QueryResult};
use rolecall_model::spec::{MissingValues, PanelSpec};

use crate::change::change;
use crate::chart::{ChartData, Series, line_of};
use crate::direction::isolated;
use crate::format::ValueFormat;
use crate::html::{NO_VALUES, escaped, push_estimates, with_whole_dates};

/// What the figures of a panel are compared with.
#[derive(Clone, Debug)]
pub enum Compared {
    /// As the panel says: with the whole previous step of time, or with nothing.
    Usual,
    /// With nothing, whatever the panel says.
    Nothing,
    /// The figures are those of certain days, such as the days so far of the current month. They are compared with
    /// other days, or with nothing.
    Days {
        /// The name of these days.
        days: String,
        /// The measures over all rows of these days.
        result: Arc<QueryResult>,
        /// The name and the measures of the days compared with.
        before: Option<(String, Arc<QueryResult>)>,
        /// Whether they end within the last step of time. The line then ends before that step, where it would only seem
        /// to fall.
        end_within_step: bool,
    },
}

impl Compared {
    /// Whether some of its counts of distinct values are estimates.
    #[must_use]
    pub fn is_approximate(&self) -> bool {
        let Self::Days { result, before, .. } = self else { return false };
        result.approximate || before.as_ref().is_some_and(|(_, before)| before.approximate)
    }
}

/// The figures of `panel` for the result of its query: one for each measure, group and series. Beneath each is what the
/// measure shows, such as the place and the day of a maximum. Times are shown in `zone`.
///
/// Where the panel compares, the figure is that of the last step of time. Beneath it are the change since the previous
/// step, unless it is [compared with nothing](Compared::Nothing), and a line of all steps. The figures of [certain
/// days](Compared::Days) cover all of these days, the change is against the earlier days, and the line shows the steps
/// of time that lie entirely within them, where `result` has any.
#[must_use]
pub fn figures(panel: &PanelSpec, result: &QueryResult, zone: Tz, compared: &Compared) -> String {
    let Figures { list, are_estimates } = Figures::of(panel, result, zone, compared);
    if list.is_empty() {
        return format!("<p class=\"muted\">{NO_VALUES}</p>");
    }
    let mut html = String::from("<dl class=\"figures\">");
    for figure in &list {
        push_figure(&mut html, figure);
    }
    html.push_str("</dl>");
    if are_estimates {
        push_estimates(&mut html);
    }
    html
}

/// The figures of a panel, ready to be shown.
#[derive(Debug)]
pub struct Figures {
    pub list: Vec<Figure>,
    /// Whether some counts of distinct values among them are estimates.
    pub are_estimates: bool,
}

/// A figure, ready to be shown.
#[derive(Debug)]
pub struct Figure {
    pub name: String,
    /// The value with its unit, or words where there is no value.
    pub value: String,
    pub has_value: bool,
    /// The details beneath it, each on its own line.
    pub details: Vec<String>,
    /// The line of all steps of time, if there are several.
    pub line: Option<FigureLine>,
}

/// A line of all steps of time.
#[derive(Debug)]
pub struct FigureLine {
    pub svg: String,
    /// The ends of its scale, with the unit.
    pub lowest: String,
    pub highest: String,
}

impl Figures {
    /// The figures of `panel`, as described at [`figures`].
    pub fn of(panel: &PanelSpec, result: &QueryResult, zone: Tz, compared: &Compared) -> Self {
        let data = ChartData::of(panel, result, zone);
        let are_estimates = result.approximate || compared.is_approximate();
        if let Compared::Days { days, result: now, before, end_within_step } = compared {
            let whole_steps = data.points.len().saturating_sub(usize::from(*end_within_step));
            return Self { list: of_days(panel, &data, (days, now), before.as_ref(), whole_steps), are_estimates };
        }
        let has_change = matches!(compared, Compared::Usual);
        let list = data.series.iter().flat_map(|series| of_series(panel, &data, series, has_change)).collect();
        Self { list, are_estimates }
    }
}

impl Figure {
    /// A figure with the `details` that are not empty.
    fn new(name: String, (format, cell): (&ValueFormat, &Cell), details: impl IntoIterator<Item = String>) -> Self {
        let has_value = *cell != Cell::Missing;
        let value = if has_value { format.with_unit(cell) } else { "No data".to_owned() };
        let details = details.into_iter().filter(|detail| !detail.is_empty()).collect();
        Self { name, value, has_value, details, line: None }
    }
}

/// The figures of `series`: the last step of time where `panel` compares, otherwise one for each group.
fn of_series(panel: &PanelSpec, data: &ChartData<'_>, series: &Series<'_>, has_change: bool) -> Vec<Figure> {
    if panel.compare && panel.by.is_some() {
        return of_last_step(panel, data, series, has_change).into_iter().collect();
    }
    let mut figures = Vec::with_capacity(series.cells.len());
    for (at, (cell, shown)) in series.cells.iter().zip(&series.shown).enumerate() {
        let name = match (&panel.by, data.labels.get(at)) {
            (Some(_), Some(label)) if data.series.len() == 1 => label.clone(),
            (Some(_), Some(label)) => format!("{label}: {}", series.drawn_name()),
            _ => series.drawn_name(),
        };
        figures.push(Figure::new(name, (&series.format, *cell), [details(shown, data.zone)]));
    }
    figures
}

/// The line of details beneath a figure: `New York, 2013-07-18`; empty where there are none.
fn details(cells: &[Cell], zone: Tz) -> String {
    if cells.iter().all(|cell| *cell == Cell::Missing) {
        return String::new();
    }
    let format = ValueFormat::of_names(zone);
    let texts: Vec<String> = cells.iter().map(|cell| format.text(cell)).collect();
    match texts.as_slice() {
        // A single text needs no isolation: its line takes its direction.
        [text] => text.clone(),
        texts => texts.iter().map(|text| isolated(text)).collect::<Vec<_>>().join(", "),
    }
}

/// The figure of the last step of time, with its change if `has_change`, and the line of all steps.
fn of_last_step(panel: &PanelSpec, data: &ChartData<'_>, series: &Series<'_>, has_change: bool) -> Option<Figure> {
    let mut steps = data.labels.iter().zip(&series.cells);
    let (label, cell) = steps.next_back()?;
    let before = steps.next_back().filter(|_| has_change);
    let change = before.map(|(before, previous)| change(&series.format, previous, cell, ("since", before)));
    let detail = change.map_or_else(|| label.clone(), |change| format!("{label}: {change}"));
    let figure = Figure::new(series.drawn_name(), (&series.format, *cell), [detail]);
    Some(Figure { line: line(panel, series, data.points.len()), ..figure })
}

/// The figures of certain `days`, whose measures are `now`: each with what its measure shows, the change since the
/// earlier days, if any, and the line of the first `whole_steps` steps of time.
fn of_days(
    panel: &PanelSpec,
    data: &ChartData<'_>,
    (days, now): (&str, &QueryResult),
    before: Option<&(String, Arc<QueryResult>)>,
    whole_steps: usize,
) -> Vec<Figure> {
    let mut figures = Vec::with_capacity(panel.measures.len());
    for (at, (column, measure)) in Measure::with_columns(&panel.measures, 0).enumerate() {
        let cell = |of: &QueryResult| of.rows.first().and_then(|row| row.get(column)).cloned().unwrap_or(Cell::Missing);
        let (now, before) = (cell(now), before.map(|(days, result)| (cell(result), days.as_str())));
        let cells = std::iter::once(&now).chain(before.as_ref().map(|(cell, _)| cell));
        let format = ValueFormat::of_measure(measure, cells, panel.unit.as_deref(), data.zone);
        let change = before.as_ref().map(|(before, days)| change(&format, before, &now, ("against", *days)));
        let in_days = change.map_or_else(|| days.to_owned(), |change| format!("{days}: {change}"));
        let series = data.series.get(at);
        // Over steps of time, measures show nothing beneath.
        let shown = series.and_then(|series| series.shown.last());
        let shown = shown.map(|shown| details(shown, data.zone)).unwrap_or_default();
        let name = measure.name_of(matches!(now, Cell::Date(_) | Cell::Timestamp(_)));
        let figure = Figure::new(name, (&format, &now), [shown, in_days]);
        figures.push(Figure { line: series.and_then(|series| line(panel, series, whole_steps)), ..figure });
    }
    figures
}

/// The line of the first `count` steps of `series`, if there are several.
fn line(panel: &PanelSpec, series: &Series<'_>, count: usize) -> Option<FigureLine> {
    let mut numbers = series.numbers();
    numbers.truncate(count);
    let present = || numbers.iter().flatten().copied();
    let written = |number: f64| series.format.with_unit(&Cell::Decimal(number));
    (present().count() > 1).then(|| FigureLine {
        svg: line_of(&numbers, panel.missing == Some(MissingValues::Connect)),
        lowest: written(present().fold(f64::INFINITY, f64::min)),
        highest: written(present().fold(f64::NEG_INFINITY, f64::max)),
    })
}

fn push_figure(html: &mut String, figure: &Figure) {
    let class = if figure.has_value { "figure-value" } else { "figure-value figure-none" };
    let (name, value) = (with_whole_dates(&figure.name), with_whole_dates(&figure.value));
    _ = write!(
        html,
        "<div class=\"figure\"><dt dir=\"auto\">{name}</dt><dd class=\"{class}\" dir=\"auto\">{value}</dd>"
    );
    for detail in &figure.details {
        _ = write!(html, "<dd class=\"figure-detail\" dir=\"auto\">{}</dd>", with_whole_dates(detail));
    }
    if let Some(FigureLine { svg, lowest, highest }) = &figure.line {
        _ = write!(
            html,
            "<dd class=\"figure-line\">{svg}<span class=\"visually-hidden\">Between {} and {}</span></dd>",
            escaped(lowest),
            escaped(highest)
        );
    }
    html.push_str("</div>");
}
