//! The list of every live session, and ending sessions.

use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use serde::Deserialize;

use super::{fields, number_of, setup};
use crate::support::{TestDb, on_both_dialects, signed_in};

on_both_dialects! {
    an_administrator_sees_every_session_by_person_role_address_and_age,
    a_session_that_an_administrator_ends_is_refused_at_the_next_click_and_told_why,
    pages_of_an_ended_session_that_ask_at_the_same_moment_all_lead_to_a_sign_in,
    all_sessions_of_a_person_end_at_once_and_nobody_elses,
    everybody_is_signed_out_after_a_word_and_a_recent_sign_in,
}

const ENDED: &str = "An administrator ended this session.";

/// What an open page is told about a session that was ended.
#[derive(Deserialize)]
struct Ended {
    /// Where the sign-in begins.
    sign_in: String,
}

// Case: admin/sessions
async fn an_administrator_sees_every_session_by_person_role_address_and_age(database: &TestDb) {
    let app = setup(database).start().await;
    let mut ada = signed_in(&app, "ada").await;
    let (_wren, _nora) = (signed_in(&app, "wren").await, signed_in(&app, "nora").await);
    let mut gone = signed_in(&app, "reed").await;
    gone.submit(routes::API_SIGN_OUT, &[]).await.assert_status(303);
    for (query, names) in [
        ("", vec!["Ada", "Wren", "Nora"]),
        ("?person=wREN", vec!["Wren"]),
        ("?person=%25", vec![]),
        ("?role=admin", vec!["Ada"]),
        ("?role=write", vec!["Wren"]),
        ("?provider=demo", vec!["Ada", "Wren", "Nora"]),
        ("?provider=other", vec![]),
        ("?address=127.0.0.1", vec!["Ada", "Wren", "Nora"]),
        ("?address=127.0.0.2", vec![]),
        ("?person=ada&role=admin&address=127.0.0.1", vec!["Ada"]),
    ] {
        let page = ada.get(&format!("{}{query}", routes::ADMIN_SESSIONS)).await;
        let main = page.assert_status(200).body.split("<main").nth(1).unwrap();
        for name in ["Ada", "Wren", "Nora", "Reed"] {
            assert_eq!(main.contains(&format!("<bdi>{name} ")), names.contains(&name), "{query}, {name}: {main}");
        }
    }
    app.clock.advance(Duration::from_hours(3));
    let _later = signed_in(&app, "reed").await;
    for (began, names) in [
        ("less_than_1h", vec!["Reed"]),
        ("more_than_1h", vec!["Ada", "Wren", "Nora"]),
        ("more_than_8h", vec![]),
        ("less_than_1d", vec!["Ada", "Wren", "Nora", "Reed"]),
        ("more_than_1d&role=admin", vec![]),
        ("more_than_1h&role=admin", vec!["Ada"]),
    ] {
        let page = ada.get(&format!("{}?began={began}", routes::ADMIN_SESSIONS)).await;
        let main = page.assert_status(200).body.split("<main").nth(1).unwrap();
        for name in ["Ada", "Wren", "Nora", "Reed"] {
            assert_eq!(main.contains(&format!("<bdi>{name} ")), names.contains(&name), "{began}, {name}: {main}");
        }
    }
    for person in ["wren", "reed", "nora"] {
        let mut other = signed_in(&app, person).await;
        for path in [routes::ADMIN_SESSIONS, routes::ADMIN_USERS, "/admin/users/1"] {
            other.get(path).await.assert_status(403);
        }
        other.call(routes::API_END_EVERY_SESSION, &[("confirmation", "everybody")]).await.assert_status(403);
    }
}

// Case: admin/end-session
async fn a_session_that_an_administrator_ends_is_refused_at_the_next_click_and_told_why(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    wren.get(routes::DASHBOARDS).await.assert_status(200);
    let page = ada.get(&format!("{}?person=wren", routes::ADMIN_SESSIONS)).await;
    let [id] = &fields(&page, "id")[..] else { panic!("{page:#?}") };
    wren.call(routes::API_END_SESSION, &[("id", id)]).await.assert_status(403);
    ada.submit(routes::API_END_SESSION, &[("id", id)]).await.assert_status(303);
    assert_eq!(wren.user().await, None);
    wren.get(routes::DASHBOARDS).await.assert_status(401).assert_shows(ENDED);
    let entry = "audit WHERE kind = 'sessions_ended' AND actor_id = 1 AND person_id = 2";
    assert_eq!(app.count(entry).await, 1);
    // Ending it a second time changes nothing, and the answer says so.
    ada.submit(routes::API_END_SESSION, &[("id", id)]).await.assert_status(409).assert_shows("had ended before");
    ada.submit(routes::API_END_SESSION, &[("id", "nothing")]).await.assert_status(404);
    assert_eq!(app.count(entry).await, 1);
}

// Case: admin/end-session
async fn pages_of_an_ended_session_that_ask_at_the_same_moment_all_lead_to_a_sign_in(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let page = ada.get(&format!("{}?person=wren", routes::ADMIN_SESSIONS)).await;
    let [id] = &fields(&page, "id")[..] else { panic!("{page:#?}") };
    ada.submit(routes::API_END_SESSION, &[("id", id)]).await.assert_status(303);
    // Both requests are built before the answer to either sets its cookie.
    let asked = [(); 2].map(|()| wren.script(Method::GET, routes::LIVE).build().unwrap());
    let mut links = Vec::new();
    for request in asked {
        links.push(wren.execute(request).await.assert_status(200).json::<Ended>().sign_in);
    }
    for link in links {
        let mut page = app.browser();
        page.share_with(&wren);
        let begun = page.get(&link).await;
        begun.assert_status(303);
        assert!(begun.location().contains("/authorize?"), "{begun:#?}");
    }
}

// Case: admin/end-sessions-of-person
async fn all_sessions_of_a_person_end_at_once_and_nobody_elses(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut one, mut two) =
        (signed_in(&app, "ada").await, signed_in(&app, "wren").await, signed_in(&app, "wren").await);
    let (mut reed, mut own) = (signed_in(&app, "reed").await, signed_in(&app, "ada").await);
    let (wren, admin) = (number_of(&app, "Wren").await, number_of(&app, "Ada").await);
    ada.submit(routes::API_END_SESSIONS_OF_PERSON, &[("user_id", &wren)]).await.assert_status(303);
    assert!(one.user().await.is_none() && two.user().await.is_none());
    assert!(ada.user().await.is_some() && reed.user().await.is_some() && own.user().await.is_some());
    ada.submit(routes::API_END_SESSIONS_OF_PERSON, &[("user_id", &admin)]).await.assert_status(303);
    assert!(ada.user().await.is_some() && own.user().await.is_none());
    for number in [&wren, &admin] {
        let again = ada.submit(routes::API_END_SESSIONS_OF_PERSON, &[("user_id", number)]).await;
        again.assert_status(409).assert_shows("no session to end");
    }
    ada.submit(routes::API_END_SESSIONS_OF_PERSON, &[("user_id", "999")]).await.assert_status(404);
}

// Case: admin/end-every-session
async fn everybody_is_signed_out_after_a_word_and_a_recent_sign_in(database: &TestDb) {
    let app = setup(database).start().await;
    let (mut ada, mut wren) = (signed_in(&app, "ada").await, signed_in(&app, "wren").await);
    let end = async |browser: &mut crate::support::Browser, word: &str| {
        browser.submit(routes::API_END_EVERY_SESSION, &[("confirmation", word)]).await
    };
    end(&mut ada, "yes").await.assert_status(422);
    app.clock.advance(Duration::from_secs(601));
    let refused = end(&mut ada, "everybody").await;
    refused.assert_status(401).assert_shows("Sign in again");
    assert!(wren.user().await.is_some());
    let begun = ada.get(&refused.link("Sign in again")).await;
    let callback = ada.choose(&begun.location().parse().unwrap(), "ada").await;
    ada.follow(&callback).await.assert_status(303);
    end(&mut ada, " everybody ").await.assert_status(303);
    assert!(wren.user().await.is_none() && ada.user().await.is_some());
    wren.get(routes::DASHBOARDS).await.assert_status(401).assert_shows(ENDED);
}
