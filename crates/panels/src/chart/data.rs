//! The data of a chart: series over points, made from a result.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

use chrono_tz::Tz;
use rolecall_model::data::{Cell, QueryResult, TimeStep};
use rolecall_model::spec::{PanelKind, PanelSpec};

use crate::format::{NAME_CHARACTERS, ValueFormat};
use crate::groups::{category, label_within, measures, points_are};
use crate::html::{shortened, shortened_within};

/// The maximum number of series that are drawn: one for each colour, and "Others".
pub const MOST_SERIES: usize = 13;
static MISSING: Cell = Cell::Missing;

/// Series over the same points.
#[derive(Debug)]
pub struct ChartData<'a> {
    /// The heading of the points: `Month`, or the name of the column.
    pub points_are: String,
    /// The points; a single missing value where there are no groups.
    pub points: Vec<&'a Cell>,
    /// The points as people read them.
    pub labels: Vec<String>,
    /// The step of time between two points.
    pub step: Option<TimeStep>,
    /// The series by name, "Others" last.
    pub series: Vec<Series<'a>>,
    /// The time zone that times are shown in.
    pub zone: Tz,
}

/// One series.
#[derive(Debug)]
pub struct Series<'a> {
    /// Its full name, as files and programs receive it.
    pub name: String,
    /// The title of the measure, which follows the value in the name where there are several measures.
    measure: Option<&'a str>,
    /// The value of the column that splits the rows, if one does.
    pub value: Option<&'a Cell>,
    /// Whether it is the series "Others", which combines all beyond the largest.
    pub is_others: bool,
    /// Its values, one cell for each point.
    pub cells: Vec<&'a Cell>,
    /// For each point, the columns that the measure shows beneath the value.
    pub shown: Vec<&'a [Cell]>,
    /// How the values are written.
    pub format: ValueFormat,
    /// Whether its values are computed, so that their last digits may be noise.
    pub is_computed: bool,
}

impl Series<'_> {
    /// The name that pages show: the beginning of a long value, and the whole title of the measure, which tells series
    /// of the same value apart.
    pub fn drawn_name(&self) -> String {
        let Some(Cell::Text(_)) = self.value else { return self.name.clone() };
        let measure = self.measure.map(|measure| format!(": {measure}")).unwrap_or_default();
        let value = self.name.strip_suffix(measure.as_str()).unwrap_or(&self.name);
        format!("{}{measure}", shortened(value, NAME_CHARACTERS))
    }

    /// The values as numbers; `None` where a value is missing or not a number.
    pub fn numbers(&self) -> Vec<Option<f64>> {
        self.cells.iter().map(|cell| cell.number().filter(|number| number.is_finite())).collect()
    }
}

impl<'a> ChartData<'a> {
    /// The series of `result`, the result of the query of `panel`.
    pub fn of(panel: &PanelSpec, result: &'a QueryResult, zone: Tz) -> Self {
        let first_measure = usize::from(panel.by.is_some()) + usize::from(panel.split.is_some());
        let step = panel.by.as_ref().and_then(|by| by.step);
        let (points, names, rows) = grid(panel, result, first_measure);

        let measures = measures(panel, result, zone);
        let mut series = Vec::with_capacity(names.len() * measures.len());
        for (name, rows) in names.into_iter().zip(rows) {
            for measure in &measures {
                let cells = rows.iter().map(|row| row.and_then(|row| row.get(measure.at)).unwrap_or(&MISSING));
                let in_full = |name| category(name, zone, usize::MAX);
                let behind = name.filter(|_| measures.len() > 1).map(|_| measure.title);
                series.push(Series {
                    name: match (name, behind) {
                        (None, _) => measure.title.to_owned(),
                        (Some(name), None) => in_full(name),
                        (Some(name), Some(title)) => format!("{}: {title}", in_full(name)),
                    },
                    measure: behind,
                    value: name,
                    is_others: name == Some(&Cell::Others),
                    cells: cells.collect(),
                    shown: rows
                        .iter()
                        .map(|row| row.and_then(|row| row.get(measure.shown())).unwrap_or_default())
                        .collect(),
                    format: measure.format.clone(),
                    is_computed: measure.is_computed,
                });
            }
        }
        series.sort_by_key(|series| series.is_others);
        let labels = labels(&points, step, zone);
        Self { points_are: points_are(panel, result), points, labels, step, series, zone }
    }

    /// Whether there is no value at all.
    pub fn is_empty(&self) -> bool {
        self.series.iter().all(|series| series.cells.iter().all(|cell| cell.number().is_none()))
    }

    /// Whether all values are whole numbers.
    pub fn is_whole(&self) -> bool {
        let cells = self.series.iter().flat_map(|series| &series.cells);
        cells.into_iter().all(|cell| matches!(cell, Cell::Integer(_) | Cell::Missing))
    }

    /// The format of all series, apart from the decimals; `None` where formats differ.
    pub fn written(&self) -> Option<&ValueFormat> {
        let first = &self.series.first()?.format;
        self.series.iter().all(|series| series.format.has_unit_of(first)).then_some(first)
    }

    /// The unit, where all series have the same.
    pub fn unit(&self) -> Option<&str> {
        let unit = self.series.first()?.format.unit();
        unit.filter(|_| self.series.iter().all(|series| series.format.unit() == unit))
    }
}

/// The labels of `points`. Long names are cut after their beginning; where two would then look the same, their ends are
/// shown, too.
fn labels(points: &[&Cell], step: Option<TimeStep>, zone: Tz) -> Vec<String> {
    let whole: Vec<String> = points.iter().map(|point| label_within(point, step, zone, usize::MAX)).collect();
    let beginnings: Vec<Cow<'_, str>> = whole.iter().map(|name| shortened(name, NAME_CHARACTERS)).collect();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for beginning in &beginnings {
        *known.entry(beginning).or_default() += 1;
    }
    let is_alone = |beginning: &str| known.get(beginning).is_none_or(|names| *names == 1);
    let name = |(name, beginning): (&String, &Cow<'_, str>)| {
        if is_alone(beginning) { beginning.to_string() } else { shortened_within(name, NAME_CHARACTERS).into_owned() }
    };
    whole.iter().zip(&beginnings).map(name).collect()
}

/// The points, the names of the series, and the row of the result for each series and point.
type Grid<'a> = (Vec<&'a Cell>, Vec<Option<&'a Cell>>, Vec<Vec<Option<&'a Vec<Cell>>>>);

fn grid<'a>(panel: &PanelSpec, result: &'a QueryResult, first_measure: usize) -> Grid<'a> {
    let mut points: Vec<&Cell> = Vec::new();
    let mut names: Vec<Option<&Cell>> = Vec::new();
    let mut found_points: HashMap<String, usize> = HashMap::new();
    let mut found_names: HashMap<String, usize> = HashMap::new();
    let mut places = Vec::with_capacity(result.rows.len());
    // Rows without a date belong to no period, so a figure that compares periods leaves them out.
    let leaves_out_missing = panel.kind == PanelKind::Figure && panel.by.as_ref().is_some_and(|by| by.step.is_some());
    for row in result.rows.iter().filter(|row| row.len() > first_measure) {
        let point = panel.by.as_ref().map_or(&MISSING, |_| row.first().unwrap_or(&MISSING));
        if leaves_out_missing && *point == Cell::Missing {
            continue;
        }
        let name = panel.split.as_ref().and_then(|_| row.get(first_measure - 1));
        let at = *found_points.entry(key(point)).or_insert_with(|| {
            points.push(point);
            points.len() - 1
        });
        let of = *found_names.entry(name.map(key).unwrap_or_default()).or_insert_with(|| {
            names.push(name);
            names.len() - 1
        });
        places.push((of, at, row));
    }
    let mut cells = vec![vec![None; points.len()]; names.len()];
    for (of, at, row) in places {
        if let Some(place) = cells.get_mut(of).and_then(|series| series.get_mut(at)) {
            *place = Some(row);
        }
    }
    // Sorted by name rather than size, so that a name has the same colour in different charts.
    let mut series: Vec<_> = names.into_iter().zip(cells).collect();
    series.sort_by(|(one, _), (other, _)| by_name(*one, *other));
    let (names, cells) = series.into_iter().unzip();
    (points, names, cells)
}

/// The order of two names of series: numbers by value, texts alphabetically, a missing name last.
fn by_name(one: Option<&Cell>, other: Option<&Cell>) -> Ordering {
    let rank = |cell: Option<&Cell>| match cell {
        Some(Cell::Others) => 3,
        Some(Cell::Missing) => 2,
        Some(cell) if cell.number().is_some() => 0,
        _ => 1,
    };
    let number = |cell: Option<&Cell>| cell.and_then(Cell::number).unwrap_or_default();
    let spelling = |cell: Option<&Cell>| match cell {
        Some(Cell::Text(text)) => text.clone(),
        Some(Cell::Boolean(value)) => value.to_string(),
        Some(Cell::Date(day)) => day.to_string(),
        Some(Cell::Timestamp(moment)) => moment.to_rfc3339(),
        _ => String::new(),
    };
    rank(one)
        .cmp(&rank(other))
        .then_with(|| number(one).total_cmp(&number(other)))
        .then_with(|| spelling(one).to_lowercase().cmp(&spelling(other).to_lowercase()))
        .then_with(|| spelling(one).cmp(&spelling(other)))
}

/// A key that differs between groups.
fn key(cell: &Cell) -> String {
    format!("{cell:?}")
}

/// Whether charts of this kind are filled down to zero, so that the scale must include zero.
pub const fn is_filled(kind: PanelKind) -> bool {
    matches!(kind, PanelKind::Bar | PanelKind::Area)
}
