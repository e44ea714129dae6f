//! The filters in an address.

use rolecall_model::spec::{DashboardFilter, FilterKind};
use url::form_urlencoded;

use crate::dashboards::spec::RESERVED_FIELDS;

/// The fields of an address that belong to filters, unparsed. Those of tables are not included.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskedFilters(Vec<(String, String)>);

/// How much of an address is repeated in messages, in characters.
const MAX_REPEATED: usize = 100;
/// How many fields of an address are read.
const MOST_FIELDS: usize = 1_000;
/// The suffixes that a filter's field can have after its id: `period.from`.
const FROM: &str = "from";
const TO: &str = "to";
const SEARCH: &str = "search";
const COMPARED: &str = "compared";
/// The hidden field of a form with a named range: days beside it replace the range.
const OTHERWISE: &str = "otherwise";
/// The suffixes of table fields.
const OF_TABLES: [&str; 2] = ["page", "sort"];

impl AskedFilters {
    /// Parses the query `query` of an address. Empty fields, which forms send for empty inputs, are ignored.
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

    /// Whether there are no fields.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields, unparsed.
    pub(super) fn fields(&self) -> &[(String, String)] {
        &self.0
    }

    /// The values of the filter `id`, each once.
    pub(super) fn values(&self, id: &str) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for (_, value) in self.0.iter().filter(|(name, _)| name == id) {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        values
    }

    /// The range that applies if no days are given, unparsed.
    pub(super) fn otherwise(&self, id: &str) -> Option<&str> {
        self.part(id, OTHERWISE)
    }

    /// The first day, unparsed.
    pub(super) fn from(&self, id: &str) -> Option<&str> {
        self.part(id, FROM)
    }

    /// The last day, unparsed.
    pub(super) fn to(&self, id: &str) -> Option<&str> {
        self.part(id, TO)
    }

    /// The comparison, unparsed.
    pub(super) fn compared(&self, id: &str) -> Option<&str> {
        self.part(id, COMPARED)
    }

    /// The search text for the values of the filter `id`.
    pub(super) fn search(&self, id: &str) -> Option<&str> {
        self.part(id, SEARCH)
    }

    fn part(&self, id: &str, part: &str) -> Option<&str> {
        self.parts(id, part).next()
    }

    fn parts<'a, 'b>(&'a self, id: &'b str, part: &'b str) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        let is_part = move |name: &str| name.rsplit_once('.') == Some((id, part));
        self.0.iter().filter(move |(name, _)| is_part(name)).map(|(_, value)| value.as_str())
    }

    /// The fields of `filter` that have no meaning, as whole sentences: suffixes for other kinds of filters, and
    /// single-valued fields with several values.
    pub(super) fn idle(&self, filter: &DashboardFilter) -> Vec<String> {
        let (id, title) = (filter.id.as_str(), filter.title());
        let (single, foreign, what): (&[&str], &[&str], _) = match filter.kind {
            FilterKind::DateRange => {
                (&[FROM, TO, OTHERWISE, COMPARED], &[SEARCH], "days, and no values to be searched")
            }
            FilterKind::Values => (&[SEARCH], &[FROM, TO, OTHERWISE, COMPARED], "values, and no days"),
        };
        let foreign = foreign.iter().filter(|part| self.part(id, part).is_some());
        let foreign = foreign.map(|part| format!("{title}: “{id}.{part}” means nothing here. The filter has {what}."));
        let parts = single.iter().filter(|part| differ(self.parts(id, part))).map(|part| format!("{id}.{part}"));
        let name = (filter.kind == FilterKind::DateRange && self.values(id).len() > 1).then(|| id.to_owned());
        let doubled = name.into_iter().chain(parts);
        let doubled =
            doubled.map(|name| format!("{title}: the address has “{name}” more than once. The first is taken."));
        foreign.chain(doubled).collect()
    }

    /// The names of fields that belong to none of `filters`, each once.
    pub(super) fn unknown_to<'a>(&'a self, filters: &[&DashboardFilter]) -> Vec<&'a str> {
        let is_known = |name: &str| {
            let id = match name.rsplit_once('.') {
                Some((id, FROM | TO | SEARCH | OTHERWISE | COMPARED)) => id,
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

fn differ<'a>(mut values: impl Iterator<Item = &'a str>) -> bool {
    let first = values.next();
    values.any(|value| Some(value) != first)
}

/// `text` shortened for messages.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() <= MAX_REPEATED {
        return text.to_owned();
    }
    text.chars().take(MAX_REPEATED).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_filters_are_distinguished_from_those_of_tables_and_pages() {
        let asked = AskedFilters::of_query(Some(
            "city=New+York&city=a%2Cb&city=New+York&period.from=2026-01-01&days.page=2&days.sort=-x&page=3&sort=y&period.to=&as=read",
        ));
        assert_eq!(asked.values("city"), ["New York", "a,b"]);
        assert_eq!((asked.from("period"), asked.to("period")), (Some("2026-01-01"), None));
        assert_eq!(asked.unknown_to(&[]), ["city", "period.from"]);
        assert!(AskedFilters::of_query(Some("days.page=2&period=")).is_empty());
        assert!(AskedFilters::of_query(None).is_empty());
    }
    #[test]
    fn meaningless_fields_are_reported() {
        let filter = |id: &str, kind| DashboardFilter {
            id: id.into(),
            title: None,
            kind,
            column: id.into(),
            dataset: None,
            default: None,
            last_day: rolecall_model::spec::LastDay::Today,
            except: Vec::new(),
        };
        let (city, period) = (filter("city", FilterKind::Values), filter("period", FilterKind::DateRange));
        let idle = |query: &str| {
            let asked = AskedFilters::of_query(Some(query));
            [asked.idle(&city), asked.idle(&period)].concat()
        };
        for fine in ["city=a&city=b&city.search=c", "period.from=x&period.to=y", "period=all&period=all", ""] {
            assert_eq!(idle(fine), Vec::<String>::new(), "{fine}");
        }
        for (query, said) in [
            ("city.from=2026-01-01", "city: “city.from” means nothing here. The filter has values, and no days."),
            ("city.compared=nothing", "city: “city.compared” means nothing here. The filter has values, and no days."),
            ("period.search=x", "period: “period.search” means nothing here."),
            ("period=all&period=today", "period: the address has “period” more than once."),
            ("period.to=a&period.to=b", "period: the address has “period.to” more than once."),
            ("period.compared=a&period.compared=b", "period: the address has “period.compared” more than once."),
            ("city.search=a&city.search=b", "city: the address has “city.search” more than once."),
        ] {
            assert!(matches!(idle(query).as_slice(), [one] if one.starts_with(said)), "{query}: {:?}", idle(query));
        }
    }
}
