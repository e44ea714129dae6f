//! The panel of key figures.

use leptos::prelude::*;

use rolecall_model::panels::Figure;

#[component]
pub fn FiguresPanel(figures: Vec<Figure>) -> impl IntoView {
    let figures = figures
        .into_iter()
        .map(|figure| {
            view! {
                <div class="figure">
                    <dt dir="auto">{figure.label}</dt>
                    <dd class="figure-value" dir="auto">
                        {figure.value}
                    </dd>
                    <dd class="figure-detail" dir="auto">
                        {figure.detail}
                    </dd>
                </div>
            }
        })
        .collect_view();

    view! {
        <section class="panel" aria-labelledby="figures-title">
            <h2 class="visually-hidden" id="figures-title">
                "Key figures"
            </h2>
            <dl class="figures">{figures}</dl>
        </section>
    }
}
