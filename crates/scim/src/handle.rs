//! What the handlers share: the sign-in, the audit, and how a change takes effect.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, SecondsFormat};
use rolecall_core::audit::{Audit, Entry, EntryKind};
use rolecall_core::request_id;
use rolecall_routes as routes;
use rolecall_sign_in::Auth;
use rolecall_sign_in::db::{Db, Transaction};
use rolecall_sign_in::session::{EndedSignIn, RecordError};
use serde_json::{Map, Value, json};

use super::error::{SCIM_JSON, ScimError};
use super::rows::Stored;
use super::tokens::Directory;

/// The state of the SCIM service. Clones share it.
#[derive(Clone)]
pub struct Scim {
    pub(super) auth: Auth,
    audit: Audit,
}

/// Who makes a change, and from where.
#[derive(Clone)]
pub(super) struct By {
    pub(super) directory: Directory,
    pub(super) ip: Option<IpAddr>,
}

/// What has to happen together with a change.
pub(super) struct Consequences {
    /// The entry for the audit.
    pub(super) entry: Entry,
    /// The person who was let in or is kept out from now on, by our number.
    pub(super) person_changed: Option<i64>,
    /// The sessions that ended.
    pub(super) ended: Vec<EndedSignIn>,
}

impl Scim {
    /// Provisions the people of `auth`, and writes to `audit`.
    #[must_use]
    pub const fn new(auth: Auth, audit: Audit) -> Self {
        Self { auth, audit }
    }

    pub(super) fn db(&self) -> &Db {
        self.auth.db()
    }

    /// Does `work` in its own task, so that it is completed even if nobody waits for it any more, and commits it with
    /// its entry in the audit.
    pub(super) async fn carry_through<F, W, T>(&self, work: F) -> Result<T, ScimError>
    where
        F: FnOnce(Self, Transaction, i64) -> W + Send + 'static,
        W: Future<Output = Result<(Transaction, Consequences, T), ScimError>> + Send + 'static,
        T: Send + 'static,
    {
        let this = self.clone();
        let working = request_id::spawn(async move {
            let transaction = this.db().begin().await?;
            let now_ms = this.auth.clock().now_ms();
            let (transaction, consequences, result) = work(this.clone(), transaction, now_ms).await?;
            this.put_in_force(transaction, consequences, now_ms).await?;
            Ok(result)
        });
        working.await.map_err(|_| ScimError::from(RecordError::Interrupted))?
    }

    /// Commits the change with its entry in the audit. Caches are cleared even after an error, because the change may
    /// be in force all the same.
    async fn put_in_force(
        &self,
        mut transaction: Transaction,
        consequences: Consequences,
        now_ms: i64,
    ) -> Result<(), ScimError> {
        let Consequences { entry, person_changed, ended } = consequences;
        self.audit.append(&mut transaction, std::slice::from_ref(&entry)).await?;
        let committed = transaction.commit().await;
        self.auth.sign_ins().let_go(&ended, now_ms);
        if let Some(user_id) = person_changed {
            self.auth.sign_ins().person_changed(user_id).await;
        }
        committed?;
        let (event, by) = (entry.kind.name(), entry.actor_id);
        tracing::info!(event, user_id = entry.person_id, by, ended = ended.len());
        Ok(())
    }

    /// The address of the resource at `path`.
    pub(super) fn address(&self, path: &str) -> String {
        format!("{}{path}", self.auth.config().public_url.as_str().trim_end_matches('/'))
    }

    /// `stored` as a resource of this kind, with what is in `further`.
    pub(super) fn resource(
        &self,
        kind: &str,
        route: &str,
        stored: &Stored,
        further: Option<(&str, Value)>,
    ) -> Map<String, Value> {
        let mut resource = stored.document.clone();
        resource.insert("schemas".to_owned(), json!([format!("urn:ietf:params:scim:schemas:core:2.0:{kind}")]));
        resource.insert("id".to_owned(), stored.id.clone().into());
        resource.extend(further.map(|(name, value)| (name.to_owned(), value)));
        let meta = json!({
            "resourceType": kind,
            "created": written(stored.created_at_ms),
            "lastModified": written(stored.changed_at_ms),
            "version": stored.etag(),
            "location": self.address(&routes::scim_resource(route, &stored.id)),
        });
        resource.insert("meta".to_owned(), meta);
        resource
    }
}

impl By {
    /// An entry for the audit: the change `what` of the resource `stored`, which people know as `name`.
    pub(super) fn entry(&self, kind: EntryKind, what: &str, stored: &Stored, name: &str, now_ms: i64) -> Entry {
        let entry = Entry::new(kind, now_ms).by(self.directory.actor_id).from_address(self.ip);
        let entry = entry.at_provider(&self.directory.provider).with("change", what);
        entry.with("name", name).with("scim_id", stored.id.as_str())
    }
}

fn written(at_ms: i64) -> String {
    DateTime::from_timestamp_millis(at_ms).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A response of SCIM.
pub(super) fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, SCIM_JSON)], body.to_string()).into_response()
}

/// A response with one resource and its version.
pub(super) fn answer_one(status: StatusCode, stored: &Stored, resource: &Value) -> Response {
    let mut response = with_version(answer(status, resource), stored);
    let location = resource["meta"]["location"].as_str().filter(|_| status == StatusCode::CREATED);
    if let Some(location) = location.and_then(|location| HeaderValue::try_from(location).ok()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// The response that the sender already has the current version of `stored` (RFC 9110, section 15.4.5).
pub(super) fn not_modified(stored: &Stored) -> Response {
    with_version(StatusCode::NOT_MODIFIED.into_response(), stored)
}

/// `response` with the version of `stored`.
pub(super) fn with_version(mut response: Response, stored: &Stored) -> Response {
    if let Ok(etag) = HeaderValue::try_from(stored.etag()) {
        response.headers_mut().insert(header::ETAG, etag);
    }
    response
}

/// The JSON object in a body.
pub(super) fn object(body: Result<Bytes, BytesRejection>) -> Result<Map<String, Value>, ScimError> {
    let body = body.map_err(|rejection| ScimError::of_status(rejection.status()))?;
    serde_json::from_slice(&body).map_err(|_| ScimError::syntax("The body must be a JSON object."))
}

/// Checks that `If-Match`, if there is one, names the version of `stored`.
pub(super) fn check_version(headers: &HeaderMap, stored: &Stored) -> Result<(), ScimError> {
    match tags(headers, header::IF_MATCH) {
        Some(tags) if !is_among(&tags, stored) => Err(ScimError::other_version()),
        _ => Ok(()),
    }
}

/// Whether `If-None-Match` says that the sender already has this version of `stored`.
pub(super) fn has_it(headers: &HeaderMap, stored: &Stored) -> bool {
    tags(headers, header::IF_NONE_MATCH).is_some_and(|tags| is_among(&tags, stored))
}

fn tags(headers: &HeaderMap, name: header::HeaderName) -> Option<Vec<String>> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let tags: Vec<_> = values.flat_map(|value| value.split(',').map(|tag| tag.trim().to_owned())).collect();
    (!tags.is_empty()).then_some(tags)
}

/// Whether one of `tags` is that of `stored`. Ours are weak (`W/`), and some directories leave that out.
fn is_among(tags: &[String], stored: &Stored) -> bool {
    let etag = stored.etag();
    tags.iter().any(|tag| tag == "*" || *tag == etag || Some(tag.as_str()) == etag.strip_prefix("W/"))
}
