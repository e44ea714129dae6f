//! Roles that are given here, beside the provider's.

use std::time::Duration;

use rolecall_model::Role;
use rolecall_routes as routes;

use super::{fields, number_of, setup};
use crate::support::{Answer, Browser, TestApp, TestDb, on_both_dialects, signed_in};

on_both_dialects! {
    a_role_that_is_given_here_counts_at_the_next_request_until_it_is_taken_back,
    a_role_that_is_given_here_is_over_at_its_end,
    the_same_role_with_the_same_end_is_given_once,
    the_highest_of_the_providers_role_and_the_given_one_counts,
    a_role_that_the_configuration_does_not_leave_to_somebody_is_not_given_to_them,
}

async fn grant(administrator: &mut Browser, number: &str, role: &str, until: &str) -> Answer {
    let fields = [("user_id", number), ("role", role), ("reason", "Helps <b>out</b>"), ("until", until)];
    administrator.submit(routes::API_GRANT_ROLE, &fields).await
}

async fn role(browser: &mut Browser) -> Option<Role> {
    browser.user().await.unwrap().role
}

// Case: admin/grant, admin/grant-over
async fn a_role_that_is_given_here_counts_at_the_next_request_until_it_is_taken_back(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut nora) = (signed_in(&app, "ada").await, signed_in(&app, "nora").await);
    nora.get(routes::DASHBOARDS).await.assert_status(403);
    let number = number_of(&app, "Nora").await;
    grant(&mut ada, &number, "write", "").await.assert_status(303);
    assert_eq!(role(&mut nora).await, Some(Role::Write));
    nora.get(routes::DASHBOARDS).await.assert_status(200);
    nora.get(routes::ACCOUNT).await.assert_status(200).assert_shows("Helps &lt;b&gt;out&lt;/b&gt;");
    let page = ada.get(&routes::admin_user(2)).await;
    page.assert_status(200).assert_shows("An administrator").assert_shows("Helps &lt;b&gt;out&lt;/b&gt;");
    ada.get(&format!("{}?role=write", routes::ADMIN_SESSIONS)).await.assert_shows("<bdi>Nora");
    assert_eq!(role(&mut signed_in(&app, "nora").await).await, Some(Role::Write), "a new sign-in has the role too");

    let [id] = &fields(&page, "id").into_iter().filter(|id| app_grant(&page, id)).collect::<Vec<_>>()[..] else {
        panic!("{page:#?}")
    };
    ada.submit(routes::API_REVOKE_GRANT, &[("id", id)]).await.assert_status(303);
    assert_eq!(role(&mut nora).await, None);
    nora.get(routes::DASHBOARDS).await.assert_status(403);
    ada.submit(routes::API_REVOKE_GRANT, &[("id", id)]).await.assert_status(409).assert_shows("taken back before");
    ada.submit(routes::API_REVOKE_GRANT, &[("id", "nothing")]).await.assert_status(404);
    for kind in ["role_granted", "role_revoked"] {
        assert_eq!(app.count(&format!("audit WHERE kind = '{kind}' AND actor_id = 1 AND person_id = 2")).await, 1);
    }
}

/// Whether the field with the value `id` is in the form that takes a role back.
fn app_grant(page: &Answer, id: &str) -> bool {
    let before = page.body.split(&format!("value=\"{id}\"")).next().unwrap();
    before.rsplit("<form").next().unwrap().contains(routes::API_REVOKE_GRANT)
}

// Case: admin/grant-end
async fn a_role_that_is_given_here_is_over_at_its_end(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    let number = number_of(&app, "Reed").await;
    grant(&mut ada, &number, "write", "2000-01-01").await.assert_status(422);
    grant(&mut ada, &number, "write", "soon").await.assert_status(422);
    assert_eq!(role(&mut reed).await, Some(Role::Read));
    grant(&mut ada, &number, "write", "2999-01-01").await.assert_status(303);
    assert_eq!(role(&mut reed).await, Some(Role::Write));
    let end_ms = app.clock.now_ms() + 3_600_000;
    crate::support::execute(app.db(), &format!("UPDATE grants SET ends_at = {end_ms}")).await;
    // The current sign-in still remembers the old end; a new one reads the end from the database.
    let mut reed = signed_in(&app, "reed").await;
    assert_eq!(role(&mut reed).await, Some(Role::Write));
    app.clock.advance(Duration::from_secs(3_599));
    assert_eq!(role(&mut reed).await, Some(Role::Write));
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(role(&mut reed).await, Some(Role::Read));
}

// Case: admin/grant-again
async fn the_same_role_with_the_same_end_is_given_once(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, _nora) = (signed_in(&app, "ada").await, signed_in(&app, "nora").await);
    let number = number_of(&app, "Nora").await;
    for until in ["", "2999-01-01"] {
        grant(&mut ada, &number, "write", until).await.assert_status(303);
        grant(&mut ada, &number, "write", until).await.assert_status(409).assert_shows("with the same end");
    }
    grant(&mut ada, &number, "read", "").await.assert_status(303);
    assert_eq!((app.count("grants").await, app.count("audit WHERE kind = 'role_granted'").await), (3, 3));
}

// Case: admin/grant-highest
async fn the_highest_of_the_providers_role_and_the_given_one_counts(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let number = number_of(&app, "Wren").await;
    grant(&mut ada, &number, "read", "").await.assert_status(303);
    assert_eq!(role(&mut wren).await, Some(Role::Write));
    grant(&mut ada, &number, "admin", "").await.assert_status(303);
    assert_eq!(role(&mut wren).await, Some(Role::Admin));
    wren.get(routes::ADMIN).await.assert_status(200);
}

// Case: admin/grant-limited
async fn a_role_that_the_configuration_does_not_leave_to_somebody_is_not_given_to_them(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, _reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    let number = number_of(&app, "Reed").await;
    let with_provider = |id: &str| format!("UPDATE sign_ins SET provider = '{id}' WHERE user_id = {number}");
    // The person's provider is no longer configured.
    crate::support::execute(app.db(), &with_provider("gone")).await;
    let refused = grant(&mut ada, &number, "write", "").await;
    refused.assert_status(422).assert_shows("The configuration does not leave this role to the person");
    assert_eq!((app.count("grants").await, app.count("audit WHERE kind = 'role_granted'").await), (0, 0));
    crate::support::execute(app.db(), &with_provider("demo")).await;
    grant(&mut ada, &number, "write", "").await.assert_status(303);
}

// Case: admin/grant-oneself
#[tokio::test]
async fn nobody_gives_themselves_a_role() {
    let app = TestApp::start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let (one, two) = (number_of(&app, "Ada").await, number_of(&app, "Wren").await);
    grant(&mut ada, &one, "admin", "").await.assert_status(422);
    grant(&mut wren, &two, "admin", "").await.assert_status(403);
    grant(&mut ada, "999", "read", "").await.assert_status(404);
    app.clock.advance(Duration::from_secs(601));
    grant(&mut ada, &two, "admin", "").await.assert_status(401);
    assert_eq!(app.count("grants").await, 0);
}
