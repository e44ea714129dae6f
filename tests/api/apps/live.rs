//! Open connections end when the sign-in does: streams, downloads, uploads and WebSockets, within about a second.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use rolecall_sign_in::session::EndReason;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::sockets::open;
use crate::support::faulty_provider::Faults;
use crate::support::{Browser, Http2, Setup, TestApp, TestDb, Upstream, text, until};

/// How soon everything must have ended once the sign-in is known to be over.
const SOON: Duration = Duration::from_secs(1);
/// The same, if the provider has to be asked first.
const AFTER_A_REFRESH: Duration = Duration::from_secs(5);

/// Opens every kind of connection for Wren, and a WebSocket for Ada, and calls `end`, which must end Wren's. Wren is
/// then answered `status`. Returns what arrives on Ada's WebSocket, if that is still open.
async fn ends(
    setup: Setup,
    (soon, status): (Duration, u16),
    end: impl AsyncFnOnce(&TestApp, &mut Browser),
) -> Option<Message> {
    let upstream = Upstream::start().await;
    let app = setup.with_app("sales", upstream.address, "write").start().await;
    let mut browser = app.browser();
    browser.sign_in_as("wren").await;
    let mut stays = app.browser();
    stays.sign_in_as("ada").await;

    let mut stream = browser.script(Method::GET, "/apps/sales/pieces").send().await.unwrap();
    upstream.give("begun").await;
    assert_eq!(stream.chunk().await.unwrap().unwrap(), "begun");
    let origin = format!("http://{}", app.address());
    let mut socket = open(&app, &browser, &origin).await.unwrap();
    let mut other = open(&app, &stays, &origin).await.unwrap();
    assert!(socket.next().await.unwrap().is_ok() && other.next().await.unwrap().is_ok());
    let _upload = upload(&app, &browser, &upstream).await;
    let silent = tokio::spawn(browser.script(Method::GET, "/apps/sales/silence").send());
    until("all is open", async || upstream.open() == 3 && upstream.seen().len() == 5).await;

    end(&app, &mut browser).await;
    let ended = Instant::now();
    let cut = timeout(Duration::from_secs(10), async {
        assert!(stream.chunk().await.is_err(), "a cut-off answer must not look complete");
        assert!(!matches!(socket.next().await, Some(Ok(_))));
        assert_eq!(upstream.arrived().await, None, "the upload must be cut off");
        assert_eq!(silent.await.unwrap().unwrap().status(), 401);
    });
    cut.await.unwrap();
    assert!(ended.elapsed() < soon, "{:?}", ended.elapsed());
    browser.fetch("/apps/sales/x").await.assert_status(status);

    // Ada's WebSocket is cut as well if a time limit is over for both.
    let _ = other.send("still here".into()).await;
    let answer = other.next().await.and_then(Result::ok);
    until("the app is let go of", async || upstream.open() == usize::from(answer.is_some())).await;
    answer
}

mod on_postgres {
    use super::*;

    #[tokio::test]
    async fn a_sign_out_at_one_instance_cuts_what_is_open_at_another() {
        let database = TestDb::postgres().await;
        let upstream = Upstream::start().await;
        let setup = || {
            let setup = TestApp::setup().with_app("sales", upstream.address, "write");
            let key = "BwcH".repeat(10) + "Bwc=";
            setup.on(&database).set("ROLECALL_SECRET_KEYS", &key)
        };
        let one = setup().start().await;
        let other = setup().with_provider_of(&one).start().await;
        let mut browser = one.browser();
        browser.sign_in_as("wren").await;
        let mut elsewhere = other.browser();
        elsewhere.plant_session_cookie(browser.session_cookie());
        let mut socket = open(&other, &elsewhere, &format!("http://{}", other.address())).await.unwrap();
        assert!(socket.next().await.unwrap().is_ok());

        browser.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
        let ended = Instant::now();
        assert!(!matches!(socket.next().await, Some(Ok(_))));
        assert!(ended.elapsed() < SOON, "{:?}", ended.elapsed());
        assert_eq!(one.count("app_signing_keys").await, 1, "the instances share their keys");
    }
}

#[tokio::test]
async fn who_takes_nothing_of_what_they_are_sent_is_cut_as_well() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let (mut leaves, mut stays) = (app.browser(), app.browser());
    leaves.sign_in_as("reed").await;
    stays.sign_in_as("wren").await;
    // The client accepts a single byte of the answer; the rest waits for ever.
    let mut narrow = Http2::connect(&app, 1).await;
    let mut begun = narrow.get(&app, &leaves, "/apps/sales/pieces").await.into_body();
    upstream.give("begun").await;
    assert_eq!(begun.data().await.unwrap().unwrap(), "b");
    upstream.give("stuck").await;
    let mut usual = Http2::connect(&app, 1000).await;
    let mut stayed = usual.get(&app, &stays, "/apps/sales/pieces").await.into_body();
    until("all is open", async || upstream.open() == 2).await;

    leaves.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    until("the app is let go of", async || upstream.open() == 1).await;
    upstream.give("still here").await;
    assert_eq!(stayed.data().await.unwrap().unwrap(), "still here", "nobody else is cut");
    drop(begun);
}

/// Begins an upload that does not end by itself.
async fn upload(app: &TestApp, browser: &Browser, upstream: &Upstream) -> TcpStream {
    let head = format!(
        "POST /apps/sales/arrivals HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Length: 1000\r\n\r\nfirst",
        app.address(),
        browser.cookie_header()
    );
    let mut stream = TcpStream::connect(app.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(upstream.arrived().await.unwrap(), "first");
    stream
}

#[tokio::test]
async fn everything_ends_when_the_person_signs_out() {
    let other = ends(TestApp::setup(), (SOON, 401), async |_, browser| {
        browser.clone().submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    });
    assert_eq!(other.await.unwrap(), Message::text("still here"), "nobody else is cut");
}

#[tokio::test]
async fn everything_ends_when_the_sign_in_is_revoked() {
    let other = ends(TestApp::setup(), (SOON, 401), async |app, _| {
        const NEWEST: &str = "SELECT s.id FROM sign_ins s JOIN users u ON u.id = s.user_id WHERE u.name LIKE 'Wren%'";
        let id = text(app.db(), NEWEST).await;
        let revoked = app.auth().sign_ins().revoke(&id, EndReason::SignedOutByOperator, app.clock.now_ms());
        revoked.await.unwrap();
    });
    assert_eq!(other.await.unwrap(), Message::text("still here"), "nobody else is cut");
}

#[tokio::test]
async fn everything_ends_when_the_provider_takes_the_role_away() {
    const UNTIL_DUE: Duration = Duration::from_mins(48);
    ends(TestApp::setup().with_offline_access(), (AFTER_A_REFRESH, 403), async |app, _| {
        let roles = serde_json::json!({ "roles": ["Rolecall.Read"] });
        app.demo().set_faults(Faults { extra_claims: roles.as_object().unwrap().clone(), ..Faults::default() });
        app.clock.advance(UNTIL_DUE);
    })
    .await;
}

#[tokio::test]
async fn everything_ends_when_the_sign_in_is_old() {
    let setup = TestApp::setup().set("ROLECALL_SESSION__ABSOLUTE", "9h");
    ends(setup, (SOON, 401), async |app, _| app.clock.advance(Duration::from_hours(9))).await;
}

#[tokio::test]
async fn everything_ends_when_the_person_must_prove_anew_who_they_are() {
    let setup = TestApp::setup().set("ROLECALL_STEP_UP__WRITE", "5m");
    ends(setup, (SOON, 401), async |app, _| app.clock.advance(Duration::from_mins(5))).await;
}
