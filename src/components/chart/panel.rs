//! A chart as a panel: caption, values at a point, plot, and all values as a table.

use leptos::prelude::*;
use rolecall_model::panels::Chart;

use super::drawing::drawing;
use super::geometry::Plot;
use super::reader::ChartReader;
use super::readings::Readings;
use super::values::ValuesTable;

#[component]
pub fn ChartPanel(chart: Chart) -> impl IntoView {
    let plot = Plot::of(&chart);
    let heading = format!("{}-title", chart.id);
    let labelled_by = heading.clone();

    view! {
        <figure class="panel panel-chart" aria-labelledby=labelled_by>
            <figcaption class="panel-head">
                <h2 id=heading dir="auto">
                    {chart.title.clone()}
                </h2>
                <span class="muted">{chart.unit.clone()}</span>
            </figcaption>
            <ChartReader readings=Readings::of(&chart, plot) drawing=drawing(&chart, plot).into()/>
            <ValuesTable chart/>
        </figure>
    }
}
