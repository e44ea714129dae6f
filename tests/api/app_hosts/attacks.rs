//! Codes that must not sign anybody in, each beside one that does, and cookies that are not valid on another host.

use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall_routes as routes;

use super::{COOKIE, DASH, World, url};
use crate::support::{Answer, GREETING, TestApp, path_and_query};

/// Checks that the hand-over failed, and that the page offers a way on.
#[track_caller]
fn assert_refused(answer: &Answer, because: &str) {
    answer.assert_status(400).assert_shows(because).assert_shows("Open ").assert_shows("http://dash.localhost:");
    assert!(answer.set_cookies().all(|line| !line.starts_with("rolecall-app=")), "{answer:#?}");
    assert_eq!((answer.header("referrer-policy"), answer.header("cache-control")), ("no-referrer", "no-store"));
    assert!(answer.header("content-security-policy").contains("script-src 'none'"), "{answer:#?}");
    assert!(!answer.body.contains(GREETING) && !answer.body.contains("href=\"/dashboards"), "{answer:#?}");
}

// Case: app/code-once
#[tokio::test]
async fn a_code_works_once() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    let enter = path_and_query(&reed.fetch_code("/").await);
    let mut thief = reed.clone();
    reed.dash.get(&enter).await.assert_redirect("/");
    assert_refused(&thief.dash.get(&enter).await, "was used already");
    thief.assert_outside().await;
    // Somebody who is already signed in stays so, and is redirected.
    reed.dash.get(&enter).await.assert_redirect("/");
    reed.assert_inside().await;
}

#[tokio::test]
async fn markup_in_the_title_of_an_app_is_text_on_its_pages_and_in_their_titles() {
    let world = World::titled("</title><script>alert(1)</script>", TestApp::setup()).await;
    let mut reed = world.person("reed").await;
    let enter = path_and_query(&reed.fetch_code("/").await);
    reed.clone().dash.get(&enter).await.assert_redirect("/");
    let refused = reed.dash.get(&enter).await;
    refused.assert_status(400).assert_shows("&lt;script&gt;alert(1)&lt;/script&gt; was not opened");
    let title = refused.body.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0;
    assert!(title.contains("&lt;/title&gt;&lt;script&gt;alert(1)"), "{title}");
    assert_eq!(refused.body.matches("</title>").count(), 1, "{}", refused.body);
    assert!(!refused.body.contains("<script>alert"), "{}", refused.body);
}

// Case: app/code-once
#[tokio::test]
async fn a_code_that_comes_twice_at_once_works_once() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    let enter = path_and_query(&reed.fetch_code("/").await);
    let (mut one, mut other) = (reed.clone(), reed.clone());
    let (one, other) = tokio::join!(one.dash.get(&enter), other.dash.get(&enter));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 400]);
}

// Case: app/code-expires
#[tokio::test]
async fn a_code_works_for_a_minute() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    let (in_time, late) = (reed.fetch_code("/in-time").await, reed.fetch_code("/late").await);
    world.app.clock.advance(Duration::from_secs(59));
    reed.clone().dash.get(&path_and_query(&in_time)).await.assert_redirect("/in-time");
    world.app.clock.advance(Duration::from_secs(1));
    assert_refused(&reed.dash.get(&path_and_query(&late)).await, "more than a minute");
    reed.assert_outside().await;
}

// Case: app/code-other-browser
#[tokio::test]
async fn nobody_is_signed_in_by_the_code_of_somebody_else() {
    let world = World::start().await;
    let (mut attacker, mut victim) = (world.person("wren").await, world.person("reed").await);
    // The victim's browser sends no cookie at first, and then one of its own.
    let code = path_and_query(&attacker.fetch_code("/").await);
    assert_refused(&victim.dash.get(&code).await, "did not send the cookie");
    victim.dash.get("/").await.assert_status(303);
    let code = path_and_query(&attacker.fetch_code("/").await);
    assert_refused(&victim.dash.get(&code).await, "made for another browser");
    victim.assert_outside().await;
    assert_refused(&attacker.dash.get(&code).await, "was used already");
    attacker.open_dash().await;
    victim.open_dash().await;
}

// Case: app/code-in-a-frame
#[tokio::test]
async fn a_frame_that_nobody_sees_gets_no_code() {
    let world = World::start().await;
    let mut wren = world.person("wren").await;
    let begun = wren.dash.get("/").await;
    let open = path_and_query(&begun.assert_status(303).location().parse().unwrap());
    for destination in ["iframe", "frame", "embed", "empty", "image"] {
        let request = wren.ours.navigation(Method::GET, &open).header("sec-fetch-dest", destination);
        wren.ours.send(request).await.assert_status(403);
    }
    let request = wren.ours.navigation(Method::GET, &open).header("sec-fetch-dest", "document");
    assert!(wren.ours.send(request).await.assert_status(303).location().contains("/.rolecall/enter?code="));
}

// Case: app/code-other-app
#[tokio::test]
async fn a_code_for_one_app_opens_no_other() {
    let world = World::start().await;
    let mut ada = world.person("ada").await;
    let code = path_and_query(&ada.fetch_code("/").await);
    // The code is refused even when both hosts have the same cookie.
    ada.vault.cookies = ada.dash.cookies.clone();
    let refused = ada.vault.get(&code).await;
    refused.assert_status(400).assert_shows("made for another app");
    ada.vault.fetch("/").await.assert_status(401);
    assert_eq!(world.vault.asked(), [""; 0]);
    ada.open_dash().await;
}

// Case: app/code-signed-out
#[tokio::test]
async fn a_code_of_a_sign_in_that_has_ended_meanwhile_lets_nobody_in() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    let code = path_and_query(&reed.fetch_code("/").await);
    reed.ours.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    assert_refused(&reed.dash.get(&code).await, "You were signed out");
    reed.assert_outside().await;
    reed.ours.sign_in_as("reed").await;
    reed.open_dash().await;
}

// Case: app/code-garbage
#[tokio::test]
async fn garbage_in_place_of_a_code_ends_on_a_calm_page() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    let code = path_and_query(&reed.fetch_code("/").await);
    let (path, query) = code.split_once('?').unwrap();
    let doubled = format!("{path}?{query}&{query}");
    let long = format!("{path}?code={}", "a".repeat(20_000));
    let other = format!("{path}?code={}&state={}", "A".repeat(43), "A".repeat(22));
    let stateless = code.split('&').next().unwrap().replace("code=", "code=A");
    let garbage = [
        path,
        "/.rolecall/enter?",
        "/.rolecall/enter?code=",
        "/.rolecall/enter?code=%ff%00",
        &doubled,
        &long,
        &other,
        &stateless,
    ];
    for address in garbage {
        let answer = reed.dash.get(address).await;
        assert!([400, 414, 431].contains(&answer.status), "{address}: {answer:#?}");
        reed.assert_outside().await;
    }
    let mut odd = reed.clone();
    odd.dash.cookies = [("rolecall-app-attempt".to_owned(), "short".to_owned())].into();
    assert_refused(&odd.dash.get(&other).await, "did not send the cookie");
    reed.dash.get(&code).await.assert_redirect("/");
    reed.assert_inside().await;
}

// Case: app/cookie-elsewhere
#[tokio::test]
async fn a_cookie_of_one_host_is_worthless_on_every_other() {
    let world = World::start().await;
    let mut ada = world.person("ada").await;
    ada.open_dash().await;
    let (ours, dash) = (ada.ours.session_cookie().to_owned(), ada.dash.cookies[COOKIE].clone());

    let mut thief = world.nobody();
    for name in ["rolecall", COOKIE] {
        thief.ours.cookies.insert(name.to_owned(), dash.clone());
        thief.vault.cookies.insert(name.to_owned(), dash.clone());
        thief.dash.cookies.insert(name.to_owned(), ours.clone());
    }
    assert_eq!(thief.ours.user().await, None);
    thief.vault.fetch("/").await.assert_status(401);
    thief.assert_outside().await;
    assert_eq!((world.dash.asked().len(), world.vault.asked().len()), (1, 0));

    // Each cookie is valid on its own host.
    let mut owner = world.nobody();
    owner.ours.cookies.insert("rolecall".to_owned(), ours);
    owner.dash.cookies.insert(COOKIE.to_owned(), dash);
    assert!(owner.ours.user().await.is_some());
    owner.assert_inside().await;
}

// Case: app/cookie-planted
#[tokio::test]
async fn a_planted_session_is_not_adopted() {
    let world = World::start().await;
    let (mut attacker, mut victim) = (world.person("wren").await, world.person("reed").await);
    attacker.open_dash().await;
    let planted = attacker.dash.cookies[COOKIE].clone();
    victim.dash.cookies.insert(COOKIE.to_owned(), planted.clone());
    let begun = victim.dash.get("/.rolecall/begin").await;
    let open = url(begun.assert_status(303).location());
    let enter = url(victim.ours.get(&path_and_query(&open)).await.assert_status(303).location());
    victim.dash.get(&path_and_query(&enter)).await.assert_redirect("/");
    assert_ne!(victim.dash.cookies[COOKIE], planted);
    attacker.assert_outside().await;
    victim.assert_inside().await;
}

// Case: app/role
#[tokio::test]
async fn who_lacks_the_role_gets_nothing_of_the_app() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    let open = url(reed.vault.get("/gold").await.assert_status(303).location());
    let refused = reed.ours.get(&path_and_query(&open)).await;
    refused.assert_status(403).assert_shows("Admin");
    let mut nora = world.person("nora").await;
    let open = url(nora.vault.get("/gold").await.assert_status(303).location());
    nora.ours.get(&path_and_query(&open)).await.assert_status(403).assert_shows("You have no role yet");
    assert_eq!(world.app.count("app_codes").await, 0);
    assert_eq!(world.vault.asked(), [""; 0]);
    let mut ada = world.person("ada").await;
    let open = url(ada.vault.get("/gold").await.assert_status(303).location());
    let enter = url(ada.ours.get(&path_and_query(&open)).await.assert_status(303).location());
    ada.vault.get(&path_and_query(&enter)).await.assert_redirect("/gold");
    ada.vault.get("/gold").await.assert_status(200).assert_shows(GREETING);
    assert_eq!(world.vault.asked(), ["GET /gold"]);
}

// Case: app/role
#[tokio::test]
async fn a_role_that_is_not_enough_any_more_closes_the_app_on_its_host() {
    let mut world = World::start().await;
    let mut reed = world.person("reed").await;
    reed.open_dash().await;
    world.app.set("ROLECALL_APPS__DASH__ROLE", "write");
    world.app.restart().await;
    let page = reed.dash.get("/").await;
    page.assert_status(403).assert_shows("Write").assert_shows("action=\"/.rolecall/sign-out\"");
    // All other paths of this host belong to the app.
    let paths: Vec<_> = page.body.split("href=\"/").skip(1).filter(|rest| !rest.starts_with(".rolecall/")).collect();
    assert!(paths.is_empty(), "{paths:?}");
    page.assert_shows("href=\"/.rolecall/pkg/rolecall.css\"");
    page.assert_shows(&format!("href=\"http://{}/\"", world.app.address()));
    assert!(!page.body.contains(GREETING) && !page.body.contains("/api/sign_out"), "{page:#?}");
    reed.dash.fetch("/").await.assert_status(403);
    assert_eq!(world.dash.asked(), ["GET /"]);
}

// Case: app/no-redirect-for-scripts
#[tokio::test]
async fn scripts_without_a_session_get_401_and_no_redirect() {
    let world = World::start().await;
    let mut nobody = world.nobody();
    let dash = nobody.dash.clone();
    let requests = [
        dash.script(Method::GET, "/data"),
        dash.script(Method::POST, "/_dash-update-component"),
        dash.request(Method::GET, "/data"),
        dash.request(Method::HEAD, "/data"),
        dash.script(Method::GET, "/ws").header("upgrade", "websocket").header("connection", "upgrade"),
        dash.navigation(Method::POST, "/form"),
    ];
    for request in requests {
        let answer = nobody.dash.send(request).await;
        answer.assert_status(401);
        assert_eq!(answer.header("location"), "");
        assert!(answer.set_cookies().next().is_none(), "{answer:#?}");
    }
    let answer = nobody.dash.fetch("/data").await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(world.dash.asked(), [""; 0]);
}

// Case: app/cross-site
#[tokio::test]
async fn pages_of_others_can_change_nothing_and_connect_to_nothing() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    reed.open_dash().await;
    let dash = reed.dash.clone();
    let ours = format!("http://{}", world.app.address());
    for origin in ["https://evil.test", "null", &ours, &world.place("evil.localhost")] {
        for (method, upgrade) in [(Method::POST, false), (Method::DELETE, false), (Method::GET, true)] {
            let mut request = dash.request(method.clone(), "/_dash-update-component").header("origin", origin);
            if upgrade {
                request = request.header("upgrade", "websocket").header("connection", "upgrade");
            }
            reed.dash.send(request).await.assert_status(403);
            let site = dash.request(Method::POST, "/x").header("sec-fetch-site", "same-site");
            reed.dash.send(site).await.assert_status(403);
        }
    }
    assert_eq!(world.dash.asked(), ["GET /"]);
    reed.dash.send(dash.script(Method::POST, "/_dash-update-component")).await.assert_status(200);
    let own = dash.request(Method::DELETE, "/x").header("origin", world.place(DASH));
    reed.dash.send(own).await.assert_status(200);
}

// Case: app/rate
#[tokio::test]
async fn codes_are_not_made_and_not_tried_without_end() {
    let setup = TestApp::setup().set("ROLECALL_LIMITS__SIGN_INS_PER_MINUTE", "10");
    let world = World::with(setup).await;
    let mut guesser = world.nobody();
    let tried = ["A"; 11].map(|letter| format!("/.rolecall/enter?code={}", letter.repeat(43)));
    let mut statuses = Vec::new();
    for path in tried {
        statuses.push(guesser.dash.get(&path).await.status);
    }
    assert_eq!((statuses[9], statuses[10]), (400, 303));
    // The page with the refusal has an address without the code, which is still valid: a script of the app could read
    // the address.
    let refused = guesser.dash.get(&format!("/.rolecall/enter?code={}", "A".repeat(43))).await;
    refused.assert_redirect(routes::APP_ENTER);
    guesser.dash.get(routes::APP_ENTER).await.assert_status(429).assert_shows("Too many requests");
}
