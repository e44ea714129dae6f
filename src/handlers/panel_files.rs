//! The values of a panel as files, with the same checks and row rules as the panel itself. If another origin's page led
//! here, the person must confirm.

use axum::extract::{FromRef, Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, get};
use chrono::DateTime;
use rolecall_core::audit::Audit;
use rolecall_core::dashboards::{
    AskedFilters, Dashboards, FoundPanel, OpenPanel, PanelData, Person, TableRequest, picture_of,
};
use rolecall_model::{AppError, Role};
use rolecall_panels::{csv, xlsx};
use rolecall_server::pages::Pages;
use rolecall_server::state::AppState;
use rolecall_sign_in::web::is_not_of_others;
use rolecall_sign_in::{Auth, ClientAddress};
use rolecall_ui::caller::{self, Asker};
use serde::Deserialize;
use strum::IntoStaticStr;

use crate::pages::cross_site_download::ask_for_file;

/// The parts of the server that files use.
struct FileParts {
    auth: Auth,
    dashboards: Dashboards,
    audit: Audit,
    pages: Pages,
}

impl FromRef<AppState> for FileParts {
    fn from_ref(state: &AppState) -> Self {
        Self {
            auth: state.auth.clone(),
            dashboards: state.dashboards.clone(),
            audit: state.audit.clone(),
            pages: state.pages.clone(),
        }
    }
}

/// A file format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum FileKind {
    /// Values, for programs and spreadsheets.
    Csv,
    /// Values, as a spreadsheet.
    Xlsx,
    /// The current page as a picture.
    Svg,
}

impl FileKind {
    fn ending(self) -> &'static str {
        self.into()
    }

    /// The format that the person gets, for the audit. A page's script makes a PNG of the picture that it requests, and
    /// says so in `Accept`. That cannot be verified, but it is certain which panel was exported.
    fn format(self, headers: &HeaderMap) -> &'static str {
        let is_made_a_png = headers.get(header::ACCEPT).is_some_and(|accept| accept == "image/png");
        if self == Self::Svg && is_made_a_png { "png" } else { self.ending() }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Svg => "image/svg+xml",
        }
    }
}

/// The query for a table.
#[derive(Debug, Deserialize)]
struct Asked {
    /// The column to sort by.
    sort: Option<String>,
    /// The page for a picture. Invalid numbers mean the first.
    page: Option<String>,
}

impl Asked {
    fn request(self) -> TableRequest {
        let page = self.page.and_then(|page| page.parse().ok()).unwrap_or(1);
        TableRequest { page, sort: self.sort }
    }
}

/// The route of files in the format `kind`.
pub fn files(kind: FileKind) -> MethodRouter<AppState> {
    get(
        async move |State(parts): State<FileParts>,
                    path: Path<(String, String)>,
                    asked: Query<Asked>,
                    request: Request| {
            if !is_not_of_others(request.headers()) {
                return parts.pages.answer(request, ask_for_file).await;
            }
            let (head, _) = request.into_parts();
            let (Path((slug, id)), Query(asked)) = (path, asked);
            match file(&parts, &head, kind, (&slug, &id), &asked.request()).await {
                Ok(bytes) => answer(&parts.auth, kind, (&slug, &id), bytes),
                Err(error) => parts.pages.refused(Some(head), &error),
            }
        },
    )
}

/// The file of the panel `id` of the dashboard `slug`. The export is audited, without waiting for that.
async fn file(
    parts: &FileParts,
    head: &Parts,
    kind: FileKind,
    (slug, id): (&str, &str),
    table: &TableRequest,
) -> Result<Vec<u8>, AppError> {
    let dashboards = &parts.dashboards;
    let asker = Asker::of(&parts.auth, &head.extensions);
    let sign_in = asker.require(Role::Read)?;
    let internal = |error: rolecall_core::dashboards::DashboardsError| caller::internal(&error);
    let found = dashboards.find(slug, sign_in.user.role).await.map_err(internal)?;
    let dashboard = found.ok_or(AppError::NotFound)?;
    asker.require(dashboard.spec.role)?;
    let person = Person::SignedIn(&sign_in, asker.open_role());
    let panel = match dashboards.panel(&dashboard, id, person).await.map_err(internal)? {
        FoundPanel::Nothing => return Err(AppError::NotFound),
        FoundPanel::Closed { needed } => return Err(asker.require(needed).err().unwrap_or(AppError::NotFound)),
        FoundPanel::Open(panel) => panel,
    };
    let wanted = AskedFilters::of_query(head.uri.query());
    let filters = dashboards.filters(&dashboard, &wanted, person).await.map_err(internal)?;
    // A file contains only values and no messages, so it must not differ from the request.
    let mistakes: Vec<&str> = filters.mistakes().collect();
    if !mistakes.is_empty() {
        return Err(AppError::Invalid { message: mistakes.join(" ") });
    }
    let panel = panel.filtered_by(&filters);
    let (bytes, rows) = match kind {
        FileKind::Svg => (picture(&panel, table).await?, None),
        FileKind::Csv | FileKind::Xlsx => {
            values(&panel, kind, table.sort.as_deref()).await.map(|(bytes, rows)| (bytes, Some(rows)))?
        }
    };
    let entry = panel.exported(kind.format(&head.headers), rows, parts.auth.clock().now_ms()).by(sign_in.user_id);
    let ip = head.extensions.get::<ClientAddress>().map(|ClientAddress(ip)| *ip);
    parts.audit.note(entry.from_address(ip));
    Ok(bytes)
}

async fn picture(panel: &OpenPanel<'_>, asked: &TableRequest) -> Result<Vec<u8>, AppError> {
    let data = panel.data(asked).await.map_err(|error| caller::internal(&error))?;
    if let PanelData::Unavailable(why) = data {
        return Err(AppError::Unavailable { message: why.text });
    }
    picture_of(panel, &data).map(String::into_bytes).ok_or(AppError::NotFound)
}

/// The file, and its number of rows.
async fn values(panel: &OpenPanel<'_>, kind: FileKind, sort: Option<&str>) -> Result<(Vec<u8>, usize), AppError> {
    let values = panel.values(sort).await.map_err(|error| caller::internal(&error))?;
    let values = values.map_err(|why| AppError::Unavailable { message: why.text })?.ok_or(AppError::NotFound)?;
    let rows = values.rows.len();
    // A large one takes time, during which other requests must not wait.
    let writing = tokio::task::spawn_blocking(move || match kind {
        FileKind::Xlsx => xlsx(&values),
        FileKind::Csv | FileKind::Svg => Ok(csv(&values).into_bytes()),
    });
    let written = writing.await.map_err(|error| caller::internal(&error))?;
    written.map(|bytes| (bytes, rows)).map_err(|error| caller::internal(&error))
}

/// The file with its name: dashboard, panel and day. Both ids consist of lower-case letters, digits and hyphens.
fn answer(auth: &Auth, kind: FileKind, (slug, id): (&str, &str), bytes: Vec<u8>) -> Response {
    let today = DateTime::from_timestamp_millis(auth.clock().now_ms()).unwrap_or_default().date_naive();
    let name = format!("attachment; filename=\"{slug}-{id}-{today}.{}\"", kind.ending());
    ([(header::CONTENT_TYPE, kind.media_type().to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response()
}
