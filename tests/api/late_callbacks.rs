//! Answers of the provider that come too late, twice, or to a browser where somebody is signed in already; and attempts
//! that somebody moves about.

use std::time::Duration;

use openidconnect::reqwest::Url;

use crate::support::{Browser, TestApp, Traces, changed};

/// The page that somebody asks for.
const WANTED: &str = "/dashboards/weather?page=3";
const AGAIN: &str = "href=\"/login/demo?return_to=%2Fdashboards%2Fweather%3Fpage%3D3\"";

/// A browser whose next step is the callback, and the callback.
async fn coming_back(app: &TestApp) -> (Browser, Url) {
    let mut browser = app.browser();
    let authorization = browser.begin(WANTED).await;
    let callback = browser.choose(&authorization, "reed").await;
    (browser, callback)
}

// Case: attempt/late
#[tokio::test]
async fn who_took_more_than_ten_minutes_is_told_so_and_led_on_to_the_page_that_was_wanted() {
    let app = TestApp::start().await;
    for minutes in [10, 60, 239] {
        let (mut browser, callback) = coming_back(&app).await;
        app.clock.advance(Duration::from_secs(minutes * 60));
        let told = browser.follow(&callback).await;
        told.assert_status(400).assert_shows("longer than ten minutes").assert_shows(AGAIN);
        assert!(!told.body.contains("cookie"), "{told:#?}");
        assert_eq!(browser.user().await, None);
        let begun = browser.get("/login/demo?return_to=%2Fdashboards%2Fweather%3Fpage%3D3").await;
        let callback = browser.choose(&begun.location().parse().unwrap(), "reed").await;
        browser.follow(&callback).await.assert_redirect(WANTED);
    }
    assert_eq!(app.count("used_attempts").await, 3, "a late one is not used");
}

// Case: attempt/late
#[tokio::test]
async fn coming_late_again_and_again_is_no_loop() {
    let app = TestApp::start().await;
    let (mut browser, callback) = coming_back(&app).await;
    app.clock.advance(Duration::from_mins(11));
    for _ in 0..4 {
        browser.follow(&callback).await.assert_status(400).assert_shows(AGAIN);
    }
    assert!(!browser.cookies.contains_key("rolecall-tries"));
}

// Case: attempt/late, attempt/used-while-signed-in
#[tokio::test]
async fn who_is_signed_in_and_comes_late_or_twice_goes_on_to_the_page() {
    let app = TestApp::start().await;
    let (mut browser, late) = coming_back(&app).await;
    app.clock.advance(Duration::from_mins(11));
    let authorization = browser.begin("/account/token").await;
    let used = browser.choose(&authorization, "reed").await;
    browser.follow(&used).await.assert_redirect("/account/token");
    let before = Traces::of(&app).await;
    let tokens = app.demo().requests().token;
    browser.follow(&late).await.assert_redirect(WANTED);
    browser.follow(&used).await.assert_redirect("/account/token");
    // This attempt is unknown here: it was begun elsewhere, or long ago.
    browser.follow(&changed(&used, "state", Some("never-begun"))).await.assert_redirect("/");
    browser.cookies.retain(|name, _| name == "rolecall");
    browser.follow(&used).await.assert_redirect("/");
    assert_eq!((Traces::of(&app).await, app.demo().requests().token), (before, tokens));
    assert_eq!(browser.user().await.unwrap().name, "Reed Marlow");
}

#[tokio::test]
async fn who_is_signed_in_and_fails_to_sign_in_again_does_not_read_that_they_are_not() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    let authorization = browser.begin(WANTED).await;
    let declined = browser.decline(&authorization).await;
    let told = browser.follow(&declined).await;
    told.assert_status(400)
        .assert_shows("You were not signed in again")
        .assert_shows("Reed Marlow")
        .assert_shows(AGAIN);
    assert!(!told.body.contains("You are not signed in"), "{told:#?}");
}

// Case: attempt/other-browser, session/attackers-callback
#[tokio::test]
async fn a_link_with_the_answer_of_somebody_else_changes_nothing_where_somebody_is_signed_in() {
    let app = TestApp::start().await;
    let (mut attacker, callback) = coming_back(&app).await;
    let mut victim = app.browser();
    victim.sign_in_as("ada").await;
    victim.begin("/account/token").await;
    let before = Traces::of(&app).await;
    victim.follow(&callback).await.assert_redirect("/");
    assert_eq!(victim.user().await.unwrap().name, "Ada Vale");
    assert_eq!(Traces::of(&app).await, before);
    // The callback of the attacker was not used up, either.
    attacker.follow(&callback).await.assert_redirect(WANTED);
}

// Case: attempt/sealed-swapped
#[tokio::test]
async fn an_attempt_counts_under_its_own_name_alone() {
    let app = TestApp::start().await;
    let (mut attacker, theirs) = coming_back(&app).await;
    let (mut victim, ours) = coming_back(&app).await;
    let (their_name, their_value) = attacker.attempt();
    let (our_name, our_value) = victim.attempt();
    // The attacker's attempt under the victim's name, and the victim's under the attacker's.
    let mut swapped = victim.clone();
    swapped.cookies.insert(our_name.clone(), their_value.clone());
    swapped.follow(&ours).await.assert_status(400).assert_shows("cannot be read");
    swapped.cookies = [(their_name.clone(), our_value.clone())].into();
    swapped.follow(&theirs).await.assert_status(400).assert_shows("cannot be read");
    for (name, value) in [(our_name.to_uppercase(), our_value.clone()), (our_name.replace('-', "%2D"), our_value)] {
        swapped.cookies = [(name, value)].into();
        swapped.follow(&ours).await.assert_status(400);
    }
    assert_eq!((swapped.user().await, app.count("used_attempts").await), (None, 0));
    victim.follow(&ours).await.assert_redirect(WANTED);
    attacker.follow(&theirs).await.assert_redirect(WANTED);
}

// Case: attempt/sealed-swapped
#[tokio::test]
async fn an_attempt_of_another_address_of_the_same_keys_counts_for_nothing() {
    let mut app = TestApp::start().await;
    let (mut browser, callback) = coming_back(&app).await;
    let address = format!("http://localhost:{}", app.address().port());
    app.set("ROLECALL_PUBLIC_URL", &address);
    app.restart().await;
    let mut elsewhere = app.browser_at("localhost");
    elsewhere.share_with(&browser);
    elsewhere.follow(&callback).await.assert_status(400).assert_shows("cannot be read");
    app.set("ROLECALL_PUBLIC_URL", &format!("http://{}", app.address()));
    app.restart().await;
    assert_eq!(app.count("used_attempts").await, 0);
    // After the restart, the demonstration provider no longer knows the code, but the attempt is still valid.
    let told = browser.follow(&callback).await;
    assert!(!told.body.contains("cannot be read"), "{told:#?}");
    assert_eq!(app.count("used_attempts").await, 1);
}
