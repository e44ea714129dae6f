//! The documents around what pages have to say, nothing else.

use std::sync::Arc;

use html_escape::encode_text;
use leptos::nonce::Nonce;
use leptos::prelude::*;
use rolecall_model::Viewer;

use crate::components::document::{HeadBasics, KEEP_FRAGMENT, title_of};
use crate::components::footer::Footer;
use crate::components::header::{AppHostHeader, Header};
use crate::pages::problem::{Problem, ProblemPage};
use crate::routes;

/// The URL paths of the hashed files that documents load, read once when the server starts.
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

/// What a document is made of.
#[derive(Clone, Debug)]
pub struct Parts {
    /// The files that it loads.
    pub assets: ShellAssets,
    /// Who looks at it.
    pub viewer: Arc<Viewer>,
    /// The path, to mark the current link.
    pub path: Option<String>,
    /// Path and query of the page that a sign-in comes back to.
    pub here: Option<String>,
    /// The title of the page.
    pub title: String,
    /// What stands in the main region, as HTML.
    pub main: String,
}

/// Whether something of `main` comes alive in the browser.
#[must_use]
pub fn has_island(main: &str) -> bool {
    main.contains("<leptos-island")
}

/// The document of `parts`. With the `script` of its islands, if it has any.
///
/// Render it inside an [`Owner`], as any view.
#[must_use]
pub fn document(parts: Parts, script: Option<IslandScript>) -> String {
    let Parts { assets, viewer, path, here, title, main } = parts;
    let title = title_of(title);
    let nonce = script.as_ref().map(|script| script.nonce.clone());
    let keep_fragment =
        viewer.user.is_none().then(|| view! { <script type="module" nonce=nonce inner_html=KEEP_FRAGMENT></script> });

    // Title and main region as HTML of their own: markers between the children of `<title>` would be read as part of it.
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <HeadBasics css=assets.css.clone()/>
                <title inner_html=encode_text(&title).into_owned()></title>
                {keep_fragment}
                {script.map(|script| view! { <IslandScripts assets script/> })}
            </head>
            <body>
                <Header viewer path here/>
                <main id="content" tabindex="-1" inner_html=main></main>
                <Footer/>
            </body>
        </html>
    }
    .to_html()
}

/// What lets the script of islands run.
#[derive(Clone, Debug)]
pub struct IslandScript {
    /// The nonce that the content security policy of the answer names.
    pub nonce: Nonce,
    /// Set while `cargo leptos watch` runs the server: the page loads itself again after a change.
    pub reload: Option<LeptosOptions>,
}

/// Loads the WebAssembly module, and calls the function of each island. The document gets `data-hydrated` when all are
/// alive.
#[component]
fn IslandScripts(assets: ShellAssets, script: IslandScript) -> impl IntoView {
    let ShellAssets { js, wasm, .. } = assets;
    let IslandScript { nonce, reload } = script;
    let start = format!(
        "import start,* as rolecall from {js:?};start({{module_or_path:{wasm:?}}}).then(()=>{{rolecall.begin();\
         for(const island of document.querySelectorAll(\"leptos-island\"))rolecall[island.dataset.component](island);\
         document.documentElement.dataset.hydrated=\"\"}});"
    );

    view! {
        <link rel="modulepreload" href=js nonce=nonce.clone()/>
        <link rel="preload" r#as="fetch" type="application/wasm" crossorigin="" href=wasm/>
        <script type="module" nonce=nonce inner_html=start></script>
        {reload.map(|options| view! { <AutoReload options/> })}
    }
}

/// The document of a problem page: no script but that which keeps the fragment, nothing that could fail again.
///
/// Render it inside an [`Owner`], as any view.
#[must_use]
pub fn problem_document(assets: ShellAssets, viewer: Viewer, here: Option<String>, problem: Problem) -> String {
    let (viewer, title) = (Arc::new(viewer), problem.title.clone());
    let main = view! { <ProblemPage problem/> }.to_html();
    document(Parts { assets, viewer, path: None, here, title, main }, None)
}

/// The document of a problem page on the host of an app. Only `assets` are served there; `home` is the URL of our front page.
///
/// Render it inside an [`Owner`], as any view.
#[must_use]
pub fn app_host_document(assets: ShellAssets, home: String, problem: Problem) -> String {
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
    .to_html()
}
