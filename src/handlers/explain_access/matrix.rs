//! The matrix: everything with an access rule, and the lowest role that it needs.

use rolecall_apps::Apps;
use rolecall_core::dashboards::Dashboards;
use rolecall_core::datasets::Datasets;
use rolecall_model::{AppError, Role};
use rolecall_server::access::{Access, RouteKind, RouteRule};
use rolecall_ui::caller;

use super::subject::Subject;
use crate::pages::admin::{AccessGroup, AccessRow, Needed};

/// Every group of the matrix, in the order of the page.
pub(super) async fn groups(
    rules: &[RouteRule],
    dashboards: &Dashboards,
    apps: &Apps,
) -> Result<Vec<AccessGroup>, AppError> {
    let of = |title, kind: RouteKind| {
        let rows = rules.iter().filter(|rule| rule.kind == kind).map(|rule| AccessRow {
            what: rule.path.to_owned(),
            is_path: true,
            needed: needed(rule),
        });
        AccessGroup { title, rows: rows.collect() }
    };
    let mut groups = vec![of("Pages and files", RouteKind::Page)];
    groups.push(AccessGroup { title: "Dashboards and their panels", rows: of_dashboards(dashboards).await? });
    groups.push(AccessGroup { title: "Data sets", rows: of_datasets(dashboards.datasets()).await? });
    let apps = apps.all().iter().map(|app| AccessRow::named(&app.title, app.role));
    groups.push(AccessGroup { title: "Apps", rows: apps.collect() });
    groups.push(of("Functions of pages", RouteKind::Function));
    groups.push(of("API for programs", RouteKind::Api));
    groups.retain(|group| !group.rows.is_empty());
    Ok(groups)
}

/// The role that `of` needs, or what decides it if that depends on the path.
fn needed(of: &RouteRule) -> Needed {
    match (Subject::of(of.path, of.access).decided_by(), of.access) {
        (Some(who), _) => Needed::Own(who),
        (None, Access::Public) => Needed::Nothing,
        (None, Access::SignedIn | Access::App | Access::Dashboard) => Needed::SignIn,
        (None, Access::Role(role)) => Needed::Role(role),
    }
}

/// The dashboards, and those of their panels that need more.
async fn of_dashboards(dashboards: &Dashboards) -> Result<Vec<AccessRow>, AppError> {
    let all = Some(Role::Admin);
    let cards = dashboards.open_to(all).await.map_err(|error| caller::internal(&error))?;
    let mut rows = Vec::new();
    for card in cards {
        let found = dashboards.find(&card.slug, all).await.map_err(|error| caller::internal(&error))?;
        // A dashboard that was deleted in between has no rule any more.
        let Some(dashboard) = found else { continue };
        let (title, role) = (&dashboard.spec.title, dashboard.spec.role);
        rows.push(AccessRow::named(title, role));
        let panels = dashboards.open_panels(&dashboard, all).await.map_err(|error| caller::internal(&error))?;
        let needing_more = panels.into_iter().filter(|(_, needed)| *needed > role);
        rows.extend(
            needing_more.map(|(panel, role)| AccessRow::named(&format!("{title}: {}", panel.spec.title), role)),
        );
    }
    Ok(rows)
}

async fn of_datasets(datasets: &Datasets) -> Result<Vec<AccessRow>, AppError> {
    let catalogue = datasets.catalogue().await.map_err(|error| caller::internal(&error))?;
    let mut rows: Vec<AccessRow> = catalogue.values().map(|found| AccessRow::named(&found.title, found.role)).collect();
    rows.sort_by_cached_key(|row| row.what.to_lowercase());
    Ok(rows)
}
