//! `/admin/health`: current figures, and the doctor's check.

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::{MethodRouter, get};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_sign_in::db::Db;
use tokio::time::Instant;

use super::problem::{self, Refusal};
use super::state::AppState;
use crate::caller::{self, Asker};
use crate::pages::admin::{HealthFigures, health_page};

/// The page, and the form that starts the check.
pub fn route() -> MethodRouter<AppState> {
    get(async |State(state): State<AppState>, request: Request| {
        if let Err(refusal) = require(&state, &request) {
            return *refusal;
        }
        let (figures, examination) = (figures(&state).await, state.examinations.now());
        let page = move |_| async move { figures.map(|figures| health_page(&figures, examination)) };
        state.pages.answer(request, page).await
    })
    .post(async |State(state): State<AppState>, request: Request| {
        if let Err(refusal) = require(&state, &request) {
            return *refusal;
        }
        state.examinations.start(&state.config, state.auth.clock());
        Redirect::to(routes::ADMIN_HEALTH).into_response()
    })
}

fn require(state: &AppState, request: &Request) -> Result<(), Refusal> {
    let asker = Asker::of(&state.auth, request.extensions());
    let refused = |error| Box::new(problem::refuse(&state.problem_pages, request, &error));
    asker.require(Role::Admin).map(drop).map_err(refused)
}

async fn figures(state: &AppState) -> Result<HealthFigures, AppError> {
    let counts = state.dashboards.sign_in_figures().await.map_err(|error| caller::internal(&error))?;
    let health = state.sign_in_health.now().await.map_err(|error| caller::internal(&error))?;
    let asked = Instant::now();
    let database_bytes = state.db.size().await.map_err(|error| caller::internal(&error))?;
    Ok(HealthFigures {
        database: if matches!(state.db, Db::Sqlite(_)) { "SQLite" } else { "PostgreSQL" },
        database_bytes,
        latency_us: asked.elapsed().as_micros(),
        sessions: counts.live.unsigned_abs(),
        people: counts.people.unsigned_abs(),
        last_week: health.last_week.unsigned_abs(),
        without_role: health.without_role.unsigned_abs(),
        not_refreshed: health.not_refreshed.unsigned_abs(),
    })
}
