//! Roles that are given here, beside the provider's. Giving one also closes the person's open requests for it.

use rolecall_model::Role;
use rolecall_sign_in::db::Transaction;
use rolecall_sign_in::people::{Grant, NewGrant};

use super::administrator::{Administrator, SAY_WHY, used_reason};
use super::requests::{self, RequestOutcome};
use super::{DecidedPerson, DecisionError};
use crate::audit::{Entry, EntryKind};

impl Administrator {
    /// Gives the person `user_id` the `role`, until `ends_at_ms`, Unix milliseconds (UTC), or until it is revoked.
    ///
    /// # Errors
    /// [`DecisionError::Oneself`]; [`DecisionError::UnusableField`] without a reason, or for an expiry in the past;
    /// [`DecisionError::Unusable`] for a role above the configured limit; [`DecisionError::Decided`] if they have it
    /// with the same expiry; [`DecisionError::Unknown`].
    pub async fn grant(
        &self,
        user_id: i64,
        role: Role,
        reason: &str,
        ends_at_ms: Option<i64>,
    ) -> Result<DecidedPerson, DecisionError> {
        let reason = used_reason(reason, "reason", SAY_WHY)?;
        if self.is(user_id) {
            return Err(DecisionError::Oneself("You cannot give yourself a role. Ask another administrator."));
        }
        self.check_end(ends_at_ms)?;
        self.carry_through(move |this, mut transaction, now_ms| async move {
            this.check_in(&mut transaction, Some(user_id), now_ms).await?;
            let person = this.person_in(&mut transaction, user_id, now_ms).await?;
            // The operator says for which provider it is, and that was looked at there.
            if !this.is_operator() {
                this.check_in_force(role, (person.provider.as_deref(), &person.issuer))?;
            }
            let given = this.auth.sign_ins().grants_in(&mut transaction, user_id, now_ms).await?;
            if given.iter().any(|grant| grant.role == role && grant.ends_at_ms == ends_at_ms) {
                let message =
                    format!("They were given the role {role} before, with the same end. Nothing was changed.");
                return Err(DecisionError::Decided(message));
            }
            let new = NewGrant { user_id, role, reason, by: this.own_id(), ends_at_ms };
            let mut entries = vec![this.grant_in(&mut transaction, new, now_ms).await?];
            // The open requests are closed now. A role above the configured limit is not in force.
            let in_force = this.auth.sign_ins().limited_for(person.provider.as_deref(), Some(role), &person.issuer);
            entries.extend(this.settle_in(&mut transaction, user_id, in_force, now_ms).await?);
            this.finish_of(user_id, transaction, &entries, vec![], now_ms).await
        })
        .await
    }

    /// Revokes the grant `id`.
    ///
    /// # Errors
    /// [`DecisionError::Oneself`] for one's own; [`DecisionError::LastAdministrator`]; [`DecisionError::Decided`] if it
    /// has ended; [`DecisionError::Unknown`].
    pub async fn revoke_grant(&self, id: String) -> Result<DecidedPerson, DecisionError> {
        self.carry_through(move |this, mut transaction, now_ms| async move {
            this.check_in(&mut transaction, None, now_ms).await?;
            let before = this.administrators_to_keep(&mut transaction, now_ms).await?;
            let revoked = this.auth.sign_ins().revoke_grant_in(&mut transaction, &id, now_ms).await?;
            let Some(Grant { user_id, role, .. }) = revoked else {
                return Err(this.over(&mut transaction, &id).await?);
            };
            if this.is(user_id) {
                return Err(DecisionError::Oneself("You cannot take a role from yourself. Ask another administrator."));
            }
            this.keep_an_administrator(&mut transaction, before, now_ms).await?;
            let entry = this.entry(EntryKind::RoleRevoked, Some(user_id), now_ms);
            let entry = entry.with("role", role.key()).with("grant", id);
            this.finish_of(user_id, transaction, &[entry], vec![], now_ms).await
        })
        .await
    }

    /// Why the grant `id` cannot be revoked.
    async fn over(&self, transaction: &mut Transaction, id: &str) -> Result<DecisionError, DecisionError> {
        let message = match self.auth.sign_ins().is_grant_revoked_in(transaction, id).await? {
            None => return Ok(DecisionError::Unknown),
            Some(true) => "This role was taken back before. Nothing was changed.",
            Some(false) => "This role has ended by itself. Nothing was changed.",
        };
        Ok(DecisionError::Decided(message.to_owned()))
    }

    /// Checks that a role that is given until `ends_at_ms` would be in force at all.
    pub(super) fn check_end(&self, ends_at_ms: Option<i64>) -> Result<(), DecisionError> {
        if ends_at_ms.is_some_and(|end| end <= self.auth.clock().now_ms()) {
            return Err(DecisionError::UnusableField("until", "The last day is over already. Choose a later one."));
        }
        Ok(())
    }

    /// Checks that `role` would be in force for a person at `issuer` whose last sign-in was with `provider`: the
    /// configuration can limit the role of a provider's people, and give the provider another issuer.
    pub(super) fn check_in_force(
        &self,
        role: Role,
        (provider, issuer): (Option<&str>, &str),
    ) -> Result<(), DecisionError> {
        let sign_ins = self.auth.sign_ins();
        if !sign_ins.accepts(provider, issuer) {
            return Err(DecisionError::Unusable(
                "The configuration does not leave this role to the person: their provider, or its issuer, is no longer in it. \
                 Ask them to sign in again. With another issuer they are then another person here: give the role to that one.",
            ));
        }
        if sign_ins.limited_for(provider, Some(role), issuer) < Some(role) {
            return Err(DecisionError::Unusable(
                "The configuration does not leave this role to the person: see highest_role and roles_from_tenants of their \
                 provider. Change that first.",
            ));
        }
        Ok(())
    }

    /// Gives the role `new` as a part of `transaction`, and returns the entry of the audit.
    pub(super) async fn grant_in(
        &self,
        transaction: &mut Transaction,
        new: NewGrant,
        now_ms: i64,
    ) -> Result<Entry, DecisionError> {
        let grant = self.auth.sign_ins().grant_in(transaction, &new, now_ms).await?;
        let entry = self.entry(EntryKind::RoleGranted, Some(new.user_id), now_ms).with("role", new.role.key());
        Ok(entry.with("reason", new.reason).with("grant", grant).with("ends_at", new.ends_at_ms))
    }

    /// Closes the open requests of the person `user_id` for roles up to `in_force`, as part of `transaction`. Returns
    /// the audit entries.
    pub(super) async fn settle_in(
        &self,
        transaction: &mut Transaction,
        user_id: i64,
        in_force: Option<Role>,
        now_ms: i64,
    ) -> Result<Vec<Entry>, DecisionError> {
        let (outcome, by) = (RequestOutcome::Given, self.own_id());
        let settled = requests::settle(transaction, user_id, in_force, (outcome, by), now_ms).await?;
        let entry = |(id, role): (String, Role)| {
            let entry = self.entry(EntryKind::AccessRequestApproved, Some(user_id), now_ms).with("role", role.key());
            entry.with("request", id).with("outcome", outcome.name())
        };
        Ok(settled.into_iter().map(entry).collect())
    }
}
