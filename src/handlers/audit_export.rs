//! `GET /admin/audit/export`: the audit as a file, for administrators who signed in recently.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use rolecall_core::admin::RECENT;
use rolecall_core::audit::{Audit, Entry, EntryKind};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_server::pages::Pages;
use rolecall_sign_in::session::SignIn;
use rolecall_sign_in::web::is_not_of_others;
use rolecall_sign_in::{Auth, ClientAddress, Denied, guard};
use rolecall_ui::caller;

use crate::pages::admin::{AuditQuery, read_format};
use crate::pages::cross_site_download::ask_for_file;

/// Sends the rows for the query, `?format=jsonl` or `csv`. The export is audited first. If another origin's page led
/// here, the person must confirm.
pub async fn export(
    State(auth): State<Auth>,
    State(audit): State<Audit>,
    State(pages): State<Pages>,
    request: Request,
) -> Response {
    if !is_not_of_others(request.headers()) {
        return pages.answer(request, ask_for_file).await;
    }
    let (parts, _) = request.into_parts();
    match guard::require_recent(&auth, &parts.extensions, Role::Admin, RECENT) {
        Ok(sign_in) => {
            send(&auth, &audit, &parts, &sign_in).await.unwrap_or_else(|error| pages.refused(Some(parts), &error))
        }
        Err(denied) => {
            guard::report_denied(&auth, &parts.extensions, denied);
            if let (Denied::StepUp { .. }, Ok(sign_in)) = (denied, guard::signed_in(&parts.extensions)) {
                let page = AuditQuery::of(parts.uri.query().unwrap_or_default()).href(routes::ADMIN_AUDIT, &[]);
                return Redirect::to(&routes::sign_in_again(&sign_in.provider, &page)).into_response();
            }
            let error = caller::error_of(denied, &parts.extensions);
            pages.refused(Some(parts), &error)
        }
    }
}

async fn send(auth: &Auth, audit: &Audit, parts: &Parts, sign_in: &SignIn) -> Result<Response, AppError> {
    let asked = parts.uri.query().unwrap_or_default();
    let (query, format) = (AuditQuery::of(asked), read_format(asked).ok_or(AppError::NotFound)?);
    let filter = query.filter(audit).await?;
    let ip = parts.extensions.get::<ClientAddress>().map(|address| address.0);
    let entry = Entry::new(EntryKind::AuditExported, auth.clock().now_ms()).by(sign_in.user_id).from_address(ip);
    let entry = entry.with("format", format.extension()).with("filter", query.href("", &[]));
    audit.write(&[entry]).await.map_err(|error| caller::internal(&error))?;
    tracing::info!(event = "audit_exported", user_id = sign_in.user_id, format = format.extension());
    let file = format!("attachment; filename=\"rolecall-audit.{}\"", format.extension());
    let headers = [(CONTENT_TYPE, format.media_type().to_owned()), (CONTENT_DISPOSITION, file)];
    Ok((headers, Body::from_stream(audit.export(filter, format, None))).into_response())
}
