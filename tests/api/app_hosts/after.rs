//! What a browser gets on the host of an app after its sign-in has ended.

use std::time::Duration;

use openidconnect::reqwest::Method;
use openidconnect::reqwest::header::REFERER;
use rolecall_routes as routes;

use super::{DASH, Person, World, url};
use crate::support::{TestApp, path_and_query};

// Case: sign-out/stays-out
#[tokio::test]
async fn a_page_of_an_app_that_loads_itself_again_signs_nobody_in_wherever_they_signed_out() {
    let world = World::start().await;
    for signs_out_there in [false, true] {
        let mut reed = world.person("reed").await;
        reed.open_dash().await;
        if signs_out_there {
            reed.dash.submit(routes::APP_SIGN_OUT, &[]).await.assert_status(303);
        } else {
            reed.ours.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
        }
        let asked = world.app.demo().requests().authorize;
        // Two tabs at once: neither has the cookies that the other one is sent.
        for _ in 0..2 {
            let mut tab = reed.ours.clone();
            tab.get("/login/demo?return_to=%2Fdashboards").await.assert_status(401).assert_shows("You signed out");
        }
        let mut last = None;
        for _ in 0..3 {
            for page in ["/sales?year=2026", "/.rolecall/begin?return_to=%2Fsales%3Fyear%3D2026"] {
                let open = url(reed.dash.get(page).await.assert_status(303).location());
                let answer = reed.ours.get(&path_and_query(&open)).await;
                answer.assert_status(401).assert_shows("You signed out");
                last = Some(answer);
            }
        }
        assert_eq!(world.app.demo().requests().authorize, asked, "{signs_out_there}");
        let link = last.unwrap().link("Sign in");
        let authorization = url(reed.ours.get(&link).await.assert_status(303).location());
        let callback = reed.ours.choose(&authorization, "reed").await;
        let signed_in = reed.ours.follow(&callback).await;
        let open = signed_in.header("refresh").trim_start_matches("0; url=").to_owned();
        let enter = url(reed.ours.get(&open).await.assert_status(303).location());
        reed.dash.get(&path_and_query(&enter)).await.assert_redirect("/sales?year=2026");
        reed.assert_inside().await;
    }
}

// Case: app/back-after-sign-out
#[tokio::test]
async fn the_browser_forgets_the_pages_of_the_app_when_somebody_signs_out_there() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    reed.open_dash().await;
    let answer = reed.dash.submit(routes::APP_SIGN_OUT, &[]).await;
    assert_eq!(answer.assert_status(303).header("clear-site-data"), "\"cache\"");
}

// Case: app/post-after-end
#[tokio::test]
async fn a_form_that_comes_too_late_leads_back_to_its_page_and_says_that_nothing_was_saved() {
    let world = World::start().await;
    let Person { mut dash, .. } = world.nobody();
    let place = world.place(DASH);
    let cases = [
        (
            Some(format!("{place}/orders/new?region=North#x")),
            "/.rolecall/begin?return_to=%2Forders%2Fnew%3Fregion%3DNorth",
        ),
        (Some(format!("{place}/")), routes::APP_BEGIN),
        (Some("http://evil.test/orders".to_owned()), routes::APP_BEGIN),
        (Some(format!("http://{DASH}.evil.test/orders")), routes::APP_BEGIN),
        (Some(format!("http://{}/orders", world.app.address())), routes::APP_BEGIN),
        (Some(format!("{place}/.rolecall/sign-out")), routes::APP_BEGIN),
        (Some("nonsense".to_owned()), routes::APP_BEGIN),
        (None, routes::APP_BEGIN),
    ];
    for (referer, expected) in cases {
        let mut form = dash.navigation(Method::POST, "/orders").form(&[("amount", "17")]).build().unwrap();
        form.headers_mut().remove(REFERER);
        if let Some(referer) = &referer {
            form.headers_mut().insert(REFERER, referer.parse().unwrap());
        }
        let page = dash.execute(form).await;
        page.assert_status(401).assert_shows("Nothing was saved");
        assert_eq!(page.link("Sign in"), expected, "{referer:?}");
    }
    assert!(world.dash.asked().is_empty());
    // A script gets a status instead of a redirect.
    dash.call("/orders", &[]).await.assert_status(401);
}

#[tokio::test]
async fn a_page_can_ask_whether_its_sign_in_is_live() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    for browser in [&mut reed.dash, &mut world.nobody().ours] {
        let script = browser.get(routes::APP_SESSION_SCRIPT).await;
        script.assert_status(200).assert_shows("/.rolecall/session");
        assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
        browser.fetch(routes::APP_SESSION).await.assert_status(401);
    }
    reed.open_dash().await;
    for browser in [&mut reed.dash, &mut reed.ours] {
        let live = browser.fetch(routes::APP_SESSION).await;
        assert_eq!((live.status, live.header("cache-control")), (204, "no-store"));
    }
    // The session of one host is not valid on another.
    reed.vault.cookies = reed.dash.cookies.clone();
    reed.vault.fetch(routes::APP_SESSION).await.assert_status(401);
    reed.ours.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    for browser in [&mut reed.dash, &mut reed.ours] {
        browser.fetch(routes::APP_SESSION).await.assert_status(401);
    }
}

// Case: session/asking-is-no-activity
#[tokio::test]
async fn asking_keeps_nobody_signed_in() {
    let world = World::with(TestApp::setup().set("ROLECALL_SESSION__IDLE", "1h")).await;
    let mut reed = world.person("reed").await;
    reed.open_dash().await;
    for _ in 0..2 {
        world.app.clock.advance(Duration::from_mins(25));
        reed.dash.fetch(routes::APP_SESSION).await.assert_status(204);
        reed.ours.fetch(routes::APP_SESSION).await.assert_status(204);
    }
    world.app.clock.advance(Duration::from_mins(11));
    reed.dash.fetch(routes::APP_SESSION).await.assert_status(401);
    reed.assert_outside().await;
}

#[tokio::test]
async fn who_must_prove_anew_who_they_are_has_no_live_session_for_the_app() {
    let world = World::with(TestApp::setup().set("ROLECALL_STEP_UP__ADMIN", "15m")).await;
    let mut ada = world.person("ada").await;
    let open = url(ada.vault.get("/").await.assert_status(303).location());
    let enter = url(ada.ours.get(&path_and_query(&open)).await.assert_status(303).location());
    ada.vault.get(&path_and_query(&enter)).await.assert_redirect("/");
    ada.vault.fetch(routes::APP_SESSION).await.assert_status(204);
    world.app.clock.advance(Duration::from_mins(16));
    ada.vault.fetch(routes::APP_SESSION).await.assert_status(401);
    ada.ours.fetch(routes::APP_SESSION).await.assert_status(204);
}
