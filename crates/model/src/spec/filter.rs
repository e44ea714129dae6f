//! The filters of a whole dashboard.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// What somebody chooses by a filter.
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
pub enum FilterKind {
    /// The days from one to another.
    DateRange,
    /// Some of the values of a column.
    Values,
}

/// A range of days that has a name. It ends at a certain day, mostly today.
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
pub enum DatePreset {
    /// That day.
    #[serde(rename = "today")]
    #[strum(serialize = "today")]
    Today,
    /// Seven days, the last of which is that day.
    #[serde(rename = "last_7_days")]
    #[strum(serialize = "last_7_days")]
    Last7Days,
    /// Thirty such days.
    #[serde(rename = "last_30_days")]
    #[strum(serialize = "last_30_days")]
    Last30Days,
    /// Ninety such days.
    #[serde(rename = "last_90_days")]
    #[strum(serialize = "last_90_days")]
    Last90Days,
    /// The month of that day, up to that day.
    #[serde(rename = "this_month")]
    #[strum(serialize = "this_month")]
    ThisMonth,
    /// The year of that day, up to that day.
    #[serde(rename = "this_year")]
    #[strum(serialize = "this_year")]
    ThisYear,
    /// The whole year before.
    #[serde(rename = "last_year")]
    #[strum(serialize = "last_year")]
    LastYear,
    /// All days, and rows without one.
    #[serde(rename = "all")]
    #[strum(serialize = "all")]
    All,
}

/// The day from which named ranges are counted.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, Display, EnumIter, EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum LastDay {
    /// Today, in the time zone of the dashboard.
    #[default]
    Today,
    /// The newest day of the data: for data that end in the past.
    Newest,
}

impl LastDay {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    const fn is_today(&self) -> bool {
        matches!(self, Self::Today)
    }
}

/// A filter of a whole dashboard: people choose what it keeps, and the address of the page says what was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardFilter {
    /// Its name in addresses, unique on the dashboard: small letters, digits and hyphens.
    pub id: String,
    /// What people read; the column's name without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What is chosen.
    pub kind: FilterKind,
    /// The column. Every panel is filtered whose data set has a column of this name that fits.
    pub column: String,
    /// The one data set whose panels are filtered; those of all without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset: Option<String>,
    /// Date ranges: the one in force where the address says none; all days without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<DatePreset>,
    /// Date ranges: the day from which named ranges are counted.
    #[serde(default, skip_serializing_if = "LastDay::is_today")]
    pub last_day: LastDay,
    /// The ids of the panels that it does not filter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
}

impl DashboardFilter {
    /// What people read.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(&self.column)
    }
}
