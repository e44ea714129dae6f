//! Files on disk: nobody else on the machine can read or change them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use rolecall_doctor::{self as doctor, Status};
use rolecall_sign_in::Clock;

use crate::support::{OwnProvider, Program, TestApp, TestClock};

/// The permissions of everybody but the owner.
const OTHERS: u32 = 0o077;

/// The files and folders at and below `path` that others than the owner can access, with their mode.
fn open_to_others(path: &Path) -> Vec<String> {
    let mode = path.metadata().unwrap().permissions().mode() & 0o777;
    let mut found = if mode & OTHERS == 0 { Vec::new() } else { vec![format!("{} {mode:o}", path.display())] };
    if path.is_dir() {
        found.extend(fs::read_dir(path).unwrap().flat_map(|entry| open_to_others(&entry.unwrap().path())));
    }
    found
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

// Case: fault/files-private
#[tokio::test]
async fn files_that_others_can_read_are_closed_to_them_at_the_start() {
    let mut app = TestApp::setup().over_tls().start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    ada.submit(rolecall_routes::API_SIGN_OUT, &[]).await.assert_status(303);
    let folder = app.data_dir();
    let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    for name in ["rolecall.sqlite3", "rolecall.sqlite3-wal", "rolecall.sqlite3-shm", "secret.key", "latest-revocation"]
    {
        assert!(names.iter().any(|found| found == name), "{name} in {names:?}");
    }
    assert_eq!(open_to_others(&folder), [""; 0]);

    app.restart_after(async |folder| {
        for name in ["rolecall.sqlite3", "latest-revocation", "tls/cert.pem", "tls/key.pem"] {
            set_mode(&folder.join(name), 0o644);
        }
        set_mode(&folder.join("tls"), 0o755);
        set_mode(folder, 0o755);
        let report = doctor::examine(&app_sources(folder), &Clock::system()).await;
        let told: Vec<_> = report.findings().iter().filter(|finding| finding.check == "data-folder").collect();
        assert!(told.len() == 6 && told.iter().all(|finding| finding.status == Status::Warning), "{told:#?}");
    })
    .await;
    app.browser().sign_in_as("ada").await;
    assert_eq!(open_to_others(&folder), [""; 0]);
    let report = doctor::examine(&app_sources(&folder), &Clock::system()).await;
    let told = report.findings().iter().find(|finding| finding.check == "data-folder").unwrap();
    assert_eq!(told.status, Status::Good, "{told:#?}");
}

/// The sources of a configuration with this data folder.
fn app_sources(data_dir: &Path) -> rolecall_config::Sources {
    let environment = [("ROLECALL_DATA_DIR".to_owned(), data_dir.display().to_string())];
    rolecall_config::Sources { config_dir: data_dir.join("none"), environment: environment.into() }
}

// Case: fault/files-private
#[tokio::test]
async fn what_the_program_makes_is_for_its_user_alone_whatever_the_service_manager_says() {
    let provider = OwnProvider::start(&TestClock::starting_now()).await;
    let program = Program::start_with_umask("000", provider.settings()).await;
    program.browser().attempt_at(&provider, "ada").await.assert_status(303);
    assert_eq!(open_to_others(program.data_dir()), [""; 0]);
}

// Case: fault/files-private
#[test]
fn a_certificate_is_for_its_user_alone_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let data_dir = folder.path().join("data");
    let made = Command::new("sh")
        .args(["-c", "umask 000; exec \"$0\" certificate", env!("CARGO_BIN_EXE_rolecall")])
        .env_clear()
        .env("ROLECALL_DATA_DIR", &data_dir)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    assert_eq!(open_to_others(&data_dir), [""; 0]);
}
