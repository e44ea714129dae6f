//! A dashboard as a document.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{DashboardFilter, PanelSpec};
use crate::Role;

/// The format that this version reads and writes.
pub const FORMAT: u32 = 1;

/// A dashboard: what it is called, who may open it, and its panels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DashboardSpec {
    /// The format of this document: 1.
    pub format: u32,
    /// Its title.
    pub title: String,
    /// What it shows, in a sentence.
    #[serde(default)]
    pub summary: String,
    /// Where the data come from and under which licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The lowest role that opens it.
    #[serde(default = "read")]
    pub role: Role,
    /// The time zone of its steps of time, by its name in the IANA database; UTC without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// What people can filter it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<DashboardFilter>,
    /// Its panels, in the order of the page.
    #[serde(default)]
    pub panels: Vec<PanelSpec>,
}

const fn read() -> Role {
    Role::Read
}
