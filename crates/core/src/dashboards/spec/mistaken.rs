//! The file of a dashboard that has mistakes: all that are certain are told together.

use rolecall_model::spec::{DashboardFilter, DashboardSpec};

use super::content::Panel;
use super::filters::{self, Columns};
use super::panel_data::data_mistakes_of;
use crate::spec_files::{DoubtfulFields, FieldMistake, Reading, SpecFile, SpecMistake};

/// A file of a dashboard with mistakes.
#[derive(Debug)]
pub struct MistakenDashboard {
    /// Every mistake that can be found without its data sets.
    pub mistakes: Vec<SpecMistake>,
    /// The rest of it; `None` if nothing more is certain.
    rest: Option<Rest>,
}

/// What can be compared with data sets.
#[derive(Debug)]
struct Rest {
    spec: DashboardSpec,
    file: SpecFile,
    /// The fields that could not be read.
    doubtful: DoubtfulFields,
    /// These, and the fields with other mistakes.
    wrong: DoubtfulFields,
}

impl MistakenDashboard {
    /// The file whose document could not be read because of `mistakes`.
    pub(super) fn unreadable(mistakes: Vec<SpecMistake>) -> Box<Self> {
        Box::new(Self { mistakes, rest: None })
    }

    /// The file that was read so far, and where the mistakes `found` are in the document.
    pub(super) fn new(reading: Reading<DashboardSpec>, found: Vec<FieldMistake>) -> Box<Self> {
        let Reading { file, spec, doubtful, mut mistakes } = reading;
        let mut wrong = doubtful.clone();
        for mistake in found {
            wrong.add(&mistake.at);
            if is_certain(&mistake.at, &spec, &doubtful) {
                mistakes.push(file.locate(mistake));
            }
        }
        Box::new(Self { mistakes, rest: Some(Rest { spec, file, doubtful, wrong }) })
    }

    /// Mistakes against the data sets, where they are certain in spite of the others.
    pub fn check_data<'a>(&self, columns_of: &impl Fn(&str) -> Columns<'a>) -> Vec<SpecMistake> {
        let Some(Rest { spec, file, doubtful, wrong }) = &self.rest else { return Vec::new() };
        let mut mistakes: Vec<FieldMistake> = Vec::new();
        for (index, panel) in spec.panels.iter().enumerate() {
            let is_known = !doubtful.touch(&format!("panels[{index}]"));
            if is_known && let Ok(panel) = Panel::of(panel, spec) {
                mistakes.extend(data_mistakes_of(&panel, index, columns_of));
            }
        }
        // An unknown time zone is one of the other mistakes.
        mistakes.retain(|mistake| mistake.at != "zone");
        for (index, filter) in spec.filters.iter().enumerate() {
            if is_filter_certain(index, filter, spec, wrong) {
                mistakes.extend(filters::data_mistake(spec, index, filter, columns_of));
            }
        }
        mistakes.into_iter().map(|mistake| file.locate(mistake)).collect()
    }
}

/// Whether a mistake at the field `at` does not depend on `doubtful` fields.
fn is_certain(at: &str, spec: &DashboardSpec, doubtful: &DoubtfulFields) -> bool {
    // How many there are.
    if ["panels", "filters"].contains(&at) {
        return !doubtful.cover(at);
    }
    let is_about_ids = at.starts_with("filters[") && at.contains("].except[");
    if is_about_ids && are_ids_wrong(spec, doubtful) {
        return false;
    }
    // Which fields a panel may have depends on its others.
    let element = at.split_inclusive(']').next().unwrap_or(at);
    !doubtful.touch(element)
}

/// Whether the ids of some panels are among the `wrong` fields.
fn are_ids_wrong(spec: &DashboardSpec, wrong: &DoubtfulFields) -> bool {
    wrong.cover("panels") || (0..spec.panels.len()).any(|index| wrong.cover(&format!("panels[{index}].id")))
}

/// Whether the `wrong` fields do not matter for comparing the filter with the number `index` with the data sets.
fn is_filter_certain(index: usize, filter: &DashboardFilter, spec: &DashboardSpec, wrong: &DoubtfulFields) -> bool {
    let is_wrong = |field: &str| wrong.touch(&format!("filters[{index}].{field}"));
    if ["kind", "column", "dataset", "except"].into_iter().any(is_wrong) || wrong.cover("panels") {
        return false;
    }
    if !filter.except.is_empty() && are_ids_wrong(spec, wrong) {
        return false;
    }
    // A panel that has no data set, but may need one, may have the column later.
    spec.panels.iter().enumerate().all(|(index, panel)| {
        let is_wrong = |field: &str| wrong.cover(&format!("panels[{index}].{field}"));
        !is_wrong("dataset") && (panel.dataset.is_some() || !is_wrong("kind"))
    })
}
