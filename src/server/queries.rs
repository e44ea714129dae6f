//! The forms of queried data sets, for administrators.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::MethodRouter;
use rolecall_core::audit::{Audit, Entry, EntryKind};
use rolecall_core::datasets::{Changer, DataSet, DatasetError, Datasets, NewQueried, QueryWish, Saved, Way};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_sign_in::session::SignIn;
use rolecall_sign_in::{Auth, ClientAddress, guard, plain};

use super::limits::request_sizes::MAX_LONG_FORM_BYTES;
use super::page_routes::page;
use super::pages::Pages;
use super::state::AppState;
use crate::caller;
use crate::pages::query::{QueryFields, QueryOf, QueryOutcome, edit_query, new_query, not_queried, query_page};

/// How much of a SELECT the audit stores, in characters.
const STATEMENT_MAX_CHARS: usize = 1_000;

/// The result of a form: another page, or the form again.
enum Next {
    To(String),
    Again(QueryOutcome),
}

/// The page with the form for a new data set, and its target.
pub fn new() -> MethodRouter<AppState> {
    page(new_query).post(receive_new)
}

/// The page with the query of a data set, and its target.
pub fn one() -> MethodRouter<AppState> {
    page(edit_query).post(receive_change)
}

async fn receive_new(
    State(auth): State<Auth>,
    State(audit): State<Audit>,
    State(datasets): State<Datasets>,
    State(pages): State<Pages>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(form) = to_bytes(body, MAX_LONG_FORM_BYTES).await else {
        return pages.refused(Some(parts), &AppError::TooLarge);
    };
    let fields = QueryFields::of(&form);
    let next = create(&auth, &audit, &datasets, &parts, &fields).await;
    follow(&pages, parts, QueryOf::New, fields, next).await
}

async fn receive_change(
    State(auth): State<Auth>,
    State(audit): State<Audit>,
    State(datasets): State<Datasets>,
    State(pages): State<Pages>,
    Path(name): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(form) = to_bytes(body, MAX_LONG_FORM_BYTES).await else {
        return pages.refused(Some(parts), &AppError::TooLarge);
    };
    let fields = QueryFields::of(&form);
    let next = change(&auth, &audit, &datasets, &parts, &name, &fields).await;
    follow(&pages, parts, QueryOf::DataSet(name), fields, next).await
}

/// Tries the query of a new data set, or creates the data set.
async fn create(
    auth: &Auth,
    audit: &Audit,
    datasets: &Datasets,
    parts: &Parts,
    fields: &QueryFields,
) -> Result<Next, AppError> {
    let sign_in = require(parts)?;
    let by = Changer { user: sign_in.user_id, role: guard::open_role(&parts.extensions) };
    let query = match fields.wish() {
        Ok(wish) => wish,
        Err(sentence) => return Ok(Next::Again(QueryOutcome::Refused(sentence))),
    };
    if !fields.is_to_save {
        return tried(auth, audit, datasets, parts, &query, &sign_in).await;
    }
    let QueryFields { name, title, role, .. } = fields.clone();
    let new = NewQueried { name, title, description: String::new(), role, query };
    match datasets.create_queried(&new, by).await {
        Ok(()) => Ok(Next::To(routes::dataset(&new.name))),
        Err(error) => refused(error),
    }
}

/// Tries another query for the data set `name`, or saves it.
async fn change(
    auth: &Auth,
    audit: &Audit,
    datasets: &Datasets,
    parts: &Parts,
    name: &str,
    fields: &QueryFields,
) -> Result<Next, AppError> {
    let by = require(parts)?;
    let found = datasets.current(name).await.map_err(|error| caller::internal(&error))?;
    let is_open = |found: &DataSet| found.is_open_to(guard::open_role(&parts.extensions));
    let found = found.filter(is_open).ok_or(AppError::NotFound)?;
    found.check_way(Way::Query).map_err(|error| not_queried(&found, error))?;
    let wish = match fields.wish() {
        Ok(wish) => wish,
        Err(sentence) => return Ok(Next::Again(QueryOutcome::Refused(sentence))),
    };
    if !fields.is_to_save {
        return tried(auth, audit, datasets, parts, &wish, &by).await;
    }
    match datasets.change_query(&found, &wish, fields.accepted.as_deref(), fields.revision, by.user_id).await {
        Ok(Saved::Yes) => Ok(Next::To(routes::dataset(name))),
        Ok(Saved::OtherColumns(columns, changes)) => Ok(Next::Again(QueryOutcome::OtherColumns(columns, changes))),
        Err(error) => refused(error),
    }
}

/// The result of `query`. The attempt is audited first, whatever its result.
async fn tried(
    auth: &Auth,
    audit: &Audit,
    datasets: &Datasets,
    parts: &Parts,
    query: &QueryWish,
    by: &SignIn,
) -> Result<Next, AppError> {
    let ip = parts.extensions.get::<ClientAddress>().map(|ClientAddress(ip)| *ip);
    let entry = Entry::new(EntryKind::QueryTried, auth.clock().now_ms()).by(by.user_id).from_address(ip);
    let entry = entry.with("connection", query.connection.as_str());
    audit.note(entry.with("statement", plain(&query.statement, STATEMENT_MAX_CHARS)));
    let tried = datasets.try_query(query).await;
    tried.map_or_else(refused, |tried| Ok(Next::Again(QueryOutcome::Tried(tried))))
}

/// The form again, with the reason why it failed. Errors on our side get a problem page.
fn refused(error: DatasetError) -> Result<Next, AppError> {
    match error.for_browser(caller::internal) {
        AppError::Invalid { message } | AppError::Conflict { message } => {
            Ok(Next::Again(QueryOutcome::Refused(message)))
        }
        error => Err(error),
    }
}

async fn follow(
    pages: &Pages,
    parts: Parts,
    of: QueryOf,
    fields: QueryFields,
    next: Result<Next, AppError>,
) -> Response {
    match next {
        Ok(Next::To(path)) => Redirect::to(&path).into_response(),
        Ok(Next::Again(outcome)) => {
            let request = Request::from_parts(parts, Body::empty());
            let again = move |asked| query_page(asked, of.clone(), fields.clone(), Some(outcome.clone()));
            pages.answer(request, again).await
        }
        Err(error) => pages.refused(Some(parts), &error),
    }
}

fn require(parts: &Parts) -> Result<Arc<SignIn>, AppError> {
    guard::require(&parts.extensions, Role::Admin).map_err(|denied| caller::error_of(denied, &parts.extensions))
}
