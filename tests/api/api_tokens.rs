//! Invalid access tokens, each beside the same token without its fault.

use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use serde_json::{Value, json};

use crate::support::{
    AUDIENCE, AccessToken, Answer, CLIENT_ID, CapturedLog, Face, OTHER_TENANT, OwnProvider, Signer, StandIn, TENANT,
    TestApp, TestClock,
};

type Change = fn(&mut AccessToken);

/// Sees that an honest token passes, that each changed one is refused with this status and error, naming why, and that
/// the honest one still passes.
async fn refuses(face: Face, faults: &[(&str, Change)], status: u16, error: &str) {
    let stand_in = StandIn::start(face).await;
    let app = stand_in.start_api().await;
    let passes = async || {
        app.ask(routes::API_V1_SECURE_DATA, &stand_in.access_token(|_| {})).await.assert_status(200);
    };
    passes().await;
    for (name, change) in faults {
        let answer = app.ask(routes::API_V1_SECURE_DATA, &stand_in.access_token(*change)).await;
        assert_eq!(answer.status, status, "{name}: {answer:#?}");
        answer.assert_problem(status);
        assert!(answer.challenge().starts_with("Bearer realm=\"Rolecall\""), "{name}: {answer:#?}");
        assert!(answer.challenge().contains(&format!("error=\"{error}\"")), "{name}: {answer:#?}");
    }
    passes().await;
}

/// A change of claims.
macro_rules! claims {
    ($($claims:tt)+) => {
        |token: &mut AccessToken| token.claim(json!({ $($claims)+ }))
    };
}

/// A change of the header.
macro_rules! header {
    ($($header:tt)+) => {
        |token: &mut AccessToken| token.head(json!({ $($header)+ }))
    };
}

// Case: api/token-signature
#[tokio::test]
async fn a_token_that_no_key_of_the_provider_signed_as_it_must_is_refused() {
    let faults: [(&str, Change); 12] = [
        ("alg none", header! { "alg": "none" }),
        ("alg none without a signature", |token| {
            token.head(json!({ "alg": "none" }));
            token.signer = token.signer.clone().signing_nothing();
        }),
        ("HS256 with the public key", |token| {
            token.head(json!({ "alg": "HS256" }));
            token.signer = token.signer.clone().signing_with_public_key();
        }),
        ("an algorithm that is not listed", |token| {
            token.signer = Signer::ps256("provider-1");
            token.head(json!({ "alg": "PS256" }));
        }),
        ("another key under the same name", |token| token.signer = Signer::rs256_of_another("provider-1")),
        ("an unknown key", |token| {
            token.signer = Signer::rs256_of_another("nobody-knows");
            token.head(json!({ "kid": "nobody-knows" }));
        }),
        ("an unknown name of the right key", header! { "kid": "nobody-knows" }),
        ("crit", header! { "crit": ["exp"] }),
        ("crit of nothing", header! { "crit": [] }),
        ("a JWT in the JWT", |token| {
            token.head(json!({ "cty": "JWT" }));
            token.payload = Some(token.signer.sign(r#"{"alg":"RS256"}"#, &token.claims.to_string()));
        }),
        ("claims that are an array", |token| token.payload = Some("[]".to_owned())),
        ("a token that is too long", |token| token.claim(json!({ "x": "x".repeat(14_000) }))),
    ];
    refuses(Face::Plain, &faults, 401, "invalid_token").await;
}

// Case: api/token-claims
#[tokio::test]
async fn a_token_whose_claims_are_not_those_of_an_access_token_for_us_is_refused() {
    let faults: [(&str, Change); 34] = [
        ("no iss", claims! { "iss": null }),
        ("another iss", claims! { "iss": "https://issuer.example.com" }),
        ("iss with a slash", |token| {
            let issuer = format!("{}/", token.claims["iss"].as_str().unwrap());
            token.claim(json!({ "iss": issuer }));
        }),
        ("iss as a list", |token| token.claim(json!({ "iss": [token.claims["iss"]] }))),
        ("no aud", claims! { "aud": null }),
        ("another aud", claims! { "aud": "api://another" }),
        ("our client id as aud", claims! { "aud": CLIENT_ID }),
        ("aud as the beginning", claims! { "aud": "api://aa11bb22" }),
        ("aud as an object", claims! { "aud": { "x": AUDIENCE } }),
        ("an empty list as aud", claims! { "aud": [] }),
        ("no exp", claims! { "exp": null }),
        ("exp long ago", claims! { "exp": 1_000 }),
        ("exp as text", claims! { "exp": "9999999999" }),
        ("exp as no number of this world", claims! { "exp": 1e300 }),
        ("no iat", claims! { "iat": null }),
        ("iat ahead", claims! { "iat": 9_999_999_999_i64 }),
        ("nbf ahead", claims! { "nbf": 9_999_999_999_i64 }),
        ("nbf as text", claims! { "nbf": "now" }),
        ("no sub", claims! { "sub": null }),
        ("an empty sub", claims! { "sub": "" }),
        ("sub as a number", claims! { "sub": 7 }),
        ("a sub with a line end", claims! { "sub": "a\nb" }),
        ("a sub that is too long", |token| token.claim(json!({ "sub": "s".repeat(256) }))),
        ("no client", claims! { "client_id": null }),
        ("roles as an object", claims! { "roles": { "Rolecall.Write": true } }),
        ("a number among the roles", claims! { "roles": ["Rolecall.Write", 1] }),
        ("roles elsewhere", claims! { "_claim_names": { "roles": "src1" } }),
        ("scope as a number", claims! { "scope": 1 }),
        ("bound to a key", claims! { "cnf": { "jkt": "x" } }),
        ("of an unknown kind", claims! { "idtyp": "device" }),
        ("an ID token by its nonce", claims! { "nonce": "n" }),
        ("an ID token by its at_hash", claims! { "at_hash": "h" }),
        ("an ID token by its c_hash", claims! { "c_hash": "h" }),
        ("a logout token", claims! { "events": { "http://schemas.openid.net/event/backchannel-logout": {} } }),
    ];
    refuses(Face::Plain, &faults, 401, "invalid_token").await;
}

// Case: api/token-typ
#[tokio::test]
async fn a_token_that_says_it_is_something_else_is_refused() {
    let faults: [(&str, Change); 6] = [
        ("no typ", header! { "typ": null }),
        ("a logout token", header! { "typ": "logout+jwt" }),
        ("a client's proof", header! { "typ": "dpop+jwt" }),
        ("an event", header! { "typ": "secevent+jwt" }),
        ("an ID token of its own type", header! { "typ": "id_token" }),
        ("nothing", header! { "typ": "" }),
    ];
    refuses(Face::Plain, &faults, 401, "invalid_token").await;
}

// Case: api/scope
#[tokio::test]
async fn a_person_who_did_not_allow_it_is_not_called_for() {
    let faults: [(&str, Change); 6] = [
        ("no scope", claims! { "scope": null }),
        ("an empty scope", claims! { "scope": "" }),
        ("another scope", claims! { "scope": "openid profile" }),
        ("a longer scope", claims! { "scope": "access_as_user.all" }),
        ("another case", claims! { "scope": "Access_As_User" }),
        ("scp counts before scope", claims! { "scp": "other" }),
    ];
    refuses(Face::Plain, &faults, 403, "insufficient_scope").await;
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.start_api().await;
    let answer = app.ask(routes::API_V1_ME, &stand_in.access_token(claims! { "scope": null })).await;
    let expected = "Bearer realm=\"Rolecall\", error=\"insufficient_scope\", scope=\"access_as_user\"";
    assert_eq!(answer.assert_problem(403).challenge(), expected);
}

// Case: api/entra
#[tokio::test]
async fn a_token_of_entra_is_of_our_tenant_and_version_2() {
    let faults: [(&str, Change); 14] = [
        ("no tid", claims! { "tid": null }),
        ("another tid", claims! { "tid": OTHER_TENANT }),
        ("a tid that is none", claims! { "tid": "contoso" }),
        ("iss of another tenant", |token| {
            let issuer = token.claims["iss"].as_str().unwrap().replace(TENANT, OTHER_TENANT);
            token.claim(json!({ "iss": issuer }));
        }),
        ("all of another tenant", |token| {
            let issuer = token.claims["iss"].as_str().unwrap().replace(TENANT, OTHER_TENANT);
            token.claim(json!({ "iss": issuer, "tid": OTHER_TENANT }));
        }),
        ("version 1", claims! { "ver": "1.0" }),
        ("no version", claims! { "ver": null }),
        ("an issuer of version 1", |token| {
            token.claim(json!({ "iss": format!("https://sts.windows.net/{TENANT}/"), "ver": "1.0" }));
        }),
        ("no oid", claims! { "oid": null }),
        ("an oid that is none", claims! { "oid": "ada@example.com" }),
        ("no application", claims! { "azp": null }),
        ("for another API", claims! { "aud": "bb11bb22-0000-4000-8000-cc33dd44ee55" }),
        ("a contradiction", claims! { "idtyp": "app" }),
        ("an ID token", claims! { "nonce": "n", "scp": null, "azp": null }),
    ];
    refuses(Face::Entra, &faults, 401, "invalid_token").await;
    let scopes: [(&str, Change); 3] = [
        ("no scp", claims! { "scp": null }),
        ("another scp", claims! { "scp": "User.Read" }),
        ("a user without scp", claims! { "scp": null, "idtyp": "user" }),
    ];
    refuses(Face::Entra, &scopes, 403, "insufficient_scope").await;
}

// Case: api/entra
#[tokio::test]
async fn a_token_of_version_1_says_what_to_set() {
    let stand_in = StandIn::start(Face::Entra).await;
    let app = stand_in.start_api().await;
    let token = stand_in.access_token(claims! { "iss": "https://sts.windows.net/x/", "ver": "1.0" });
    app.ask(routes::API_V1_ME, &token).await.assert_problem(401).assert_shows("requestedAccessTokenVersion");
}

// Case: api/token-accepted
#[tokio::test]
async fn what_may_differ_from_provider_to_provider_is_accepted() {
    let plain: [(&str, Change); 11] = [
        ("typ JWT", header! { "typ": "JWT" }),
        ("typ with its prefix", header! { "typ": "application/at+jwt" }),
        ("typ in capitals", header! { "typ": "AT+JWT" }),
        ("no kid", header! { "kid": null }),
        ("aud among others", claims! { "aud": ["other", AUDIENCE] }),
        ("scp in place of scope", claims! { "scope": null, "scp": "access_as_user" }),
        ("scp as a list", claims! { "scope": null, "scp": ["a", "access_as_user"] }),
        ("azp in place of client_id", claims! { "client_id": null, "azp": "tool" }),
        ("no nbf", claims! { "nbf": null }),
        ("a fraction of a second", claims! { "nbf": 1.5 }),
        ("claims that nobody knows", claims! { "x": { "y": [1] } }),
    ];
    accepts(Face::Plain, &plain).await;
    let entra: [(&str, Change); 3] = [
        ("the name of the API with its scheme", claims! { "aud": AUDIENCE }),
        ("idtyp", claims! { "idtyp": "user" }),
        ("several scopes", claims! { "scp": "a access_as_user b" }),
    ];
    accepts(Face::Entra, &entra).await;
}

async fn accepts(face: Face, changes: &[(&str, Change)]) {
    let stand_in = StandIn::start(face).await;
    let app = stand_in.start_api().await;
    for (name, change) in changes {
        let answer = app.ask(routes::API_V1_SECURE_DATA, &stand_in.access_token(*change)).await;
        assert_eq!(answer.status, 200, "{name}: {answer:#?}");
    }
}

// Case: api/token-times
#[tokio::test]
async fn clocks_may_differ_by_a_minute() {
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.start_api().await;
    let now_s = app.clock.now_ms() / 1000;
    for (claim, at_s, status) in [
        ("exp", now_s - 58, 200),
        ("exp", now_s - 61, 401),
        ("nbf", now_s + 58, 200),
        ("nbf", now_s + 62, 401),
        ("iat", now_s + 58, 200),
        ("iat", now_s + 62, 401),
    ] {
        let token = stand_in.access_token(|token| token.claim(json!({ claim: at_s })));
        let answer = app.ask(routes::API_V1_ME, &token).await;
        assert_eq!(answer.status, status, "{claim} {}: {answer:#?}", at_s - now_s);
    }
    let token = stand_in.access_token(|_| {});
    app.ask(routes::API_V1_ME, &token).await.assert_status(200);
    app.clock.advance(Duration::from_secs(3600 + 61));
    app.ask(routes::API_V1_ME, &token).await.assert_problem(401);
}

// Case: api/application
#[tokio::test]
async fn an_application_calls_for_itself_and_needs_a_role_and_no_scope() {
    let plain = StandIn::start(Face::Plain).await;
    let entra = StandIn::start(Face::Entra).await;
    let of_plain: Change = claims! { "sub": "some-tool", "scope": "email", "name": null };
    let of_entra: Change = |token| {
        let oid = token.claims["oid"].clone();
        token.claim(json!({ "scp": null, "sub": oid, "name": null, "idtyp": "app" }));
    };
    let without_idtyp: Change = |token| {
        let oid = token.claims["oid"].clone();
        token.claim(json!({ "scp": null, "sub": oid }));
    };
    for (stand_in, change) in [(&plain, of_plain), (&entra, of_entra), (&entra, without_idtyp)] {
        let app = stand_in.start_api().await;
        let me = app.ask(routes::API_V1_ME, &stand_in.access_token(change)).await;
        let me: Value = me.assert_status(200).json();
        assert_eq!((&me["kind"], &me["role"]), (&json!("application"), &json!("write")), "{me}");
        let token = stand_in.access_token(|token| {
            change(token);
            token.claim(json!({ "roles": null }));
        });
        app.ask(routes::API_V1_ME, &token).await.assert_status(200);
        let answer = app.ask(routes::API_V1_SECURE_DATA, &token).await;
        assert!(answer.assert_problem(403).challenge().contains("insufficient_scope"), "{answer:#?}");
    }
}

// Case: api/sub-is-client
#[tokio::test]
async fn a_person_who_is_called_what_the_client_is_called_is_no_application() {
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.start_api().await;
    let signs: [Change; 6] = [
        claims! { "auth_time": 1_700_000_000, "scope": "email" },
        claims! { "acr": "1", "scope": null },
        claims! { "amr": ["pwd"], "scope": null },
        claims! { "sid": "s", "scope": null },
        claims! { "scope": "openid email" },
        claims! { "scope": "offline_access" },
    ];
    for sign in signs {
        let token = |with_scope: bool| {
            stand_in.access_token(|token| {
                token.claim(json!({ "sub": "some-tool" }));
                sign(token);
                let scope = token.claims["scope"].as_str().unwrap_or_default().to_owned();
                if with_scope {
                    token.claim(json!({ "scope": format!("{scope} access_as_user") }));
                }
            })
        };
        app.ask(routes::API_V1_SECURE_DATA, &token(false)).await.assert_problem(403);
        let me: Value = app.ask(routes::API_V1_ME, &token(true)).await.assert_status(200).json();
        assert_eq!(me["kind"], json!("person"), "{me}");
    }
    let only_the_scope = stand_in.access_token(claims! { "sub": "some-tool", "scope": "access_as_user" });
    let me: Value = app.ask(routes::API_V1_ME, &only_the_scope).await.assert_status(200).json();
    assert_eq!(me["kind"], json!("person"), "{me}");
}

// Case: api/subject
#[tokio::test]
async fn a_person_has_the_same_key_as_by_sign_in() {
    let stand_in = StandIn::start(Face::Entra).await;
    let app = stand_in.start_api().await;
    stand_in.sign_in(&app).await;
    let me: Value = app.ask(routes::API_V1_ME, &stand_in.access_token(|_| {})).await.json();
    let key = crate::support::text(app.db(), "SELECT issuer || ' ' || subject FROM users").await;
    assert_eq!(key, format!("{} {}", me["issuer"].as_str().unwrap(), me["subject"].as_str().unwrap()));
}

// Case: api/key-rotation
#[tokio::test]
async fn new_keys_are_fetched_when_they_are_first_seen_and_not_more_often_than_once_a_minute() {
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.setup().set("ROLECALL_API__AUDIENCE", AUDIENCE).start().await;
    app.ask(routes::API_V1_ME, &stand_in.access_token(|_| {})).await.assert_status(200);
    stand_in.change(|script| script.sign_with(Signer::rs256_of_another("provider-2")));
    let rotated: Change = |token| {
        token.signer = Signer::rs256_of_another("provider-2");
        token.head(json!({ "kid": "provider-2" }));
    };
    app.ask(routes::API_V1_ME, &stand_in.access_token(rotated)).await.assert_status(200);
    app.ask(routes::API_V1_ME, &stand_in.access_token(|_| {})).await.assert_problem(401);
    for number in 0..50 {
        let token = stand_in.access_token(|token| token.head(json!({ "kid": format!("unknown-{number}") })));
        app.ask(routes::API_V1_ME, &token).await.assert_problem(401);
    }
    assert_eq!(stand_in.count("jwks"), 2);
}

// Case: api/provider-down
#[tokio::test]
async fn while_the_provider_does_not_answer_a_token_cannot_be_told_from_another() {
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.start_api().await;
    stand_in.change(|script| script.answers = vec![("jwks", 500, String::new())]);
    let token = stand_in.access_token(|_| {});
    let answer = app.ask(routes::API_V1_ME, &token).await;
    assert_eq!(answer.assert_problem(503).header("retry-after"), "10");
    assert_eq!(answer.challenge(), "");
    stand_in.reset();
    app.ask(routes::API_V1_ME, &token).await.assert_status(200);
    stand_in.change(|script| script.answers = vec![("jwks", 500, String::new()), ("discovery", 500, String::new())]);
    app.ask(routes::API_V1_ME, &token).await.assert_status(200);
}

// Case: api/several-providers
#[tokio::test]
async fn with_several_providers_the_issuer_says_whose_keys_count() {
    let (one, clock) = (StandIn::start(Face::Plain).await, TestClock::starting_now());
    let other = OwnProvider::start(&clock).await;
    let setup = one.setup().set("ROLECALL_API__AUDIENCE", &format!("{AUDIENCE},api://rolecall-demonstration"));
    let setup = other.settings().iter().fold(setup, |setup, (name, value)| setup.set(name, value));
    let app = setup.start().await;
    app.ask(routes::API_V1_ME, &one.access_token(|_| {})).await.assert_status(200);
    let token = other.browser().request(Method::POST, "/demo/api-token").form(&[("person", "ada")]);
    let token: Value = Answer::read(token.send().await.unwrap()).await.json();
    let me = app.ask(routes::API_V1_ME, token["access_token"].as_str().unwrap()).await;
    assert_eq!(me.assert_status(200).json::<Value>()["issuer"], other.demo.issuer().as_str());
    // The one provider's key does not speak in the name of the other.
    let forged = one.access_token(|token| token.claim(json!({ "iss": other.demo.issuer() })));
    app.ask(routes::API_V1_ME, &forged).await.assert_problem(401);
}

// Case: api/id-token
#[tokio::test]
async fn an_id_token_in_place_of_an_access_token_is_refused() {
    let clock = TestClock::starting_now();
    let own = OwnProvider::start(&clock).await;
    // As badly configured as can be: the API is called what the client is called.
    let setup = TestApp::setup().with_clock(clock.clone()).set("ROLECALL_API__AUDIENCE", "rolecall-demonstration");
    let setup = own.settings().iter().fold(setup, |setup, (name, value)| setup.set(name, value));
    let app = setup.start().await;
    let id_token = own.id_token("ada", "a-nonce").await;
    app.ask(routes::API_V1_ME, &id_token).await.assert_problem(401).assert_shows("`nonce`");
}

// Case: api/log, logs/no-secrets
#[tokio::test]
async fn the_log_tells_why_a_token_was_refused_and_holds_no_token() {
    let log = CapturedLog::begin();
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.start_api().await;
    let token = stand_in.access_token(claims! { "aud": "api://another\n{\"event\":\"signed_in\"}" });
    let answer = app.ask(routes::API_V1_ME, &token).await;
    let refused = log.event("api_token_refused");
    assert_eq!((refused.text("reason"), refused.text("ip")), ("claim_wrong".to_owned(), "127.0.0.1".to_owned()));
    assert_eq!(refused.text("span.request_id"), answer.header("x-request-id"));
    assert!(refused.text("detail").contains("`aud`"), "{refused:?}");

    let reader = stand_in.access_token(claims! { "roles": ["Rolecall.Read"] });
    app.ask(routes::API_V1_SESSIONS, &reader).await.assert_problem(403);
    let denied = log.event("api_denied");
    for (name, value) in [("client", "some-tool"), ("caller", "person"), ("reason", "role"), ("needed", "admin")] {
        assert_eq!(denied.text(name), value, "{denied:?}");
    }
    let text = log.text();
    for token in [token, reader] {
        for part in token.split('.') {
            assert!(!text.contains(part), "{part} in {text}");
        }
    }
}
