//! Applications that somebody else made.

use std::fs;

use serde_json::json;

use super::{Machine, PLANTED};
use crate::support::Fault;

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_somebody_planted_is_neither_adopted_nor_deleted() {
    let machine = Machine::new().await;
    machine.plant("rolecall:Rolecall");
    let said = machine.register(&[]);
    machine.refuses(&said, &format!("\"Rolecall\" ({PLANTED})"));
    assert!(said.err.contains("--adopt") && said.err.contains("another --name"), "{}", said.err);
    assert!(!machine.file().exists() && !machine.unfinished().exists());
    let said = machine.unregister(&[]);
    assert!(said.status == 0 && said.out.contains("nothing was changed"), "{}", said.out);
    assert!(said.out.contains("--client-id"), "{}", said.out);
    assert_eq!(machine.directory.application()["appId"], PLANTED);

    // Under another name, registering works as if the planted application did not exist.
    let name = ["--name", "Rolecall staging"];
    machine.registers(&name);
    assert!(!machine.text().contains(PLANTED));
    assert_eq!(machine.unregister(&name).status, 0);
    assert_eq!(machine.directory.application()["appId"], PLANTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn adopting_takes_a_client_id_and_tells_who_owns_the_application() {
    let machine = Machine::new().await;
    machine.plant("rolecall:Rolecall");
    let adopt = ["--adopt", PLANTED];
    let out = machine.registers(&[&adopt[..], &["--dry-run"]].concat());
    for words in ["\"Mallory\" (mallory@contoso.example)", "1 secret,", "https://mallory.example.com/", "would bring"] {
        assert!(out.contains(words), "{words}: {out}");
    }
    assert!(machine.directory.state().changes.is_empty() && !machine.file().exists());
    machine.registers(&adopt);
    assert_eq!(machine.config().auth.providers[0].client_id, PLANTED);
    assert_eq!(machine.directory.application()["passwordCredentials"].as_array().unwrap().len(), 2);

    let (before, file) = (machine.directory.state(), machine.text());
    for again in [&adopt[..], &[]] {
        assert!(machine.registers(again).starts_with("Everything is up to date"));
    }
    assert_eq!((machine.directory.state().changes, machine.text()), (before.changes, file));

    // Another application does not replace a configured one by itself, and one that does not exist cannot be adopted.
    machine.directory.set_fault(Fault::default());
    let other = ["--adopt", "99999999-2222-4333-8444-555555555555"];
    machine.refuses(&machine.register(&other), "--replace");
    machine.refuses(&machine.register(&[&other[..], &["--replace"]].concat()), "is not in this tenant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_installation_neither_shares_nor_deletes_the_application_of_the_first() {
    let machine = Machine::new().await;
    let name = ["--name", "Ada's \"boards\" & more"];
    machine.registers(&name);
    assert!(machine.registers(&name).contains("nothing was changed"));
    let app_id = machine.directory.application()["appId"].as_str().unwrap().to_owned();
    let first = machine.text();
    fs::remove_file(machine.file()).unwrap();
    machine.directory.set_fault(Fault::default());
    machine.refuses(&machine.register(&name), &app_id);
    let said = machine.unregister(&name);
    assert!(said.status == 0 && said.out.contains("nothing was changed"), "{}", said.out);
    assert_eq!(machine.directory.application()["displayName"], name[1]);

    // Without the file, the client id names the application, and its name must match as well.
    let client_id = ["--client-id", &app_id];
    machine.refuses(&machine.unregister(&client_id), "did not create");
    let said = machine.unregister(&[&name[..], &client_id].concat());
    assert!(said.status == 0 && machine.directory.state().applications.is_empty(), "{}", said.err);
    fs::write(machine.file(), first).unwrap();
    assert_eq!(machine.unregister(&name).status, 0);
    assert!(!machine.text().contains("client_secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_ours_is_left_alone() {
    let machine = Machine::new().await;
    let other = "[providers.azure]\nkind = \"oidc\"\nissuer = \"https://id.example.com\"\nclient_id = \"x\"\n";
    fs::write(machine.file(), other).unwrap();
    machine.refuses(&machine.register(&[]), "--replace");
    assert_eq!(machine.text(), other);
    machine.registers(&["--replace"]);
    machine.is_whole();

    // An application without Rolecall's tag is refused.
    machine.directory.set_fault(Fault::default());
    machine.directory.change(|state| state.applications.values_mut().next().unwrap()["tags"] = json!(["theirs"]));
    machine.refuses(&machine.register(&[]), "did not create");
    machine.refuses(&machine.unregister(&[]), "did not create");
    // It is accepted once the operator adopts it.
    assert!(machine.register(&["--dry-run"]).status == 1);
    let app_id = machine.directory.application()["appId"].as_str().unwrap().to_owned();
    let out = machine.registers(&["--adopt", &app_id]);
    assert!(out.contains("Owners: none") && out.contains("bring the application up to date: tags"), "{out}");
    machine.is_whole();
    machine.directory.set_fault(Fault::default());
    // An application that was deleted is not silently created again.
    machine.directory.change(|state| state.applications.clear());
    machine.refuses(&machine.register(&[]), "is not in this tenant");
}
