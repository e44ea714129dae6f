//! The data set that a page or a form is about, for the caller.

use std::sync::Arc;

use rolecall_core::datasets::{DataSet, DatasetError, Way, check_role};
use rolecall_model::{AppError, Role};
use rolecall_routes as routes;
use rolecall_sign_in::ReturnTo;
use rolecall_sign_in::session::SignIn;

use super::answer::redirect;
use super::request::{Asker, asking, dashboards, internal, open_role, require};

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

/// The data set with this `id` as it is at this moment, where the caller may change it in this `way`.
///
/// # Errors
/// As [`dataset`] and [`changeable`].
pub async fn dataset_to_change(id: &str, way: Way) -> Result<(DataSet, Arc<SignIn>), AppError> {
    require(Role::Write)?;
    let found = dashboards()?.datasets().current_with(id).await.map_err(|error| internal(&error))?;
    asking(|asker| changeable(found, way, asker))
}

/// What was `found`, where `asker` may change it in this `way`.
///
/// # Errors
/// [`AppError::NotFound`] where their role does not open it; [`AppError::NotOwner`] for who may only see it;
/// [`AppError::StepUp`] where they would have to sign in again; [`AppError::Invalid`] where nobody can change it so.
pub fn changeable(found: Option<DataSet>, way: Way, asker: &Asker<'_>) -> Result<(DataSet, Arc<SignIn>), AppError> {
    let sign_in = asker.require(Role::Write)?;
    let found = found.filter(|found| found.is_open_to(sign_in.user.role)).ok_or(AppError::NotFound)?;
    asker.require(found.role)?;
    found.check_way(way).map_err(|error| error.for_browser(internal))?;
    if !found.may_be_changed_by(sign_in.user_id, asker.open_role()) {
        // Tells somebody who has that role to sign in again. To others the page of the data set names its owner, where
        // it has one.
        asker.require(Role::Admin).map_err(|error| match error {
            AppError::Forbidden { .. } if found.owner.is_some() => {
                AppError::NotOwner { page: routes::dataset(&found.name), owner: None }
            }
            error => error,
        })?;
    }
    Ok((found, sign_in))
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
    check_role(role, open_role()).map_err(|error| error.for_browser(internal))
}

/// Sends the browser to the page of the data set `name` after what was `done`.
///
/// # Errors
/// The error of `done`, as the browser may see it.
pub fn back_to_dataset(name: &str, done: Result<(), DatasetError>) -> Result<(), AppError> {
    done.map_err(|error| error.for_browser(internal))?;
    redirect(&ReturnTo::parse_or_home(Some(&routes::dataset(name))));
    Ok(())
}
