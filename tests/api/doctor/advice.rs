//! Advice about administrators, roles, sessions and what was noticed at sign-ins.

use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall_doctor::Status;
use serde_json::json;
use tempfile::TempDir;

use super::{examine, finds, of};
use crate::support::{Face, OTHER_TENANT, Setup, StandIn, TENANT, TestClock, set};

// Case: roles/limits-of-provider
#[tokio::test]
async fn it_warns_while_several_administrators_can_make_people_admin() {
    const CHECK: &str = "provider.who-gives-roles";
    let entra = StandIn::start(Face::Entra).await;
    let folder = TempDir::new().unwrap();
    let both = format!("{TENANT},{OTHER_TENANT}");
    let shared = |roles_from: &str, highest: &str| {
        let setup = set(set(entra.setup(), "TENANT", "organizations"), "ALLOWED_TENANTS", &both);
        let setup = set(setup, "ROLES_FROM_TENANTS", roles_from);
        let setup = if highest.is_empty() { setup } else { set(setup, "HIGHEST_ROLE", highest) };
        setup.sources(&folder)
    };
    let warned = examine(&shared(&both, "")).await;
    assert_eq!(of(&warned, CHECK).status, Status::Warning);
    assert!(of(&warned, CHECK).what.contains("2 tenants"), "{}", warned.text(false));
    let limited = examine(&shared(&both, "write")).await;
    assert_eq!(of(&limited, CHECK).status, Status::Good, "{}", limited.text(false));
    for said in [shared(TENANT, ""), shared(&both, "admin")] {
        let report = examine(&said).await;
        assert!(report.findings().iter().all(|finding| finding.check != CHECK), "{}", report.text(false));
    }

    let plain = StandIn::start(Face::Plain).await;
    let second = |setup: Setup| {
        let setting =
            |setup: Setup, key: &str, value: &str| setup.set(&format!("ROLECALL_PROVIDERS__SECOND__{key}"), value);
        let setup = setting(setting(setup, "KIND", "oidc"), "ISSUER", "https://id.example.com");
        setting(setting(setup, "CLIENT_ID", "id"), "HIGHEST_ROLE", "read")
    };
    let warned = examine(&second(plain.setup()).sources(&folder)).await;
    assert_eq!(of(&warned, CHECK).status, Status::Warning, "{}", warned.text(false));
    assert_eq!(of(&warned, CHECK).section, "provider azure");
}

#[tokio::test]
async fn it_says_where_roles_and_sessions_may_be_that_tokens_do_not_name() {
    let provider = StandIn::start(Face::Plain).await;
    provider.change(|script| {
        script.announce(json!({
            "scopes_supported": ["openid", "profile", "email", "groups"], "claims_supported": ["sub", "realm_access"],
            "frontchannel_logout_supported": true,
        }));
        script.claim(json!({"roles": null}));
    });
    let app = set(provider.setup(), "ROLES_CLAIM", "realm_access.roles").start().await;
    provider.sign_in(&app).await;
    let report = examine(&app.sources()).await;
    assert!(of(&report, "provider.scopes-for-roles").what.contains("groups"), "{}", report.text(false));
    assert!(of(&report, "sign-ins.userinfo").what.contains("claims_from"), "{}", report.text(false));
    assert_eq!(of(&report, "sign-ins.sid").status, Status::Warning, "{}", report.text(false));
    assert!(report.findings().iter().all(|finding| finding.check != "provider.claims"), "{}", report.text(false));

    provider.change(|script| script.claim(json!({"sid": "a-session", "realm_access": {"roles": ["Rolecall.Read"]}})));
    provider.sign_in(&app).await;
    let report = examine(&app.sources()).await;
    for well in ["sign-ins.userinfo", "sign-ins.sid"] {
        assert!(report.findings().iter().all(|finding| finding.check != well), "{}", report.text(false));
    }

    let without_endpoint = set(provider.setup(), "CLAIMS_FROM", "userinfo");
    let fault = || provider.change(|script| script.announce(json!({"userinfo_endpoint": null})));
    let words = "nobody can sign in";
    finds(&provider, &without_endpoint, fault, "provider.userinfo", Status::Bad, words).await;
}

// Case: backchannel/without-exp, refresh/without-id-token, fault/clock-forward
#[tokio::test]
async fn it_tells_what_was_noticed_while_people_signed_in() {
    const CHECKS: [(&str, Status); 3] = [
        ("sign-ins.logout-tokens", Status::Note),
        ("sign-ins.refresh", Status::Warning),
        ("sign-ins.clock", Status::Warning),
    ];
    let provider = StandIn::start(Face::Plain).await;
    let setup = set(provider.setup(), "SCOPES", "openid,profile,email,offline_access");
    let app = setup.with_clock(TestClock::starting_now()).start().await;
    let mut browser = provider.sign_in(&app).await;
    let report = examine(&app.sources()).await;
    assert!(report.findings().iter().all(|finding| CHECKS.iter().all(|(check, _)| *check != finding.check)));

    provider.change(|script| script.refreshes_without_id_token = true);
    let due = Duration::from_mins(48);
    app.clock.advance(due);
    provider.clock().advance(due);
    assert!(browser.user().await.is_some());
    provider.change(|script| script.refreshes_without_id_token = false);
    app.clock.advance(due);
    browser.get("/dashboards").await;

    app.clock.rewind(due);
    let mut server = app.browser();
    let token = provider.logout_token(json!({"exp": null, "sub": "nobody"}));
    let request = server.request(Method::POST, "/login/azure/backchannel-logout").form(&[("logout_token", &token)]);
    server.send(request).await.assert_status(200);
    let report = examine(&app.sources()).await;
    for (check, status) in CHECKS {
        assert_eq!(of(&report, check).status, status, "{}", report.text(false));
        assert!(of(&report, check).what.starts_with("azure: "), "{}", report.text(false));
    }
}
