//! What somebody else would see of a data set: computed by what decides it for everybody.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_model::Role;

use super::rows::{RowTable, Rows};
use crate::datasets::DataSet;
use crate::pages::made_up::{Field, MadeUp, MadeUpForm};
use crate::pages::page::Asked;
use crate::routes;

/// The person that the address names, where it names one. Whoever sees anything of `dataset` has its role at least.
pub(super) fn made_up(asked: &Asked, dataset: &DataSet) -> Option<MadeUp> {
    let made_up = MadeUp::asked(asked, Field::of([dataset]))?;
    Some(MadeUp { role: dataset.role.max(made_up.role), ..made_up })
}

/// The form that makes a person up, and what they would see.
#[component]
pub(super) fn SeeAsPanel(dataset: Arc<DataSet>, preview: Option<(MadeUp, Rows)>) -> impl IntoView {
    if dataset.row_rules.is_empty() {
        return None;
    }
    let (chosen, rows) = preview.unzip();
    let roles: Vec<Role> = Role::ALL.into_iter().filter(|of| *of >= dataset.role).collect();

    Some(view! {
        <section class="panel" aria-labelledby="see-as">
            <h2 id="see-as">"See what somebody would see"</h2>
            <MadeUpForm
                action=format!("{}#see-as", routes::dataset(&dataset.name))
                roles
                fields=Field::of([&*dataset])
                chosen
            />
            {rows.map(|rows| view! { <RowTable rows label="Table of what they would see"/> })}
        </section>
    })
}
