//! `kill -9` at different moments of a callback. Afterwards nobody is half signed in, signed-in people still are, and
//! the next sign-in works.

use openidconnect::reqwest::{Method, Url};
use tokio::task::JoinHandle;

use crate::support::faulty_provider::{Answer, ClaimFault, Endpoint, Faults, RequestCounts};
use crate::support::{
    Answer as Answered, Browser, OwnProvider, Program, TestClock, count, path_and_query, text, until,
};

/// The program with its provider, and Ada, who signed in at the beginning.
struct Scene {
    provider: OwnProvider,
    program: Program,
    ada: Browser,
}

impl Scene {
    async fn start() -> Self {
        let provider = OwnProvider::start(&TestClock::starting_now()).await;
        let program = Program::start(provider.settings()).await;
        let mut ada = program.browser();
        ada.attempt_at(&provider, "ada").await.assert_status(303);
        Self { provider, program, ada }
    }

    /// Restarts the killed program, and checks that nothing was lost and nobody is half signed in.
    async fn recovers(&mut self) {
        self.provider.demo.set_faults(Faults::default());
        self.program.begin().await;
        let db = self.program.db().await;
        assert_eq!(text(&db, "PRAGMA integrity_check").await, "ok");
        assert_eq!(count(&db, "pragma_foreign_key_check").await, 0);
        assert_eq!(count(&db, "dataset_versions").await, 1);
        db.close().await;
        assert_eq!(self.ada.user().await.unwrap().name, "Ada Vale");
        let mut reed = self.program.browser();
        reed.attempt_at(&self.provider, "reed").await.assert_status(303);
        assert_eq!(reed.user().await.unwrap().name, "Reed Marlow");
    }

    /// How many rows `from` has at this moment.
    async fn count(&self, from: &str) -> i64 {
        let db = self.program.db().await;
        let rows = count(&db, from).await;
        db.close().await;
        rows
    }
}

/// Follows `callback`, which may never be answered. Returns the browser with the cookies of the answer, if there was
/// one.
fn follow(browser: &Browser, callback: &Url) -> JoinHandle<Option<Browser>> {
    let (mut browser, callback) = (browser.clone(), callback.clone());
    tokio::spawn(async move {
        let request = browser.navigation(Method::GET, &path_and_query(&callback));
        let answer = Answered::try_read(request.send().await.ok()?).await?;
        browser.keep_cookies(&answer);
        Some(browser)
    })
}

// Case: fault/kill-9-while-the-token-is-awaited
#[tokio::test]
async fn killed_while_the_provider_is_asked_for_tokens_nobody_is_half_signed_in() {
    let mut scene = Scene::start().await;
    let mut wren = scene.program.browser();
    let callback = wren.come_back_from(&scene.provider, "wren").await;
    let asked_before = scene.provider.demo.requests().token;
    scene.provider.demo.set_faults(Faults::answer(Endpoint::Token, Answer::Hangs));
    let held = follow(&wren, &callback);
    until("the provider is asked", async || scene.provider.demo.requests().token > asked_before).await;
    let before = scene.count("sign_ins").await;

    scene.program.kill();
    assert!(held.await.unwrap().is_none(), "there was an answer");
    assert_eq!(scene.count("sign_ins").await, before);
    scene.recovers().await;
    assert_eq!(wren.user().await, None);
    wren.follow(&callback).await.assert_status(400).assert_shows("used already");
    wren.attempt_at(&scene.provider, "wren").await.assert_status(303);
    assert_eq!(wren.user().await.unwrap().name, "Wren Hollis");
}

// Case: fault/kill-9-before-the-callback
#[tokio::test]
async fn killed_before_the_callback_the_attempt_is_still_good() {
    let mut scene = Scene::start().await;
    let mut wren = scene.program.browser();
    let callback = wren.come_back_from(&scene.provider, "wren").await;
    scene.program.kill();
    scene.recovers().await;
    wren.follow(&callback).await.assert_status(303);
    assert_eq!(wren.user().await.unwrap().name, "Wren Hollis");
}

// Case: fault/kill-9-right-after-the-callback
#[tokio::test]
async fn killed_right_after_the_callback_was_answered_the_person_is_signed_in() {
    let mut scene = Scene::start().await;
    let mut wren = scene.program.browser();
    wren.attempt_at(&scene.provider, "wren").await.assert_status(303);
    scene.program.kill();
    scene.recovers().await;
    assert_eq!(wren.user().await.unwrap().name, "Wren Hollis");
}

/// ID tokens without a name, so that the userinfo endpoint is called, too.
fn nameless() -> Faults {
    Faults::claim(ClaimFault::Missing("name"))
}

fn asked(requests: &RequestCounts, endpoint: Endpoint) -> u64 {
    match endpoint {
        Endpoint::Discovery => requests.discovery,
        Endpoint::Token => requests.token,
        Endpoint::Jwks => requests.jwks,
        _ => requests.userinfo,
    }
}

/// Wren, who is signed in and signs in again: the browser, and the callback that has not been followed yet. The program
/// was restarted with `faults` in force, so it asks the provider for everything.
async fn coming_back(scene: &mut Scene, faults: Faults) -> (Browser, Url) {
    let mut wren = scene.program.browser();
    wren.attempt_at(&scene.provider, "wren").await.assert_status(303);
    let callback = wren.come_back_from(&scene.provider, "wren").await;
    scene.program.kill();
    scene.provider.demo.set_faults(faults);
    scene.program.begin().await;
    (wren, callback)
}

// Case: fault/kill-9-at-any-moment
#[tokio::test]
async fn killed_while_any_endpoint_is_asked_who_was_in_stays_in() {
    let mut scene = Scene::start().await;
    for endpoint in [Endpoint::Discovery, Endpoint::Token, Endpoint::Jwks, Endpoint::Userinfo] {
        let faults = Faults { answers: vec![(endpoint, Answer::Hangs)], ..nameless() };
        let (mut wren, callback) = coming_back(&mut scene, faults).await;
        let before = asked(&scene.provider.demo.requests(), endpoint);
        let used = scene.count("used_attempts").await;
        let held = follow(&wren, &callback);
        until("the attempt is used", async || scene.count("used_attempts").await > used).await;
        // It already fetched the metadata at its start.
        let is_asked = |scene: &Scene| asked(&scene.provider.demo.requests(), endpoint) > before;
        until("the endpoint is asked", async || endpoint == Endpoint::Discovery || is_asked(&scene)).await;
        scene.program.kill();
        assert!(held.await.unwrap().is_none(), "{endpoint:?}: there was an answer");
        scene.recovers().await;
        assert_eq!(wren.user().await.unwrap().name, "Wren Hollis", "{endpoint:?}");
    }
}

/// How much of the sign-in is in the database when the program is killed.
#[derive(Clone, Copy, Debug)]
enum Stored {
    Nothing,
    Record,
    Pointer,
}

// Case: fault/kill-9-at-any-moment
#[tokio::test]
async fn killed_while_the_sign_in_is_stored_it_is_stored_whole_or_not_at_all() {
    let mut scene = Scene::start().await;
    for stored in [Stored::Nothing, Stored::Record, Stored::Pointer].into_iter().cycle().take(6) {
        let faults = Faults { answers: vec![(Endpoint::Userinfo, Answer::Hangs)], ..nameless() };
        let (wren, callback) = coming_back(&mut scene, faults).await;
        let demo = scene.provider.demo.clone();
        let before = demo.requests().userinfo;
        let held = follow(&wren, &callback);
        until("userinfo is asked", async || demo.requests().userinfo > before).await;
        kill_when_stored(&mut scene, stored).await;

        let answered = held.await.unwrap();
        scene.recovers().await;
        let was_answered = answered.is_some();
        let user = answered.unwrap_or(wren).user().await;
        // A person whose answer was lost may have to sign in again; nobody becomes somebody else.
        assert!(user.is_some() || !was_answered, "{stored:?}: the session was lost after the answer");
        assert!(user.is_none_or(|user| user.name == "Wren Hollis" || user.name == "wren@example.com"), "{stored:?}");
        let lost = "tower_sessions s WHERE NOT EXISTS (SELECT 1 FROM sign_ins)";
        assert_eq!(scene.count(lost).await, 0, "{stored:?}");
    }
}

/// Lets the provider answer, and kills the program as soon as `stored` is in the database.
async fn kill_when_stored(scene: &mut Scene, stored: Stored) {
    const POINTERS: &str = "SELECT COALESCE(GROUP_CONCAT(id), '') FROM tower_sessions";
    let db = scene.program.db().await;
    let (records, pointers) = (count(&db, "sign_ins").await, text(&db, POINTERS).await);
    scene.provider.demo.set_faults(nameless());
    match stored {
        Stored::Nothing => {}
        Stored::Record => until("the record is stored", async || count(&db, "sign_ins").await > records).await,
        Stored::Pointer => until("the session is stored", async || text(&db, POINTERS).await != pointers).await,
    }
    scene.program.kill();
    db.close().await;
}
