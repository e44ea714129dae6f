//! `rolecall scim-token`, as an operator runs it while Rolecall runs.

use super::Directory;
use crate::doctor::program;
use crate::support::TestApp;

// Case: scim/command
#[tokio::test(flavor = "multi_thread")]
async fn the_operator_makes_lists_and_revokes_tokens() {
    let app = TestApp::start().await;
    let run = |arguments: &[&str]| program(&app.sources(), &[&["scim-token"], arguments].concat());
    let (status, out, _) = run(&["list"]);
    assert!(status == 0 && out.contains("There is no token"), "{out}");
    let (status, out, err) = run(&["create", "entra", "--days", "30"]);
    assert_eq!(status, 0, "{out}{err}");
    assert!(out.contains(&format!("http://{}/scim/v2\n", app.address())), "{out}");
    let (_, rest) = out.split_once("Secret token   ").unwrap();
    let token = rest.lines().next().unwrap().to_owned();
    let directory = Directory { app: &app, token: token.clone() };
    directory.get("/scim/v2/Users").await.assert_scim(200);
    let path = directory.create("Wren", &super::subject(&app, "wren").await, false).await;
    app.browser().attempt_as("wren").await.assert_status(403);

    let (status, _, err) = run(&["create", "entra"]);
    assert!(status == 1 && err.contains("with this name exists already"), "{err}");
    for wrong in ["", "a b", "a\nb", &"x".repeat(65)] {
        let (status, _, err) = run(&["create", wrong]);
        assert!(status != 0 && err.contains("1 to 64"), "{wrong:?}: {err}");
    }
    let (status, _, err) = run(&["create", "other", "--provider", "nothing"]);
    assert!(status == 1 && err.contains("there is demo"), "{err}");
    let (_, out, _) = run(&["list"]);
    assert!(out.contains("entra\n") && out.contains("last used") && !out.contains(&token), "{out}");
    let (status, out, _) = run(&["revoke", "entra"]);
    assert!(status == 0 && out.contains("entra"), "{out}");
    directory.get(&path).await.assert_scim_error(401, "");
    let (status, _, err) = run(&["revoke", "entra"]);
    assert!(status == 1 && err.contains("no token called entra"), "{err}");
    // What the directory said still applies.
    app.browser().attempt_as("wren").await.assert_status(403);
    for kind in ["scim_token_made", "scim_token_revoked"] {
        assert_eq!(app.count(&format!("audit WHERE kind = '{kind}'")).await, 1);
    }
    assert_eq!(app.count("audit WHERE details LIKE '%rolecall_scim_%'").await, 0);
}
