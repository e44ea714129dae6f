//! `/admin/health`: current figures, and the doctor's check.

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{MethodRouter, get};
use rolecall_core::dashboards::Dashboards;
use rolecall_doctor::Examinations;
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_server::pages::Pages;
use rolecall_server::problem::{self, ProblemPages, Refusal};
use rolecall_server::sign_in_health::KeptSignInHealth;
use rolecall_server::state::AppState;
use rolecall_sign_in::Auth;
use rolecall_sign_in::db::Db;
use rolecall_ui::caller::{self, Asker};
use tokio::time::Instant;

use crate::pages::admin::{HealthFigures, health_page};

/// The page, and the form that starts the check.
pub fn route() -> MethodRouter<AppState> {
    get(show).post(async |State(state): State<AppState>, request: Request| {
        if let Err(refusal) = require(&state.auth, &state.problem_pages, &request) {
            return *refusal;
        }
        state.examinations.start(&state.config, state.auth.clock());
        Redirect::to(routes::ADMIN_HEALTH).into_response()
    })
}

async fn show(
    State(auth): State<Auth>,
    State(dashboards): State<Dashboards>,
    State(sign_in_health): State<KeptSignInHealth>,
    State(examinations): State<Examinations>,
    State(pages): State<Pages>,
    request: Request,
) -> Response {
    if let Err(refusal) = require(&auth, pages.problem_pages(), &request) {
        return *refusal;
    }
    let (figures, examination) = (figures(auth.db(), &dashboards, &sign_in_health).await, examinations.now());
    let page = move |_| async move { figures.map(|figures| health_page(&figures, examination)) };
    pages.answer(request, page).await
}

fn require(auth: &Auth, problem_pages: &ProblemPages, request: &Request) -> Result<(), Refusal> {
    let asker = Asker::of(auth, request.extensions());
    let refused = |error| Box::new(problem::refuse(problem_pages, request, &error));
    asker.require(Role::Admin).map(drop).map_err(refused)
}

async fn figures(
    db: &Db,
    dashboards: &Dashboards,
    sign_in_health: &KeptSignInHealth,
) -> Result<HealthFigures, AppError> {
    let counts = dashboards.sign_in_figures().await.map_err(|error| caller::internal(&error))?;
    let health = sign_in_health.now().await.map_err(|error| caller::internal(&error))?;
    let asked = Instant::now();
    let database_bytes = db.size().await.map_err(|error| caller::internal(&error))?;
    Ok(HealthFigures {
        database: if matches!(db, Db::Sqlite(_)) { "SQLite" } else { "PostgreSQL" },
        database_bytes,
        latency_us: asked.elapsed().as_micros(),
        sessions: counts.live.unsigned_abs(),
        people: counts.people.unsigned_abs(),
        last_week: health.last_week.unsigned_abs(),
        without_role: health.without_role.unsigned_abs(),
        not_refreshed: health.not_refreshed.unsigned_abs(),
    })
}
