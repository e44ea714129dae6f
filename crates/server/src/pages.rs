//! Renders a page for a request, and puts it into the document.

use std::sync::{Arc, PoisonError};

use axum::RequestPartsExt as _;
use axum::body::Body;
use axum::extract::{Path, Request};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, use_context};
use leptos::reactive::computed::ScopedFuture;
use leptos_axum::ResponseOptions;
use rolecall_apps::Apps;
use rolecall_core::audit::Audit;
use rolecall_core::bookmarks::Bookmarks;
use rolecall_core::dashboards::Dashboards;
use rolecall_core::uploads::Uploads;
use rolecall_entra::graph::Graph;
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_sign_in::Auth;
use rolecall_sign_in::guard::CurrentSignIn;
use rolecall_ui::caller::HasAppPages;
use rolecall_ui::documents::{Contents, Documents, Scripts, has_island};
use rolecall_ui::page::{Asked, Page, Reply, reactive_root};
use rolecall_ui::rendered::Rendered;

use super::form_pages::RenderFormPage;
use super::page_policies::PagePolicies;
use super::problem::{self, ProblemPages};
use super::viewers::Viewers;

/// Answers requests with pages, and provides the context of server functions. Clones share everything.
#[derive(Clone)]
pub struct Pages(Arc<PageParts>);

/// The parts of the server that pages and server functions use.
pub struct PageParts {
    pub auth: Auth,
    pub audit: Audit,
    pub bookmarks: Bookmarks,
    pub dashboards: Dashboards,
    pub uploads: Uploads,
    pub graph: Graph,
    pub apps: Apps,
    pub rendered: Rendered,
    pub viewers: Viewers,
    pub documents: Documents,
    pub page_policies: PagePolicies,
    pub problem_pages: ProblemPages,
    pub render_form_page: RenderFormPage,
}

impl Pages {
    /// Pages that use `parts`.
    pub fn new(parts: PageParts) -> Self {
        Self(Arc::new(parts))
    }

    /// Answers `request` with the page of `make`.
    pub async fn answer<Making, Made>(&self, request: Request, make: impl FnOnce(Asked) -> Making) -> Response
    where
        Made: Into<Reply>,
        Making: Future<Output = Result<Made, AppError>> + Send + 'static,
    {
        let (mut parts, _) = request.into_parts();
        let asked = self.asked(&mut parts).await;
        let options = ResponseOptions::default();
        let owner = reactive_root();
        let making = owner.with(|| {
            self.provide_contexts();
            provide_context(self.0.rendered.clone());
            provide_context(Arc::clone(&asked.viewer));
            provide_context(parts);
            provide_context(options.clone());
            ScopedFuture::new(make(asked.clone()))
        });
        let response = match making.await {
            Ok(answered) => match answered.into() {
                Reply::Page(status, page) => {
                    let mut response = owner.with(|| self.in_document(&asked, &page));
                    *response.status_mut() = status;
                    response
                }
                Reply::GoOn(path) => Redirect::to(&path).into_response(),
                Reply::File { name, kind, body } => {
                    let disposition = format!("attachment; filename=\"{name}\"");
                    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], body).into_response()
                }
            },
            Err(error) => self.refused(owner.with(use_context::<Parts>), &error),
        };
        owner.cleanup();
        with_options(response, &options)
    }

    /// What renders the pages with forms.
    pub(super) fn render_form_page(&self) -> RenderFormPage {
        self.0.render_form_page
    }

    /// The pages about problems.
    pub fn problem_pages(&self) -> &ProblemPages {
        &self.0.problem_pages
    }

    /// Refuses the request with these `parts`, because of `error`.
    pub fn refused(&self, parts: Option<Parts>, error: &AppError) -> Response {
        let request = parts.map_or_else(Request::default, |parts| Request::from_parts(parts, Body::empty()));
        problem::refuse(&self.0.problem_pages, &request, error)
    }

    /// The context of pages and server functions.
    pub fn provide_contexts(&self) {
        provide_context(self.0.auth.clone());
        provide_context(self.0.audit.clone());
        provide_context(self.0.bookmarks.clone());
        provide_context(self.0.dashboards.clone());
        provide_context(self.0.uploads.clone());
        provide_context(self.0.graph.clone());
        if self.0.apps.all().iter().any(|app| app.host().is_none()) {
            provide_context(HasAppPages);
        }
    }

    /// Data about a request for a page.
    async fn asked(&self, parts: &mut Parts) -> Asked {
        let parameter = parts.extract::<Path<String>>().await.ok().map(|Path(parameter)| parameter);
        let signed_out = self.0.auth.cookies().signed_out_in(&parts.headers);
        let viewer = self.0.viewers.viewer(parts.extensions.get::<CurrentSignIn>(), signed_out.as_ref());
        Asked {
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(ToOwned::to_owned),
            parameter,
            viewer: Arc::new(viewer),
        }
    }

    /// The page in its document. It has a nonce only if its scripts need one.
    fn in_document(&self, asked: &Asked, page: &Page) -> Response {
        let session = asked.viewer.user.is_some();
        let scripts = Scripts { islands: has_island(&page.main), session, dashboard: page.is_live };
        let nonce = scripts.need_nonce().then(Nonce::new);
        let here = wanted(asked);
        let contents = Contents {
            viewer: &asked.viewer,
            path: Some(&asked.path),
            here: here.as_deref(),
            title: &page.title,
            main: &page.main,
            scripts,
        };
        let document = self.0.documents.page(contents, nonce.as_ref());
        (self.0.page_policies.page(nonce.as_ref(), session || page.has_own_script), Html(document)).into_response()
    }
}

/// The page to return to after a sign-in from here: this page, or the one that led to the sign-in.
fn wanted(asked: &Asked) -> Option<String> {
    match asked.path.as_str() {
        routes::HOME | routes::SIGN_IN => asked.value("return_to"),
        routes::SIGNED_OUT => None,
        _ => Some(asked.here()),
    }
}

/// `response` with the status and headers that server functions have set.
fn with_options(mut response: Response, options: &ResponseOptions) -> Response {
    let mut asked_for = options.0.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(status) = asked_for.status {
        *response.status_mut() = status;
    }
    response.headers_mut().extend(std::mem::take(&mut asked_for.headers));
    response
}
