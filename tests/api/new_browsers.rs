//! People are told about sign-ins with browsers that they had not used before.

use openidconnect::reqwest::Method;
use rolecall_routes as routes;

use crate::support::{Answer, Browser, TestApp, TestDb, on_both_dialects, path_and_query, text};

on_both_dialects! {
    a_sign_in_with_a_new_browser_is_told_in_the_others_until_the_person_says_that_they_know_it,
}

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0";
const EDGE: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                    Safari/537.36 Edg/140.0.0.0";
const NOTICE: &str = "Somebody signed in as you with a browser that you had not used before";
const OWN_NOTICE: &str = "You had not signed in with this browser before";

/// A browser that identifies itself as `user_agent`, in which `person` is signed in.
async fn signed_in(app: &TestApp, person: &str, user_agent: &str) -> Browser {
    let mut browser = app.browser();
    let begun = browser.begin(routes::HOME).await;
    let callback = path_and_query(&browser.choose(&begun, person).await);
    let request = browser.navigation(Method::GET, &callback).header("user-agent", user_agent);
    browser.send(request).await.assert_status(303);
    browser
}

async fn home(browser: &mut Browser) -> Answer {
    let page = browser.get(routes::HOME).await;
    page.assert_status(200);
    page
}

async fn id_of_latest(app: &TestApp) -> String {
    text(app.db(), "SELECT id FROM sign_ins ORDER BY created_at DESC, id DESC LIMIT 1").await
}

fn id_in(page: &Answer) -> String {
    let (_, field) = page.body.split_once("name=\"id\" value=\"").unwrap();
    field.split('"').next().unwrap().to_owned()
}

// Case: account/new-browser
async fn a_sign_in_with_a_new_browser_is_told_in_the_others_until_the_person_says_that_they_know_it(database: &TestDb) {
    let app = TestApp::setup().on(database).start().await;
    let mut usual = signed_in(&app, "ada", FIREFOX).await;
    assert!(!home(&mut usual).await.body.contains("New browser"), "the first browser must cause no notice");
    let newer = FIREFOX.replace("143", "144");
    let mut updated = signed_in(&app, "ada", &newer).await;
    assert!(!home(&mut updated).await.body.contains("New browser"));

    let mut new = signed_in(&app, "ada", EDGE).await;
    let page = home(&mut new).await;
    page.assert_shows(OWN_NOTICE).assert_shows("Edge on Windows");
    assert!(!page.body.contains("That was me"), "a new browser must not be able to confirm itself");
    let told = home(&mut usual).await;
    told.assert_shows(NOTICE).assert_shows("Edge on Windows").assert_shows("127.0.0.1").assert_shows("That was me");
    usual.get(routes::ACCOUNT_SESSIONS).await.assert_shows("Edge on Windows, not used before");
    for page in [routes::ACCOUNT, routes::ACCOUNT_SESSIONS] {
        usual.get(page).await.assert_status(200).assert_shows(NOTICE).assert_shows("That was me");
        new.get(page).await.assert_status(200).assert_shows(OWN_NOTICE);
    }
    app.clock.advance(std::time::Duration::from_mins(10));
    assert!(!home(&mut new).await.body.contains("New browser"));

    let id = id_in(&told);
    new.call(routes::API_KNOW_BROWSER, &[("id", &id)]).await.assert_status(422);
    // An attacker signs in once more, with the same browser and with another one.
    for user_agent in [EDGE, "curl/8.5.0"] {
        let mut second = signed_in(&app, "ada", user_agent).await;
        let page = home(&mut second).await;
        page.assert_shows(OWN_NOTICE);
        assert!(!page.body.contains("That was me"), "{user_agent}");
        second.call(routes::API_KNOW_BROWSER, &[("id", &id)]).await.assert_status(422);
        new.call(routes::API_KNOW_BROWSER, &[("id", &id_of_latest(&app).await)]).await.assert_status(422);
    }
    home(&mut new).await.assert_shows("If it was you, say so in a browser that you used before this one.");
    let mut reed = signed_in(&app, "reed", FIREFOX).await;
    reed.call(routes::API_KNOW_BROWSER, &[("id", &id)]).await.assert_status(404);
    app.browser().call(routes::API_KNOW_BROWSER, &[("id", &id)]).await.assert_status(401);
    home(&mut usual).await.assert_shows(NOTICE);
    usual.submit(routes::API_KNOW_BROWSER, &[("id", &id)]).await.assert_redirect(routes::HOME);
    let left = home(&mut usual).await;
    assert!(!left.body.contains("Edge on Windows"));
    left.assert_shows("A program");
    new.submit(routes::API_KNOW_BROWSER, &[("id", &id_in(&left))]).await.assert_redirect(routes::HOME);
    assert!(!home(&mut usual).await.body.contains("New browser"));
    usual.get(routes::ACCOUNT_SESSIONS).await.assert_shows("Edge on Windows, not used before");
    // From now on, this browser counts as used before.
    signed_in(&app, "ada", EDGE).await;
    assert!(!home(&mut usual).await.body.contains("New browser"));
}
