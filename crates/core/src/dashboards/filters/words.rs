//! The choices in force, as text for people.

use rolecall_model::spec::{DatePreset, LastDay};
use rolecall_panels::format::NAME_CHARACTERS;
use rolecall_panels::{isolated, shortened};

use super::chosen::Chosen;
use super::judged::{Filters, JudgedFilter};
use crate::dashboards::spec::Panel;
use crate::datasets::DataSet;

/// Up to this number, a filter's values are listed. More are only counted.
pub const MOST_TOLD: usize = 8;

/// The label of a range.
#[must_use]
pub const fn preset_name(preset: DatePreset, last_day: LastDay) -> &'static str {
    match (preset, last_day) {
        (DatePreset::Today, LastDay::Today) => "Today",
        (DatePreset::Today, LastDay::Newest) => "Newest day",
        (DatePreset::Last7Days, _) => "Last 7 days",
        (DatePreset::Last30Days, _) => "Last 30 days",
        (DatePreset::Last90Days, _) => "Last 90 days",
        (DatePreset::ThisMonth, LastDay::Today) => "This month",
        (DatePreset::ThisMonth, LastDay::Newest) => "Newest month",
        (DatePreset::ThisYear, LastDay::Today) => "This year",
        (DatePreset::ThisYear, LastDay::Newest) => "Newest year",
        (DatePreset::LastYear, LastDay::Today) => "Last year",
        (DatePreset::LastYear, LastDay::Newest) => "The year before",
        (DatePreset::All, _) => "All",
    }
}

impl Filters<'_> {
    /// The choices in force for `panel`, whose data set is `dataset`: `Day: from 2026-01-01 on · City: Oslo, Rome`.
    /// Empty if there are none.
    #[must_use]
    pub fn words(&self, panel: &Panel, dataset: &DataSet) -> String {
        let in_force = self.all().iter().filter(|filter| filter.chosen.is_in_force());
        let followed = in_force.filter(|filter| filter.is_followed_by(panel, dataset));
        followed.map(JudgedFilter::words).collect::<Vec<_>>().join(" · ")
    }
}

impl JudgedFilter<'_> {
    /// Its choice in force, with its title: `City: Oslo, Rome`. Values are as in the address.
    #[must_use]
    pub fn words(&self) -> String {
        let chosen = match &self.chosen {
            Chosen::Days(_, days) => days.words(),
            Chosen::Values(values) if values.len() > MOST_TOLD => format!("{} values", values.len()),
            Chosen::Values(values) => {
                let shown = |value: &String| isolated(&shortened(value, NAME_CHARACTERS)).into_owned();
                values.iter().map(shown).collect::<Vec<_>>().join(", ")
            }
        };
        format!("{}: {chosen}", isolated(self.spec.title()))
    }
}
