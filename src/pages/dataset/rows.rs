//! Rows of a data set as a table, also as another person would see them, with the same rules as for everybody.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_core::datasets::{DataSet, SAMPLE_COLUMNS};
use rolecall_model::Role;
use rolecall_model::data::{Cell, ColumnType, QueryResult, ResultColumn};
use rolecall_panels::Tz;
use rolecall_panels::format::{CellKind, TextLength, ValueFormat};
use rolecall_routes as routes;
use rolecall_ui::components::number::grouped;
use rolecall_ui::components::small_table::{Heading, SmallTable};
use rolecall_ui::page::Asked;

use crate::pages::made_up_viewer::{Field, MadeUpViewer, MadeUpViewerForm};

/// Rows of a data set, or a sentence why they cannot be shown.
pub(in crate::pages) type Rows = Result<Arc<QueryResult>, String>;

/// The first rows as a person sees them, or why they cannot be shown.
#[component]
pub(super) fn SampleRows(dataset: Arc<DataSet>, rows: Rows, id: &'static str, title: &'static str) -> impl IntoView {
    let left_out = dataset.data.columns.len().saturating_sub(SAMPLE_COLUMNS);
    let left_out = (left_out > 0).then(|| format!("{left_out} more columns are not shown here."));

    view! {
        <section class="panel" aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <RowTable rows label="Table of the first rows"/>
            {left_out.map(|left_out| view! { <p class="muted">{left_out}</p> })}
        </section>
    }
}

/// The table.
#[component]
pub(in crate::pages) fn RowTable(
    rows: Rows,
    /// Its name for assistive technology.
    label: &'static str,
) -> impl IntoView {
    let result = match rows {
        Ok(result) => result,
        Err(why) => return view! { <p class="notice notice-warn">{why}</p> }.into_any(),
    };
    let caption = match (result.rows.len() as u64, result.total) {
        (_, 0) => "No rows".to_owned(),
        (shown, total) if shown < total => format!("{} of {} rows", grouped(shown), grouped(total)),
        (_, 1) => "1 row".to_owned(),
        (_, total) => format!("{} rows", grouped(total)),
    };
    let formats = formats(&result);
    let texts = TextLength::of(result.rows.iter().flatten());
    let kind = |at: usize, cell: &Cell| CellKind::in_column(cell, result.columns[at].column_type.is_number());
    let heading = |column: &ResultColumn| {
        let name = column.name.clone();
        if column.column_type.is_number() { Heading::number(name) } else { Heading::text(name) }
    };
    let headings = result.columns.iter().map(heading).collect();
    let cell = |(at, cell): (usize, &Cell)| {
        let kind = kind(at, cell);
        view! { <td class=kind.class() inner_html=kind.within(formats[at].html(cell, texts.most))></td> }
    };
    let row = |row: &Vec<Cell>| view! { <tr>{row.iter().enumerate().map(cell).collect_view()}</tr> };
    let rows = result.rows.iter().map(row).collect_view();

    view! {
        <SmallTable label headings caption is_tall=true>
            {rows}
        </SmallTable>
        {texts.is_cut.then(|| view! { <p class="muted">"Long texts are cut here."</p> })}
    }
    .into_any()
}

/// The format of each column.
fn formats(result: &QueryResult) -> Vec<ValueFormat> {
    let format = |(at, column): (usize, &ResultColumn)| {
        let cells = result.rows.iter().filter_map(move |row| row.get(at));
        ValueFormat::of(cells, (column.column_type == ColumnType::Integer).then_some(0), None, Tz::UTC)
    };
    result.columns.iter().enumerate().map(format).collect()
}

/// The made-up person in the address, if any. Everyone who sees `dataset` has at least its role.
pub(super) fn made_up(asked: &Asked, dataset: &DataSet) -> Option<MadeUpViewer> {
    let made_up = MadeUpViewer::asked(asked, Field::of([dataset]))?;
    Some(MadeUpViewer { role: dataset.role.max(made_up.role), ..made_up })
}

/// The form that makes up a person, and what they would see.
#[component]
pub(super) fn SeeAsPanel(dataset: Arc<DataSet>, preview: Option<(MadeUpViewer, Rows)>) -> impl IntoView {
    if dataset.row_rules.is_empty() {
        return None;
    }
    let (chosen, rows) = preview.unzip();
    let roles: Vec<Role> = Role::ALL.into_iter().filter(|of| *of >= dataset.role).collect();

    Some(view! {
        <section class="panel" aria-labelledby="see-as">
            <h2 id="see-as">"See what somebody would see"</h2>
            <MadeUpViewerForm
                action=format!("{}#see-as", routes::dataset(&dataset.name))
                roles
                fields=Field::of([&*dataset])
                chosen
            />
            {rows.map(|rows| view! { <RowTable rows label="Table of what they would see"/> })}
        </section>
    })
}
