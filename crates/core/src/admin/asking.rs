//! Access requests for a role, and their answers. Each is audited in the transaction that puts it in force.

use std::net::IpAddr;

use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_sign_in::people::NewGrant;
use rolecall_sign_in::session::SignIn;
use rolecall_sign_in::{Auth, ReturnTo, plain};
use uuid::Uuid;

use super::DecisionError;
use super::administrator::{Administrator, REASON_MAX_CHARS, used_reason};
use super::requests::{self, AccessRequest, NewRequest, RequestOutcome};
use crate::audit::{Audit, Entry, EntryKind};

/// Requests `role` for the person behind `sign_in`, whose request came from `ip`, with `reason`; `page` is what they
/// wanted. Nothing happens if the person has the role or already waits for an answer.
///
/// # Errors
/// [`DecisionError::UnusableField`] without a reason; [`DecisionError::Unusable`] after too many requests in a day.
pub async fn ask(
    (auth, audit): (&Auth, &Audit),
    sign_in: &SignIn,
    role: Role,
    (reason, page): (&str, &str),
    ip: Option<IpAddr>,
) -> Result<(), DecisionError> {
    let reason = used_reason(reason, "reason", "Say what you need it for.")?;
    if sign_in.own_role() >= Some(role) {
        return Ok(());
    }
    let now_ms = auth.clock().now_ms();
    let id = Uuid::new_v4().simple().to_string();
    let page = ReturnTo::parse(page).map(|page| plain(&kept_path(page.path()), REASON_MAX_CHARS));
    let mut transaction = auth.db().begin().await?;
    // The row is locked until then, so that the person cannot make two requests at the same time.
    if !auth.sign_ins().is_enabled_in(&mut transaction, sign_in.user_id).await? {
        return Err(DecisionError::KeptOut);
    }
    let new = NewRequest { id: &id, user_id: sign_in.user_id, role, reason: &reason, page: page.as_deref() };
    if !requests::insert(&mut transaction, &new, now_ms).await? {
        drop(transaction);
        return match requests::waiting_since(auth.db(), sign_in.user_id, role).await? {
            Some(_) => Ok(()),
            None => Err(DecisionError::Unusable(
                "You have asked ten times within a day. Wait for an answer, or talk to an administrator.",
            )),
        };
    }
    let entry =
        Entry::new(EntryKind::AccessRequested, now_ms).by(sign_in.user_id).about(sign_in.user_id).from_address(ip);
    let entry = entry.with("role", role.key()).with("reason", reason).with("request", id).with("page", page);
    audit.append(&mut transaction, &[entry]).await?;
    transaction.commit().await?;
    tracing::info!(event = EntryKind::AccessRequested.name(), user_id = sign_in.user_id, role = role.key());
    Ok(())
}

/// The part of `path` that is stored. For an app on our own origin it is the app's first page, because its paths may be
/// confidential.
fn kept_path(path: &str) -> String {
    let within_apps = path.strip_prefix(routes::APPS).and_then(|rest| rest.strip_prefix('/'));
    let app = within_apps.and_then(|rest| rest.split('/').next()).filter(|name| !name.is_empty());
    app.map_or_else(|| path.to_owned(), routes::app)
}

impl Administrator {
    /// Approves the request `id`: the person gets the role until `ends_at_ms`, Unix milliseconds (UTC), or until it is
    /// revoked. They read the `answer`. A disabled person has the role only once they are enabled again, and the
    /// administrator must confirm to know that: `knows_kept_out`.
    ///
    /// # Errors
    /// [`DecisionError::Oneself`] for one's own request; [`DecisionError::UnusableField`] for an expiry in the past;
    /// [`DecisionError::Unusable`] for a role above the configured limit, and for a disabled person without that
    /// confirmation; [`DecisionError::Decided`]; [`DecisionError::Unknown`].
    pub async fn approve_request(
        &self,
        id: String,
        answer: &str,
        ends_at_ms: Option<i64>,
        knows_kept_out: bool,
    ) -> Result<(), DecisionError> {
        self.check_end(ends_at_ms)?;
        self.answer_request(id, (RequestOutcome::Given, knows_kept_out), answer, ends_at_ms).await
    }

    /// Records that the role was assigned at the provider.
    ///
    /// # Errors
    /// As [`approve_request`](Self::approve_request).
    pub async fn request_assigned(&self, id: String, answer: &str) -> Result<(), DecisionError> {
        self.answer_request(id, (RequestOutcome::Assigned, true), answer, None).await
    }

    /// Declines the request `id`, with the reason in `answer`.
    ///
    /// # Errors
    /// As [`approve_request`](Self::approve_request); [`DecisionError::UnusableField`] without a reason.
    pub async fn decline_request(&self, id: String, answer: &str) -> Result<(), DecisionError> {
        let answer = used_reason(answer, "answer", "Give a reason. The person reads it.")?;
        self.answer_request(id, (RequestOutcome::Declined, true), &answer, None).await
    }

    async fn answer_request(
        &self,
        id: String,
        (outcome, knows_kept_out): (RequestOutcome, bool),
        answer: &str,
        ends_at_ms: Option<i64>,
    ) -> Result<(), DecisionError> {
        let answer = plain(answer, REASON_MAX_CHARS);
        let asked = requests::request(self.auth.db(), &id).await?.ok_or(DecisionError::Unknown)?;
        if self.is(asked.user_id) {
            return Err(DecisionError::Oneself("You cannot decide your own request. Ask another administrator."));
        }
        self.carry_through(move |this, mut transaction, now_ms| async move {
            this.check_in(&mut transaction, Some(asked.user_id), now_ms).await?;
            // Their provider may have changed with a newer sign-in.
            let asked = requests::request_in(&mut transaction, &id).await?.ok_or(DecisionError::Unknown)?;
            if outcome == RequestOutcome::Given {
                this.check_in_force(asked.role, (asked.provider.as_deref(), &asked.issuer))?;
            }
            // If somebody else was faster, the check below tells who decided.
            if asked.decided.is_none() && asked.kept_out_since_ms.is_some() && !knows_kept_out {
                return Err(DecisionError::Unusable(
                    "They were shut out after you opened this page, so the role would give them nothing until they are let in \
                     again. To give it anyway, send the form again.",
                ));
            }
            let by = this.own_id();
            let decided = requests::decide(&mut transaction, &id, (outcome, &answer), by, now_ms).await?;
            let Some((user_id, role)) = decided else {
                // While this transaction is open, nobody else decides; who decided is read on another connection.
                drop(transaction);
                return Err(this.decided_before(&id).await?);
            };
            let kind = match outcome {
                RequestOutcome::Declined => EntryKind::AccessRequestDeclined,
                RequestOutcome::Given | RequestOutcome::Assigned => EntryKind::AccessRequestApproved,
            };
            let entry = this.entry(kind, Some(user_id), now_ms).with("role", role.key()).with("request", id.as_str());
            let mut entries = vec![entry.with("outcome", outcome.name()).with("answer", answer.as_str())];
            if outcome == RequestOutcome::Given {
                let new = NewGrant { user_id, role, reason: granted_because(&asked, &answer), by, ends_at_ms };
                let entry = this.grant_in(&mut transaction, new, now_ms).await?;
                entries.push(entry.with("request", id));
                // A role above the configured limit would not be in force.
                let in_force =
                    this.auth.sign_ins().limited_for(asked.provider.as_deref(), Some(role), &asked.issuer);
                entries.extend(this.settle_in(&mut transaction, user_id, in_force, now_ms).await?);
            }
            // Their open pages are notified of the answer, at every instance.
            this.auth.sign_ins().announce_person_in(&mut transaction, user_id).await?;
            this.finish(transaction, &entries, vec![], Some(user_id), now_ms).await
        })
        .await
    }

    /// Who decided the request `id`, and how.
    async fn decided_before(&self, id: &str) -> Result<DecisionError, DecisionError> {
        let Some(request) = requests::request(self.auth.db(), id).await? else { return Ok(DecisionError::Unknown) };
        let who = request.decided_by.unwrap_or_else(|| "Somebody".to_owned());
        let what = match request.decided {
            Some((_, RequestOutcome::Declined)) => "declined",
            _ => "approved",
        };
        Ok(DecisionError::Decided(format!("{} already {what} this request.", plain(&who, REASON_MAX_CHARS))))
    }
}

/// The reason of a grant: the administrator's answer, or otherwise the person's own reason.
fn granted_because(asked: &AccessRequest, answer: &str) -> String {
    if answer.is_empty() { asked.reason.clone() } else { answer.to_owned() }
}

/// Closes the open requests of the person `user_id` for roles up to `role`, which `provider` now gives them, and audits
/// that in the same transaction. Usually there are none, which one short query tells.
pub async fn settle_by_provider(
    audit: &Audit,
    user_id: i64,
    (provider, role): (&str, Role),
) -> Result<(), DecisionError> {
    if !requests::waits_for(audit.db(), user_id, role).await? {
        return Ok(());
    }
    let (outcome, now_ms) = (RequestOutcome::Assigned, audit.clock().now_ms());
    let mut transaction = audit.db().begin().await?;
    let settled = requests::settle(&mut transaction, user_id, Some(role), (outcome, None), now_ms).await?;
    let entry = |(id, role): (String, Role)| {
        let entry = Entry::new(EntryKind::AccessRequestApproved, now_ms).about(user_id).at_provider(provider);
        let entry = entry.with("by", "provider").with("role", role.key());
        entry.with("request", id).with("outcome", outcome.name())
    };
    let entries: Vec<Entry> = settled.into_iter().map(entry).collect();
    if entries.is_empty() {
        return Ok(());
    }
    audit.append(&mut transaction, &entries).await?;
    transaction.commit().await?;
    tracing::info!(event = EntryKind::AccessRequestApproved.name(), user_id, provider);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_app_is_kept_of_a_path_in_an_app() {
        for (path, kept) in [
            ("/apps/desk/reset/xyzzy", "/apps/desk/"),
            ("/apps/desk/", "/apps/desk/"),
            ("/apps/desk", "/apps/desk/"),
            ("/apps", "/apps"),
            ("/apps/", "/apps/"),
            ("/appsettings/xyzzy", "/appsettings/xyzzy"),
            ("/dashboards/apps/desk", "/dashboards/apps/desk"),
        ] {
            assert_eq!(kept_path(path), kept);
        }
    }
}
