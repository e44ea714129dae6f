//! The documents around what pages have to say, nothing else.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use html_escape::{encode_double_quoted_attribute_to_string, encode_text, encode_text_to_string};
use leptos::nonce::Nonce;
use leptos::prelude::*;
use rolecall_model::{Role, Viewer};
use rolecall_routes as routes;

use crate::components::document::{Footer, HeadBasics, KEEP_FRAGMENT, PICTURE_SCRIPT, title_of};
use crate::components::header::{AppHostHeader, CurrentLink, Header};
use crate::components::sign_in::sign_in_from;
use crate::components::template::{Hole, Template};
use crate::problem::{Problem, ProblemPage};

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

/// Makes documents. Clones share what was made once.
#[derive(Clone)]
pub struct Documents(Arc<Inner>);

struct Inner {
    assets: ShellAssets,
    reload: Option<LeptosOptions>,
    /// A few dozen at most: only what the program itself can tell apart is in a [`Variant`].
    templates: RwLock<HashMap<Variant, Arc<Template>>>,
}

/// By what documents differ, beside their holes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Variant {
    demonstration: bool,
    view_as: Option<Role>,
    signed_in: bool,
    role: Option<Role>,
    has_apps: bool,
    current: Option<CurrentLink>,
    scripts: Scripts,
}

/// The scripts of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scripts {
    /// What brings its islands to life.
    pub islands: bool,
    /// What warns before the session ends, and shows nothing any more when it has.
    pub session: bool,
    /// What keeps a dashboard up to date, beside the former.
    pub dashboard: bool,
}

impl Scripts {
    /// Whether some of them must be let run by a nonce, since they stand in the page or run WebAssembly; others are
    /// files of ours.
    #[must_use]
    pub const fn need_nonce(self) -> bool {
        self.islands || self.dashboard
    }
}

/// What a document is made of.
#[derive(Clone, Copy, Debug)]
pub struct Contents<'a> {
    /// Who looks at it.
    pub viewer: &'a Viewer,
    /// The path of the page, to mark the current link. Left out if no link is current.
    pub path: Option<&'a str>,
    /// Path and query of the page that a sign-in comes back to.
    pub here: Option<&'a str>,
    /// The title of the page.
    pub title: &'a str,
    /// What stands in the main region, as HTML.
    pub main: &'a str,
    pub scripts: Scripts,
}

/// Whether something of `main` comes alive in the browser.
#[must_use]
pub fn has_island(main: &str) -> bool {
    main.contains("<leptos-island")
}

impl Documents {
    /// Documents that load `assets`. With `reload`, those with a script load themselves again after a change, while
    /// `cargo leptos watch` runs the server.
    #[must_use]
    pub fn new(assets: ShellAssets, reload: Option<LeptosOptions>) -> Self {
        Self(Arc::new(Inner { assets, reload, templates: RwLock::default() }))
    }

    /// The document of a page. Where it has scripts, `nonce` lets them run.
    ///
    /// Call it inside a reactive owner, as what renders a view.
    #[must_use]
    pub fn page(&self, contents: Contents, nonce: Option<&Nonce>) -> String {
        let Contents { viewer, path, here, title, main, scripts } = contents;
        let user = viewer.user.as_ref();
        let template = self.template(Variant {
            demonstration: viewer.demonstration,
            view_as: viewer.view_as,
            signed_in: user.is_some(),
            role: user.and_then(|user| user.role),
            has_apps: !viewer.apps.is_empty(),
            current: path.and_then(CurrentLink::on),
            scripts,
        });
        template.fill(main.len() + 256, |hole, html| match hole {
            Hole::Main => html.push_str(main),
            Hole::Title => _ = encode_text_to_string(title_of(title), html),
            Hole::Name => _ = encode_text_to_string(user.map_or("", |user| &user.name), html),
            Hole::SignIn => _ = encode_double_quoted_attribute_to_string(sign_in_from(viewer, here), html),
            Hole::Nonce => html.push_str(nonce.map_or("", |nonce| nonce)),
            Hole::Reload => html.push_str(&self.reload_script(nonce)),
        })
    }

    fn template(&self, variant: Variant) -> Arc<Template> {
        let templates = &self.0.templates;
        if let Some(template) = templates.read().unwrap_or_else(PoisonError::into_inner).get(&variant) {
            return Arc::clone(template);
        }
        let template = Arc::new(template_of(&self.0.assets, variant));
        templates.write().unwrap_or_else(PoisonError::into_inner).insert(variant, Arc::clone(&template));
        template
    }

    fn reload_script(&self, nonce: Option<&Nonce>) -> String {
        let (Some(options), Some(nonce)) = (self.0.reload.clone(), nonce) else { return String::new() };
        provide_context(nonce.clone());
        view! { <AutoReload options/> }.to_html()
    }

    /// The document of a problem page: no script but that which keeps the fragment, and that of the session where
    /// somebody is signed in. Nothing that could fail again.
    ///
    /// Call it inside a reactive owner, as what renders a view.
    #[must_use]
    pub fn problem(&self, viewer: &Viewer, here: Option<&str>, problem: Problem) -> String {
        let title = problem.title.clone();
        let main = view! { <ProblemPage problem/> }.to_html();
        let scripts = Scripts { session: viewer.user.is_some(), ..Scripts::default() };
        self.page(Contents { viewer, path: None, here, title: &title, main: &main, scripts }, None)
    }

    /// The document of a problem page on the host of an app. Only the style sheet and the icon are served there; `home`
    /// is the URL of our front page.
    ///
    /// Call it inside a reactive owner, as what renders a view.
    #[must_use]
    pub fn on_app_host(&self, home: String, problem: Problem) -> String {
        let title = title_of(&problem.title);
        let origin = home.trim_end_matches('/').to_owned();
        let reserved = |path: &str| format!("{}{path}", routes::APP_RESERVED.trim_end_matches('/'));

        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <HeadBasics css=reserved(&self.0.assets.css) icon=reserved(routes::ICON)/>
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
}

/// The document of `variant`. Title and main region are HTML of their own: markers between the children of `<title>`
/// would be read as part of it.
fn template_of(assets: &ShellAssets, variant: Variant) -> Template {
    let Variant { demonstration, view_as, signed_in, role, has_apps, current, scripts } = variant;
    let person = signed_in.then(|| (Hole::Name.mark(), role));
    let nonce = scripts.need_nonce().then(|| Hole::Nonce.mark());
    let (script_nonce, dashboard_nonce, picture_nonce) = (nonce.clone(), nonce.clone(), nonce.clone());
    let role_key = role.map_or("", Role::key);
    let session = scripts.session.then(|| {
        view! {
            <script type="module" nonce=script_nonce src=routes::LIVE_SCRIPT data-role=role_key data-sign-in=Hole::SignIn.mark()></script>
        }
    });
    let dashboard = scripts
        .dashboard
        .then(|| view! { <script type="module" nonce=dashboard_nonce src=routes::LIVE_DASHBOARD_SCRIPT></script> });
    // Also where all charts are late.
    let picture = (scripts.islands || scripts.dashboard)
        .then(|| view! { <script type="module" nonce=picture_nonce src=PICTURE_SCRIPT></script> });
    let keep_fragment =
        person.is_none().then(|| view! { <script type="module" nonce=nonce inner_html=KEEP_FRAGMENT></script> });

    Template::of(view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <HeadBasics css=assets.css.clone()/>
                <title inner_html=Hole::Title.mark()></title>
                {keep_fragment}
                {scripts.islands.then(|| view! { <IslandScripts assets=assets.clone()/> })}
                {picture}
                {session}
                {dashboard}
            </head>
            <body>
                <Header demonstration view_as person has_apps current sign_in=Hole::SignIn.mark()/>
                <main id="content" tabindex="-1" inner_html=Hole::Main.mark()></main>
                <Footer/>
            </body>
        </html>
    })
}

/// Loads the WebAssembly module, and calls the function of each island, also of those that come later with an element
/// that gets the event `rolecall:islands`. The document gets `data-hydrated` when all are alive.
#[component]
fn IslandScripts(assets: ShellAssets) -> impl IntoView {
    let ShellAssets { js, wasm, .. } = assets;
    let start = format!(
        "import start,* as rolecall from {js:?};start({{module_or_path:{wasm:?}}}).then(()=>{{rolecall.begin();\
         const wake=of=>{{for(const island of of.querySelectorAll(\"leptos-island\"))rolecall[island.dataset.component](island)}};\
         wake(document);addEventListener(\"rolecall:islands\",e=>wake(e.target));\
         document.documentElement.dataset.hydrated=\"\"}});"
    );

    view! {
        <link rel="modulepreload" href=js nonce=Hole::Nonce.mark()/>
        <link rel="preload" r#as="fetch" type="application/wasm" crossorigin="" href=wasm/>
        <script type="module" nonce=Hole::Nonce.mark() inner_html=start></script>
        {Hole::Reload.mark()}
    }
}
