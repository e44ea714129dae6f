//! The role badge.

use leptos::prelude::*;
use rolecall_model::Role;

#[component]
pub fn RoleBadge(role: Option<Role>) -> impl IntoView {
    let (class, name) = match role {
        Some(Role::Read) => ("badge badge-read", Role::Read.name()),
        Some(Role::Write) => ("badge badge-write", Role::Write.name()),
        Some(Role::Admin) => ("badge badge-admin", Role::Admin.name()),
        None => ("badge badge-none", "No role"),
    };

    view! { <span class=class>{name}</span> }
}
