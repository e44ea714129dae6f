//! `rolecall doctor`: a run without faults, and each fault with the line that reports it.

mod advice;
mod behind;
mod connections;
mod machine;
mod provider;

use std::process::Command;

use rolecall_config::Sources;
use rolecall_doctor::{self as doctor, Finding, Report, Status};
use rolecall_sign_in::Clock;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{CLIENT_SECRET, Face, Setup, StandIn};

/// The doctor's report on `sources`.
async fn examine(sources: &Sources) -> Report {
    doctor::examine(sources, &Clock::system()).await
}

/// The doctor's finding for `check`.
#[track_caller]
fn of<'r>(report: &'r Report, check: &str) -> &'r Finding {
    let found = report.findings().iter().find(|finding| finding.check == check);
    found.unwrap_or_else(|| panic!("no finding for {check}:\n{}", report.text(false)))
}

/// Checks that the doctor finds nothing bad with `setup`; that, after `fault`, its finding for `check` has this
/// `status` and contains `words`; and that nothing is bad again without the fault.
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

/// Runs the real program with the variables of `sources`. Returns its exit status and its output.
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
