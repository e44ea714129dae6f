//! The requests of the upload pages: a file, and actions on it.

use axum::body::{Body, to_bytes};
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::MethodRouter;
use futures_util::StreamExt as _;
use rolecall_core::datasets::{Changer, Way};
use rolecall_core::uploads::decisions::Fields;
use rolecall_core::uploads::{Incoming, Purpose, UploadError, Uploads};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_server::limits::beside_file::BesideFile;
use rolecall_server::limits::pace::is_too_slow;
use rolecall_server::limits::request_sizes::{MAX_LONG_FORM_BYTES, content_length, max_body_of};
use rolecall_server::pages::Pages;
use rolecall_server::state::AppState;
use rolecall_sign_in::Auth;
use rolecall_sign_in::web::wants_page;
use rolecall_ui::caller::{self, Asker};
use rolecall_ui::components::number::size;

use super::page_routes::page;
use crate::pages::upload::{change, upload};
use crate::pages::uploads::{asked_of, uploads};

const NO_FILE: &str = "No file was sent. Choose one first.";
const CUT_OFF: &str = "The file did not arrive in full, so nothing of it was kept. Send it again.";

/// The page with the form for a file, and its target.
pub fn all() -> MethodRouter<AppState> {
    page(uploads).post(receive).layer(axum::extract::DefaultBodyLimit::disable())
}

/// The page of one upload, and the target of its form.
pub fn one() -> MethodRouter<AppState> {
    page(upload).post(send)
}

/// Takes in a file, as `multipart/form-data` (RFC 7578), and leads on to its page.
async fn receive(
    State(auth): State<Auth>,
    State(uploads): State<Uploads>,
    State(pages): State<Pages>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    match begin(&auth, &uploads, &parts).await {
        Ok((owner, purpose)) => {
            let request = Request::from_parts(parts.clone(), body);
            match take_in(&uploads, request, owner, purpose).await {
                // A script cannot tell a redirect from the page that it leads to.
                Ok(id) if !wants_page(&parts.headers) => {
                    (StatusCode::CREATED, [(header::LOCATION, routes::upload(&id))]).into_response()
                }
                Ok(id) => Redirect::to(&routes::upload(&id)).into_response(),
                Err(error) => pages.refused(Some(parts), &error),
            }
        }
        Err(error) => {
            // A browser shows the answer only after it has sent everything.
            tokio::spawn(async move {
                let mut pieces = body.into_data_stream();
                while let Some(Ok(_)) = pieces.next().await {}
            });
            pages.refused(Some(parts), &error)
        }
    }
}

/// Who sends a file and for what, before anything of it is read.
async fn begin(auth: &Auth, uploads: &Uploads, parts: &Parts) -> Result<(i64, Purpose), AppError> {
    let asker = Asker::of(auth, &parts.extensions);
    let sign_in = asker.require(Role::Write)?;
    let datasets = uploads.datasets();
    let purpose = if let Some((purpose, id)) = asked_of(parts.uri.query().unwrap_or_default()) {
        let found = datasets.current_with(&id).await.map_err(|error| caller::internal(&error))?;
        purpose(caller::changeable(found, Way::File, &asker)?.0.key())
    } else {
        let by = Changer { user: sign_in.user_id, role: asker.open_role() };
        datasets.check_room(by).await.map_err(|error| error.for_browser(caller::internal))?;
        Purpose::New
    };
    let max = uploads.limits().file_bytes;
    if content_length(&parts.headers).is_some_and(|length| length > max_body_of(max)) {
        return Err(AppError::FileTooLarge { limit: size(max) });
    }
    uploads.check_room(sign_in.user_id).await.map_err(|error| app_error(&error))?;
    Ok((sign_in.user_id, purpose))
}

/// Reads the file of `request` into a folder of its own. Returns the id of the upload.
async fn take_in(uploads: &Uploads, request: Request, owner: i64, purpose: Purpose) -> Result<String, AppError> {
    let invalid = |message: &str| AppError::Invalid { message: message.to_owned() };
    let beside_file = BesideFile::default();
    let request = beside_file.guarding(request);
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| invalid(NO_FILE))?;
    loop {
        let field = form.next_field().await.map_err(|error| cut_off(&error))?;
        let mut field = field.ok_or_else(|| invalid(NO_FILE))?;
        let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(ToOwned::to_owned) else { continue };
        beside_file.pause();
        let mut incoming = uploads.begin(owner, &name, purpose).await.map_err(|error| app_error(&error))?;
        let taken = loop {
            match field.chunk().await {
                Ok(Some(piece)) => match incoming.write(&piece).await {
                    Ok(()) => {}
                    Err(error) => break Err(app_error(&error)),
                },
                Ok(None) => break Ok(()),
                Err(error) => break Err(cut_off(&error)),
            }
        };
        // The next field is read only after the previous one is dropped.
        drop(field);
        return match taken {
            Ok(()) => {
                beside_file.go_on();
                end(form, incoming).await
            }
            Err(error) => {
                incoming.discard().await;
                tokio::spawn(async move { while let Ok(Some(_)) = form.next_field().await {} });
                Err(error)
            }
        };
    }
}

/// The file is complete only if the form is.
async fn end(mut form: Multipart, incoming: Incoming) -> Result<String, AppError> {
    loop {
        match form.next_field().await {
            Ok(Some(_)) => {}
            Ok(None) => return incoming.end().await.map_err(|error| app_error(&error)),
            Err(error) => {
                incoming.discard().await;
                return Err(cut_off(&error));
            }
        }
    }
}

/// Why a form ended early.
fn cut_off(error: &MultipartError) -> AppError {
    if is_too_slow(error) { AppError::TooSlow } else { AppError::Invalid { message: CUT_OFF.to_owned() } }
}

/// Runs a person's action on an upload, and shows the form again if a field is invalid.
async fn send(State(pages): State<Pages>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(form) = to_bytes(body, MAX_LONG_FORM_BYTES).await else {
        return pages.refused(Some(parts), &AppError::TooLarge);
    };
    let fields = Fields::of(&form);
    pages.answer(Request::from_parts(parts, Body::empty()), move |asked| change(asked, fields)).await
}

/// `error` in the form for the person.
fn app_error(error: &UploadError) -> AppError {
    match error {
        UploadError::TooMany(_) | UploadError::TooMuch | UploadError::NoTable(_) => {
            AppError::Invalid { message: error.to_string() }
        }
        UploadError::TooLarge(max) => AppError::FileTooLarge { limit: size(*max) },
        UploadError::Unknown => AppError::NotFound,
        error if error.is_for_want_of_space() => {
            tracing::error!(?error, "the disk is too full for an upload");
            AppError::NoRoom
        }
        error => caller::internal(error),
    }
}
