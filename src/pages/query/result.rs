//! The result of trying a SELECT: its columns and first rows.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use rolecall_core::datasets::Tried;
use rolecall_model::data::{DataColumn, QueryResult, ResultColumn};

use crate::pages::dataset::RowTable;

#[component]
pub(super) fn TriedResult(tried: Tried) -> impl IntoView {
    let Tried { preview, has_more, took } = tried;
    let columns = preview.columns.iter().map(|column| view! { <ColumnRow column=column.clone()/> }).collect_view();
    let title = if has_more { "The first rows" } else { "The rows" };
    let result = QueryResult {
        columns: preview
            .columns
            .iter()
            .map(|column| ResultColumn { name: column.name.clone(), column_type: column.column_type })
            .collect(),
        total: preview.rows.len() as u64,
        rows: preview.rows,
        approximate: false,
    };
    let rounded = (!preview.rounded.is_empty()).then(|| rounded(&preview.rounded));

    view! {
        <section class="panel" aria-labelledby="tried">
            <h2 id="tried" tabindex="-1">
                {title}
            </h2>
            <p role="status">{format!("The database answered in {}. Nothing was saved.", text_of(took))}</p>
            {rounded.map(|text| view! { <p class="notice notice-warn">{text}</p> })}
            <RowTable rows=Ok(Arc::new(result)) label="Table of the rows"/>
        </section>
        <section class="panel" aria-labelledby="columns">
            <h2 id="columns">"Columns"</h2>
            <div class="scroll scroll-tall" role="region" tabindex="0" aria-label="Table of columns">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Column"</th>
                            <th scope="col">"Type"</th>
                        </tr>
                    </thead>
                    <tbody>{columns}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn ColumnRow(column: DataColumn) -> impl IntoView {
    view! {
        <tr>
            <th scope="row" dir="auto">
                {column.name}
            </th>
            <td>{column.column_type.to_string()}</td>
        </tr>
    }
}

/// The note that numbers in `columns` lost digits.
fn rounded(columns: &[String]) -> String {
    let names = columns.iter().map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ");
    format!(
        "Some numbers in {names} have more digits than data sets keep, and are rounded to about 15. To keep every digit, \
         cast them to text."
    )
}

/// A measured duration as text.
fn text_of(took: Duration) -> String {
    match took.as_millis() {
        0 => "less than 1 ms".to_owned(),
        ms @ 1..1_000 => format!("{ms} ms"),
        _ => format!("{:.1} s", took.as_secs_f64()),
    }
}
