//! Making a decision: it is carried through even if nobody waits for it any more.

use std::net::IpAddr;

use rolecall_model::Role;
use rolecall_sign_in::db::Transaction;
use rolecall_sign_in::session::{EndReason, EndedSignIn, Ending, Grant, NewGrant, RecordError, SignIn};
use rolecall_sign_in::{Auth, plain};

use super::DecisionError;
use crate::audit::{Audit, Entry, Kind};

/// What is asked for where an administrator gives no reason.
const SAY_WHY: &str = "Say why: the person reads it, and it stands in the audit.";
/// The longest reason, in characters.
pub(super) const REASON_MAX_CHARS: usize = 300;
/// The longest id of an application that is kept, in characters.
const CLIENT_MAX_CHARS: usize = 300;

/// Somebody who decides: an administrator by their session or by a program, a program itself, or the operator by a command.
#[derive(Clone)]
pub struct Administrator {
    pub(super) auth: Auth,
    audit: Audit,
    /// Nothing for the operator.
    by: Option<Decider>,
    ip: Option<IpAddr>,
}

/// A person or a program that decides.
#[derive(Clone)]
struct Decider {
    /// Our number of them.
    user_id: i64,
    /// The session that they use.
    session: Option<String>,
    /// The id of the application that called the API for them, or for itself.
    client: Option<String>,
}

impl Administrator {
    /// The person behind `sign_in`, whose request came from `ip`. That they have the role is the caller's business.
    #[must_use]
    pub fn new(auth: Auth, audit: Audit, sign_in: &SignIn, ip: Option<IpAddr>) -> Self {
        let by = Decider { user_id: sign_in.user_id, session: Some(sign_in.id.clone()), client: None };
        Self { auth, audit, by: Some(by), ip }
    }

    /// The caller of the API of our number `user_id`, whose application is called `client`.
    #[must_use]
    pub const fn by_program(auth: Auth, audit: Audit, user_id: i64, client: String, ip: Option<IpAddr>) -> Self {
        Self { auth, audit, by: Some(Decider { user_id, session: None, client: Some(client) }), ip }
    }

    /// Whoever runs the program.
    #[must_use]
    pub const fn operator(auth: Auth, audit: Audit) -> Self {
        Self { auth, audit, by: None, ip: None }
    }

    /// Ends the session `id`, which is another one than their own. One that has ended before stays as it was. Returns how many
    /// ended.
    ///
    /// # Errors
    /// [`DecisionError::Oneself`].
    pub async fn end_session(&self, id: String) -> Result<usize, DecisionError> {
        if self.session().is_some_and(|own| *own == id) {
            return Err(DecisionError::Oneself("This is the session of this browser. To end it, sign out."));
        }
        self.end(Ending::One(id)).await
    }

    /// Ends all sessions of the person `user_id`, but for the one that is used for it. Returns how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_sessions_of(&self, user_id: i64) -> Result<usize, DecisionError> {
        match self.session().filter(|_| self.is(user_id)) {
            Some(own) => self.end(Ending::OthersOf(user_id, own.clone())).await,
            None => self.end(Ending::AllOf(user_id)).await,
        }
    }

    /// Ends everybody's sessions, but for the one that is used for it. Returns how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn end_every_session(&self) -> Result<usize, DecisionError> {
        match self.session() {
            Some(own) => self.end(Ending::EveryOther(own.clone())).await,
            None => self.end(Ending::All).await,
        }
    }

    async fn end(&self, ending: Ending) -> Result<usize, DecisionError> {
        self.carry_through(|this, mut transaction, now_ms| async move {
            this.check_in(&mut transaction, None).await?;
            let ended = this.end_in(&mut transaction, &ending, now_ms).await?;
            let of_one = ended.first().filter(|first| ended.iter().all(|other| other.user_id == first.user_id));
            let entry = this.entry(Kind::SessionsEnded, of_one.map(|first| first.user_id), now_ms);
            let entries = [entry.with("by", "administrator").with("ended", ended.len())];
            let entries = if ended.is_empty() { &entries[..0] } else { &entries[..] };
            let count = ended.len();
            this.finish(transaction, entries, ended, None, now_ms).await?;
            Ok(count)
        })
        .await
    }

    /// Keeps the person `user_id` out from now on because of `reason`, which they read, and ends their sessions.
    ///
    /// # Errors
    /// [`DecisionError::Oneself`]; [`DecisionError::Unusable`] without a reason; [`DecisionError::Unknown`].
    pub async fn disable(&self, user_id: i64, reason: &str) -> Result<(), DecisionError> {
        let reason = used_reason(reason, SAY_WHY)?;
        if self.is(user_id) {
            return Err(DecisionError::Oneself("You cannot disable your own account. Ask another administrator."));
        }
        self.carry_through(move |this, mut transaction, now_ms| async move {
            this.check_in(&mut transaction, Some(user_id)).await?;
            this.check_person(user_id, now_ms).await?;
            let sign_ins = this.auth.sign_ins();
            if !sign_ins.disable_in(&mut transaction, user_id, Some(&reason), now_ms).await? {
                return Ok(());
            }
            let ended = this.end_in(&mut transaction, &Ending::AllOf(user_id), now_ms).await?;
            let entry = this.entry(Kind::PersonDisabled, Some(user_id), now_ms);
            let entry = entry.with("reason", reason).with("ended", ended.len());
            this.finish(transaction, &[entry], ended, Some(user_id), now_ms).await
        })
        .await
    }

    /// Lets the person `user_id` in again.
    ///
    /// # Errors
    /// [`DecisionError::Unknown`].
    pub async fn enable(&self, user_id: i64) -> Result<(), DecisionError> {
        self.carry_through(move |this, mut transaction, now_ms| async move {
            this.check_in(&mut transaction, Some(user_id)).await?;
            this.check_person(user_id, now_ms).await?;
            if !this.auth.sign_ins().disable_in(&mut transaction, user_id, None, now_ms).await? {
                return Ok(());
            }
            let entry = this.entry(Kind::PersonEnabled, Some(user_id), now_ms);
            this.finish(transaction, &[entry], vec![], Some(user_id), now_ms).await
        })
        .await
    }

    /// Gives the person `user_id` the `role`, until `ends_at_ms`, Unix milliseconds (UTC), or until it is taken back.
    ///
    /// # Errors
    /// [`DecisionError::Oneself`]; [`DecisionError::Unusable`] without a reason, or for an end that is over;
    /// [`DecisionError::Unknown`].
    pub async fn grant(
        &self,
        user_id: i64,
        role: Role,
        reason: &str,
        ends_at_ms: Option<i64>,
    ) -> Result<(), DecisionError> {
        let reason = used_reason(reason, SAY_WHY)?;
        if self.is(user_id) {
            return Err(DecisionError::Oneself("You cannot give yourself a role. Ask another administrator."));
        }
        self.check_end(ends_at_ms)?;
        self.carry_through(move |this, mut transaction, now_ms| async move {
            this.check_in(&mut transaction, Some(user_id)).await?;
            this.check_person(user_id, now_ms).await?;
            let by = this.own_id();
            let new = NewGrant { user_id, role, reason: reason.clone(), by, ends_at_ms };
            let id = this.auth.sign_ins().grant_in(&mut transaction, &new, now_ms).await?;
            let entry = this.entry(Kind::RoleGranted, Some(user_id), now_ms).with("role", role.key());
            let entry = entry.with("reason", reason).with("grant", id).with("ends_at", ends_at_ms);
            this.finish(transaction, &[entry], vec![], Some(user_id), now_ms).await
        })
        .await
    }

    /// Takes the grant `id` back.
    ///
    /// # Errors
    /// [`DecisionError::Oneself`] for one's own; [`DecisionError::Unknown`].
    pub async fn revoke_grant(&self, id: String) -> Result<(), DecisionError> {
        self.carry_through(move |this, mut transaction, now_ms| async move {
            this.check_in(&mut transaction, None).await?;
            let revoked = this.auth.sign_ins().revoke_grant_in(&mut transaction, &id, now_ms).await?;
            let Grant { user_id, role, .. } = revoked.ok_or(DecisionError::Unknown)?;
            if this.is(user_id) {
                return Err(DecisionError::Oneself("You cannot take a role from yourself. Ask another administrator."));
            }
            let entry = this.entry(Kind::RoleRevoked, Some(user_id), now_ms);
            let entry = entry.with("role", role.key()).with("grant", id);
            this.finish(transaction, &[entry], vec![], Some(user_id), now_ms).await
        })
        .await
    }

    /// The session that is used for it.
    fn session(&self) -> Option<&String> {
        self.by.as_ref()?.session.as_ref()
    }

    /// Sees that a role that is given until `ends_at_ms` is in force at all.
    pub(super) fn check_end(&self, ends_at_ms: Option<i64>) -> Result<(), DecisionError> {
        if ends_at_ms.is_some_and(|end| end <= self.auth.clock().now_ms()) {
            return Err(DecisionError::Unusable("The last day is over already."));
        }
        Ok(())
    }

    /// Our number of whoever decides; nothing for the operator.
    pub(super) fn own_id(&self) -> Option<i64> {
        self.by.as_ref().map(|by| by.user_id)
    }

    pub(super) fn is(&self, user_id: i64) -> bool {
        self.own_id() == Some(user_id)
    }

    pub(super) fn entry(&self, kind: Kind, about: Option<i64>, now_ms: i64) -> Entry {
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

    /// Does `work` in a task of its own.
    pub(super) async fn carry_through<F, W, T>(&self, work: F) -> Result<T, DecisionError>
    where
        F: FnOnce(Self, Transaction, i64) -> W + Send + 'static,
        W: Future<Output = Result<T, DecisionError>> + Send + 'static,
        T: Send + 'static,
    {
        let this = self.clone();
        let working = tokio::spawn(async move {
            let transaction = this.auth.db().begin().await?;
            let now_ms = this.auth.clock().now_ms();
            work(this, transaction, now_ms).await
        });
        working.await.map_err(|_| RecordError::Interrupted)?
    }

    /// Sees that whoever decides was not kept out meanwhile. Their row and that of `other` stay as they are until `transaction`
    /// is over, so that of two administrators who disable each other one remains.
    pub(super) async fn check_in(
        &self,
        transaction: &mut Transaction,
        other: Option<i64>,
    ) -> Result<(), DecisionError> {
        let Some(Decider { user_id: own_id, .. }) = self.by else { return Ok(()) };
        let mut locked: Vec<i64> = other.into_iter().chain([own_id]).collect();
        locked.sort_unstable();
        for user_id in locked {
            let is_enabled = self.auth.sign_ins().is_enabled_in(transaction, user_id).await?;
            if user_id == own_id && !is_enabled {
                return Err(DecisionError::KeptOut);
            }
        }
        Ok(())
    }

    async fn check_person(&self, user_id: i64, now_ms: i64) -> Result<(), DecisionError> {
        match self.auth.sign_ins().person(user_id, now_ms).await? {
            Some(_) => Ok(()),
            None => Err(DecisionError::Unknown),
        }
    }

    async fn end_in(
        &self,
        transaction: &mut Transaction,
        ending: &Ending,
        now_ms: i64,
    ) -> Result<Vec<EndedSignIn>, RecordError> {
        self.auth.sign_ins().end_in(transaction, ending, EndReason::EndedByAdministrator, now_ms).await
    }

    /// Puts everything in force, in the audit and in memory. Even a lost answer may be that of a commit that is in force.
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
            self.auth.sign_ins().person_changed(user_id).await?;
        }
        committed?;
        for entry in entries {
            let (event, by) = (entry.kind.name(), entry.actor_id);
            tracing::info!(event, user_id = entry.person_id, by, ended = ended.len());
        }
        Ok(())
    }
}

/// `reason` in one line; where there is none, `missing` asks for it.
pub(super) fn used_reason(reason: &str, missing: &'static str) -> Result<String, DecisionError> {
    let reason = plain(reason, REASON_MAX_CHARS);
    if reason.is_empty() { Err(DecisionError::Unusable(missing)) } else { Ok(reason) }
}
