//! Links with long addresses: they arrive unchanged, and above the limit a page explains the problem.

use openidconnect::reqwest::Method;
use rolecall_sign_in::ReturnTo;

use crate::support::{Answer, Browser, TestApp, Upstream};

/// How long a link may be.
const LIMIT: usize = ReturnTo::MAX_BYTES;

/// A link of `bytes` bytes that begins with `begin`, with characters that grow or change when encoded again.
pub fn link(begin: &str, bytes: usize) -> String {
    let odd = "%25&a=%22x+y%22&u=%C3%A9%E4%B8%AD&p=%2525~!$'()*,;:@/?".replace('\'', "%27");
    let mut link = begin.to_owned();
    while link.len() + odd.len() <= bytes {
        link.push_str(&odd);
    }
    let rest = "z".repeat(bytes - link.len());
    link + &rest
}

/// Follows a link without being signed in, to the page where it ends.
async fn follow(browser: &mut Browser, link: &str) -> String {
    let led = browser.get(link).await;
    let begun = browser.get(led.assert_status(303).location()).await;
    let authorization = begun.assert_status(303).location().parse().unwrap();
    for answer in [&led, &begun] {
        assert!(answer.location().len() < 1_200, "{}", answer.location());
    }
    let callback = browser.choose(&authorization, "reed").await;
    let mut answer = browser.follow(&callback).await;
    while answer.assert_status(303).location().starts_with("/sign-in/to/") {
        answer = browser.get(answer.location()).await;
    }
    answer.location().to_owned()
}

fn kept(browser: &Browser) -> usize {
    browser.cookies.keys().filter(|name| name.contains("-page-")).count()
}

// Case: return/long
#[tokio::test]
async fn a_link_of_eight_kilobytes_arrives_byte_for_byte() {
    let app = TestApp::start().await;
    for bytes in [70, 73, 500, 1_100, 2_000, 4_000, LIMIT] {
        let mut browser = app.browser();
        let link = link("/dashboards/weather?q=", bytes);
        assert_eq!(follow(&mut browser, &link).await, link, "{bytes}");
        browser.get(&link).await.assert_status(200);
    }
}

// Case: return/long
#[tokio::test]
async fn a_link_of_eight_kilobytes_to_an_app_on_a_path_arrives_there() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let mut browser = app.browser();
    for link in [link("/apps/sales/a%20b/%E4%B8%AD?q=", LIMIT), format!("/apps/sales/{}", "%C3%A9".repeat(1_000))] {
        assert_eq!(follow(&mut browser, &link).await, link);
        browser.get(&link).await.assert_status(200);
        browser.cookies.clear();
    }
}

// Case: return/long
#[tokio::test]
async fn twenty_long_links_at_once_all_arrive_and_no_other_request_carries_them() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let mut begun = Vec::new();
    for tab in 0..20 {
        let link = link(&format!("/dashboards/weather?tab={tab}&q="), LIMIT);
        let mut tab = app.browser();
        let led = tab.get(&link).await.location().to_owned();
        let authorization = tab.get(&led).await.location().parse().unwrap();
        browser.share_with(&tab);
        begun.push((link, authorization));
    }
    assert_eq!(kept(&browser), 60);
    assert!(browser.cookie_header().len() < 7_000);
    for (link, authorization) in begun {
        let callback = browser.choose(&authorization, "reed").await;
        let kept = browser.follow(&callback).await.assert_status(303).location().to_owned();
        assert!(browser.cookies_for(&kept).len() < 18_000);
        browser.get(&kept).await.assert_redirect(&link);
    }
}

// Case: return/long
#[tokio::test]
async fn every_way_to_the_sign_in_takes_a_long_link() {
    let app = TestApp::setup().with_second_provider().start().await;
    let link = link("/dashboards/weather?q=", LIMIT);
    let encoded: String = url::form_urlencoded::byte_serialize(link.as_bytes()).collect();
    for path in [format!("/login/demo?return_to={encoded}"), format!("/login/demo?target_link_uri={encoded}")] {
        let mut browser = app.browser();
        let authorization = browser.get(&path).await.assert_status(303).location().parse().unwrap();
        let callback = browser.choose(&authorization, "reed").await;
        let kept = browser.follow(&callback).await.location().to_owned();
        browser.get(&kept).await.assert_redirect(&link);
    }
    let mut browser = app.browser();
    let authorization = browser.begin(&link).await;
    let callback = browser.choose(&authorization, "reed").await;
    let kept = browser.follow(&callback).await.location().to_owned();
    browser.get(&kept).await.assert_redirect(&link);

    // The same through the choice of several providers, and again after a failure.
    let mut browser = app.browser();
    let choice = browser.get(&link).await.assert_status(303).location().to_owned();
    assert!(choice.starts_with("/sign-in?return_to=%2Fsign-in%2Fto%2F"), "{choice}");
    let page = browser.get(&choice).await;
    let login = page.assert_status(200).body.split("href=\"/login/demo").nth(1).unwrap().split('"').next().unwrap();
    let authorization = browser.get(&format!("/login/demo{login}")).await.location().parse().unwrap();
    let declined = browser.decline(&authorization).await;
    let failed = browser.follow(&declined).await;
    let again = failed.assert_status(400).body.split("href=\"/login/demo").nth(1).unwrap().split('"').next().unwrap();
    let authorization = browser.get(&format!("/login/demo{again}")).await.location().parse().unwrap();
    let callback = browser.choose(&authorization, "reed").await;
    let kept = browser.follow(&callback).await.location().to_owned();
    browser.get(&kept).await.assert_redirect(&link);
}

// Case: return/too-long
#[tokio::test]
async fn above_the_limit_a_page_says_so() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let long = link("/dashboards/weather?q=", LIMIT + 1);
    let encoded: String = url::form_urlencoded::byte_serialize(long.as_bytes()).collect();
    for path in [long.clone(), format!("/login/demo?return_to={encoded}")] {
        let told = browser.get(&path).await;
        told.assert_status(414)
            .assert_shows("This address is too long")
            .assert_shows("ign in")
            .assert_shows("/login/demo");
    }
    let told = browser.submit("/api/begin_sign_in", &[("provider", "demo"), ("return_to", &long)]).await;
    told.assert_status(400).assert_shows("too long");
    assert!(browser.cookies.is_empty());
    browser.fetch(&long).await.assert_status(401);
    // A signed-in person can open the long address directly.
    browser.sign_in_as("reed").await;
    browser.get(&long).await.assert_status(200);
}

// Case: return/kept-elsewhere
#[tokio::test]
async fn a_kept_address_leads_only_where_it_was_to_and_in_the_browser_that_keeps_it() {
    let app = TestApp::start().await;
    let (mut browser, mut other) = (app.browser(), app.browser());
    let (one, another) = (link("/dashboards?one=", 3_000), link("/dashboards?another=", 3_000));
    let place = |answer: &Answer| {
        let target = answer.location().split("return_to=").nth(1).unwrap().to_owned();
        percent_encoding::percent_decode_str(&target).decode_utf8().unwrap().into_owned()
    };
    let (first, second) = (place(&browser.get(&one).await), place(&browser.get(&another).await));
    other.get(&first).await.assert_status(400).assert_shows("This link has expired");
    // The cookies are swapped, cut short, or sent twice.
    let header = browser.cookies_for(&first);
    let swapped =
        browser.cookies_for(&second).replace(second.rsplit('/').next().unwrap(), first.rsplit('/').next().unwrap());
    for cookies in [swapped, header[..header.len() - 1].to_owned(), format!("{header}; {header}")] {
        let request = app.browser().navigation(Method::GET, &first).header("cookie", cookies);
        other.send(request).await.assert_status(400);
    }
    for id in ["x", "..%2F..", "%00", &"A".repeat(22)] {
        other.get(&format!("/sign-in/to/{id}")).await.assert_status(400);
    }
    browser.get(&second).await.assert_redirect(&another);
    browser.get(&first).await.assert_redirect(&one);
}

#[tokio::test]
async fn a_fragment_goes_along() {
    let app = TestApp::start().await;
    for page in ["/dashboards?page=2#panel-7".to_owned(), format!("{}#panel-7", link("/dashboards?q=", 3_000))] {
        let mut browser = app.browser();
        let authorization = browser.begin(&page).await;
        let callback = browser.choose(&authorization, "reed").await;
        let mut answer = browser.follow(&callback).await;
        if answer.location().starts_with("/sign-in/to/") {
            answer = browser.get(answer.location()).await;
        }
        answer.assert_redirect(&page);
    }
}
