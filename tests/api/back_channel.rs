//! Sign-outs that the provider's servers ask for (OpenID Connect Back-Channel Logout 1.0): they end exactly what the
//! logout token names, and a token that is wrong in any respect ends nothing.

use std::time::Duration;

use http::StatusCode;
use openidconnect::reqwest::Method;
use openidconnect::reqwest::header::CONTENT_TYPE;
use rolecall_demo_provider::CLIENT_ID;
use serde_json::{Map, Value, json};

use crate::support::faulty_provider::{Answer as FaultyAnswer, ClaimFault, Endpoint, Faults, SignatureFault};
use crate::support::{Answer, Browser, CapturedLog, HeldRequest, TestApp, signed_in, until};

const PATH: &str = "/login/demo/backchannel-logout";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The claim `name` in the ID token of the person who is signed in in `browser`.
async fn claim(browser: &mut Browser, name: &str) -> String {
    let view: Value = browser.fetch("/api/id_token").await.assert_status(200).json();
    let claims = view["claims"].as_array().unwrap();
    let claim = claims.iter().find(|claim| claim["name"] == name).unwrap();
    claim["value"].as_str().unwrap().to_owned()
}

/// Sends a logout token with `claims` merged over its own, as the provider's server would: without cookie or origin.
async fn send(app: &TestApp, claims: &Value) -> Answer {
    let token = app.demo().logout_token(claims.as_object().unwrap());
    post(app, &[("logout_token", &token)]).await
}

async fn post(app: &TestApp, form: &[(&str, &str)]) -> Answer {
    let mut server = app.browser();
    server.send(server.request(Method::POST, PATH).form(form)).await
}

// Case: backchannel/valid, backchannel/unknown-fields
#[tokio::test]
async fn a_session_that_the_provider_ends_is_over_and_no_other_is() {
    let app = TestApp::start().await;
    let (mut desk, mut phone) = (signed_in(&app, "ada").await, signed_in(&app, "ada").await);
    let mut other = signed_in(&app, "wren").await;
    let sid = claim(&mut desk, "sid").await;
    let answer = send(&app, &json!({"sid": sid, "unknown": {"field": [1]}})).await;
    answer.assert_status(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(desk.user().await, None);
    assert!(phone.user().await.is_some());
    assert!(other.user().await.is_some());
    let ended = "sign_ins WHERE revoked_reason = 'signed_out_at_provider' AND LENGTH(sealed_tokens) = 0";
    assert_eq!(app.count(ended).await, 1);
}

// Case: backchannel/unknown-fields
#[tokio::test]
async fn form_fields_that_are_not_known_are_passed_over() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    let sid = claim(&mut browser, "sid").await;
    let token = app.demo().logout_token(&Map::from_iter([("sid".to_owned(), json!(sid))]));
    post(&app, &[("unknown", "a"), ("logout_token", &token), ("state", "b")]).await.assert_status(200);
    assert_eq!(browser.user().await, None);
}

// Case: session/held-request-backchannel
#[tokio::test]
async fn a_request_that_ends_after_it_does_not_bring_the_session_back() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "wren").await;
    let sid = claim(&mut browser, "sid").await;
    let held = HeldRequest::save_note(&app, &browser).await;
    send(&app, &json!({"sid": sid})).await.assert_status(200);
    held.released().await;
    assert_eq!(browser.user().await, None);
}

#[tokio::test]
async fn without_a_session_all_of_the_person_are_ended() {
    let app = TestApp::start().await;
    let (mut desk, mut phone) = (signed_in(&app, "ada").await, signed_in(&app, "ada").await);
    let mut other = signed_in(&app, "wren").await;
    let sub = claim(&mut desk, "sub").await;
    send(&app, &json!({"sub": sub})).await.assert_status(200);
    assert_eq!((desk.user().await, phone.user().await), (None, None));
    assert!(other.user().await.is_some());
    app.clock.advance(Duration::from_secs(1));
    desk.sign_in_as("ada").await;
    assert!(desk.user().await.is_some(), "the person may sign in again");
}

#[tokio::test]
async fn a_session_that_nobody_has_is_signed_out_all_the_same() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    send(&app, &json!({"sid": "nobody's"})).await.assert_status(200);
    assert!(browser.user().await.is_some());
}

/// Checks that a logout token with `claims`, which would otherwise end the session, ends nothing.
async fn refused_with(app: &TestApp, browser: &mut Browser, sid: &str, claims: Value) {
    let mut all = Map::from_iter([("sid".to_owned(), json!(sid))]);
    all.extend(claims.as_object().unwrap().clone());
    let answer = send(app, &Value::Object(all)).await;
    assert_eq!((answer.status, answer.header("cache-control")), (400, "no-store"), "{claims}");
    assert!(browser.user().await.is_some(), "{claims}");
    assert_eq!(app.count("provider_sign_outs").await + app.count("logout_tokens").await, 0, "{claims}");
}

// Case: backchannel/wrong-iss, backchannel/wrong-aud, backchannel/no-event, backchannel/wrong-event
// Case: backchannel/with-nonce, backchannel/no-sub-no-sid, backchannel/no-iat, backchannel/no-jti
// Case: backchannel/expired
#[tokio::test]
async fn a_token_with_a_wrong_claim_ends_nothing() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    let sid = claim(&mut browser, "sid").await;
    let now_s = app.clock.now_ms() / 1000;
    let wrong = [
        json!({"iss": "https://issuer.example.com"}),
        json!({"iss": null}),
        json!({"aud": "another-client"}),
        json!({"aud": {"client": CLIENT_ID}}),
        json!({"aud": null}),
        json!({"iat": null}),
        json!({"iat": now_s + 120}),
        json!({"iat": now_s - 3600}),
        json!({"iat": 1e300}),
        json!({"exp": now_s - 120}),
        json!({"exp": "soon"}),
        json!({"exp": null, "iat": now_s - 121}),
        json!({"exp": null, "iat": now_s + 61}),
        json!({"jti": null}),
        json!({"jti": ""}),
        json!({"jti": 7}),
        json!({"nonce": "a"}),
        json!({"events": null}),
        json!({"events": {}}),
        json!({"events": {"http://schemas.openid.net/event/another": {}}}),
        json!({"events": {EVENT: "text"}}),
        json!({"events": [EVENT]}),
        json!({"sid": null}),
        json!({"sid": ""}),
        json!({"sid": ["a"]}),
        json!({"sid": null, "sub": {"a": 1}}),
    ];
    for claims in wrong {
        refused_with(&app, &mut browser, &sid, claims).await;
    }
    send(&app, &json!({"sid": sid, "aud": ["another-client", CLIENT_ID]})).await.assert_status(200);
    assert_eq!(browser.user().await, None);
}

// Case: backchannel/without-exp
#[tokio::test]
async fn a_token_without_end_is_taken_once_and_for_two_minutes_and_the_log_says_so() {
    let log = CapturedLog::begin();
    let app = TestApp::start().await;
    for age_s in [0, 120] {
        let mut browser = signed_in(&app, "ada").await;
        let sid = claim(&mut browser, "sid").await;
        let iat = app.clock.now_ms() / 1000 - age_s;
        let claims = Map::from_iter([
            ("sid".to_owned(), json!(sid)),
            ("exp".to_owned(), Value::Null),
            ("iat".to_owned(), json!(iat)),
        ]);
        let token = app.demo().logout_token(&claims);
        post(&app, &[("logout_token", &token)]).await.assert_status(200);
        assert_eq!(browser.user().await, None, "{age_s}");
        post(&app, &[("logout_token", &token)]).await.assert_status(400);
    }
    let told = log.entries().into_iter().filter(|entry| entry.text("event") == "logout_token_without_end").count();
    assert_eq!(told, 2, "one log entry for each logout token that was accepted");
}

// Case: backchannel/sid-and-sub
#[tokio::test]
async fn a_token_with_session_and_person_ends_what_named_no_session_too() {
    let app = TestApp::start().await;
    let mut desk = signed_in(&app, "ada").await;
    let mut phone = signed_in(&app, "ada").await;
    app.demo().set_faults(Faults::claim(ClaimFault::Missing("sid")));
    let (mut without, mut other) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let sid = claim(&mut desk, "sid").await;
    let sub = claim(&mut desk, "sub").await;
    send(&app, &json!({"sid": sid, "sub": sub})).await.assert_status(200);
    assert_eq!((desk.user().await, without.user().await), (None, None));
    assert!(phone.user().await.is_some(), "another session of the same person");
    assert!(other.user().await.is_some(), "another person without a session");

    // The same for a sign-in that is not finished: its ID token was issued before the sign-out.
    let mut late = app.browser();
    late.attempt_as("ada").await.assert_status(400).assert_shows("ended this session");
    app.demo().set_faults(Faults::default());
    assert!(signed_in(&app, "ada").await.user().await.is_some(), "a later sign-in is not affected");
}

// Case: backchannel/alg-none, backchannel/wrong-alg, backchannel/typ-other
#[tokio::test]
async fn a_token_with_a_wrong_header_or_signature_ends_nothing() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    let sid = claim(&mut browser, "sid").await;
    let faults = [
        SignatureFault::AlgNone,
        SignatureFault::Hs256(CLIENT_ID.as_bytes().to_vec()),
        SignatureFault::Hs256(Vec::new()),
        SignatureFault::Broken,
        SignatureFault::UnknownKey,
        SignatureFault::Critical,
        SignatureFault::Typ("at+jwt"),
        SignatureFault::Typ("secevent+jwt"),
        SignatureFault::Typ(""),
    ];
    for fault in faults {
        app.demo().set_faults(Faults::signature(fault));
        refused_with(&app, &mut browser, &sid, json!({})).await;
    }
}

// Case: backchannel/typ-absent, backchannel/typ-jwt, backchannel/typ-logout-jwt
#[tokio::test]
async fn the_type_may_be_missing_or_one_of_two() {
    let app = TestApp::start().await;
    let types = ["JWT", "logout+jwt", "application/logout+jwt"].map(SignatureFault::Typ);
    for typ in types.into_iter().chain([SignatureFault::NoTyp]) {
        let mut browser = signed_in(&app, "ada").await;
        let sid = claim(&mut browser, "sid").await;
        app.demo().set_faults(Faults::signature(typ.clone()));
        send(&app, &json!({"sid": sid})).await.assert_status(200);
        app.demo().set_faults(Faults::default());
        assert_eq!(browser.user().await, None, "{typ:?}");
    }
}

#[tokio::test]
async fn what_is_no_logout_token_ends_nothing() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    let sid = claim(&mut browser, "sid").await;
    let good = app.demo().logout_token(&Map::from_iter([("sid".to_owned(), json!(sid))]));
    let nested = format!("{good}.{good}");
    for form in [
        vec![],
        vec![("logout_token", "")],
        vec![("logout_token", "a.b.c")],
        vec![("logout_token", nested.as_str())],
        vec![("token", good.as_str())],
        vec![("logout_token", good.as_str()), ("logout_token", good.as_str())],
    ] {
        post(&app, &form).await.assert_status(400);
    }
    let mut server = app.browser();
    let json = server.request(Method::POST, PATH).body(json!({"logout_token": good}).to_string());
    let json = json.header(CONTENT_TYPE, "application/json");
    server.send(json).await.assert_status(400);
    let query = server.request(Method::POST, &format!("{PATH}?logout_token={good}"));
    server.send(query).await.assert_status(400);
    server.send(server.request(Method::GET, &format!("{PATH}?logout_token={good}"))).await.assert_status(405);
    assert!(browser.user().await.is_some());
    post(&app, &[("logout_token", &good)]).await.assert_status(200);
    assert_eq!(browser.user().await, None);
}

// Case: backchannel/replayed-jti
#[tokio::test]
async fn a_token_is_good_once() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    let sub = claim(&mut browser, "sub").await;
    let token = app.demo().logout_token(&Map::from_iter([("sub".to_owned(), json!(sub))]));
    post(&app, &[("logout_token", &token)]).await.assert_status(200);
    assert_eq!(browser.user().await, None);
    app.clock.advance(Duration::from_secs(1));
    browser.sign_in_as("ada").await;
    post(&app, &[("logout_token", &token)]).await.assert_status(400);
    assert!(browser.user().await.is_some());
}

#[tokio::test]
async fn a_sign_in_that_is_on_its_way_does_not_survive_it() {
    let app = TestApp::start().await;
    let sub = claim(&mut signed_in(&app, "ada").await, "sub").await;
    // The ID token has arrived, but the userinfo endpoint hangs, so the sign-in is not finished.
    let hanging = vec![(Endpoint::Userinfo, FaultyAnswer::Hangs)];
    app.demo().set_faults(Faults { answers: hanging, ..Faults::claim(ClaimFault::Missing("name")) });
    let mut browser = app.browser();
    let authorization = browser.begin("/").await;
    let callback = browser.choose(&authorization, "ada").await;
    let mut arriving = browser.clone();
    let arrival = tokio::spawn(async move { arriving.follow(&callback).await });
    until("the sign-in is nearly done", async || app.demo().requests().userinfo == 1).await;
    send(&app, &json!({"sub": sub})).await.assert_status(200);
    app.demo().set_faults(Faults::default());
    arrival.await.unwrap().assert_status(400).assert_shows("ended this session");
    assert_eq!(app.count("sign_ins WHERE revoked_at IS NULL").await, 0);
    app.clock.advance(Duration::from_secs(1));
    browser.sign_in_as("ada").await;
}

#[tokio::test]
async fn while_the_provider_cannot_be_asked_the_sign_out_is_to_be_tried_again() {
    let app = TestApp::start().await;
    let mut browser = signed_in(&app, "ada").await;
    let sid = claim(&mut browser, "sid").await;
    app.demo().rotate_keys();
    let broken = FaultyAnswer::Status(StatusCode::BAD_GATEWAY);
    app.demo().set_faults(Faults::answer(Endpoint::Jwks, broken));
    send(&app, &json!({"sid": sid})).await.assert_status(400);
    assert!(browser.user().await.is_some());
    app.demo().set_faults(Faults::default());
    app.clock.advance(Duration::from_mins(1));
    send(&app, &json!({"sid": sid})).await.assert_status(200);
    assert_eq!(browser.user().await, None);
}

#[tokio::test]
async fn a_provider_that_there_is_not_cannot_sign_out() {
    let app = TestApp::start().await;
    let mut server = app.browser();
    let request = server.request(Method::POST, "/login/nobody/backchannel-logout").form(&[("logout_token", "a")]);
    server.send(request).await.assert_status(404);
}
