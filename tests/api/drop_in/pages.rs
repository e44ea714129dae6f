//! What people see of the sign-in in other applications.

use axum::Router;
use axum::response::{Html, IntoResponse as _};
use axum::routing::get;
use rolecall_model::Role;
use rolecall_sign_in::config::ProviderConfig;
use rolecall_sign_in::drop_in::DropIn;

use super::support::OtherApp;

fn application(sign_in: &DropIn) -> Router {
    sign_in.only(Role::Read, Router::new().route("/reports", get(async || "Reports")))
}

#[tokio::test]
async fn with_several_providers_people_choose() {
    let second = ProviderConfig::entra("0b7ee2c4-1111-4222-8333-444455556666", "client").named("Acme & Sons");
    let app = OtherApp::start(|settings| settings.provider(second), application).await;
    let mut browser = app.browser();
    let way = browser.get("/reports").await;
    way.assert_redirect("/sign-in?return_to=%2Freports");
    let choice = browser.get(way.location()).await;
    choice.assert_status(200).assert_shows("Acme &amp; Sons");
    choice.assert_shows("href=\"/login/azure?return_to=%2Freports\"");
    choice.assert_shows("href=\"/login/own?return_to=%2Freports\"");
    // No link leads to another site.
    let elsewhere = browser.get("/sign-in?return_to=https://evil.test/").await;
    assert!(!elsewhere.body.contains("evil"), "{elsewhere:#?}");
}

// Case: return/long, return/too-long
#[tokio::test]
async fn a_long_link_leads_back_to_where_it_was_to_and_one_that_is_too_long_says_so() {
    let app = OtherApp::start(|settings| settings, application).await;
    let mut browser = app.browser();
    let link = crate::long_links::link("/reports?q=", rolecall_sign_in::ReturnTo::MAX_BYTES);
    let kept = browser.arrive_as("reed", &link, &app.provider).await.assert_status(303).location().to_owned();
    browser.get(&kept).await.assert_redirect(&link);
    browser.get(&link).await.assert_status(200).assert_shows("Reports");
    browser.get(&kept).await.assert_redirect(&link);
    let other = format!("/sign-in/to/{}", "A".repeat(22));
    browser.get(&other).await.assert_status(400).assert_shows("This link has expired");

    let mut stranger = app.browser();
    let told = stranger.get(&format!("{link}x")).await;
    told.assert_status(414).assert_shows("too long").assert_shows("href=\"/login/own?return_to=%2F\"");
}

#[tokio::test]
async fn what_comes_to_nothing_ends_on_a_page_that_says_so() {
    let app = OtherApp::start(|settings| settings, application).await;
    let mut browser = app.browser();
    let nonsense = "/login/own/authorized?state=x&error=access_denied&error_description=%3Cscript%3E";
    let failed = "You are not signed in";
    for (path, status, title) in [
        (nonsense, 400, failed),
        ("/login/nobody", 404, "There is no such provider"),
        ("/login/own/authorized?code=a&code=b", 400, failed),
    ] {
        let page = browser.get(path).await;
        page.assert_status(status).assert_shows(title).assert_shows("To the front page");
        assert!(!page.body.contains("<script") && !page.body.contains("request id"), "{page:#?}");
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"), "{page:#?}");
    }
    let way = browser.get("/reports").await.location().to_owned();
    let authorization = browser.get(&way).await.location().parse().unwrap();
    let callback = app.provider.browser().decline(&authorization).await;
    let declined = browser.follow(&callback).await;
    declined.assert_status(400).assert_shows("declined").assert_shows("href=\"/login/own?return_to=%2Freports");
}

#[tokio::test]
async fn an_application_makes_the_pages_its_own() {
    let own = |settings: rolecall_sign_in::drop_in::Settings| {
        settings.pages(|page| (page.status, Html(format!("<b>Acme</b> {}", page.title))).into_response())
    };
    let app = OtherApp::start(own, application).await;
    let mut browser = app.browser();
    browser.get("/login/nobody").await.assert_status(404).assert_shows("<b>Acme</b> There is no such provider");
    browser.arrive_as("nora", "/reports", &app.provider).await;
    browser.get("/reports").await.assert_status(403).assert_shows("<b>Acme</b> Your role does not open this page");
}
