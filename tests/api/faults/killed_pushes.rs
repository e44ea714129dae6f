//! `kill -9` while pushed rows are stored. Each request is repeated with its key, and its rows exist once.

use openidconnect::reqwest::Method;
use rolecall_routes as routes;
use serde_json::{Value, json};

use crate::support::{Answer, Program, count, execute, until};

/// How often the program is killed.
const KILLS: u64 = 6;
/// How many rows a request has: enough for the program to be killed while it reads them.
const ROWS: usize = 30_000;

async fn token(program: &Program) -> String {
    let request = program.browser().request(Method::POST, "/demo/api-token").form(&[("person", "wren")]);
    let answer = Answer::read(request.send().await.unwrap()).await;
    answer.json::<Value>()["access_token"].as_str().unwrap().to_owned()
}

/// Sends the rows of this `round`. Returns the answer, if there is one.
async fn push(program: &Program, round: u64) -> Option<Answer> {
    let body = "{\"n\":1}\n".repeat(ROWS);
    let path = format!("{}/rows", routes::api_v1_dataset("numbers"));
    let request = program.browser().request(Method::POST, &path).bearer_auth(token(program).await);
    let request = request.header("content-type", "application/x-ndjson");
    let sent = request.header("idempotency-key", round.to_string()).body(body).send().await.ok()?;
    Answer::try_read(sent).await
}

// Case: push/killed
#[tokio::test]
async fn killed_while_rows_come_each_request_is_there_once() {
    let mut program = Program::start([]).await;
    let wish = json!({ "title": "Numbers", "columns": [{ "name": "n", "type": "integer" }] }).to_string();
    let request = program.browser().request(Method::PUT, &routes::api_v1_dataset("numbers"));
    let request = request.bearer_auth(token(&program).await).header("content-type", "application/json").body(wish);
    assert_eq!(request.send().await.unwrap().status().as_u16(), 201);
    for round in 1..=KILLS {
        let db = program.db().await;
        let claimed = async || count(&db, "push_keys").await == i64::try_from(round).unwrap();
        let killed = async {
            until("the request is worked on", claimed).await;
            if round % 2 == 0 {
                until("it is answered", async || count(&db, "push_keys WHERE answer IS NULL").await == 0).await;
            }
        };
        tokio::select! {
            () = killed => {}
            _ = push(&program, round) => {}
        }
        program.kill();
        // The claim is made to expire, because its process is gone.
        execute(&db, "UPDATE push_keys SET claimed_until = 0 WHERE answer IS NULL").await;
        db.close().await;
        program.begin().await;
        let answer = push(&program, round).await.unwrap();
        assert_eq!(
            answer.assert_status(200).json::<Value>()["total"],
            usize::try_from(round).unwrap() * ROWS,
            "{answer:#?}"
        );
    }
}
