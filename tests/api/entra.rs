//! Microsoft Entra ID: one tenant or many, keys that name their issuer, tokens of two versions, and more groups than a
//! token holds. Each mutation is refused beside the same sign-in without it.

use std::time::Duration;

use openidconnect::reqwest::Url;
use rolecall_model::Role;
use rolecall_routes as routes;
use serde_json::{Value, json};

use crate::support::{CLIENT_ID, Face, OTHER_TENANT, Signer, StandIn, TENANT, TestApp, parameter, set};

/// The tenant of personal accounts.
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
/// A group that gives the role Admin, if groups are configured.
const GROUP: &str = "33d5a0d2-2222-4333-8444-555566667777";
/// Longer than keys are cached.
const CACHES_END: Duration = Duration::from_hours(2);
/// The object id of somebody other than the person of the stand-in.
const SOMEBODY_ELSE: &str = "22d5a0d2-2222-4333-8444-555566667777";

/// Entra with an application of a single tenant.
async fn single_tenant() -> (StandIn, TestApp) {
    let entra = StandIn::start(Face::Entra).await;
    let app = entra.setup().start().await;
    (entra, app)
}

/// Entra with an application of many tenants, some of which may sign in.
async fn many_tenants(tenant: &str, allowed: &str) -> (StandIn, TestApp) {
    let entra = StandIn::start(Face::Entra).await;
    let setup = set(set(entra.setup(), "TENANT", tenant), "ALLOWED_TENANTS", allowed);
    let app = set(setup, "ROLES_FROM_TENANTS", TENANT).start().await;
    (entra, app)
}

/// Checks that a single-tenant application refuses a token with `claims`.
async fn single_tenant_refuses(status: u16, claims: Value) -> crate::support::Answer {
    let (entra, app) = single_tenant().await;
    entra.refuses(&app, status, |script| script.claim(claims)).await
}

// Case: entra/single-tenant, keys/without-alg
#[tokio::test]
async fn somebody_of_the_one_tenant_signs_in_and_is_known_by_tenant_and_object_id() {
    let (entra, app) = single_tenant().await;
    let mut browser = entra.sign_in(&app).await;
    let user = browser.user().await.unwrap();
    assert_eq!((user.name.as_str(), user.role, user.provider.as_str()), ("Ada Vale", Some(Role::Write), "Microsoft"));
    let key = format!("issuer = '{}/{TENANT}/v2.0' AND subject LIKE '11d5a0d2-%'", entra.origin);
    assert_eq!(app.count(&format!("users WHERE {key}")).await, 1);
    assert_eq!(entra.count("userinfo"), 0, "the userinfo endpoint of Entra ID must not be asked");
}

#[tokio::test]
async fn a_domain_in_place_of_the_tenant_id_is_the_same_tenant() {
    let entra = StandIn::start(Face::Entra).await;
    let app = set(entra.setup(), "TENANT", "contoso.onmicrosoft.com").start().await;
    entra.refuses(&app, 400, |script| script.claim(json!({"tid": OTHER_TENANT}))).await;
}

// Case: entra/single-tenant
#[tokio::test]
async fn a_token_of_another_tenant_is_refused_by_a_single_tenant_application() {
    single_tenant_refuses(400, json!({"tid": OTHER_TENANT})).await;
}

// Case: entra/tid-against-iss
#[tokio::test]
async fn a_tenant_id_that_is_not_that_of_the_issuer_is_refused() {
    let (entra, app) = single_tenant().await;
    let issuer = format!("{}/{TENANT}/v2.0", entra.origin);
    entra.refuses(&app, 400, |script| script.claim(json!({"tid": OTHER_TENANT, "iss": issuer}))).await;
}

// Case: entra/tid-not-a-guid
#[tokio::test]
async fn a_tenant_id_that_is_no_guid_is_refused() {
    for tid in [json!("contoso"), json!(7), json!([TENANT])] {
        let (entra, app) = single_tenant().await;
        let issuer = format!("{}/{TENANT}/v2.0", entra.origin);
        entra.refuses(&app, 400, |script| script.claim(json!({"tid": tid, "iss": issuer}))).await;
    }
}

// Case: entra/version-1
#[tokio::test]
async fn a_token_of_version_1_is_refused_and_the_page_says_what_to_change() {
    let told = single_tenant_refuses(400, json!({"ver": "1.0"})).await;
    told.assert_shows("requestedAccessTokenVersion");
}

#[tokio::test]
async fn a_token_without_object_id_is_refused_and_the_page_says_what_to_change() {
    single_tenant_refuses(400, json!({"oid": null})).await.assert_shows("profile");
    single_tenant_refuses(400, json!({"oid": "ada"})).await;
}

// Case: entra/template, entra/tid-not-allowed, entra/guest
#[tokio::test]
async fn people_of_every_allowed_tenant_sign_in_and_no_others() {
    for tenant in ["organizations", "common"] {
        let (entra, app) = many_tenants(tenant, &format!("{TENANT},{OTHER_TENANT}")).await;
        for allowed in [TENANT, OTHER_TENANT] {
            entra.change(|script| script.claim(json!({"tid": allowed})));
            entra.sign_in(&app).await;
        }
        assert_eq!(app.count("users").await, 2, "the same object id in two tenants means two people");
        entra.reset();
        let told = entra.refuses(&app, 403, |script| script.claim(json!({"tid": SOMEBODY_ELSE}))).await;
        told.assert_shows("belongs to an organization that may not sign in here");
    }
}

// Case: entra/template, entra/tid-against-iss
#[tokio::test]
async fn an_issuer_of_another_tenant_than_the_token_says_is_refused() {
    let (entra, app) = many_tenants("organizations", &format!("{TENANT},{OTHER_TENANT}")).await;
    let other = format!("{}/{OTHER_TENANT}/v2.0", entra.origin);
    entra.refuses(&app, 400, |script| script.claim(json!({"iss": other}))).await;
}

// Case: entra/template
#[tokio::test]
async fn an_issuer_that_is_the_template_itself_is_refused() {
    let (entra, app) = many_tenants("organizations", TENANT).await;
    let template = format!("{}/{{tenantid}}/v2.0", entra.origin);
    entra.refuses(&app, 400, |script| script.claim(json!({"iss": template}))).await;
}

// Case: entra/tid-not-a-guid
#[tokio::test]
async fn a_token_without_tenant_is_refused_where_there_are_many() {
    for tid in [json!(null), json!("contoso"), json!(format!("{TENANT}/../{TENANT}"))] {
        let (entra, app) = many_tenants("organizations", TENANT).await;
        let issuer = format!("{}/{TENANT}/v2.0", entra.origin);
        entra.refuses(&app, 400, |script| script.claim(json!({"tid": tid, "iss": issuer}))).await;
    }
}

// Case: entra/personal-account
#[tokio::test]
async fn personal_accounts_are_refused_unless_allowed() {
    let (entra, app) = many_tenants("common", TENANT).await;
    entra.refuses(&app, 403, |script| script.claim(json!({"tid": PERSONAL}))).await;

    let (entra, app) = many_tenants("common", &format!("{TENANT},{PERSONAL}")).await;
    entra.change(|script| script.claim(json!({"tid": PERSONAL})));
    entra.sign_in(&app).await;
}

// Case: entra/key-of-another-issuer
#[tokio::test]
async fn a_key_with_an_issuer_signs_for_that_issuer_alone() {
    let (entra, app) = many_tenants("common", &format!("{TENANT},{PERSONAL}")).await;
    let issuer = |tenant: &str| json!(format!("{}/{tenant}/v2.0", entra.origin));
    let [template, ours, personal] = ["{tenantid}", TENANT, PERSONAL].map(issuer);
    for good in [&template, &ours] {
        entra.change(|script| script.keys[0]["issuer"] = good.clone());
        app.clock.advance(CACHES_END);
        entra.sign_in(&app).await;
        entra.reset();
    }
    for bad in [personal, json!("https://evil.test/{tenantid}/v2.0"), json!(["x"])] {
        app.clock.advance(CACHES_END);
        entra.change(|script| script.keys[0]["issuer"] = bad);
        let before = app.count("sign_ins").await;
        entra.attempt(&mut app.browser()).await.assert_status(400);
        assert_eq!(app.count("sign_ins").await, before);
        app.clock.advance(CACHES_END);
        entra.reset();
        entra.sign_in(&app).await;
    }
}

#[tokio::test]
async fn among_many_keys_the_one_of_the_issuer_is_used() {
    let (entra, app) = many_tenants("common", TENANT).await;
    let personal = format!("{}/{PERSONAL}/v2.0", entra.origin);
    entra.change(|script| {
        let mut foreign = Signer::rs256_of_another("provider-1").public_key();
        foreign["issuer"] = json!(personal);
        let unknown = json!({"kty": "FUTURE", "kid": "provider-1"});
        script.keys = vec![unknown, foreign, script.keys[0].clone()];
    });
    entra.sign_in(&app).await;
}

// Case: entra/same-address
#[tokio::test]
async fn two_people_with_the_same_address_are_two_users() {
    let (entra, app) = single_tenant().await;
    entra.sign_in(&app).await;
    entra.change(|script| script.claim(json!({"oid": SOMEBODY_ELSE})));
    entra.sign_in(&app).await;
    assert_eq!(app.count("users").await, 2);
    assert_eq!(app.count("users WHERE email = 'ada@example.com'").await, 2);
}

#[tokio::test]
async fn another_subject_of_the_same_object_id_is_the_same_user() {
    let (entra, app) = single_tenant().await;
    entra.sign_in(&app).await;
    entra.change(|script| script.claim(json!({"sub": "after-the-application-was-registered-again"})));
    entra.sign_in(&app).await;
    assert_eq!(app.count("users").await, 1);
}

// Case: entra/roles-as-text
#[tokio::test]
async fn roles_as_a_text_are_refused() {
    single_tenant_refuses(400, json!({"roles": "Rolecall.Admin"})).await.assert_shows("roles");
}

// Case: entra/unknown-roles, entra/no-roles
#[tokio::test]
async fn unknown_roles_are_ignored_and_without_any_the_page_says_what_to_ask_for() {
    let (entra, app) = single_tenant().await;
    for roles in [json!(null), json!([]), json!(["Rolecall.Owner"])] {
        entra.change(|script| script.claim(json!({"roles": roles})));
        let mut browser = app.browser();
        entra.attempt(&mut browser).await.assert_redirect(routes::DASHBOARDS);
        browser.get(routes::DASHBOARDS).await.assert_status(403).assert_shows("Rolecall.Read");
    }
}

// Case: entra/groups-overage-distributed, entra/groups-overage-hasgroups, entra/groups-fail-closed
#[tokio::test]
async fn groups_that_do_not_fit_are_never_no_groups() {
    let overages = [
        json!({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://evil.test/"}}}),
        json!({"hasgroups": true}),
    ];
    for overage in overages {
        let entra = StandIn::start(Face::Entra).await;
        let app = entra.setup().set("ROLECALL_ROLES__GROUPS__ADMIN", GROUP).start().await;
        let told = entra.refuses(&app, 403, |script| script.claim(overage.clone())).await;
        told.assert_shows("too many groups for a token").assert_shows("User.Read").assert_shows("app role");
        let told = entra.refuses(&app, 503, |script| {
            script.claim(overage.clone());
            script.answers = vec![("graph", 503, String::new())];
        });
        told.await.assert_shows("cannot be read right now");

        let (entra, app) = single_tenant().await;
        entra.change(|script| script.claim(overage));
        let mut browser = entra.sign_in(&app).await;
        assert_eq!(browser.user().await.unwrap().role, Some(Role::Write), "no rule needs the groups");
    }
}

// Case: entra/groups-overage-distributed, entra/groups-overage-hasgroups, entra/groups-own-graph
#[tokio::test]
async fn groups_that_do_not_fit_are_read_from_our_own_graph() {
    let entra = StandIn::start(Face::Entra).await;
    // More groups than one request to Graph can ask about, with the right one last.
    let others: Vec<_> = (0..20).map(|n| format!("44d5a0d2-2222-4333-8444-5555666677{n:02}")).collect();
    let setup = entra.setup().set("ROLECALL_ROLES__GROUPS__WRITE", &others.join(","));
    let app = setup.set("ROLECALL_ROLES__GROUPS__ADMIN", GROUP).start().await;
    let overages = [
        json!({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://evil.test/"}}}),
        json!({"hasgroups": true}),
    ];
    for overage in overages {
        for (member_of, role) in [(vec![GROUP.to_owned()], Role::Admin), (vec![], Role::Write)] {
            let before = entra.count("graph");
            entra.change(|script| {
                script.claim(overage.clone());
                script.member_of = Some(member_of);
            });
            let mut browser = entra.sign_in(&app).await;
            assert_eq!(browser.user().await.unwrap().role, Some(role));
            assert_eq!(entra.count("graph") - before, 2, "twenty groups at once at most");
        }
        entra.reset();
    }
    entra.sign_in(&app).await;
    assert_eq!(entra.count("graph"), 8, "Graph is not asked if the groups fit into the token");
}

// Case: entra/groups-fail-closed
#[tokio::test]
async fn groups_by_name_cannot_be_asked_for_and_so_nobody_gets_in_by_overage() {
    let entra = StandIn::start(Face::Entra).await;
    let app = entra.setup().set("ROLECALL_ROLES__GROUPS__ADMIN", "Administrators").start().await;
    entra.refuses(&app, 403, |script| script.claim(json!({"hasgroups": true}))).await;
    assert_eq!(entra.count("graph"), 0);
}

// Case: entra/claims-challenge
#[tokio::test]
async fn entra_is_told_that_claims_challenges_are_understood() {
    let (entra, app) = single_tenant().await;
    entra.sign_in(&app).await;
    let cp1 = json!({"access_token": {"xms_cc": {"values": ["cp1"]}}});
    for asked in [&entra.seen().authorization, &entra.seen().token] {
        assert_eq!(asked["claims"].parse::<Value>().unwrap(), cp1);
    }
    assert_eq!(entra.seen().authorization["scope"], "openid profile email User.Read");
}

// Case: entra/groups-own-graph
#[tokio::test]
async fn the_address_of_groups_in_a_token_is_never_asked() {
    let entra = StandIn::start(Face::Entra).await;
    let app = entra.setup().set("ROLECALL_ROLES__GROUPS__ADMIN", GROUP).start().await;
    let endpoint = format!("{}/elsewhere", entra.origin);
    let overage = json!({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": endpoint}}});
    entra.refuses(&app, 403, |script| script.claim(overage)).await;
    assert_eq!(entra.count("elsewhere"), 0);
}

// Case: entra/post-logout, entra/logout-hint
#[tokio::test]
async fn signing_out_names_the_way_back_and_the_person_meant() {
    let (entra, app) = single_tenant().await;
    for (hint, sent) in [(json!("opaque-hint"), Some("opaque-hint")), (json!(null), None)] {
        let end_session = format!("{}/logout", entra.origin);
        entra.change(|script| {
            script.announce(json!({"end_session_endpoint": end_session}));
            script.claim(json!({"login_hint": hint}));
        });
        let mut browser = entra.sign_in(&app).await;
        let answer = browser.submit(routes::API_SIGN_OUT, &[]).await;
        let provider: Url = answer.location().parse().unwrap();
        assert!(provider.as_str().starts_with(&end_session), "{provider}");
        let back = format!("http://{}{}", app.address(), routes::SIGNED_OUT);
        assert_eq!(parameter(&provider, "post_logout_redirect_uri"), back);
        let named = provider.query_pairs().find(|(name, _)| name == "logout_hint").map(|(_, hint)| hint.into_owned());
        assert_eq!(named.as_deref(), sent);
    }
}

#[tokio::test]
async fn groups_that_fit_give_roles() {
    let entra = StandIn::start(Face::Entra).await;
    let app = entra.setup().set("ROLECALL_ROLES__GROUPS__ADMIN", "group-1").start().await;
    entra.change(|script| script.claim(json!({"groups": ["group-2", "group-1"]})));
    let mut browser = entra.sign_in(&app).await;
    assert_eq!(browser.user().await.unwrap().role, Some(Role::Admin));
}

#[tokio::test]
async fn a_callback_of_another_tenant_is_refused() {
    for app_of in ["single", "many"] {
        let (entra, app) = match app_of {
            "single" => single_tenant().await,
            _ => many_tenants("organizations", &format!("{TENANT},{OTHER_TENANT}")).await,
        };
        let issuer = |tenant: &str| format!("{}/{tenant}/v2.0", entra.origin);
        entra.change(|script| script.callback_issuer = Some(issuer(TENANT)));
        entra.sign_in(&app).await;
        for wrong in [OTHER_TENANT, PERSONAL, "contoso.com"] {
            entra.change(|script| script.callback_issuer = Some(issuer(wrong)));
            let told = entra.attempt(&mut app.browser()).await;
            told.assert_status(400).assert_shows("another provider");
        }
        assert_eq!(app.count("sign_ins").await, 1);
    }
}

#[tokio::test]
async fn a_secret_is_proven_as_it_is_whatever_characters_it_has() {
    let (entra, app) = single_tenant().await;
    entra.sign_in(&app).await;
    assert_eq!(entra.seen().authorization["client_id"], CLIENT_ID);
    let wrong = set(entra.setup(), "CLIENT_SECRET", "another").start().await;
    entra.attempt(&mut wrong.browser()).await.assert_status(503).assert_shows("credentials");
}
