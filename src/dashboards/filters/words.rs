//! What is in force of filters, as people read it.

use rolecall_panels::format::NAME_CHARACTERS;
use rolecall_panels::{isolated, shortened};

use super::chosen::Chosen;
use super::judged::{Filters, JudgedFilter};
use crate::dashboards::spec::Panel;
use crate::datasets::DataSet;

/// Up to how many values of a filter are told each. Of more than these, it is told how many they are.
pub const MOST_TOLD: usize = 8;

impl Filters<'_> {
    /// What is in force of those that `panel` follows, whose data set is `dataset`: `Day: from 2026-01-01 on · City: Oslo, Rome`.
    /// Nothing where nothing is.
    #[must_use]
    pub fn words(&self, panel: &Panel, dataset: &DataSet) -> String {
        let in_force = self.all().iter().filter(|filter| filter.chosen.is_in_force());
        let followed = in_force.filter(|filter| filter.is_followed_by(panel, dataset));
        followed.map(JudgedFilter::words).collect::<Vec<_>>().join(" · ")
    }
}

impl JudgedFilter<'_> {
    /// What is in force of it, with its title: `City: Oslo, Rome`. Values are those of the address.
    #[must_use]
    pub fn words(&self) -> String {
        let chosen = match &self.chosen {
            Chosen::Days(_, days) => days.words(),
            Chosen::Values(values) if values.len() > MOST_TOLD => format!("{} values", values.len()),
            Chosen::Values(values) => {
                let told = |value: &String| isolated(&shortened(value, NAME_CHARACTERS)).into_owned();
                values.iter().map(told).collect::<Vec<_>>().join(", ")
            }
        };
        format!("{}: {chosen}", isolated(self.spec.title()))
    }
}
