//! The person whom a decision is about, before and after it.

use rolecall_sign_in::db::Transaction;
use rolecall_sign_in::people::{Grant, PersonRow};
use rolecall_sign_in::session::EndedSignIn;

use super::{Administrator, DecisionError};
use crate::audit::Entry;

/// A person after a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedPerson {
    pub person: PersonRow,
    /// The roles that were given here and are in force, the highest first.
    pub grants: Vec<Grant>,
}

impl Administrator {
    /// The person `user_id`, as `transaction` sees them. Programs do not count: their roles and tokens belong to the
    /// provider and the operator.
    ///
    /// # Errors
    /// [`DecisionError::Unknown`].
    pub(super) async fn person_in(
        &self,
        transaction: &mut Transaction,
        user_id: i64,
        now_ms: i64,
    ) -> Result<PersonRow, DecisionError> {
        known(self.auth.sign_ins().person_in(transaction, user_id, now_ms).await?)
    }

    /// Checks that there is a person `user_id`.
    ///
    /// # Errors
    /// As [`person_in`](Self::person_in).
    pub(super) async fn check_person(&self, user_id: i64, now_ms: i64) -> Result<(), DecisionError> {
        known(self.auth.sign_ins().person(user_id, now_ms).await?).map(drop)
    }

    /// The person `user_id` with their grants, as `transaction` leaves them.
    pub(super) async fn decided_in(
        &self,
        transaction: &mut Transaction,
        user_id: i64,
        now_ms: i64,
    ) -> Result<DecidedPerson, DecisionError> {
        let person = self.person_in(transaction, user_id, now_ms).await?;
        let grants = self.auth.sign_ins().grants_in(transaction, user_id, now_ms).await?;
        Ok(DecidedPerson { person, grants })
    }

    /// Commits a decision about the person `user_id`, and returns them. They are read before the commit: a failed read
    /// must not make a decision that is in force look failed.
    pub(super) async fn finish_of(
        &self,
        user_id: i64,
        mut transaction: Transaction,
        entries: &[Entry],
        ended: Vec<EndedSignIn>,
        now_ms: i64,
    ) -> Result<DecidedPerson, DecisionError> {
        let decided = self.decided_in(&mut transaction, user_id, now_ms).await?;
        self.finish(transaction, entries, ended, Some(user_id), now_ms).await?;
        Ok(decided)
    }
}

fn known(found: Option<PersonRow>) -> Result<PersonRow, DecisionError> {
    found.filter(|person| !person.is_program()).ok_or(DecisionError::Unknown)
}
