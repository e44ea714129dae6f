//! Registering, running it again, and unregistering.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use super::{Machine, REDIRECT_URI};

const SIGNED_OUT: &str = "https://rolecall.example.com/signed-out";

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_registered_and_the_second_run_changes_nothing() {
    let machine = Machine::new().await;
    let out = machine.registers(&[]);
    machine.is_whole();
    let application = machine.directory.application();
    let app_id = application["appId"].as_str().unwrap();
    for line in [format!("admin-consent --id {app_id}"), "Users and groups".into(), "rolecall doctor".into()] {
        assert!(out.contains(&line), "{out}");
    }
    assert_eq!(application["displayName"], "Rolecall");
    assert_eq!(application["signInAudience"], "AzureADMyOrg");
    assert_eq!(application["web"]["redirectUris"], json!([REDIRECT_URI, SIGNED_OUT]));
    let logout = "https://rolecall.example.com/login/azure/frontchannel-logout";
    assert_eq!(application["web"]["logoutUrl"], logout);
    let manifest: Value = serde_json::from_str(include_str!("../../../config/entra-manifest.json")).unwrap();
    for part in ["api", "appRoles", "optionalClaims", "requiredResourceAccess"] {
        assert_eq!(application[part], manifest[part], "{part}");
    }
    assert_eq!(application["identifierUris"], json!([format!("api://{app_id}")]));
    assert_eq!(machine.file().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let config = machine.config();
    assert_eq!(config.api, None, "the API is off without --api");
    assert!(out.contains(&format!("API: api://{app_id}, off (`--api` turns it on)")), "{out}");
    assert_eq!(config.auth.public_url.as_str(), "https://rolecall.example.com/");
    assert!(config.auth.providers[0].scopes.contains(&"offline_access".to_owned()));

    let (before, file) = (machine.directory.state(), machine.text());
    let out = machine.registers(&[]);
    assert!(out.starts_with("Everything is up to date; nothing was changed."), "{out}");
    assert_eq!(machine.directory.state().changes, before.changes);
    assert_eq!(machine.text(), file);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_and_changes_nothing() {
    let machine = Machine::new().await;
    let out = machine.registers(&["--dry-run", "--api"]);
    for step in [
        "would create the application \"Rolecall\"",
        "would write the provider into",
        "would create its service",
        "would name its API api://, followed by its id",
        "would turn the API on in",
        "would create a client secret",
    ] {
        assert!(out.contains(step), "{out}");
    }
    assert!(machine.directory.state().changes.is_empty() && !machine.file().exists());

    machine.registers(&[]);
    let (before, file) = (machine.directory.state(), machine.text());
    let out = machine.registers(&["--dry-run", "--new-secret", "--require-assignment", "--api"]);
    assert!(out.contains("would create a client secret") && out.contains("would require assignment"), "{out}");
    assert!(out.contains("would turn the API on") && !out.contains("name its API"), "{out}");
    let said = machine.unregister(&["--dry-run"]);
    assert!(said.status == 0 && said.out.contains("would delete the application \"Rolecall\""), "{}", said.out);
    assert_eq!(machine.directory.state().changes, before.changes);
    assert_eq!(machine.text(), file);
}

#[tokio::test(flavor = "multi_thread")]
async fn unregistering_leaves_everything_else_and_can_be_done_twice() {
    let machine = Machine::new().await;
    fs::write(machine.file(), "# mine\nlog = \"json\"\n\n[providers.other]\nkind = \"oidc\" # theirs\n").unwrap();
    machine.registers(&[]);
    assert!(machine.text().starts_with("# mine\nlog = \"json\"\n") && machine.text().contains("# theirs"));
    assert_eq!(machine.file().metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let said = machine.unregister(&[]);
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(said.out.contains("Entra keeps it for 30 days"), "{}", said.out);
    let state = machine.directory.state();
    assert!(state.applications.is_empty() && state.service_principals.is_empty() && state.deleted.len() == 1);
    let text = machine.text();
    assert!(!text.contains("azure") && !text.contains("client_secret"), "{text}");
    assert!(text.contains("log = \"json\"") && text.contains("kind = \"oidc\" # theirs"), "{text}");
    let said = machine.unregister(&[]);
    assert!(said.status == 0 && said.out.contains("nothing was changed"), "{}", said.out);
    assert_eq!(machine.directory.state().changes, state.changes);
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_mended_and_what_others_added_stays() {
    let machine = Machine::new().await;
    machine.registers(&[]);
    let role = json!({
        "allowedMemberTypes": ["User"], "description": "x", "displayName": "x", "isEnabled": true,
        "id": "77777777-2222-4333-8444-555555555555", "value": "Staff",
    });
    machine.directory.change(|state| {
        let application = state.applications.values_mut().next().unwrap();
        application["appRoles"][2]["isEnabled"] = json!(false);
        application["appRoles"].as_array_mut().unwrap().push(role.clone());
        application["web"]["redirectUris"] = json!(["https://other.example.com/"]);
        application["optionalClaims"]["idToken"].as_array_mut().unwrap().remove(0);
        application["requiredResourceAccess"] = json!([]);
        application["displayName"] = json!("Dashboards");
    });
    let out = machine.registers(&["--require-assignment"]);
    assert!(
        out.contains("bring the application up to date: appRoles, optionalClaims, requiredResourceAccess, web"),
        "{out}"
    );
    let application = machine.directory.application();
    assert_eq!(application["appRoles"][2]["isEnabled"], true);
    assert_eq!(application["appRoles"][3], role);
    assert_eq!(application["web"]["redirectUris"], json!(["https://other.example.com/", REDIRECT_URI, SIGNED_OUT]));
    assert_eq!(application["displayName"], "Dashboards");
    let principal = machine.directory.state().service_principals.into_values().next().unwrap();
    assert_eq!(principal["appRoleAssignmentRequired"], true);
    assert!(machine.registers(&["--require-assignment"]).contains("nothing was changed"));
    machine.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn people_come_back_to_the_address_that_they_type() {
    let machine = Machine::new().await;
    fs::write(machine.file(), "public_url = \"http://localhost:3000\"\n").unwrap();
    machine.refuses(&machine.register(&[]), "public_url http://localhost:3000, but --redirect-uri is at https://");
    assert_eq!(machine.text(), "public_url = \"http://localhost:3000\"\n");
    fs::write(machine.file(), "public_url = \"https://rolecall.example.com/\"\n").unwrap();
    machine.registers(&[]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_turned_on_when_asked_for_stays_on_and_goes_with_the_application() {
    let machine = Machine::new().await;
    fs::write(machine.file(), "[api]\nscope = \"access_as_user\"\n").unwrap();
    machine.registers(&[]);
    assert_eq!(machine.config().api, None);
    let out = machine.registers(&["--api"]);
    let application = machine.directory.application();
    let name = format!("api://{}", application["appId"].as_str().unwrap());
    assert!(out.contains("turn the API on in") && out.contains(&format!("API: {name}, on")), "{out}");
    assert_eq!(machine.config().api.unwrap().audiences, [name.as_str()]);
    for again in [&["--api"][..], &[]] {
        let (changes, file) = (machine.directory.state().changes, machine.text());
        let out = machine.registers(again);
        assert!(out.contains("nothing was changed") && out.contains(&format!("{name}, on")), "{out}");
        assert_eq!((machine.directory.state().changes, machine.text()), (changes, file));
    }
    let said = machine.unregister(&[]);
    assert!(said.status == 0 && said.out.contains("remove [providers.azure] and its API from"), "{}", said.out);
    assert_eq!(machine.text(), "public_url = \"https://rolecall.example.com\"\n[api]\nscope = \"access_as_user\"\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_api_is_mended_and_what_administrators_added_stays() {
    let machine = Machine::new().await;
    machine.registers(&[]);
    let whole = machine.directory.application();
    let theirs = json!({
        "adminConsentDescription": "x", "adminConsentDisplayName": "x", "isEnabled": true, "type": "Admin",
        "id": "77777777-2222-4333-8444-555555555555", "value": "Data.Read",
    });
    let clients = json!([{
        "appId": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "delegatedPermissionIds": [whole["api"]["oauth2PermissionScopes"][0]["id"]],
    }]);
    machine.directory.change(|state| {
        let application = state.applications.values_mut().next().unwrap();
        application["identifierUris"] = json!(["https://contoso.example/rolecall"]);
        application["optionalClaims"]["accessToken"] = json!([]);
        let api = &mut application["api"];
        api["requestedAccessTokenVersion"] = Value::Null;
        api["preAuthorizedApplications"] = clients.clone();
        api["oauth2PermissionScopes"][0]["isEnabled"] = json!(false);
        api["oauth2PermissionScopes"][0]["type"] = json!("Admin");
        api["oauth2PermissionScopes"].as_array_mut().unwrap().push(theirs.clone());
    });
    let out = machine.registers(&[]);
    assert!(out.contains("bring the application up to date: api, optionalClaims\n"), "{out}");
    assert!(out.contains("name its API api://"), "{out}");
    let mended = machine.directory.application();
    let name = format!("api://{}", whole["appId"].as_str().unwrap());
    assert_eq!(mended["identifierUris"], json!(["https://contoso.example/rolecall", name]));
    assert_eq!(mended["api"]["requestedAccessTokenVersion"], 2);
    assert_eq!(mended["api"]["preAuthorizedApplications"], clients);
    let mut ours = whole["api"]["oauth2PermissionScopes"][0].clone();
    ours["type"] = json!("Admin");
    assert_eq!(mended["api"]["oauth2PermissionScopes"], json!([ours, theirs]));
    assert_eq!(mended["optionalClaims"]["accessToken"], whole["optionalClaims"]["accessToken"]);

    // A scope that somebody made by hand before is kept as it is: consents refer to its id.
    machine.directory.change(|state| {
        let application = state.applications.values_mut().next().unwrap();
        application["api"]["oauth2PermissionScopes"] = json!([theirs]);
        application["api"]["oauth2PermissionScopes"][0]["value"] = json!("access_as_user");
    });
    assert!(machine.registers(&[]).contains("nothing was changed"));
}
