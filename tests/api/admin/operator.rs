//! Decisions that the operator makes with commands.

use std::time::Duration;

use rolecall_config::Sources;
use rolecall_model::Role;
use rolecall_routes as routes;

use crate::doctor::program;
use crate::support::{Face, StandIn, TestApp, TestDb, execute, signed_in, text, until};

/// The configuration that a command at the terminal reads.
fn terminal(app: &TestApp) -> Sources {
    let mut sources = app.sources();
    sources.environment.insert("ROLECALL_CONFIG_DIR".to_owned(), sources.config_dir.display().to_string());
    sources
}

// Case: operator/grant
#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrator_comes_about_by_a_command_and_both_stand_in_the_audit() {
    let mut app = TestApp::start().await;
    let mut nora = signed_in(&app, "nora").await;
    nora.get(routes::ADMIN).await.assert_status(403);
    let subject = text(app.db(), "SELECT subject FROM users").await;
    let sources = terminal(&app);
    let person = ["--provider", "demo", "--subject", subject.as_str()];
    let grant = |more: &[&str]| program(&sources, &[&["grant", "--role", "admin"], &person[..], more].concat());

    // The command asks for confirmation, and nobody gives it.
    let (status, out, err) = grant(&[]);
    assert!(status == 1 && out.contains("Nora") && out.contains("Nothing was changed"), "{out}{err}");
    assert_eq!(app.count("grants").await, 0);
    for (wrong, told) in [
        (
            vec!["grant", "--provider", "other", "--subject", "x", "--role", "admin", "--yes"],
            "there is no provider other: there is demo",
        ),
        (vec!["grant", "--provider", "demo", "--subject", "x", "--role", "admin", "--yes"], "nobody like that"),
        (vec!["grant", "--provider", "demo", "--role", "admin", "--yes"], "--subject"),
    ] {
        let (status, _, err) = program(&sources, &wrong);
        assert!(status != 0 && err.contains(told), "{wrong:?}: {err}");
    }
    let (status, _, err) = grant(&["--yes", "--until", "2001-01-01"]);
    assert!(status != 0 && err.contains("over already"), "{err}");

    let (status, out, err) = grant(&["--yes", "--reason", "The first one"]);
    assert!(status == 0 && out.contains("when they sign in again"), "{out}{err}");
    let mut nora = signed_in(&app, "nora").await;
    assert_eq!(nora.user().await.unwrap().role, Some(Role::Admin));
    nora.get(routes::ADMIN).await.assert_status(200);
    nora.get(routes::ACCOUNT).await.assert_shows("The first one");
    let given = "audit WHERE kind = 'role_granted' AND actor_id IS NULL AND person_id = 1 AND details LIKE '%\"by\":\"operator\"%'";
    assert_eq!(app.count(given).await, 1);
    assert!(app.audit().verify().await.unwrap().is_ok());

    // The running server would not notice the change, so the command refuses.
    let revoke = ["revoke", "--provider", "demo", "--subject", &subject, "--yes"];
    let (status, _, err) = program(&sources, &revoke);
    assert!(status != 0 && err.contains("stop Rolecall first"), "{err}");
    assert_eq!(nora.user().await.unwrap().role, Some(Role::Admin));

    // Nora stays signed in, and has no role after the restart.
    let (status, out, err) = program_while_stopped(&mut app, &sources, &revoke).await;
    assert!(status == 0 && out.contains("Taken back: Admin."), "{out}{err}");
    assert_eq!(nora.user().await.unwrap().role, None);
    nora.get(routes::ADMIN).await.assert_status(403);
    let taken = "audit WHERE kind = 'role_revoked' AND actor_id IS NULL AND person_id = 1 AND details LIKE '%\"by\":\"operator\"%'";
    assert_eq!(app.count(taken).await, 1);
    assert!(app.audit().verify().await.unwrap().is_ok());
    let (status, out, _) = program_while_stopped(&mut app, &sources, &revoke).await;
    assert!(status == 1 && out.contains("No such role was given to them here"), "{out}");
}

/// Runs a command while Rolecall is stopped. Returns its exit status, its output and its errors.
async fn program_while_stopped(app: &mut TestApp, sources: &Sources, arguments: &[&str]) -> (i32, String, String) {
    let mut sources = sources.clone();
    // The test still holds the server's port, so the command gets any free one.
    sources.environment.insert("ROLECALL_BIND".to_owned(), "127.0.0.1:0".to_owned());
    let mut said = None;
    app.restart_after(async |_| said = Some(program(&sources, arguments))).await;
    said.unwrap()
}

// Case: operator/grant
#[tokio::test(flavor = "multi_thread")]
async fn on_postgres_a_role_is_taken_back_from_sessions_that_are_in_use() {
    let database = TestDb::postgres().await;
    let app = TestApp::setup().on(&database).start().await;
    let mut nora = signed_in(&app, "nora").await;
    let subject = text(app.db(), "SELECT subject FROM users").await;
    let sources = terminal(&app);
    let person = ["--provider", "demo", "--subject", subject.as_str(), "--yes"];
    let (status, out, err) = program(&sources, &[&["grant", "--role", "write"], &person[..]].concat());
    assert!(status == 0 && out.contains("They have it at once"), "{out}{err}");
    until("it is in force", async || nora.user().await.unwrap().role == Some(Role::Write)).await;
    let (status, out, err) = program(&sources, &[&["revoke"], &person[..]].concat());
    assert!(status == 0 && out.contains("Taken back: Write."), "{out}{err}");
    until("it is over", async || nora.user().await.unwrap().role.is_none()).await;
    nora.get(routes::DASHBOARDS).await.assert_status(403);
}

// Case: operator/issuer-changed
#[tokio::test(flavor = "multi_thread")]
async fn of_two_people_with_one_subject_the_one_of_the_issuer_that_counts_is_meant() {
    let (before, after) = (StandIn::start(Face::Plain).await, StandIn::start(Face::Plain).await);
    let mut app = before.setup().start().await;
    before.sign_in(&app).await;
    let subject = text(app.db(), "SELECT subject FROM users").await;
    let grant = ["grant", "--provider", "azure", "--subject", &subject, "--role", "write", "--yes"];
    app.set("ROLECALL_PROVIDERS__AZURE__ISSUER", &after.issuer());
    app.restart().await;
    let sources = terminal(&app);

    // Only the person of the old issuer is known, who cannot have a role.
    let (status, _, err) = program(&sources, &grant);
    assert!(status != 0 && err.contains("does not leave the role"), "{err}");
    assert_eq!(app.count("grants").await, 0);

    after.sign_in(&app).await;
    let new = format!("user_id = (SELECT id FROM users WHERE issuer = '{}')", after.issuer());
    let (status, out, err) = program(&sources, &grant);
    assert!(status == 0 && out.contains(&after.issuer()) && !out.contains(&before.issuer()), "{out}{err}");
    assert_eq!((app.count("grants").await, app.count(&format!("grants WHERE {new}")).await), (1, 1));
    let revoke = ["revoke", "--provider", "azure", "--subject", &subject, "--yes"];
    let (status, out, err) = program_while_stopped(&mut app, &sources, &revoke).await;
    assert!(status == 0 && out.contains("Taken back: Write."), "{out}{err}");
    assert_eq!(app.count(&format!("grants WHERE revoked_at IS NOT NULL AND {new}")).await, 1);
}

// Case: operator/verified-email
#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_two_people_have_names_neither() {
    let app = TestApp::start().await;
    for person in ["nora", "reed"] {
        signed_in(&app, person).await;
    }
    let sources = terminal(&app);
    let email = text(app.db(), "SELECT email FROM users WHERE name LIKE 'Nora%'").await.to_uppercase();
    let grant = ["grant", "--provider", "demo", "--email", &email, "--role", "write", "--yes"];
    execute(app.db(), "UPDATE users SET verified_email = (SELECT verified_email FROM users WHERE id = 1)").await;
    let (status, out, _) = program(&sources, &grant);
    assert!(status == 1 && out.contains("Nora") && out.contains("Reed") && out.contains("several people"), "{out}");
    assert_eq!(app.count("grants").await, 0);
    execute(app.db(), "UPDATE users SET verified_email = NULL WHERE id = 2").await;
    let (status, out, err) = program(&sources, &grant);
    assert_eq!(status, 0, "{out}{err}");
    assert_eq!(app.count("grants WHERE user_id = 1 AND role = 'write'").await, 1);
    // The Kelvin sign must not match the letter k, although its lower case is that letter.
    execute(app.db(), "UPDATE users SET verified_email = 'kim@example.com'").await;
    let kelvin = ["grant", "--provider", "demo", "--email", "\u{212a}im@example.com", "--role", "admin", "--yes"];
    let (status, _, err) = program(&sources, &kelvin);
    assert!(status != 0 && err.contains("nobody like that"), "{err}");
    execute(app.db(), "UPDATE users SET verified_email = NULL").await;
    let (status, _, err) = program(&sources, &grant);
    assert!(status != 0 && err.contains("nobody like that"), "{err}");
}

// Case: operator/keys
#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_has_other_secret_keys_than_the_server_signs_nobody_out() {
    let mut app = TestApp::start().await;
    let mut nora = signed_in(&app, "nora").await;
    assert!(app.audit().flush(Duration::from_secs(30)).await);
    let sources = terminal(&app);
    let mut others = sources.clone();
    others.environment.insert("ROLECALL_SECRET_KEYS".to_owned(), "BwcH".repeat(10) + "Bwc=");
    let (status, _, err) = program_while_stopped(&mut app, &others, &["sign-everybody-out"]).await;
    assert!(status != 0 && err.contains("other secret keys"), "{err}");
    assert!(nora.user().await.is_some());
    assert!(app.audit().verify().await.unwrap().is_ok());
    let (status, out, err) = program_while_stopped(&mut app, &sources, &["sign-everybody-out"]).await;
    assert!(status == 0 && out.contains("1 sign-in was ended"), "{out}{err}");
    assert_eq!(nora.user().await, None);
    assert!(app.audit().verify().await.unwrap().is_ok());
}
