//! The form. It works without JavaScript: both buttons send it, and the answer shows it again.

use leptos::prelude::*;
use rolecall_model::Role;
use rolecall_ui::components::note_text::textarea_html;

use super::fields::{QueryFields, QueryOf};

#[component]
pub(super) fn QueryForm(
    /// The path it is sent to.
    action: String,
    of: QueryOf,
    fields: QueryFields,
    /// The available connections.
    connections: Vec<String>,
    /// The changed columns, as JSON, that "Save" accepts once the person has seen them.
    accepts: Option<String>,
) -> impl IntoView {
    let QueryFields { connection, statement, keep, revision, .. } = fields.clone();
    let option = |name: String| {
        let selected = name == connection;
        view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
    };
    let options = connections.into_iter().map(option).collect_view();
    let save = if accepts.is_some() { "Save with these columns" } else { "Save" };
    let new_fields = (of == QueryOf::New).then(|| view! { <NewFields fields/> });

    view! {
        <form class="panel fields query-form" method="post" action=action aria-label="Query">
            <input type="hidden" name="revision" value=revision/>
            {accepts.map(|columns| view! { <input type="hidden" name="accepted" value=columns/> })}
            <div>
                <label for="connection">"Connection"</label>
                <select id="connection" name="connection" required>
                    {options}
                </select>
            </div>
            <div>
                <label for="statement">"SELECT"</label>
                <textarea
                    id="statement"
                    name="statement"
                    class="code"
                    rows="10"
                    required
                    maxlength="50000"
                    spellcheck="false"
                    autocomplete="off"
                    autocapitalize="none"
                    aria-describedby="statement-help"
                    inner_html=textarea_html(&statement)
                ></textarea>
                <p class="muted" id="statement-help">
                    "One statement in the SQL of this database. It can only read: it changes nothing."
                </p>
            </div>
            <div>
                <label for="keep">"Keep an answer for"</label>
                <input id="keep" name="keep" value=keep required autocomplete="off" aria-describedby="keep-help"/>
                <p class="muted" id="keep-help">
                    "For example 30s, 15min or 2h; 10 seconds at least. After that, the database is asked again when somebody looks."
                </p>
            </div>
            {new_fields}
            <div class="actions">
                <button class="button" type="submit" name="do" value="try">
                    "Try it"
                </button>
                <button class="button button-primary" type="submit" name="do" value="save">
                    {save}
                </button>
            </div>
        </form>
    }
}

/// The fields for a new data set.
#[component]
fn NewFields(fields: QueryFields) -> impl IntoView {
    let option = |role: Role| view! { <option value=role.key() selected=role == fields.role>{role.name()}</option> };
    let options = Role::ALL.into_iter().map(option).collect_view();

    view! {
        <div>
            <label for="title">"Title"</label>
            <input id="title" name="title" value=fields.title dir="auto" maxlength="200" aria-describedby="title-help"/>
            <p class="muted" id="title-help">
                "Title and name are needed to save it."
            </p>
        </div>
        <div>
            <label for="name">"Name in dashboards"</label>
            <input
                id="name"
                name="name"
                value=fields.name
                maxlength="64"
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby="name-help"
            />
            <p class="muted" id="name-help">
                "Small letters, digits and hyphens."
            </p>
        </div>
        <div>
            <label for="role">"Who sees it: this role and above"</label>
            <select id="role" name="role">
                {options}
            </select>
        </div>
    }
}
