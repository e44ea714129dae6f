//! A made-up person, for a preview of what they would see: the role, and the token's contents that row rules use.

use std::collections::BTreeSet;

use leptos::prelude::*;
use rolecall_core::datasets::{DataSet, RuleSubject, RuleViewer};
use rolecall_model::Role;
use rolecall_ui::page::Asked;
use serde_json::{Map, Value};
use url::form_urlencoded;

/// The field with the role.
const ROLE: &str = "as";

/// A made-up person.
#[derive(Clone, Debug)]
pub(super) struct MadeUpViewer {
    pub(super) role: Role,
    /// The fields of the form with their values; several values are separated by commas.
    pub(super) said: Vec<(Field, String)>,
}

/// A property that a rule uses, as a field of the form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    Claim(String),
    Groups,
    Email,
}

impl Field {
    /// The properties that the rules of `datasets` use, each once.
    pub(super) fn of<'a>(datasets: impl IntoIterator<Item = &'a DataSet>) -> BTreeSet<Self> {
        let field = |subject: &RuleSubject| match subject {
            RuleSubject::Claim(name) => Some(Self::Claim(name.clone())),
            RuleSubject::Groups => Some(Self::Groups),
            RuleSubject::Email => Some(Self::Email),
            RuleSubject::Role | RuleSubject::Values(_) => None,
        };
        datasets.into_iter().flat_map(|dataset| &dataset.row_rules).filter_map(|rule| field(&rule.is)).collect()
    }

    /// The other parameters of `query`, names with values: those that do not describe a person by `fields`.
    pub(super) fn others(fields: &BTreeSet<Self>, query: Option<&str>) -> Vec<(String, String)> {
        let said: Vec<String> = fields.iter().map(Self::parameter).collect();
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned();
        let is_said = |name: &String| name == ROLE || name.starts_with("claim.") || said.contains(name);
        pairs.filter(|(name, _)| !is_said(name)).collect()
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

    /// The property with its `value`, in a sentence about the person.
    pub(super) fn in_words(&self, value: &str) -> String {
        match self {
            Self::Claim(name) => format!("{name} {value}"),
            Self::Groups => format!("the groups {value}"),
            Self::Email => format!("the address {value}"),
        }
    }
}

impl MadeUpViewer {
    /// The person that the address describes by `fields`, if it does.
    pub(super) fn asked(asked: &Asked, fields: BTreeSet<Field>) -> Option<Self> {
        let role: Role = asked.value(ROLE)?.parse().ok()?;
        let said = fields.into_iter().map(|field| {
            let value = asked.value(&field.parameter()).unwrap_or_default();
            (field, value.trim().to_owned())
        });
        Some(Self { role, said: said.collect() })
    }

    /// The data about that person that row rules use.
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

    /// The fields of the address that describe that person.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let said = self.said.iter().filter(|(_, value)| !value.is_empty());
        let said = said.map(|(field, value)| (field.parameter(), value.clone()));
        std::iter::once((ROLE.to_owned(), self.role.key().to_owned())).chain(said).collect()
    }

    fn value(&self, field: &Field) -> Option<&str> {
        self.said.iter().find(|(of, _)| of == field).map(|(_, value)| value.as_str())
    }
}

/// The form for a made-up person, with one of `roles` and the properties `fields`. The fields `kept` of the address are
/// sent along.
#[component]
pub(super) fn MadeUpViewerForm(
    action: String,
    roles: Vec<Role>,
    fields: BTreeSet<Field>,
    chosen: Option<MadeUpViewer>,
    #[prop(optional)] kept: Vec<(String, String)>,
) -> impl IntoView {
    let role = chosen.as_ref().map(|chosen| chosen.role);
    let roles = roles.into_iter().map(|of| {
        view! {
            <option value=of.key() selected=Some(of) == role>
                {of.name()}
            </option>
        }
    });
    let fields = fields.into_iter().enumerate().map(|(at, field)| {
        let id = format!("as-{at}");
        let value = chosen.as_ref().and_then(|chosen| chosen.value(&field)).unwrap_or_default().to_owned();
        view! {
            <div>
                <label for=id.clone()>
                    <bdi>{field.label()}</bdi>
                </label>
                <input id=id name=field.parameter() value=value autocomplete="off" spellcheck="false" dir="auto"/>
            </div>
        }
    });

    let kept = kept.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form class="fields-row" action=action>
            {kept.collect_view()}
            <div>
                <label for="as">"Role"</label>
                <select id="as" name=ROLE>
                    {roles.collect_view()}
                </select>
            </div>
            {fields.collect_view()}
            <button class="button" type="submit">
                "Show"
            </button>
        </form>
    }
}
