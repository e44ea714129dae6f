//! Many tabs, long links and late answers on the hosts of apps.

use std::time::Duration;

use futures_util::future::join_all;
use openidconnect::reqwest::{Method, Url};

use super::{DASH, Person, World, url};
use crate::long_links::link;
use crate::support::{Browser, GREETING, parameter, path_and_query};

/// Sends the first requests for all `pages` of the app at the same moment, none with a cookie. Returns where each is
/// redirected to.
async fn first_requests(dash: &mut Browser, pages: &[String]) -> Vec<Url> {
    let opened = pages.iter().map(|page| {
        let mut tab = dash.clone();
        async move { (url(tab.get(page).await.assert_status(303).location()), tab) }
    });
    let opened: Vec<(Url, Browser)> = join_all(opened).await;
    for (_, tab) in &opened {
        dash.share_with(tab);
    }
    opened.into_iter().map(|(open, _)| open).collect()
}

fn pages(count: usize) -> Vec<String> {
    (0..count).map(|tab| format!("/d/{tab}?from=now-6h&to=now&q=%22a+b%22")).collect()
}

// Case: several/first-tabs
#[tokio::test]
async fn six_first_tabs_of_somebody_who_is_signed_in_all_arrive() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    let pages = pages(6);
    let opened = first_requests(&mut reed.dash, &pages).await;
    let mut codes = Vec::new();
    for open in &opened {
        codes.push(url(reed.ours.get(&path_and_query(open)).await.assert_status(303).location()));
    }
    // All tabs use their codes at the same moment.
    let entered = codes.iter().map(|code| {
        let mut tab = reed.dash.clone();
        async move { (tab.get(&path_and_query(code)).await, tab) }
    });
    for ((answer, tab), page) in join_all(entered).await.iter().zip(&pages) {
        answer.assert_redirect(page);
        tab.clone().get(page).await.assert_status(200).assert_shows(GREETING);
    }
}

// Case: several/first-tabs
#[tokio::test]
async fn twenty_first_tabs_of_a_browser_that_has_nothing_all_arrive() {
    let world = World::start().await;
    let Person { mut ours, mut dash, .. } = world.nobody();
    let pages = pages(20);
    let opened = first_requests(&mut dash, &pages).await;
    assert!(dash.cookie_header().len() <= 6_000, "{} bytes", dash.cookie_header().len());
    let begun = opened.iter().map(|open| {
        let mut tab = ours.clone();
        async move {
            let login = tab.get(&path_and_query(open)).await;
            (url(tab.get(login.assert_status(303).location()).await.location()), tab)
        }
    });
    let begun: Vec<(Url, Browser)> = join_all(begun).await;
    for (_, tab) in &begun {
        ours.share_with(tab);
    }
    assert!(ours.cookie_header().len() <= 6_600, "{} bytes", ours.cookie_header().len());
    for ((authorization, _), page) in begun.iter().zip(&pages).rev() {
        let callback = ours.choose(authorization, "reed").await;
        let open = ours.follow(&callback).await.assert_status(200).header("refresh").replace("0; url=", "");
        let code = url(ours.get(&open).await.assert_status(303).location());
        dash.get(&path_and_query(&code)).await.assert_redirect(page);
        dash.get(page).await.assert_status(200).assert_shows(GREETING);
    }
}

// Case: return/long
#[tokio::test]
async fn a_link_of_eight_kilobytes_arrives_at_the_app_byte_for_byte() {
    let world = World::start().await;
    for person in [world.person("reed").await, world.nobody()] {
        let Person { mut ours, mut dash, .. } = person;
        let link = link("/d/a%20b/%E4%B8%AD?q=", rolecall_sign_in::ReturnTo::MAX_BYTES);
        let mut open = path_and_query(&url(dash.get(&link).await.assert_status(303).location()));
        assert!(open.len() < 80, "{open}");
        if ours.user().await.is_none() {
            let login = ours.get(&open).await.location().to_owned();
            let authorization = url(ours.get(&login).await.location());
            let callback = ours.choose(&authorization, "reed").await;
            open = ours.follow(&callback).await.header("refresh").replace("0; url=", "");
        }
        let code = url(ours.get(&open).await.assert_status(303).location());
        let kept = dash.get(&path_and_query(&code)).await.assert_status(303).location().to_owned();
        dash.get(&kept).await.assert_redirect(&link);
        dash.get(&link).await.assert_status(200).assert_shows(GREETING);
        assert_eq!(world.dash.asked().last(), Some(&format!("GET {link}")));
        dash.get(&kept).await.assert_redirect(&link);
        let other = format!("/.rolecall/to/{}", "A".repeat(22));
        dash.get(&other)
            .await
            .assert_status(400)
            .assert_shows("This link has expired")
            .assert_shows("Open Sales figures");
    }
}

// Case: return/too-long
#[tokio::test]
async fn above_the_limit_a_page_on_the_apps_host_says_so() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    let long = link("/d?q=", rolecall_sign_in::ReturnTo::MAX_BYTES + 1);
    let told = reed.dash.get(&long).await;
    told.assert_status(414).assert_shows("too long").assert_shows("href=\"/.rolecall/begin\"");
    assert!(reed.dash.cookies.is_empty());
    reed.open_dash().await;
    reed.dash.get(&long).await.assert_status(200).assert_shows(GREETING);
}

// Case: attempt/late
#[tokio::test]
async fn who_took_an_hour_at_the_provider_still_arrives_at_the_page_of_the_app() {
    let world = World::start().await;
    let Person { mut ours, mut dash, .. } = world.nobody();
    let open = url(dash.get("/sales?year=2026").await.assert_status(303).location());
    let login = ours.get(&path_and_query(&open)).await.location().to_owned();
    let authorization = url(ours.get(&login).await.location());
    world.app.clock.advance(Duration::from_hours(1));
    let callback = ours.choose(&authorization, "reed").await;
    let late = ours.follow(&callback).await;
    let again = late.assert_status(400).assert_shows("longer than ten minutes").body.clone();
    let again = again.rsplit("href=\"/login/demo").next().unwrap().split('"').next().unwrap();
    let authorization = url(ours.get(&format!("/login/demo{again}")).await.location());
    let callback = ours.choose(&authorization, "reed").await;
    let open = ours.follow(&callback).await.assert_status(200).header("refresh").replace("0; url=", "");
    let code = url(ours.get(&open).await.assert_status(303).location());
    dash.get(&path_and_query(&code)).await.assert_redirect("/sales?year=2026");
}

// Case: app/code-once, attempt/used-while-signed-in
#[tokio::test]
async fn a_code_that_is_good_no_more_leads_on_to_the_page() {
    let world = World::start().await;
    let mut reed = world.person("reed").await;
    let (one, late) = (reed.fetch_code("/one").await, reed.fetch_code("/late").await);
    world.app.clock.advance(Duration::from_mins(1));
    let told = reed.dash.get(&path_and_query(&late)).await;
    told.assert_status(400).assert_shows(&format!("href=\"{}/late\"", world.place(DASH)));
    reed.open_dash().await;
    reed.dash.get(&path_and_query(&one)).await.assert_redirect("/one");
    reed.assert_inside().await;
}

// Case: attempt/sealed-swapped
#[tokio::test]
async fn a_hand_over_that_was_begun_at_one_app_counts_at_no_other() {
    let world = World::start().await;
    let mut ada = world.person("ada").await;
    let code = ada.fetch_code("/").await;
    ada.vault.get("/").await.assert_status(303);
    let open = format!("/open/vault?state={}", parameter(&code, "state"));
    let enter = url(ada.ours.get(&open).await.assert_status(303).location());
    ada.vault.share_with(&ada.dash);
    ada.vault.get(&path_and_query(&enter)).await.assert_status(400).assert_shows("another browser");
    let script = ada.vault.script(Method::GET, "/");
    ada.vault.send(script).await.assert_status(401);
}
