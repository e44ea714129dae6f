//! Handles the form of an upload. Invalid values are shown again in the form.

use axum::http::StatusCode;
use rolecall_core::datasets::{DatasetError, check_role, checked_title};
use rolecall_core::uploads::decisions::{Fields, decide, doubled, fields};
use rolecall_core::uploads::{FormMistakes, ProposedDataSet, Purpose, Upload, UploadChange, UploadError};
use rolecall_data::import::{Examined, Question};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_ui::caller;
use rolecall_ui::page::{Asked, FormAnswer, Reply};

use super::filled::Filled;
use super::page::{app_error, shown, why_not_called};

/// Handles the person's action on the upload named by the path.
///
/// # Errors
/// [`AppError::NotFound`] for another person's upload; if another action is running; if the disk is full; as
/// [`caller::require`] below Write.
pub async fn change(asked: Asked, sent: Fields) -> FormAnswer {
    let (sign_in, open_role) = (caller::require(Role::Write)?, caller::open_role());
    let uploads = caller::uploads()?;
    let id = asked.parameter.clone().unwrap_or_default();
    if sent.get("do") == Some("cancel") {
        let goes_on = uploads.cancel(&id, sign_in.user_id).await.map_err(|error| app_error(&error))?;
        return Ok(Reply::GoOn(if goes_on { routes::upload(&id) } else { routes::UPLOADS.to_owned() }));
    }
    let upload = uploads.find(&id, sign_in.user_id).await.map_err(|error| app_error(&error))?;
    check_state(&upload)?;
    let examined = uploads.examined(&upload).await.map_err(|error| app_error(&error))?;
    let mut mistakes = FormMistakes::default();
    let given = decide(&upload.given, examined.as_ref(), &sent, &mut mistakes);
    let new = new_data_set(&upload, &sent, &mut mistakes)?;
    let again = sent.get("do") == Some("again");
    let wants_import = sent.asks_for_import();
    let is_as_shown = wants_import && given == upload.given;
    if is_as_shown {
        ask_first(examined.as_ref(), &mut mistakes);
    }
    // Its page reports the mistakes in the names.
    let has_name =
        !wants_import || upload.purpose != Purpose::New || why_not_called(&uploads, &new.name).await?.is_none();
    let has_names = !is_as_shown || examined.as_ref().is_none_or(has_own_names);
    if !mistakes.is_empty() || !has_name || !has_names {
        let page = shown(&asked, Some(Filled::again(sent, mistakes))).await?;
        return Ok(Reply::Page(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    let wish = match examined {
        Some(examined) if is_as_shown => {
            // Its page asks what to do.
            let is_there =
                !again && uploads.added_before(&upload, open_role).await.map_err(|error| app_error(&error))?.is_some();
            if is_there {
                return Ok(Reply::GoOn(routes::upload(&id)));
            }
            UploadChange::Import { examined, new, again }
        }
        _ => UploadChange::Show(given, new, sent),
    };
    uploads.change(upload, wish, &sign_in).await.map_err(|error| app_error(&error))?;
    Ok(Reply::GoOn(routes::upload(&id)))
}

/// Whether an action on `upload` is possible now.
fn check_state(upload: &Upload) -> Result<(), AppError> {
    if upload.is_over() {
        return Err(app_error(&UploadError::Unknown));
    }
    if upload.is_in_work() {
        return Err(app_error(&UploadError::InWork));
    }
    Ok(())
}

/// The data set that is to be made, as the form names it. Where the rows go to one that is there, the form has none of
/// these fields.
fn new_data_set(upload: &Upload, sent: &Fields, mistakes: &mut FormMistakes) -> Result<ProposedDataSet, AppError> {
    let mut new = upload.new.clone();
    if upload.purpose != Purpose::New {
        return Ok(new);
    }
    if let Some(title) = sent.get(fields::TITLE) {
        match checked_title(title) {
            Ok(title) => new.title = title,
            Err(error) => note(mistakes, fields::TITLE, error)?,
        }
    }
    if let Some(name) = sent.get(fields::NAME) {
        name.trim().clone_into(&mut new.name);
    }
    if let Some(role) = sent.get(fields::ROLE) {
        let known = Role::from_key(role).ok_or_else(|| "There is no such role. Choose one of the list.".to_owned());
        new.role = mistakes.noted(fields::ROLE, known).unwrap_or(new.role);
    }
    if let Err(error) = check_role(new.role, caller::open_role()) {
        note(mistakes, fields::ROLE, error)?;
    }
    Ok(new)
}

/// Tells `error` beside `field`. What the person cannot correct, such as a failure of ours, is the error that is
/// returned.
fn note(mistakes: &mut FormMistakes, field: &str, error: DatasetError) -> Result<(), AppError> {
    match error.for_browser(caller::internal) {
        AppError::Invalid { message } => {
            mistakes.add(field, message);
            Ok(())
        }
        error => Err(error),
    }
}

/// Whether each imported column has a unique name.
fn has_own_names(examined: &Examined) -> bool {
    let taken = examined.reading.columns.iter().filter(|column| column.taken);
    doubled(taken.map(|column| (String::new(), column.name.clone())).collect()).is_empty()
}

/// Notes that the questions about the file come before its import, where there are some.
fn ask_first(examined: Option<&Examined>, mistakes: &mut FormMistakes) {
    const FIRST: &str = "Answer the questions about the file first.";
    match examined.and_then(|examined| examined.questions.first()) {
        Some(Question::Encoding) => mistakes.add(fields::ANSWER_ENCODING, FIRST),
        Some(Question::DecimalMark) => mistakes.add(fields::ANSWER_NUMBERS, FIRST),
        Some(Question::DateOrder { position }) => mistakes.add(&fields::answer_date_order(*position), FIRST),
        None => {}
    }
}
