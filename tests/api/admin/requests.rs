//! Requests for roles, as people make them and administrators decide them.

use std::time::Duration;

use rolecall_model::Role;
use rolecall_routes as routes;
use serde_json::json;

use super::{fields, number_of, setup};
use crate::support::faulty_provider::Faults;
use crate::support::{Browser, TestApp, TestDb, execute, on_both_dialects, signed_in, until};

on_both_dialects! {
    who_is_refused_asks_there_and_is_in_once_an_administrator_says_so,
    who_has_no_role_asks_for_one_and_reads_why_it_was_declined,
    a_request_is_closed_once_the_provider_gives_the_role,
    only_administrators_decide_and_a_role_only_after_a_recent_sign_in,
    a_role_that_the_configuration_leaves_to_nobody_of_a_provider_is_not_given,
    who_is_disabled_is_marked_and_given_a_role_only_by_who_knows,
    who_is_inactive_in_the_directory_is_marked_too_and_not_called_disabled,
}

/// The id of the first request that waits for a decision.
async fn waiting(administrator: &mut Browser) -> String {
    let page = administrator.get(routes::ADMIN_REQUESTS).await;
    page.assert_status(200);
    fields(&page, "id").first().cloned().unwrap_or_else(|| panic!("no request waits for a decision: {page:#?}"))
}

// Case: admin/request
async fn who_is_refused_asks_there_and_is_in_once_an_administrator_says_so(database: &TestDb) {
    let app = setup(database).start().await;
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
    reed.get(routes::ACCOUNT).await.assert_shows("Waiting for an answer").assert_shows("I bring &lt;b&gt;figures");
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
    account.assert_shows("gave you the role").assert_shows("Welcome &lt;i&gt;in").assert_shows("data-answered-at=\"");
    let refused = reed.get(routes::ADMIN).await;
    refused.assert_status(403).assert_shows("You have the role Write, which an administrator gave you here.");
    ada.get(routes::ADMIN_REQUESTS).await.assert_shows("No request is waiting.");
    ada.get(&format!("{}?decided=1", routes::ADMIN_REQUESTS)).await.assert_shows("Given here").assert_shows("<bdi>Ada");
    let again = ada.submit(routes::API_DECLINE_REQUEST, &[("id", &id), ("answer", "No")]).await;
    again.assert_status(409).assert_shows("already approved this request");
    assert_eq!(app.count("audit WHERE kind = 'access_requested' AND actor_id = 2 AND person_id = 2").await, 1);
    assert_eq!(app.count("audit WHERE kind = 'access_request_approved' AND actor_id = 1 AND person_id = 2").await, 1);
    assert!(app.audit().verify().await.unwrap().is_ok());
}

// Case: admin/request-no-role
async fn who_has_no_role_asks_for_one_and_reads_why_it_was_declined(database: &TestDb) {
    let app = setup(database).start().await;
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
async fn only_administrators_decide_and_a_role_only_after_a_recent_sign_in(database: &TestDb) {
    let app = setup(database).start().await;
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

// Case: admin/request-keeps-what-was-typed
#[tokio::test]
async fn what_was_typed_comes_back_where_somebody_must_sign_in_first() {
    let app = TestApp::start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    wren.submit(routes::API_REQUEST_ACCESS, &[("role", "admin"), ("reason", "x")]).await.assert_status(303);
    let id = waiting(&mut ada).await;
    app.clock.advance(Duration::from_secs(601));
    let approved = [("id", id.as_str()), ("until", "2999-12-24"), ("answer", "Welcome <i>in</i>")];
    let kept = ada.submit(routes::API_APPROVE_REQUEST, &approved).await;
    kept.assert_status(401).assert_shows("Welcome &lt;i&gt;in").assert_shows("2999-12-24").assert_shows("Last day");
    kept.assert_shows("Copy what you typed").assert_shows("/login/demo?prompt=login&amp;return_to=/admin/requests");
    assert!(!kept.body.contains(&id), "the page shows only what was typed");
    let given = [("user_id", "2"), ("role", "admin"), ("reason", "On <b>call</b>"), ("until", "2999-12-25")];
    let kept = ada.submit(routes::API_GRANT_ROLE, &given).await;
    kept.assert_status(401).assert_shows("On &lt;b&gt;call").assert_shows("2999-12-25");
    assert_eq!(app.count("grants").await, 0);

    // Without a session, neither the reason of a request nor an answer to one is lost: both come back.
    let mut nobody = app.browser();
    let kept = nobody.submit(routes::API_REQUEST_ACCESS, &[("role", "read"), ("reason", "I am <b>new</b>")]).await;
    kept.assert_status(401).assert_shows("I am &lt;b&gt;new").assert_shows("What you need it for");
    let kept = nobody.submit(routes::API_DECLINE_REQUEST, &[("id", &id), ("answer", "Ask <i>HR</i>")]).await;
    kept.assert_status(401).assert_shows("Ask &lt;i&gt;HR");
    let kept = nobody.submit(routes::NEW_QUERY, &[("statement", "SELECT 'my work'"), ("do", "try")]).await;
    kept.assert_status(401).assert_shows("my work");
}

// Case: admin/request-closed-by-itself
async fn a_request_is_closed_once_the_provider_gives_the_role(database: &TestDb) {
    let app = setup(database).with_offline_access().start().await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    for role in ["write", "admin"] {
        reed.submit(routes::API_REQUEST_ACCESS, &[("role", role), ("reason", "x")]).await.assert_status(303);
    }
    app.clock.advance(Duration::from_mins(1));
    let roles = json!({ "roles": ["Rolecall.Write"] });
    app.demo().set_faults(Faults { extra_claims: roles.as_object().unwrap().clone(), ..Faults::default() });
    reed.submit(routes::API_CHECK_MY_ROLES, &[]).await.assert_status(303);
    until("it is closed", async || app.count("access_requests WHERE decided_at IS NULL").await == 1).await;
    assert_eq!(app.count("access_requests WHERE decision = 'assigned' AND role = 'write'").await, 1);
    let noted =
        "audit WHERE kind = 'access_request_approved' AND actor_id IS NULL AND details LIKE '%\"by\":\"provider\"%'";
    assert_eq!(app.count(noted).await, 1);
    reed.get(routes::ACCOUNT).await.assert_shows("Your provider").assert_shows("gives you the role now");
    ada.get(&format!("{}?decided=1", routes::ADMIN_REQUESTS)).await.assert_shows("Given by the provider");

    // A sign-in at which the provider gives the role closes the request, too.
    let roles = json!({ "roles": ["Rolecall.Admin"] });
    app.demo().set_faults(Faults { extra_claims: roles.as_object().unwrap().clone(), ..Faults::default() });
    signed_in(&app, "reed").await;
    until("it is closed", async || app.count("access_requests WHERE decided_at IS NULL").await == 0).await;
    assert!(app.audit().verify().await.unwrap().is_ok());
}

// Case: admin/request-limited
async fn a_role_that_the_configuration_leaves_to_nobody_of_a_provider_is_not_given(database: &TestDb) {
    let app = setup(database).start().await;
    let mut reed = signed_in(&app, "reed").await;
    reed.submit(routes::API_REQUEST_ACCESS, &[("role", "admin"), ("reason", "x")]).await.assert_status(303);
    let mut ada = signed_in(&app, "ada").await;
    let id = waiting(&mut ada).await;
    // The person's provider is no longer configured.
    execute(app.db(), "UPDATE sign_ins SET provider = 'gone' WHERE user_id = 1").await;
    let page = ada.get(routes::ADMIN_REQUESTS).await;
    page.assert_status(200).assert_shows("so the role cannot be given").assert_shows("Decline");
    assert!(!page.body.contains(routes::API_APPROVE_REQUEST), "{page:#?}");
    let refused = ada.submit(routes::API_APPROVE_REQUEST, &[("id", &id)]).await;
    refused.assert_status(422).assert_shows("The configuration does not leave this role to the person");
    assert_eq!((app.count("grants").await, app.count("access_requests WHERE decided_at IS NULL").await), (0, 1));
    ada.submit(routes::API_DECLINE_REQUEST, &[("id", &id), ("answer", "Not there")]).await.assert_status(303);
}

// Case: admin/request-disabled
async fn who_is_disabled_is_marked_and_given_a_role_only_by_who_knows(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    reed.submit(routes::API_REQUEST_ACCESS, &[("role", "write"), ("reason", "x")]).await.assert_status(303);
    let id = waiting(&mut ada).await;
    assert!(!ada.get(routes::ADMIN_REQUESTS).await.body.contains("They cannot sign in"));
    let number = number_of(&app, "Reed").await;
    ada.submit(routes::API_DISABLE_PERSON, &[("user_id", &number), ("reason", "Away")]).await.assert_status(303);
    // The page was opened before the person was disabled, so it did not show that.
    let refused = ada.submit(routes::API_APPROVE_REQUEST, &[("id", &id)]).await;
    refused.assert_status(422).assert_shows("They were shut out after you opened this page");
    assert_eq!((app.count("grants").await, app.count("access_requests WHERE decided_at IS NULL").await), (0, 1));

    let page = ada.get(routes::ADMIN_REQUESTS).await;
    page.assert_status(200).assert_shows("They cannot sign in (since").assert_shows("until they are let in again");
    assert_eq!(fields(&page, "knows_kept_out"), ["true"]);
    let approved = [("id", id.as_str()), ("knows_kept_out", "true")];
    ada.submit(routes::API_APPROVE_REQUEST, &approved).await.assert_status(303);
    app.browser().attempt_as("reed").await.assert_status(403);
    ada.submit(routes::API_ENABLE_PERSON, &[("user_id", &number)]).await.assert_status(303);
    assert_eq!(signed_in(&app, "reed").await.user().await.unwrap().role, Some(Role::Write));

    // Approving a declined request on an old page tells the administrator that it was declined.
    reed = signed_in(&app, "reed").await;
    reed.submit(routes::API_REQUEST_ACCESS, &[("role", "admin"), ("reason", "x")]).await.assert_status(303);
    let id = waiting(&mut ada).await;
    ada.submit(routes::API_DECLINE_REQUEST, &[("id", &id), ("answer", "No")]).await.assert_status(303);
    ada.submit(routes::API_DISABLE_PERSON, &[("user_id", &number), ("reason", "Gone")]).await.assert_status(303);
    let late = ada.submit(routes::API_APPROVE_REQUEST, &[("id", &id)]).await;
    late.assert_status(409).assert_shows("already declined this request");
}

// Case: admin/request-disabled
async fn who_is_inactive_in_the_directory_is_marked_too_and_not_called_disabled(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    reed.submit(routes::API_REQUEST_ACCESS, &[("role", "write"), ("reason", "x")]).await.assert_status(303);
    let id = waiting(&mut ada).await;
    execute(app.db(), "UPDATE users SET inactive_since = 1 WHERE name LIKE 'Reed%'").await;
    let refused = ada.submit(routes::API_APPROVE_REQUEST, &[("id", &id)]).await;
    refused.assert_status(422).assert_shows("They were shut out after you opened this page");
    let page = ada.get(routes::ADMIN_REQUESTS).await;
    page.assert_status(200).assert_shows("They cannot sign in (since").assert_shows("see their page");
    // The page does not call them disabled, because no administrator can enable them.
    assert!(!refused.body.contains("isabled since") && !page.body.contains("isabled since"), "{page:#?}");
    assert_eq!(app.count("grants").await, 0);
}
