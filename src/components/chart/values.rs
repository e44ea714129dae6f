//! The values of a chart as a folded table.

use std::iter;

use leptos::prelude::*;
use rolecall_model::panels::Chart;

use super::number::tenths;
use crate::components::rows::push_row;

/// One row for each point, one column for each series.
#[component]
pub fn ValuesTable(chart: Chart) -> impl IntoView {
    let label = format!("{}: values", chart.title);
    let columns = chart
        .series
        .iter()
        .map(|series| {
            let heading = format!("{} ({})", series.name, chart.unit);
            view! {
                <th class="num" scope="col" dir="auto">
                    {heading}
                </th>
            }
        })
        .collect_view();
    let rows_html = rows_html(&chart);

    view! {
        <details class="values">
            <summary>"Values as a table"</summary>
            <div class="scroll scroll-tall" role="region" tabindex="0" aria-label=label>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Month"</th>
                            {columns}
                        </tr>
                    </thead>
                    <tbody inner_html=rows_html></tbody>
                </table>
            </div>
        </details>
    }
}

/// A row for each point, with the values of all series there.
fn rows_html(chart: &Chart) -> String {
    let mut html = String::new();
    for (index, point) in chart.points.iter().enumerate() {
        let values: Vec<String> =
            chart.series.iter().filter_map(|series| series.values.get(index)).map(|value| tenths(*value)).collect();
        push_row(
            &mut html,
            iter::once((point.as_str(), false)).chain(values.iter().map(|value| (value.as_str(), true))),
        );
    }
    html
}
