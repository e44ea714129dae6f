//! The userinfo endpoint (OpenID Connect Core 5.3): asked for the name and address that the ID token lacks, believed only
//! about the same person, and never asked what somebody may do.

use rolecall::identity::Role;
use serde_json::{Value, json};

use crate::support::{Face, StandIn, set};

/// ID tokens that do not say who the person is.
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
        "the token wins"
    );

    let without = set(provider.setup(), "SCOPES", "openid,profile").start().await;
    let asked = provider.count("userinfo");
    provider.sign_in(&without).await;
    assert_eq!(provider.count("userinfo"), asked, "nobody asked for the address");
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
async fn roles_and_groups_of_userinfo_count_for_nothing() {
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
