//! A provider with a fault, or one that does not know this application.

use std::net::TcpListener;

use rolecall_doctor::Status;
use serde_json::json;
use tempfile::TempDir;

use super::{examine, finds, of};
use crate::support::{CLIENT_SECRET, Face, Signer, StandIn, TestApp, set};

#[tokio::test]
async fn another_issuer_is_told_beside_the_configured_one() {
    let provider = StandIn::start(Face::Plain).await;
    let fault = || provider.change(|script| script.announce(json!({"issuer": "https://other.test/"})));
    let words = "set issuer = \"https://other.test/\"";
    finds(&provider, &provider.setup(), fault, "provider.issuer", Status::Bad, words).await;
}

#[tokio::test]
async fn what_is_missing_in_the_metadata_is_named() {
    let provider = StandIn::start(Face::Plain).await;
    let fault = || provider.change(|script| script.announce(json!({"jwks_uri": null})));
    finds(&provider, &provider.setup(), fault, "provider.metadata", Status::Bad, "missing field `jwks_uri`").await;
    let fault = || provider.change(|script| script.announce(json!({"token_endpoint": "http://op.example.com/token"})));
    finds(&provider, &provider.setup(), fault, "provider.https", Status::Bad, "http://op.example.com/token").await;
    let fault = || provider.change(|script| script.announce(json!({"response_types_supported": ["id_token"]})));
    finds(&provider, &provider.setup(), fault, "provider.code-flow", Status::Bad, "response type code").await;
    let fault = || provider.change(|script| script.announce(json!({"code_challenge_methods_supported": ["plain"]})));
    finds(&provider, &provider.setup(), fault, "provider.pkce", Status::Warning, "S256").await;
    let fault = || provider.change(|script| script.announce(json!({"scopes_supported": ["openid", "profile"]})));
    finds(&provider, &provider.setup(), fault, "provider.scopes", Status::Warning, "scopes email").await;
}

#[tokio::test]
async fn keys_that_sign_with_nothing_allowed_are_told() {
    let provider = StandIn::start(Face::Plain).await;
    let none = || provider.change(|script| script.keys.clear());
    finds(&provider, &provider.setup(), none, "provider.keys", Status::Bad, "None of the 0 keys").await;
    let other = || provider.change(|script| script.sign_with(Signer::es256("ec-1")));
    finds(&provider, &provider.setup(), other, "provider.keys", Status::Bad, "id_token_algorithms").await;
    let down = || provider.change(|script| script.answers.push(("jwks", 500, "{}".to_owned())));
    finds(&provider, &provider.setup(), down, "provider.keys", Status::Bad, "status 500").await;
}

#[tokio::test]
async fn a_wrong_secret_is_told_in_the_words_of_its_code() {
    let provider = StandIn::start(Face::Entra).await;
    let said = json!({
        "error": "invalid_client", "error_codes": [7_000_215],
        "error_description": format!("AADSTS7000215: Invalid client secret provided: {CLIENT_SECRET}."),
    });
    let wrong = || provider.change(|script| script.answers.push(("token", 401, said.to_string())));
    let words = "client secret that is configured here is wrong. (invalid_client AADSTS7000215: Invalid client secret \
                 provided: […]";
    finds(&provider, &provider.setup(), wrong, "provider.credentials", Status::Bad, words).await;

    let provider = StandIn::start(Face::Plain).await;
    let folder = TempDir::new().unwrap();
    let wrong = set(provider.setup(), "CLIENT_SECRET", "not-the-secret");
    let report = examine(&wrong.sources(&folder)).await;
    let finding = of(&report, "provider.credentials");
    assert_eq!(finding.status, Status::Bad, "{}", report.text(false));
    assert!(finding.what.contains("does not accept our credentials: invalid_client"), "{}", finding.what);
    assert!(!report.text(false).contains("not-the-secret"));
}

#[tokio::test]
async fn an_unknown_redirect_uri_is_told_as_far_as_it_can_be() {
    let provider = StandIn::start(Face::Entra).await;
    let page = "<html>AADSTS50011: The redirect URI does not match.</html>";
    let unknown = || provider.change(|script| script.answers.push(("authorize", 200, page.to_owned())));
    finds(&provider, &provider.setup(), unknown, "provider.redirect-uri", Status::Bad, "AADSTS50011").await;
    let error_page = || provider.change(|script| script.answers.push(("authorize", 400, "No.".to_owned())));
    finds(&provider, &provider.setup(), error_page, "provider.redirect-uri", Status::Bad, "Register exactly").await;
    let page = || provider.change(|script| script.answers.push(("authorize", 200, "Who are you?".to_owned())));
    finds(&provider, &provider.setup(), page, "provider.redirect-uri", Status::Note, "cannot check").await;
    let elsewhere = || provider.change(|script| script.redirects = Some("authorize"));
    finds(&provider, &provider.setup(), elsewhere, "provider.redirect-uri", Status::Note, "page of its own").await;
}

#[tokio::test]
async fn who_comes_back_without_anybody_signed_in_knows_the_redirect_uri() {
    for (error, status) in
        [("login_required", None), ("interaction_required", None), ("invalid_scope", Some(Status::Bad))]
    {
        let provider = StandIn::start(Face::Entra).await;
        let folder = TempDir::new().unwrap();
        provider.change(|script| script.comes_back_with = Some(error));
        let report = examine(&provider.setup().sources(&folder)).await;
        assert_eq!(provider.seen().authorization["prompt"], "none");
        assert_eq!(of(&report, "provider.redirect-uri").status, Status::Good, "{}", report.text(false));
        let refused = report.findings().iter().find(|found| found.check == "provider.authorization-request");
        assert_eq!(refused.map(|found| found.status), status, "{error}");
        assert!(refused.is_none_or(|found| found.what.ends_with(error)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_pushed_request_tells_surely() {
    let provider = StandIn::start(Face::Plain).await;
    let folder = TempDir::new().unwrap();
    let par = || {
        let announced = json!({"pushed_authorization_request_endpoint": "/oauth2/v2.0/par"});
        provider.change(|script| script.announce(announced));
    };
    par();
    let sources = provider.setup().sources(&folder);
    let report = examine(&sources).await;
    assert!(of(&report, "provider.redirect-uri").what.contains("accepted a pushed request"), "{}", report.text(false));
    assert_eq!(provider.count("authorize"), 0);
    let refusal = json!({"error": "invalid_request", "error_description": "redirect_uri is not registered"});
    provider.change(|script| script.answers.push(("par", 400, refusal.to_string())));
    let report = examine(&sources).await;
    let finding = of(&report, "provider.redirect-uri");
    assert_eq!(finding.status, Status::Bad);
    assert!(finding.what.contains("redirect_uri is not registered"), "{}", finding.what);
}

#[tokio::test]
async fn who_accepts_a_pushed_request_has_taken_our_credentials() {
    let provider = StandIn::start(Face::Plain).await;
    let folder = TempDir::new().unwrap();
    let sources = provider.setup().sources(&folder);
    let unclear =
        || provider.change(|script| script.answers.push(("token", 400, r#"{"error":"invalid_request"}"#.to_owned())));
    unclear();
    let report = examine(&sources).await;
    let finding = of(&report, "provider.credentials");
    assert_eq!(finding.status, Status::Note, "{}", report.text(false));
    assert!(finding.what.contains("cannot check"), "{}", finding.what);

    let announced = json!({"pushed_authorization_request_endpoint": "/oauth2/v2.0/par"});
    provider.change(|script| script.announce(announced));
    for (answer, status) in [(None, Status::Good), (Some(r#"{"error":"invalid_request"}"#), Status::Note)] {
        unclear();
        provider.change(|script| script.answers.extend(answer.map(|answer| ("par", 400, answer.to_owned()))));
        let report = examine(&sources).await;
        assert_eq!(of(&report, "provider.credentials").status, status, "{}", report.text(false));
        let told = report.findings().iter().filter(|finding| finding.check == "provider.credentials");
        assert_eq!(told.count(), 1, "{}", report.text(false));
    }
}

#[tokio::test]
async fn a_provider_that_is_down_or_failing_is_told_apart() {
    let provider = StandIn::start(Face::Plain).await;
    let failing = || provider.change(|script| script.answers.push(("discovery", 503, "{}".to_owned())));
    finds(&provider, &provider.setup(), failing, "provider.metadata", Status::Bad, "status 503").await;
    let absent = || provider.change(|script| script.answers.push(("discovery", 404, "{}".to_owned())));
    finds(&provider, &provider.setup(), absent, "provider.metadata", Status::Bad, "issuer").await;
    let folder = TempDir::new().unwrap();
    let setup = provider.setup();
    drop(provider);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/op", listener.local_addr().unwrap());
    drop(listener);
    let report = examine(&set(setup, "ISSUER", &nobody).sources(&folder)).await;
    assert!(of(&report, "provider.metadata").what.contains("cannot be reached: "), "{}", report.text(false));
    assert!(!report.is_good());
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_told() {
    let app = TestApp::setup().over_tls().start().await;
    let provider = StandIn::start(Face::Plain).await;
    let folder = TempDir::new().unwrap();
    let setup = set(provider.setup(), "ISSUER", &format!("https://{}/op", app.address()));
    let report = examine(&setup.sources(&folder)).await;
    let finding = of(&report, "provider.metadata");
    assert!(finding.status == Status::Bad && finding.what.contains("TLS fails: "), "{}", finding.what);
    // The application's own certificate is checked, too.
    let own = examine(&app.sources()).await;
    assert_eq!(of(&own, "addresses.certificate").status, Status::Good, "{}", own.text(false));
}
