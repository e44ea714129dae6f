//! Requests for roles, as people make them and administrators decide them.

use std::time::Duration;

use rolecall::routes;
use rolecall_model::Role;

use super::{fields, signed_in};
use crate::support::{Browser, TestApp, execute};

/// The id of the one request that waits.
async fn waiting(administrator: &mut Browser) -> String {
    let page = administrator.get(routes::ADMIN_REQUESTS).await;
    page.assert_status(200);
    fields(&page, "id").first().cloned().unwrap_or_else(|| panic!("nothing waits: {page:#?}"))
}

// Case: admin/request
#[tokio::test]
async fn who_is_refused_asks_there_and_is_in_once_an_administrator_says_so() {
    let app = TestApp::start().await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    let refused = reed.get(routes::DATASETS).await;
    refused.assert_status(403).assert_shows("needs the role Write");
    refused.assert_shows("You have the role Read, which your provider gave you.").assert_shows("Request access");
    assert_eq!(
        (fields(&refused, "role"), fields(&refused, "page")),
        (vec!["write".to_owned()], vec!["/datasets".to_owned()])
    );
    let asked = [("role", "write"), ("page", "/datasets"), ("reason", "I bring <b>figures</b>")];
    reed.submit(routes::API_REQUEST_ACCESS, &asked).await.assert_redirect("/account#requests");
    reed.get(routes::ACCOUNT).await.assert_shows("Waits for an answer").assert_shows("I bring &lt;b&gt;figures");
    let refused = reed.get(routes::DATASETS).await;
    refused.assert_status(403).assert_shows("No administrator has answered yet");

    ada.get(routes::ADMIN).await.assert_shows("1 waits.");
    let page = ada.get(routes::ADMIN_REQUESTS).await;
    page.assert_status(200)
        .assert_shows("<bdi>Reed")
        .assert_shows("I bring &lt;b&gt;figures")
        .assert_shows("Rolecall.Write");
    let id = waiting(&mut ada).await;
    let approved = [("id", id.as_str()), ("until", "2999-01-01"), ("answer", "Welcome <i>in</i>")];
    ada.submit(routes::API_APPROVE_REQUEST, &approved).await.assert_status(303);
    reed.get(routes::DATASETS).await.assert_status(200);
    let account = reed.get(routes::ACCOUNT).await;
    account.assert_shows("gave you the role").assert_shows("Welcome &lt;i&gt;in");
    let refused = reed.get(routes::ADMIN).await;
    refused.assert_status(403).assert_shows("You have the role Write, which an administrator gave you here.");
    ada.get(routes::ADMIN_REQUESTS).await.assert_shows("Nobody waits for an answer.");
    ada.get(&format!("{}?decided=1", routes::ADMIN_REQUESTS)).await.assert_shows("Given here").assert_shows("<bdi>Ada");
    let again = ada.submit(routes::API_DECLINE_REQUEST, &[("id", &id), ("answer", "No")]).await;
    again.assert_status(409).assert_shows("already approved this request");
    assert_eq!(app.count("audit WHERE kind = 'access_requested' AND actor_id = 2 AND person_id = 2").await, 1);
    assert_eq!(app.count("audit WHERE kind = 'access_request_approved' AND actor_id = 1 AND person_id = 2").await, 1);
    assert!(app.audit().verify().await.unwrap().is_ok());
}

// Case: admin/request-no-role
#[tokio::test]
async fn who_has_no_role_asks_for_one_and_reads_why_it_was_declined() {
    let app = TestApp::start().await;
    let (mut ada, mut nora) = (signed_in(&app, "ada").await, signed_in(&app, "nora").await);
    let refused = nora.get(routes::DASHBOARDS).await;
    refused.assert_status(403).assert_shows("Rolecall.Read").assert_shows("Request access");
    let asked = [("role", "read"), ("reason", "I am new")];
    nora.submit(routes::API_REQUEST_ACCESS, &asked).await.assert_status(303);
    let id = waiting(&mut ada).await;
    ada.submit(routes::API_DECLINE_REQUEST, &[("id", &id), ("answer", "")]).await.assert_status(422);
    ada.submit(routes::API_DECLINE_REQUEST, &[("id", &id), ("answer", "Ask HR")]).await.assert_status(303);
    nora.get(routes::ACCOUNT).await.assert_shows("declined").assert_shows("Ask HR");
    nora.get(routes::DASHBOARDS).await.assert_status(403).assert_shows("Request access");
    nora.submit(routes::API_REQUEST_ACCESS, &[("role", "read"), ("reason", " ")]).await.assert_status(422);
    nora.submit(routes::API_REQUEST_ACCESS, &[("role", "owner"), ("reason", "x")]).await.assert_status(422);
    assert_eq!(nora.user().await.unwrap().role, None);
}

// Case: admin/request-who-decides
#[tokio::test]
async fn only_administrators_decide_and_a_role_only_after_a_recent_sign_in() {
    let app = TestApp::start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    wren.submit(routes::API_REQUEST_ACCESS, &[("role", "admin"), ("reason", "x")]).await.assert_status(303);
    let id = waiting(&mut ada).await;
    wren.get(routes::ADMIN_REQUESTS).await.assert_status(403);
    for function in [routes::API_APPROVE_REQUEST, routes::API_REQUEST_ASSIGNED, routes::API_DECLINE_REQUEST] {
        wren.submit(function, &[("id", &id), ("answer", "x")]).await.assert_status(403);
    }
    app.browser().submit(routes::API_REQUEST_ACCESS, &[("role", "read"), ("reason", "x")]).await.assert_status(401);
    app.clock.advance(Duration::from_secs(601));
    ada.submit(routes::API_APPROVE_REQUEST, &[("id", &id)]).await.assert_status(401);
    assert_eq!(app.count("grants").await, 0);
    ada.submit(routes::API_DECLINE_REQUEST, &[("id", &id), ("answer", "Not now")]).await.assert_status(303);
    for name in ["<img src=x onerror=alert(1)>", "\u{202e}evil", &"🦄".repeat(256), "שלום עולם"] {
        execute(app.db(), &format!("UPDATE users SET name = '{name}' WHERE id = 2")).await;
        let page = ada.get(&format!("{}?decided=1", routes::ADMIN_REQUESTS)).await;
        page.assert_status(200).assert_shows(&format!("<bdi>{}", html_escape::encode_text(name)));
    }
    assert_eq!(wren.user().await.unwrap().role, Some(Role::Write));
}
