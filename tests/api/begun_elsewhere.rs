//! Sign-ins that somebody else begins (third-party-initiated login, OpenID Connect Core 4), and what is asked of the
//! provider in every one.

use openidconnect::reqwest::{Method, Url};
use serde_json::json;

use crate::support::{Face, Setup, StandIn, TENANT, TestApp, set};

/// The path that begins a sign-in with these parameters.
fn path(parameters: &[(&str, &str)]) -> String {
    let query: String = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    format!("/login/azure?{query}")
}

/// Begins a sign-in at `path` and completes it. Returns where the person lands.
async fn lands_on(provider: &StandIn, app: &TestApp, path: &str) -> String {
    let mut browser = app.browser();
    let begun = browser.get(path).await;
    begun.assert_status(303);
    let callback = provider.authorize(&begun.location().parse().unwrap()).await;
    let ended = browser.follow(&callback).await;
    ended.assert_status(303);
    ended.location().to_owned()
}

// Case: third-party/iss, third-party/target-link-uri, third-party/login-hint
#[tokio::test]
async fn somebody_else_begins_a_sign_in_at_that_issuer_with_target_and_hint() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    let target = format!("http://{}/dashboards/weather?page=2", app.address());
    for target in [target.as_str(), "/dashboards/weather?page=2"] {
        let issuer = provider.issuer();
        let parameters = [("iss", issuer.as_str()), ("target_link_uri", target), ("login_hint", "ada@example.com")];
        assert_eq!(lands_on(&provider, &app, &path(&parameters)).await, "/dashboards/weather?page=2");
        assert_eq!(provider.seen().authorization["login_hint"], "ada@example.com");
    }
}

#[tokio::test]
async fn a_form_of_another_site_begins_a_sign_in_too() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    let mut browser = app.browser();
    let issuer = provider.issuer();
    let fields = [("iss", issuer.as_str()), ("target_link_uri", "/dashboards"), ("login_hint", "ada & vale")];
    let form = browser.request(Method::POST, "/login/azure").header("sec-fetch-site", "cross-site").form(&fields);
    let led = browser.send(form).await;
    led.assert_status(303);
    assert!(browser.cookies.is_empty() && provider.count("authorize") == 0, "the form alone must not begin a sign-in");
    assert_eq!(lands_on(&provider, &app, led.location()).await, "/dashboards");
    assert_eq!(provider.seen().authorization["login_hint"], "ada & vale");

    let doubled = browser.request(Method::POST, "/login/azure").form(&[("iss", "a"), ("iss", "a")]);
    browser.send(doubled).await.assert_status(400);
}

// Case: third-party/iss
#[tokio::test]
async fn another_issuer_is_refused_before_anything_is_asked() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    let issuer = provider.issuer();
    let spelt =
        [format!("{issuer}/"), issuer.to_uppercase(), issuer.replace("op", "other"), "https://evil.test".into()];
    for wrong in &spelt {
        let mut browser = app.browser();
        let told = browser.get(&path(&[("iss", wrong), ("target_link_uri", "/dashboards")])).await;
        told.assert_status(400).assert_shows("another provider");
        assert!(browser.cookies.is_empty());
    }
    let doubled = format!("{}&iss=x", path(&[("iss", &issuer)]));
    app.browser().get(&doubled).await.assert_status(400);
    assert_eq!(provider.count("authorize"), 0);
    lands_on(&provider, &app, &path(&[("iss", &issuer)])).await;
}

#[tokio::test]
async fn entra_may_be_named_by_the_issuer_of_any_allowed_tenant() {
    let entra = StandIn::start(Face::Entra).await;
    let issuer = |tenant: &str| format!("{}/{tenant}/v2.0", entra.origin);
    let single = entra.setup().start().await;
    let many = set(set(entra.setup(), "TENANT", "organizations"), "ALLOWED_TENANTS", TENANT).start().await;
    for app in [single, many] {
        lands_on(&entra, &app, &path(&[("iss", &issuer(TENANT))])).await;
        let other = issuer("99999999-1111-4222-8333-444455556666");
        app.browser().get(&path(&[("iss", &other)])).await.assert_status(400);
    }
}

// Case: third-party/target-link-uri
#[tokio::test]
async fn a_target_that_is_not_ours_leads_to_the_front_page() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    let issuer = provider.issuer();
    let ours = format!("http://{}", app.address());
    for target in [
        "https://evil.test/dashboards".to_owned(),
        "//evil.test".to_owned(),
        format!("{ours}@evil.test/"),
        format!("{ours}//evil.test"),
        format!("{ours}.evil.test/dashboards"),
        format!("{ours}/%5cevil.test"),
        "javascript:alert(1)".to_owned(),
    ] {
        let landed = lands_on(&provider, &app, &path(&[("iss", &issuer), ("target_link_uri", &target)])).await;
        assert_eq!(landed, "/", "{target}");
    }
}

// Case: third-party/login-hint
#[tokio::test]
async fn a_hint_that_no_form_should_be_filled_with_is_left_out() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    for hint in ["a\r\nb", "", &"a".repeat(300)] {
        lands_on(&provider, &app, &path(&[("login_hint", hint)])).await;
        assert!(!provider.seen().authorization.contains_key("login_hint"), "{hint:?}");
    }
    lands_on(&provider, &app, &path(&[("login_hint", "ada vale")])).await;
    assert_eq!(provider.seen().authorization["login_hint"], "ada vale");
}

/// The authorization request with these settings of the provider.
async fn asked(provider: &StandIn, settings: &[(&str, &str)]) -> Url {
    let setup = settings.iter().fold(provider.setup(), |setup: Setup, (key, value)| set(setup, key, value));
    let app = setup.start().await;
    app.browser().get("/login/azure").await.location().parse().unwrap()
}

#[tokio::test]
async fn what_is_configured_is_asked_of_the_provider_and_nothing_else() {
    let entra = StandIn::start(Face::Entra).await;
    let settings = [
        ("PROMPT", "login select_account"),
        ("DOMAIN_HINT", "example.com"),
        ("ACR_VALUES", "urn:a,urn:b"),
        ("MAX_AGE", "1h"),
        ("SCOPES", "openid,profile,offline_access"),
    ];
    let request = asked(&entra, &settings).await;
    let value = |name: &str| crate::support::parameter(&request, name);
    assert_eq!(value("prompt"), "login select_account");
    assert_eq!(value("domain_hint"), "example.com");
    assert_eq!(value("acr_values"), "urn:a urn:b");
    assert_eq!(value("max_age"), "3600");
    assert_eq!(value("scope"), "openid profile offline_access");

    let plain = asked(&entra, &[]).await;
    for name in ["prompt", "domain_hint", "acr_values", "max_age", "login_hint"] {
        assert!(plain.query_pairs().all(|(of, _)| of != name), "{name} in {plain}");
    }
}

#[tokio::test]
async fn with_a_max_age_the_token_must_say_that_it_was_kept() {
    let provider = StandIn::start(Face::Plain).await;
    let app = set(provider.setup(), "MAX_AGE", "1h").start().await;
    let now_s = app.clock.now_ms() / 1000;
    for (auth_time, status) in [
        (json!(now_s), 303),
        (json!(now_s - 3600 - 30), 303),
        (json!(now_s - 3600 - 90), 400),
        (json!(now_s + 3600), 400),
        (json!(null), 400),
        (json!("now"), 400),
    ] {
        provider.change(|script| script.claim(json!({"auth_time": auth_time})));
        let mut browser = app.browser();
        provider.attempt(&mut browser).await.assert_status(status);
        assert_eq!(browser.user().await.is_some(), status == 303, "{auth_time}");
    }
    let without = provider.setup().start().await;
    provider.change(|script| script.claim(json!({"auth_time": null})));
    provider.sign_in(&without).await;
}

#[tokio::test]
async fn a_max_age_is_for_signing_in_and_ends_no_session_at_a_refresh() {
    let provider = StandIn::start(Face::Plain).await;
    let setup = set(set(provider.setup(), "MAX_AGE", "30m"), "SCOPES", "openid,profile,email,offline_access");
    let app = setup.start().await;
    let auth_time = app.clock.now_ms() / 1000;
    provider.change(|script| script.claim(json!({"auth_time": auth_time})));
    let mut browser = provider.sign_in(&app).await;
    app.clock.advance(std::time::Duration::from_hours(1));
    assert!(browser.user().await.is_some());
    assert_eq!(provider.seen().token["grant_type"], "refresh_token");
    provider.attempt(&mut app.browser()).await.assert_status(400).assert_shows("too long ago");
}
