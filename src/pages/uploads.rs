//! The form to upload a file that becomes a data set.

use leptos::prelude::*;
use rolecall_core::datasets::{DataSetKey, Way};
use rolecall_core::uploads::{Purpose, Upload};
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::components::file_form::FileForm;
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::components::number::{grouped, size};
use rolecall_ui::components::time::Moment;
use rolecall_ui::page::{Answer, Asked, Page};
use url::form_urlencoded;

/// The form, and the viewer's uploads that are not imported yet.
///
/// # Errors
/// As [`caller::dataset_to_change`] if the address names a data set; as [`caller::require`] below Write.
pub async fn uploads(asked: Asked) -> Answer {
    let sign_in = caller::require(Role::Write)?;
    let purpose = match asked_of(asked.query.as_deref().unwrap_or_default()) {
        Some((purpose, id)) => purpose(caller::dataset_to_change(&id, Way::File).await?.0.key()),
        None => Purpose::New,
    };
    let uploads = caller::uploads()?;
    let begun = uploads.of(sign_in.user_id).await.map_err(|error| caller::internal(&error))?;
    let limits = *uploads.limits();
    let max_bytes = limits.file_bytes;
    let limits = format!(
        "At most {}, {} rows and {} columns.",
        size(limits.file_bytes),
        grouped(limits.rows),
        grouped(limits.columns as u64)
    );
    let (title, lead) = words(&purpose);
    let action = asked.here();
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::DATASETS>"Data"</a>
            </p>
            <h1 dir="auto">{title.clone()}</h1>
            <p class="lead">{lead}</p>
        </div>
        <StepUpNotice here=asked.here()/>
        <div class="panel">
            <FileForm action limits max_bytes/>
        </div>
        {(!begun.is_empty()).then(|| view! { <Begun begun/> })}
    };
    Ok(Page::new(title, view))
}

/// The purpose of a file with rows for an existing data set.
type PurposeOf = fn(DataSetKey) -> Purpose;

/// The purpose of the file and the id of the data set in the query of the form's address; `None` for a new one.
#[must_use]
pub fn asked_of(query: &str) -> Option<(PurposeOf, String)> {
    let mut fields = form_urlencoded::parse(query.as_bytes());
    fields.find_map(|(name, id)| {
        let purpose: PurposeOf = match &*name {
            "replace" => Purpose::Replace,
            "append" => Purpose::Append,
            _ => return None,
        };
        Some((purpose, id.into_owned()))
    })
}

/// Title and introduction.
fn words(purpose: &Purpose) -> (String, &'static str) {
    match purpose {
        Purpose::New => ("Upload a file".to_owned(), "It becomes a data set, which dashboards can show."),
        Purpose::Replace(dataset) => (
            format!("Replace the rows of {}", dataset.name),
            "The rows of the file replace all rows that are there. Columns are matched by name.",
        ),
        Purpose::Append(dataset) => (
            format!("Append rows to {}", dataset.name),
            "The rows of the file are added to those that are there. Columns are matched by name.",
        ),
    }
}

/// The person's unfinished uploads.
#[component]
fn Begun(begun: Vec<Upload>) -> impl IntoView {
    let entry = |upload: Upload| {
        let delete = format!("Delete {}", upload.file_name);
        view! {
            <li class="entry">
                <span>
                    <a href=routes::upload(&upload.id)>
                        <bdi>{upload.file_name}</bdi>
                    </a>
                    <br/>
                    <span class="muted">
                        <Moment ms=upload.touched_at_ms/>
                    </span>
                </span>
                <form method="post" action=routes::upload(&upload.id)>
                    <button class="button" type="submit" name="do" value="cancel" aria-label=delete>
                        "Delete"
                    </button>
                </form>
            </li>
        }
    };
    let entries = begun.into_iter().map(entry).collect_view();

    view! {
        <section class="panel" aria-labelledby="begun">
            <h2 id="begun">"Not imported yet"</h2>
            <p class="muted">"An upload is deleted 24 hours after you last changed it."</p>
            <ul class="entries">{entries}</ul>
        </section>
    }
}
