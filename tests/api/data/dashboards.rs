//! What the dashboards store and read: the note with its versions, the data set with its pages.

use rolecall::dashboards::{Dashboards, SaveNoteError};
use rolecall_model::Role;
use rolecall_model::panels::{NOTE_MAX_CHARS, Panel, TablePage};
use rolecall_sign_in::Auth;
use rolecall_sign_in::session::{NewSignIn, SignIn};
use rolecall_sign_in::tokens::TokenSet;

use crate::support::{TestClock, TestDb, count, on_both_dialects};

on_both_dialects! {
    a_note_is_saved_from_the_version_that_stands,
    a_note_saved_by_two_at_once_is_saved_by_one,
    a_note_is_kept_within_its_bounds,
    the_data_set_is_brought_in_once_and_shown_in_pages,
}

/// The dashboards, and somebody who writes notes.
async fn start(database: &TestDb) -> (Dashboards, SignIn) {
    let auth = database.auth(&TestClock::starting_now());
    let editor = somebody(&auth).await;
    (Dashboards::new(database.db.clone(), auth).await.unwrap(), editor)
}

async fn somebody(auth: &Auth) -> SignIn {
    let tokens = TokenSet {
        id_token: "a".into(),
        access_token: "b".into(),
        refresh_token: None,
        expires_at_ms: None,
        ..TokenSet::default()
    };
    let new = NewSignIn {
        provider: "demo",
        provider_name: "demo",
        issuer: "https://issuer.test",
        subject: "wren",
        token_subject: "wren",
        token_issued_at_s: 0,
        authenticated_at_ms: None,
        provider_sid: None,
        name: "Wren Hollis".to_owned(),
        email: None,
        role: Some(Role::Write),
        ip: None,
        user_agent: None,
        tokens: &tokens,
    };
    auth.sign_ins().create(&new, auth.clock().now_ms()).await.unwrap()
}

async fn a_note_is_saved_from_the_version_that_stands(database: &TestDb) {
    let (dashboards, user) = start(database).await;
    let first = dashboards.save_note("weather", "first", 0, &user).await.unwrap();
    assert_eq!((first.version, first.edited_by.as_deref()), (1, Some("Wren Hollis")));
    let second = dashboards.save_note("weather", "second", 1, &user).await.unwrap();
    assert_eq!((second.version, second.body.as_str()), (2, "second"));
    for stale in [0, 1, 3, -1] {
        let refused = dashboards.save_note("weather", "stale", stale, &user).await;
        let Err(SaveNoteError::Conflict(current)) = refused else { panic!("version {stale} was taken") };
        assert_eq!(*current, second);
    }
}

async fn a_note_saved_by_two_at_once_is_saved_by_one(database: &TestDb) {
    let (dashboards, user) = start(database).await;
    for version in 0..5 {
        let save = |body| dashboards.save_note("weather", body, version, &user);
        let (one, other) = tokio::join!(save("one"), save("other"));
        let (saved, refused) = if one.is_ok() { (one, other) } else { (other, one) };
        let Err(SaveNoteError::Conflict(current)) = refused else { panic!("both were saved, or neither") };
        assert_eq!(*current, saved.unwrap());
    }
}

async fn a_note_is_kept_within_its_bounds(database: &TestDb) {
    let (dashboards, user) = start(database).await;
    let too_long = "\u{1f984}".repeat(NOTE_MAX_CHARS + 1);
    assert!(matches!(dashboards.save_note("weather", &too_long, 0, &user).await, Err(SaveNoteError::TooLong)));
    assert!(matches!(dashboards.save_note("nope", "x", 0, &user).await, Err(SaveNoteError::UnknownDashboard)));
    assert_eq!(count(&database.db, "notes").await, 0);
    let longest = "\u{1f984}".repeat(NOTE_MAX_CHARS);
    assert_eq!(dashboards.save_note("weather", &longest, 0, &user).await.unwrap().body, longest);
    let odd = dashboards.save_note("weather", "a\r\nb\tc\u{0}d'; --", 1, &user).await.unwrap();
    assert_eq!(odd.body, "a\nb\tcd'; --");
}

async fn the_data_set_is_brought_in_once_and_shown_in_pages(database: &TestDb) {
    start(database).await;
    let (dashboards, _) = start(database).await;
    assert_eq!(count(&database.db, "weather_days").await, 2922);
    let first = table(&dashboards, 1).await;
    assert_eq!((first.page, first.pages, first.total, first.rows.len()), (1, 147, 2922, 20));
    assert_eq!(first.rows[0][..2], ["2015-12-31", "Seattle"]);
    assert!(first.rows.iter().all(|row| row.len() == first.columns.len()));
    let last = table(&dashboards, 147).await;
    assert_eq!(last.rows.len(), 2);
    assert_eq!(last.rows[1][0], "2012-01-01");
    assert_eq!(table(&dashboards, 0).await, first);
    assert_eq!(table(&dashboards, u32::MAX).await, last);
    assert!(dashboards.open("weather", None, 1).await.unwrap().is_none());
    assert!(dashboards.open("nope", Some(Role::Admin), 1).await.unwrap().is_none());
}

async fn table(dashboards: &Dashboards, page: u32) -> TablePage {
    let dashboard = dashboards.open("weather", Some(Role::Write), page).await.unwrap().unwrap();
    let table = dashboard.panels.into_iter().find_map(|panel| match panel {
        Panel::Table(table) => Some(table),
        _ => None,
    });
    table.unwrap()
}
