//! The page and order of a table, in the address of the page.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use rolecall_routes as routes;

/// The page and order of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableAddress {
    /// The page number, from 1.
    pub page: u32,
    /// The column to sort by, as named in addresses; `None` for the default order.
    pub sort: Option<String>,
}

impl TableAddress {
    /// Parses the part of `address`, which begins with its query, for the table in the panel `id`.
    #[must_use]
    pub fn read(address: &str, id: &str) -> Self {
        let value = |name: String| fields(address).find(|(known, _)| **known == name).map(|(_, value)| value);
        let page = value(routes::page_parameter(id)).and_then(|page| page.parse().ok()).unwrap_or(1);
        let sort = value(routes::sort_parameter(id)).map(|sort| {
            let sort = sort.replace('+', " ");
            percent_decode_str(&sort).decode_utf8_lossy().into_owned()
        });
        Self { page, sort }
    }

    /// The address for this page and order, with all other fields of `search`.
    #[must_use]
    pub fn href(&self, search: &str, id: &str) -> String {
        let (page, sort) = (routes::page_parameter(id), routes::sort_parameter(id));
        let others = fields(search).filter(|(name, _)| **name != page && **name != sort);
        let others = others.map(|(name, value)| format!("{name}={value}"));
        let sorted = self.sort.iter().map(|value| format!("{sort}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        let fields: Vec<String> = others.chain(sorted).chain([format!("{page}={}", self.page)]).collect();
        format!("?{}#{id}", fields.join("&"))
    }

    /// The address `href` of a file of the table with this order; also with this page, if it `is_of_page`.
    #[must_use]
    pub fn of_file(&self, href: &str, is_of_page: bool) -> String {
        let (path, query) = href.split_once('?').unwrap_or((href, ""));
        let others = fields(query).filter(|(name, _)| !["sort", "page"].contains(name));
        let others = others.map(|(name, value)| format!("{name}={value}"));
        let sorted = self.sort.iter().map(|value| format!("sort={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
        let page = (is_of_page && self.page > 1).then(|| format!("page={}", self.page));
        let fields: Vec<String> = others.chain(sorted).chain(page).collect();
        if fields.is_empty() { path.to_owned() } else { format!("{path}?{}", fields.join("&")) }
    }
}

/// The fields of the query at the start of `address`, undecoded.
fn fields(address: &str) -> impl Iterator<Item = (&str, &str)> {
    let query = address.trim_start_matches('?').split('#').next().unwrap_or_default();
    query.split('&').filter_map(|field| field.split_once('='))
}

#[cfg(test)]
mod tests {
    use super::TableAddress;

    fn address(page: u32, sort: Option<&str>) -> TableAddress {
        TableAddress { page, sort: sort.map(ToOwned::to_owned) }
    }

    #[test]
    fn an_address_contains_page_and_order_of_its_table() {
        for asked in [address(12, None), address(1, Some("-Cost Total $")), address(3, Some("a+b&c=d#é"))] {
            assert_eq!(TableAddress::read(&asked.href("", "days"), "days"), asked);
        }
        assert_eq!(TableAddress::read("?rain.page=2&days.page=3", "days"), address(3, None));
        assert_eq!(TableAddress::read("?days.sort=a+b", "days"), address(1, Some("a b")));
        assert_eq!(TableAddress::read("?days.page=x", "days"), address(1, None));
        assert_eq!(TableAddress::read("", "days"), address(1, None));
    }

    #[test]
    fn fields_of_other_tables_stay_in_the_address() {
        let search = "?rain.sort=%2Ddate&days.page=4&days.sort=x&rain.page=2";
        let href = address(5, Some("-day")).href(search, "days");
        assert_eq!(href, "?rain.sort=%2Ddate&rain.page=2&days.sort=%2Dday&days.page=5#days");
        assert_eq!(address(1, None).href(search, "rain"), "?days.page=4&days.sort=x&rain.page=1#rain");
    }

    #[test]
    fn a_file_has_the_order_of_its_table_and_a_picture_its_page() {
        let file = address(3, Some("-day")).of_file("/svg?city=Bern&page=2&sort=x", true);
        assert_eq!(file, "/svg?city=Bern&sort=%2Dday&page=3");
        assert_eq!(address(3, Some("-day")).of_file("/csv", false), "/csv?sort=%2Dday");
        assert_eq!(address(1, None).of_file("/svg?page=2", true), "/svg");
    }
}
