//! The data set that a page or a form is about, for who calls.

use std::sync::Arc;

use rolecall_model::{AppError, Role};
use rolecall_sign_in::ReturnTo;
use rolecall_sign_in::session::SignIn;

use super::answer::redirect;
use super::request::{dashboards, internal, open_role, require};
use crate::datasets::{DataSet, DatasetError};
use crate::routes;

/// The data set `name`, where the caller's role opens it, at most a second old. To others it does not exist.
///
/// # Errors
/// [`AppError::SignedOut`], [`AppError::Forbidden`] or [`AppError::StepUp`] below Write; [`AppError::NotFound`];
/// [`AppError::StepUp`] where the role would open it after another sign-in.
pub async fn dataset(name: &str) -> Result<(Arc<DataSet>, Arc<SignIn>), AppError> {
    let sign_in = require(Role::Write)?;
    let catalogue = dashboards()?.datasets().catalogue().await.map_err(|error| internal(&error))?;
    let found = opened(catalogue.get(name).cloned(), &sign_in)?;
    Ok((found, sign_in))
}

/// The same as it is at this moment, where the caller may change it.
///
/// # Errors
/// As [`dataset`]; [`AppError::Forbidden`] for who may only see it.
pub async fn dataset_to_change(name: &str) -> Result<(Arc<DataSet>, Arc<SignIn>), AppError> {
    let sign_in = require(Role::Write)?;
    let found = dashboards()?.datasets().current(name).await.map_err(|error| internal(&error))?;
    let found = opened(found.map(Arc::new), &sign_in)?;
    if found.may_be_changed_by(sign_in.user_id, open_role()) {
        return Ok((found, sign_in));
    }
    if found.may_be_changed_by(sign_in.user_id, Some(Role::Admin)) {
        // Tells somebody who has that role to sign in again.
        require(Role::Admin)?;
    }
    Err(AppError::Invalid { message: format!("“{name}” comes with Rolecall and cannot be changed.") })
}

/// What was `found`, where the role of `sign_in` opens it.
fn opened(found: Option<Arc<DataSet>>, sign_in: &SignIn) -> Result<Arc<DataSet>, AppError> {
    let found = found.filter(|found| found.is_open_to(sign_in.user.role)).ok_or(AppError::NotFound)?;
    require(found.role)?;
    Ok(found)
}

/// Whether the caller may choose `role` as the least role of a data set: one's own at the most.
///
/// # Errors
/// [`AppError::Invalid`].
pub fn require_role_for_dataset(role: Role) -> Result<(), AppError> {
    if open_role() >= Some(role) {
        return Ok(());
    }
    Err(AppError::Invalid { message: format!("You cannot choose the role {role}: it is higher than your own.") })
}

/// Sends the browser to the page of the data set `name` after what was `done`.
///
/// # Errors
/// The error of `done`, as browsers are told it.
pub fn back_to_dataset(name: &str, done: Result<(), DatasetError>) -> Result<(), AppError> {
    done.map_err(|error| error.for_browser(internal))?;
    redirect(&ReturnTo::parse_or_home(Some(&routes::dataset(name))));
    Ok(())
}
