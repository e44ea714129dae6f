//! The page of a person's own account: what it shows, and that it still works when Graph does not.

use std::time::Duration;

use http::StatusCode;
use rolecall_demo_provider::EVERYBODY;
use rolecall_model::account::{Missing, Profile};
use rolecall_routes as routes;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::faulty_provider::{Answer, Endpoint, Faults};
use crate::support::{Browser, TestApp, signed_in};

pub fn graph(answer: Answer) -> Faults {
    Faults::answer(Endpoint::Graph, answer)
}

pub async fn profile(browser: &mut Browser) -> Profile {
    browser.fetch(routes::API_PROFILE).await.assert_status(200).json()
}

#[tokio::test]
async fn the_page_says_who_somebody_is_and_what_gave_them_their_role() {
    let app = TestApp::start().await;
    let mut ada = signed_in(&app, "ada").await;
    let page = ada.get(routes::ACCOUNT).await;
    page.assert_status(200)
        .assert_shows("You are signed in as")
        .assert_shows("ada@example.com")
        .assert_shows("Head of Platform");
    page.assert_shows("the demonstration provider").assert_shows("Rolecall.Admin").assert_shows("the app role ");
    page.assert_shows(r#"src="/account/photo""#).assert_shows(r#"href="/account/token""#);
    ada.get("/").await.assert_shows(r#"href="/account""#);
    ada.get("/dashboards").await.assert_shows(r#"href="/account""#);

    let mut nora = signed_in(&app, "nora").await;
    let page = nora.get(routes::ACCOUNT).await;
    page.assert_status(200).assert_shows("Newcomer").assert_shows("No role").assert_shows("Rolecall.Read");
    app.browser().get(routes::ACCOUNT).await.assert_redirect("/login/demo?return_to=%2Faccount");
}

#[tokio::test]
async fn a_role_by_a_group_that_did_not_fit_into_the_token_is_said_to_come_from_graph() {
    let app = TestApp::setup().set("ROLECALL_ROLES__GROUPS__READ", EVERYBODY).start().await;
    let extra_claims = json!({"hasgroups": true}).as_object().unwrap().clone();
    app.demo().set_faults(Faults { extra_claims, ..Faults::default() });
    let page = signed_in(&app, "nora").await.get(routes::ACCOUNT).await;
    page.assert_status(200).assert_shows(EVERYBODY).assert_shows(", read from Microsoft Graph");

    let groups = json!({"groups": [EVERYBODY]}).as_object().unwrap().clone();
    app.demo().set_faults(Faults { extra_claims: groups, ..Faults::default() });
    let page = signed_in(&app, "nora").await.get(routes::ACCOUNT).await;
    page.assert_status(200).assert_shows(EVERYBODY).assert_shows(", in the token claim ");
}

#[tokio::test]
async fn a_picture_comes_by_way_of_us_and_initials_stand_where_there_is_none() {
    let app = TestApp::start().await;
    let mut ada = signed_in(&app, "ada").await;
    let photo = ada.get(routes::ACCOUNT_PHOTO).await;
    photo.assert_status(200);
    assert_eq!(photo.header("content-type"), "image/jpeg");
    assert_eq!((photo.header("x-content-type-options"), photo.header("cache-control")), ("nosniff", "no-store"));

    let mut reed = signed_in(&app, "reed").await;
    reed.fetch(routes::ACCOUNT_PHOTO).await.assert_status(404);
    let page = reed.get(routes::ACCOUNT).await;
    page.assert_status(200).assert_shows("RM").assert_shows("Analyst");
    assert!(!page.body.contains(routes::ACCOUNT_PHOTO), "{page:#?}");
    app.browser().fetch(routes::ACCOUNT_PHOTO).await.assert_status(401);
}

#[tokio::test]
async fn what_is_no_picture_is_not_passed_on() {
    let app = TestApp::start().await;
    let mut ada = signed_in(&app, "ada").await;
    for body in [json!("<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"), json!({"a": "<html>"})] {
        app.demo().set_faults(graph(Answer::Json(StatusCode::OK, body)));
        ada.fetch(routes::ACCOUNT_PHOTO).await.assert_status(404);
    }
    app.demo().set_faults(graph(Answer::HugeBody));
    ada.fetch(routes::ACCOUNT_PHOTO).await.assert_status(503);
    app.demo().set_faults(Faults::default());
    ada.fetch(routes::ACCOUNT_PHOTO).await.assert_status(200);
}

#[tokio::test]
async fn a_provider_without_graph_shows_what_its_token_says_and_nobody_else_is_asked() {
    let app = TestApp::setup().with_second_provider().start().await;
    let mut ada = app.browser();
    let authorization = ada.get("/login/other?return_to=/account").await.location().parse().unwrap();
    let callback = ada.choose(&authorization, "ada").await;
    ada.follow(&callback).await.assert_redirect(routes::ACCOUNT);
    let page = ada.get(routes::ACCOUNT).await;
    page.assert_status(200).assert_shows("Ada Vale").assert_shows("ada@example.com").assert_shows("no further profile");
    assert!(!page.body.contains("Head of Platform"), "{page:#?}");
    ada.fetch(routes::ACCOUNT_PHOTO).await.assert_status(404);
    ada.get(routes::ACCOUNT_ASK_PROVIDER).await.assert_redirect(routes::ACCOUNT);
    assert_eq!(app.demo().requests().graph, 0);
}

#[tokio::test]
async fn while_graph_fails_the_page_says_so_and_shows_the_rest() {
    let app = TestApp::start().await;
    let mut ada = signed_in(&app, "ada").await;
    let wait = |seconds: &str| vec![(http::header::RETRY_AFTER, seconds.to_owned())];
    for (answer, told) in [
        (Answer::Status(StatusCode::SERVICE_UNAVAILABLE), "Try again in a moment."),
        (Answer::Headed(StatusCode::TOO_MANY_REQUESTS, wait("61"), json!({})), "Try again in 61 seconds."),
        (Answer::Headed(StatusCode::SERVICE_UNAVAILABLE, wait("90"), json!({})), "Try again in 90 seconds."),
        (Answer::InvalidJson, "Try again in a moment."),
        (Answer::Json(StatusCode::OK, json!([])), "Try again in a moment."),
        (Answer::HugeBody, "Try again in a moment."),
        (Answer::Status(StatusCode::IM_A_TEAPOT), "Try again in a moment."),
    ] {
        app.demo().set_faults(graph(answer));
        let page = ada.get(routes::ACCOUNT).await;
        page.assert_status(200).assert_shows("is not available right now").assert_shows(told);
        page.assert_shows("Ada Vale").assert_shows("ada@example.com").assert_shows("Rolecall.Admin");
        ada.get("/dashboards/weather").await.assert_status(200);
    }
    app.demo().set_faults(Faults::default());
    ada.get(routes::ACCOUNT).await.assert_status(200).assert_shows("Head of Platform");
}

#[tokio::test]
async fn a_graph_that_never_answers_holds_the_page_up_for_ten_seconds_at_most() {
    let app = TestApp::start().await;
    let mut ada = signed_in(&app, "ada").await;
    app.demo().set_faults(graph(Answer::Hangs));
    let asked = std::time::Instant::now();
    ada.get(routes::ACCOUNT).await.assert_status(200).assert_shows("is not available right now");
    let taken = asked.elapsed();
    assert!((9..15).contains(&taken.as_secs()), "given up after {taken:?}");
}

#[tokio::test]
async fn a_token_that_was_taken_back_early_is_refreshed_once() {
    let app = TestApp::setup().with_offline_access().start().await;
    let mut ada = signed_in(&app, "ada").await;
    app.demo().end_access_tokens();
    assert!(matches!(profile(&mut ada).await, Profile::Known(_)));
    assert_eq!(app.demo().requests().token, 2);
    assert!(matches!(profile(&mut ada).await, Profile::Known(_)));
    assert_eq!(app.demo().requests().token, 2, "the new access token must be used");

    app.demo().set_faults(graph(Answer::Status(StatusCode::UNAUTHORIZED)));
    let asked = app.demo().requests();
    ada.fetch(routes::ACCOUNT_PHOTO).await.assert_status(404);
    let then = app.demo().requests();
    assert_eq!((then.token - asked.token, then.graph - asked.graph), (1, 2), "one refresh and one retry, then no more");
    assert!(ada.user().await.is_some());
}

#[tokio::test]
async fn all_who_need_another_token_at_once_cost_one_refresh() {
    let app = TestApp::setup().with_offline_access().start().await;
    let ada = signed_in(&app, "ada").await;
    app.demo().end_access_tokens();
    let mut requests = JoinSet::new();
    for number in 0..12 {
        let mut tab = ada.clone();
        let path = [routes::API_PROFILE, routes::ACCOUNT_PHOTO, routes::ACCOUNT][number % 3];
        requests.spawn(async move { tab.fetch(path).await });
    }
    for answer in requests.join_all().await {
        answer.assert_status(200);
        assert!(!answer.body.contains("missing"), "{answer:#?}");
    }
    assert_eq!(app.demo().requests().token, 2);
}

#[tokio::test]
async fn a_token_that_has_ended_and_cannot_be_refreshed_leads_to_the_provider_by_a_link() {
    let app = TestApp::start().await;
    let mut ada = signed_in(&app, "ada").await;
    app.clock.advance(Duration::from_hours(1));
    assert_eq!(profile(&mut ada).await, Profile::Missing { what: Missing::Token, asked: false });
    assert_eq!(app.demo().requests().graph, 0, "an expired token must not be sent");
    let page = ada.get(routes::ACCOUNT).await;
    page.assert_status(200).assert_shows("Ada Vale").assert_shows("Sign in again");
    let answer = ada.get(routes::ACCOUNT_ASK_PROVIDER).await;
    let authorization = answer.assert_status(303).location().parse().unwrap();
    let callback = ada.choose(&authorization, "ada").await;
    ada.follow(&callback).await.assert_redirect(routes::ACCOUNT);
    ada.get(routes::ACCOUNT).await.assert_status(200).assert_shows("Head of Platform");
}
