//! The list of all people, for administrators, and their identifier for other applications.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rolecall_model::Role;
use sha2::{Digest as _, Sha256};
use sqlx::{ColumnIndex, Decode, Row, Type};

use super::grants::{granted, role_of_level};
use super::search::{Conditions, Value, bound};
use crate::db::{Transaction, in_transaction, reading_on_both};
use crate::session::{RecordError, SignIns};

/// How many people are on a page at most.
const PAGE: usize = 50;

/// A person who is known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// Our number.
    pub id: i64,
    /// The issuer, which together with `subject` is the person's key.
    pub issuer: String,
    /// The subject at the issuer.
    pub subject: String,
    /// The name to show.
    pub name: String,
    /// The e-mail address, for display.
    pub email: Option<String>,
    /// When they last signed in, Unix milliseconds (UTC); 0 if never: then they come from a directory or the API.
    pub last_sign_in_at_ms: i64,
    /// When they were last seen, Unix milliseconds (UTC), if recorded.
    pub last_seen_at_ms: Option<i64>,
    /// The provider of their last sign-in, if recorded.
    pub provider: Option<String>,
    /// The role that the provider gave at their last sign-in or refresh.
    pub provider_role: Option<Role>,
    /// The highest role that was given here.
    pub granted_role: Option<Role>,
    /// The higher of both roles, within the limits of the current configuration.
    role: Option<Role>,
    /// Whether the provider of their last sign-in is configured, with their issuer. Without a stored sign-in: whether
    /// any provider has it.
    pub is_accepted: bool,
    /// How many sign-ins of theirs are live.
    pub live: i64,
    /// Since when they are disabled, Unix milliseconds (UTC), and why.
    pub disabled: Option<(i64, String)>,
    /// Since when the provider's directory says that they are not active, Unix milliseconds (UTC).
    pub inactive_since_ms: Option<i64>,
}

impl PersonRow {
    /// When they last signed in, Unix milliseconds (UTC); `None` if never.
    #[must_use]
    pub fn signed_in_at_ms(&self) -> Option<i64> {
        Some(self.last_sign_in_at_ms).filter(|at_ms| *at_ms > 0)
    }

    /// Whether this is a program that sent or decided something, rather than a person: programs never sign in.
    #[must_use]
    pub fn is_program(&self) -> bool {
        self.issuer.starts_with("applications of ")
    }

    /// The effective role, within the limits of their provider.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.role
    }

    /// The same without these limits.
    #[must_use]
    pub fn unlimited_role(&self) -> Option<Role> {
        self.provider_role.max(self.granted_role)
    }
}

/// A page of people, the latest sign-in first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeoplePage {
    /// The people.
    pub rows: Vec<PersonRow>,
    /// The cursor for the next page: when the last person signed in, and their number.
    pub next: Option<(i64, i64)>,
}

/// The columns of a person; `$1` and `$3` are the times after which live sign-ins began and were seen, `$2` is now.
const PERSON: &str = concat!(
    "SELECT u.id, u.issuer, u.subject, u.name, u.email, u.last_sign_in_at, u.disabled_at, u.disabled_reason, \
     u.inactive_since, ",
    granted!(),
    ", (SELECT MAX(s.last_seen_at) FROM sign_ins s WHERE s.user_id = u.id) AS last_seen_at, \
     (SELECT s.role FROM sign_ins s WHERE s.user_id = u.id ORDER BY s.roles_read_at DESC, s.created_at DESC, s.id DESC LIMIT 1) AS role, \
     (SELECT s.provider FROM sign_ins s WHERE s.user_id = u.id ORDER BY s.roles_read_at DESC, s.created_at DESC, s.id DESC LIMIT 1) AS provider, \
     (SELECT COUNT(*) FROM sign_ins s WHERE s.user_id = u.id AND s.revoked_at IS NULL AND s.created_at > $1 \
     AND s.last_seen_at > $3) AS live FROM users u WHERE "
);

impl SignIns {
    /// The people whose name, e-mail address or subject contains `search`, the latest sign-in first, starting after the
    /// cursor `after`.
    pub async fn people(
        &self,
        search: &str,
        after: Option<(i64, i64)>,
        now_ms: i64,
    ) -> Result<PeoplePage, RecordError> {
        // Applications that send rows are in the table too, but never sign in.
        let mut conditions = Conditions::begin("u.issuer NOT LIKE 'applications of %'", self.times(now_ms));
        conditions.add_person(&self.db, search).await?;
        if let Some((at_ms, id)) = after {
            conditions.add_after("u.last_sign_in_at, u.id", [Value::Number(at_ms), Value::Number(id)]);
        }
        let statement =
            format!("{PERSON}{} ORDER BY u.last_sign_in_at DESC, u.id DESC LIMIT {}", conditions.text, PAGE + 1);
        let mut rows: Vec<PersonRow> = reading_on_both!(&self.db, |pool| {
            let rows = bound(sqlx::query(&statement), &conditions.values).fetch_all(pool).await?;
            rows.iter().map(|row| self.read_person(row)).collect::<Result<_, sqlx::Error>>()?
        });
        let there_are_more = rows.len() > PAGE;
        rows.truncate(PAGE);
        let next = rows.last().filter(|_| there_are_more).map(|row| (row.last_sign_in_at_ms, row.id));
        Ok(PeoplePage { rows, next })
    }

    /// The people with the subject `subject` who have signed in with `provider`.
    pub async fn people_at(&self, provider: &str, subject: &str, now_ms: i64) -> Result<Vec<PersonRow>, RecordError> {
        self.people_of(provider, ("u.subject = ?", subject.to_owned()), now_ms).await
    }

    /// The people who have signed in with `provider` and whose verified e-mail address is `email`, ignoring case.
    pub async fn people_with_email(
        &self,
        provider: &str,
        email: &str,
        now_ms: i64,
    ) -> Result<Vec<PersonRow>, RecordError> {
        self.people_of(provider, ("u.verified_email = ?", email.trim().to_ascii_lowercase()), now_ms).await
    }

    async fn people_of(
        &self,
        provider: &str,
        (condition, value): (&str, String),
        now_ms: i64,
    ) -> Result<Vec<PersonRow>, RecordError> {
        const KNOWN: &str = "EXISTS (SELECT 1 FROM sign_ins k WHERE k.user_id = u.id AND k.provider = ?)";
        let mut conditions = Conditions::begin("TRUE", self.times(now_ms));
        conditions.add(condition, Value::Text(value));
        conditions.add(KNOWN, Value::Text(provider.to_owned()));
        let statement = format!("{PERSON}{} ORDER BY u.id", conditions.text);
        reading_on_both!(&self.db, |pool| {
            let rows = bound(sqlx::query(&statement), &conditions.values).fetch_all(pool).await?;
            Ok(rows.iter().map(|row| self.read_person(row)).collect::<Result<_, sqlx::Error>>()?)
        })
    }

    /// The person `user_id`; `None` where there is none.
    pub async fn person(&self, user_id: i64, now_ms: i64) -> Result<Option<PersonRow>, RecordError> {
        let (statement, values) = self.one_person(user_id, now_ms);
        reading_on_both!(&self.db, |pool| {
            let row = bound(sqlx::query(&statement), &values).fetch_optional(pool).await?;
            Ok(row.as_ref().map(|row| self.read_person(row)).transpose()?)
        })
    }

    /// The same as `transaction` sees them, with its own changes.
    pub async fn person_in(
        &self,
        transaction: &mut Transaction,
        user_id: i64,
        now_ms: i64,
    ) -> Result<Option<PersonRow>, RecordError> {
        let (statement, values) = self.one_person(user_id, now_ms);
        in_transaction!(transaction, |connection| {
            let row = bound(sqlx::query(&statement), &values).fetch_optional(connection).await?;
            Ok(row.as_ref().map(|row| self.read_person(row)).transpose()?)
        })
    }

    /// The statement that reads the person `user_id`, and its values.
    fn one_person(&self, user_id: i64, now_ms: i64) -> (String, Vec<Value>) {
        let mut conditions = Conditions::begin("TRUE", self.times(now_ms));
        conditions.add("u.id = ?", Value::Number(user_id));
        (format!("{PERSON}{}", conditions.text), conditions.values)
    }

    /// The identifier of the person `user_id` for other applications. It is the same for each of their sign-ins and on
    /// every installation, and can never belong to somebody else later, unlike an e-mail address. It is the SHA-256 of
    /// issuer, a line feed and subject, as base64url; no issuer contains a line feed. `None` where there is no such
    /// person.
    pub async fn person_key(&self, user_id: i64) -> Result<Option<String>, RecordError> {
        const KEY: &str = "SELECT issuer, subject FROM users WHERE id = $1";
        let person: Option<(String, String)> = reading_on_both!(&self.db, |pool| {
            match sqlx::query(KEY).bind(user_id).fetch_optional(pool).await? {
                Some(row) => Some((row.try_get("issuer")?, row.try_get("subject")?)),
                None => None,
            }
        });
        Ok(person.map(|(issuer, subject)| URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{issuer}\n{subject}")))))
    }

    /// The values of `$1`, `$2` and `$3` in statements about people and their live sign-ins.
    pub(crate) fn times(&self, now_ms: i64) -> Vec<Value> {
        let (begun_after, seen_after) = self.live_after(now_ms);
        vec![Value::Number(begun_after), Value::Number(now_ms), Value::Number(seen_after)]
    }

    /// A person as [`PERSON`] reads them.
    fn read_person<'r, R>(&self, row: &'r R) -> Result<PersonRow, sqlx::Error>
    where
        R: Row,
        for<'n> &'n str: ColumnIndex<R>,
        i64: Decode<'r, R::Database> + Type<R::Database>,
        String: Decode<'r, R::Database> + Type<R::Database>,
    {
        let role: Option<String> = row.try_get("role")?;
        let (since, reason): (Option<i64>, Option<String>) =
            (row.try_get("disabled_at")?, row.try_get("disabled_reason")?);
        let mut person = PersonRow {
            id: row.try_get("id")?,
            issuer: row.try_get("issuer")?,
            subject: row.try_get("subject")?,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            last_sign_in_at_ms: row.try_get("last_sign_in_at")?,
            last_seen_at_ms: row.try_get("last_seen_at")?,
            provider: row.try_get("provider")?,
            provider_role: role.as_deref().and_then(Role::from_key),
            granted_role: role_of_level(row.try_get("granted")?),
            role: None,
            is_accepted: false,
            live: row.try_get("live")?,
            disabled: since.map(|since| (since, reason.unwrap_or_default())),
            inactive_since_ms: row.try_get("inactive_since")?,
        };
        let provider = person.provider.as_deref();
        person.role = self.limited_for(provider, person.unlimited_role(), &person.issuer);
        person.is_accepted = self.accepts(provider, &person.issuer);
        Ok(person)
    }
}
