//! The person who is decided of, before and after that.

use rolecall_sign_in::db::Transaction;
use rolecall_sign_in::people::{Grant, PersonRow};
use rolecall_sign_in::session::EndedSignIn;

use super::{Administrator, DecisionError};
use crate::audit::Entry;

/// A person as a decision left them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedPerson {
    pub person: PersonRow,
    /// What they were given here and have, the highest role first.
    pub grants: Vec<Grant>,
}

impl Administrator {
    /// The person `user_id`, as `transaction` finds them. A program is none: its roles and tokens are the provider's and the
    /// operator's.
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

    /// Sees that there is a person `user_id`.
    ///
    /// # Errors
    /// As [`person_in`](Self::person_in).
    pub(super) async fn check_person(&self, user_id: i64, now_ms: i64) -> Result<(), DecisionError> {
        known(self.auth.sign_ins().person(user_id, now_ms).await?).map(drop)
    }

    /// The person `user_id` with what they were given, as `transaction` leaves them.
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

    /// Puts in force what was decided of the person `user_id`, and returns them. They are read before that: a decision in force
    /// does not fail because they cannot be read after it.
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
