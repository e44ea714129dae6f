//! Administrators who look at Rolecall with a lower role.

use std::time::Duration;

use rolecall_model::Role;
use rolecall_routes as routes;

use super::{number_of, setup};
use crate::support::{Browser, TestDb, on_both_dialects, signed_in};

on_both_dialects! {
    an_administrator_sees_what_others_see_until_they_end_it,
    it_ends_by_itself_and_never_raises_a_role,
}

async fn view_as(browser: &mut Browser, role: &str) -> crate::support::Answer {
    browser.submit(routes::API_VIEW_AS, &[("role", role)]).await
}

// Case: admin/view-as
async fn an_administrator_sees_what_others_see_until_they_end_it(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut other) = (signed_in(&app, "ada").await, signed_in(&app, "ada").await);
    let number = number_of(&app, "Ada").await;
    view_as(&mut ada, "read").await.assert_redirect("/");
    for page in [routes::HOME, routes::DASHBOARDS, "/dashboards/weather", routes::ACCOUNT] {
        let page = ada.get(page).await;
        page.assert_status(200).assert_shows("You see Rolecall as somebody with the role");
        assert!(!page.body.contains("href=\"/admin\""));
    }
    let refused = ada.get(routes::ADMIN).await;
    refused.assert_status(403).assert_shows("See everything again");
    assert!(!refused.body.contains("Request access"), "{refused:#?}");
    ada.get(routes::DATASETS).await.assert_status(403);
    assert_eq!(ada.user().await.unwrap().role, Some(Role::Read));
    // No decision is possible in this mode, not even giving oneself a higher role.
    for role in ["write", "admin", "read"] {
        view_as(&mut ada, role).await.assert_status(403);
    }
    let wren = [("user_id", number.as_str()), ("reason", "x")];
    ada.submit(routes::API_DISABLE_PERSON, &wren).await.assert_status(403);
    // The mode applies to this session alone, and is not kept in a cookie.
    assert_eq!(other.user().await.unwrap().role, Some(Role::Admin));
    ada.submit(routes::API_END_VIEW_AS, &[]).await.assert_status(303);
    assert_eq!(ada.user().await.unwrap().role, Some(Role::Admin));
    let admin = ada.get(routes::ADMIN).await;
    admin.assert_status(200);
    assert!(!admin.body.contains("See everything again"));
    for kind in ["view_as_begun", "view_as_ended"] {
        assert_eq!(app.count(&format!("audit WHERE kind = '{kind}' AND actor_id = 1")).await, 1, "{kind}");
    }
    ada.submit(routes::API_END_VIEW_AS, &[]).await.assert_status(303);
    assert_eq!(app.count("audit WHERE kind = 'view_as_ended'").await, 1, "the second end adds no entry");
}

// Case: admin/view-as-lower
async fn it_ends_by_itself_and_never_raises_a_role(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    view_as(&mut ada, "admin").await.assert_status(422);
    for role in ["read", "write", "admin"] {
        view_as(&mut wren, role).await.assert_status(403);
    }
    view_as(&mut app.browser(), "read").await.assert_status(401);
    view_as(&mut ada, "write").await.assert_status(303);
    ada.get(routes::DATASETS).await.assert_status(200);
    app.clock.advance(Duration::from_mins(30) - Duration::from_secs(1));
    assert_eq!(ada.user().await.unwrap().role, Some(Role::Write));
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(ada.user().await.unwrap().role, Some(Role::Admin));
    ada.get(routes::ADMIN).await.assert_status(200);
}
