//! The values of a chart as a table, folded away.

use std::sync::Arc;

use leptos::prelude::*;

use super::number::tenths;
use crate::panels::Chart;

/// Every value: a row a point, a column a series.
#[component]
pub fn ValuesTable(
    /// The chart.
    chart: Arc<Chart>,
) -> impl IntoView {
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
    let rows = chart.points.iter().enumerate().map(|(index, point)| row(&chart, index, point)).collect_view();

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
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

/// The values of all series at one point.
fn row(chart: &Chart, index: usize, point: &str) -> impl IntoView + use<> {
    let point = point.to_owned();
    let cells = chart
        .series
        .iter()
        .map(|series| {
            let value = series.values.get(index).map(|value| tenths(*value));
            view! { <td class="num">{value}</td> }
        })
        .collect_view();

    view! {
        <tr>
            <th scope="row">{point}</th>
            {cells}
        </tr>
    }
}
