//! The audit: page by page, one entry, and all of it as JSON lines.

use std::net::IpAddr;

use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use rolecall_core::admin::RECENT;
use rolecall_core::audit::{AuditRow, Entry, EntryKind, Filter, Format};
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_sign_in::bearer::ApiCaller;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::problem::ApiProblem;
use super::state::{Administration, Client, ip_of, next_path, number};
use super::times::{moment, written};

/// Some entries of the audit, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditPage {
    /// The entries, 50 at most.
    entries: Vec<AuditEntry>,
    /// The path of those after them; null at the end.
    #[schema(example = "/api/v1/audit?after=117")]
    next: Option<String>,
}

/// Something that happened.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its place in the chain.
    #[schema(example = 118)]
    id: i64,
    /// When it happened.
    #[schema(example = "2026-11-21T08:05:30.123Z")]
    time: String,
    /// What happened.
    #[schema(example = "person_disabled")]
    kind: String,
    /// Who did it, by their number.
    actor_id: Option<i64>,
    /// Their name by now.
    actor: Option<String>,
    /// Whom it is about, by their number.
    person_id: Option<i64>,
    /// Their name by now.
    person: Option<String>,
    /// The id of the provider.
    provider: Option<String>,
    /// The address that the request came from.
    address: Option<String>,
    /// What else is known.
    #[schema(value_type = Object)]
    details: Value,
    /// The hash of this entry and the ones before it (SHA-256, hexadecimal).
    hash: String,
}

/// Which entries are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AuditParameters {
    /// Who did it or whom it is about: their number, or a part of the name, the e-mail address or the subject.
    person: Option<String>,
    /// What happened, for example `person_disabled`.
    kind: Option<String>,
    /// From this moment on (RFC 3339), or from the beginning of this day.
    from: Option<String>,
    /// Before this moment (RFC 3339), or before the beginning of this day.
    until: Option<String>,
    /// The address that the request came from.
    address: Option<String>,
    /// Where to go on: only entries before the one of this id.
    after: Option<i64>,
}

/// The audit
///
/// Needs the role Admin. Lists what happened, the newest first, 50 entries at a time.
///
/// # Errors
/// 400 for a query that cannot be read; 401 or 403 below Admin.
#[utoipa::path(get, path = routes::API_V1_AUDIT, params(AuditParameters), responses(
    (status = 200, description = "Some entries", body = AuditPage),
))]
pub async fn audit(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    query: Result<Query<AuditParameters>, QueryRejection>,
) -> Result<Json<AuditPage>, ApiProblem> {
    caller.require(Role::Admin)?;
    let query = AuditParameters::read(query)?;
    let page = administration.audit.page(&query.filter(&administration).await?, query.after).await;
    let page = page.map_err(ApiProblem::internal)?;
    let next = page.next.map(|last| next_path(routes::API_V1_AUDIT, &query.parameters(), &last.to_string()));
    Ok(Json(AuditPage { entries: page.rows.into_iter().map(Into::into).collect(), next }))
}

/// One entry of the audit
///
/// Needs the role Admin.
///
/// # Errors
/// 401 or 403 below Admin; 404 where there is no such entry, or it is not kept any more.
#[utoipa::path(get, path = routes::API_V1_AUDIT_ENTRY,
    params(("id" = String, Path, description = "Its place in the chain", example = "1")),
    responses((status = 200, description = "The entry", body = AuditEntry)),
)]
pub async fn audit_entry(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<AuditEntry>, ApiProblem> {
    caller.require(Role::Admin)?;
    let Path(id) = path?;
    let row = administration.audit.row(number(&id)?).await.map_err(ApiProblem::internal)?;
    row.map(|row| Json(row.into())).ok_or(ApiProblem::not_found())
}

/// The audit as JSON lines
///
/// Needs the role Admin. Each line is an entry, the newest first, a million at most. The export is an entry itself. A person who does
/// this must have authenticated during the last ten minutes (`auth_time` of the token).
///
/// # Errors
/// 400 for a query that cannot be read; 401 or 403 below Admin.
#[utoipa::path(get, path = routes::API_V1_AUDIT_EXPORT, params(AuditParameters), responses(
    (status = 200, description = "The entries, one a line", body = String, content_type = "application/x-ndjson"),
))]
pub async fn export_audit(
    State(administration): State<Administration>,
    Extension(caller): Extension<ApiCaller>,
    client: Client,
    query: Result<Query<AuditParameters>, QueryRejection>,
) -> Result<Response, ApiProblem> {
    let now_ms = administration.now_ms();
    caller.require_recent(Role::Admin, RECENT, now_ms)?;
    let query = AuditParameters::read(query)?;
    let filter = query.filter(&administration).await?;
    let number = caller.number(administration.auth.db(), now_ms).await.map_err(ApiProblem::internal)?;
    let asked = query.parameters().into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?)));
    let entry = Entry::new(EntryKind::AuditExported, now_ms)
        .by(number)
        .from_address(ip_of(&client))
        .with("format", Format::Jsonl.extension())
        .with("filter", asked.collect::<Vec<_>>().join("&"))
        .with("client", caller.client);
    administration.audit.write(&[entry]).await.map_err(ApiProblem::internal)?;
    tracing::info!(event = "audit_exported", user_id = number, format = Format::Jsonl.extension());
    let lines = Body::from_stream(administration.audit.export(filter, Format::Jsonl, query.after));
    Ok(([(header::CONTENT_TYPE, Format::Jsonl.media_type())], lines).into_response())
}

impl AuditParameters {
    fn read(query: Result<Query<Self>, QueryRejection>) -> Result<Self, ApiProblem> {
        const WRONG: &str =
            "Possible parameters: person, kind, from, until, address and after (a whole number), each once.";
        query.map(|Query(query)| query).map_err(|_| ApiProblem::bad_request(WRONG))
    }

    /// The parameters of the filter, without `after`.
    fn parameters(&self) -> [(&'static str, Option<&str>); 5] {
        [
            ("person", self.person.as_deref()),
            ("kind", self.kind.as_deref()),
            ("from", self.from.as_deref()),
            ("until", self.until.as_deref()),
            ("address", self.address.as_deref()),
        ]
    }

    async fn filter(&self, administration: &Administration) -> Result<Filter, ApiProblem> {
        let people = match self.person.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => Some(administration.audit.people_named(text).await.map_err(ApiProblem::internal)?),
            None => None,
        };
        let kind =
            |kind: &str| kind.parse::<EntryKind>().map_err(|_| ApiProblem::bad_request("There is no such kind."));
        let kind = self.kind.as_deref().map(kind).transpose()?;
        let from_ms = self.from.as_deref().map(moment).transpose()?;
        let until_ms = self.until.as_deref().map(moment).transpose()?;
        if until_ms.zip(from_ms).is_some_and(|(until_ms, from_ms)| until_ms < from_ms) {
            return Err(ApiProblem::bad_request("The moment in until comes before the one in from."));
        }
        // The form of addresses in entries.
        let ip = |address: &str| {
            let ip = address.parse::<IpAddr>().map(|ip| ip.to_canonical().to_string());
            ip.map_err(|_| ApiProblem::bad_request("The address is no IP address, such as 192.0.2.7 or 2001:db8::7."))
        };
        let ip = self.address.as_deref().map(ip).transpose()?;
        Ok(Filter { people, kind, from_ms, until_ms, ip })
    }
}

impl From<AuditRow> for AuditEntry {
    fn from(row: AuditRow) -> Self {
        Self {
            id: row.id,
            time: written(row.at_ms),
            hash: row.hash_in_hex(),
            details: serde_json::from_str(&row.details).unwrap_or(Value::String(row.details)),
            kind: row.kind,
            actor_id: row.actor_id,
            actor: row.actor,
            person_id: row.person_id,
            person: row.person,
            provider: row.provider,
            address: row.ip,
        }
    }
}
