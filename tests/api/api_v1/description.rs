//! The OpenAPI description, the page for developers, and tokens for trying the API.

use std::collections::BTreeSet;

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use rolecall_server::access::RouteKind;
use serde_json::{Value, json};

use crate::support::{AUDIENCE, Answer, Face, StandIn, TestApp, policy};

#[tokio::test]
async fn the_description_says_what_there_is_and_anybody_may_read_it() {
    let app = TestApp::start().await;
    let answer = app.ask_with(Method::GET, routes::API_V1_OPENAPI, &[]).await;
    let document: Value = answer.assert_status(200).assert_for_programs().json();
    assert_eq!((&document["openapi"], &document["security"]), (&json!("3.1.0"), &json!([{ "bearer": [] }])));
    let described: BTreeSet<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
    let others = [routes::API_V1, routes::API_V1_ROOT, routes::API_V1_REST, routes::API_V1_OPENAPI];
    let there = policy().paths_of(RouteKind::Api).filter(|path| !others.contains(path)).map(str::to_owned).collect();
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
    for path in policy().paths_of(RouteKind::Api).filter(|path| !others.contains(path)) {
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

/// The provider's own endpoints answer errors in the form that OAuth requires.
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
