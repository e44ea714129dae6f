//! Client secrets, certificates, and the access token that the program works with.

use std::fs;

use rolecall_sign_in::Clock;
use serde_json::json;

use super::{Machine, REDIRECT_URI, TENANT, token};
use crate::support::Fault;

const KEYS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/crates/sign-in/test-keys");

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_cannot_be_written_is_taken_back() {
    let machine = Machine::new().await;
    let in_the_way = machine.folder.path().join("config/rolecall.local.toml.new");
    machine.directory.set_fault(Fault { in_the_way: Some(in_the_way.clone()), ..Fault::default() });
    let said = machine.register(&[]);
    assert_eq!(said.status, 1);
    assert!(
        said.err.contains("the secret was deleted again") && said.err.contains("cannot be written"),
        "{}",
        said.err
    );
    assert_eq!(machine.directory.application()["passwordCredentials"], json!([]));
    fs::remove_dir(in_the_way).unwrap();
    machine.directory.set_fault(Fault::default());
    machine.registers(&[]);
    machine.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_do_not_pile_up_and_one_that_ends_is_replaced() {
    let machine = Machine::new().await;
    machine.registers(&[]);
    let first = machine.text();
    machine.registers(&["--new-secret", "--secret-months", "3"]);
    assert_ne!(machine.text(), first);
    let count = || machine.directory.application()["passwordCredentials"].as_array().unwrap().len();
    assert_eq!(count(), 2, "the earlier secret must stay for a running server");
    machine.registers(&[]);
    machine.is_whole();
    machine.directory.change(|state| {
        let application = state.applications.values_mut().next().unwrap();
        application["passwordCredentials"][0]["endDateTime"] = json!("2020-01-01T00:00:00Z");
        let foreign = json!({"displayName": "by hand", "keyId": "99999999-2222-4333-8444-555555555555", "hint": "abc"});
        application["passwordCredentials"].as_array_mut().unwrap().push(foreign);
    });
    assert!(machine.registers(&[]).contains("create a client secret"));
    machine.registers(&[]);
    assert_eq!(count(), 2, "a secret made by hand must stay");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_takes_the_place_of_a_secret() {
    let machine = Machine::new().await;
    let [certificate, key, other] =
        ["client-rsa.crt.pem", "client-rsa.key.pem", "client-p256.key.pem"].map(|name| format!("{KEYS}/{name}"));
    let said = machine.register(&["--certificate", &certificate, "--key", &other]);
    assert!(said.status == 1 && said.err.contains("is the certificate of another key"), "{}", said.err);
    machine.registers(&["--certificate", &certificate, "--key", &key]);
    let application = machine.directory.application();
    assert_eq!(application["passwordCredentials"], json!([]));
    assert_eq!(application["keyCredentials"].as_array().unwrap().len(), 1);
    assert!(machine.config().auth.providers[0].client_key.is_some());
    let out = machine.registers(&["--certificate", &certificate, "--key", &key]);
    assert!(out.contains("nothing was changed"), "{out}");

    // The same for a secret that is in use: it is deleted once the file no longer names it.
    let machine = Machine::new().await;
    machine.registers(&[]);
    machine.registers(&["--certificate", &certificate, "--key", &key]);
    let count = || machine.directory.application()["passwordCredentials"].as_array().unwrap().len();
    assert_eq!(count(), 1);
    assert!(!machine.text().contains("client_secret"));
    machine.registers(&["--certificate", &certificate, "--key", &key]);
    assert_eq!(count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_of_no_use_is_told_before_anything_is_done() {
    let machine = Machine::new().await;
    let register = ["register", "--redirect-uri", REDIRECT_URI];
    let now_s = Clock::system().now_ms() / 1000;
    for (claims, words) in [
        (json!({"exp": now_s - 1}), "it has expired"),
        (json!({"tid": "99999999-2222-4333-8444-555555555555"}), "it is for the tenant 99999999-"),
        (json!({"aud": "https://management.azure.com/"}), "not for Microsoft Graph"),
        (json!({"scp": "User.Read"}), "it lacks the permission"),
        (json!({"scp": null, "roles": ["User.Read.All"]}), "it lacks the permission"),
    ] {
        machine.refuses(&machine.run_with(&token(claims), &register), words);
    }
    machine.refuses(&machine.run_with("not the token", &register), "it is not an access token");
    machine.refuses(&machine.run_with("opaque", &register), "does not accept the token");
    machine.refuses(&machine.run_with("", &register), "install the Azure CLI");
    machine.directory.set_fault(Fault { forbids: true, ..Fault::default() });
    let said = machine.register(&[]);
    machine.refuses(&said, "Application.ReadWrite.All");
    assert!(said.err.contains("Authorization_RequestDenied"), "{}", said.err);
    machine.directory.set_fault(Fault::default());
    let own = token(json!({"scp": null, "roles": ["Application.ReadWrite.OwnedBy"]}));
    machine.directory.change(|state| state.token.clone_from(&own));
    assert_eq!(machine.run_with(&own, &register).status, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_azure_cli_gives_the_token_where_it_can() {
    let machine = Machine::new().await;
    let register = ["register", "--redirect-uri", REDIRECT_URI];
    machine.install_az("echo 'ERROR: Please run az login.' >&2; exit 1");
    let said = machine.run_with("", &register);
    machine.refuses(&said, "az login --tenant");
    machine.install_az(&format!(
        "echo \"$@\" > '{}'; echo '{{\"accessToken\": \"{}\", \"tenant\": \"{TENANT}\"}}'",
        machine.path("asked"),
        machine.token
    ));
    let said = machine.run_with("", &register);
    assert_eq!(said.status, 0, "{}", said.err);
    let asked = fs::read_to_string(machine.path("asked")).unwrap();
    let expected =
        format!("account get-access-token --tenant {TENANT} --output json --resource {}", machine.directory.url);
    assert_eq!(asked.trim(), expected);
    machine.is_whole();
    machine.install_az("echo secret-looking-nonsense");
    let said = machine.run_with("", &register);
    assert!(said.status == 1 && !said.err.contains("nonsense"), "{}", said.err);
}
