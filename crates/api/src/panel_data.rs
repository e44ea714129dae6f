//! The data of a panel as programs get them: typed, and not formatted.

mod filled;

use rolecall_model::data::Cell;
use serde::Serialize;
use utoipa::ToSchema;

use super::who::RoleName;

/// The data of a panel; `panel` tells its shape.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "panel", rename_all = "snake_case")]
pub enum PanelData {
    /// Figures that stand for themselves.
    Figures(FiguresData),
    /// Series over the same points: of a line, an area or a bar chart.
    Chart(ChartData),
    /// A page of a table.
    Table(TableData),
    /// A text.
    Text(TextData),
    /// A note that people edit.
    Note(NoteData),
    /// Live figures about sign-ins.
    SignIns(SignInsData),
}

/// Figures that stand for themselves.
#[derive(Debug, Serialize, ToSchema)]
pub struct FiguresData {
    /// The figures, in the order of the page.
    figures: Vec<FigureData>,
    /// Whether numbers of different values are estimates, to about 1 %.
    approximate: bool,
}

/// A figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct FigureData {
    /// What it is.
    label: String,
    /// The value; null where there is none. Of a figure over time, that of the last step; with a range of days in force, that of all
    /// of them.
    #[schema(value_type = serde_json::Value)]
    value: Cell,
    /// The unit of the value.
    #[schema(example = "°C")]
    unit: Option<String>,
    /// What else stands in the row of an extreme, such as the place and the day.
    #[schema(value_type = Vec<serde_json::Value>)]
    shown: Vec<Cell>,
    /// The steps of a figure over time, as the page writes them; otherwise nothing. Rows without a date are in none.
    #[schema(example = json!(["2012-01", "2012-02"]))]
    steps: Vec<String>,
    /// The value of each step.
    #[schema(value_type = Vec<serde_json::Value>)]
    values: Vec<Cell>,
    /// What the value was in the time that it is compared with: of a figure over time the step before the last, as many days of it
    /// where the last is not over, or as many days before those in force; of any figure the days that the request chooses. Null where
    /// there is none.
    #[schema(value_type = serde_json::Value)]
    before: Cell,
}

/// Series over the same points.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChartData {
    /// The title that people see.
    title: String,
    /// The unit of every value, where all have the same.
    #[schema(example = "°C")]
    unit: Option<String>,
    /// What each point is called, as the page writes it: a value of a column, or the name of a step of time.
    #[schema(example = json!(["2012-01", "2012-02"]))]
    points: Vec<String>,
    /// The value that each point stands for, as the cells of tables are written; the first day or moment of a step of time. Null
    /// for rows without a value.
    #[schema(value_type = Vec<serde_json::Value>, example = json!(["2012-01-01", "2012-02-01"]))]
    point_values: Vec<Cell>,
    /// The series, each with one value for each point.
    series: Vec<SeriesData>,
    /// Whether numbers of different values are estimates, to about 1 %.
    approximate: bool,
}

/// One series of a chart.
#[derive(Debug, Serialize, ToSchema)]
pub struct SeriesData {
    /// Its name, of which the page shows the first 200 characters.
    name: String,
    /// The value by which its rows are split from those of others; null where they are not split, and for rows without a value.
    #[schema(value_type = serde_json::Value)]
    split_value: Cell,
    /// Whether it is all beyond the largest together.
    is_others: bool,
    /// One value a point; null where there is none.
    #[schema(value_type = Vec<serde_json::Value>)]
    values: Vec<Cell>,
}

/// A page of a table.
#[derive(Debug, Serialize, ToSchema)]
pub struct TableData {
    /// The columns, in the order of the cells.
    columns: Vec<ColumnData>,
    /// The rows, one cell a column; null where there is no value.
    #[schema(value_type = Vec<Vec<serde_json::Value>>)]
    rows: Vec<Vec<Cell>>,
    /// The measures of all rows together, where the table shows them.
    #[schema(value_type = Option<Vec<serde_json::Value>>)]
    totals: Option<Vec<Cell>>,
    /// This page, from 1.
    page: u32,
    /// How many pages there are. Those of rows end after 10,000 rows.
    pages: u32,
    /// How many rows there are in all; of a table of groups, how many groups. There can be more than on all pages, where a limit
    /// or the end of the pages leaves some out; where groups are split, each has a row a series.
    total: u64,
    /// Whether numbers of different values are estimates, to about 1 %.
    approximate: bool,
}

/// A column of a table.
#[derive(Debug, Serialize, ToSchema)]
pub struct ColumnData {
    /// Its name in the data set, or the measure's title.
    name: String,
    /// What its cells hold: `text`, `integer`, `decimal`, `boolean`, `date` (`2024-01-31`) or `timestamp` (RFC 3339, UTC).
    /// Integers above 2^53 are texts.
    #[schema(example = "decimal")]
    r#type: &'static str,
}

/// A text.
#[derive(Debug, Serialize, ToSchema)]
pub struct TextData {
    /// The text, in Markdown.
    markdown: String,
}

/// A note that people edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteData {
    /// The text of the note.
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
