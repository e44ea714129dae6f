//! One person, for administrators and for what they decide.

use super::list::{PERSON, PersonRow};
use super::search::{Conditions, Value, bound};
use crate::db::{Transaction, in_transaction, reading_on_both};
use crate::session::{RecordError, SignIns};

impl SignIns {
    /// The person `user_id`; `None` where there is none.
    pub async fn person(&self, user_id: i64, now_ms: i64) -> Result<Option<PersonRow>, RecordError> {
        let (statement, values) = self.one_person(user_id, now_ms);
        reading_on_both!(&self.db, |pool| {
            let row = bound(sqlx::query(&statement), &values).fetch_optional(pool).await?;
            Ok(row.as_ref().map(|row| self.read_person(row)).transpose()?)
        })
    }

    /// The same as `transaction` finds them, with what it has changed of them.
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
}
