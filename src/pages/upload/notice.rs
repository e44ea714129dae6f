//! The result of the last step: a sentence, or the mistakes of the file.

use leptos::prelude::*;
use rolecall_core::uploads::Notice;
use rolecall_data::import::{ImportReport, Mistake};
use rolecall_ui::components::number::grouped;
use rolecall_ui::components::small_table::{Heading, SmallTable};

const READ_AGAIN: &str =
    "Nothing is imported yet: the file was read again with your changes. Check the preview, then import.";

#[component]
pub(super) fn NoticeOf(notice: Notice) -> impl IntoView {
    match notice {
        Notice::Mistakes(report) => view! { <ReportOf report/> }.into_any(),
        Notice::Refused(sentence) | Notice::Field { what: sentence, .. } => view! { <Warning sentence/> }.into_any(),
        Notice::ReadAgain => view! { <Warning sentence=READ_AGAIN.to_owned()/> }.into_any(),
    }
}

#[component]
fn Warning(sentence: String) -> impl IntoView {
    view! {
        <section class="notice notice-warn" role="alert">
            <p dir="auto">{sentence}</p>
        </section>
    }
}

/// Why a file is not a table, and a link to send another one.
#[component]
pub(super) fn NoTable(why: String, form: String) -> impl IntoView {
    view! {
        <section class="notice notice-bad" role="alert">
            <p dir="auto">
                <strong>{why}</strong>
                " Nothing of it was kept."
            </p>
            <p>
                <a class="button" href=form>
                    "Upload another file"
                </a>
            </p>
        </section>
    }
}

/// The first mistakes with their places.
#[component]
pub(super) fn ReportOf(report: ImportReport) -> impl IntoView {
    let shown = report.mistakes.len() as u64;
    let title = if report.count == 1 { "1 mistake".to_owned() } else { format!("{} mistakes", grouped(report.count)) };
    let first = (report.count > shown).then(|| format!(" These are the first {}.", grouped(shown)));
    let rows = report.mistakes.into_iter().map(|mistake| view! { <Row mistake/> }).collect_view();
    let texts = ["Column", "Value", "Why"].map(Heading::text);
    let headings = std::iter::once(Heading::number("Line")).chain(texts).collect();

    view! {
        <section class="notice notice-bad" role="alert" aria-labelledby="mistakes">
            <h2 id="mistakes">{title}</h2>
            <p>
                "Nothing was imported."
                {first}
                " Correct the file and upload it again, or change below how it is read."
            </p>
            <SmallTable label="Places of the mistakes" headings is_tall=true>
                {rows}
            </SmallTable>
        </section>
    }
}

#[component]
fn Row(mistake: Mistake) -> impl IntoView {
    let Mistake { line, column, value, reason } = mistake;

    view! {
        <tr>
            <td class="num">{grouped(line)}</td>
            <td dir="auto">{column}</td>
            <td>{value.map(|value| view! { <code><bdi>{value}</bdi></code> })}</td>
            <td class="long">{reason}</td>
        </tr>
    }
}
