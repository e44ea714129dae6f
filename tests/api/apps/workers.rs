//! Service workers of apps: none, unless the configuration says so.

use openidconnect::reqwest::Method;

use crate::support::{TestApp, Upstream};

// Case: app/worker
#[tokio::test]
async fn a_script_is_no_service_worker_unless_the_app_may_have_one() {
    let upstream = Upstream::start().await;
    for allowed in [false, true] {
        let setup = TestApp::setup().with_app("sales", upstream.address, "read");
        let app = setup.set("ROLECALL_APPS__SALES__SERVICE_WORKERS", &allowed.to_string()).start().await;
        let mut browser = app.browser();
        browser.sign_in_as("reed").await;
        let before = upstream.seen().len();
        // Some browsers say the one, some the other, most both.
        for (name, value) in [("service-worker", "script"), ("sec-fetch-dest", "serviceworker")] {
            let request = browser.script(Method::GET, "/apps/sales/worker.js").header(name, value);
            browser.send(request).await.assert_status(if allowed { 200 } else { 403 });
        }
        assert_eq!(upstream.seen().len() - before, if allowed { 2 } else { 0 });
        // The same file as a script, and other kinds of workers.
        for dest in ["script", "worker", "sharedworker"] {
            let request = browser.script(Method::GET, "/apps/sales/worker.js").header("sec-fetch-dest", dest);
            browser.send(request).await.assert_status(200);
        }
    }
}
