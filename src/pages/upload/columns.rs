//! The columns: name, type, and whether to import them.

use leptos::prelude::*;
use rolecall_core::uploads::decisions::fields;
use rolecall_data::import::{ColumnReading, Format, NearType, Reading, Template};
use rolecall_model::data::{ColumnType, DataColumn};
use rolecall_ui::components::number::grouped;
use rolecall_ui::components::small_table::{Heading, SmallTable};

use super::filled::{Beside, SharedFilled};

/// The list of names to choose from if the rows go to an existing data set.
const KNOWN: &str = "known-columns";

#[component]
pub(super) fn Columns(
    reading: Reading,
    /// The near types of columns that are text because of a few cells.
    near_types: Vec<NearType>,
    /// The existing data set, if the rows go to one: its columns keep their types.
    template: Option<Template>,
    filled: SharedFilled,
) -> impl IntoView {
    let names = reading.columns.iter().map(|column| column.name.as_str());
    let types = match &template {
        Some(template) => template.types_of(names).into_iter().map(TypeOf::DataSet).collect(),
        None => vec![TypeOf::Choice; reading.columns.len()],
    };
    let place = if reading.format == Format::Xlsx { "row" } else { "line" };
    let row = |(column, type_of): (ColumnReading, TypeOf)| {
        let near = near_types.iter().find(|near| near.position == column.position).cloned();
        view! { <Row column type_of near=near.map(|near| (near, place)) filled=filled.clone()/> }
    };
    let rows = reading.columns.into_iter().zip(types).map(row).collect_view();
    let headings = ["Take", "In the file", "Name", "Type"].map(Heading::text).into();
    let known = template.map(|template| {
        let option = |column: DataColumn| view! { <option value=column.name></option> };
        view! { <datalist id=KNOWN>{template.columns.into_iter().map(option).collect_view()}</datalist> }
    });

    view! {
        <section class="panel" aria-labelledby="columns">
            <h2 id="columns">"Columns"</h2>
            <SmallTable label="Names and types" headings is_tall=true class="column-table">
                {rows}
            </SmallTable>
            {known}
        </section>
    }
}

/// What decides the type of a column.
#[derive(Clone, Copy)]
enum TypeOf {
    /// The person who uploads the file.
    Choice,
    /// The existing data set, if it has such a column.
    DataSet(Option<ColumnType>),
}

#[component]
fn Row(
    column: ColumnReading,
    type_of: TypeOf,
    /// Its near type, and the word for a cell's place in the file.
    near: Option<(NearType, &'static str)>,
    filled: SharedFilled,
) -> impl IntoView {
    let ColumnReading { position, source, name, column_type, taken, .. } = column;
    let field = |of: &str| fields::column(position, of);
    let of = |what: &str| format!("{what} of column {}", position + 1);
    let source = if source.is_empty() { format!("column {}", position + 1) } else { source };
    let name = filled.value(&field("name"), name);
    let taken = filled.is_taken(position, taken);
    let Beside { invalid, described, mistake } = filled.beside(&field("name"));
    // The mistake links to its field.
    let id = invalid.map(|_| field("name"));
    let list = matches!(type_of, TypeOf::DataSet(_)).then_some(KNOWN);
    let type_cell = match type_of {
        TypeOf::Choice => {
            view! { <TypeChoice name=field("type") label=of("Type") chosen=column_type near filled/> }.into_any()
        }
        TypeOf::DataSet(Some(column_type)) => column_type.to_string().into_any(),
        TypeOf::DataSet(None) => view! { <span class="muted">"not in the data set"</span> }.into_any(),
    };

    view! {
        <tr>
            <td>
                <input type="checkbox" name=field("taken") checked=taken aria-label=format!("Take column {}", position + 1)/>
            </td>
            <th scope="row" dir="auto">
                {source}
            </th>
            <td>
                <input
                    id=id
                    name=field("name")
                    value=name
                    list=list
                    aria-label=of("Name")
                    dir="auto"
                    autocomplete="off"
                    aria-invalid=invalid
                    aria-describedby=described
                />
                {mistake}
            </td>
            <td>{type_cell}</td>
        </tr>
    }
}

#[component]
fn TypeChoice(
    name: String,
    label: String,
    chosen: ColumnType,
    near: Option<(NearType, &'static str)>,
    filled: SharedFilled,
) -> impl IntoView {
    let chosen = filled.value(&name, chosen.to_string());
    let Beside { invalid, described, mistake } = filled.beside(&name);
    let id = invalid.map(|_| name.clone());
    let why_id = near.as_ref().map(|_| format!("{name}-why"));
    let described: Vec<String> = why_id.iter().cloned().chain(described).collect();
    let described = (!described.is_empty()).then(|| described.join(" "));
    let option = |of: ColumnType| {
        let key = of.to_string();
        let fits = near.as_ref().filter(|(near, _)| near.column_type == of);
        let text = fits.map_or_else(|| key.clone(), |(near, _)| format!("{key} ({})", share(near)));
        view! { <option value=key.clone() selected=key == chosen>{text}</option> }
    };
    let options = ColumnType::ALL.iter().copied().map(option).collect_view();

    view! {
        <select id=id name=name aria-label=label aria-invalid=invalid aria-describedby=described>
            {options}
        </select>
        {near.map(|(near, place)| view! { <WhyText near place id=why_id/> })}
        {mistake}
    }
}

/// How many of the filled cells have that type.
fn share(near: &NearType) -> String {
    format!("{} of {} values", grouped(near.fitting), grouped(near.filled))
}

/// Names the cell that makes a column text.
#[component]
fn WhyText(near: NearType, place: &'static str, id: Option<String>) -> impl IntoView {
    let share = share(&near);
    let are = match near.column_type {
        ColumnType::Text => "texts",
        ColumnType::Integer => "whole numbers",
        ColumnType::Decimal => "numbers",
        ColumnType::Boolean => "true or false",
        ColumnType::Date => "dates",
        ColumnType::Timestamp => "dates with times",
    };
    let explanation = format!("” in {place} {}. {share} are {are}.", grouped(near.line));

    view! {
        <p class="muted" id=id>
            "Text, because of “"
            <bdi>{near.value}</bdi>
            {explanation}
        </p>
    }
}
