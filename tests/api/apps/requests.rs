//! The requests that reach an app: unchanged, with headers that say who asks, and without Rolecall's cookies.

use openidconnect::reqwest::Method;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Browser, TestApp, Upstream, raw, raw_status};

async fn reader(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    browser
}

#[tokio::test]
async fn method_path_query_and_body_arrive_as_they_were() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let browser = reader(&app).await;
    for method in ["GET", "PUT", "PATCH", "DELETE", "REPORT"] {
        let method: Method = method.parse().unwrap();
        let request = browser.script(method.clone(), "/apps/sales/a%2Fb/%C3%A4/?x=%20&y=+&z");
        assert_eq!(request.header("x-own", "1").send().await.unwrap().status(), 200);
        let seen = upstream.last();
        assert_eq!((seen.method.as_str(), seen.target.as_str()), (method.as_str(), "/a%2Fb/%C3%A4/?x=%20&y=+&z"));
        assert_eq!(seen.header("x-own"), "1");
    }
    let answer = browser.script(Method::POST, "/apps/sales/arrivals").body("a".repeat(200_000)).send().await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "200000 bytes", "larger than Rolecall's own forms may be");
}

#[tokio::test]
async fn the_app_learns_who_asks_and_from_where() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let mut browser = app.browser();
    browser.sign_in_as("wren").await;
    browser.get("/apps/sales/").await.assert_status(200);
    let seen = upstream.last();
    let host = app.address().to_string();
    assert!(seen.header("x-rolecall-name").starts_with("Wren "));
    assert_eq!(seen.header("x-rolecall-roles"), "read,write");
    assert!(seen.header("x-rolecall-email").starts_with("wren@"));
    assert_eq!(seen.header("x-rolecall-user").len(), 43, "opaque");
    assert_eq!(seen.header("host"), host);
    assert_eq!(seen.header("x-forwarded-host"), host);
    assert_eq!(seen.header("x-forwarded-proto"), "http");
    assert_eq!(seen.header("x-forwarded-for"), "127.0.0.1");
    assert_eq!(seen.header("x-forwarded-prefix"), "/apps/sales");
    assert_eq!(seen.header("forwarded"), format!("for=127.0.0.1;proto=http;host=\"{host}\""));
    let first = seen.header("x-rolecall-user").to_owned();

    // An app sees the same key of a person (not their name) at every sign-in, and another key for another person.
    let mut again = app.browser();
    again.sign_in_as("wren").await;
    again.get("/apps/sales/").await.assert_status(200);
    assert_eq!(upstream.last().header("x-rolecall-user"), first);
    reader(&app).await.get("/apps/sales/").await.assert_status(200);
    assert_ne!(upstream.last().header("x-rolecall-user"), first);
}

#[tokio::test]
async fn nobody_can_say_who_they_are_but_us() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_own_provider().with_app("sales", upstream.address, "read").start().await;
    let browser = reader(&app).await;
    let forged = "X-Rolecall-User: eve\r\nX-Rolecall-User: eve\r\nx_rolecall_user: eve\r\nX-ROLECALL_Roles: eve\r\n\
                  X.Rolecall.Jwt: eve\r\nX-Rolecall-Email: eve\r\nX-Rolecall-New: eve\r\nX-Forwarded-User: eve\r\n\
                  X-Forwarded-Email: eve\r\nX-Forwarded-Groups: eve\r\nX_Forwarded_Preferred_Username: eve\r\n\
                  X-Forwarded-For: eve\r\nForwarded: for=eve\r\nRemote-User: eve\r\nREMOTE_USER: eve\r\n\
                  X-Auth-Request-User: eve\r\nX-Auth-Request-Access-Token: eve\r\nX-WebAuth-User: eve\r\n\
                  X-Real-Ip: eve\r\nX-Original-Url: /eve\r\nAuthorization: Bearer eve\r\nProxy-Authorization: eve\r\n";
    // Headers that `Connection` names are removed, but never the ones that Rolecall adds.
    let named =
        "Connection: close, X-Rolecall-User, X-Rolecall-Roles, X-Rolecall-Jwt, Host, Cookie, X-Own\r\nX-Own: eve\r\n";
    let trailers = "Trailer: X-Rolecall-User\r\nTransfer-Encoding: chunked\r\n\r\n\
                    3\r\nabc\r\n0\r\nX-Rolecall-User: eve\r\nX_Rolecall_Roles: eve\r\n\r\n";
    let request = format!(
        "POST /apps/sales/arrivals HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n{forged}{named}{trailers}",
        app.address(),
        browser.cookie_header()
    );
    let answer = raw(&app, request.as_bytes()).await;
    assert_eq!(raw_status(&answer), 200, "{answer}");
    assert!(answer.contains("3 bytes"), "{answer}");
    let seen = upstream.last();
    assert!(!format!("{seen:?}").contains("eve"), "{seen:#?}");
    assert_eq!(seen.header("x-rolecall-roles"), "read");
    assert_eq!(seen.header("x-rolecall-user").len(), 43);
    assert_eq!(seen.header("x-rolecall-jwt").split('.').count(), 3);
    assert_eq!(seen.header("host"), app.address().to_string());
}

#[tokio::test]
async fn our_cookies_stay_here_and_the_apps_own_arrive() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let mut browser = reader(&app).await;
    let secret = browser.session_cookie().to_owned();
    browser.cookies.extend(
        [("theirs", "1"), ("rolecall-attempt-AAAAAAAAAAAAAAAAAAAAAA", "x"), ("rolecall-tries", "1"), ("_xsrf", "2|a")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    browser.get("/apps/sales/").await.assert_status(200);
    let seen = upstream.last();
    assert_eq!(seen.header("cookie"), "_xsrf=2|a; theirs=1");
    assert!(!format!("{seen:?}").contains(&secret), "{seen:#?}");
}

#[tokio::test]
async fn what_an_app_is_asked_follows_its_configuration() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup()
        .with_app("sales", upstream.address, "read")
        .set("ROLECALL_APPS__SALES__KEEP_PREFIX", "true")
        .set("ROLECALL_APPS__SALES__UPSTREAM_HOST", "true")
        .set("ROLECALL_APPS__SALES__PASS_AUTHORIZATION", "true")
        .start()
        .await;
    let browser = reader(&app).await;
    let request = browser.navigation(Method::GET, "/apps/sales/x?y").header("authorization", "Basic own");
    assert_eq!(request.send().await.unwrap().status(), 200);
    let seen = upstream.last();
    assert_eq!(seen.target, "/apps/sales/x?y");
    assert_eq!(seen.header("x-forwarded-prefix"), "");
    assert_eq!(seen.header("host"), upstream.address.to_string());
    assert_eq!(seen.header("x-forwarded-host"), app.address().to_string());
    assert_eq!(seen.header("authorization"), "Basic own");
}

#[tokio::test]
async fn an_upload_arrives_piece_by_piece_before_it_is_whole() {
    let upstream = Upstream::start().await;
    let app = TestApp::setup().with_app("sales", upstream.address, "read").start().await;
    let browser = reader(&app).await;
    let head = format!(
        "POST /apps/sales/arrivals HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Length: 6\r\nConnection: close\r\n\r\n",
        app.address(),
        browser.cookie_header()
    );
    let mut stream = TcpStream::connect(app.address()).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    for piece in ["ab", "cd", "ef"] {
        // Each piece is sent only after the previous one has arrived.
        stream.write_all(piece.as_bytes()).await.unwrap();
        assert_eq!(upstream.arrived().await.unwrap(), piece);
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("6 bytes"), "{answer}");
}
