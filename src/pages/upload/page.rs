//! The whole page, and the progress of work on an upload.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use rolecall_core::uploads::decisions::fields;
use rolecall_core::uploads::{Notice, Purpose, State, Upload, UploadError, Uploads, Work};
use rolecall_data::import::{Examined, ImportReport};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_sign_in::ReturnTo;
use rolecall_ui::caller;
use rolecall_ui::components::notices::StepUpNotice;
use rolecall_ui::components::number::{grouped, percent, size, time_left};
use rolecall_ui::page::{Answer, Asked, Page};

use super::filled::Filled;
use super::notice::{NoTable, NoticeOf, ReportOf};
use super::preview::PreviewForm;

/// How long an answer waits for work that may finish in a moment.
const PATIENCE: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_millis(40);
/// The number of seconds after which the page of running work reloads itself.
const REFRESH_SECONDS: &str = "2";

const UNCLEAR: &str = "It is not certain yet whether the rows were imported. This page checks again by itself.";

/// The upload named by the path, or a redirect to the data set that it became.
///
/// # Errors
/// [`AppError::NotFound`] for another person's upload; as [`caller::require`] below Write.
pub async fn upload(asked: Asked) -> Answer {
    shown(&asked, None).await
}

/// The same with the form as `filled`, if it was just sent.
///
/// # Errors
/// As [`upload`].
pub(super) async fn shown(asked: &Asked, filled: Option<Filled>) -> Answer {
    let sign_in = caller::require(Role::Write)?;
    let uploads = caller::uploads()?;
    let id = asked.parameter.as_deref().unwrap_or_default();
    let upload = settled(&uploads, id, sign_in.user_id).await.map_err(|error| app_error(&error))?;
    if let State::Imported { dataset, version } = &upload.state {
        caller::redirect(&ReturnTo::parse_or_home(Some(&routes::dataset_after_import(dataset, *version))));
    }
    let work = uploads.work(&upload).await.map_err(|error| app_error(&error))?;
    let examined = uploads.examined(&upload).await.map_err(|error| app_error(&error))?;
    let bytes = uploads.bytes(&upload).await;
    let title = upload.file_name.clone();
    let contents = match (work.filter(|_| upload.is_in_work()), &upload.state) {
        (Some(work), _) => {
            caller::refresh_after(REFRESH_SECONDS);
            let now_ms = uploads.now_ms();
            view! { <ProgressOf upload=upload.clone() work now_ms/> }.into_any()
        }
        (None, _) if upload.is_in_work() => {
            caller::refresh_after(REFRESH_SECONDS);
            view! { <NoticeOf notice=Notice::Refused(UNCLEAR.to_owned())/> }.into_any()
        }
        (None, State::Refused(why)) => view! { <NoTable why=why.clone() form=form_for(&upload.purpose)/> }.into_any(),
        (None, _) => {
            let mismatches = mismatches(&uploads, &upload, examined.as_ref()).await;
            let added_before =
                uploads.added_before(&upload, caller::open_role()).await.map_err(|error| app_error(&error))?;
            let filled = filled.unwrap_or_else(|| Filled::kept(&upload, examined.as_ref()));
            let filled = with_name(&uploads, &upload, filled).await?;
            let columns = examined.as_ref().map(|examined| examined.reading.columns.as_slice()).unwrap_or_default();
            let filled = Arc::new(filled.with_doubled_names(columns));
            // Messages about a field are shown at the field.
            let notice = upload.notice.clone().filter(|notice| !matches!(notice, Notice::Field { .. }));
            view! {
                {notice.map(|notice| view! { <NoticeOf notice/> })}
                {mismatches.map(|report| view! { <ReportOf report/> })}
                <PreviewForm upload=upload.clone() examined added_before open_role=caller::open_role() filled/>
            }
            .into_any()
        }
    };
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::UPLOADS>"Upload a file"</a>
            </p>
            <h1>
                <bdi>{upload.file_name.clone()}</bdi>
            </h1>
            {(bytes > 0).then(|| view! { <p class="muted">{size(bytes)}</p> })}
        </div>
        <StepUpNotice here=asked.here()/>
        {contents}
    };
    Ok(Page::new(title, view))
}

/// The path to send another file for the same purpose.
fn form_for(purpose: &Purpose) -> String {
    match purpose {
        Purpose::New => routes::UPLOADS.to_owned(),
        Purpose::Replace(dataset) => routes::upload_to_replace(&dataset.id),
        Purpose::Append(dataset) => routes::upload_to_append(&dataset.id),
    }
}

/// The upload once no work is running, or after a moment.
async fn settled(uploads: &Uploads, id: &str, owner: i64) -> Result<Upload, UploadError> {
    let waiting = async {
        loop {
            let upload = uploads.find(id, owner).await?;
            // The worker releases its claim last.
            if !upload.is_in_work() && uploads.work(&upload).await?.is_none() {
                return Ok(upload);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    };
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(settled) => settled,
        Err(_) => uploads.find(id, owner).await,
    }
}

/// The mismatches between a file's columns and the existing data set, unless an import has reported them.
async fn mismatches(uploads: &Uploads, upload: &Upload, examined: Option<&Examined>) -> Option<ImportReport> {
    let key = upload.purpose.dataset()?;
    let reading = &examined?.reading;
    if matches!(upload.notice, Some(Notice::Mistakes(_))) {
        return None;
    }
    let dataset = uploads.datasets().current_with(&key.id).await.ok()??;
    if !dataset.may_be_changed_by(upload.owner, caller::open_role()) {
        return None;
    }
    reading.for_columns(&dataset.data.columns).err()
}

/// `filled` with a mistake if the data set cannot have the name in the form.
async fn with_name(uploads: &Uploads, upload: &Upload, filled: Filled) -> Result<Filled, AppError> {
    if upload.purpose != Purpose::New {
        return Ok(filled);
    }
    let name = filled.value(fields::NAME, upload.new.name.as_str());
    Ok(match why_not_called(uploads, name.trim()).await? {
        Some(why) => filled.with(fields::NAME, why),
        None => filled,
    })
}

/// Why a new data set cannot be called `name`; `None` if it can.
///
/// # Errors
/// If the database does not answer.
pub(super) async fn why_not_called(uploads: &Uploads, name: &str) -> Result<Option<String>, AppError> {
    let Err(error) = uploads.datasets().check_free_name(name).await else { return Ok(None) };
    match error.for_browser(caller::internal) {
        AppError::Invalid { message } => Ok(Some(message)),
        error => Err(error),
    }
}

/// The message about `error` for the person.
pub(super) fn app_error(error: &UploadError) -> AppError {
    match error {
        UploadError::Unknown => AppError::NotFound,
        UploadError::InWork => AppError::Invalid { message: error.to_string() },
        error if error.is_for_want_of_space() => {
            tracing::error!(?error, "the disk is too full for an upload");
            AppError::NoRoom
        }
        error => caller::internal(error),
    }
}

#[component]
pub(super) fn ProgressOf(upload: Upload, work: Work, now_ms: i64) -> impl IntoView {
    let what = match upload.state {
        State::Receiving => "Receiving the file",
        State::Importing { .. } => "Importing the rows",
        _ => "Reading the file",
    };
    let progress = work.progress;
    let label = format!("{what}: {} %", percent(progress.bytes_read, progress.bytes));
    let left = time_left(now_ms - work.began_at_ms, progress.bytes_read, progress.bytes);
    let max = progress.bytes.max(1).to_string();
    let value = progress.bytes_read.to_string();

    view! {
        <section class="panel" aria-labelledby="progress">
            <h2 id="progress">{what}</h2>
            <progress aria-label=label max=max value=value></progress>
            <p role="status">
                {grouped(progress.rows)}
                " rows, "
                {size(progress.bytes_read)}
                " of "
                {size(progress.bytes)}
                {left.map(|left| format!(", {left} left"))}
            </p>
            <p class="muted">"You can leave this page and come back."</p>
            <form method="post" action=routes::upload(&upload.id)>
                <button class="button" type="submit" name="do" value="cancel">
                    "Cancel"
                </button>
            </form>
        </section>
    }
}
