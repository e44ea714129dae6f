//! The row rules of a data set.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_core::datasets::{DataSet, RowRule, RuleSubject};
use rolecall_routes as routes;

use super::rule_form::RuleForm;

/// The rules, with a form to add one, or to change the one that is `edited`.
#[component]
pub(super) fn RowRules(dataset: Arc<DataSet>, edited: Option<usize>) -> impl IntoView {
    let rules = dataset.row_rules.iter().cloned().enumerate();
    let rows = rules.map(|(index, rule)| view! { <RuleRow dataset=Arc::clone(&dataset) index rule/> }).collect_view();
    let has_rules = !dataset.row_rules.is_empty();
    let page = routes::dataset(&dataset.name);

    view! {
        <section class="panel" aria-labelledby="rules">
            <h2 id="rules">"Who sees which rows"</h2>
            {if has_rules {
                view! {
                    <p>"A person sees only the rows that match all of these rules. If no row does, they see no rows."</p>
                    <ul class="entries">{rows}</ul>
                }
                    .into_any()
            } else {
                view! {
                    <p>
                        "Everybody with the role sees every row. A rule limits that: for example to the rows of a person's own "
                        "department."
                    </p>
                }
                    .into_any()
            }}
            {match edited {
                Some(index) => {
                    view! {
                        <h3>"Change the rule"</h3>
                        <RuleForm dataset=Arc::clone(&dataset) edited=Some(index)/>
                        <p>
                            <a href=page>"Leave it as it is"</a>
                        </p>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <details open=!has_rules>
                            <summary>
                                <h3>"Add a rule"</h3>
                            </summary>
                            <RuleForm dataset=Arc::clone(&dataset) edited=None/>
                        </details>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

/// A rule in words, with its actions.
#[component]
fn RuleRow(dataset: Arc<DataSet>, index: usize, rule: RowRule) -> impl IntoView {
    let (number, is_gone) = (index + 1, !dataset.data.columns.iter().any(|column| column.name == rule.column));
    let edit = format!("{}?rule={index}#rules", routes::dataset(&dataset.name));

    view! {
        <li class="entry">
            <div>
                <p>
                    <strong>
                        <bdi>{rule.column.clone()}</bdi>
                    </strong>
                    " is " <bdi>{in_words(&rule.is)}</bdi>
                    {rule.except.map(|except| format!(". It does not apply from the role {except} on"))} "."
                </p>
                {is_gone
                    .then(|| {
                        view! {
                            <p class="bad">"There is no such column any more, so nobody sees any row. Change or remove the rule."</p>
                        }
                    })}
            </div>
            <div class="actions">
                <a class="button" href=edit aria-label=format!("Change rule {number}")>
                    "Change"
                </a>
                <form method="post" action=routes::API_REMOVE_ROW_RULE>
                    <input type="hidden" name="id" value=dataset.data.dataset.clone()/>
                    <input type="hidden" name="revision" value=dataset.revision/>
                    <input type="hidden" name="index" value=index/>
                    <button class="button" type="submit" aria-label=format!("Remove rule {number}")>
                        "Remove"
                    </button>
                </form>
            </div>
        </li>
    }
}

/// The subject of a rule in words.
fn in_words(subject: &RuleSubject) -> String {
    match subject {
        RuleSubject::Claim(name) => format!("what the claim {name} of the person says"),
        RuleSubject::Groups => "one of the person's groups".to_owned(),
        RuleSubject::Email => "the person's verified e-mail address".to_owned(),
        RuleSubject::Role => "the person's role".to_owned(),
        RuleSubject::Values(values) if values.len() > 10 => {
            format!("one of {} and {} more", values[..10].join(", "), values.len() - 10)
        }
        RuleSubject::Values(values) => format!("one of {}", values.join(", ")),
    }
}
