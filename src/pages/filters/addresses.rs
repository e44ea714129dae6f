//! Where the form and the links of the filters lead to.

use url::form_urlencoded;

use crate::dashboards::Filters;

/// The page that filters are on, as it is asked for.
#[derive(Clone, Copy)]
pub(super) struct Addresses<'a> {
    pub(super) path: &'a str,
    pub(super) filters: &'a Filters<'a>,
    /// The fields of the orders of tables.
    pub(super) orders: &'a [(String, String)],
}

impl Addresses<'_> {
    /// The address of the page with these `fields` of filters.
    pub(super) fn to(&self, fields: String) -> String {
        let mut query = form_urlencoded::Serializer::new(fields);
        query.extend_pairs(self.orders);
        let query = query.finish();
        if query.is_empty() { self.path.to_owned() } else { format!("{}?{query}", self.path) }
    }
}
