//! Which requests get compressed pages.

use std::io::Read as _;

use flate2::read::GzDecoder;
use openidconnect::reqwest::Method;
use openidconnect::reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING, HeaderMap};

use crate::support::{Browser, TestApp};

/// The answer to a navigation to `path` that comes from `site`, as it is sent.
async fn sent(browser: &Browser, path: &str, accepted: &str, site: Option<&str>) -> (HeaderMap, Vec<u8>) {
    let mut request = browser.request(Method::GET, path).header(ACCEPT, "text/html").header(ACCEPT_ENCODING, accepted);
    if let Some(site) = site {
        request = request.header("sec-fetch-site", site);
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    (response.headers().clone(), response.bytes().await.unwrap().to_vec())
}

// Case: header/compressed-pages
#[tokio::test]
async fn pages_are_compressed_unless_another_site_could_have_asked_for_them() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let path = "/dashboards/weather";
    for site in ["same-origin", "none"] {
        let (headers, body) = sent(&ada, path, "gzip, deflate, br", Some(site)).await;
        assert_eq!(headers[CONTENT_ENCODING], "gzip", "{site}");
        assert!(headers.get_all("vary").iter().any(|vary| vary.to_str().unwrap().contains("accept-encoding")));
        let mut page = String::new();
        GzDecoder::new(body.as_slice()).read_to_string(&mut page).unwrap();
        assert!(page.contains("Ada Vale") && page.contains("</html>"), "{page}");
        assert!(body.len() * 3 < page.len(), "{} bytes of {}", body.len(), page.len());
    }
    for (accepted, site) in [
        ("gzip", Some("cross-site")),
        ("gzip", Some("same-site")),
        ("gzip", Some("none, cross-site")),
        ("gzip", None),
        ("identity", Some("same-origin")),
        ("gzip;q=0", Some("same-origin")),
    ] {
        let (headers, body) = sent(&ada, path, accepted, site).await;
        assert_eq!(headers.get(CONTENT_ENCODING), None, "{accepted} {site:?}");
        assert!(String::from_utf8(body).unwrap().contains("Ada Vale"), "{accepted} {site:?}");
    }
    let request =
        ada.request(Method::GET, "/api/table_page?slug=weather&panel=table&page=1").header(ACCEPT_ENCODING, "gzip");
    let request = request.header("sec-fetch-site", "same-origin");
    let data = request.send().await.unwrap();
    assert_eq!(data.headers().get(CONTENT_ENCODING), None, "only pages are compressed");
    let data = data.text().await.unwrap();
    assert!(data.len() > 4000, "{data}");
}
