//! What an address leads to and who may use it; whether a person may, and why: rule by rule, as enforced.

use std::sync::Arc;
use std::time::Duration;

use rolecall_core::dashboards::{Dashboard, Dashboards};
use rolecall_model::{AppError, Role};
use rolecall_server::access::{Access, RouteKind};
use rolecall_sign_in::Auth;
use rolecall_sign_in::people::PersonRow;
use rolecall_ui::caller;

use crate::pages::admin::Verdict;

/// What an address leads to.
pub(super) struct AccessTarget {
    /// What it is, at the beginning of a sentence.
    pub(super) name: String,
    /// Who may use it.
    pub(super) opens: Opens,
    /// The reason, if the role alone does not explain it: a sentence.
    pub(super) because: Option<&'static str>,
    pub(super) kind: RouteKind,
    /// The dashboard that it shows.
    pub(super) dashboard: Option<Arc<Dashboard>>,
}

/// Who may use something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opens {
    Anybody,
    SignedIn,
    /// People with this role.
    Role(Role),
    /// Not this person, whatever their role.
    Never,
}

impl From<Access> for Opens {
    /// The policy's rule. If something else decides, it is only known that a sign-in is needed.
    fn from(access: Access) -> Self {
        match access {
            Access::Public => Self::Anybody,
            Access::Role(role) => Self::Role(role),
            Access::SignedIn | Access::App | Access::Dashboard => Self::SignedIn,
        }
    }
}

/// The verdict for `person` about `target`.
pub(super) async fn verdict(
    auth: &Auth,
    dashboards: &Dashboards,
    person: &PersonRow,
    target: &AccessTarget,
) -> Result<Verdict, AppError> {
    let (role, mut reasons) = role_of(person);
    let name = &target.name;
    let (needed, is_open_to_role) = match target.opens {
        Opens::Anybody => {
            reasons.push(format!("{name} is open to anybody, signed in or not."));
            return Ok(Verdict::of(person, true, reasons));
        }
        Opens::Never => {
            reasons.push(format!("{name} is not open to them, whatever their role."));
            (None, false)
        }
        Opens::SignedIn => {
            reasons.push(format!("{name} needs a sign-in, and no role."));
            (None, true)
        }
        Opens::Role(needed) => {
            reasons.push(format!("{name} needs the role {needed}."));
            (Some(needed), role >= Some(needed))
        }
    };
    reasons.extend(target.because.map(ToOwned::to_owned));
    let is_in = person.disabled.is_none() && person.inactive_since_ms.is_none() && person.is_accepted;
    let is_open = is_in && is_open_to_role;
    if is_open {
        reasons.extend(needed.and_then(|needed| step_up(auth, needed)));
        reasons.extend(way_in(target.kind).map(ToOwned::to_owned));
        reasons.extend(rows(dashboards, target, role).await?);
    }
    Ok(Verdict::of(person, is_open, reasons))
}

/// What else applies to a route of this `kind`.
const fn way_in(kind: RouteKind) -> Option<&'static str> {
    match kind {
        RouteKind::Api => Some("Programs use an access token, and its role counts instead of the role of the sign-in."),
        RouteKind::Function => Some(
            "What the form names, such as a dashboard, can need a higher role, and some decisions need a recent sign-in.",
        ),
        RouteKind::Page | RouteKind::App => None,
    }
}

/// The effective role, and where it comes from.
fn role_of(person: &PersonRow) -> (Option<Role>, Vec<String>) {
    let mut reasons = Vec::new();
    if let Some((_, reason)) = &person.disabled {
        reasons.push(format!("An administrator keeps them out: “{reason}”."));
    }
    if person.inactive_since_ms.is_some() {
        reasons.push("The directory of the provider says that they are not active.".to_owned());
    }
    let described = |role: Option<Role>| role.map_or("no role".to_owned(), |role| format!("the role {role}"));
    reasons.push(match &person.provider {
        Some(provider) => {
            format!(
                "The provider {provider} gave them {} at the last sign-in or since.",
                described(person.provider_role)
            )
        }
        None => "No sign-in of theirs is kept, so no role of a provider is known.".to_owned(),
    });
    if let Some(given) = person.granted_role {
        reasons.push(format!("An administrator gave them the role {given} here."));
    }
    let role = person.role();
    if !person.is_accepted {
        reasons.push(
            "Their provider, or its issuer, is no longer in the configuration: they have no role, and must sign in again."
                .to_owned(),
        );
    } else if role < person.unlimited_role() {
        reasons.push(format!("The configuration leaves {} to people of this provider.", described(role)));
    }
    (role, reasons)
}

/// How recently the person must have signed in for what `needed` allows.
fn step_up(auth: &Auth, needed: Role) -> Option<String> {
    let step_up = &auth.config().step_up;
    let limits = [(Role::Write, step_up.write), (Role::Admin, step_up.admin)];
    let strictest = limits.into_iter().filter(|(role, _)| *role <= needed).filter_map(|(_, limit)| limit).min();
    let minutes = strictest.map(|limit: Duration| limit.as_secs().div_ceil(60))?;
    Some(format!(
        "They must have signed in at their provider within the last {minutes} minutes; otherwise they are sent there."
    ))
}

/// Which panels stay closed, and where row rules apply.
async fn rows(dashboards: &Dashboards, target: &AccessTarget, role: Option<Role>) -> Result<Vec<String>, AppError> {
    let Some(dashboard) = &target.dashboard else { return Ok(vec![]) };
    let all = dashboards.open_panels(dashboard, Some(Role::Admin)).await;
    let all = all.map_err(|error| caller::internal(&error))?;
    let closed = all.iter().filter(|(_, needed)| role < Some(*needed));
    let closed: Vec<String> = closed.map(|(panel, needed)| format!("“{}” ({needed})", panel.spec.title)).collect();
    let mut reasons = Vec::new();
    if !closed.is_empty() {
        reasons.push(format!("These panels stay closed to them: {}.", closed.join(", ")));
    }
    let catalogue = dashboards.datasets().catalogue().await.map_err(|error| caller::internal(&error))?;
    let open = all.iter().filter(|(_, needed)| role >= Some(*needed));
    let mut names: Vec<&String> = open.filter_map(|(panel, _)| panel.spec.dataset.as_ref()).collect();
    names.sort();
    names.dedup();
    for dataset in names.into_iter().filter_map(|name| catalogue.get(name)) {
        let holding = dataset.row_rules.iter().filter(|rule| rule.except.is_none_or(|except| role < Some(except)));
        let columns: Vec<String> = holding.map(|rule| format!("“{}”", rule.column)).collect();
        if !columns.is_empty() {
            reasons.push(format!(
                "Row rules of the data set “{}” apply to them, on {}.",
                dataset.title,
                columns.join(", ")
            ));
        }
    }
    Ok(reasons)
}
