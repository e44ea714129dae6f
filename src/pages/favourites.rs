//! Takes the stars of dashboards and apps.

use rolecall_model::{AppError, Role};
use rolecall_sign_in::ReturnTo;

use super::page::{Asked, FormAnswer, Reply};
use crate::bookmarks::Thing;
use crate::caller;
use crate::dashboards::Typed;

/// Makes what a star belongs to a favourite of the caller, or ends that.
///
/// # Errors
/// [`AppError::NotFound`] for what there is not, or not for the caller.
pub async fn favour(asked: Asked, typed: Typed) -> FormAnswer {
    let sign_in = caller::require(Role::Read)?;
    let (named, is_favourite) = match (typed.get("add"), typed.get("remove")) {
        ("", "") => return Err(AppError::NotFound),
        ("", removed) => (removed, false),
        (added, _) => (added, true),
    };
    let thing = Thing::from(named.to_owned());
    // What is gone can be taken away, and whether it is there is told to nobody.
    let is_there = if !is_favourite {
        true
    } else if let Some(slug) = thing.as_dashboard() {
        let found = caller::dashboards()?.find(slug, sign_in.user.role).await;
        found.map_err(|error| caller::internal(&error))?.is_some()
    } else {
        thing.as_app().is_some_and(|name| asked.viewer.apps.iter().any(|app| app.name == name))
    };
    if !is_there {
        return Err(AppError::NotFound);
    }
    let marked = caller::bookmarks()?.set_favourite(sign_in.user_id, &thing, is_favourite).await;
    marked.map_err(|error| caller::internal(&error))?;
    Ok(Reply::GoOn(ReturnTo::parse_or_home(Some(typed.get("back"))).as_str().to_owned()))
}
