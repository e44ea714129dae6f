//! The subject of the form, its fields, and the result of sending it.

use std::time::Duration;

use rolecall_core::datasets::{ColumnChange, QueryWish, StoredQuery, Tried};
use rolecall_model::Role;
use rolecall_model::data::DataColumn;
use url::form_urlencoded;

/// The data set that the form is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryOf {
    /// A new data set.
    New,
    /// The data set with this name.
    DataSet(String),
}

/// The result of the last step.
#[derive(Clone, Debug)]
pub enum QueryOutcome {
    /// The SELECT was tried.
    Tried(Tried),
    /// It failed: the reason in a sentence.
    Refused(String),
    /// Saving would change the columns to these.
    OtherColumns(Vec<DataColumn>, Vec<ColumnChange>),
}

/// How long a snapshot is fresh by default.
const FRESH: &str = "15min";

/// The fields of the form, as typed.
#[derive(Clone, Debug)]
pub struct QueryFields {
    /// The name of a new data set.
    pub name: String,
    pub title: String,
    /// The lowest role that may see it.
    pub role: Role,
    pub connection: String,
    /// The SELECT.
    pub statement: String,
    /// How long a snapshot is fresh.
    pub keep: String,
    /// The revision of the data set being changed.
    pub revision: i64,
    /// The changed columns that the person has accepted.
    pub accepted: Option<Vec<DataColumn>>,
    /// Whether to save it, and not only try it.
    pub is_to_save: bool,
}

impl Default for QueryFields {
    fn default() -> Self {
        Self {
            name: String::new(),
            title: String::new(),
            role: Role::Read,
            connection: String::new(),
            statement: String::new(),
            keep: FRESH.to_owned(),
            revision: 0,
            accepted: None,
            is_to_save: false,
        }
    }
}

impl QueryFields {
    /// Parses the urlencoded `form`. Missing and invalid fields are as in an empty form.
    #[must_use]
    pub fn of(form: &[u8]) -> Self {
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(form).into_owned() {
            match name.as_str() {
                "name" => value.trim().clone_into(&mut fields.name),
                "title" => fields.title = value,
                "role" => fields.role = Role::from_key(&value).unwrap_or(fields.role),
                "connection" => fields.connection = value,
                // Forms send line breaks as CR LF (HTML, section 4.10.21.8); places in the text count lines by LF.
                "statement" => fields.statement = value.replace("\r\n", "\n"),
                "keep" => fields.keep = value,
                "revision" => fields.revision = value.parse().unwrap_or_default(),
                "accepted" => fields.accepted = serde_json::from_str(&value).ok(),
                "do" => fields.is_to_save = value == "save",
                _ => {}
            }
        }
        fields
    }

    /// The form for a data set with this `query`.
    #[must_use]
    pub fn of_query(query: StoredQuery, revision: i64) -> Self {
        let keep = humantime::format_duration(query.fresh).to_string();
        Self { connection: query.connection, statement: query.statement, keep, revision, ..Self::default() }
    }

    /// The query in the form.
    ///
    /// # Errors
    /// A sentence if the time is invalid.
    pub fn wish(&self) -> Result<QueryWish, String> {
        let fresh: Duration = humantime::parse_duration(self.keep.trim())
            .map_err(|_| "Write how long a snapshot is kept as “30s”, “15min” or “2h”.".to_owned())?;
        Ok(QueryWish { connection: self.connection.clone(), statement: self.statement.clone(), fresh })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_parsed_as_it_was_written() {
        let form =
            b"connection=crm&statement=SELECT+1%0D%0A&keep=30s&do=save&accepted=%5B%5D&revision=7&name=+a+&role=admin";
        let fields = QueryFields::of(form);
        let wish = fields.wish().unwrap();
        assert_eq!((wish.connection.as_str(), wish.statement.as_str()), ("crm", "SELECT 1\n"));
        assert_eq!(wish.fresh, Duration::from_secs(30));
        assert!(fields.is_to_save && fields.accepted == Some(vec![]) && fields.revision == 7 && fields.name == "a");
        assert_eq!(fields.role, Role::Admin);
        assert!(QueryFields::of(b"keep=soon").wish().is_err());
        assert!(!QueryFields::of(b"").is_to_save);
    }
}
