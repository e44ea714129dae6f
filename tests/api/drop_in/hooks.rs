//! What an application learns when people sign in and out, and what it may decide.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::get;
use rolecall_model::Role;
use rolecall_sign_in::drop_in::DropIn;
use rolecall_sign_in::{AuthenticatedPerson, NotAdmitted};

use super::support::OtherApp;

/// The values that a hook received, in order.
#[derive(Clone)]
struct Noted<T>(Arc<Mutex<Vec<T>>>);

impl<T: Clone> Noted<T> {
    fn nothing() -> Self {
        Self(Arc::default())
    }

    fn note(&self, what: T) {
        self.0.lock().unwrap().push(what);
    }

    fn all(&self) -> Vec<T> {
        self.0.lock().unwrap().clone()
    }
}

fn application(sign_in: &DropIn) -> Router {
    sign_in.only(Role::Write, Router::new().route("/reports", get(async || "Reports")))
}

#[tokio::test]
async fn the_application_is_told_who_arrives_before_they_are_in() {
    let arrived = Noted::<AuthenticatedPerson>::nothing();
    let noting = arrived.clone();
    let on_sign_in = move |arrival| {
        noting.note(arrival);
        async { Ok(()) }
    };
    let app = OtherApp::start(|settings| settings.on_sign_in(on_sign_in), application).await;
    for _ in 0..2 {
        let mut browser = app.browser();
        browser.arrive_as("wren", "/reports", &app.provider).await.assert_redirect("/reports");
        browser.get("/reports").await.assert_status(200);
    }
    let arrived = arrived.all();
    let [first, second] = arrived.as_slice() else { panic!("{arrived:?}") };
    assert_eq!(first.issuer, app.provider.demo.issuer().as_str());
    assert_eq!((first.subject.as_str(), first.user.role), (second.subject.as_str(), Some(Role::Write)));
    assert_eq!(first.user_id, second.user_id);
    assert_eq!(first.claims["roles"], serde_json::json!(["Rolecall.Write"]));
}

#[tokio::test]
async fn who_is_not_admitted_is_told_why_and_stays_outside() {
    let refused = Noted::<String>::nothing();
    let noting = refused.clone();
    let app = OtherApp::start(
        |settings| {
            settings
                .on_sign_in(async |arrival| match arrival.user.role {
                    Some(Role::Admin) => Err(NotAdmitted::because("No administrators on <Sundays>.")),
                    _ => Ok(()),
                })
                .on_refusal(move |event| noting.note(event.name().to_owned()))
        },
        application,
    )
    .await;
    let mut browser = app.browser();
    let answer = browser.arrive_as("ada", "/reports", &app.provider).await;
    answer.assert_status(403).assert_shows("No administrators on &lt;Sundays&gt;.").assert_shows("Use another account");
    browser.get("/reports").await.assert_status(303);
    assert_eq!(app.sign_in.auth().sign_ins().counts(app.clock.now_ms()).await.unwrap().live, 0);
    assert_eq!(refused.all(), ["sign_in_refused"]);
    app.browser().arrive_as("wren", "/reports", &app.provider).await.assert_redirect("/reports");
    assert_eq!(refused.all(), ["sign_in_refused"]);
}

#[tokio::test]
async fn refusals_and_sign_outs_are_told() {
    let (refused, ended) = (Noted::<String>::nothing(), Noted::<String>::nothing());
    let (noting, noting_too) = (refused.clone(), ended.clone());
    let app = OtherApp::start(
        |settings| {
            settings
                .on_refusal(move |event| noting.note(event.name().to_owned()))
                .on_sign_out(move |event| noting_too.note(event.name().to_owned()))
        },
        application,
    )
    .await;
    let mut browser = app.browser();
    browser.arrive_as("reed", "/reports", &app.provider).await;
    assert!(refused.all().is_empty() && ended.all().is_empty());
    browser.get("/reports").await.assert_status(403);
    assert_eq!(refused.all(), ["access_denied"]);
    browser.submit("/sign-out", &[]).await.assert_status(303);
    assert_eq!(ended.all(), ["signed_out"]);
    assert_eq!(refused.all(), ["access_denied"]);
}
