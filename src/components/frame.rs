//! The frame around every page of the application: header, main region, footer.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use rolecall_model::Viewer;

use super::footer::Footer;
use super::header::Header;
use super::sign_in::wanted_here;

/// Puts the page into the main region, and moves the focus there when the router changes the page.
#[component]
pub fn Frame(viewer: Arc<Viewer>, children: Children) -> impl IntoView {
    let path = use_location().pathname;
    let here = wanted_here();
    let main = NodeRef::<html::Main>::new();

    // After a full page load the browser sets the focus. Only a change by the router has to move it.
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now)
            && let Some(main) = main.get_untracked()
        {
            _ = main.focus();
        }
        now
    });

    view! {
        <Header viewer path=path here/>
        <main id="content" tabindex="-1" node_ref=main>
            {children()}
        </main>
        <Footer/>
    }
}
