//! How much one client may send: how often, how large, how slowly; and how the rest is refused.

use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall_model::AppError;
use rolecall_routes as routes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{Answer, Browser, TestApp, raw, raw_get, raw_status, signed_in};

/// An application that lets each client begin three sign-ins a minute.
async fn strict() -> TestApp {
    let strict = TestApp::setup().set("ROLECALL_LIMITS__SIGN_INS_PER_MINUTE", "3");
    strict.behind_proxy().start().await
}

async fn begin_from(browser: &mut Browser, client: &str) -> Answer {
    let request = browser.navigation(Method::GET, "/login/demo").header("x-forwarded-for", client);
    browser.send(request).await
}

// Case: limits/begin
#[tokio::test]
async fn who_begins_too_many_sign_ins_is_told_when_to_come_again() {
    let app = strict().await;
    let mut browser = app.browser();
    for _ in 0..3 {
        browser.get("/login/demo").await.assert_status(303);
    }
    let answer = browser.get("/login/demo").await;
    answer.assert_status(429).assert_shows("Too many requests").assert_shows("in 20 seconds");
    answer.assert_shows(answer.header("x-request-id"));
    assert_eq!(answer.header("retry-after"), "20");

    app.clock.advance(Duration::from_secs(20));
    browser.get("/login/demo").await.assert_status(303);
}

#[tokio::test]
async fn a_script_is_told_so_as_json() {
    let app = strict().await;
    let mut browser = app.browser();
    let fields = [("provider", "demo"), ("return_to", "/")];
    for _ in 0..3 {
        browser.call(routes::API_BEGIN_SIGN_IN, &fields).await.assert_status(200);
    }
    let answer = browser.call(routes::API_BEGIN_SIGN_IN, &fields).await;
    assert_eq!(answer.assert_status(429).json::<AppError>(), AppError::TooManyRequests { seconds: 20 });
    assert_eq!(answer.header("retry-after"), "20");
}

// Case: limits/complete
#[tokio::test]
async fn callbacks_are_limited_too() {
    let app = strict().await;
    let mut browser = app.browser();
    for _ in 0..3 {
        browser.get("/login/demo/authorized?code=a&state=b").await.assert_status(400);
    }
    let answer = browser.get("/login/demo/authorized?code=a&state=b").await;
    assert_eq!(answer.assert_status(429).header("retry-after"), "20");
    let answer = browser.call(routes::API_COMPLETE_SIGN_IN, &[("provider", "demo")]).await;
    answer.assert_status(429);
    browser.get("/").await.assert_status(200);
}

// Case: limits/noted
#[tokio::test]
async fn who_takes_out_too_much_is_told_when_to_come_again_and_others_are_not_held_up() {
    let app = TestApp::start().await;
    let (mut reed, mut ada) = (signed_in(&app, "reed").await, signed_in(&app, "ada").await);
    let (reeds, adas) = (app.person_token("reed").await, app.person_token("ada").await);
    // Requests for a panel that does not exist count as well, and are quick.
    let path = routes::of_panel(routes::PANEL_CSV, "weather", "none");
    let of_api = format!("{}/csv", routes::api_v1_panel("weather", "none"));
    for _ in 0..600 {
        reed.fetch(&path).await.assert_status(404);
        app.ask(&of_api, &reeds).await.assert_problem(404);
    }
    let answer = reed.fetch(&routes::of_panel(routes::PANEL_CSV, "weather", "temperature")).await;
    assert_eq!(answer.assert_status(429).header("retry-after"), "1");
    assert_eq!(answer.json::<AppError>(), AppError::TooOften { seconds: 1 });
    let answer = app.ask(&of_api, &reeds).await;
    assert_eq!(answer.assert_problem(429).assert_shows("too many files").header("retry-after"), "1");
    reed.get(&routes::dashboard("weather")).await.assert_status(200);
    ada.fetch(&path).await.assert_status(404);
    app.ask(&of_api, &adas).await.assert_problem(404);
    assert!(app.audit().flush(Duration::from_secs(30)).await);
    assert_eq!(app.count("audit WHERE kind = 'panel_exported'").await, 0);

    app.clock.advance(Duration::from_secs(1));
    reed.fetch(&path).await.assert_status(404);
    app.ask(&of_api, &reeds).await.assert_problem(404);
}

#[tokio::test]
async fn announced_sign_outs_have_a_limit_of_their_own() {
    let app = TestApp::setup().set("ROLECALL_LIMITS__CHANNEL_LOGOUTS_PER_MINUTE", "2").start().await;
    let mut browser = app.browser();
    let announce = "/login/demo/backchannel-logout";
    for _ in 0..2 {
        browser.call(announce, &[("logout_token", "x")]).await.assert_status(400);
    }
    let answer = browser.call(announce, &[("logout_token", "x")]).await;
    assert_eq!(answer.assert_status(429).header("retry-after"), "30");
    browser.fetch("/login/demo/frontchannel-logout?sid=x").await.assert_status(429);
    browser.get("/login/demo").await.assert_status(303);
}

// Case: limits/behind-proxy
#[tokio::test]
async fn behind_a_proxy_each_client_has_its_own_measure() {
    let app = strict().await;
    let mut browser = app.browser();
    for _ in 0..3 {
        begin_from(&mut browser, "203.0.113.1").await.assert_status(303);
    }
    begin_from(&mut browser, "203.0.113.1").await.assert_status(429);
    begin_from(&mut browser, "198.51.100.7, 203.0.113.1").await.assert_status(429);
    begin_from(&mut browser, "203.0.113.2").await.assert_status(303);
    for client in ["2001:db8::1", "2001:db8::2", "2001:db8::ffff"] {
        begin_from(&mut browser, client).await.assert_status(303);
    }
    begin_from(&mut browser, "2001:db8::3").await.assert_status(429);
    begin_from(&mut browser, "2001:db8:0:1::1").await.assert_status(303);
}

#[tokio::test]
async fn without_a_configured_proxy_nobody_gets_another_measure_by_claiming_an_address() {
    let app = TestApp::setup().with_own_provider().set("ROLECALL_LIMITS__SIGN_INS_PER_MINUTE", "1").start().await;
    let mut browser = app.browser();
    begin_from(&mut browser, "203.0.113.1").await.assert_status(303);
    begin_from(&mut browser, "203.0.113.2").await.assert_status(429);
}

#[tokio::test]
async fn an_office_behind_one_address_signs_in_at_nine_o_clock() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    for _ in 0..300 {
        browser.get("/login/demo").await.assert_status(303);
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_with_a_page_or_json() {
    let app = TestApp::start().await;
    let mut wren = app.browser();
    wren.sign_in_as("wren").await;
    let fields = |body: &str| {
        [("slug", "weather"), ("panel", "note"), ("body", body), ("version", "0")]
            .map(|(name, value)| (name, value.to_owned()))
    };
    for length in [70_000, 1_000_000] {
        let body = "x".repeat(length);
        let owned = fields(&body);
        let large: Vec<(&str, &str)> = owned.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = wren.submit(routes::API_SAVE_NOTE, &large).await;
        answer.assert_status(413).assert_shows("This is too large").assert_shows(answer.header("x-request-id"));
        let answer = wren.call(routes::API_SAVE_NOTE, &large).await;
        assert_eq!(answer.assert_status(413).json::<AppError>(), AppError::TooLarge);
    }
    assert_eq!(app.count("notes").await, 0);
    let small = [("slug", "weather"), ("panel", "note"), ("body", "short"), ("version", "0")];
    wren.call(routes::API_SAVE_NOTE, &small).await.assert_status(200);
}

// Case: malformed/large-head
#[tokio::test]
async fn a_head_that_is_too_large_is_refused_with_a_page_that_says_what_to_do() {
    let app = TestApp::start().await;
    let cookie = |length: usize| format!("Cookie: a={}\r\n", "x".repeat(length));
    assert_eq!(raw_status(&raw_get(&app, "/", &cookie(30_000)).await), 200);
    let page = raw_get(&app, "/", &cookie(70_000)).await;
    assert_eq!(raw_status(&page), 431);
    assert!(page.contains("Delete the cookies of this site"), "{page}");
    let long_address = raw_get(&app, &format!("/?{}", "x".repeat(65_500)), "").await;
    assert_eq!(raw_status(&long_address), 431);
    assert_eq!(raw_status(&raw_get(&app, "/", &cookie(400_000)).await), 431);
    let many = "a: b\r\n".repeat(200);
    assert_eq!(raw_status(&raw_get(&app, "/", &many).await), 431);
}

#[tokio::test]
async fn who_sends_a_head_too_slowly_is_not_waited_for() {
    let app = TestApp::setup().set("ROLECALL_LIMITS__HEADER_TIMEOUT", "1s").start().await;
    assert_eq!(raw_status(&raw_get(&app, "/health/live", "").await), 200);
    // This returns when the server closes the connection, although the request does not ask for that.
    let answer = raw(&app, b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ").await;
    assert!(answer.is_empty() || raw_status(&answer) == 408, "{answer}");
    let idle = raw(&app, b"").await;
    assert_eq!(idle, "");
}

/// An application with these limits on connections: in total, and for each client.
async fn with_room(connections: u32, of_a_client: u32) -> TestApp {
    let setup = TestApp::setup().set("ROLECALL_LIMITS__CONNECTIONS", &connections.to_string());
    setup.set("ROLECALL_LIMITS__CONNECTIONS_PER_CLIENT", &of_a_client.to_string()).start().await
}

// Case: limit/connections-of-one
#[tokio::test]
async fn one_client_that_says_nothing_on_many_connections_keeps_nobody_out() {
    let app = with_room(12, 8).await;
    let mut silent = Vec::new();
    for _ in 0..60 {
        silent.push(connect(&app, "127.0.0.1").await);
    }
    // The client's oldest connections beyond its share were closed, and the newest is served.
    is_closed(&mut silent[0]).await;
    assert!(is_answered(&mut silent[59]).await);
    for other in ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"] {
        let mut connection = connect(&app, other).await;
        assert!(is_answered(&mut connection).await, "{other}");
        silent.push(connection);
    }
}

// Case: limit/connections-of-one
#[tokio::test]
async fn when_all_are_taken_the_one_that_is_idle_for_longest_makes_room() {
    let app = with_room(4, 2).await;
    let mut idle = Vec::new();
    for client in ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"] {
        let mut connection = connect(&app, client).await;
        assert!(is_answered(&mut connection).await);
        idle.push(connection);
    }
    assert!(is_answered(&mut idle[0]).await, "it is the youngest from here on");
    let mut another = connect(&app, "127.0.0.6").await;
    assert!(is_answered(&mut another).await);
    is_closed(&mut idle[1]).await;
    for still in [0, 2, 3] {
        assert!(is_answered(&mut idle[still]).await, "{still}");
    }
}

// Case: limit/connections-of-one
#[tokio::test]
async fn a_trusted_proxy_may_have_more_than_one_client() {
    let setup = TestApp::setup().behind_proxy().set("ROLECALL_LIMITS__CONNECTIONS", "8");
    let app = setup.set("ROLECALL_LIMITS__CONNECTIONS_PER_CLIENT", "1").start().await;
    let mut connections = Vec::new();
    for _ in 0..8 {
        let mut connection = connect(&app, "127.0.0.1").await;
        assert!(is_answered(&mut connection).await);
        connections.push(connection);
    }
    for connection in &mut connections {
        assert!(is_answered(connection).await);
    }
}

async fn connect(app: &TestApp, from: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(format!("{from}:0").parse().unwrap()).unwrap();
    socket.connect(app.address()).await.unwrap()
}

async fn is_closed(connection: &mut TcpStream) {
    let ended = tokio::time::timeout(Duration::from_secs(10), connection.read(&mut [0])).await;
    assert!(matches!(ended, Ok(Ok(0) | Err(_))), "{ended:?}");
}

/// Whether a request on this connection, which stays open, is answered.
async fn is_answered(stream: &mut TcpStream) -> bool {
    const REQUEST: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    if stream.write_all(REQUEST).await.is_err() {
        return false;
    }
    let mut answer = Vec::new();
    while !answer.ends_with(b"live\n") {
        let mut part = [0; 4096];
        match stream.read(&mut part).await {
            Ok(0) | Err(_) => return false,
            Ok(read) => answer.extend_from_slice(&part[..read]),
        }
    }
    answer.starts_with(b"HTTP/1.1 200")
}
