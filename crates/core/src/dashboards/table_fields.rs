//! The tables' fields in a dashboard's address.

use html_escape::encode_double_quoted_attribute;
use rolecall_model::spec::{PanelKind, PanelSpec};
use rolecall_routes as routes;
use url::form_urlencoded;

use super::data::TableRequest;
use super::sorting::Sorting;
use super::spec::Dashboard;

/// The longest column name that is accepted from an address.
const LONGEST_SORT: usize = 256;

/// The tables' fields in a dashboard's address, by panel.
pub struct TableFields(Vec<(String, TableRequest)>);

impl TableFields {
    /// Parses `query` of an address for the tables of `dashboard`. Invalid numbers and overlong names are ignored.
    #[must_use]
    pub fn of(dashboard: &Dashboard, query: Option<&str>) -> Self {
        let value = |name: &str| {
            let mut fields = form_urlencoded::parse(query?.as_bytes());
            fields.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
        };
        let tables = dashboard.panels.iter().map(|panel| &panel.spec).filter(|spec| spec.kind == PanelKind::Table);
        let request = |spec: &PanelSpec| {
            let page = value(&routes::page_parameter(&spec.id)).and_then(|page| page.parse().ok());
            let sort = value(&routes::sort_parameter(&spec.id)).filter(|sort| sort.len() <= LONGEST_SORT);
            (spec.id.clone(), TableRequest { page: page.unwrap_or(1), sort })
        };
        Self(tables.map(request).collect())
    }

    /// The same with the table in the panel `id` sorted by `sort`.
    #[must_use]
    pub fn sorted(mut self, id: &str, sort: Option<&str>) -> Self {
        for (_, request) in self.0.iter_mut().filter(|(of, _)| of == id) {
            request.sort = sort.map(ToOwned::to_owned);
        }
        self
    }

    /// The fields of the table in the panel `id`.
    #[must_use]
    pub fn request(&self, id: &str) -> TableRequest {
        self.0.iter().find(|(of, _)| of == id).map(|(_, request)| request.clone()).unwrap_or_default()
    }

    /// Whether a table of `dashboard` is to be sorted by a column that it does not show.
    #[must_use]
    pub fn has_unknown_sort(&self, dashboard: &Dashboard) -> bool {
        self.0.iter().any(|(id, request)| {
            let panel = dashboard.panel(id);
            panel.is_some_and(|panel| Sorting::of(&panel.spec, request.sort.as_deref()).unknown.is_some())
        })
    }

    /// The orders of all tables, as fields of an address: after a change of filters, tables begin at their first page
    /// again.
    pub fn orders(&self) -> impl Iterator<Item = (String, &str)> {
        self.0.iter().filter_map(|(id, request)| Some((routes::sort_parameter(id), request.sort.as_deref()?)))
    }

    /// The same for the links of groups and series: HTML, with an `&` after each.
    #[must_use]
    pub fn orders_in_links(&self) -> String {
        let mut fields = form_urlencoded::Serializer::new(String::new());
        fields.extend_pairs(self.orders());
        in_links(&fields.finish())
    }

    /// `filters`, which are the fields of filters, with those of all tables except the one in the panel `id`, for the
    /// links of that table: HTML, with an `&` after each.
    #[must_use]
    pub fn of_others(&self, id: &str, filters: &str) -> String {
        let mut fields = form_urlencoded::Serializer::new(filters.to_owned());
        for (id, request) in self.0.iter().filter(|(of, _)| of != id) {
            if let Some(sort) = &request.sort {
                fields.append_pair(&routes::sort_parameter(id), sort);
            }
            if request.page != 1 {
                fields.append_pair(&routes::page_parameter(id), &request.page.to_string());
            }
        }
        in_links(&fields.finish())
    }
}

fn in_links(fields: &str) -> String {
    if fields.is_empty() { String::new() } else { format!("{}&amp;", encode_double_quoted_attribute(fields)) }
}
