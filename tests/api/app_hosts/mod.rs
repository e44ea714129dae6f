//! Apps on host names of their own: who may open them, how, and who may not.

mod after;
mod attacks;
mod ends;
mod hand_over;
mod hosts;
mod openings;
mod tabs;

use openidconnect::reqwest::Url;
use rolecall_routes as routes;

use crate::support::{Answer, AppBehind, Browser, GREETING, Setup, TestApp, path_and_query};

/// The host of the app that everybody with a role may use.
const DASH: &str = "dash.localhost";
/// The host of the app for administrators.
const VAULT: &str = "vault.localhost";
/// The name of the session cookie on their hosts.
const COOKIE: &str = "rolecall-app";

/// Rolecall, and two apps behind it.
struct World {
    app: TestApp,
    dash: AppBehind,
    vault: AppBehind,
}

impl World {
    async fn start() -> Self {
        Self::with(TestApp::setup()).await
    }

    async fn with(setup: Setup) -> Self {
        Self::titled("Sales figures", setup).await
    }

    /// Like [`World::with`], but with the title `title` for the app that everybody may use.
    async fn titled(title: &str, setup: Setup) -> Self {
        let (dash, vault) = (AppBehind::start().await, AppBehind::start().await);
        let setup = setup
            .set("ROLECALL_APPS__DASH__UPSTREAM", &dash.url)
            .set("ROLECALL_APPS__DASH__HOST", DASH)
            .set("ROLECALL_APPS__DASH__ROLE", "read")
            .set("ROLECALL_APPS__DASH__TITLE", title)
            .set("ROLECALL_APPS__VAULT__UPSTREAM", &vault.url)
            .set("ROLECALL_APPS__VAULT__HOST", VAULT)
            .set("ROLECALL_APPS__VAULT__ROLE", "admin");
        Self { app: setup.start().await, dash, vault }
    }

    /// A person who is signed in on Rolecall's host.
    async fn person(&self, name: &str) -> Person {
        let mut person = self.nobody();
        person.ours.sign_in_as(name).await;
        person
    }

    /// A person who is not signed in.
    fn nobody(&self) -> Person {
        let [dash, vault] = [DASH, VAULT].map(|host| self.app.browser_at(host));
        Person { ours: self.app.browser(), dash, vault }
    }

    /// The origin of the app on `host`.
    fn place(&self, host: &str) -> String {
        format!("http://{host}:{}", self.app.address().port())
    }
}

/// One person's browser, with separate cookies for each of the hosts.
#[derive(Clone)]
struct Person {
    ours: Browser,
    dash: Browser,
    vault: Browser,
}

impl Person {
    /// Asks the app for `page` and follows the redirect to Rolecall's host. Returns where that sends the browser back
    /// to.
    async fn fetch_code(&mut self, page: &str) -> Url {
        let begun = self.dash.get(page).await;
        let open = url(begun.assert_status(303).location());
        assert!(open.path().starts_with("/open/dash"), "{open}");
        let opened = self.ours.get(&path_and_query(&open)).await;
        let enter = url(opened.assert_status(303).location());
        assert_eq!((enter.host_str(), enter.path()), (Some(DASH), routes::APP_ENTER), "{enter}");
        enter
    }

    /// Goes to `page` of the app. Returns the answer to the code.
    async fn enter(&mut self, page: &str) -> Answer {
        let enter = self.fetch_code(page).await;
        self.dash.get(&path_and_query(&enter)).await
    }

    /// Goes to the first page of the app, and checks that it opens.
    async fn open_dash(&mut self) {
        self.enter("/").await.assert_redirect("/");
        self.assert_inside().await;
    }

    async fn assert_inside(&mut self) {
        self.dash.get("/").await.assert_status(200).assert_shows(GREETING);
    }

    async fn assert_outside(&mut self) {
        let answer = self.dash.fetch("/").await;
        answer.assert_status(401);
        assert!(!answer.body.contains(GREETING), "{answer:#?}");
    }
}

#[track_caller]
fn url(text: &str) -> Url {
    Url::parse(text).unwrap_or_else(|error| panic!("{error}: {text:?}"))
}
