//! The errors that people and programs see when a request cannot be answered.

use leptos::server_fn::axum::server_fn_paths;
use openidconnect::reqwest::Method;
use openidconnect::reqwest::header::CONTENT_TYPE;
use rolecall_model::AppError;
use rolecall_routes as routes;
use rolecall_server::access::Access;

use crate::support::{TestApp, policy, raw, raw_get, raw_status};

#[tokio::test]
async fn an_unknown_path_is_a_page_that_names_the_request() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for path in ["/nothing", "/dashboards/weather/more", "/api/nothing", "/pkg/nothing.js", "/health/nothing", "/login"]
    {
        let answer = browser.get(path).await;
        answer.assert_status(404).assert_shows("There is no such page").assert_shows("href=\"/\"");
        let request_id = answer.header("x-request-id");
        assert_eq!(request_id.len(), 32, "{path}");
        answer.assert_shows(request_id);
    }
}

// Case: live/problem-pages
#[tokio::test]
async fn a_problem_page_of_somebody_who_is_signed_in_hears_of_their_session_and_no_other_does() {
    let app = TestApp::start().await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    for (path, status) in [(routes::ADMIN_USERS, 403), ("/nothing", 404)] {
        let page = reed.get(path).await;
        page.assert_status(status).assert_shows(&format!("src=\"{}\" data-role=\"read\"", routes::LIVE_SCRIPT));
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self' 'sha256-") && policy.contains("connect-src 'self';"), "{policy}");
        assert!(!policy.contains("nonce"), "{policy}");
    }
    let page = app.browser().get("/nothing").await;
    assert!(!page.assert_status(404).body.contains(routes::LIVE_SCRIPT));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'sha256-") && policy.contains("connect-src 'none'"), "{policy}");
}

#[tokio::test]
async fn an_unknown_path_is_json_for_a_script() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for path in ["/nothing", "/api/nothing", "/pkg/nothing.js"] {
        let answer = browser.fetch(path).await;
        assert_eq!(answer.assert_status(404).json::<AppError>(), AppError::NotFound, "{path}");
        assert_eq!(answer.header("content-type"), "application/json");
    }
}

// Case: request/functions-never-html, request/fetch-401
#[tokio::test]
async fn a_server_function_never_answers_a_script_with_a_page() {
    let app = TestApp::start().await;
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    let bodies = ["", "slug=weather&body=x&version=0", "provider=demo", "provider=nobody", "slug=%ff", "\u{0}{["];
    for (path, method) in server_fn_paths() {
        for (who, signed_in) in [(app.browser(), false), (wren.clone(), true)] {
            for (body, accept) in bodies.into_iter().flat_map(|body| ["application/json", "*/*", ""].map(|a| (body, a)))
            {
                let mut tab = who.clone();
                let request = tab.request(method.clone(), path).header("accept", accept).body(body);
                let request = request.header("sec-fetch-site", "same-origin").header("sec-fetch-mode", "cors");
                let answer = tab.send(request.header("content-type", "application/x-www-form-urlencoded")).await;
                let about = format!("{method} {path} with {body:?}, signed in: {signed_in}: {answer:#?}");
                assert!(!answer.header("content-type").starts_with("text/html"), "{about}");
                assert!(!answer.body.contains("<html") && answer.status / 100 != 3, "{about}");
                if !signed_in && policy().access(path) != Some(Access::Public) {
                    assert_eq!(answer.status, 401, "{about}");
                }
            }
        }
    }
}

#[tokio::test]
async fn every_request_has_an_id_of_its_own() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let request = browser.navigation(Method::GET, "/").header("x-request-id", "chosen-by-the-client");
    let first = browser.send(request).await;
    let second = browser.get("/").await;
    assert_ne!(first.header("x-request-id"), "chosen-by-the-client");
    assert_ne!(first.header("x-request-id"), second.header("x-request-id"));
}

#[tokio::test]
async fn a_refused_page_says_which_role_it_needs() {
    let app = TestApp::start().await;
    let mut reed = app.browser();
    reed.sign_in_as("reed").await;
    let answer = reed.get(routes::ADMIN_SESSIONS).await;
    answer.assert_status(403).assert_shows("needs the role Admin").assert_shows("Reed Marlow");
    answer.assert_shows(answer.header("x-request-id"));
}

// Case: malformed/garbage-cookie
#[tokio::test]
async fn what_is_hardly_http_breaks_nothing() {
    let app = TestApp::start().await;
    let host = app.address();
    let requests = [
        "\0\0\0\0\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nCookie: {}\r\nConnection: close\r\n\r\n", "a=b; ".repeat(10_000)),
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: -1\r\nConnection: close\r\n\r\n"),
        format!("BREW / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        format!("GET /%zz%ff HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        format!("GET /login/%ff HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        format!("GET /dashboards/%ff HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        format!("GET /login/demo?return_to=a&return_to=b HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        format!("GET /login/demo?return_to=%ff HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
    ];
    for request in requests {
        let answer = raw(&app, request.as_bytes()).await;
        assert!(answer.is_empty() || raw_status(&answer) < 500, "{request:.80}: {answer}");
    }
    app.browser().get("/").await.assert_status(200);
}

#[tokio::test]
async fn another_name_of_this_machine_leads_to_the_configured_one() {
    let app = TestApp::start().await;
    let port = app.address().port();
    let request = format!(
        "GET /dashboards?a=b HTTP/1.1\r\nHost: localhost:{port}\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    );
    let answer = raw(&app, request.as_bytes()).await;
    assert_eq!(raw_status(&answer), 307, "{answer}");
    assert!(answer.contains(&format!("location: http://127.0.0.1:{port}/dashboards?a=b\r\n")), "{answer}");
    assert_eq!(raw_status(&raw_get(&app, "/", "").await), 200);
}

#[tokio::test]
async fn the_health_of_the_process_is_told_to_anybody() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    assert_eq!(browser.fetch(routes::HEALTH_LIVE).await.assert_status(200).body, "live\n");
    assert_eq!(browser.fetch(routes::HEALTH_READY).await.assert_status(200).body, "ready\n");
}

#[tokio::test]
async fn without_its_database_it_says_so_and_lets_nobody_in() {
    let app = TestApp::start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let authorization = ada.begin("/").await;
    app.db().close().await;
    ada.fetch(routes::HEALTH_READY).await.assert_status(503);
    ada.fetch(routes::HEALTH_LIVE).await.assert_status(200);
    let callback = ada.choose(&authorization, "reed").await;
    let mut other = app.browser();
    other.cookies.extend(ada.cookies.clone().into_iter().filter(|(name, _)| name.contains("-attempt-")));
    other.follow(&callback).await.assert_status(500).assert_shows("on our side");
    assert_eq!(other.user().await, None);
    let mut unknown = app.browser();
    unknown.plant_session_cookie("AAAAAAAAAAAAAAAAAAAAAQ");
    unknown.get("/dashboards").await.assert_status(503).assert_shows("cannot be checked right now");
}

#[tokio::test]
async fn a_problem_pages_title_is_its_own_and_a_path_that_cannot_be_read_is_a_400_page() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.get("/nothing").await.assert_shows("<title>There is no such page · Rolecall</title>");
    let unreadable = browser.get("/login/%ff").await;
    unreadable.assert_status(400).assert_shows("<main").assert_shows(unreadable.header("x-request-id"));
}

#[tokio::test]
async fn a_slash_too_many_leads_to_the_page_without_it() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let answer = browser.get("/dashboards/").await;
    assert_eq!((answer.status, answer.location()), (308, routes::DASHBOARDS));
    browser.get("//dashboards/").await.assert_status(404);
    browser.get("/dashboards//").await.assert_status(404);
}

#[tokio::test]
async fn a_foreign_name_bound_to_this_machine_gets_nothing() {
    let app = TestApp::start().await;
    let request = |host: &str| format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    assert_eq!(raw_status(&raw(&app, request(&app.address().to_string()).as_bytes()).await), 200);
    assert_eq!(raw_status(&raw(&app, request("evil.test").as_bytes()).await), 421);
}

// Case: request/not-utf8
#[tokio::test]
async fn a_form_that_is_not_utf8_is_answered_with_422() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    browser.sign_in_as("wren").await;
    for path in ["/api/save_note", "/api/begin_sign_in", "/api/sign_out"] {
        for body in [&b"slug=weather&body=\xff\xfe&version=0&provider=demo"[..], b"\xc3", b"slug=\xed\xa0\x80"] {
            for request in [browser.navigation(Method::POST, path), browser.script(Method::POST, path)] {
                let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.to_vec());
                browser.clone().send(request).await.assert_status(422);
            }
        }
    }
    assert!(browser.user().await.is_some());
    assert_eq!(app.count("notes").await, 0);
}

// Case: request/doubled-host
#[tokio::test]
async fn a_request_with_two_hosts_is_answered_with_400() {
    let app = TestApp::start().await;
    let host = app.address();
    for (first, second) in [(host.to_string(), host.to_string()), (host.to_string(), "evil.test".to_owned())] {
        for path in ["/", "/health/ready", "/api/session", "/api/v1/me"] {
            let request =
                format!("GET {path} HTTP/1.1\r\nHost: {first}\r\nHost: {second}\r\nConnection: close\r\n\r\n");
            assert_eq!(raw_status(&raw(&app, request.as_bytes()).await), 400, "{path} {second}");
        }
    }
    assert_eq!(raw_status(&raw_get(&app, "/health/ready", "").await), 200);
}
