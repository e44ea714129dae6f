//! The filters of a dashboard for one person, with their choices.

use std::sync::Arc;

use rolecall_model::data::{Cell, ColumnType, Filter, TimeStep};
use rolecall_model::spec::{DashboardFilter, DatePreset, FilterKind};
use url::form_urlencoded;

use super::asked::AskedFilters;
use super::chosen::{AskedRange, Chosen, text_of};
use super::comparison::Comparison;
use super::range::DayRange;
use crate::datasets::{DataSet, RuleViewer};

/// How long the filters in an address may be for HTML to be cached, in bytes: longer ones are rare.
const LONGEST_FIELDS_KEPT: usize = 1000;

/// The filters that a person can use, with their choices.
#[derive(Debug, Default)]
pub struct Filters<'a> {
    judged: Vec<JudgedFilter<'a>>,
    /// The choices in force, as fields of an address.
    fields: String,
    /// Mistakes in fields that belong to no filter, as whole sentences.
    strays: Vec<String>,
}

/// A filter with its choice.
#[derive(Debug)]
pub struct JudgedFilter<'a> {
    /// Its document.
    pub spec: &'a DashboardFilter,
    /// The choice in force.
    pub chosen: Chosen,
    /// The comparison in the address, even if it is not in force.
    pub comparison: Option<Comparison>,
    /// The parts of the address that are not in force, as whole sentences.
    pub mistakes: Vec<String>,
    /// The search text for its values.
    pub search: Option<String>,
    /// The days in the address, even if they are not in force.
    pub typed: DayRange,
    /// The data sets that it filters, of panels that are open.
    pub(super) sources: Vec<FilterSource>,
}

/// A data set that a filter applies to.
#[derive(Debug)]
pub(super) struct FilterSource {
    pub(super) dataset: Arc<DataSet>,
    pub(super) viewer: Arc<RuleViewer>,
    pub(super) column_type: ColumnType,
    /// Whether its panels include figures.
    pub(super) has_figures: bool,
    /// The condition on its rows, if any.
    pub(super) condition: Option<Filter>,
}

/// The target of a value's link: the fields of the address that choose it, or remove it from the choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueAddress {
    /// The fields of all filters.
    pub fields: String,
    /// Whether it is chosen now.
    pub is_chosen: bool,
}

impl<'a> Filters<'a> {
    pub(super) fn new(judged: Vec<JudgedFilter<'a>>, strays: Vec<String>) -> Self {
        let fields = encoded(judged.iter().map(JudgedFilter::fields));
        Self { judged, fields, strays }
    }

    /// No filters are checked yet: links contain `asked` unchanged.
    #[must_use]
    pub fn unjudged(asked: &AskedFilters) -> Self {
        Self { fields: encoded(std::iter::once(asked.fields().to_vec())), ..Self::default() }
    }

    /// Whether there is nothing to show and no message.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.judged.is_empty() && self.strays.is_empty()
    }

    /// Every filter, in the order of the dashboard.
    #[must_use]
    pub fn all(&self) -> &[JudgedFilter<'a>] {
        &self.judged
    }

    /// Mistakes in the address, as whole sentences: of each filter, and of none.
    pub fn mistakes(&self) -> impl Iterator<Item = &str> {
        self.strays().chain(self.judged.iter().flat_map(|filter| &filter.mistakes).map(String::as_str))
    }

    /// Mistakes in fields that belong to no filter.
    pub fn strays(&self) -> impl Iterator<Item = &str> {
        self.strays.iter().map(String::as_str)
    }

    /// The choices in force, as an address: `city=Seattle&period=last_year`. Defaults are left out.
    #[must_use]
    pub fn fields(&self) -> &str {
        &self.fields
    }

    /// The same with `chosen` for the filter `id`; its days are `compared` if possible.
    #[must_use]
    pub fn fields_with(&self, id: &str, chosen: &Chosen, compared: Option<Comparison>) -> String {
        encoded(
            self.judged.iter().map(|filter| {
                if filter.spec.id == id { chosen.fields_compared(id, compared) } else { filter.fields() }
            }),
        )
    }

    /// The same with nothing chosen: no default range and no comparison either.
    #[must_use]
    pub fn fields_of_nothing(&self) -> String {
        encoded(self.judged.iter().map(|filter| filter.nothing().fields(&filter.spec.id)))
    }

    /// The cache key for the links in a panel of `dataset`: the filters and choices. `None` for rarely requested ones:
    /// otherwise anyone could fill the cache with copies.
    #[must_use]
    pub fn key_of_links(&self, dataset: &DataSet) -> Option<String> {
        // The set of filters depends on the role, even if nothing is chosen. Ids do not contain these characters.
        let of_dataset = |filter: &JudgedFilter<'_>| if filter.source(dataset).is_some() { "!" } else { "" };
        let ids = self.judged.iter().map(|filter| format!("{}{}", filter.spec.id, of_dataset(filter)));
        let ids = ids.collect::<Vec<_>>().join(",");
        (self.fields.len() <= LONGEST_FIELDS_KEPT).then(|| format!("{ids}/{}", self.fields))
    }

    /// The cache key for the filter bar, except for the page. `None` if there are mistakes or a search, and as for
    /// [`key_of_links`](Self::key_of_links).
    #[must_use]
    pub fn key(&self) -> Option<String> {
        let is_kept = self.mistakes().next().is_none()
            && self.judged.iter().all(|filter| filter.search.is_none())
            && self.fields.len() <= LONGEST_FIELDS_KEPT;
        is_kept.then(|| self.judged.iter().map(JudgedFilter::key).collect::<Vec<_>>().join(";"))
    }

    /// The link of the group or series `value` of `column`, in a panel of `dataset` that groups by the `step` of time,
    /// if any; `None` if no filter accepts it.
    #[must_use]
    pub fn address(
        &self,
        dataset: &DataSet,
        (column, step): (&str, Option<TimeStep>),
        value: &Cell,
    ) -> Option<ValueAddress> {
        let kind = if step.is_some() { FilterKind::DateRange } else { FilterKind::Values };
        let fits = |filter: &&JudgedFilter<'_>| filter.spec.column == column && filter.spec.kind == kind;
        let filter = self.judged.iter().filter(fits).find(|filter| filter.source(dataset).is_some())?;
        let (chosen, is_chosen) = match (&filter.chosen, step) {
            (Chosen::Values(values), _) => {
                let value = text_of(value)?;
                let is_chosen = values.contains(&value);
                let others = values.iter().filter(|other| **other != value).cloned();
                let values = others.chain((!is_chosen).then_some(value.clone())).collect();
                (Chosen::Values(values), is_chosen)
            }
            (Chosen::Days(_, now), Some(step)) => {
                let Cell::Date(first) = value else { return None };
                let days = DayRange::of_step(*first, step)?;
                if *now == days { (filter.nothing(), true) } else { (Chosen::Days(AskedRange::Days, days), false) }
            }
            (Chosen::Days(..), None) => return None,
        };
        let fields = self.fields_with(&filter.spec.id, &chosen, filter.compared_with());
        Some(ValueAddress { fields, is_chosen })
    }
}

impl JudgedFilter<'_> {
    /// The choice if nothing is chosen: all days, all values.
    #[must_use]
    pub fn nothing(&self) -> Chosen {
        match (self.spec.kind, self.spec.default) {
            (FilterKind::Values, _) => Chosen::Values(Vec::new()),
            (FilterKind::DateRange, None | Some(DatePreset::All)) => {
                Chosen::Days(AskedRange::Usual(DatePreset::All), DayRange::default())
            }
            (FilterKind::DateRange, Some(_)) => Chosen::Days(AskedRange::Preset(DatePreset::All), DayRange::default()),
        }
    }

    /// Whether its days can be compared: an open figure uses it.
    #[must_use]
    pub fn can_compare(&self) -> bool {
        self.spec.kind == FilterKind::DateRange && self.sources.iter().any(|source| source.has_figures)
    }

    /// The comparison of its days, if the address contains one that is in force.
    #[must_use]
    pub fn compared_with(&self) -> Option<Comparison> {
        self.comparison.filter(|comparison| self.chosen.fits(*comparison))
    }

    fn fields(&self) -> Vec<(String, String)> {
        self.chosen.fields_compared(&self.spec.id, self.comparison)
    }

    /// The cache key of its part of the bar.
    fn key(&self) -> String {
        let sources = self.sources.iter().map(|FilterSource { dataset, viewer, .. }| {
            let rows = dataset.row_filters(viewer);
            format!("{}/{}/{rows:?}", dataset.data.dataset, dataset.data.version)
        });
        let compared = match (self.can_compare(), self.comparison) {
            (false, _) => "",
            (true, None) => "usual",
            (true, Some(comparison)) => comparison.into(),
        };
        format!("{}/{:?}/{compared}/{}", self.spec.id, self.chosen, sources.collect::<Vec<_>>().join(","))
    }

    pub(super) fn source(&self, dataset: &DataSet) -> Option<&FilterSource> {
        self.sources.iter().find(|source| source.dataset.name == dataset.name)
    }
}

fn encoded(fields: impl Iterator<Item = Vec<(String, String)>>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields.flatten()).finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_filters_are_checked_links_keep_them_unchanged() {
        let asked = AskedFilters::of_query(Some("city=New+York&days.page=2&city=a%26b&period.from=2026-01-01"));
        let filters = Filters::unjudged(&asked);
        assert_eq!(filters.fields(), "city=New+York&city=a%26b&period.from=2026-01-01");
        assert!(filters.is_empty());
    }
}
