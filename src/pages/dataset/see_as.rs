//! What somebody else would see of a data set: computed by what decides it for everybody.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use rolecall_model::Role;
use serde_json::{Map, Value};

use super::rows::{RowTable, Rows};
use crate::datasets::{DataSet, RuleSubject, RuleViewer};
use crate::pages::page::Asked;
use crate::routes;

/// A person that somebody made up: the role, and what their token says as far as the rules ask.
#[derive(Clone, Debug)]
pub(super) struct SeeAs {
    role: Role,
    /// The fields of the form with their values, one value a line.
    said: Vec<(Field, String)>,
}

/// What a rule asks about a person, as a field of the form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Claim(String),
    Groups,
    Email,
}

impl Field {
    /// What the rules of `dataset` ask, each once.
    fn of(dataset: &DataSet) -> BTreeSet<Self> {
        let field = |subject: &RuleSubject| match subject {
            RuleSubject::Claim(name) => Some(Self::Claim(name.clone())),
            RuleSubject::Groups => Some(Self::Groups),
            RuleSubject::Email => Some(Self::Email),
            RuleSubject::Role | RuleSubject::Values(_) => None,
        };
        dataset.row_rules.iter().filter_map(|rule| field(&rule.is)).collect()
    }

    /// Its name in addresses.
    fn parameter(&self) -> String {
        match self {
            Self::Claim(name) => format!("claim.{name}"),
            Self::Groups => "groups".to_owned(),
            Self::Email => "email".to_owned(),
        }
    }

    fn label(&self) -> String {
        match self {
            Self::Claim(name) => format!("Claim {name}"),
            Self::Groups => "Groups, with commas between them".to_owned(),
            Self::Email => "Verified e-mail address".to_owned(),
        }
    }
}

impl SeeAs {
    /// The person that the address names, where it names one. Whoever sees anything of it has its role at least.
    pub(super) fn asked(asked: &Asked, dataset: &DataSet) -> Option<Self> {
        let role: Role = asked.value("as")?.parse().ok()?;
        let fields = Field::of(dataset).into_iter();
        let said = fields.map(|field| {
            let value = asked.value(&field.parameter()).unwrap_or_default();
            (field, value.trim().to_owned())
        });
        Some(Self { role: dataset.role.max(role), said: said.collect() })
    }

    /// What row rules ask about that person.
    pub(super) fn viewer(&self) -> RuleViewer {
        let mut viewer = RuleViewer::with_role(Some(self.role));
        for (field, value) in self.said.iter().filter(|(_, value)| !value.is_empty()) {
            let values = value.split(',').map(str::trim).filter(|value| !value.is_empty());
            match field {
                Field::Claim(name) => {
                    let values = values.map(|value| Value::String(value.to_owned())).collect();
                    viewer.claims.extend(Map::from_iter([(name.clone(), Value::Array(values))]));
                }
                Field::Groups => viewer.groups = values.map(ToOwned::to_owned).collect(),
                Field::Email => viewer.email = Some(value.clone()),
            }
        }
        viewer
    }

    fn value(&self, field: &Field) -> Option<&str> {
        self.said.iter().find(|(of, _)| of == field).map(|(_, value)| value.as_str())
    }
}

/// The form that makes a person up, and what they would see.
#[component]
pub(super) fn SeeAsPanel(dataset: Arc<DataSet>, preview: Option<(SeeAs, Rows)>) -> impl IntoView {
    if dataset.row_rules.is_empty() {
        return None;
    }
    let (see_as, rows) = preview.unzip();
    let role = see_as.as_ref().map_or(Role::Read, |see_as| see_as.role).max(dataset.role);
    let roles = Role::ALL.into_iter().filter(|of| *of >= dataset.role).map(|of| {
        view! {
            <option value=of.key() selected=of == role>
                {of.name()}
            </option>
        }
    });
    let fields = Field::of(&dataset).into_iter().enumerate().map(|(at, field)| {
        let id = format!("as-{at}");
        let value = see_as.as_ref().and_then(|see_as| see_as.value(&field)).unwrap_or_default().to_owned();
        view! {
            <div>
                <label for=id.clone()>
                    <bdi>{field.label()}</bdi>
                </label>
                <input id=id name=field.parameter() value=value autocomplete="off" spellcheck="false" dir="auto"/>
            </div>
        }
    });

    Some(view! {
        <section class="panel" aria-labelledby="see-as">
            <h2 id="see-as">"See what somebody would see"</h2>
            <form class="fields-row" action=format!("{}#see-as", routes::dataset(&dataset.name))>
                <div>
                    <label for="as">"Role"</label>
                    <select id="as" name="as">
                        {roles.collect_view()}
                    </select>
                </div>
                {fields.collect_view()}
                <button class="button" type="submit">
                    "Show"
                </button>
            </form>
            {rows.map(|rows| view! { <RowTable rows label="Table of what they would see"/> })}
        </section>
    })
}
