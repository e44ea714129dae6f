//! The file of a dashboard that has mistakes: all that are certain are told together.

use std::collections::HashSet;

use rolecall_model::spec::DashboardSpec;

use super::content::Panel;
use super::fields;
use super::filters::{self, Columns};
use super::panel_data::data_mistakes_of;
use crate::spec_files::{FieldMistake, FieldPaths, Reading, SpecFile, SpecMistake};

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
    doubtful: FieldPaths,
    /// The tables that have unknown fields.
    with_unknown: FieldPaths,
    /// The doubtful fields, and the fields with other mistakes.
    wrong: FieldPaths,
}

impl MistakenDashboard {
    /// The file whose document could not be read because of `mistakes`.
    pub(super) fn unreadable(mistakes: Vec<SpecMistake>) -> Box<Self> {
        Box::new(Self { mistakes, rest: None })
    }

    /// The `file` with the dashboard `spec`, of which only the name is wrong.
    #[must_use]
    pub fn misnamed(spec: DashboardSpec, file: SpecFile) -> Self {
        let none = FieldPaths::default;
        let rest = Rest { spec, file, doubtful: none(), with_unknown: none(), wrong: none() };
        Self { mistakes: Vec::new(), rest: Some(rest) }
    }

    /// The file that was read so far, and where the mistakes `found` are in the document.
    pub(super) fn new(reading: Reading<DashboardSpec>, found: Vec<FieldMistake>) -> Box<Self> {
        let Reading { file, spec, doubtful, with_unknown, mut mistakes } = reading;
        let mut wrong = doubtful.clone();
        for mistake in &found {
            wrong.add(&mistake.at);
        }
        let are_ids_wrong = are_ids_wrong(&spec, &doubtful);
        let about_which_fields = about_which_fields(&spec, &with_unknown);
        let may_follow = |mistake: &FieldMistake| {
            (are_ids_wrong && is_about_panel_ids(&mistake.at))
                || about_which_fields.contains(mistake)
                || is_beside_unknown(&mistake.at, &with_unknown)
                || doubtful.overlaps(element_of(&mistake.at))
        };
        let certain = found.into_iter().filter(|mistake| !may_follow(mistake)).collect();
        mistakes.extend(file.locate_all(certain, mistakes.len()));
        Box::new(Self { mistakes, rest: Some(Rest { spec, file, doubtful, with_unknown, wrong }) })
    }

    /// Mistakes against the data sets, where they are certain in spite of the others.
    pub fn check_data<'a>(&self, columns_of: &impl Fn(&str) -> Columns<'a>) -> Vec<SpecMistake> {
        let Some(Rest { spec, file, doubtful, with_unknown, wrong }) = &self.rest else { return Vec::new() };
        let mut mistakes: Vec<FieldMistake> = Vec::new();
        for (index, panel) in spec.panels.iter().enumerate() {
            let is_known = !doubtful.overlaps(&format!("panels[{index}]"));
            if is_known && let Ok(panel) = Panel::of(panel, spec) {
                mistakes.extend(data_mistakes_of(&panel, index, columns_of));
            }
        }
        // An unknown time zone is one of the other mistakes.
        mistakes.retain(|mistake| mistake.at != "zone" && !is_beside_unknown(&mistake.at, with_unknown));
        let (are_ids_wrong, are_datasets_wrong) = (are_ids_wrong(spec, wrong), are_datasets_wrong(spec, wrong));
        for (index, filter) in spec.filters.iter().enumerate() {
            let may_follow =
                are_datasets_wrong || (are_ids_wrong && !filter.except.is_empty()) || is_filter_wrong(index, wrong);
            if !may_follow {
                mistakes.extend(filters::data_mistake(spec, index, filter, columns_of));
            }
        }
        file.locate_all(mistakes, self.mistakes.len())
    }
}

/// Whether the mistake at the field `at` is that there is no panel of that id.
fn is_about_panel_ids(at: &str) -> bool {
    at.starts_with("filters[") && at.contains("].except[")
}

/// Whether the field `at` is in a table within a panel or filter that has an unknown field, or is that table: the
/// unknown field may have been meant as this one.
fn is_beside_unknown(at: &str, with_unknown: &FieldPaths) -> bool {
    with_unknown.contains_within(element_of(at), at)
}

/// The panel or filter that the field `at` is a part of, otherwise the field itself. Which of its fields may be there
/// depends on its others.
fn element_of(at: &str) -> &str {
    at.split_inclusive(']').next().unwrap_or(at)
}

/// Of the panels `with_unknown` fields, the mistakes about which fields a panel needs or cannot have: an unknown field
/// may have been meant as another one.
fn about_which_fields(spec: &DashboardSpec, with_unknown: &FieldPaths) -> HashSet<FieldMistake> {
    let panels = spec.panels.iter().enumerate();
    let of_unknown = panels.filter(|(index, _)| with_unknown.contains(&format!("panels[{index}]")));
    of_unknown
        .flat_map(|(index, panel)| fields::mistakes(panel).into_iter().map(move |found| in_panel(index, found)))
        .collect()
}

/// The `mistake` of the panel with the number `index`, at its field of the dashboard.
pub(super) fn in_panel(index: usize, mistake: FieldMistake) -> FieldMistake {
    let FieldMistake { at, what } = mistake;
    FieldMistake::new(format!("panels[{index}].{at}"), what)
}

/// Whether the ids of some panels are among the `wrong` fields.
fn are_ids_wrong(spec: &DashboardSpec, wrong: &FieldPaths) -> bool {
    wrong.contains("panels[]") || (0..spec.panels.len()).any(|index| wrong.contains(&format!("panels[{index}].id")))
}

/// Whether some panels have, or may have, other data sets because of the `wrong` fields.
fn are_datasets_wrong(spec: &DashboardSpec, wrong: &FieldPaths) -> bool {
    let mut panels = spec.panels.iter().enumerate();
    wrong.contains("panels[]")
        || panels.any(|(index, panel)| {
            let is_wrong = |field: &str| wrong.contains(&format!("panels[{index}].{field}"));
            // A panel that has no data set, but may need one, may have the column later.
            is_wrong("dataset") || (panel.dataset.is_none() && is_wrong("kind"))
        })
}

/// Whether the `wrong` fields matter for comparing the filter with the number `index` with the data sets.
fn is_filter_wrong(index: usize, wrong: &FieldPaths) -> bool {
    let is_wrong = |field: &str| wrong.overlaps(&format!("filters[{index}].{field}"));
    ["kind", "column", "dataset", "except"].into_iter().any(is_wrong)
}
