//! Runs that fail before the end, and the next run, which finishes the work.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::{Machine, PLANTED, PLANTED_OBJECT};
use crate::support::{Fault, Point};

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_on_the_way_running_again_finishes() {
    for point in [Point::Before, Point::After] {
        let mut steps = 0;
        loop {
            let machine = Machine::new().await;
            machine.directory.set_fault(Fault { fails_at: Some((steps, point)), ..Fault::default() });
            let said = machine.register(&[]);
            if said.status == 0 {
                assert_eq!(steps, 4, "application, service principal, the API's name and secret can fail");
                break;
            }
            assert!(said.err.contains("Microsoft Graph"), "{}", said.err);
            machine.directory.set_fault(Fault::default());
            machine.registers(&[]);
            machine.is_whole();
            steps += 1;
        }
    }
    let machine = Machine::new().await;
    machine.registers(&[]);
    machine.directory.set_fault(Fault { fails_at: Some((0, Point::After)), ..Fault::default() });
    assert_eq!(machine.unregister(&[]).status, 1);
    machine.directory.set_fault(Fault::default());
    assert_eq!(machine.unregister(&[]).status, 0);
    assert!(!machine.text().contains("client_secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_is_busy_or_slow_is_waited_for() {
    let machine = Machine::new().await;
    machine.directory.set_fault(Fault { busy: 3, unknown_at_first: 2, ..Fault::default() });
    machine.registers(&[]);
    machine.is_whole();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_run_finds_its_own_application_among_planted_ones() {
    let lost = Fault { fails_at: Some((0, Point::After)), ..Fault::default() };
    let interrupted = || async {
        let machine = Machine::new().await;
        machine.directory.set_fault(lost.clone());
        assert_eq!(machine.register(&[]).status, 1);
        machine.directory.set_fault(Fault::default());
        assert_eq!(machine.unfinished().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        machine
    };
    let machine = interrupted().await;
    let own = machine.directory.application();
    for said in [machine.register(&["--name", "Other"]), machine.unregister(&["--name", "Other"])] {
        machine.refuses(&said, "under another name");
    }
    machine.plant("rolecall:Rolecall");
    let out = machine.registers(&[]);
    assert!(!out.contains("create the application"), "{out}");
    assert_eq!(machine.config().auth.providers[0].client_id, own["appId"]);
    assert!(!machine.unfinished().exists());

    let machine = interrupted().await;
    machine.plant("rolecall:Rolecall");
    assert_eq!(machine.unregister(&[]).status, 0);
    assert_eq!(machine.directory.application()["appId"], PLANTED);
    assert!(!machine.unfinished().exists());

    // If another application has the same tags, neither of the two is taken.
    let machine = interrupted().await;
    let tags = machine.directory.application()["tags"].clone();
    machine.plant("rolecall:Rolecall");
    machine.directory.change(|state| state.applications.get_mut(PLANTED_OBJECT).unwrap()["tags"] = tags);
    machine.refuses(&machine.register(&[]), PLANTED);
    machine.refuses(&machine.unregister(&[]), PLANTED);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_whose_client_id_could_not_be_written_is_found_again() {
    let machine = Machine::new().await;
    let in_the_way = machine.folder.path().join("config/rolecall.local.toml.new");
    fs::create_dir(&in_the_way).unwrap();
    let said = machine.register(&[]);
    assert!(said.status == 1 && said.err.contains("cannot be written"), "{}", said.err);
    fs::remove_dir(in_the_way).unwrap();
    machine.registers(&[]);
    machine.is_whole();

    // If the id cannot be written down, no application is created.
    let machine = Machine::new().await;
    fs::create_dir(machine.unfinished().with_extension("toml.new")).unwrap();
    machine.refuses(&machine.register(&[]), "cannot be written");
    assert!(machine.directory.state().applications.is_empty());
}
