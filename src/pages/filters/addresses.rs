//! Where the form and the links of the filters lead to.

use url::form_urlencoded;

use crate::dashboards::Filters;
use crate::routes;

/// The page that filters are on, as it is asked for.
#[derive(Clone, Copy)]
pub(super) struct Addresses<'a> {
    pub(super) path: &'a str,
    pub(super) filters: &'a Filters<'a>,
    /// Its fields that are no filters' and stay, such as the orders of tables.
    pub(super) kept: &'a [(String, String)],
}

impl Addresses<'_> {
    /// The address of the page with these `fields` of filters.
    pub(super) fn to(&self, fields: String) -> String {
        let mut query = form_urlencoded::Serializer::new(fields);
        query.extend_pairs(self.kept);
        routes::with_fields(self.path, &query.finish())
    }
}
