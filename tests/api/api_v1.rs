//! The API under `/api/v1`: who gets what, and what everybody else is told.

use std::collections::BTreeSet;
use std::time::Duration;

use openidconnect::reqwest::Method;
use rolecall::routes;
use rolecall::server::policy::{Access, access, api_paths};
use rolecall_model::Role;
use serde_json::{Value, json};

use crate::support::faulty_provider::{Answer as ProviderAnswer, Endpoint, Faults};
use crate::support::{AUDIENCE, Answer, CapturedLog, Face, StandIn, TestApp, raw, raw_status};

/// The panels of the one dashboard in the order of its page, with the role that opens each.
const PANELS: [(&str, Role); 6] = [
    ("figures", Role::Read),
    ("temperature", Role::Read),
    ("precipitation", Role::Read),
    ("sign-ins", Role::Admin),
    ("note", Role::Write),
    ("table", Role::Write),
];

/// The paths that the policy opens to administrators alone.
const OF_ADMINISTRATORS: [&str; 4] =
    [routes::API_V1_USERS, routes::API_V1_SESSIONS, routes::API_V1_AUDIT, routes::API_V1_AUDIT_EXPORT];

/// Every path that answers, with the role that it needs.
fn paths() -> Vec<(String, Option<Role>)> {
    let fixed = [
        (routes::API_V1_ME.to_owned(), None),
        (routes::API_V1_SECURE_DATA.to_owned(), Some(Role::Read)),
        (routes::API_V1_DASHBOARDS.to_owned(), Some(Role::Read)),
        (routes::api_v1_dashboard("weather"), Some(Role::Read)),
        (routes::API_V1_DATASETS.to_owned(), Some(Role::Read)),
        (routes::api_v1_dataset("weather"), Some(Role::Read)),
    ];
    let of_administrators = OF_ADMINISTRATORS.map(|path| (path.to_owned(), Some(Role::Admin)));
    let panels = PANELS.map(|(panel, role)| (routes::api_v1_panel("weather", panel), Some(role)));
    let picture = (routes::api_v1_panel_svg("weather", "temperature"), Some(Role::Read));
    let values = (routes::of_panel(routes::API_V1_PANEL_CSV, "weather", "table"), Some(Role::Write));
    fixed.into_iter().chain(of_administrators).chain(panels).chain([picture, values]).collect()
}

/// Sees that `token` opens what `role` opens and nothing else, with every method.
async fn walk(app: &TestApp, token: &str, role: Option<Role>) {
    for (path, needed) in paths() {
        let answer = app.ask(&path, token).await;
        let head = app.ask_with(Method::HEAD, &path, &[("authorization", &format!("Bearer {token}"))]).await;
        assert_eq!(head.status, answer.status, "HEAD {path}");
        if role >= needed {
            answer.assert_status(200).assert_for_programs();
            let kind = match path.rsplit('/').next() {
                Some("svg") => "image/svg+xml",
                Some("csv") => "text/csv; charset=utf-8; header=present",
                Some("export") => "application/x-ndjson",
                _ => "application/json",
            };
            assert_eq!(answer.header("content-type"), kind);
            assert_eq!(answer.header("vary"), "Authorization");
        } else {
            let needed = needed.unwrap();
            let is_for_readers = !OF_ADMINISTRATORS.contains(&path.as_str());
            // To whose role a panel is closed, for them it is not there.
            if role.is_some() && is_for_readers {
                answer.assert_problem(404).assert_shows("There is nothing here.");
                continue;
            }
            let told = if role.is_none() && is_for_readers { Role::Read } else { needed };
            answer.assert_problem(403).assert_shows(&format!("This needs the role {told}."));
            assert!(answer.challenge().contains("error=\"insufficient_scope\""), "{answer:#?}");
        }
    }
}

// Case: api/roles, policy/every-route
#[tokio::test]
async fn each_person_gets_what_their_role_opens() {
    let app = TestApp::start().await;
    let people = [("ada", Some(Role::Admin)), ("wren", Some(Role::Write)), ("reed", Some(Role::Read)), ("nora", None)];
    for (person, role) in people {
        walk(&app, &app.person_token(person).await, role).await;
    }
}

// Case: api/application
#[tokio::test]
async fn an_application_gets_what_its_role_opens() {
    let app = TestApp::start().await;
    let token = app.robot_token().await;
    walk(&app, &token, Some(Role::Read)).await;
    let me: Value = app.ask(routes::API_V1_ME, &token).await.json();
    assert_eq!((&me["kind"], &me["name"]), (&json!("application"), &json!("Demonstration robot")));
}

#[tokio::test]
async fn every_path_is_walked_and_the_policy_asks_for_a_token_at_each() {
    let walked: BTreeSet<_> = paths().into_iter().map(|(path, _)| path).collect();
    for route in api_paths() {
        match access(route).unwrap() {
            Access::Public => assert_eq!(route, routes::API_V1_OPENAPI),
            _ if [routes::API_V1, routes::API_V1_ROOT, routes::API_V1_REST].contains(&route) => {}
            // Nothing is to be had there: `pushed_rows` sends to it.
            access if route == routes::API_V1_ROWS => assert_eq!(access, Access::Role(Role::Write)),
            // `api_people` asks for those of one person, session or entry.
            access if route.contains("{id}") => assert_eq!(access, Access::Role(Role::Admin)),
            _ => {
                let panel = if route == routes::API_V1_PANEL_SVG { "temperature" } else { "table" };
                let path = route.replace("{slug}", "weather").replace("{panel}", panel).replace("{name}", "weather");
                assert!(walked.contains(&path), "{route}");
            }
        }
    }
}

#[tokio::test]
async fn who_calls_is_told_who_they_are() {
    let app = TestApp::start().await;
    let ada = app.person_token("ada").await;
    let me: Value = app.ask(routes::API_V1_ME, &ada).await.json();
    assert_eq!((&me["name"], &me["kind"], &me["role"]), (&json!("Ada Vale"), &json!("person"), &json!("admin")));
    assert_eq!(me["subject"], "8f14c2de-0b7a-4d55-8a0e-5b6f2c1a9d01");
    let data: Value = app.ask(routes::API_V1_SECURE_DATA, &ada).await.json();
    assert_eq!(data, json!({ "message": "Hello Ada, this is protected data" }));
}

/// The cells of `rows` as the page shows them: a number with one decimal and a true minus sign.
fn as_shown(rows: &Value) -> Vec<Vec<String>> {
    let cell = |cell: &Value| match cell.as_f64() {
        Some(number) => format!("{number:.1}").replace('-', "\u{2212}"),
        None => cell.as_str().unwrap().to_owned(),
    };
    let row = |row: &Value| row.as_array().unwrap().iter().map(cell).collect();
    rows.as_array().unwrap().iter().map(row).collect()
}

// Case: api/panels
#[tokio::test]
async fn a_panel_holds_what_the_page_shows_as_numbers() {
    let app = TestApp::start().await;
    let wren = app.person_token("wren").await;
    let ask = async |panel: &str| -> Value {
        app.ask(&routes::api_v1_panel("weather", panel), &wren).await.assert_status(200).json()
    };
    let mut browser = app.browser();
    browser.sign_in_as("wren").await;
    let page = browser.get("/dashboards/weather?table.page=2").await;
    let tables = page.assert_status(200).tables();
    let [temperature, precipitation, days] = tables.as_slice() else { panic!("{} tables", tables.len()) };

    let table = ask("table?page=2").await;
    assert_eq!((&table["panel"], &table["page"], &table["total"]), (&json!("table"), &json!(2), &json!(2922)));
    assert_eq!(table["rows"].as_array().unwrap().len(), 20);
    for row in table["rows"].as_array().unwrap() {
        assert!(row[0].is_string() && (2..6).all(|cell| row[cell].is_number()), "{row}");
    }
    assert_eq!(as_shown(&table["rows"]), *days);
    for (panel, rows) in [("temperature", temperature), ("precipitation", precipitation)] {
        let chart = ask(panel).await;
        let series = [&chart["series"][0]["values"], &chart["series"][1]["values"]];
        let points = chart["points"].as_array().unwrap().iter().enumerate();
        let of_chart: Value = points.map(|(at, point)| json!([point, series[0][at], series[1][at]])).collect();
        assert_eq!(as_shown(&of_chart), *rows, "{panel}");
        assert_eq!(
            (&chart["points"][0], &chart["point_values"][0]),
            (&json!("2012-01"), &json!("2012-01-01")),
            "{panel}"
        );
        for series in chart["series"].as_array().unwrap() {
            assert_eq!((&series["split_value"], &series["is_others"]), (&series["name"], &json!(false)), "{panel}");
        }
    }
    assert_eq!(ask("note").await["version"], 0);
    let figures = ask("figures").await["figures"].take();
    let figures = figures.as_array().unwrap();
    let value = |figure: &Value| {
        let number = format!("{:.1}", figure["value"].as_f64().unwrap()).replace('-', "\u{2212}");
        format!("{number} {}", figure["unit"].as_str().unwrap())
    };
    assert_eq!(figures.iter().map(value).collect::<Vec<_>>(), page.texts_of("figure-value"));
    let shown = |figure: &Value| {
        let cells = figure["shown"].as_array().unwrap().iter().map(|cell| cell.as_str().unwrap());
        cells.collect::<Vec<_>>().join(", ")
    };
    assert_eq!(figures.iter().map(shown).collect::<Vec<_>>(), page.texts_of("figure-detail"));
    assert_eq!(figures.len(), 3);
    let columns = table["columns"].as_array().unwrap().iter().map(|column| column["type"].as_str().unwrap());
    let types = ["date", "text", "decimal", "decimal", "decimal", "decimal", "text"];
    assert_eq!(columns.collect::<Vec<_>>(), types);
    for page in ["0", "-1", "1.5", "x", "", "4294967296", "1&page=1"] {
        let path = format!("{}?page={page}", routes::api_v1_panel("weather", "table"));
        app.ask(&path, &wren).await.assert_problem(400);
    }
    for path in ["table?page=148", "figures?page=2", "nothing", "%00"] {
        app.ask(&routes::api_v1_panel("weather", path), &wren).await.assert_problem(404);
    }
    app.ask("/api/v1/dashboards/%ff", &wren).await.assert_problem(400);
    app.ask("/api/v1/dashboards/nothing", &wren).await.assert_problem(404);
}

// Case: export/pictures
#[tokio::test]
async fn the_pictures_of_the_api_have_what_the_page_shows() {
    let app = TestApp::start().await;
    let wren = app.person_token("wren").await;
    let picture = async |panel: &str, query: &str| {
        app.ask(&format!("{}{query}", routes::api_v1_panel_svg("weather", panel)), &wren).await
    };
    let mut browser = app.browser();
    browser.sign_in_as("wren").await;
    let page = browser.get("/dashboards/weather?table.page=2").await;
    let pictures = [
        (picture("figures", "").await, page.texts_of("figure-value")),
        (picture("table", "?page=2").await, page.tables().pop().unwrap().concat()),
        (picture("temperature", "").await, vec!["Mean temperature by month (°C)".to_owned()]),
    ];
    for (svg, texts) in pictures {
        assert_eq!(svg.assert_status(200).header("content-type"), "image/svg+xml");
        let is_drawn = |text: &String| svg.body.contains(&format!(">{text}</text>"));
        assert!(!texts.is_empty() && texts.iter().all(is_drawn), "{texts:?} {svg:#?}");
    }
    for (panel, query, status) in [
        ("note", "", 404),
        ("nothing", "", 404),
        ("table", "?page=148", 404),
        ("figures", "?page=2", 404),
        ("table", "?page=0", 400),
        ("table", "?sort=nothing", 400),
        ("temperature", "?sort=Month", 400),
    ] {
        picture(panel, query).await.assert_problem(status);
    }
}

// Case: api/panels
#[tokio::test]
async fn a_dashboard_names_only_the_panels_that_are_open() {
    let app = TestApp::start().await;
    for (person, role) in [("ada", Role::Admin), ("wren", Role::Write), ("reed", Role::Read)] {
        let token = app.person_token(person).await;
        let dashboard: Value = app.ask(&routes::api_v1_dashboard("weather"), &token).await.json();
        let named: Vec<_> = dashboard["panels"].as_array().unwrap().iter().map(|panel| panel["id"].clone()).collect();
        let open: Vec<_> = PANELS.iter().filter(|(_, needed)| role >= *needed).map(|(panel, _)| json!(panel)).collect();
        assert_eq!(named, open, "{person}");
        for panel in dashboard["panels"].as_array().unwrap() {
            app.ask(panel["href"].as_str().unwrap(), &token).await.assert_status(200);
        }
    }
}

// Case: api/no-token, identity/no-header
#[tokio::test]
async fn without_a_token_nobody_gets_anything_whatever_else_they_bring() {
    let app = TestApp::setup().with_own_provider().start().await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    let cookie = ada.cookie_header();
    let token = app.person_token("ada").await;
    let sets: [&[(&str, &str)]; 6] = [
        &[],
        &[("cookie", &cookie)],
        &[("cookie", &cookie), ("accept", "text/html"), ("sec-fetch-mode", "navigate")],
        &[("authorization", "Basic YWRhOmFkYQ==")],
        &[("x-forwarded-user", "ada@example.com"), ("x-ms-token-aad-access-token", &token)],
        &[("cookie", &format!("access_token={token}"))],
    ];
    for headers in sets {
        for (path, _) in paths() {
            for path in [path.clone(), format!("{path}?access_token={token}")] {
                let answer = app.ask_with(Method::GET, &path, headers).await;
                assert_eq!(answer.assert_problem(401).challenge(), "Bearer realm=\"Rolecall\"", "{headers:?}");
            }
        }
    }
    // The cookie is good, where it counts, and changes nothing about a token here.
    assert_eq!(ada.user().await.unwrap().name, "Ada Vale");
    let reed = format!("Bearer {}", app.person_token("reed").await);
    let both = [("cookie", cookie.as_str()), ("authorization", &reed)];
    let me: Value = app.ask_with(Method::GET, routes::API_V1_ME, &both).await.json();
    assert_eq!(me["name"], "Reed Marlow");
}

// Case: api/header
#[tokio::test]
async fn a_header_that_cannot_be_read_is_told_so() {
    let app = TestApp::start().await;
    let token = app.person_token("ada").await;
    let host = app.address();
    let ask = async |headers: &str| {
        let request = format!("GET /api/v1/me HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n");
        raw(&app, request.as_bytes()).await
    };
    let good = format!("Authorization: Bearer {token}\r\n");
    assert_eq!(raw_status(&ask(&good).await), 200);
    assert_eq!(raw_status(&ask(&good.replace("Bearer", "bearer")).await), 200);
    for bad in [
        format!("{good}{good}"),
        format!("{good}Authorization: Basic YTpi\r\n"),
        format!("Authorization: Bearer {token} {token}\r\n"),
        format!("Authorization: Bearer {token},{token}\r\n"),
        "Authorization: Bearer\r\n".to_owned(),
        "Authorization: Bearer \u{e9}\r\n".to_owned(),
    ] {
        let answer = ask(&bad).await;
        assert_eq!(raw_status(&answer), 400, "{bad}: {answer}");
        assert!(
            answer.contains("error=\"invalid_request\"") && answer.contains("application/problem+json"),
            "{answer}"
        );
    }
    for garbage in ["a", "a.b.c", "..", "e30.e30.AAAA", "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9.e30.AAAA"] {
        let answer = app.ask(routes::API_V1_ME, garbage).await;
        assert!(answer.assert_problem(401).challenge().contains("error=\"invalid_token\""), "{garbage}: {answer:#?}");
    }
}

// Case: api/methods, policy/method
#[tokio::test]
async fn other_methods_are_judged_and_then_told_which_there_are() {
    let app = TestApp::start().await;
    let (ada, nora) = (app.person_token("ada").await, app.person_token("nora").await);
    let bearer = |token: &str| format!("Bearer {token}");
    for (path, needed) in paths() {
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] {
            let method: Method = method.parse().unwrap();
            app.ask_with(method.clone(), &path, &[]).await.assert_problem(401);
            let answer = app.ask_with(method.clone(), &path, &[("authorization", &bearer(&ada))]).await;
            if method == Method::PUT && path == routes::api_v1_dataset("weather") {
                // It is there, and says that this is no JSON.
                answer.assert_problem(415);
            } else {
                let allowed = if path == routes::api_v1_dataset("weather") { "GET,HEAD,PUT" } else { "GET,HEAD" };
                assert_eq!(answer.assert_problem(405).header("allow"), allowed, "{method} {path}");
            }
            if needed.is_some() {
                app.ask_with(method, &path, &[("authorization", &bearer(&nora))]).await.assert_problem(403);
            }
        }
    }
    let preflight = [("origin", "https://evil.test"), ("access-control-request-method", "GET")];
    app.ask_with(Method::OPTIONS, routes::API_V1_ME, &preflight).await.assert_problem(401);
}

/// Every kind of failure, as a browser would meet it.
// Case: api/problems
#[tokio::test]
async fn whatever_fails_is_a_problem_document_and_never_a_page() {
    let app = TestApp::start().await;
    let token = format!("Bearer {}", app.person_token("ada").await);
    let html = [("accept", "text/html"), ("sec-fetch-mode", "navigate"), ("authorization", token.as_str())];
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v1/me/",
        "/api/v1//me",
        "/api/v1/dashboards/a/b",
        "/api/v1/%ff",
    ] {
        app.ask_with(Method::GET, path, &html).await.assert_problem(404);
        app.ask_with(Method::POST, path, &html).await.assert_problem(404);
        app.ask_with(Method::GET, path, &html[..2]).await.assert_problem(401);
    }
    app.ask_with(Method::GET, routes::API_V1_ME, &html).await.assert_status(200).assert_for_programs();
    app.ask_with(Method::DELETE, routes::API_V1_ME, &html).await.assert_problem(405);
    let large = app.browser().request(Method::GET, routes::API_V1_ME).headers(headers(&html)).body("x".repeat(70_000));
    Answer::read(large.send().await.unwrap()).await.assert_problem(413);
    // Other names of this machine are for people alone.
    let elsewhere = format!(
        "GET /api/v1/me HTTP/1.1\r\nHost: localhost:{}\r\nAuthorization: {token}\r\nConnection: close\r\n\r\n",
        app.address().port()
    );
    assert_eq!(raw_status(&raw(&app, elsewhere.as_bytes()).await), 200);
    app.db().close().await;
    let answer = app.ask_with(Method::GET, &routes::api_v1_panel("weather", "note"), &html).await;
    answer.assert_problem(500).assert_shows("request id");
}

fn headers(pairs: &[(&str, &str)]) -> openidconnect::reqwest::header::HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect::<Vec<_>>()
        .into_iter()
        .collect()
}

// Case: api/in-the-clear
#[tokio::test]
async fn a_token_that_came_without_https_is_not_answered() {
    let app = TestApp::setup().behind_proxy().over_tls().start().await;
    let token = app.person_token("ada").await;
    let bearer = format!("Bearer {token}");
    let by =
        |scheme| [("x-forwarded-proto", scheme), ("x-forwarded-for", "192.0.2.1"), ("authorization", bearer.as_str())];
    app.ask_with(Method::GET, routes::API_V1_ME, &by("https")).await.assert_status(200);
    app.ask_with(Method::GET, routes::API_V1_ME, &by("http")).await.assert_problem(421);
}

// Case: limits/bearer
#[tokio::test]
async fn who_fails_too_often_with_a_token_is_told_when_to_come_again_and_others_are_not_held_up() {
    let setup = TestApp::setup().set("ROLECALL_LIMITS__API_FAILURES_PER_MINUTE", "3");
    let app = setup.behind_proxy().start().await;
    let log = CapturedLog::begin();
    let good = app.person_token("ada").await;
    let from = async |client: &str, token: &str| {
        let headers = [("authorization", &*format!("Bearer {token}")), ("x-forwarded-for", client)];
        app.ask_with(Method::GET, routes::API_V1_ME, &headers).await
    };
    for _ in 0..3 {
        from("203.0.113.1", "a.b.c").await.assert_problem(401);
    }
    for _ in 0..5 {
        let answer = from("203.0.113.1", "a.b.c").await;
        assert_eq!(answer.assert_problem(429).header("retry-after"), "20");
    }
    let logged = log.entries().iter().filter(|entry| entry.text("event") == "api_token_refused").count();
    assert_eq!(logged, 1, "refusals fill no log");
    from("203.0.113.1", &good).await.assert_status(200);
    from("203.0.113.2", "a.b.c").await.assert_problem(401);
    // Who brings no token at all has not failed with one.
    app.ask_with(Method::GET, routes::API_V1_ME, &[("x-forwarded-for", "203.0.113.1")]).await.assert_problem(401);
    app.clock.advance(Duration::from_secs(20));
    from("203.0.113.1", "a.b.c").await.assert_problem(401);
    from("203.0.113.1", "a.b.c").await.assert_problem(429);
}

// Case: api/off
#[tokio::test]
async fn without_an_audience_there_is_no_api() {
    let app = TestApp::setup().set("ROLECALL_API__AUDIENCE", "[]").start().await;
    let token = app.person_token("ada").await;
    for path in api_paths() {
        let path = path.replace("{slug}", "weather").replace("{panel}", "table").replace("{*path}", "x");
        app.ask(&path, &token).await.assert_problem(404).assert_shows("api.audience");
        app.ask_with(Method::POST, &path, &[]).await.assert_problem(404);
    }
    app.browser().get(routes::DEVELOPERS).await.assert_status(200).assert_shows("The API is off here");
}

// Case: api/step-up
#[tokio::test]
async fn what_needs_a_recent_proof_needs_it_here_too() {
    let app = TestApp::setup().set("ROLECALL_STEP_UP__WRITE", "10m").start().await;
    let (wren, robot) = (app.person_token("wren").await, app.robot_token().await);
    let table = routes::api_v1_panel("weather", "table");
    app.ask(&table, &wren).await.assert_status(200);
    app.clock.advance(Duration::from_secs(601));
    let answer = app.ask(&table, &wren).await;
    assert!(answer.assert_problem(401).challenge().contains("error=\"insufficient_user_authentication\""));
    app.ask(&routes::api_v1_panel("weather", "figures"), &wren).await.assert_status(200);
    app.ask(routes::API_V1_SECURE_DATA, &robot).await.assert_status(200);
}

// Case: api/sign-out
#[tokio::test]
async fn a_token_is_good_until_it_ends_whoever_signs_out() {
    let app = TestApp::start().await;
    let token = app.person_token("ada").await;
    let mut ada = app.browser();
    ada.sign_in_as("ada").await;
    ada.submit(routes::API_SIGN_OUT, &[]).await;
    app.ask(routes::API_V1_ME, &token).await.assert_status(200);
    assert_eq!(app.count("sign_ins WHERE revoked_at IS NULL").await, 0);
}

#[tokio::test]
async fn the_description_says_what_there_is_and_anybody_may_read_it() {
    let app = TestApp::start().await;
    let answer = app.ask_with(Method::GET, routes::API_V1_OPENAPI, &[]).await;
    let document: Value = answer.assert_status(200).assert_for_programs().json();
    assert_eq!((&document["openapi"], &document["security"]), (&json!("3.1.0"), &json!([{ "bearer": [] }])));
    let described: BTreeSet<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let others = [routes::API_V1, routes::API_V1_ROOT, routes::API_V1_REST, routes::API_V1_OPENAPI];
    let there = api_paths().filter(|path| !others.contains(path)).map(str::to_owned).collect();
    assert_eq!(described, there);
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            for status in ["200", "400", "401", "403", "404", "413", "422", "429", "500", "503"] {
                assert!(responses.contains_key(status), "{status} of {method} {path}");
            }
            let changes = method != "get";
            assert_eq!(["409", "415"].map(|status| responses.contains_key(status)), [changes; 2], "{method} {path}");
        }
    }
}

#[tokio::test]
async fn the_page_about_the_api_holds_every_path_and_the_commands_to_try_it() {
    let app = TestApp::start().await;
    let page = app.browser().get(routes::DEVELOPERS).await;
    page.assert_status(200).assert_shows("curl -s -d person=ada").assert_shows("rolecall-demonstration-robot");
    let others = [routes::API_V1, routes::API_V1_ROOT, routes::API_V1_REST, routes::API_V1_OPENAPI];
    for path in api_paths().filter(|path| !others.contains(path)) {
        let method = match path {
            routes::API_V1_SESSION | routes::API_V1_USER_GRANT => "DELETE",
            routes::API_V1_ROWS
            | routes::API_V1_USER_DISABLE
            | routes::API_V1_USER_ENABLE
            | routes::API_V1_USER_END_SESSIONS
            | routes::API_V1_USER_GRANTS => "POST",
            _ => "GET",
        };
        page.assert_shows(&format!("{method} {path}"));
    }
    page.assert_shows(&format!("http://{}/api/v1/dashboards/weather/panels/temperature", app.address()));
    assert!(page.header("content-security-policy").contains("script-src 'sha256-"), "{page:#?}");
    assert!(page.body.matches("<script").count() == 1 && !page.body.contains(" style="), "{page:#?}");
    app.browser().get(routes::HOME).await.assert_shows("href=\"/developers\"");
}

#[tokio::test]
async fn the_page_about_the_api_tells_the_commands_of_the_provider_that_is_configured() {
    for (face, command) in [
        (Face::Entra, format!("az account get-access-token --resource {AUDIENCE}")),
        (Face::Plain, AUDIENCE.to_owned()),
    ] {
        let app = StandIn::start(face).await.start_api().await;
        let page = app.browser().get(routes::DEVELOPERS).await;
        page.assert_status(200).assert_shows(&command);
        assert!(!page.body.contains("/demo/"), "{page:#?}");
        assert_eq!(page.body.contains("az account"), face == Face::Entra, "{page:#?}");
    }
}

/// Whoever asks the provider's own endpoints is told as OAuth wants it.
#[tokio::test]
async fn the_demonstration_gives_tokens_to_whom_it_knows_alone() {
    let app = TestApp::start().await;
    let ask = async |path: &str, form: &[(&str, &str)]| {
        Answer::read(app.browser().request(Method::POST, path).form(form).send().await.unwrap()).await
    };
    ask("/demo/api-token", &[("person", "nobody")]).await.assert_status(400).assert_shows("invalid_request");
    ask("/demo/api-token", &[]).await.assert_status(400);
    let grant = ("grant_type", "client_credentials");
    let id = ("client_id", "rolecall-demonstration-robot");
    ask("/demo/token", &[grant, id, ("client_secret", "demonstration")]).await.assert_status(200);
    let scope = ("scope", "api://rolecall-demonstration/.default");
    ask("/demo/token", &[grant, id, ("client_secret", "demonstration"), scope]).await.assert_status(200);
    ask("/demo/token", &[grant, id, ("client_secret", "x")]).await.assert_status(401).assert_shows("invalid_client");
    ask("/demo/token", &[grant, id]).await.assert_status(401);
    let other = ("scope", "api://another/.default");
    ask("/demo/token", &[grant, id, ("client_secret", "demonstration"), other]).await.assert_status(400);
}

// Case: api/provider-down
#[tokio::test]
async fn a_provider_that_panics_or_is_down_gives_503_and_recovers() {
    let app = TestApp::start().await;
    let token = app.person_token("ada").await;
    app.demo().set_faults(Faults::answer(Endpoint::Jwks, ProviderAnswer::InvalidJson));
    app.ask(routes::API_V1_ME, &token).await.assert_problem(503);
    app.demo().set_faults(Faults::default());
    app.ask(routes::API_V1_ME, &token).await.assert_status(200);
}
