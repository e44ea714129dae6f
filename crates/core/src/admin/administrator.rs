//! The administrator who decides, and what all decisions have in common: they are completed even if the caller is gone.

use std::net::IpAddr;
use std::time::Duration;

use rolecall_model::Role;
use rolecall_sign_in::bearer::{ApiCaller, CallerKind, role_of_token};
use rolecall_sign_in::db::Transaction;
use rolecall_sign_in::people::Administrators;
use rolecall_sign_in::session::{EndedSignIn, RecordError, SignIn};
use rolecall_sign_in::{Auth, plain};

use super::DecisionError;
use crate::audit::{Audit, Entry, EntryKind};
use crate::request_id;

/// How long ago an administrator may have proved who they are, for what cannot be taken back.
pub const RECENT: Duration = Duration::from_mins(10);

/// The message when an administrator gives no reason.
pub(super) const SAY_WHY: &str = "Give a reason. The person reads it, and the audit keeps it.";
/// The messages when no administrator would be left, or none whose role does not expire.
const NOBODY_LEFT: &str = "Then no administrator could sign in any more. Give somebody else the role Admin first.";
const NOBODY_LASTING: &str = "Then only administrators would be left whose role ends by itself. Give somebody the role Admin \
                              without an end first.";
/// The longest reason, in characters.
pub(super) const REASON_MAX_CHARS: usize = 300;
/// The longest id of an application that is kept, in characters.
const CLIENT_MAX_CHARS: usize = 300;

/// The deciding party: an administrator in a session or through a program, a program itself, or the operator with a
/// command.
#[derive(Clone)]
pub struct Administrator {
    pub(super) auth: Auth,
    audit: Audit,
    /// `None` for the operator.
    by: Option<Decider>,
    ip: Option<IpAddr>,
}

/// A person or a program that decides.
#[derive(Clone)]
struct Decider {
    /// Our number of them.
    user_id: i64,
    /// The session that they are using.
    session: Option<String>,
    /// The id of the application that called the API on their or its own behalf.
    client: Option<String>,
    /// Whether the application called on its own behalf: then no role of it is stored here.
    is_program: bool,
    /// The role that its access token gives.
    token_role: Option<Role>,
}

impl Administrator {
    /// The person behind `sign_in`, whose request came from `ip`. The caller must check that they have the role.
    #[must_use]
    pub fn new(auth: Auth, audit: Audit, sign_in: &SignIn, ip: Option<IpAddr>) -> Self {
        let session = Some(sign_in.id.clone());
        let by = Decider { user_id: sign_in.user_id, session, client: None, is_program: false, token_role: None };
        Self { auth, audit, by: Some(by), ip }
    }

    /// The `caller` of the API, who has our number `user_id`.
    #[must_use]
    pub fn by_api(auth: Auth, audit: Audit, user_id: i64, caller: &ApiCaller, ip: Option<IpAddr>) -> Self {
        let (client, is_program) = (Some(caller.client.clone()), caller.kind == CallerKind::Application);
        let token_role = role_of_token(&auth, caller);
        Self { auth, audit, by: Some(Decider { user_id, session: None, client, is_program, token_role }), ip }
    }

    /// The operator: anyone who can run the program.
    #[must_use]
    pub const fn operator(auth: Auth, audit: Audit) -> Self {
        Self { auth, audit, by: None, ip: None }
    }

    /// The session that the request uses.
    pub(super) fn session(&self) -> Option<&String> {
        self.by.as_ref()?.session.as_ref()
    }

    /// Our number of the deciding party; `None` for the operator.
    pub(super) fn own_id(&self) -> Option<i64> {
        self.by.as_ref().map(|by| by.user_id)
    }

    /// Whether the operator decides.
    pub(super) const fn is_operator(&self) -> bool {
        self.by.is_none()
    }

    pub(super) fn is(&self, user_id: i64) -> bool {
        self.own_id() == Some(user_id)
    }

    pub(super) fn entry(&self, kind: EntryKind, about: Option<i64>, now_ms: i64) -> Entry {
        let entry = Entry::new(kind, now_ms).from_address(self.ip);
        let entry = match &self.by {
            Some(Decider { user_id, client: None, .. }) => entry.by(*user_id),
            Some(Decider { user_id, client: Some(client), .. }) => {
                entry.by(*user_id).with("client", plain(client, CLIENT_MAX_CHARS))
            }
            None => entry.with("by", "operator"),
        };
        about.map_or(entry.clone(), |user_id| entry.about(user_id))
    }

    /// Runs `work` in its own task.
    pub(super) async fn carry_through<F, W, T>(&self, work: F) -> Result<T, DecisionError>
    where
        F: FnOnce(Self, Transaction, i64) -> W + Send + 'static,
        W: Future<Output = Result<T, DecisionError>> + Send + 'static,
        T: Send + 'static,
    {
        let this = self.clone();
        let working = request_id::spawn(async move {
            let transaction = this.auth.db().begin().await?;
            let now_ms = this.auth.clock().now_ms();
            work(this, transaction, now_ms).await
        });
        working.await.map_err(|_| RecordError::Interrupted)?
    }

    /// Checks that the deciding party still may decide: they are not disabled, and have the role Admin. No other
    /// decision runs until `transaction` is over, so if two administrators remove each other, one remains. Their row
    /// and that of `other` are locked until then.
    pub(super) async fn check_in(
        &self,
        transaction: &mut Transaction,
        other: Option<i64>,
        now_ms: i64,
    ) -> Result<(), DecisionError> {
        self.auth.sign_ins().let_one_decide_in(transaction).await?;
        let Some(Decider { user_id: own_id, is_program, token_role, .. }) = self.by else { return Ok(()) };
        let mut locked: Vec<i64> = other.into_iter().chain([own_id]).collect();
        locked.sort_unstable();
        for user_id in locked {
            let is_enabled = self.auth.sign_ins().is_enabled_in(transaction, user_id).await?;
            if user_id == own_id && !is_enabled {
                return Err(DecisionError::KeptOut);
            }
        }
        // A session can be older than the provider's latest answer, and a role given here may have been revoked since.
        let has_role = is_program
            || token_role == Some(Role::Admin)
            || self.auth.sign_ins().is_administrator_in(transaction, own_id, now_ms).await?;
        if has_role { Ok(()) } else { Err(DecisionError::NoAdministrator) }
    }

    /// Commits, and updates the audit and the cache. If the database's answer is lost, the commit may still have
    /// succeeded.
    pub(super) async fn finish(
        &self,
        mut transaction: Transaction,
        entries: &[Entry],
        ended: Vec<EndedSignIn>,
        changed: Option<i64>,
        now_ms: i64,
    ) -> Result<(), DecisionError> {
        if !entries.is_empty() {
            self.audit.append(&mut transaction, entries).await?;
        }
        let committed = transaction.commit().await;
        self.auth.sign_ins().let_go(&ended, now_ms);
        if let Some(user_id) = changed {
            self.auth.sign_ins().person_changed(user_id).await;
        }
        committed?;
        for entry in entries {
            let (event, by) = (entry.kind.name(), entry.actor_id);
            tracing::info!(event, user_id = entry.person_id, by, ended = ended.len());
        }
        Ok(())
    }

    /// How many people with the role Admin can come in, as part of `transaction`. Not counted for the operator.
    pub(super) async fn administrators_to_keep(
        &self,
        transaction: &mut Transaction,
        now_ms: i64,
    ) -> Result<Administrators, DecisionError> {
        if self.is_operator() {
            return Ok(Administrators::default());
        }
        Ok(self.auth.sign_ins().administrators_in(transaction, now_ms).await?)
    }

    /// Checks that an administrator is left if there was one `before`, and one whose role does not expire if there was
    /// one: otherwise nobody would be left once the roles given here expire.
    ///
    /// # Errors
    /// [`DecisionError::LastAdministrator`].
    pub(super) async fn keep_an_administrator(
        &self,
        transaction: &mut Transaction,
        before: Administrators,
        now_ms: i64,
    ) -> Result<(), DecisionError> {
        if before.all == 0 {
            return Ok(());
        }
        let left = self.administrators_to_keep(transaction, now_ms).await?;
        if left.all == 0 {
            return Err(DecisionError::LastAdministrator(NOBODY_LEFT));
        }
        if left.lasting == 0 && before.lasting > 0 {
            return Err(DecisionError::LastAdministrator(NOBODY_LASTING));
        }
        Ok(())
    }
}

/// `reason` as one line, from the form field `field`; if it is empty, the error is `missing`.
pub(super) fn used_reason(reason: &str, field: &'static str, missing: &'static str) -> Result<String, DecisionError> {
    let reason = plain(reason, REASON_MAX_CHARS);
    if reason.is_empty() { Err(DecisionError::UnusableField(field, missing)) } else { Ok(reason) }
}
