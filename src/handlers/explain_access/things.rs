//! The things that addresses identify, looked up as their handlers do.

use std::sync::Arc;

use rolecall_core::dashboards::{Dashboard, role_to_change};
use rolecall_core::datasets::{DataSet, Way};
use rolecall_core::uploads::UploadError;
use rolecall_model::{AppError, Role};
use rolecall_server::access::{Access, RouteKind, RouteRule};
use rolecall_server::state::AppState;
use rolecall_ui::caller::internal;

use super::subject::{Part, Wanted};
use super::verdict::{AccessTarget, Opens};

const OF_OWNER: &str = "Only its owner and administrators can open it, and this person owns it.";
const OF_OTHERS: &str = "Only its owner and administrators can open it, and this person does not own it.";
const A_FILE: &str = "It is a file, which nobody changes here.";
const QUERY_IN_FILE: &str = "Its query is in a file, and nobody changes it here.";
const OTHER_ROWS: &str = "Its rows do not come from programs.";
const OF_SENDER: &str = "Only the person who sent a file sees its upload, and this person sent no such file.";

type Found = Result<Option<AccessTarget>, AppError>;

/// A lookup: the address `path` on the route of `rule`, for the person `user_id`.
pub(super) struct Things<'a> {
    pub(super) state: &'a AppState,
    pub(super) rule: &'a RouteRule,
    pub(super) path: &'a str,
    pub(super) user_id: i64,
}

impl Things<'_> {
    fn target(&self, name: String, opens: Opens) -> AccessTarget {
        AccessTarget { name, opens, because: None, kind: self.rule.kind, dashboard: None }
    }

    fn called(&self, name: &str) -> &str {
        named(self.rule.path, self.path, name).unwrap_or_default()
    }

    /// The address itself, if the policy alone decides.
    pub(super) fn itself(&self) -> AccessTarget {
        self.target(format!("The address {}", self.path), self.rule.access.into())
    }

    async fn found(&self) -> Result<Option<Arc<Dashboard>>, AppError> {
        let found = self.state.dashboards.find(self.called("slug"), Some(Role::Admin)).await;
        found.map_err(|error| internal(&error))
    }

    /// The dashboard on the path, for the role `least` or higher.
    pub(super) async fn dashboard(&self, least: Role) -> Found {
        let Some(found) = self.found().await? else { return Ok(None) };
        let target = self.target(named_dashboard(&found), Opens::Role(found.spec.role.max(least)));
        Ok(Some(AccessTarget { dashboard: Some(found), ..target }))
    }

    /// Its picture, if there is one.
    pub(super) async fn preview(&self) -> Found {
        let slug = self.called("slug");
        for role in Role::ALL {
            let listed =
                self.state.dashboards.listed(Some(role), Some(role)).await.map_err(|error| internal(&error))?;
            if let Some(of) = listed.into_iter().find(|of| of.card.slug == slug && of.has_preview) {
                let name = format!("The picture of the dashboard “{}”", of.card.title);
                return Ok(Some(self.target(name, Opens::Role(role))));
            }
        }
        Ok(None)
    }

    /// The panel on the path, if it has the `wanted` part.
    pub(super) async fn panel(&self, wanted: Wanted) -> Found {
        let Some(dashboard) = self.found().await? else { return Ok(None) };
        let panels = self.state.dashboards.open_panels(&dashboard, Some(Role::Admin)).await;
        let panels = panels.map_err(|error| internal(&error))?;
        let found = panels.into_iter().find(|(panel, _)| {
            let has_it = match wanted {
                Wanted::Any => true,
                Wanted::Values => panel.content.has_values(),
            };
            has_it && panel.spec.id == self.called("panel")
        });
        Ok(found.map(|(panel, needed)| {
            let name = format!("The panel “{}” of {}", panel.spec.title, of_dashboard(&dashboard));
            self.target(name, Opens::Role(needed.max(dashboard.spec.role)))
        }))
    }

    /// The dashboard on the path for editors, and the part of it that is on the path.
    pub(super) async fn change(&self, part: Part) -> Found {
        let stored = self.state.dashboards.stored(self.called("slug")).await;
        let Some(stored) = stored.map_err(|error| internal(&error))? else {
            let file = self.found().await?;
            return Ok(file.map(|found| {
                let name = format!("Changing {}", of_dashboard(&found));
                AccessTarget { because: Some(A_FILE), ..self.target(name, Opens::Never) }
            }));
        };
        let is_there = match part {
            Part::Whole => true,
            Part::Panel => stored.spec.panels.iter().any(|panel| panel.id == self.called("panel")),
            Part::Version => match self.called("version").parse() {
                Ok(number) => {
                    let version = self.state.dashboards.version(&stored, number).await;
                    version.map_err(|error| internal(&error))?.is_some()
                }
                Err(_) => false,
            },
        };
        let name = format!("Changing the dashboard “{}”", stored.spec.title);
        Ok(is_there.then(|| self.of_owner(name, stored.edition.owner, stored.spec.role)))
    }

    /// The dashboard on the path as other people see it.
    pub(super) async fn seen_as(&self) -> Found {
        let Some(found) = self.found().await? else { return Ok(None) };
        let owner = found.edition().and_then(|edition| edition.owner);
        let name = format!("What others see of {}", of_dashboard(&found));
        Ok(Some(self.of_owner(name, owner, found.spec.role)))
    }

    /// What `owner` owns, and only people with the role `opens` see.
    fn of_owner(&self, name: String, owner: Option<i64>, opens: Role) -> AccessTarget {
        let because = if owner == Some(self.user_id) { OF_OWNER } else { OF_OTHERS };
        let needed = role_to_change(owner, self.user_id, opens);
        AccessTarget { because: Some(because), ..self.target(name, Opens::Role(needed)) }
    }

    async fn found_dataset(&self) -> Result<Option<Arc<DataSet>>, AppError> {
        let catalogue = self.state.dashboards.datasets().catalogue().await.map_err(|error| internal(&error))?;
        Ok(catalogue.get(self.called("name")).cloned())
    }

    /// The data set on the path, for the role `least` or higher.
    pub(super) async fn dataset(&self, least: Role) -> Found {
        let found = self.found_dataset().await?;
        Ok(found.map(|found| self.target(named_dataset(&found), Opens::Role(found.role.max(least)))))
    }

    /// The SELECT of the data set on the path.
    pub(super) async fn query(&self) -> Found {
        let Some(found) = self.found_dataset().await? else { return Ok(None) };
        let target = |opens| self.target(format!("The query of the data set “{}”", found.title), opens);
        if found.is_in_file() {
            return Ok(Some(AccessTarget { because: Some(QUERY_IN_FILE), ..target(Opens::Never) }));
        }
        Ok(found.check_way(Way::Query).is_ok().then(|| target(Opens::Role(Role::Admin))))
    }

    /// The rows of the data set on the path, for sending.
    pub(super) async fn rows(&self) -> Found {
        let Some(found) = self.found_dataset().await? else { return Ok(None) };
        let name = format!("Sending rows to the data set “{}”", found.title);
        Ok(Some(if found.check_way(Way::Rows).is_ok() {
            self.of_owner(name, found.owner, found.role)
        } else {
            AccessTarget { because: Some(OTHER_ROWS), ..self.target(name, Opens::Never) }
        }))
    }

    /// The upload on the path.
    pub(super) async fn upload(&self) -> Found {
        match self.state.uploads.find(self.called("id"), self.user_id).await {
            Ok(_) => Ok(Some(self.itself())),
            Err(UploadError::Unknown) => {
                Ok(Some(AccessTarget { because: Some(OF_SENDER), opens: Opens::Never, ..self.itself() }))
            }
            Err(error) => Err(internal(&error)),
        }
    }

    /// The sign-in with the provider on the path.
    pub(super) fn provider(&self) -> Option<AccessTarget> {
        self.state.auth.provider(self.called("provider")).map(|_| self.itself())
    }

    /// The person on the path. In the API, programs are not people.
    pub(super) async fn person(&self) -> Found {
        let Ok(id) = self.called("id").parse() else { return Ok(None) };
        let person = self.state.auth.sign_ins().person(id, self.state.auth.clock().now_ms()).await;
        let person = person.map_err(|error| internal(&error))?;
        let is_meant = |is_program: bool| self.rule.kind != RouteKind::Api || !is_program;
        Ok(person.filter(|person| is_meant(person.is_program())).map(|_| self.itself()))
    }

    /// The entry of the audit on the path.
    pub(super) async fn audit_entry(&self) -> Found {
        let Ok(id) = self.called("id").parse() else { return Ok(None) };
        let entry = self.state.audit.row(id).await.map_err(|error| internal(&error))?;
        Ok(entry.map(|_| self.itself()))
    }

    /// The app on the path.
    pub(super) fn app(&self) -> Option<AccessTarget> {
        let app = match self.rule.access {
            Access::App => self.state.apps.on_path(self.path),
            _ => self.state.apps.named(self.called("app")),
        };
        app.map(|app| self.target(format!("The app “{}”", app.title), Opens::Role(app.role)))
    }
}

/// The part of `path` that matches `name` in `pattern`.
fn named<'a>(pattern: &str, path: &'a str, name: &str) -> Option<&'a str> {
    let is_it = |wanted: &str| wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) == Some(name);
    pattern.split('/').zip(path.split('/')).find(|(wanted, _)| is_it(wanted)).map(|(_, part)| part)
}

fn named_dashboard(found: &Dashboard) -> String {
    format!("The dashboard “{}”", found.spec.title)
}

fn of_dashboard(found: &Dashboard) -> String {
    format!("the dashboard “{}”", found.spec.title)
}

fn named_dataset(found: &DataSet) -> String {
    format!("The data set “{}”", found.title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rolecall_routes as routes;

    #[test]
    fn the_parts_of_a_path_have_the_names_of_its_pattern() {
        let path = "/api/v1/dashboards/sales/panels/by-month";
        assert_eq!(named(routes::API_V1_PANEL, path, "slug"), Some("sales"));
        assert_eq!(named(routes::API_V1_PANEL, path, "panel"), Some("by-month"));
        assert_eq!(named(routes::API_V1_PANEL, path, "name"), None);
    }
}
