//! Forms of the account page and of administrators that are not valid come back on their page, with what was typed and
//! the mistake beside its field.

use rolecall_model::AppError;
use rolecall_routes as routes;

use super::{fields, number_of, setup};
use crate::support::{Answer, TestDb, on_both_dialects, signed_in};

on_both_dialects! {
    a_form_that_cannot_be_taken_comes_back_with_what_was_typed_and_what_is_wrong,
    what_is_about_no_field_is_said_above_the_page_with_the_form,
    a_request_without_a_reason_comes_back_on_the_page_of_the_account,
}

/// Fails unless `page` has the form for `action` again, with `sentence` as the mistake of the field `id`.
#[track_caller]
fn expect_back(page: &Answer, action: &str, id: &str, sentence: &str) {
    page.assert_status(422).assert_shows(&format!("action=\"{action}\"")).assert_shows(sentence);
    page.assert_shows(&format!("aria-describedby=\"{id}-mistake\"")).assert_shows(&format!("id=\"{id}-mistake\""));
    assert!(!page.body.contains("This cannot be used"), "{page:#?}");
}

// Case: admin/form-returned
async fn a_form_that_cannot_be_taken_comes_back_with_what_was_typed_and_what_is_wrong(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    let reed_id = number_of(&app, "Reed").await;
    let reason = "Helps \"them\" <b>out</b>";
    let unusable = [("2000-01-01", "The last day is over already."), ("soon", "Write days as 2026-11-21")];
    for (until, sentence) in unusable {
        let given = [("user_id", reed_id.as_str()), ("role", "admin"), ("reason", reason), ("until", until)];
        let page = ada.submit(routes::API_GRANT_ROLE, &given).await;
        expect_back(&page, routes::API_GRANT_ROLE, "until", sentence);
        page.assert_shows("Helps &quot;them&quot;").assert_shows(&format!("value=\"{until}\""));
        assert!(!page.body.contains("<b>out") && page.body.contains("<bdi>Reed"), "{page:#?}");
        let admin = page.body.split("<option value=\"admin\"").nth(1).unwrap();
        assert!(admin.split('>').next().unwrap().contains("selected"), "the role is no longer chosen: {page:#?}");
    }
    // A script is told which field is wrong.
    let given = [("user_id", reed_id.as_str()), ("role", "admin"), ("reason", " "), ("until", "")];
    let told = ada.call(routes::API_GRANT_ROLE, &given).await.assert_status(422).json::<AppError>();
    assert!(matches!(&told, AppError::InvalidField { field, .. } if field == "reason"), "{told:?}");
    let page = ada.submit(routes::API_GRANT_ROLE, &given).await;
    expect_back(&page, routes::API_GRANT_ROLE, "grant-reason", "Give a reason.");
    let page = ada.submit(routes::API_DISABLE_PERSON, &[("user_id", &reed_id), ("reason", " ")]).await;
    expect_back(&page, routes::API_DISABLE_PERSON, "reason", "Give a reason.");
    let page = ada.submit(routes::API_END_EVERY_SESSION, &[("confirmation", "every body")]).await;
    expect_back(&page, routes::API_END_EVERY_SESSION, "confirmation", "Nobody was signed out");
    page.assert_shows("value=\"every body\"");

    reed.submit(routes::API_REQUEST_ACCESS, &[("role", "write"), ("reason", "x")]).await.assert_status(303);
    let id = fields(&ada.get(routes::ADMIN_REQUESTS).await, "id")[0].clone();
    for (until, sentence) in unusable {
        let approved = [("id", id.as_str()), ("until", until), ("answer", "Welcome \"in\"")];
        let page = ada.submit(routes::API_APPROVE_REQUEST, &approved).await;
        expect_back(&page, routes::API_APPROVE_REQUEST, &format!("until-{id}"), sentence);
        page.assert_shows("Welcome &quot;in&quot;").assert_shows(&format!("value=\"{until}\""));
    }
    let page = ada.submit(routes::API_DECLINE_REQUEST, &[("id", &id), ("answer", " ")]).await;
    expect_back(&page, routes::API_DECLINE_REQUEST, &format!("declined-{id}"), "Give a reason.");
    page.assert_shows("One request, as you sent it. The others are under “Waiting”.");
    let waiting = ada.get(routes::ADMIN_REQUESTS).await;
    assert!(!waiting.assert_status(200).body.contains("as you sent it"), "{waiting:#?}");
    assert_eq!((app.count("grants").await, app.count("users WHERE disabled_at IS NOT NULL").await), (0, 0));
    assert_eq!(app.count("access_requests WHERE decided_at IS NULL").await, 1);
    assert!(reed.user().await.is_some());

    // The form that came back can be corrected and sent. It then leads to its usual page, although the address in the
    // browser is that of the form.
    ada.stands_at(routes::API_APPROVE_REQUEST);
    let right = [("id", id.as_str()), ("until", "2999-01-01")];
    ada.submit(routes::API_APPROVE_REQUEST, &right).await.assert_redirect(routes::ADMIN_REQUESTS);
    assert_eq!(app.count("grants").await, 1);
    ada.stands_at(routes::API_GRANT_ROLE);
    let right = [("user_id", reed_id.as_str()), ("reason", "Left")];
    ada.submit(routes::API_DISABLE_PERSON, &right).await.assert_redirect(&format!("/admin/users/{reed_id}"));
    // There is no such person, and so no page for the form: what was typed is shown with the problem.
    let unknown = [("user_id", "999999"), ("role", "admin"), ("reason", "Out of reach"), ("until", "soon")];
    ada.submit(routes::API_GRANT_ROLE, &unknown).await.assert_status(422).assert_shows("Out of reach");
}

// Case: admin/form-returned
async fn what_is_about_no_field_is_said_above_the_page_with_the_form(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, _reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    let (ada_id, reed_id) = (number_of(&app, "Ada").await, number_of(&app, "Reed").await);
    let to_reed = [("user_id", reed_id.as_str()), ("role", "write"), ("reason", "Helps")];
    ada.submit(routes::API_GRANT_ROLE, &to_reed).await.assert_status(303);
    let again = ada.submit(routes::API_GRANT_ROLE, &to_reed).await;
    again
        .assert_status(409)
        .assert_shows("with the same end")
        .assert_shows("value=\"Helps\"")
        .assert_shows("<bdi>Reed");
    let oneself = [("user_id", ada_id.as_str()), ("role", "admin"), ("reason", "Tired")];
    let oneself = ada.submit(routes::API_GRANT_ROLE, &oneself).await;
    oneself.assert_status(422).assert_shows("You cannot give yourself a role.").assert_shows("<bdi>Ada");
    // A page of administrators is never returned to anybody else.
    let mut wren = signed_in(&app, "wren").await;
    let refused = wren.submit(routes::API_GRANT_ROLE, &[("user_id", &reed_id), ("role", "owner")]).await;
    assert!(!refused.assert_status(403).body.contains("<bdi>Reed"), "{refused:#?}");
    assert_eq!(app.count("grants").await, 1);
}

// Case: admin/form-returned
async fn a_request_without_a_reason_comes_back_on_the_page_of_the_account(database: &TestDb) {
    let app = setup(database).start().await;
    let mut reed = signed_in(&app, "reed").await;
    let asked = [("role", "admin"), ("page", "/datasets"), ("reason", " ")];
    let page = reed.submit(routes::API_REQUEST_ACCESS, &asked).await;
    expect_back(&page, routes::API_REQUEST_ACCESS, "request-reason", "Say what you need it for.");
    let admin = page.body.split("<option value=\"admin\"").nth(1).unwrap();
    assert!(admin.split('>').next().unwrap().contains("selected"), "{page:#?}");
    assert_eq!(fields(&page, "page"), ["/datasets"]);
    assert_eq!(app.count("access_requests").await, 0);
    // A browser without a session gets no page of the account back.
    app.browser().submit(routes::API_REQUEST_ACCESS, &asked).await.assert_status(401);
}
