//! More groups than fit into a token: Graph is asked with the fresh access token, at the sign-in and at each refresh.

use std::time::Duration;

use http::StatusCode;
use rolecall_demo_provider::{EVERYBODY, PLATFORM};
use rolecall_model::Role;
use serde_json::json;

use crate::support::faulty_provider::{Answer, Endpoint, Faults};
use crate::support::{Browser, TestApp, Traces};

/// Four fifths of the hour that the demonstration provider's access tokens are valid, when they are refreshed.
const UNTIL_DUE: Duration = Duration::from_mins(48);
const UNTIL_THE_END: Duration = Duration::from_mins(12);

/// A provider whose tokens say that there are more groups, with `answers`.
fn overage(answers: Vec<(Endpoint, Answer)>) -> Faults {
    let extra_claims = json!({"hasgroups": true, "roles": []}).as_object().unwrap().clone();
    Faults { extra_claims, answers, ..Faults::default() }
}

fn down() -> Vec<(Endpoint, Answer)> {
    vec![(Endpoint::Graph, Answer::Status(StatusCode::SERVICE_UNAVAILABLE))]
}

async fn start() -> TestApp {
    let setup = TestApp::setup().with_offline_access().set("ROLECALL_ROLES__GROUPS__READ", EVERYBODY);
    let app = setup.set("ROLECALL_ROLES__GROUPS__ADMIN", PLATFORM).start().await;
    app.demo().set_faults(overage(vec![]));
    app
}

async fn role(browser: &mut Browser) -> Option<Role> {
    browser.user().await.unwrap().role
}

// Case: entra/groups-overage-hasgroups
#[tokio::test]
async fn each_person_gets_the_role_of_their_own_groups() {
    let app = start().await;
    for (person, expected) in [("ada", Role::Admin), ("nora", Role::Read)] {
        let mut browser = app.browser();
        browser.sign_in_as(person).await;
        assert_eq!(role(&mut browser).await, Some(expected), "{person}");
    }
}

// Case: entra/groups-fail-closed
#[tokio::test]
async fn nobody_signs_in_while_the_groups_cannot_be_read() {
    let app = start().await;
    let mut browser = app.browser();
    browser.sign_in_as("nora").await;
    let before = Traces::of(&app).await;
    for answer in [
        Answer::Status(StatusCode::SERVICE_UNAVAILABLE),
        Answer::Headed(StatusCode::TOO_MANY_REQUESTS, vec![(http::header::RETRY_AFTER, "60".to_owned())], json!({})),
    ] {
        app.demo().set_faults(overage(vec![(Endpoint::Graph, answer)]));
        let mut browser = app.browser();
        browser.attempt_as("nora").await.assert_status(503).assert_shows("cannot be read right now");
        assert_eq!(browser.user().await, None);
    }
    app.demo().set_faults(overage(vec![(Endpoint::Graph, Answer::InvalidJson)]));
    app.browser().attempt_as("nora").await.assert_status(403);
    assert_eq!(Traces::of(&app).await, before);
}

#[tokio::test]
async fn groups_are_read_again_at_each_refresh() {
    let app = start().await;
    let mut browser = app.browser();
    browser.sign_in_as("ada").await;
    let asked = app.demo().requests().graph;
    app.clock.advance(UNTIL_DUE);
    assert_eq!(role(&mut browser).await, Some(Role::Admin));
    assert_eq!(app.demo().requests().graph, asked + 1);
}

// Case: entra/groups-fail-closed
#[tokio::test]
async fn an_outage_at_the_refresh_ends_no_session_and_opens_nothing_for_longer_than_the_tokens_vouch() {
    let app = start().await;
    let mut browser = app.browser();
    browser.sign_in_as("ada").await;
    app.clock.advance(UNTIL_DUE);
    app.demo().set_faults(overage(down()));
    assert_eq!(role(&mut browser).await, Some(Role::Admin), "the old tokens still vouch for it");
    app.clock.advance(UNTIL_THE_END);
    browser.fetch("/admin/sessions").await.assert_status(503);
    browser.fetch("/api/table_page?slug=weather&panel=table&page=1").await.assert_status(503);

    app.demo().set_faults(overage(vec![]));
    app.clock.advance(Duration::from_mins(1));
    assert_eq!(role(&mut browser).await, Some(Role::Admin), "still signed in");
}
