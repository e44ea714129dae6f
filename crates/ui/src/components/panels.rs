//! The frames around the content of panels: a chart, static content (figures, a text), content that cannot be shown,
//! and content that the page did not wait for, also for filters.

use leptos::prelude::*;

use super::chart::reader::ChartReader;
use super::panel_menu::{PanelMenu, PanelPlace};

#[component]
pub fn ChartPanel(
    /// The id of the panel on the page.
    id: String,
    title: String,
    /// The common unit of all its values; empty if there is none.
    unit: String,
    /// Its width, in twelfths of the page.
    width: u8,
    /// Legend, plot and values, made by `rolecall_panels::chart`.
    html: String,
    /// Its menu, if it has any actions.
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
    /// Whether the title is for assistive technology only, because the content is clear without it.
    #[prop(default = false)]
    quiet: bool,
    /// Its width, in twelfths of the page.
    width: u8,
    /// Its content, made by `rolecall_panels`.
    html: String,
    /// Its menu, if it has any actions.
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
    /// Its width, in twelfths of the page.
    width: u8,
    /// The message for everyone.
    text: String,
    /// The exact problem, for administrators; empty for others.
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
    /// Its width, in twelfths of the page.
    width: u8,
    /// The page with this panel alone, which waits for it; a panel without values has none.
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

/// The same for the filters above all panels.
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
