//! What stands around the content of a panel: a chart, what nothing in the browser changes (figures, a text), what cannot be shown,
//! and what the page did not wait for, also of filters.

use leptos::prelude::*;

use super::chart::reader::ChartReader;
use super::panel_menu::{PanelMenu, PanelPlace};

#[component]
pub fn ChartPanel(
    /// The id of the panel on the page.
    id: String,
    title: String,
    /// The unit of all its values, or nothing.
    unit: String,
    /// How many of the twelve columns of the page it takes.
    width: u8,
    /// Legend, plot and values, as `rolecall_panels::chart` makes them.
    html: String,
    /// What can be done with it, where that is something.
    menu: Option<PanelPlace>,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();

    view! {
        <figure class=format!("panel panel-chart span-{width}") id=id aria-labelledby=labelled_by>
            <figcaption class="panel-head">
                <h2 id=heading dir="auto">
                    {title}
                </h2>
                <span class="muted">{unit}</span>
            </figcaption>
            {menu.map(|of| view! { <PanelMenu of/> })}
            <ChartReader chart=html.into()/>
        </figure>
    }
}

#[component]
pub fn FixedPanel(
    /// The id of the panel on the page.
    id: String,
    title: String,
    /// Whether the title is for assistive technology alone, because what is in the panel speaks for itself.
    #[prop(default = false)]
    quiet: bool,
    /// How many of the twelve columns of the page it takes.
    width: u8,
    /// What it holds, as `rolecall_panels` makes it.
    html: String,
    /// What can be done with it, where that is something.
    #[prop(optional_no_strip)]
    menu: Option<PanelPlace>,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();

    view! {
        <section class=format!("panel span-{width}") id=id aria-labelledby=labelled_by>
            <h2 class=quiet.then_some("visually-hidden") id=heading dir="auto">
                {title}
            </h2>
            {menu.map(|of| view! { <PanelMenu of/> })}
            <div inner_html=html></div>
        </section>
    }
}

#[component]
pub fn UnavailablePanel(
    /// The id of the panel on the page.
    id: String,
    title: String,
    /// How many of the twelve columns of the page it takes.
    width: u8,
    /// What everybody sees.
    text: String,
    /// What exactly is wrong, for administrators; for others nothing.
    details: Vec<String>,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();

    view! {
        <section class=format!("panel span-{width}") id=id aria-labelledby=labelled_by>
            <h2 id=heading dir="auto">
                {title}
            </h2>
            <div class="notice notice-warn">
                <p dir="auto">{text}</p>
                {(!details.is_empty())
                    .then(|| {
                        view! {
                            <ul>
                                {details.into_iter().map(|detail| view! { <li dir="auto">{detail}</li> }).collect_view()}
                            </ul>
                        }
                    })}
            </div>
        </section>
    }
}

#[component]
pub fn LatePanel(
    /// The id of the panel on the page.
    id: String,
    title: String,
    /// How many of the twelve columns of the page it takes.
    width: u8,
    /// The page of the panel alone, which waits for it; a panel without values has none.
    alone: Option<String>,
) -> impl IntoView {
    let heading = format!("{id}-title");
    let labelled_by = heading.clone();
    let alone = alone.map(|alone| {
        view! {
            <noscript>
                <p>
                    <a href=alone>"Open it alone"</a>
                    " to wait for it."
                </p>
            </noscript>
        }
    });

    view! {
        <section class=format!("panel span-{width}") id=id aria-labelledby=labelled_by aria-busy="true">
            <h2 id=heading dir="auto">
                {title}
            </h2>
            <p class="muted">"This takes longer than usual. It is shown here as soon as it is ready."</p>
            {alone}
        </section>
    }
}

/// The same for the filters over all panels.
#[component]
pub fn LateFilters(
    /// The address of the page.
    here: String,
) -> impl IntoView {
    view! {
        <section class="filters" aria-label="Filters" aria-busy="true">
            <p class="muted">"The filters take longer than usual. They are shown here as soon as they are ready."</p>
            <noscript>
                <p>
                    <a href=here>"Load the page again"</a>
                    " to wait for them once more."
                </p>
            </noscript>
        </section>
    }
}
