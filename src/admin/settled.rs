//! Requests that nobody has to answer any more, because the provider gives the role.

use rolecall_model::Role;

use super::DecisionError;
use super::requests::{self, Outcome};
use crate::audit::{Audit, Entry, Kind};

/// Decides what the person `user_id` still asks for and has by now, because `provider` gives them `role`. That is in the audit in
/// the same transaction. Mostly nobody waits for anything, which one short query tells.
pub async fn settle_by_provider(
    audit: &Audit,
    user_id: i64,
    (provider, role): (&str, Role),
) -> Result<(), DecisionError> {
    if !requests::waits_for(audit.db(), user_id, role).await? {
        return Ok(());
    }
    let (outcome, now_ms) = (Outcome::Assigned, audit.clock().now_ms());
    let mut transaction = audit.db().begin().await?;
    let settled = requests::settle(&mut transaction, user_id, Some(role), (outcome, None), now_ms).await?;
    let entry = |(id, role): (String, Role)| {
        let entry = Entry::new(Kind::AccessRequestApproved, now_ms).about(user_id).at_provider(provider);
        let entry = entry.with("by", "provider").with("role", role.key());
        entry.with("request", id).with("outcome", outcome.name())
    };
    let entries: Vec<Entry> = settled.into_iter().map(entry).collect();
    if entries.is_empty() {
        return Ok(());
    }
    audit.append(&mut transaction, &entries).await?;
    transaction.commit().await?;
    tracing::info!(event = Kind::AccessRequestApproved.name(), user_id, provider);
    Ok(())
}
