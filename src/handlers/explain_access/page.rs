//! The page.

use axum::extract::{Request, State};
use axum::routing::{MethodRouter, get};
use rolecall_model::{AppError, Role};
use rolecall_server::problem;
use rolecall_server::state::AppState;
use rolecall_sign_in::Auth;
use rolecall_sign_in::people::PersonRow;
use rolecall_ui::caller::{self, Asker};
use url::form_urlencoded;

use super::address::target_at;
use super::matrix::groups;
use super::search::named;
use super::verdict::verdict;
use crate::pages::admin::{AccessAnswer, AccessQuestion, access_page};

/// The longest question that is accepted, in bytes.
const MAX_BYTES: usize = 500;

/// The matrix, and the answer if the query asks a question.
pub fn route() -> MethodRouter<AppState> {
    get(async |State(state): State<AppState>, request: Request| {
        if let Err(error) = Asker::of(&state.auth, request.extensions()).require(Role::Admin) {
            return problem::refuse(&state.problem_pages, &request, &error);
        }
        let question = question(request.uri().query().unwrap_or_default());
        let found = found(&state, &question).await;
        let groups = groups(state.policy.rules(), &state.dashboards, &state.apps).await;
        let page = move |_| async move { Ok::<_, AppError>(access_page(groups?, &question, found?)) };
        state.pages.answer(request, page).await
    })
}

fn question(query: &str) -> AccessQuestion {
    let mut question = AccessQuestion::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = value.trim().chars().take(MAX_BYTES).collect();
        match &*name {
            "person" => question.person = value,
            "user" => question.user = value.parse().ok(),
            "address" => question.address = value,
            _ => {}
        }
    }
    question
}

/// The answer to `question`, if it is not empty.
async fn found(state: &AppState, question: &AccessQuestion) -> Result<Option<AccessAnswer>, AppError> {
    if question.address.is_empty() || (question.person.is_empty() && question.user.is_none()) {
        return Ok(None);
    }
    let mut people = people(&state.auth, question).await?;
    if people.len() > 1 {
        let people = people.into_iter().map(|person| (person.id, person.name, person.email)).collect();
        return Ok(Some(AccessAnswer::Several(people)));
    }
    let Some(person) = people.pop() else { return Ok(Some(AccessAnswer::Nobody)) };
    // People paste whole addresses.
    let address = question.address.strip_prefix(state.address.origin()).unwrap_or(&question.address);
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let (auth, dashboards) = (&state.auth, &state.dashboards);
    if let Some(target) = target_at(state, path, person.id).await? {
        return Ok(Some(AccessAnswer::Verdict(verdict(auth, dashboards, &person, &target).await?)));
    }
    let text = if path.contains('/') { path } else { address };
    let mut things = named(state.policy.rules(), dashboards, &state.apps, text).await?;
    if things.len() > 1 {
        return Ok(Some(AccessAnswer::SeveralThings { user_id: person.id, things }));
    }
    let target = match things.pop() {
        Some((path, _)) => target_at(state, &path, person.id).await?,
        None => None,
    };
    Ok(Some(match target {
        Some(target) => AccessAnswer::Verdict(verdict(auth, dashboards, &person, &target).await?),
        None => AccessAnswer::NoTarget,
    }))
}

async fn people(auth: &Auth, question: &AccessQuestion) -> Result<Vec<PersonRow>, AppError> {
    let (sign_ins, now_ms) = (auth.sign_ins(), auth.clock().now_ms());
    let people = match question.user {
        Some(id) => sign_ins.person(id, now_ms).await.map(|person| person.into_iter().collect()),
        None => sign_ins.people(&question.person, None, now_ms).await.map(|page| page.rows),
    };
    people.map_err(|error| caller::internal(&error))
}
