//! Postgres stopped and started again under the running application.

use rolecall_routes as routes;

use crate::support::{Postgres, TestApp, until};

// Case: fault/postgres-restarted
#[tokio::test]
async fn people_are_still_signed_in_after_postgres_was_restarted() {
    let server = Postgres::start();
    let app = TestApp::setup().set("ROLECALL_DATABASE_URL", &server.url()).start().await;
    let (mut ada, mut reed) = (app.browser(), app.browser());
    ada.sign_in_as("ada").await;
    reed.sign_in_as("reed").await;
    let mut signed_out = reed.clone();
    reed.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    let mut wren = app.browser();
    let authorization = wren.begin("/").await;
    let callback = wren.choose(&authorization, "wren").await;

    server.restart();
    // Until the connections are restored, Rolecall may not know who somebody is, but nobody is signed out.
    until("Ada is known again", async || {
        let answer = ada.fetch(routes::API_SESSION).await;
        assert!(matches!(answer.status, 200 | 503), "{answer:#?}");
        answer.status == 200
    })
    .await;
    assert_eq!(ada.user().await.unwrap().name, "Ada Vale");
    assert_eq!(signed_out.user().await, None);
    // A sign-in that had begun can finish, and a new one succeeds.
    wren.follow(&callback).await.assert_redirect("/");
    let mut nora = app.browser();
    nora.sign_in_as("nora").await;
    // This instance is notified of revocations again.
    until("memory may be relied on again", async || {
        ada.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
        ada.user().await.is_none()
    })
    .await;
}
