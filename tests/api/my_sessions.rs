//! People see in which browsers they are signed in, and end sessions that they no longer want.

use rolecall_routes as routes;

use crate::support::{Answer, Browser, TestApp, TestDb, on_both_dialects, signed_in};

on_both_dialects! {
    a_session_that_is_ended_is_refused_at_the_next_request_and_told_why,
    all_other_sessions_of_a_person_can_be_ended_at_once,
    nobody_ends_a_session_of_somebody_else,
}

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";

/// The ids of the sessions that the page offers to end.
fn ids(page: &Answer) -> Vec<String> {
    let fields = page.body.split("name=\"id\" value=\"").skip(1);
    fields.map(|field| field.split('"').next().unwrap().to_owned()).collect()
}

async fn page(browser: &mut Browser) -> Answer {
    let page = browser.get(routes::ACCOUNT_SESSIONS).await;
    page.assert_status(200);
    page
}

// Case: account/sessions
#[tokio::test]
async fn a_person_sees_their_own_sessions_and_no_others() {
    let app = TestApp::start().await;
    let (mut here, _there, mut reed) =
        (signed_in(&app, "ada").await, signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    let shown = page(&mut here).await;
    shown.assert_shows("This browser").assert_shows("127.0.0.1").assert_shows("End all other sessions");
    assert_eq!(ids(&shown).len(), 1, "the list must not offer to end this session");
    assert_eq!(ids(&page(&mut reed).await), [""; 0]);
    here.get(routes::ACCOUNT).await.assert_shows(routes::ACCOUNT_SESSIONS);
    app.browser().fetch(routes::API_SESSION).await.assert_status(401);
    app.browser().get(routes::ACCOUNT_SESSIONS).await.assert_redirect("/login/demo?return_to=%2Faccount%2Fsessions");
}

// Case: account/end-session
async fn a_session_that_is_ended_is_refused_at_the_next_request_and_told_why(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let (mut here, mut there) = (signed_in(&app, "ada").await, signed_in(&app, "ada").await);
    there.get(routes::DASHBOARDS).await.assert_status(200);
    let shown = page(&mut here).await;
    let [id] = &ids(&shown)[..] else { panic!("{shown:#?}") };
    here.submit(routes::API_END_MY_SESSION, &[("id", id)]).await.assert_redirect(routes::ACCOUNT_SESSIONS);

    assert_eq!(there.user().await, None);
    let refused = there.get(routes::DASHBOARDS).await;
    refused.assert_status(401).assert_shows("You ended this session from another browser.");
    there.get(routes::DASHBOARDS).await.assert_status(401).assert_shows("You ended this session from another browser.");
    let again = refused.link("Sign in");
    there.get(&again).await.assert_status(303);
    assert!(here.user().await.is_some());
    page(&mut here).await.assert_shows("Ended from another browser");
    here.submit(routes::API_END_MY_SESSION, &[("id", id)]).await.assert_redirect(routes::ACCOUNT_SESSIONS);
}

// Case: account/end-others
async fn all_other_sessions_of_a_person_can_be_ended_at_once(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let (mut here, mut there) = (signed_in(&app, "ada").await, signed_in(&app, "ada").await);
    let (mut third, mut reed) = (signed_in(&app, "ada").await, signed_in(&app, "reed").await);
    here.submit(routes::API_END_MY_OTHER_SESSIONS, &[]).await.assert_redirect(routes::ACCOUNT_SESSIONS);
    assert!(here.user().await.is_some() && reed.user().await.is_some());
    assert!(there.user().await.is_none() && third.user().await.is_none());
    assert_eq!(app.count("sign_ins WHERE revoked_reason = 'ended_elsewhere'").await, 2);
    assert_eq!(ids(&page(&mut here).await), [""; 0]);
}

// Case: account/end-session-of-others
async fn nobody_ends_a_session_of_somebody_else(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let (mut ada, _second, mut wren) =
        (signed_in(&app, "ada").await, signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let shown = page(&mut ada).await;
    let [id] = &ids(&shown)[..] else { panic!("{shown:#?}") };
    let refused = wren.call(routes::API_END_MY_SESSION, &[("id", id)]).await;
    let unknown = wren.call(routes::API_END_MY_SESSION, &[("id", "0")]).await;
    assert_eq!((refused.status, &refused.body), (404, &unknown.body));
    let foreign = ada.request(openidconnect::reqwest::Method::POST, routes::API_END_MY_SESSION);
    let foreign = ada.clone().send(foreign.header("origin", "https://elsewhere.test").form(&[("id", id)])).await;
    foreign.assert_status(403);
    app.browser().call(routes::API_END_MY_SESSION, &[("id", id)]).await.assert_status(401);
    assert_eq!(app.count("sign_ins WHERE revoked_at IS NULL").await, 3);
    ada.submit(routes::API_END_MY_SESSION, &[("id", id)]).await.assert_status(303);
    assert_eq!(app.count("sign_ins WHERE revoked_at IS NULL").await, 2);
}

#[tokio::test]
async fn the_session_of_this_browser_is_ended_by_signing_out() {
    let app = TestApp::start().await;
    let (mut here, mut there) = (signed_in(&app, "ada").await, signed_in(&app, "ada").await);
    let shown = page(&mut there).await;
    let [id] = &ids(&shown)[..] else { panic!("{shown:#?}") };
    here.call(routes::API_END_MY_SESSION, &[("id", id)]).await.assert_status(422);
    assert!(here.user().await.is_some());
}

// Case: account/device
#[tokio::test]
async fn a_session_is_told_by_browser_and_device_whatever_the_browser_says() {
    let app = TestApp::start().await;
    for (user_agent, words) in [(FIREFOX, "Firefox on Linux"), ("<b>\"&'", "An unknown browser")] {
        let mut browser = app.browser();
        let begun = browser.begin(routes::HOME).await;
        let callback = browser.choose(&begun, "ada").await;
        let path = crate::support::path_and_query(&callback);
        let request = browser.navigation(openidconnect::reqwest::Method::GET, &path);
        browser.send(request.header("user-agent", user_agent)).await.assert_status(303);
        let shown = page(&mut browser).await;
        shown.assert_shows(words);
        assert!(!shown.body.contains("<b>"));
    }
}
