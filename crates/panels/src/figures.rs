//! Figures: a large number for each measure, with what belongs to it beneath.

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
    /// With what the panel says: the step of time before the last, all of it, or nothing.
    Usual,
    /// With nothing, though the panel says otherwise.
    Nothing,
    /// They are those of certain days, such as the days so far of a month that is not over, and are compared with those of others, or
    /// with nothing.
    Days {
        /// What these days are called.
        days: String,
        /// The measures of all rows of these days.
        result: Arc<QueryResult>,
        /// What the other days are called, and the same of them.
        before: Option<(String, Arc<QueryResult>)>,
        /// Whether they end within the last step of time: the line then ends before it, where it would only seem to fall.
        end_within_step: bool,
    },
}

impl Compared {
    /// Whether numbers of different values among what it has were not counted exactly.
    #[must_use]
    pub fn is_approximate(&self) -> bool {
        let Self::Days { result, before, .. } = self else { return false };
        result.approximate || before.as_ref().is_some_and(|(_, before)| before.approximate)
    }
}

/// The figures of `panel` with what its query answered: one for each measure, group and series, and beneath it what the
/// measure shows, such as the place and the day of a maximum. Moments are read in `zone`.
///
/// Where the panel compares, the figure is that of the last step of time. Beneath it are the change against the step before,
/// unless it is [compared with nothing](Compared::Nothing), and a line of all. The figures of [certain days](Compared::Days) are
/// those of all of them, their change is that against the days before, and the line is of the steps of time that they have all of,
/// where `result` has some.
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

/// The figures of a panel, as people read them.
#[derive(Debug)]
pub struct Figures {
    pub list: Vec<Figure>,
    /// Whether numbers of different values among them were not counted exactly.
    pub are_estimates: bool,
}

/// A figure as people read it.
#[derive(Debug)]
pub struct Figure {
    pub name: String,
    /// The value with its unit, or words where there is none.
    pub value: String,
    pub has_value: bool,
    /// What stands beneath it, each on a line of its own.
    pub details: Vec<String>,
    /// The line of all steps of time, where there are several.
    pub line: Option<FigureLine>,
}

/// A line of all steps of time.
#[derive(Debug)]
pub struct FigureLine {
    pub svg: String,
    /// The ends of its scale, with their unit.
    pub lowest: String,
    pub highest: String,
}

impl Figures {
    /// Those of `panel`, as [`figures`] shows them.
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
    /// One with those of `details` that say something.
    fn new(name: String, (format, cell): (&ValueFormat, &Cell), details: impl IntoIterator<Item = String>) -> Self {
        let has_value = *cell != Cell::Missing;
        let value = if has_value { format.with_unit(cell) } else { "No data".to_owned() };
        let details = details.into_iter().filter(|detail| !detail.is_empty()).collect();
        Self { name, value, has_value, details, line: None }
    }
}

/// The figures of `series`: that of the last step of time where `panel` compares, otherwise one of each group.
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

/// What stands beneath a figure: `New York, 2013-07-18`; nothing where there is nothing of it.
fn details(cells: &[Cell], zone: Tz) -> String {
    if cells.iter().all(|cell| *cell == Cell::Missing) {
        return String::new();
    }
    let format = ValueFormat::of_names(zone);
    let texts: Vec<String> = cells.iter().map(|cell| format.text(cell)).collect();
    match texts.as_slice() {
        // It is read in its own direction.
        [text] => text.clone(),
        texts => texts.iter().map(|text| isolated(text)).collect::<Vec<_>>().join(", "),
    }
}

/// The figure of the last step of time, with its change where it `has_change`, and the line of all.
fn of_last_step(panel: &PanelSpec, data: &ChartData<'_>, series: &Series<'_>, has_change: bool) -> Option<Figure> {
    let mut steps = data.labels.iter().zip(&series.cells);
    let (label, cell) = steps.next_back()?;
    let before = steps.next_back().filter(|_| has_change);
    let change = before.map(|(before, previous)| change(&series.format, previous, cell, ("since", before)));
    let detail = change.map_or_else(|| label.clone(), |change| format!("{label}: {change}"));
    let figure = Figure::new(series.drawn_name(), (&series.format, *cell), [detail]);
    Some(Figure { line: line(panel, series, data.points.len()), ..figure })
}

/// The figures of all `days`, whose measures are `now`: each with what its measure shows, its change against the days before, where
/// there are some, and the line of the first `whole_steps` of time within.
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
        // Where there are steps of time, no measure shows anything.
        let shown = series.and_then(|series| series.shown.last());
        let shown = shown.map(|shown| details(shown, data.zone)).unwrap_or_default();
        let name = measure.name_of(matches!(now, Cell::Date(_) | Cell::Timestamp(_)));
        let figure = Figure::new(name, (&format, &now), [shown, in_days]);
        figures.push(Figure { line: series.and_then(|series| line(panel, series, whole_steps)), ..figure });
    }
    figures
}

/// The line of the first `count` steps of `series`, where there are several.
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
