//! Requests to Graph: to one address only, with limited waiting, and without following redirects.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http::Method;
use rolecall_entra::graph::{GraphError, GraphHttp, PathError, Pauses};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::support::{ScriptedGraph, TestClock};

/// A Graph server, a client for it, and the waits that were requested instead of sleeping.
struct Scene {
    graph: ScriptedGraph,
    http: GraphHttp,
    waited: Arc<Mutex<Vec<Duration>>>,
    token: SecretString,
}

impl Scene {
    async fn start() -> Self {
        let graph = ScriptedGraph::start().await;
        let clock = TestClock::starting_now();
        let waited = Arc::<Mutex<Vec<Duration>>>::default();
        let pauses = {
            let (clock, waited) = (clock.clone(), Arc::clone(&waited));
            Pauses::new(move |time| {
                clock.advance(time);
                waited.lock().unwrap().push(time);
                Box::pin(std::future::ready(()))
            })
        };
        let base = format!("{}/base", graph.origin).parse().unwrap();
        let http = GraphHttp::new(base, None, clock.clock()).unwrap().with_pauses(pauses);
        Self { graph, http, waited, token: SecretString::from("the-token") }
    }

    async fn me(&self) -> Result<Value, GraphError> {
        self.http.fetch(&self.token, "/v1.0/me").await
    }

    fn waited(&self) -> Vec<u64> {
        self.waited.lock().unwrap().iter().map(Duration::as_secs).collect()
    }
}

#[tokio::test]
async fn a_request_carries_the_token_and_an_answer_may_be_anything() {
    let scene = Scene::start().await;
    scene.graph.answers(200, &[], r#"{"displayName": "Ada"}"#);
    scene.graph.answers(200, &[("content-type", "image/png")], b"\x89PNG".as_slice());
    scene.graph.answers(201, &[], r#"{"id": "1"}"#);
    scene.graph.answers(204, &[], "");
    scene.graph.answers(204, &[], "");
    assert_eq!(scene.me().await.unwrap()["displayName"], "Ada");
    let photo = scene.http.fetch_bytes(&scene.token, "/v1.0/me/photo/$value").await.unwrap();
    assert_eq!((photo.content_type.as_str(), photo.body.as_slice()), ("image/png", b"\x89PNG".as_slice()));
    let body = json!({"name": "x"});
    let made: Value = scene.http.send(&scene.token, Method::POST, "/v1.0/applications", &body).await.unwrap();
    assert_eq!(made["id"], "1");
    let () = scene.http.send(&scene.token, Method::PATCH, "/v1.0/applications/1", &body).await.unwrap();
    scene.http.delete(&scene.token, "/v1.0/applications/1").await.unwrap();
    let asked = [
        "GET /base/v1.0/me Bearer the-token",
        "GET /base/v1.0/me/photo/$value Bearer the-token",
        r#"POST /base/v1.0/applications Bearer the-token {"name":"x"}"#,
        r#"PATCH /base/v1.0/applications/1 Bearer the-token {"name":"x"}"#,
        "DELETE /base/v1.0/applications/1 Bearer the-token",
    ];
    assert_eq!(scene.graph.asked(), asked);
}

#[tokio::test]
async fn no_path_redirect_or_next_page_takes_the_token_elsewhere() {
    let scene = Scene::start().await;
    let elsewhere = ScriptedGraph::start().await;
    for path in ["//evil.test/", "/../x", "/%2e%2e/x", "https://evil.test/", &elsewhere.origin] {
        let refused = scene.http.fetch::<Value>(&scene.token, path).await;
        assert!(matches!(refused, Err(GraphError::Path(PathError::NotAPath))), "{path}: {refused:?}");
    }
    assert_eq!(scene.graph.asked(), [""; 0]);

    scene.graph.answers(302, &[("location", &format!("{}/v1.0/me", elsewhere.origin))], "");
    assert!(matches!(scene.me().await, Err(GraphError::Unexpected { .. })));

    let page = |next: &str| json!({"value": [1, 2], "@odata.nextLink": next}).to_string();
    scene.graph.answers(200, &[], page(&format!("{}/base/v1.0/users?$skiptoken=a", scene.graph.origin)));
    scene.graph.answers(200, &[], r#"{"value": [3]}"#);
    let all: Vec<u8> = scene.http.fetch_list(&scene.token, "/v1.0/users").await.unwrap();
    assert_eq!(all, [1, 2, 3]);
    for next in [format!("{}/base/v1.0/users", elsewhere.origin), format!("{}/other", scene.graph.origin)] {
        scene.graph.answers(200, &[], page(&next));
        let refused = scene.http.fetch_list::<u8>(&scene.token, "/v1.0/users").await;
        assert!(matches!(refused, Err(GraphError::Path(PathError::Elsewhere))), "{next}: {refused:?}");
    }
    assert_eq!(elsewhere.asked(), [""; 0]);
}

#[tokio::test]
async fn graph_is_left_alone_for_as_long_as_it_says_within_ten_seconds() {
    let scene = Scene::start().await;
    scene.graph.answers(429, &[("retry-after", "4")], "");
    scene.graph.answers(503, &[("retry-after", "5")], "");
    scene.graph.answers(200, &[], "{}");
    assert!(scene.me().await.is_ok());
    assert_eq!(scene.waited(), [4, 5]);

    // The first answer already asks for a wait of nine seconds, so a second one would be too long.
    scene.graph.answers(429, &[("retry-after", "9")], "");
    scene.graph.answers(429, &[("retry-after", "1")], "");
    let refused = scene.me().await.unwrap_err();
    assert!(matches!(refused, GraphError::Throttled { .. }), "{refused:?}");
    assert_eq!(refused.retry_after(), Some(Duration::from_secs(1)));
    assert_eq!(scene.waited(), [4, 5, 9]);

    scene.graph.answers(503, &[("retry-after", "120")], "");
    let refused = scene.me().await.unwrap_err();
    assert_eq!(refused.retry_after(), Some(Duration::from_mins(2)));
    assert_eq!(scene.waited(), [4, 5, 9], "nobody waits for what does not fit");
}

#[tokio::test]
async fn an_outage_is_tried_again_a_few_times_and_a_change_is_not() {
    let scene = Scene::start().await;
    for _ in 0..9 {
        scene.graph.answers(502, &[], "<html>");
    }
    assert!(matches!(scene.me().await, Err(GraphError::Unavailable { .. })));
    assert_eq!(scene.graph.asked().len(), 4);
    let changed = scene.http.send::<Value>(&scene.token, Method::POST, "/v1.0/applications", &json!({})).await;
    assert!(matches!(changed, Err(GraphError::Unavailable { .. })));
    assert_eq!(scene.graph.asked().len(), 5);
}

// Case: entra/claims-challenge
#[tokio::test]
async fn each_refusal_is_told_apart() {
    let scene = Scene::start().await;
    let error = |code: &str, message: &str| json!({"error": {"code": code, "message": message}}).to_string();
    let claims = "eyJhY2Nlc3NfdG9rZW4iOnt9fQ";
    let challenge = format!(r#"Bearer realm="", error="insufficient_claims", claims="{claims}""#);
    scene.graph.answers(401, &[("www-authenticate", "Bearer")], error("InvalidAuthenticationToken", ""));
    scene.graph.answers(401, &[("www-authenticate", &challenge)], "");
    scene.graph.answers(401, &[], error("x", "AADSTS65001: The user has not consented."));
    scene.graph.answers(403, &[], error("Authorization_RequestDenied", "Insufficient\nprivileges"));
    scene.graph.answers(404, &[], error("ImageNotFound", ""));
    scene.graph.answers(409, &[], error("Conflict", "It is there."));
    scene.graph.answers(200, &[], "<html>");
    assert!(matches!(scene.me().await, Err(GraphError::Unauthorized { challenge: None })));
    let challenged = scene.me().await.unwrap_err();
    let GraphError::Unauthorized { challenge: Some(challenge) } = challenged else { panic!("{challenged:?}") };
    assert_eq!(Value::Object(challenge.0), json!({"access_token": {}}));
    assert!(matches!(scene.me().await, Err(GraphError::ConsentMissing { .. })));
    let denied = scene.me().await.unwrap_err();
    assert!(matches!(&denied, GraphError::ConsentMissing { message, .. } if message == "Insufficient privileges"));
    assert!(matches!(scene.me().await, Err(GraphError::NotFound)));
    let conflict = scene.me().await.unwrap_err();
    assert!(matches!(&conflict, GraphError::Unexpected { code, .. } if code == "Conflict"), "{conflict:?}");
    assert!(matches!(scene.me().await, Err(GraphError::Unreadable(_))));
    assert_eq!(scene.waited(), [0; 0]);
}

#[tokio::test]
async fn a_graph_that_never_answers_is_given_up_after_ten_seconds_and_an_endless_answer_at_once() {
    let scene = Scene::start().await;
    scene.graph.answers(200, &[], vec![b' '; 1024 * 1024 + 1]);
    assert!(matches!(scene.me().await, Err(GraphError::Unreachable(_))));
    scene.graph.answers(0, &[], "");
    let asked = Instant::now();
    let refused = scene.me().await;
    assert!(matches!(refused, Err(GraphError::TimedOut | GraphError::Unreachable(_))), "{refused:?}");
    let taken = asked.elapsed();
    assert!((9..15).contains(&taken.as_secs()), "given up after {taken:?}");
}
