//! Ending sign-ins that somebody chose, together with whatever else has to be in force with it.

use sqlx::Row as _;

use super::end::{EndReason, EndedSignIn, NO_TOKENS, end_where};
use super::{RecordError, SignIns};
use crate::db::{Transaction, in_transaction};

/// Which sign-ins somebody wants ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The one of this id.
    One(String),
    /// The one of this id, if it is this person's.
    OneOf(i64, String),
    /// All of this person but the one of this id.
    OthersOf(i64, String),
    /// All of this person.
    AllOf(i64),
    /// Everybody's but the one of this id.
    EveryOther(String),
    /// Everybody's.
    All,
}

impl Ending {
    /// The statement, with the keys from `$4` on. They are bound as texts.
    fn statement(&self) -> (&'static str, Vec<String>) {
        const ONE: &str = end_where!("id = $4");
        const ONE_OF: &str = end_where!("id = $4 AND user_id = CAST(CAST($5 AS TEXT) AS BIGINT)");
        const OTHERS_OF: &str = end_where!("id <> $4 AND user_id = CAST(CAST($5 AS TEXT) AS BIGINT)");
        const ALL_OF: &str = end_where!("user_id = CAST(CAST($4 AS TEXT) AS BIGINT)");
        const EVERY_OTHER: &str = end_where!("id <> $4");
        const ALL: &str = end_where!("TRUE");
        match self {
            Self::One(id) => (ONE, vec![id.clone()]),
            Self::OneOf(user_id, id) => (ONE_OF, vec![id.clone(), user_id.to_string()]),
            Self::OthersOf(user_id, id) => (OTHERS_OF, vec![id.clone(), user_id.to_string()]),
            Self::AllOf(user_id) => (ALL_OF, vec![user_id.to_string()]),
            Self::EveryOther(id) => (EVERY_OTHER, vec![id.clone()]),
            Self::All => (ALL, vec![]),
        }
    }
}

impl SignIns {
    /// Ends the sign-ins of `ending`, for `reason`, as a part of `transaction`. Once that is over, whatever came of it, call
    /// [`let_go`](Self::let_go): only then is it in force at the next request.
    pub async fn end_in(
        &self,
        transaction: &mut Transaction,
        ending: &Ending,
        reason: EndReason,
        now_ms: i64,
    ) -> Result<Vec<EndedSignIn>, RecordError> {
        let (statement, keys) = ending.statement();
        let statement = self.announced(statement);
        in_transaction!(transaction, |connection| {
            let query = sqlx::query(&statement).bind(now_ms).bind(reason.name()).bind(NO_TOKENS);
            let rows = keys.iter().fold(query, sqlx::query::Query::bind).fetch_all(connection).await?;
            rows.iter()
                .map(|row| Ok(EndedSignIn { id: row.try_get("id")?, user_id: row.try_get("user_id")? }))
                .collect()
        })
    }

    /// Lets go of what memory holds of the sign-ins that `ended`, and notes the time of that.
    pub fn let_go(&self, ended: &[EndedSignIn], now_ms: i64) {
        for sign_in in ended {
            self.live.forget(&sign_in.id);
        }
        if !ended.is_empty() {
            self.mark_revocation(now_ms);
        }
    }
}
