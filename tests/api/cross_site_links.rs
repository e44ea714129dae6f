//! Links on other sites that lead people here: the audit keeps nothing of what such a link says.

use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall_routes as routes;

use crate::support::{Browser, TestApp};

const HTML: (&str, &str) = ("accept", "text/html");

/// Follows a link to `path` on a page whose `Sec-Fetch-Site` is `site`.
async fn follow(browser: &mut Browser, path: &str, site: &str) -> crate::support::Answer {
    let request = browser.request(Method::GET, path).header(HTML.0, HTML.1);
    browser.send(request.header("sec-fetch-site", site).header("sec-fetch-mode", "navigate")).await
}

// Case: audit/led-by-others
#[tokio::test]
async fn a_link_of_another_site_writes_nothing_into_the_audit_before_its_reader_agrees() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let of_panel = |route: &str| format!("{}?city=Seattle", routes::of_panel(route, "weather", "temperature"));
    let see_as = format!("{}?as=read&email=mallory", routes::of_dashboard(routes::DASHBOARD_SEE_AS, "weather"));
    let noted = async || {
        assert!(app.audit().flush(Duration::from_secs(30)).await);
        app.count("audit WHERE kind IN ('dashboard_seen_as', 'panel_exported', 'audit_exported')").await
    };
    let files = [
        of_panel(routes::PANEL_CSV),
        of_panel(routes::PANEL_XLSX),
        of_panel(routes::PANEL_SVG),
        format!("{}?format=csv&q=mallory", routes::ADMIN_AUDIT_EXPORT),
    ];
    for site in ["cross-site", "same-site"] {
        for path in &files {
            let asked = follow(&mut ada, path, site).await;
            asked.assert_status(200).assert_shows("Download this file?").assert_shows(&path.replace('&', "&amp;"));
            assert!(asked.header("content-disposition").is_empty(), "{asked:#?}");
        }
        let asked = follow(&mut ada, &see_as, site).await;
        asked.assert_status(200).assert_shows("Choose “Show” to go on").assert_shows("selected");
        assert!(!asked.body.contains("This is what somebody with"), "{asked:#?}");
    }
    assert_eq!(noted().await, 0);
    // A link on a page of Rolecall, and an address that somebody typed.
    for (site, count) in [("same-origin", 5), ("none", 10)] {
        for path in &files {
            let file = follow(&mut ada, path, site).await;
            assert!(file.assert_status(200).header("content-disposition").starts_with("attachment"), "{file:#?}");
        }
        follow(&mut ada, &see_as, site).await.assert_status(200).assert_shows("This is what somebody with");
        assert_eq!(noted().await, count, "{site}");
    }
    ada.send(ada.request(Method::GET, &files[0])).await.assert_status(200).assert_shows("Seattle");
    assert_eq!(noted().await, 11);
}
