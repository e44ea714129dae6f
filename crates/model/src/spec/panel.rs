//! A panel as a document.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::Role;
use crate::data::{Dimension, Filter, GroupOrder, Measure, RowOrder, Split};

/// How a panel shows its data.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PanelKind {
    /// Figures: a large number for each measure.
    Figure,
    /// A line a series.
    Line,
    /// A line a series, filled down to zero.
    Area,
    /// A bar a group and series.
    Bar,
    /// Rows, or a row a group.
    Table,
    /// A text in Markdown.
    Text,
    /// A note that writers edit on the page.
    Note,
    /// Live figures about the sign-ins of Rolecall.
    SignIns,
}

/// What a line or an area does where a value is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Display, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MissingValues {
    /// It breaks.
    #[default]
    Gap,
    /// It goes on to the next value.
    Connect,
    /// It goes through zero.
    Zero,
}

/// How far apart values lie on a chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Display, EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ValueScale {
    /// As far as their difference.
    #[default]
    Linear,
    /// As far as their ratio. Values of zero and below have no place on it, and stacks are drawn on the linear scale.
    Log,
}

/// A panel: a query, and how to show what it answers. Which fields belong to which kind is checked when it is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own in the document")]
pub struct PanelSpec {
    /// Its name in addresses, unique on the dashboard: small letters, digits and hyphens.
    pub id: String,
    /// Its title.
    pub title: String,
    /// How it shows its data.
    pub kind: PanelKind,
    /// The lowest role that sees it; the dashboard's without it. It is never lower than that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// How many of the twelve columns of the page it takes; all without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u8>,
    /// The unit of its values, for example `°C`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The name of its data set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// What is computed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub measures: Vec<Measure>,
    /// What the points, bars or rows are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Dimension>,
    /// What the series are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<Split>,
    /// Which rows take part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<Filter>,
    /// The order of points, bars or grouped rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<GroupOrder>,
    /// How many points, bars or grouped rows there are at most: the first in the order of `sort`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Tables of rows: the columns, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<TableColumn>,
    /// Tables of rows: their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<RowOrder>,
    /// Tables: how many rows a page has; 20 without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_per_page: Option<u32>,
    /// Grouped tables: whether a last row has the measures of all rows.
    #[serde(default, skip_serializing_if = "is_false")]
    pub totals: bool,
    /// Bars and areas: whether series stand on each other.
    #[serde(default, skip_serializing_if = "is_false")]
    pub stacked: bool,
    /// Bars: whether they lie.
    #[serde(default, skip_serializing_if = "is_false")]
    pub horizontal: bool,
    /// Lines and areas: what they do where a value is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<MissingValues>,
    /// Charts: the scale of the values; linear without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<ValueScale>,
    /// Figures over a step of time (`by`): the last step, beside the one before it and a spark line of all.
    #[serde(default, skip_serializing_if = "is_false")]
    pub compare: bool,
    /// Texts: the Markdown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl PanelSpec {
    /// A panel with what every panel has, and nothing else.
    #[must_use]
    pub fn new(id: &str, title: &str, kind: PanelKind) -> Self {
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            kind,
            role: None,
            width: None,
            unit: None,
            dataset: None,
            measures: Vec::new(),
            by: None,
            split: None,
            filters: Vec::new(),
            sort: None,
            limit: None,
            columns: Vec::new(),
            order: Vec::new(),
            rows_per_page: None,
            totals: false,
            stacked: false,
            horizontal: false,
            missing: None,
            scale: None,
            compare: false,
            text: None,
        }
    }
}

/// A column of a table of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TableColumn {
    /// The column of the data set.
    pub column: String,
    /// Its heading; the column's name without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The unit, in the heading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// How many decimals are shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(value: &bool) -> bool {
    !*value
}
