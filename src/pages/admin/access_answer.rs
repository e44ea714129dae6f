//! The question whether a person may see something, and the answer, or a question back if it is ambiguous.

use leptos::prelude::*;
use rolecall_routes as routes;
use rolecall_sign_in::people::PersonRow;
use url::form_urlencoded::Serializer;

/// The maximum number of matching things that are listed.
const MOST_THINGS: usize = 20;

/// The question whether a person may see something.
#[derive(Clone, Debug, Default)]
pub struct AccessQuestion {
    /// A part of their name, e-mail address or subject.
    pub person: String,
    /// Our number of the person, instead of that.
    pub user: Option<i64>,
    /// Its address, or a part of its name, path or id.
    pub address: String,
}

#[derive(Clone, Debug)]
pub enum AccessAnswer {
    /// Nobody matches.
    Nobody,
    /// Several people match: our number, name and e-mail address of each.
    Several(Vec<(i64, String, Option<String>)>),
    /// Nothing is at that address, and nothing has that name.
    NoTarget,
    /// Several things match by name, path or id: the path and name of each.
    SeveralThings {
        /// Our number of the person.
        user_id: i64,
        things: Vec<(String, String)>,
    },
    Verdict(Verdict),
}

/// The answer, with the reasons.
#[derive(Clone, Debug)]
pub struct Verdict {
    user_id: i64,
    name: String,
    is_open: bool,
    reasons: Vec<String>,
}

impl Verdict {
    /// The facts about `person`, with a sentence for each reason.
    #[must_use]
    pub fn of(person: &PersonRow, is_open: bool, reasons: Vec<String>) -> Self {
        Self { user_id: person.id, name: person.name.clone(), is_open, reasons }
    }
}

#[component]
pub(super) fn AnswerPanel(answer: AccessAnswer, question: AccessQuestion) -> impl IntoView {
    let content = match answer {
        AccessAnswer::Nobody => view! { <p>"Nobody with this name or address has signed in."</p> }.into_any(),
        AccessAnswer::NoTarget => view! { <NoTarget address=question.address/> }.into_any(),
        AccessAnswer::Several(people) => view! { <Several people question/> }.into_any(),
        AccessAnswer::SeveralThings { user_id, things } => {
            view! { <SeveralThings user_id things question/> }.into_any()
        }
        AccessAnswer::Verdict(Verdict { user_id, name, is_open, reasons }) => {
            let reasons = reasons.into_iter().map(|reason| view! { <li dir="auto">{reason}</li> }).collect_view();
            view! {
                <p>
                    <strong>{if is_open { "Yes. " } else { "No. " }}</strong>
                    <a href=routes::admin_user(user_id)>
                        <bdi>{name}</bdi>
                    </a>
                    {if is_open { " may see this." } else { " may not see this." }}
                </p>
                <ul>{reasons}</ul>
            }
            .into_any()
        }
    };

    view! {
        <section class="panel" aria-labelledby="answer">
            <h2 id="answer">"Answer"</h2>
            {content}
        </section>
    }
}

#[component]
fn NoTarget(address: String) -> impl IntoView {
    view! {
        <p>
            "There is no rule for this address, and no dashboard, data set, app or page has “" <bdi>{address}</bdi>
            "” in its name, path or id. Upper and lower case do not matter. Check that it is spelled right."
        </p>
    }
}

/// The address of the question about the person `user_id` and the target at `address`.
fn asked_of(question: &AccessQuestion, user_id: i64, address: &str) -> String {
    let query = Serializer::new(String::new())
        .append_pair("person", &question.person)
        .append_pair("user", &user_id.to_string())
        .append_pair("address", address)
        .finish();
    format!("{}?{query}", routes::ADMIN_ACCESS)
}

#[component]
fn Several(people: Vec<(i64, String, Option<String>)>, question: AccessQuestion) -> impl IntoView {
    let people = people.into_iter().map(|(id, name, email)| {
        view! {
            <li>
                <a href=asked_of(&question, id, &question.address)>
                    <bdi>{name}</bdi>
                </a>
                {email.map(|email| view! { " " <bdi class="muted">{email}</bdi> })}
            </li>
        }
    });

    view! {
        <p>"Who is meant?"</p>
        <ul class="plain-list">{people.collect_view()}</ul>
    }
}

#[component]
fn SeveralThings(user_id: i64, things: Vec<(String, String)>, question: AccessQuestion) -> impl IntoView {
    let are_more = things.len() > MOST_THINGS;
    let things = things.into_iter().take(MOST_THINGS).map(|(path, name)| {
        view! {
            <li>
                <a href=asked_of(&question, user_id, &path)>
                    <bdi>{name}</bdi>
                </a>
                " "
                <code>{path}</code>
            </li>
        }
    });

    view! {
        <p>"What is meant?"</p>
        <ul class="plain-list">{things.collect_view()}</ul>
        {are_more.then(|| view! { <p class="muted">"There are more. Write more of the name."</p> })}
    }
}
