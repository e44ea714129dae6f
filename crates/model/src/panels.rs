//! Dashboards and their panels, as the browser gets them. The server builds only the panels that the role opens.

use serde::{Deserialize, Serialize};

use crate::Role;

/// A dashboard with the panels that the caller's role opens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    /// Its name in paths.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it shows, in a sentence.
    pub summary: String,
    /// Where the data come from and under which licence.
    pub source: String,
    /// The panels, in the order of the page.
    pub panels: Vec<Panel>,
}

/// One piece of a dashboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "panel", rename_all = "snake_case")]
pub enum Panel {
    /// Key figures (Read).
    Figures(Figures),
    /// A chart (Read).
    Chart(Chart),
    /// The data behind the charts, a page at a time (Write).
    Table(TablePage),
    /// A note that people edit (Write).
    Note(Note),
    /// Live figures about sign-ins (Admin).
    SignIns(SignInFigures),
}

/// A row of figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The figures.
    pub figures: Vec<Figure>,
}

/// A key figure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// What it is.
    pub label: String,
    /// The value with its unit.
    pub value: String,
    /// When, where or how it was measured.
    pub detail: String,
}

/// How a chart draws its series.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// A line a series.
    Line,
    /// A bar a point, series side by side.
    Bar,
}

/// A chart: series over the same points.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// Its id on the page.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How it is drawn.
    pub kind: ChartKind,
    /// The unit of every value, for example `°C`.
    pub unit: String,
    /// A label for each point, for example `2012-01`.
    pub points: Vec<String>,
    /// The series, each with one value for each point.
    pub series: Vec<Series>,
}

/// One series of a chart.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// One value a point, in the chart's unit, rounded to one decimal.
    pub values: Vec<f64>,
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its heading, with the unit.
    pub name: String,
    /// Whether its cells are numbers (set to the right).
    pub numeric: bool,
}

/// One page of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TablePage {
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows, one cell a column.
    pub rows: Vec<Vec<String>>,
    /// This page, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
    /// How many rows there are in all.
    pub total: u32,
}

/// The rows of a page of a table, for a script that turns its pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRows {
    /// The rows as HTML.
    pub html: String,
    /// This page, from 1.
    pub page: u32,
    /// How many pages there are, at least 1.
    pub pages: u32,
}

/// The current note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The text: plain, at most [`NOTE_MAX_CHARS`] characters.
    pub body: String,
    /// The version that an edit must name: 0 for a note that was never saved.
    pub version: i64,
    /// Who saved it last.
    pub edited_by: Option<String>,
    /// When, Unix milliseconds (UTC).
    pub edited_at_ms: Option<i64>,
}

/// The longest note, in characters.
pub const NOTE_MAX_CHARS: usize = 4_000;

/// Live figures about sign-ins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInFigures {
    /// Sign-ins that are live now.
    pub live: i64,
    /// Different people among them.
    pub people: i64,
    /// Sign-ins of the last 24 hours, including ended ones.
    pub last_day: i64,
    /// Live sign-ins by highest role, `None` first.
    pub by_role: Vec<(Option<Role>, i64)>,
    /// When this was counted, Unix milliseconds (UTC).
    pub counted_at_ms: i64,
}
