//! A dashboard with the panels that the viewer's role opens.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use rolecall_model::AppError;
use rolecall_model::Role;
use rolecall_model::panels::{Dashboard, Panel, SignInFigures, TablePage};

use crate::api::dashboards::{SaveNote, dashboard, sign_in_figures};
use crate::components::chart::panel::ChartPanel;
use crate::components::error_notice::ErrorNotice;
use crate::components::figures::FiguresPanel;
use crate::components::note::NotePanel;
use crate::components::sign_ins::SignInsPanel;
use crate::components::step_up::StepUpNotice;
use crate::components::table::TablePanel;
use crate::pages::not_found::NotFoundPage;
use crate::routes;

/// How often the live figures are updated.
const REFRESH: Duration = Duration::from_secs(10);

type Loading = Resource<Result<Dashboard, AppError>>;

#[component]
pub fn DashboardPage() -> impl IntoView {
    let params = use_params_map();
    let slug = Memo::new(move |_| params.with(|params| params.get("slug").unwrap_or_default()));

    // Another dashboard is another page: nothing of the one before it stays.
    move || view! { <LoadedDashboard slug=slug.get()/> }
}

/// Loads a dashboard, and again when `?page=` changes.
#[component]
fn LoadedDashboard(slug: String) -> impl IntoView {
    let query = use_query_map();
    let page = Memo::new(move |_| query.with(|query| query.get_str("page").and_then(|page| page.parse::<u32>().ok())));
    let save = ServerAction::<SaveNote>::new();
    let loading: Loading =
        Resource::new_blocking(move || (slug.clone(), page.get()), |(slug, page)| dashboard(slug, page));

    // The view is made once; another page of the table changes the table alone, so that a note being written stays.
    view! {
        <Transition fallback=|| {
            view! {
                <p class="muted" role="status">
                    "Loading…"
                </p>
            }
        }>
            {Suspend::new(async move {
                match loading.await {
                    Ok(dashboard) => view! { <DashboardView dashboard loading save/> }.into_any(),
                    Err(AppError::NotFound) => view! { <NotFoundPage/> }.into_any(),
                    Err(error) => view! { <Failure error/> }.into_any(),
                }
            })}
        </Transition>
    }
}

#[component]
fn Failure(error: AppError) -> impl IntoView {
    view! {
        <Title text="Dashboard"/>
        <div class="page-head">
            <h1>"This dashboard cannot be shown"</h1>
        </div>
        <ErrorNotice error/>
    }
}

#[component]
fn DashboardView(
    /// The dashboard as it was first loaded.
    dashboard: Dashboard,
    /// The source of later versions.
    loading: Loading,
    save: ServerAction<SaveNote>,
) -> impl IntoView {
    let Dashboard { slug, title, summary, source, panels } = dashboard;
    let panels = panels.into_iter().map(|panel| panel_view(panel, &slug, loading, save)).collect_view();

    view! {
        <Title text=title.clone()/>
        <div class="page-head">
            <p>
                <a rel="external" href=routes::DASHBOARDS>"Dashboards"</a>
            </p>
            <h1 dir="auto">{title}</h1>
            <p class="lead" dir="auto">
                {summary}
            </p>
        </div>
        <StepUpNotice/>
        <div class="panels">{panels}</div>
        <p class="muted source">
            "Source: " <bdi>{source}</bdi>
        </p>
    }
}

fn panel_view(panel: Panel, slug: &str, loading: Loading, save: ServerAction<SaveNote>) -> AnyView {
    match panel {
        Panel::Figures(figures) => view! { <FiguresPanel figures=figures.figures/> }.into_any(),
        Panel::Chart(chart) => view! { <ChartPanel chart/> }.into_any(),
        Panel::Table(_) => view! { <TablePanel table=Signal::derive(move || current_table(loading))/> }.into_any(),
        Panel::Note(note) => view! { <NotePanel slug=slug.to_owned() note save/> }.into_any(),
        Panel::SignIns(figures) => {
            let (figures, ended) = kept_fresh(figures);
            view! { <SignInsPanel figures ended/> }.into_any()
        }
    }
}

/// The page of the table that was loaded last.
fn current_table(loading: Loading) -> Option<Result<TablePage, AppError>> {
    loading.with(|loaded| match loaded.as_ref()? {
        Err(error) => Some(Err(error.clone())),
        Ok(dashboard) => {
            let table = dashboard.panels.iter().find_map(|panel| match panel {
                Panel::Table(page) => Some(page.clone()),
                _ => None,
            });
            Some(table.ok_or(AppError::Forbidden { needed: Role::Write }))
        }
    })
}

/// Figures that the hydrated page updates while it is visible, and why the updates have stopped.
///
/// They stop when the person is signed out or no longer has access. After any other failure the last figures stay; their time
/// says how old they are.
fn kept_fresh(figures: SignInFigures) -> (RwSignal<SignInFigures>, RwSignal<Option<AppError>>) {
    let figures = RwSignal::new(figures);
    let ended = RwSignal::new(None);
    Effect::new(move |_| {
        if ended.with(Option::is_some) {
            return;
        }
        if let Ok(timer) = set_interval_with_handle(move || refresh(figures, ended), REFRESH) {
            on_cleanup(move || timer.clear());
        }
    });
    (figures, ended)
}

/// Updates the figures once. The page may be gone when the answer arrives.
fn refresh(figures: RwSignal<SignInFigures>, ended: RwSignal<Option<AppError>>) {
    if document().hidden() {
        return;
    }
    spawn_local(async move {
        match sign_in_figures().await {
            Ok(counted) => _ = figures.try_set(counted),
            Err(error @ (AppError::SignedOut | AppError::StepUp { .. } | AppError::Forbidden { .. })) => {
                _ = ended.try_set(Some(error));
            }
            Err(_) => {}
        }
    });
}
