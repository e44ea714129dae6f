//! The forms of queried data sets, for administrators.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{FromRef, Path, Request, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::MethodRouter;
use rolecall_core::audit::{Audit, Entry, EntryKind};
use rolecall_core::datasets::{Changer, DataSet, DatasetError, Datasets, NewQueried, QueryWish, Saved, Way};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_server::limits::request_sizes::MAX_LONG_FORM_BYTES;
use rolecall_server::pages::Pages;
use rolecall_server::state::AppState;
use rolecall_sign_in::session::SignIn;
use rolecall_sign_in::{Auth, ClientAddress, guard, plain};
use rolecall_ui::caller;

use super::page_routes::page;
use crate::pages::query::{QueryFields, QueryOf, QueryOutcome, edit_query, new_query, not_queried, query_page};

/// How much of a SELECT the audit stores, in characters.
const STATEMENT_MAX_CHARS: usize = 1_000;

/// The parts of the server that the forms use.
struct QueryParts {
    auth: Auth,
    audit: Audit,
    datasets: Datasets,
    pages: Pages,
}

impl FromRef<AppState> for QueryParts {
    fn from_ref(state: &AppState) -> Self {
        Self {
            auth: state.auth.clone(),
            audit: state.audit.clone(),
            datasets: state.dashboards.datasets().clone(),
            pages: state.pages.clone(),
        }
    }
}

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

async fn receive_new(State(parts): State<QueryParts>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(form) = to_bytes(body, MAX_LONG_FORM_BYTES).await else {
        return parts.pages.refused(Some(head), &AppError::TooLarge);
    };
    let fields = QueryFields::of(&form);
    let next = create(&parts, &head, &fields).await;
    follow(&parts.pages, head, QueryOf::New, fields, next).await
}

async fn receive_change(State(parts): State<QueryParts>, Path(name): Path<String>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(form) = to_bytes(body, MAX_LONG_FORM_BYTES).await else {
        return parts.pages.refused(Some(head), &AppError::TooLarge);
    };
    let fields = QueryFields::of(&form);
    let next = change(&parts, &head, &name, &fields).await;
    follow(&parts.pages, head, QueryOf::DataSet(name), fields, next).await
}

/// Tries the query of a new data set, or creates the data set.
async fn create(parts: &QueryParts, head: &Parts, fields: &QueryFields) -> Result<Next, AppError> {
    let sign_in = require(head)?;
    let by = Changer { user: sign_in.user_id, role: guard::open_role(&head.extensions) };
    let query = match fields.wish() {
        Ok(wish) => wish,
        Err(sentence) => return Ok(Next::Again(QueryOutcome::Refused(sentence))),
    };
    if !fields.is_to_save {
        return tried(parts, head, &query, &sign_in).await;
    }
    let QueryFields { name, title, role, .. } = fields.clone();
    let new = NewQueried { name, title, description: String::new(), role, query };
    match parts.datasets.create_queried(&new, by).await {
        Ok(()) => Ok(Next::To(routes::dataset(&new.name))),
        Err(error) => refused(error),
    }
}

/// Tries another query for the data set `name`, or saves it.
async fn change(parts: &QueryParts, head: &Parts, name: &str, fields: &QueryFields) -> Result<Next, AppError> {
    let by = require(head)?;
    let found = parts.datasets.current(name).await.map_err(|error| caller::internal(&error))?;
    let is_open = |found: &DataSet| found.is_open_to(guard::open_role(&head.extensions));
    let found = found.filter(is_open).ok_or(AppError::NotFound)?;
    found.check_way(Way::Query).map_err(|error| not_queried(&found, error))?;
    let wish = match fields.wish() {
        Ok(wish) => wish,
        Err(sentence) => return Ok(Next::Again(QueryOutcome::Refused(sentence))),
    };
    if !fields.is_to_save {
        return tried(parts, head, &wish, &by).await;
    }
    match parts.datasets.change_query(&found, &wish, fields.accepted.as_deref(), fields.revision, by.user_id).await {
        Ok(Saved::Yes) => Ok(Next::To(routes::dataset(name))),
        Ok(Saved::OtherColumns(columns, changes)) => Ok(Next::Again(QueryOutcome::OtherColumns(columns, changes))),
        Err(error) => refused(error),
    }
}

/// The result of `query`. The attempt is audited first, whatever its result.
async fn tried(parts: &QueryParts, head: &Parts, query: &QueryWish, by: &SignIn) -> Result<Next, AppError> {
    let ip = head.extensions.get::<ClientAddress>().map(|ClientAddress(ip)| *ip);
    let entry = Entry::new(EntryKind::QueryTried, parts.auth.clock().now_ms()).by(by.user_id).from_address(ip);
    let entry = entry.with("connection", query.connection.as_str());
    parts.audit.note(entry.with("statement", plain(&query.statement, STATEMENT_MAX_CHARS)));
    let tried = parts.datasets.try_query(query).await;
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
    head: Parts,
    of: QueryOf,
    fields: QueryFields,
    next: Result<Next, AppError>,
) -> Response {
    match next {
        Ok(Next::To(path)) => Redirect::to(&path).into_response(),
        Ok(Next::Again(outcome)) => {
            let request = Request::from_parts(head, Body::empty());
            let again = move |asked| query_page(asked, of.clone(), fields.clone(), Some(outcome.clone()));
            pages.answer(request, again).await
        }
        Err(error) => pages.refused(Some(head), &error),
    }
}

fn require(head: &Parts) -> Result<Arc<SignIn>, AppError> {
    guard::require(&head.extensions, Role::Admin).map_err(|denied| caller::error_of(denied, &head.extensions))
}
