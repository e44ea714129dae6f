//! The filter of the audit in an address.

use std::net::IpAddr;

use rolecall_core::audit::{Audit, EntryKind, Filter, Format};
use rolecall_model::AppError;
use rolecall_ui::caller;
use strum::IntoEnumIterator as _;
use url::form_urlencoded::{Serializer, parse};

/// The fields of the filter, as typed in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// Our number of a person, or a part of a name, an e-mail address or a subject.
    pub person: String,
    /// The name of the kind of event.
    pub kind: String,
    /// The first day, `2026-11-21`.
    pub from: String,
    /// The last day.
    pub until: String,
    pub address: String,
}

impl AuditQuery {
    /// Parses `query`.
    #[must_use]
    pub fn of(query: &str) -> Self {
        let mut asked = Self::default();
        for (name, value) in parse(query.as_bytes()) {
            let field = match &*name {
                "person" => &mut asked.person,
                "kind" => &mut asked.kind,
                "from" => &mut asked.from,
                "until" => &mut asked.until,
                "address" => &mut asked.address,
                _ => continue,
            };
            value.trim().clone_into(field);
        }
        asked
    }

    /// Whether no filter is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// `path` with this filter as its query, and `others`.
    #[must_use]
    pub fn href(&self, path: &str, others: &[(&str, &str)]) -> String {
        let Self { person, kind, from, until, address } = self;
        let fields = [("person", person), ("kind", kind), ("from", from), ("until", until), ("address", address)];
        let given =
            fields.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.as_str()));
        let query = Serializer::new(String::new()).extend_pairs(given).extend_pairs(others.iter().copied()).finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// The filter for the rows.
    ///
    /// # Errors
    /// [`AppError::InvalidField`] for an invalid field, and if the last day is before the first.
    pub async fn filter(&self, audit: &Audit) -> Result<Filter, AppError> {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let people = match given(&self.person) {
            Some(text) => Some(audit.people_named(&text).await.map_err(|error| caller::internal(&error))?),
            None => None,
        };
        let no_kind = || invalid("kind", "There is no such kind of event.");
        let kind = given(&self.kind).map(|kind| kind.parse::<EntryKind>().map_err(|_| no_kind()));
        let (from_ms, until_ms) = self.days()?;
        Ok(Filter { people, kind: kind.transpose()?, from_ms, until_ms, ip: self.ip()? })
    }

    /// The start of the first day and the end of the last.
    fn days(&self) -> Result<(Option<i64>, Option<i64>), AppError> {
        let from_ms = caller::begin_of_day("from", &self.from)?;
        let until_ms = caller::end_of_day("until", &self.until)?;
        if until_ms.zip(from_ms).is_some_and(|(until_ms, from_ms)| until_ms <= from_ms) {
            return Err(invalid("until", "This day comes before the first one."));
        }
        Ok((from_ms, until_ms))
    }

    /// The IP address in the form that entries have.
    fn ip(&self) -> Result<Option<String>, AppError> {
        if self.address.is_empty() {
            return Ok(None);
        }
        let wrong = |_| invalid("address", "Write an IP address, such as 192.0.2.7 or 2001:db8::7.");
        self.address.parse::<IpAddr>().map(|ip| Some(ip.to_canonical().to_string())).map_err(wrong)
    }
}

fn invalid(field: &str, message: &str) -> AppError {
    AppError::InvalidField { field: field.to_owned(), message: message.to_owned() }
}

/// The kinds of events, with their names and labels.
pub(super) fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    EntryKind::iter().map(|kind| (kind.name(), kind.in_words()))
}

/// The format in `query`; `None` if it does not exist.
#[must_use]
pub fn read_format(query: &str) -> Option<Format> {
    let (_, format) = parse(query.as_bytes()).find(|(name, _)| name == "format")?;
    format.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_kept_in_the_next_address() {
        let asked = AuditQuery::of("person=%20Ada+V%26le%20&kind=signed_in&x=1&from=2026-11-21&format=csv");
        assert_eq!((asked.person.as_str(), asked.kind.as_str()), ("Ada V&le", "signed_in"));
        let href = asked.href("/admin/audit", &[("after", "7")]);
        assert_eq!(href, "/admin/audit?person=Ada+V%26le&kind=signed_in&from=2026-11-21&after=7");
        assert_eq!(AuditQuery::of(href.split_once('?').unwrap().1), asked);
        assert_eq!(AuditQuery::default().href("/admin/audit", &[]), "/admin/audit");
    }
    #[test]
    fn days_in_the_wrong_order_and_invalid_addresses_are_reported_at_their_field() {
        let field = |query: &str| {
            let asked = AuditQuery::of(query);
            match asked.days().map(drop).and(asked.ip().map(drop)) {
                Err(AppError::InvalidField { field, .. }) => field,
                other => panic!("{query}: {other:?}"),
            }
        };
        assert_eq!(field("from=2026-11-22&until=2026-11-21"), "until");
        assert_eq!(field("from=yesterday"), "from");
        for address in ["localhost", "192.0.2.300", "192.0.2.0%2F24"] {
            assert_eq!(field(&format!("address={address}")), "address");
        }
        let asked = AuditQuery::of("from=2026-11-21&until=2026-11-21&address=2001:DB8:0::7");
        assert!(asked.days().is_ok());
        assert_eq!(asked.ip().unwrap().as_deref(), Some("2001:db8::7"));
    }
}
