//! The form of a row rule. It works without JavaScript: fields that do not belong to the chosen subject are ignored.

use std::sync::Arc;

use leptos::prelude::*;
use rolecall_core::datasets::{DataSet, RuleSubject};
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_ui::components::note_text::textarea_html;

/// The subjects that a column can be compared with: the value of the field, and the label.
const SUBJECTS: [(&str, &str); 5] = [
    ("claim", "a claim of the person's token"),
    ("groups", "the person's groups"),
    ("email", "the person's verified e-mail address"),
    ("role", "the person's role"),
    ("values", "values that I list"),
];

/// The form for a new rule, or for the one at `edited`.
#[component]
pub(super) fn RuleForm(dataset: Arc<DataSet>, edited: Option<usize>) -> impl IntoView {
    let rule = edited.and_then(|index| dataset.row_rules.get(index)).cloned();
    let (column, except) = rule.as_ref().map_or((None, None), |rule| (Some(rule.column.clone()), rule.except));
    let subject = rule.as_ref().map_or("claim", |rule| rule.is.key());
    let (claim, values) = match rule.map(|rule| rule.is) {
        Some(RuleSubject::Claim(name)) => (name, String::new()),
        Some(RuleSubject::Values(values)) => (String::new(), values.join("\n")),
        _ => (String::new(), String::new()),
    };
    let columns = dataset.data.columns.iter().map(|of| {
        let is_chosen = column.as_ref() == Some(&of.name);
        view! {
            <option value=of.name.clone() selected=is_chosen>
                {of.name.clone()}
            </option>
        }
    });
    let subjects = SUBJECTS.into_iter().map(|(key, name)| {
        view! {
            <option value=key selected=key == subject>
                {name}
            </option>
        }
    });
    let roles = Role::ALL.into_iter().map(|role| {
        view! {
            <option value=role.key() selected=except == Some(role)>
                {format!("{role} and above")}
            </option>
        }
    });

    view! {
        <form class="fields" method="post" action=routes::API_SAVE_ROW_RULE>
            <input type="hidden" name="id" value=dataset.data.dataset.clone()/>
            <input type="hidden" name="revision" value=dataset.revision/>
            {edited.map(|index| view! { <input type="hidden" name="index" value=index/> })}
            <div>
                <label for="rule-column">"Column"</label>
                <select id="rule-column" name="rule[column]">
                    {columns.collect_view()}
                </select>
            </div>
            <div>
                <label for="rule-subject">"must be"</label>
                <select id="rule-subject" name="rule[subject]">
                    {subjects.collect_view()}
                </select>
            </div>
            <div>
                <label for="rule-claim">"Name of the claim, if you chose a claim"</label>
                <input
                    id="rule-claim"
                    name="rule[claim]"
                    value=claim
                    placeholder="department"
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                />
            </div>
            <div>
                <label for="rule-values">"Values, one a line, if you list them"</label>
                <textarea id="rule-values" name="rule[values]" rows="3" dir="auto" inner_html=textarea_html(&values)></textarea>
            </div>
            <div>
                <label for="rule-except">"Does not apply to"</label>
                <select id="rule-except" name="rule[except]">
                    <option value="" selected=except.is_none()>
                        "(it applies to everybody)"
                    </option>
                    {roles.collect_view()}
                </select>
            </div>
            <button class="button button-primary" type="submit">
                {if edited.is_some() { "Save rule" } else { "Add rule" }}
            </button>
        </form>
    }
}
