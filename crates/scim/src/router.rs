//! The paths of SCIM.

use axum::Router;
use axum::routing::{any, get};
use rolecall_routes as routes;

use super::error::ScimError;
use super::groups::Groups;
use super::handle::Scim;
use super::users::Users;
use super::{description, groups, reading, users};

/// The routes of `scim`. They expect a [`Directory`](super::Directory) in the request's extensions.
pub fn router<S>(scim: Scim) -> Router<S> {
    let user = get(reading::read::<Users>).put(users::replace).patch(users::patch).delete(users::delete);
    let group = get(reading::read::<Groups>).put(groups::replace).patch(groups::patch).delete(groups::delete);
    let routes = Router::new()
        .route(routes::SCIM_USERS, get(reading::list::<Users>).post(users::create))
        .route(routes::SCIM_USER, user)
        .route(routes::SCIM_GROUPS, get(reading::list::<Groups>).post(groups::create))
        .route(routes::SCIM_GROUP, group)
        .route(routes::SCIM_SERVICE_PROVIDER_CONFIG, get(description::service))
        .route(routes::SCIM_RESOURCE_TYPES, get(description::resource_types))
        .route(routes::SCIM_RESOURCE_TYPE, get(description::resource_type))
        .route(routes::SCIM_SCHEMAS, get(description::schemas))
        .route(routes::SCIM_SCHEMA, get(description::schema));
    let others = [routes::SCIM, routes::SCIM_ROOT, routes::SCIM_REST];
    let routes = others.into_iter().fold(routes, |all, path| all.route(path, any(async || ScimError::not_found())));
    routes.with_state(scim)
}
