//! The userinfo endpoint (OpenID Connect Core 5.3): asked for a name and address that the ID token lacks, trusted only
//! about the same person, and used for roles only if the settings say so.

use std::time::Duration;

use rolecall_model::Role;
use rolecall_routes as routes;
use serde_json::{Value, json};

use crate::support::{Browser, CLIENT_ID, Face, Signer, StandIn, TestApp, set};

/// Four fifths of the hour that access tokens last.
const UNTIL_DUE: Duration = Duration::from_mins(48);

/// Claims that remove from ID tokens who the person is.
fn bare() -> Value {
    json!({"name": null, "email": null, "preferred_username": null, "roles": null})
}

// Case: rp/scope-userinfo-claims
#[tokio::test]
async fn claims_that_were_asked_for_by_scope_are_read_from_userinfo() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    provider.change(|script| {
        script.claim(bare());
        script.userinfo =
            json!({"name": "Ada of Userinfo", "email": "ada@userinfo.example"}).as_object().unwrap().clone();
    });
    let user = provider.sign_in(&app).await.user().await.unwrap();
    assert_eq!((user.name.as_str(), user.email.as_deref()), ("Ada of Userinfo", Some("ada@userinfo.example")));
    assert_eq!(provider.count("userinfo"), 1);
}

#[tokio::test]
async fn userinfo_is_asked_where_only_the_address_is_missing_and_not_where_nothing_is() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    provider.sign_in(&app).await;
    assert_eq!(provider.count("userinfo"), 0);
    provider.change(|script| {
        script.claim(json!({"email": null}));
        script.userinfo = json!({"name": "Somebody", "email": "ada@userinfo.example"}).as_object().unwrap().clone();
    });
    let user = provider.sign_in(&app).await.user().await.unwrap();
    assert_eq!(
        (user.name.as_str(), user.email.as_deref()),
        ("Ada Vale", Some("ada@userinfo.example")),
        "the ID token takes precedence"
    );

    let without = set(provider.setup(), "SCOPES", "openid,profile").start().await;
    let asked = provider.count("userinfo");
    provider.sign_in(&without).await;
    assert_eq!(provider.count("userinfo"), asked, "without the scope email, userinfo must not be asked");
}

// Case: rp/userinfo-invalid-sub
#[tokio::test]
async fn userinfo_about_somebody_else_is_dropped_and_the_sign_in_refused() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    for userinfo in [json!({"sub": "somebody-else"}), json!({"sub": null}), json!({"sub": ["s-of-this-application"]})] {
        provider.change(|script| {
            script.claim(bare());
            script.userinfo = userinfo.as_object().unwrap().clone();
        });
        let mut browser = app.browser();
        provider.attempt(&mut browser).await.assert_status(400);
        assert_eq!(browser.user().await, None);
    }
    assert_eq!(app.count("users").await + app.count("sign_ins").await, 0);
    provider.change(|script| script.userinfo.clear());
    provider.sign_in(&app).await;
}

#[tokio::test]
async fn roles_and_groups_of_userinfo_count_for_nothing_unless_they_are_to_be_read_there() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().set("ROLECALL_ROLES__GROUPS__ADMIN", "group-1").start().await;
    provider.change(|script| {
        script.claim(bare());
        let said = json!({"name": "Ada", "roles": ["Rolecall.Admin"], "groups": ["group-1"], "oid": "x"});
        script.userinfo = said.as_object().unwrap().clone();
    });
    let mut browser = app.browser();
    provider.attempt(&mut browser).await.assert_status(303);
    assert_eq!(browser.user().await.unwrap().role, None);
    provider.change(|script| script.claim(json!({"roles": ["Rolecall.Read"]})));
    assert_eq!(provider.sign_in(&app).await.user().await.unwrap().role, Some(Role::Read));
}

/// A provider that gives roles and groups only at its userinfo endpoint, and an application that reads them there.
async fn with_roles_there() -> (StandIn, TestApp) {
    let provider = StandIn::start(Face::Plain).await;
    let setup = set(provider.setup(), "SCOPES", "openid,profile,email,offline_access");
    let app = set(set(setup, "CLAIMS_FROM", "userinfo"), "ROLES_CLAIM", "access.roles").start().await;
    provider.change(|script| says(script_roles(&["Rolecall.Write"]), &mut script.userinfo));
    (provider, app)
}

fn script_roles(roles: &[&str]) -> Value {
    json!({"access": {"roles": roles}, "department": "none of our business"})
}

fn says(said: Value, userinfo: &mut serde_json::Map<String, Value>) {
    userinfo.extend(said.as_object().unwrap().clone());
}

async fn role(browser: &mut Browser) -> Option<Role> {
    browser.user().await.unwrap().role
}

// Case: roles/from-userinfo
#[tokio::test]
async fn roles_are_read_there_at_the_sign_in_and_at_each_refresh_where_the_settings_say_so() {
    let (provider, app) = with_roles_there().await;
    provider.change(|script| script.claim(json!({"access": {"roles": ["Rolecall.Admin"]}})));
    let mut browser = provider.sign_in(&app).await;
    assert_eq!(role(&mut browser).await, Some(Role::Write), "roles in the ID token must not count");
    browser.get(routes::ACCOUNT).await.assert_shows("Rolecall.Write").assert_shows("in the userinfo claim ");

    for without_id_token in [false, true] {
        for expected in [Role::Read, Role::Admin] {
            provider.change(|script| {
                script.refreshes_without_id_token = without_id_token;
                says(script_roles(&[&format!("Rolecall.{expected}")]), &mut script.userinfo);
            });
            app.clock.advance(UNTIL_DUE);
            assert_eq!(role(&mut browser).await, Some(expected), "without an ID token: {without_id_token}");
        }
    }
}

// Case: roles/from-userinfo
#[tokio::test]
async fn an_outage_there_signs_nobody_in_and_ends_nothing() {
    let (provider, app) = with_roles_there().await;
    let mut browser = provider.sign_in(&app).await;
    let outage = vec![("userinfo", 503, String::new())];
    provider.change(|script| script.answers = outage);
    let mut other = app.browser();
    provider.attempt(&mut other).await.assert_status(503);
    assert_eq!(other.user().await, None);
    app.clock.advance(UNTIL_DUE);
    assert_eq!(role(&mut browser).await, Some(Role::Write));
    app.clock.advance(UNTIL_DUE);
    browser.get("/dashboards/weather").await.assert_status(503);
    provider.change(|script| {
        script.answers.clear();
        says(script_roles(&["Rolecall.Read"]), &mut script.userinfo);
    });
    app.clock.advance(Duration::from_mins(1));
    assert_eq!(role(&mut browser).await, Some(Role::Read));
}

// Case: roles/from-userinfo
#[tokio::test]
async fn an_endpoint_that_is_away_and_a_page_in_its_place_are_outages() {
    let (provider, app) = with_roles_there().await;
    let mut browser = provider.sign_in(&app).await;
    for answer in [("userinfo", 404, String::new()), ("userinfo", 200, "<h1>We will be back</h1>".to_owned())] {
        provider.change(|script| script.answers = vec![answer.clone()]);
        app.clock.advance(UNTIL_DUE);
        assert_eq!(role(&mut browser).await, Some(Role::Write), "{answer:?}");
        provider.change(|script| script.answers.clear());
        app.clock.advance(Duration::from_mins(1));
        assert_eq!(role(&mut browser).await, Some(Role::Write), "after {answer:?}");
    }
}

// Case: roles/from-userinfo, rp/userinfo-invalid-sub
#[tokio::test]
async fn an_answer_about_somebody_else_ends_the_session_at_a_refresh() {
    let (provider, app) = with_roles_there().await;
    let mut browser = provider.sign_in(&app).await;
    provider.change(|script| says(json!({"sub": "somebody-else"}), &mut script.userinfo));
    app.clock.advance(UNTIL_DUE);
    assert_eq!(browser.user().await, None);
}

// Case: roles/from-userinfo
#[tokio::test]
async fn an_answer_that_refuses_or_cannot_be_verified_is_no_outage_and_ends_the_session_at_a_refresh() {
    let (provider, app) = with_roles_there().await;
    for status in [401, 403] {
        let mut browser = provider.sign_in(&app).await;
        provider.change(|script| script.answers = vec![("userinfo", status, String::new())]);
        app.clock.advance(UNTIL_DUE);
        assert_eq!(browser.user().await, None, "{status}");
        provider.change(|script| script.answers.clear());
    }
    let mut browser = provider.sign_in(&app).await;
    provider.change(|script| script.userinfo_signer = Some(Signer::rs256_of_another("provider-1")));
    app.clock.advance(UNTIL_DUE);
    assert_eq!(browser.user().await, None, "signed by somebody else");
}

// Case: roles/from-userinfo
#[tokio::test]
async fn an_answer_signed_with_a_key_that_is_not_known_yet_ends_nothing() {
    let (provider, app) = with_roles_there().await;
    let mut browser = provider.sign_in(&app).await;
    provider.change(|script| script.userinfo_signer = Some(Signer::rs256("provider-next")));
    app.clock.advance(UNTIL_DUE);
    assert_eq!(role(&mut browser).await, Some(Role::Write));
}

// Case: roles/from-userinfo
#[tokio::test]
async fn a_signed_answer_is_accepted_when_the_provider_signed_it_for_us() {
    let (provider, app) = with_roles_there().await;
    let issuer = provider.issuer();
    let honest = || Some(Signer::rs256("provider-1"));
    for said in [json!({}), json!({"iss": issuer, "aud": CLIENT_ID}), json!({"aud": ["another", CLIENT_ID]})] {
        provider.change(|script| {
            script.userinfo_signer = honest();
            says(said, &mut script.userinfo);
        });
        assert_eq!(role(&mut provider.sign_in(&app).await).await, Some(Role::Write));
    }
    let forged = [
        (Some(Signer::rs256_of_another("provider-1")), json!({})),
        (Some(Signer::rs256("provider-1").signing_with_public_key()), json!({})),
        (honest(), json!({"iss": "https://another.example.com"})),
        (honest(), json!({"aud": "another"})),
        (honest(), json!({"aud": CLIENT_ID, "exp": 1_000})),
        (honest(), json!({"sub": "somebody-else"})),
    ];
    for (signer, said) in forged {
        provider.change(|script| {
            script.userinfo_signer = signer;
            says(json!({"iss": issuer, "aud": CLIENT_ID, "exp": null}), &mut script.userinfo);
            says(said.clone(), &mut script.userinfo);
        });
        let mut browser = app.browser();
        provider.attempt(&mut browser).await.assert_status(400);
        assert_eq!(browser.user().await, None, "{said}");
        provider.change(|script| says(json!({"sub": "s-of-this-application"}), &mut script.userinfo));
    }
}
