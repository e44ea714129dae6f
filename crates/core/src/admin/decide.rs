//! Ending sessions, and disabling people.

use rolecall_sign_in::session::{EndReason, Ending};

use super::administrator::{Administrator, SAY_WHY, used_reason};
use super::{DecidedPerson, DecisionError};
use crate::audit::EntryKind;

impl Administrator {
    /// Ends the session `id`, which must not be their own.
    ///
    /// # Errors
    /// [`DecisionError::Oneself`]; [`DecisionError::Decided`] for one that has ended already;
    /// [`DecisionError::Unknown`].
    pub async fn end_session(&self, id: String) -> Result<(), DecisionError> {
        if self.session().is_some_and(|own| *own == id) {
            return Err(DecisionError::Oneself("This is the session of this browser. To end it, sign out."));
        }
        if self.end(Ending::One(id.clone())).await? > 0 {
            return Ok(());
        }
        if self.auth.sign_ins().is_known(&id).await? {
            return Err(DecisionError::Decided("This session had ended before. Nothing was changed.".to_owned()));
        }
        Err(DecisionError::Unknown)
    }

    /// Ends all sessions of the person `user_id`, except the one that the request uses. Returns how many.
    ///
    /// # Errors
    /// [`DecisionError::Unknown`].
    pub async fn end_sessions_of(&self, user_id: i64) -> Result<usize, DecisionError> {
        self.check_person(user_id, self.auth.clock().now_ms()).await?;
        match self.session().filter(|_| self.is(user_id)) {
            Some(own) => self.end(Ending::OthersOf(user_id, own.clone())).await,
            None => self.end(Ending::AllOf(user_id)).await,
        }
    }

    /// Ends all sessions of everyone, except the one that the request uses. Returns how many.
    pub async fn end_every_session(&self) -> Result<usize, DecisionError> {
        match self.session() {
            Some(own) => self.end(Ending::EveryOther(own.clone())).await,
            None => self.end(Ending::All).await,
        }
    }

    async fn end(&self, ending: Ending) -> Result<usize, DecisionError> {
        self.carry_through(|this, mut transaction, now_ms| async move {
            this.check_in(&mut transaction, None, now_ms).await?;
            let (sign_ins, why) = (this.auth.sign_ins(), EndReason::EndedByAdministrator);
            let ended = sign_ins.end_in(&mut transaction, &ending, why, now_ms).await?;
            let of_one = ended.first().filter(|first| ended.iter().all(|other| other.user_id == first.user_id));
            let entry = this.entry(EntryKind::SessionsEnded, of_one.map(|first| first.user_id), now_ms);
            let entries = [entry.with("by", "administrator").with("ended", ended.len())];
            let entries = if ended.is_empty() { &entries[..0] } else { &entries[..] };
            let count = ended.len();
            this.finish(transaction, entries, ended, None, now_ms).await?;
            Ok(count)
        })
        .await
    }

    /// Disables the person `user_id` because of `reason`, which they can read, and ends their sessions.
    ///
    /// # Errors
    /// [`DecisionError::Oneself`]; [`DecisionError::LastAdministrator`]; [`DecisionError::UnusableField`] without a
    /// reason; [`DecisionError::Unknown`].
    pub async fn disable(&self, user_id: i64, reason: &str) -> Result<DecidedPerson, DecisionError> {
        let reason = used_reason(reason, "reason", SAY_WHY)?;
        if self.is(user_id) {
            return Err(DecisionError::Oneself("You cannot disable your own account. Ask another administrator."));
        }
        self.carry_through(move |this, mut transaction, now_ms| async move {
            this.check_in(&mut transaction, Some(user_id), now_ms).await?;
            this.person_in(&mut transaction, user_id, now_ms).await?;
            let before = this.administrators_to_keep(&mut transaction, now_ms).await?;
            let sign_ins = this.auth.sign_ins();
            if !sign_ins.disable_in(&mut transaction, user_id, Some(&reason), now_ms).await? {
                return this.decided_in(&mut transaction, user_id, now_ms).await;
            }
            this.keep_an_administrator(&mut transaction, before, now_ms).await?;
            let (ending, why) = (Ending::AllOf(user_id), EndReason::Disabled);
            let ended = sign_ins.end_in(&mut transaction, &ending, why, now_ms).await?;
            let entry = this.entry(EntryKind::PersonDisabled, Some(user_id), now_ms);
            let entry = entry.with("reason", reason).with("ended", ended.len());
            this.finish_of(user_id, transaction, &[entry], ended, now_ms).await
        })
        .await
    }

    /// Enables the person `user_id` again.
    ///
    /// # Errors
    /// [`DecisionError::Unknown`].
    pub async fn enable(&self, user_id: i64) -> Result<DecidedPerson, DecisionError> {
        self.carry_through(move |this, mut transaction, now_ms| async move {
            this.check_in(&mut transaction, Some(user_id), now_ms).await?;
            this.person_in(&mut transaction, user_id, now_ms).await?;
            if !this.auth.sign_ins().disable_in(&mut transaction, user_id, None, now_ms).await? {
                return this.decided_in(&mut transaction, user_id, now_ms).await;
            }
            let entry = this.entry(EntryKind::PersonEnabled, Some(user_id), now_ms);
            this.finish_of(user_id, transaction, &[entry], vec![], now_ms).await
        })
        .await
    }
}
