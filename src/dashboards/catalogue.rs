//! Which dashboards and panels there are, and which role opens each.

use rolecall_model::{DashboardCard, Role};

/// A dashboard in the catalogue.
#[derive(Debug)]
pub struct Entry {
    /// Its name in paths.
    pub slug: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What it shows, in a sentence.
    pub summary: &'static str,
    /// Where the data come from and under which licence.
    pub source: &'static str,
    /// The lowest role that opens it.
    pub role: Role,
    /// Its panels, in the order of the page.
    pub panels: &'static [PanelEntry],
}

/// A panel in the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct PanelEntry {
    /// Its name in paths; a chart's is the chart's id.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// What kind of panel it is, as its data say it.
    pub kind: &'static str,
    /// The lowest role that opens it.
    pub role: Role,
}

impl PanelEntry {
    const fn new(id: &'static str, title: &'static str, kind: &'static str, role: Role) -> Self {
        Self { id, title, kind, role }
    }
}

/// Every dashboard.
pub const CATALOGUE: &[Entry] = &[Entry {
    slug: "weather",
    title: "Weather in Seattle and New York",
    summary: "Temperature and rain of two cities, day by day from 2012 to 2015.",
    source: "NOAA National Centers for Environmental Information, daily observations. A work of the U.S. Government, \
             in the public domain.",
    role: Role::Read,
    panels: &[
        PanelEntry::new("figures", "Extremes", "figures", Role::Read),
        PanelEntry::new("temperature", "Mean temperature by month", "chart", Role::Read),
        PanelEntry::new("precipitation", "Precipitation by month", "chart", Role::Read),
        PanelEntry::new("sign-ins", "Sign-ins", "sign_ins", Role::Admin),
        PanelEntry::new("note", "Note", "note", Role::Write),
        PanelEntry::new("table", "Daily observations", "table", Role::Write),
    ],
}];

impl Entry {
    fn opens_to(&self, role: Option<Role>) -> bool {
        role.is_some_and(|role| role >= self.role)
    }
}

/// The dashboard called `slug`, if `role` opens it.
pub fn find(slug: &str, role: Option<Role>) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.slug == slug && entry.opens_to(role))
}

/// The dashboards that `role` opens, as cards.
pub fn open_to(role: Option<Role>) -> Vec<DashboardCard> {
    let card = |entry: &Entry| DashboardCard {
        slug: entry.slug.to_owned(),
        title: entry.title.to_owned(),
        summary: entry.summary.to_owned(),
    };
    CATALOGUE.iter().filter(|entry| entry.opens_to(role)).map(card).collect()
}
