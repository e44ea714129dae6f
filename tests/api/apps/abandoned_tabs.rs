//! Pages of apps that stay open when the session has ended.

use rolecall::routes;

use super::sockets::open;
use crate::support::{CapturedLog, TestApp, Upstream};

// Case: log/abandoned-tab
#[tokio::test]
async fn a_tab_that_is_left_open_after_the_session_has_ended_does_not_fill_the_log() {
    let upstream = Upstream::start().await;
    let setup = TestApp::setup().with_app("sales", upstream.address, "read");
    let (log, app) = (CapturedLog::begin(), setup.start().await);
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    browser.get("/apps/sales/").await.assert_status(200);
    browser.clone().submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    let origin = format!("http://{}", app.address());
    // Streamlit asks whether its server lives, and tries to open its WebSocket, again and again.
    for _ in 0..36 {
        browser.fetch("/apps/sales/_stcore/health").await.assert_status(401);
        assert_eq!(open(&app, &browser, &origin).await.unwrap_err(), 401);
    }
    let warnings: Vec<_> = log.entries().into_iter().filter(|entry| entry.text("level") == "WARN").collect();
    let denied = warnings.iter().filter(|entry| entry.text("event") == "access_denied").count();
    assert_eq!(denied, 1, "{}", log.text());
    assert!(warnings.len() <= 3, "{}", log.text());
}
