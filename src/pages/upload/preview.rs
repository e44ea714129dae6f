//! The form: questions first, then the settings, the columns and rows, and the data set that the file becomes.

use html_escape::encode_text;
use leptos::prelude::*;
use rolecall_core::datasets::{ImportedFile, MAX_TITLE_CHARS, SameFile};
use rolecall_core::uploads::decisions::fields;
use rolecall_core::uploads::{ProposedDataSet, Purpose, Upload};
use rolecall_data::import::{Examined, Reading};
use rolecall_model::Role;
use rolecall_model::data::Cell;
use rolecall_panels::format::{CellKind, TextLength};
use rolecall_panels::shortened;
use rolecall_routes as routes;
use rolecall_ui::components::number::{grouped, rows_of};
use rolecall_ui::components::small_table::{Heading, SmallTable};
use rolecall_ui::components::time::Moment;

use super::choices::Choices;
use super::columns::Columns;
use super::filled::{Beside, SharedFilled};
use super::questions::Questions;
use super::zone::AssumedZone;

#[component]
pub(super) fn PreviewForm(
    upload: Upload,
    examined: Option<Examined>,
    /// The same file, if its rows are already in the data set that they would be added to.
    added_before: Option<SameFile>,
    open_role: Option<Role>,
    filled: SharedFilled,
) -> impl IntoView {
    let (is_new, new) = (upload.purpose == Purpose::New, upload.new.clone());
    let can_import = examined.as_ref().is_some_and(|examined| examined.report.is_empty());
    let asks = can_import && added_before.is_some();
    let again = added_before.filter(|_| can_import).map(|before| view! { <Again id=upload.id.clone() before/> });
    let verb = match &upload.purpose {
        Purpose::New => "Import".to_owned(),
        Purpose::Replace(dataset) => format!("Replace the rows of {}", dataset.name),
        Purpose::Append(dataset) => format!("Append to {}", dataset.name),
    };
    let table = examined.as_ref().map(|examined| {
        view! { <FirstRows examined=examined.clone()/> }
    });
    let assumed = examined.as_ref().filter(|examined| examined.assumes_utc);
    let zone = assumed.map(|examined| {
        view! { <AssumedZone zone=String::from(examined.reading.time_zone) filled=filled.clone()/> }
    });
    let mistakes = examined.as_ref().map(|examined| examined.report.clone()).filter(|report| !report.is_empty());

    view! {
        {mistakes.map(|report| view! { <super::notice::ReportOf report/> })}
        {again}
        <form class="upload-form" method="post" action=routes::upload(&upload.id)>
            {filled.summary()}
            {examined.clone().map(|examined| view! { <Questions examined filled=filled.clone()/> })}
            {zone}
            <Choices
                examined=examined.clone()
                given=upload.given.clone()
                last=upload.last.clone()
                filled=filled.clone()
            />
            {examined
                .map(|Examined { reading, near_types, .. }| {
                    let template = upload.given.template.clone();
                    view! { <Columns reading near_types template filled=filled.clone()/> }
                })}
            {table}
            {is_new.then(|| view! { <NewFields new open_role filled/> })}
            <div class="actions">
                {(can_import && !asks)
                    .then(|| {
                        view! {
                            <button class="button button-primary" type="submit" name="do" value="import">
                                {verb}
                            </button>
                        }
                    })}
                <button class="button" type="submit" name="do" value="show" formnovalidate>
                    "Show again"
                </button>
                <button class="button" type="submit" name="do" value="cancel" formnovalidate>
                    "Delete this upload"
                </button>
            </div>
        </form>
    }
}

/// Asks before rows are added twice. It is a separate form, so that Enter in a field of the other one does not answer
/// it.
#[component]
fn Again(id: String, before: SameFile) -> impl IntoView {
    let which = match before.imported {
        Some(ImportedFile { name, at_ms }) => view! {
            "It is the same as " <bdi>{name}</bdi> ", whose rows are in the data set since " <Moment ms=at_ms/> "."
        }
        .into_any(),
        None => "The rows of this file are in the data set already.".into_any(),
    };

    view! {
        <section class="notice notice-warn" role="alert" aria-labelledby="again">
            <h2 id="again">"This file was added before"</h2>
            <p>{which} " Add its rows again?"</p>
            <form class="actions" method="post" action=routes::upload(&id)>
                <button class="button" type="submit" name="do" value="cancel">
                    "No, delete this upload"
                </button>
                <button class="button" type="submit" name="do" value="again">
                    "Yes, add its rows again"
                </button>
            </form>
        </section>
    }
}

/// The first rows, as parsed.
#[component]
fn FirstRows(examined: Examined) -> impl IntoView {
    let Examined { reading, preview, rows, left_out, .. } = examined;
    let taken: Vec<usize> = (0..reading.columns.len()).filter(|at| reading.columns[*at].taken).collect();
    let headings = headings(&reading, &taken);
    let texts = TextLength::of(preview.iter().flatten());
    let cell = |cell: Option<&Cell>| match cell.and_then(|cell| Some((CellKind::of(cell), text(cell, texts.most)?))) {
        Some((kind, text)) => {
            let html = kind.within(encode_text(&text).into_owned());
            view! { <td class=kind.class() dir="auto" inner_html=html></td> }.into_any()
        }
        None => view! { <td class="muted">"missing"</td> }.into_any(),
    };
    let row = |row: &Vec<Cell>| {
        let cells = taken.iter().map(|at| cell(row.get(*at))).collect_view();
        view! { <tr>{cells}</tr> }
    };
    let body = preview.iter().map(row).collect_view();
    let shown = preview.len() as u64;
    let all = grouped(rows + left_out);
    let caption = match left_out {
        _ if shown < rows => format!("The first {} of {all} rows", grouped(shown)),
        0 => format!("All {}", rows_of(rows)),
        _ => format!("{} of {all} rows", grouped(shown)),
    };
    let left_out = (left_out > 0).then(|| {
        let are = if left_out == 1 { "is" } else { "are" };
        format!("{} cannot be read, and {are} left out here: see the mistakes above.", rows_of(left_out))
    });

    view! {
        <section class="panel" aria-labelledby="rows">
            <h2 id="rows">{caption}</h2>
            {left_out.map(|text| view! { <p>{text}</p> })}
            <SmallTable label="Cells" headings is_tall=true class="first-rows">
                {body}
            </SmallTable>
            {texts.is_cut.then(|| view! { <p class="muted">"Long texts are cut here. The data set has all of them."</p> })}
            {(shown > 10)
                .then(|| view! { <p class="muted only-narrow">"The first 10 are shown. A wider window shows "{shown} "."</p> })}
        </section>
    }
}

fn headings(reading: &Reading, taken: &[usize]) -> Vec<Heading> {
    let heading = |at: &usize| {
        let column = &reading.columns[*at];
        let name = column.name.clone();
        if column.column_type.is_number() { Heading::number(name) } else { Heading::text(name) }
    };
    taken.iter().map(heading).collect()
}

/// A cell as text of at most `most` characters; `None` for a missing one.
fn text(cell: &Cell, most: usize) -> Option<String> {
    Some(match cell {
        Cell::Missing => return None,
        Cell::Text(text) => shortened(text, most).into_owned(),
        Cell::Integer(value) => value.to_string(),
        Cell::Decimal(value) => value.to_string(),
        Cell::Boolean(value) => value.to_string(),
        Cell::Date(day) => day.to_string(),
        Cell::Timestamp(moment) => moment.format("%Y-%m-%d %H:%M:%S%.f UTC").to_string(),
        Cell::Others => "Others".to_owned(),
    })
}

/// The fields of the data set to create.
#[component]
fn NewFields(new: ProposedDataSet, open_role: Option<Role>, filled: SharedFilled) -> impl IntoView {
    let title = filled.value(fields::TITLE, new.title);
    let name = filled.value(fields::NAME, new.name);
    let chosen = filled.value(fields::ROLE, new.role.key());
    let (of_title, of_name, of_role) =
        (filled.beside(fields::TITLE), filled.beside(fields::NAME), filled.beside(fields::ROLE));
    let Beside { invalid, described, mistake } = of_name;
    let described = described.into_iter().fold("name-help".to_owned(), |help, mistake| format!("{help} {mistake}"));
    let roles = Role::ALL.into_iter().filter(|role| Some(*role) <= open_role);
    let option = |role: Role| view! { <option value=role.key() selected=role.key() == chosen>{role.name()}</option> };
    let options = roles.map(option).collect_view();

    view! {
        <section class="panel" aria-labelledby="becomes">
            <h2 id="becomes">"The new data set"</h2>
            <div class="fields">
                <div>
                    <label for=fields::TITLE>"Title"</label>
                    <input
                        id=fields::TITLE
                        name=fields::TITLE
                        value=title
                        dir="auto"
                        maxlength=MAX_TITLE_CHARS
                        required
                        aria-invalid=of_title.invalid
                        aria-describedby=of_title.described
                    />
                    {of_title.mistake}
                </div>
                <div>
                    <label for=fields::NAME>"Name in dashboards"</label>
                    <input
                        id=fields::NAME
                        name=fields::NAME
                        value=name
                        maxlength="64"
                        required
                        aria-invalid=invalid
                        aria-describedby=described
                    />
                    {mistake}
                    <p class="muted" id="name-help">
                        "Small letters, digits and hyphens."
                    </p>
                </div>
                <div>
                    <label for=fields::ROLE>"Who sees it: this role and above"</label>
                    <select
                        id=fields::ROLE
                        name=fields::ROLE
                        aria-invalid=of_role.invalid
                        aria-describedby=of_role.described
                    >
                        {options}
                    </select>
                    {of_role.mistake}
                </div>
            </div>
        </section>
    }
}
