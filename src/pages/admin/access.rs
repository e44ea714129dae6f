//! The access rules, and the answer for one person.

use leptos::prelude::*;
use rolecall_model::Role;
use rolecall_routes as routes;
use rolecall_ui::page::Page;

use super::access_answer::{AccessAnswer, AccessQuestion, AnswerPanel};

/// The requirement for access to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needed {
    Nothing,
    SignIn,
    /// This role or a higher one.
    Role(Role),
    /// A rule, in words, that depends on what the path names.
    Own(&'static str),
}

/// Something with an access rule.
#[derive(Clone, Debug)]
pub struct AccessRow {
    /// Its path or its title.
    pub what: String,
    /// Whether it is a path.
    pub is_path: bool,
    /// Its requirement.
    pub needed: Needed,
}

impl AccessRow {
    /// Something with this `title` that needs `role`.
    #[must_use]
    pub fn named(title: &str, role: Role) -> Self {
        Self { what: title.to_owned(), is_path: false, needed: Needed::Role(role) }
    }
}

/// Rows of a kind.
#[derive(Clone, Debug)]
pub struct AccessGroup {
    /// The kind of the rows.
    pub title: &'static str,
    pub rows: Vec<AccessRow>,
}

/// The page. The caller must be an administrator.
#[must_use]
pub fn access_page(groups: Vec<AccessGroup>, question: &AccessQuestion, answer: Option<AccessAnswer>) -> Page {
    let answer = answer.map(|answer| view! { <AnswerPanel answer question=question.clone()/> });
    let groups = groups.into_iter().map(|group| view! { <Group group/> }).collect_view();
    let view = view! {
        <div class="page-head">
            <p>
                <a href=routes::ADMIN>"Admin"</a>
            </p>
            <h1>"Access"</h1>
            <p class="lead">"Which role opens what, from the rules that Rolecall enforces."</p>
        </div>
        <form class="fields-row" role="search" action=routes::ADMIN_ACCESS>
            <div>
                <label for="person">"May this person …"</label>
                <input
                    id="person"
                    name="person"
                    type="search"
                    value=question.person.clone()
                    dir="auto"
                    placeholder="Name, e-mail or subject"
                />
            </div>
            <div>
                <label for="address">"… see this?"</label>
                <input id="address" name="address" value=question.address.clone() placeholder="Address, or a part of a name" spellcheck="false"/>
            </div>
            <button class="button" type="submit">
                "Ask"
            </button>
        </form>
        {answer}
        {groups}
    };
    Page::new("Access", view)
}

#[component]
fn Group(group: AccessGroup) -> impl IntoView {
    let AccessGroup { title, rows } = group;
    let rows = rows.into_iter().map(|row| view! { <Row row/> }).collect_view();

    view! {
        <details>
            <summary>{title}</summary>
            <div class="scroll" role="region" tabindex="0" aria-label=title>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"What"</th>
                            <th scope="col">"Anybody"</th>
                            <th scope="col">"No role"</th>
                            <th scope="col">"Read"</th>
                            <th scope="col">"Write"</th>
                            <th scope="col">"Admin"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

#[component]
fn Row(row: AccessRow) -> impl IntoView {
    let AccessRow { what, is_path, needed } = row;
    let cell = |is_open: bool| if is_open { "yes" } else { "no" };
    let cells = if let Needed::Own(who) = needed {
        view! { <td colspan="5" class="muted">{who}</td> }.into_any()
    } else {
        let opens = |role: Option<Role>| match needed {
            Needed::Role(needed) => role >= Some(needed),
            _ => true,
        };
        let signed_in = [None, Some(Role::Read), Some(Role::Write), Some(Role::Admin)];
        let signed_in =
            signed_in.map(|role| view! { <td class=(!opens(role)).then_some("muted")>{cell(opens(role))}</td> });
        let is_public = needed == Needed::Nothing;
        view! {
            <td class=(!is_public).then_some("muted")>{cell(is_public)}</td>
            {signed_in.collect_view()}
        }
        .into_any()
    };
    let what = if is_path { view! { <code>{what}</code> }.into_any() } else { view! { <bdi>{what}</bdi> }.into_any() };

    view! {
        <tr>
            <th scope="row">{what}</th>
            {cells}
        </tr>
    }
}
