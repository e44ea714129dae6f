//! What the address of the audit asks for.

use chrono::NaiveDate;
use rolecall_model::AppError;
use strum::IntoEnumIterator as _;
use url::form_urlencoded::{Serializer, parse};

use crate::audit::{Audit, Filter, Format, Kind};
use crate::caller;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The fields of the filter, as they stand in the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// A number of ours, or a part of a name, an e-mail address or a subject.
    pub person: String,
    /// The name of what happened.
    pub kind: String,
    /// The first day, `2026-11-21`.
    pub from: String,
    /// The last day.
    pub until: String,
    /// An address.
    pub address: String,
}

impl AuditQuery {
    /// What `query` asks for.
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

    /// Whether it asks for everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// `path` with this as its query, and `others`.
    #[must_use]
    pub fn href(&self, path: &str, others: &[(&str, &str)]) -> String {
        let Self { person, kind, from, until, address } = self;
        let fields = [("person", person), ("kind", kind), ("from", from), ("until", until), ("address", address)];
        let given =
            fields.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| (name, value.as_str()));
        let query = Serializer::new(String::new()).extend_pairs(given).extend_pairs(others.iter().copied()).finish();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }

    /// Which rows that means.
    ///
    /// # Errors
    /// [`AppError::Invalid`] for a field that cannot be read.
    pub async fn filter(&self, audit: &Audit) -> Result<Filter, AppError> {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        let people = match given(&self.person) {
            Some(text) => Some(audit.people_named(&text).await.map_err(|error| caller::internal(&error))?),
            None => None,
        };
        let kind =
            given(&self.kind).map(|kind| kind.parse::<Kind>().map_err(|_| invalid("There is no such kind of event.")));
        Ok(Filter {
            people,
            kind: kind.transpose()?,
            from_ms: day(&self.from)?,
            until_ms: day(&self.until)?.map(|day_ms| day_ms.saturating_add(DAY_MS)),
            ip: given(&self.address),
        })
    }
}

/// When the day `text` begins, Unix milliseconds (UTC).
fn day(text: &str) -> Result<Option<i64>, AppError> {
    if text.is_empty() {
        return Ok(None);
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d");
    let day = day.map_err(|_| invalid("Write days as 2026-11-21: year, month and day."))?;
    Ok(day.and_hms_opt(0, 0, 0).map(|begin| begin.and_utc().timestamp_millis()))
}

fn invalid(message: &str) -> AppError {
    AppError::Invalid { message: message.to_owned() }
}

/// The kinds of events, by name and in words.
pub(super) fn kinds() -> impl Iterator<Item = (&'static str, &'static str)> {
    Kind::iter().map(|kind| (kind.name(), kind.in_words()))
}

/// The format that `query` asks for; `None` for one that there is not.
#[must_use]
pub fn read_format(query: &str) -> Option<Format> {
    let (_, format) = parse(query.as_bytes()).find(|(name, _)| name == "format")?;
    format.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_address_asks_for_is_written_into_the_next_one() {
        let asked = AuditQuery::of("person=%20Ada+V%26le%20&kind=signed_in&x=1&from=2026-11-21&format=csv");
        assert_eq!((asked.person.as_str(), asked.kind.as_str()), ("Ada V&le", "signed_in"));
        let href = asked.href("/admin/audit", &[("after", "7")]);
        assert_eq!(href, "/admin/audit?person=Ada+V%26le&kind=signed_in&from=2026-11-21&after=7");
        assert_eq!(AuditQuery::of(href.split_once('?').unwrap().1), asked);
        assert_eq!(AuditQuery::default().href("/admin/audit", &[]), "/admin/audit");
    }

    #[test]
    fn a_day_begins_at_midnight_and_what_is_none_is_refused() {
        assert_eq!(day("1970-01-02").unwrap(), Some(DAY_MS));
        assert_eq!(day("").unwrap(), None);
        for wrong in ["2026-02-30", "21.11.2026", "x", "99999999-01-01"] {
            assert!(day(wrong).is_err(), "{wrong}");
        }
    }
}
