//! What the data of a panel consist of, as programs get them.

use rolecall_model::Role;
use rolecall_model::panels::{Chart, Figure, Note, Panel, SignInFigures, TablePage};
use serde::Serialize;
use utoipa::ToSchema;

use super::who::RoleName;

/// The data of a panel; `panel` tells its kind.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "panel", rename_all = "snake_case")]
pub enum PanelData {
    /// Figures that stand for themselves.
    Figures(FiguresData),
    /// Series over the same points.
    Chart(ChartData),
    /// A page of a table.
    Table(TableData),
    /// A note that people edit.
    Note(NoteData),
    /// Live figures about sign-ins.
    SignIns(SignInsData),
}

/// Figures that stand for themselves.
#[derive(Debug, Serialize, ToSchema)]
pub struct FiguresData {
    /// The figures.
    figures: Vec<FigureData>,
}

/// A figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct FigureData {
    /// What it is.
    label: String,
    /// The value with its unit, as people read it.
    value: String,
    /// When and where.
    detail: String,
}

/// Series over the same points.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChartData {
    /// Its title.
    title: String,
    /// The unit of every value.
    #[schema(example = "°C")]
    unit: String,
    /// A label for each point.
    #[schema(example = json!(["2012-01", "2012-02"]))]
    points: Vec<String>,
    /// The series, each with one value for each point.
    series: Vec<SeriesData>,
}

/// One series of a chart.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesData {
    /// Its name.
    name: String,
    /// One value a point, rounded to one decimal.
    values: Vec<f64>,
}

/// A page of a table.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableData {
    /// The columns.
    columns: Vec<ColumnData>,
    /// The rows, one cell a column.
    rows: Vec<Vec<Cell>>,
    /// This page, from 1.
    page: u32,
    /// How many pages there are.
    pages: u32,
    /// How many rows there are in all.
    total: u32,
}

/// A column of a table.
#[derive(Debug, Serialize, ToSchema)]
pub struct ColumnData {
    /// Its heading, with the unit.
    name: String,
    /// Whether its cells are numbers.
    numeric: bool,
}

/// A cell of a table.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Cell {
    /// In a numeric column.
    Number(f64),
    /// In any other.
    Text(String),
}

/// A note that people edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteData {
    /// The text.
    body: String,
    /// Counts the edits; 0 for a note that nobody wrote yet.
    version: i64,
    /// Who saved it last.
    edited_by: Option<String>,
    /// When, Unix milliseconds (UTC).
    edited_at_ms: Option<i64>,
}

/// Live figures about sign-ins.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInsData {
    /// Sign-ins that are live now.
    live: i64,
    /// Different people among them.
    people: i64,
    /// Sign-ins begun in the last 24 hours, ended ones too.
    last_day: i64,
    /// Live sign-ins by highest role.
    by_role: Vec<RoleCount>,
    /// When this was counted, Unix milliseconds (UTC).
    counted_at_ms: i64,
}

/// How many live sign-ins have a role.
#[derive(Debug, Serialize, ToSchema)]
pub struct RoleCount {
    /// The role; null for none.
    role: Option<RoleName>,
    /// How many.
    live: i64,
}

impl From<Panel> for PanelData {
    fn from(panel: Panel) -> Self {
        match panel {
            Panel::Figures(panel) => {
                Self::Figures(FiguresData { figures: panel.figures.into_iter().map(Into::into).collect() })
            }
            Panel::Chart(chart) => Self::Chart(chart.into()),
            Panel::Table(table) => Self::Table(table.into()),
            Panel::Note(note) => Self::Note(note.into()),
            Panel::SignIns(figures) => Self::SignIns(figures.into()),
        }
    }
}

impl From<Figure> for FigureData {
    fn from(figure: Figure) -> Self {
        Self { label: figure.label, value: figure.value, detail: figure.detail }
    }
}

impl From<Chart> for ChartData {
    fn from(chart: Chart) -> Self {
        let series = chart.series.into_iter().map(|series| SeriesData { name: series.name, values: series.values });
        Self { title: chart.title, unit: chart.unit, points: chart.points, series: series.collect() }
    }
}

impl From<TablePage> for TableData {
    fn from(table: TablePage) -> Self {
        let TablePage { columns, rows, page, pages, total } = table;
        let cell = |(text, numeric): (String, bool)| {
            // Pages set numbers with a minus sign, programs read a hyphen.
            let number = numeric.then(|| text.replace('\u{2212}', "-").parse().ok()).flatten();
            number.map_or(Cell::Text(text), Cell::Number)
        };
        let numeric: Vec<_> = columns.iter().map(|column| column.numeric).collect();
        let row = |row: Vec<String>| row.into_iter().zip(numeric.iter().copied()).map(cell).collect();
        Self {
            rows: rows.into_iter().map(row).collect(),
            columns: columns
                .into_iter()
                .map(|column| ColumnData { name: column.name, numeric: column.numeric })
                .collect(),
            page,
            pages,
            total,
        }
    }
}

impl From<Note> for NoteData {
    fn from(note: Note) -> Self {
        let Note { body, version, edited_by, edited_at_ms } = note;
        Self { body, version, edited_by, edited_at_ms }
    }
}

impl From<SignInFigures> for SignInsData {
    fn from(figures: SignInFigures) -> Self {
        let SignInFigures { live, people, last_day, by_role, counted_at_ms } = figures;
        let count = |(role, live): (Option<Role>, i64)| RoleCount { role: role.map(Into::into), live };
        Self { live, people, last_day, by_role: by_role.into_iter().map(count).collect(), counted_at_ms }
    }
}
