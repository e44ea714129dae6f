//! `rolecall doctor`: a run where all is well, and beside it each fault with the line that tells of it.

mod behind;
mod connections;

use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall::config::Sources;
use rolecall::doctor::{self, Finding, Report, Status};
use rolecall_sign_in::Clock;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{CLIENT_SECRET, Face, OTHER_TENANT, Setup, Signer, StandIn, TENANT, TestApp, TestClock, set};

/// What the doctor says of `sources`.
async fn examine(sources: &Sources) -> Report {
    doctor::examine(sources, &Clock::system()).await
}

/// What the doctor says of `check`.
#[track_caller]
fn of<'r>(report: &'r Report, check: &str) -> &'r Finding {
    let found = report.findings().iter().find(|finding| finding.check == check);
    found.unwrap_or_else(|| panic!("nothing of {check}:\n{}", report.text(false)))
}

/// Sees that the doctor finds nothing bad with `setup`, that it finds `check` of `status` when the provider is changed,
/// telling `words`, and nothing bad again without.
async fn finds(provider: &StandIn, setup: &Setup, fault: impl FnOnce(), check: &str, status: Status, words: &str) {
    let folder = TempDir::new().unwrap();
    let sources = setup.sources(&folder);
    let before = examine(&sources).await;
    assert!(before.is_good(), "{}", before.text(false));
    fault();
    let report = examine(&sources).await;
    let finding = of(&report, check);
    assert_eq!(finding.status, status, "{}", report.text(false));
    let told = format!("{} {}", finding.what, finding.remedy.clone().unwrap_or_default());
    assert!(told.contains(words), "{told}");
    assert_eq!(report.is_good(), status != Status::Bad);
    provider.reset();
    assert!(examine(&sources).await.is_good());
    assert!(!folder.path().join("data").exists(), "the doctor made something");
}

#[tokio::test]
async fn all_is_well_with_an_honest_provider_while_the_server_runs() {
    for face in [Face::Entra, Face::Plain] {
        let provider = StandIn::start(face).await;
        let app = provider.setup().start().await;
        provider.sign_in(&app).await;
        let report = examine(&app.sources()).await;
        assert!(report.is_good(), "{}", report.text(false));
        for check in [
            "configuration",
            "addresses.public-url",
            "secret-keys",
            "database.answers",
            "database.schema",
            "database.writing",
            "provider.clock",
            "provider.metadata",
            "provider.issuer",
            "provider.keys",
            "provider.code-flow",
            "provider.scopes",
            "provider.client-authentication",
            "provider.credentials",
            "provider.redirect-uri",
            "sign-ins.roles",
        ] {
            assert_eq!(of(&report, check).status, Status::Good, "{check}: {}", report.text(false));
        }
        assert!(of(&report, "sign-ins.roles").what.contains("Rolecall.Write 1"));
        assert!(
            of(&report, "sign-ins.live")
                .what
                .starts_with("1 live sign-in of 1 person (roles of the provider: Write 1)")
        );
        let uri = format!("http://{}/login/azure/authorized", app.address());
        assert!(of(&report, "provider.redirect-uri-to-register").what.ends_with(&uri));
        let all = format!("{}{}", report.text(true), report.json());
        for secret in [CLIENT_SECRET, "Ada", "ada@example.com", "access-token-of", "s-of-this-application"] {
            assert!(!all.contains(secret), "{secret}: {all}");
        }
    }
}

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
async fn a_clock_that_is_off_is_told_with_the_difference() {
    let provider = StandIn::start(Face::Plain).await;
    let folder = TempDir::new().unwrap();
    let clock = TestClock::starting_now();
    let sources = provider.setup().sources(&folder);
    assert_eq!(of(&doctor::examine(&sources, &clock.clock()).await, "provider.clock").status, Status::Good);
    clock.advance(Duration::from_mins(5));
    let report = doctor::examine(&sources, &clock.clock()).await;
    let finding = of(&report, "provider.clock");
    assert_eq!(finding.status, Status::Bad);
    assert!(finding.what.contains("s ahead of the provider's") && finding.what.contains("30"), "{}", finding.what);
    assert!(finding.remedy.as_ref().unwrap().contains("NTP"));
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
    // Its own certificate is looked at, too.
    let own = examine(&app.sources()).await;
    assert_eq!(of(&own, "addresses.certificate").status, Status::Good, "{}", own.text(false));
}

#[tokio::test]
async fn the_demonstration_says_that_it_is_one() {
    let app = TestApp::start().await;
    let report = examine(&app.sources()).await;
    assert!(report.is_good());
    assert!(of(&report, "configuration.demonstration").what.contains("anyone"));
    assert!(of(&report, "provider.demonstration").what.contains("part of Rolecall"));
}

#[tokio::test]
async fn a_key_that_is_gone_shows_by_the_tokens_that_cannot_be_read() {
    let provider = StandIn::start(Face::Plain).await;
    let app = provider.setup().start().await;
    provider.sign_in(&app).await;
    let mut sources = app.sources();
    let other = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    sources.environment.insert("ROLECALL_SECRET_KEYS".to_owned(), other.to_owned());
    let report = examine(&sources).await;
    let finding = of(&report, "sign-ins.tokens");
    assert!(finding.status == Status::Bad && finding.what.contains("of 1 live sign-in "), "{}", finding.what);
    assert!(!report.text(false).contains(other));
}

#[tokio::test]
async fn a_database_of_another_version_is_told() {
    let app = TestApp::start().await;
    let change = async |sql: &str| {
        let rolecall_sign_in::db::Db::Sqlite(pools) = app.db() else { panic!() };
        sqlx::query(sql).execute(&pools.writing).await.unwrap();
    };
    let schema = async || of(&examine(&app.sources()).await, "database.schema").clone();
    assert_eq!(schema().await.status, Status::Good);
    change("UPDATE _sqlx_migrations SET version = 9000 WHERE version = 3").await;
    assert!(schema().await.what.contains("newer version of Rolecall"));
    change("DELETE FROM _sqlx_migrations WHERE version = 9000").await;
    let pending = schema().await;
    assert!(pending.status == Status::Warning && pending.what.contains("migrations 3"), "{}", pending.what);
    change("UPDATE _sqlx_migrations SET success = FALSE WHERE version = 2").await;
    assert!(schema().await.what.contains("Migrations 2 failed"));
}

/// The real program with the variables of `sources`: its exit status, and what it wrote.
pub(crate) fn program(sources: &Sources, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_rolecall"))
        .args(arguments)
        .env_clear()
        .env("RUST_BACKTRACE", "1")
        .envs(&sources.environment)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_exit_status_tells_and_programs_read_the_rest() {
    let provider = StandIn::start(Face::Entra).await;
    let folder = TempDir::new().unwrap();
    let mut sources = provider.setup().sources(&folder);
    let (status, out, err) = program(&sources, &["doctor"]);
    assert_eq!((status, err.as_str()), (0, ""), "{out}");
    assert!(
        out.contains("Provider azure\n") && out.contains("  good     The provider accepts our credentials."),
        "{out}"
    );
    assert!(!out.contains('\u{1b}'), "colours outside of a terminal");

    provider.change(|script| script.keys.clear());
    let (status, out, err) = program(&sources, &["doctor", "--json"]);
    assert_eq!((status, err.as_str()), (1, ""), "{out}");
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&json["form"], &json["status"]), (&json!(1), &json!("bad")));
    let found = json["findings"].as_array().unwrap().iter().find(|found| found["check"] == "provider.keys").unwrap();
    assert_eq!((&found["section"], &found["status"]), (&json!("provider azure"), &json!("bad")));
    assert!(found["what"].as_str().unwrap().contains("None of the 0 keys"), "{found}");
    assert!(found["remedy"].is_string());

    sources.environment.insert("ROLECALL_BINT".to_owned(), "127.0.0.1:1".to_owned());
    let (status, out, err) = program(&sources, &["doctor"]);
    assert_eq!((status, err.as_str()), (1, ""));
    assert!(out.contains("bint (environment variable ROLECALL_BINT) is not a key of Rolecall."), "{out}");
    assert!(out.contains("→ Did you mean `bind`"), "{out}");
    let (status, _, err) = program(&sources, &["config"]);
    assert!(status == 1 && err.contains("Did you mean `bind`") && !err.contains("backtrace"), "{err}");
}

// Case: roles/limits-of-provider
#[tokio::test]
async fn it_warns_while_several_administrators_can_make_people_admin() {
    const CHECK: &str = "provider.roles-of-whom";
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
