//! Dashboards in the database: made, changed from their current version, deleted and restored, and served like those in
//! files.

mod access;
mod notes;
mod served;
mod versions;

use rolecall_core::dashboards::{Dashboard, Dashboards, Editor, New, StoreError, Stored};
use rolecall_core::datasets::Datasets;
use rolecall_model::Role;
use rolecall_model::spec::{DashboardSpec, PanelKind, PanelSpec};
use rolecall_sign_in::Auth;
use rolecall_sign_in::session::{NewSignIn, SignIn};
use rolecall_sign_in::tokens::TokenSet;
use tempfile::TempDir;

use crate::support::{ISSUER, TestClock, TestDb};

/// A dashboard in a file.
const FILE: &str = "format = 1\ntitle = \"From a file\"\n";

struct Instance {
    dashboards: Dashboards,
    auth: Auth,
    clock: TestClock,
    _folder: TempDir,
}

/// An instance that has the dashboard `weekly` in a file.
fn instance(database: &TestDb, clock: &TestClock) -> Instance {
    let (folder, auth) = (TempDir::new().unwrap(), database.auth(clock));
    let datasets = Datasets::open(database.db.clone(), auth.clock().clone(), folder.path()).unwrap();
    let (file, _) = Dashboard::read("weekly", "weekly.toml", FILE.to_owned()).unwrap();
    let dashboards = Dashboards::new(database.db.clone(), auth.clone(), datasets, vec![file]);
    Instance { dashboards, auth, clock: clock.clone(), _folder: folder }
}

fn start(database: &TestDb) -> Instance {
    instance(database, &TestClock::starting_now())
}

pub(super) async fn somebody(auth: &Auth, name: &str) -> SignIn {
    let tokens = TokenSet { id_token: "a".into(), access_token: "b".into(), ..TokenSet::default() };
    let new = NewSignIn {
        provider: "demo",
        provider_name: "demo",
        issuer: ISSUER,
        subject: name,
        token_subject: name,
        token_issued_at_s: 0,
        authenticated_at_ms: None,
        provider_sid: None,
        name: name.to_owned(),
        email: None,
        verified_email: None,
        role: Some(Role::Write),
        ip: None,
        user_agent: None,
        tokens: &tokens,
    };
    auth.sign_ins().create(&new, auth.clock().now_ms()).await.unwrap()
}

pub(super) fn writer(sign_in: &SignIn) -> Editor<'_> {
    Editor::of(sign_in, Some(Role::Write)).unwrap()
}

pub(super) fn spec(title: &str) -> DashboardSpec {
    let mut panel = PanelSpec::new("text", "Text", PanelKind::Text);
    panel.text = Some("Hello".to_owned());
    DashboardSpec {
        format: 1,
        title: title.to_owned(),
        summary: String::new(),
        source: None,
        role: Role::Read,
        zone: None,
        filters: Vec::new(),
        panels: vec![panel],
    }
}

async fn delete(dashboards: &Dashboards, slug: &str, by: Editor<'_>) -> Result<(), StoreError> {
    let stored = dashboards.stored(slug).await?.unwrap();
    dashboards.delete(&stored, by).await
}

async fn save(of: &Instance, stored: &Stored, title: &str, by: Editor<'_>) -> Result<i64, StoreError> {
    of.dashboards.save(stored, New { spec: &spec(title), change: "Title", restored_from: None }, by).await
}
