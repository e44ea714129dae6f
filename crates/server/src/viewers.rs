//! Data about the viewer of a page.

use rolecall_apps::{Apps, Mount, UpstreamApp};
use rolecall_model::{AppCard, Role, RoleGrant, SignInAgain, Viewer};
use rolecall_routes as routes;
use rolecall_sign_in::Auth;
use rolecall_sign_in::config::RoleRules;
use rolecall_sign_in::guard::CurrentSignIn;
use rolecall_sign_in::session::SignOutMark;

/// Builds the [`Viewer`] of each request. Clones share everything.
#[derive(Clone)]
pub struct Viewers {
    auth: Auth,
    apps: Apps,
    is_demonstration: bool,
}

impl Viewers {
    /// For people who are signed in with `auth`, and may use `apps`.
    pub const fn new(auth: Auth, apps: Apps, is_demonstration: bool) -> Self {
        Self { auth, apps, is_demonstration }
    }

    /// The viewer behind `sign_in`, in a browser with the mark `signed_out` of a sign-out.
    pub fn viewer(&self, sign_in: Option<&CurrentSignIn>, signed_out: Option<&SignOutMark>) -> Viewer {
        let record = sign_in.and_then(|current| current.sign_in.as_ref());
        let user = record.map(|sign_in| sign_in.user.clone());
        let role = user.as_ref().and_then(|user| user.role);
        let open_role = sign_in.and_then(|current| current.open_role);
        let provider = record.map(|sign_in| sign_in.provider.clone());
        let ask_for = provider.as_ref().filter(|_| role.is_none()).and_then(|id| self.ask_for(id));
        Viewer {
            apps: self.apps_open_to(role),
            providers: self.auth.choices().to_vec(),
            demonstration: self.is_demonstration,
            ask_for,
            role_given_here: record.is_some_and(|sign_in| sign_in.own_role() > sign_in.provider_role),
            view_as: record.and_then(|sign_in| sign_in.view_as).map(|view_as| view_as.role),
            step_up: role
                .filter(|role| open_role < Some(*role))
                .zip(provider)
                .map(|(role, provider)| SignInAgain { role, provider }),
            signed_out: signed_out.map(ToString::to_string),
            user,
        }
    }

    /// How a person of the provider `id` would get the lowest role: by groups if no app role was ever configured.
    fn ask_for(&self, id: &str) -> Option<RoleGrant> {
        let rules = self.auth.config().rules_for(&self.auth.provider(id)?.config);
        let first = |values: fn(&RoleRules, Role) -> &[String]| {
            let values = Role::ALL.into_iter().map(|role| values(rules, role)).find(|values| !values.is_empty());
            values.map(<[String]>::to_vec)
        };
        let app_roles = first(RoleRules::values_for).map(RoleGrant::AppRoles);
        let groups = first(RoleRules::groups_for).map(RoleGrant::Groups);
        let are_default = rules.claim_values == RoleRules::default().claim_values;
        if are_default { groups.or(app_roles) } else { app_roles.or(groups) }
    }

    /// The apps that `role` may use.
    fn apps_open_to(&self, role: Option<Role>) -> Vec<AppCard> {
        let card = |app: &UpstreamApp| AppCard {
            name: app.name.clone(),
            title: app.title.clone(),
            summary: app.summary.clone(),
            href: match &app.mount {
                Mount::Host(_) => app.home_url(&self.auth.config().public_url).to_string(),
                Mount::Path { .. } => routes::app(&app.name),
            },
        };
        self.apps.all().iter().filter(|app| role >= Some(app.role)).map(card).collect()
    }
}
