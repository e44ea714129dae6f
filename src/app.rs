//! The document and the page routes of the application, nothing else.
//!
//! The document's tags are written here rather than by Leptos' own components, because those read the disk at each
//! request to learn the hashed file names; the server reads these once and hands them in as [`ShellAssets`].

use std::sync::Arc;

use html_escape::encode_text;
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::path;
use rolecall_model::Viewer;

use crate::components::document::{HeadBasics, KEEP_FRAGMENT, title_of};
use crate::components::footer::Footer;
use crate::components::frame::Frame;
use crate::components::header::{AppHostHeader, Header};
use crate::components::viewer::nobody;
use crate::pages::account::AccountPage;
use crate::pages::apps::AppsPage;
use crate::pages::dashboard::DashboardPage;
use crate::pages::dashboards::DashboardsPage;
use crate::pages::home::HomePage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::problem::{Problem, ProblemPage};
use crate::pages::sign_in::SignInPage;
use crate::pages::signed_out::SignedOutPage;
use crate::pages::token::TokenPage;
use crate::routes;

/// The URL paths of the hashed files that every document loads, read once when the server starts.
#[derive(Clone, Debug)]
pub struct ShellAssets {
    /// The JavaScript module that starts the WebAssembly one.
    pub js: String,
    /// The WebAssembly module.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
}

impl ShellAssets {
    /// The same files, served below the path `prefix`.
    #[must_use]
    pub fn below(self, prefix: &str) -> Self {
        let below = |path: String| format!("{prefix}{path}");
        Self { js: below(self.js), wasm: below(self.wasm), css: below(self.css) }
    }
}

/// The document of a page that the browser hydrates.
pub fn shell(assets: ShellAssets, options: LeptosOptions) -> impl IntoView {
    let ShellAssets { js, wasm, css } = assets;
    let is_signed_out = use_context::<Viewer>().is_some_and(|viewer| viewer.user.is_none());
    let start = format!("import start,{{hydrate}} from {js:?};start({{module_or_path:{wasm:?}}}).then(()=>hydrate());");

    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <HeadBasics css/>
                <link rel="modulepreload" href=js nonce=use_nonce()/>
                <link rel="preload" r#as="fetch" type="application/wasm" crossorigin="" href=wasm/>
                <script type="module" nonce=use_nonce()>{start}</script>
                {is_signed_out
                    .then(|| view! { <script type="module" nonce=use_nonce() inner_html=KEEP_FRAGMENT></script> })}
                <AutoReload options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The application: its page routes, and the [`Viewer`] for all pages.
///
/// The server provides the viewer as context before it renders. The browser reads the same value from the document, so pages
/// know their viewer without waiting. Components get it as `Arc<Viewer>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let viewer = SharedValue::new(|| use_context::<Viewer>().unwrap_or_else(nobody)).into_inner();
    let viewer = Arc::new(viewer);
    provide_context(Arc::clone(&viewer));

    view! {
        <Title formatter=title_of/>
        <Router>
            <Frame viewer>
                <FlatRoutes fallback=NotFoundPage>
                    <Route path=path!("/") view=HomePage ssr=SsrMode::Async/>
                    <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async/>
                    <Route path=path!("/signed-out") view=SignedOutPage ssr=SsrMode::Async/>
                    <Route path=path!("/dashboards") view=DashboardsPage ssr=SsrMode::Async/>
                    <Route path=path!("/dashboards/:slug") view=DashboardPage ssr=SsrMode::Async/>
                    <Route path=path!("/account") view=AccountPage ssr=SsrMode::Async/>
                    <Route path=path!("/apps") view=AppsPage ssr=SsrMode::Async/>
                    <Route path=path!("/account/token") view=TokenPage ssr=SsrMode::Async/>
                </FlatRoutes>
            </Frame>
        </Router>
    }
}

/// The document of a problem page: no hydration, no router, nothing that could fail again.
///
/// Render it inside an [`Owner`], as any view.
pub fn problem_document(assets: ShellAssets, viewer: Viewer, here: Option<String>, problem: Problem) -> impl IntoView {
    let title = problem.title.clone();
    plain_document(assets, viewer, here, title, view! { <ProblemPage problem/> })
}

/// The document of a page without hydration and router. `here` is its path and query, if a sign-in can come back to it.
///
/// Render it inside an [`Owner`], as any view.
pub fn plain_document(
    assets: ShellAssets,
    viewer: Viewer,
    here: Option<String>,
    title: String,
    page: impl IntoView,
) -> impl IntoView {
    let title = title_of(title);
    let is_signed_out = viewer.user.is_none();

    // As HTML of its own: markers for hydration between the children of `<title>` would be read as part of the title.
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <HeadBasics css=assets.css/>
                <title inner_html=encode_text(&title).into_owned()></title>
                {is_signed_out.then(|| view! { <script type="module" inner_html=KEEP_FRAGMENT></script> })}
            </head>
            <body>
                <Header viewer=Arc::new(viewer) here/>
                <main id="content" tabindex="-1">
                    {page}
                </main>
                <Footer/>
            </body>
        </html>
    }
}

/// The document of a problem page on the host of an app. Only `assets` are served there; `home` is the URL of our front page.
///
/// Render it inside an [`Owner`], as any view.
pub fn app_host_document(assets: ShellAssets, home: String, problem: Problem) -> impl IntoView {
    let title = title_of(problem.title.clone());
    let origin = home.trim_end_matches('/').to_owned();
    let icon = format!("{}{}", routes::APP_RESERVED.trim_end_matches('/'), routes::ICON);

    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <HeadBasics css=assets.css icon/>
                <title inner_html=encode_text(&title).into_owned()></title>
            </head>
            <body>
                <AppHostHeader home/>
                <main id="content" tabindex="-1">
                    <ProblemPage problem/>
                </main>
                <Footer origin/>
            </body>
        </html>
    }
}
