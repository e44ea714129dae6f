//! Changes of data sets by forms of their pages. Each names the data set by its id, since another one may have its name
//! by now, and leads back to its page.

use leptos::prelude::*;
use rolecall_model::data::RowRuleForm;
use rolecall_model::{AppError, Role};

/// Says something else of the data set `id`, if `revision` is still the current one.
///
/// # Errors
/// [`AppError::NotFound`] for a data set that the caller may not see; [`AppError::Forbidden`] or [`AppError::StepUp`]
/// for one that they may not change; [`AppError::Invalid`] for a role above their own; [`AppError::Conflict`].
#[server(endpoint = "describe_dataset")]
pub async fn describe_dataset(
    id: String,
    title: String,
    description: String,
    role: Role,
    revision: i64,
) -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::datasets::{Description, Way};

    let (found, sign_in) = caller::answer(caller::dataset_to_change(&id, Way::Settings).await)?;
    caller::answer(caller::require_role_for_dataset(role))?;
    let new = Description { title, description, role };
    let done = caller::dashboards()?.datasets().describe(&found, new, revision, sign_in.user_id).await;
    caller::answer(caller::back_to_dataset(&found.name, done))
}

/// Adds a row rule to the data set `id`, or puts it in the place of the rule at `index`, if `revision` is still the
/// current one.
///
/// # Errors
/// As [`describe_dataset`]; [`AppError::Invalid`] for a rule that does not fit.
#[server(endpoint = "save_row_rule")]
pub async fn save_row_rule(
    id: String,
    revision: i64,
    #[server(default)] index: Option<usize>,
    rule: RowRuleForm,
) -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::datasets::{RowRule, Way};

    let (found, sign_in) = caller::answer(caller::dataset_to_change(&id, Way::RowRules).await)?;
    let rule = RowRule::from_form(rule);
    let rule = caller::answer(rule.map_err(|message| AppError::Invalid { message }))?;
    let mut rules = found.row_rules.clone();
    match index {
        None => rules.push(rule),
        Some(index) => *caller::answer(rules.get_mut(index).ok_or(AppError::NotFound))? = rule,
    }
    let done = caller::dashboards()?.datasets().save_rules(&found, &rules, revision, sign_in.user_id).await;
    caller::answer(caller::back_to_dataset(&found.name, done))
}

/// Removes the row rule at `index` of the data set `id`, if `revision` is still the current one.
///
/// # Errors
/// As [`describe_dataset`].
#[server(endpoint = "remove_row_rule")]
pub async fn remove_row_rule(id: String, revision: i64, index: usize) -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::datasets::Way;

    let (found, sign_in) = caller::answer(caller::dataset_to_change(&id, Way::RowRules).await)?;
    let mut rules = found.row_rules.clone();
    if index >= rules.len() {
        return caller::answer(Err(AppError::NotFound));
    }
    rules.remove(index);
    let done = caller::dashboards()?.datasets().save_rules(&found, &rules, revision, sign_in.user_id).await;
    caller::answer(caller::back_to_dataset(&found.name, done))
}

/// Makes a new version of the data set `id` with the rows of `version`, if `current` is still the current one.
///
/// # Errors
/// As [`describe_dataset`].
#[server(endpoint = "restore_dataset_version")]
pub async fn restore_dataset_version(id: String, version: u64, current: u64) -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::datasets::Way;

    let (found, sign_in) = caller::answer(caller::dataset_to_change(&id, Way::Restore).await)?;
    let done = caller::dashboards()?.datasets().restore_version(&found, version, current, sign_in.user_id).await;
    caller::answer(caller::back_to_dataset(&found.name, done))
}

/// Deletes the data set `id`, where `confirmation` is its name.
///
/// # Errors
/// As [`describe_dataset`]; [`AppError::Invalid`] where it is not.
#[server(endpoint = "delete_dataset")]
pub async fn delete_dataset(id: String, confirmation: String) -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::datasets::Way;
    use rolecall_routes as routes;

    let (found, sign_in) = caller::answer(caller::dataset_to_change(&id, Way::Settings).await)?;
    if confirmation.trim() != found.name {
        let message = format!("Nothing was deleted: write the name “{}” into the field.", found.name);
        return caller::answer(Err(AppError::Invalid { message }));
    }
    let done = caller::dashboards()?.datasets().delete(&found, sign_in.user_id).await;
    caller::answer(done.map_err(|error| error.for_browser(caller::internal)))?;
    caller::redirect_to_page(routes::DATASETS);
    Ok(())
}

/// Takes the deletion of the data set with this `id` back.
///
/// # Errors
/// [`AppError::NotFound`] for one that the caller may not change; [`AppError::Invalid`] where another one has its name
/// by now; [`AppError::Conflict`].
#[server(endpoint = "undelete_dataset")]
pub async fn undelete_dataset(id: String) -> Result<(), AppError> {
    use crate::caller;
    use rolecall_core::datasets::Changer;

    let sign_in = caller::answer(caller::require(Role::Write))?;
    let dashboards = caller::dashboards()?;
    let by = Changer { user: sign_in.user_id, role: caller::open_role() };
    let deleted = dashboards.datasets().deleted_one(&id, by).await;
    let deleted = caller::answer(deleted.map_err(|error| error.for_browser(caller::internal)))?;
    let found = caller::answer(deleted.ok_or(AppError::NotFound))?;
    let done = dashboards.datasets().undelete(&found, by).await;
    caller::answer(caller::back_to_dataset(&found.name, done))
}
