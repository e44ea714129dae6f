//! `/admin/health`: figures of now, and the doctor's look.

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Redirect};
use axum::routing::{MethodRouter, get};
use rolecall_model::AppError;
use rolecall_sign_in::db::Db;
use tokio::time::Instant;

use super::pages::answer;
use super::state::AppState;
use crate::caller;
use crate::pages::admin::{HealthFigures, health_page};
use crate::routes;

/// The page, and the form that begins the look. The policy lets administrators alone in.
pub fn route() -> MethodRouter<AppState> {
    get(async |State(state): State<AppState>, request: Request| {
        let (figures, examination) = (figures(&state).await, state.examinations.now());
        answer(&state, request, move |_| async move { figures.map(|figures| health_page(&figures, examination)) }).await
    })
    .post(async |State(state): State<AppState>| {
        state.examinations.look(&state.config, state.auth.clock());
        Redirect::to(routes::ADMIN_HEALTH).into_response()
    })
}

async fn figures(state: &AppState) -> Result<HealthFigures, AppError> {
    let (sign_ins, now_ms) = (state.auth.sign_ins(), state.auth.clock().now_ms());
    let counts = sign_ins.counts(now_ms).await.map_err(|error| caller::internal(&error))?;
    let health = sign_ins.health(now_ms).await.map_err(|error| caller::internal(&error))?;
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
