//! The columns: name, type, and whether the data set has them.

use leptos::prelude::*;
use rolecall_data::import::{ColumnReading, Reading};
use rolecall_model::data::ColumnType;
use strum::IntoEnumIterator as _;

use crate::components::small_table::{Heading, SmallTable};
use crate::uploads::decisions::fields;

#[component]
pub(super) fn Columns(reading: Reading) -> impl IntoView {
    let rows = reading.columns.into_iter().map(|column| view! { <Row column/> }).collect_view();
    let headings = ["Take", "In the file", "Name", "Type"].map(Heading::text).into();

    view! {
        <section class="panel" aria-labelledby="columns">
            <h2 id="columns">"Columns"</h2>
            <SmallTable label="Names and types" headings is_tall=true class="column-table">
                {rows}
            </SmallTable>
        </section>
    }
}

#[component]
fn Row(column: ColumnReading) -> impl IntoView {
    let ColumnReading { position, source, name, column_type, taken, .. } = column;
    let field = |of: &str| fields::column(position, of);
    let of = |what: &str| format!("{what} of column {}", position + 1);
    let option = |of: ColumnType| {
        let key = of.to_string();
        view! { <option value=key.clone() selected=of == column_type>{key.clone()}</option> }
    };
    let options = ColumnType::iter().map(option).collect_view();
    let source = if source.is_empty() { format!("column {}", position + 1) } else { source };

    view! {
        <tr>
            <td>
                <input type="checkbox" name=field("taken") checked=taken aria-label=format!("Take column {}", position + 1)/>
            </td>
            <th scope="row" dir="auto">
                {source}
            </th>
            <td>
                <input name=field("name") value=name aria-label=of("Name") dir="auto" autocomplete="off"/>
            </td>
            <td>
                <select name=field("type") aria-label=of("Type")>
                    {options}
                </select>
            </td>
        </tr>
    }
}
