//! What an address asks of the filters of a dashboard.

use rolecall_model::spec::DashboardFilter;
use url::form_urlencoded;

use crate::dashboards::spec::RESERVED_FIELDS;

/// The fields of an address that are about filters, as they came. Those of the tables are not among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedFilters(Vec<(String, String)>);

/// How many fields of an address are read.
const MOST_FIELDS: usize = 1_000;
/// The parts that the field of a filter can have behind its id: `period.from`.
const FROM: &str = "from";
const TO: &str = "to";
const SEARCH: &str = "search";
/// The parts that fields of tables have.
const OF_TABLES: [&str; 2] = ["page", "sort"];

impl AskedFilters {
    /// Those of the query `query` of an address. Empty ones, which forms send of what nobody filled in, ask for nothing.
    #[must_use]
    pub fn of_query(query: Option<&str>) -> Self {
        let Some(query) = query else { return Self::default() };
        let is_about_filters = |name: &str| match name.rsplit_once('.') {
            Some((_, part)) => !OF_TABLES.contains(&part),
            None => !RESERVED_FIELDS.contains(&name),
        };
        let fields = form_urlencoded::parse(query.as_bytes()).into_owned().take(MOST_FIELDS);
        Self(fields.filter(|(name, value)| !value.is_empty() && is_about_filters(name)).collect())
    }

    /// Whether nothing is asked.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values that the filter `id` is given, each once.
    pub(super) fn values(&self, id: &str) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for (_, value) in self.0.iter().filter(|(name, _)| name == id) {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        values
    }

    /// The first day, as it was written.
    pub(super) fn from(&self, id: &str) -> Option<&str> {
        self.part(id, FROM)
    }

    /// The last day, as it was written.
    pub(super) fn to(&self, id: &str) -> Option<&str> {
        self.part(id, TO)
    }

    /// What is looked for among the values of the filter `id`.
    pub(super) fn search(&self, id: &str) -> Option<&str> {
        self.part(id, SEARCH)
    }

    fn part(&self, id: &str, part: &str) -> Option<&str> {
        let is_part = |name: &str| name.rsplit_once('.') == Some((id, part));
        self.0.iter().find(|(name, _)| is_part(name)).map(|(_, value)| value.as_str())
    }

    /// The names of fields that belong to none of `filters`, each once.
    pub(super) fn unknown_to<'a>(&'a self, filters: &[&DashboardFilter]) -> Vec<&'a str> {
        let is_known = |name: &str| {
            let id = match name.rsplit_once('.') {
                Some((id, FROM | TO | SEARCH)) => id,
                _ => name,
            };
            filters.iter().any(|filter| filter.id == id)
        };
        let mut unknown: Vec<&str> =
            self.0.iter().map(|(name, _)| name.as_str()).filter(|name| !is_known(name)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_filters_are_told_from_those_of_tables_and_of_pages() {
        let asked = AskedFilters::of_query(Some(
            "city=New+York&city=a%2Cb&city=New+York&period.from=2026-01-01&days.page=2&days.sort=-x&page=3&sort=y&period.to=&as=read",
        ));
        assert_eq!(asked.values("city"), ["New York", "a,b"]);
        assert_eq!((asked.from("period"), asked.to("period")), (Some("2026-01-01"), None));
        assert_eq!(asked.unknown_to(&[]), ["city", "period.from"]);
        assert!(AskedFilters::of_query(Some("days.page=2&period=")).is_empty());
        assert!(AskedFilters::of_query(None).is_empty());
    }
}
