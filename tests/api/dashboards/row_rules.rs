//! Each person sees the rows that the row rules allow them.

use rolecall_routes as routes;
use serde_json::{Value, json};

use super::{days, setup};
use crate::support::faulty_provider::Faults;
use crate::support::{Face, StandIn, execute, signed_in, until};

// Case: row-rules/exact, row-rules/every-path, row-rules/cache
#[tokio::test]
async fn each_person_sees_the_rows_of_their_rules_and_no_others() {
    let app = setup().start().await;
    assert_eq!(days(&app, "ada").await, ("2,922 rows".to_owned(), 2922));
    let rule = r#"[{"column": "location", "is": {"values": ["Seattle"]}, "except": "admin"}]"#;
    execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'weather'")).await;
    // The list of data sets is cached for a second.
    until("the rule holds", async || days(&app, "wren").await == ("1,461 rows".to_owned(), 1461)).await;
    assert_eq!(days(&app, "ada").await, ("2,922 rows".to_owned(), 2922));
    let mut wren = signed_in(&app, "wren").await;
    let page = wren.get("/dashboards/weather").await;
    assert!(!page.assert_status(200).body.contains("New York,"), "{page:#?}");
    let turned = wren.fetch("/api/table_page?slug=weather&panel=table&page=2").await;
    assert!(!turned.assert_status(200).body.contains("New York"), "{turned:#?}");
}

// Case: row-rules/no-match
#[tokio::test]
async fn who_meets_no_rule_sees_no_rows() {
    let app = setup().start().await;
    let rule = r#"[{"column": "location", "is": {"claim": "no_such_claim"}}]"#;
    execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'weather'")).await;
    until("the rule holds", async || days(&app, "wren").await == ("0 rows".to_owned(), 0)).await;
    assert_eq!(days(&app, "ada").await, ("0 rows".to_owned(), 0));
}

/// The rows of the weather whose location is the value of `claim`, on the page and in the API.
async fn rows_by(rule: &str, claims: Value) -> (String, u64) {
    let app = setup().start().await;
    let rule = format!(r#"[{{"column": "location", "is": {rule}}}]"#);
    execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'weather'")).await;
    app.demo().set_faults(Faults { extra_claims: claims.as_object().unwrap().clone(), ..Faults::default() });
    until("the rule holds", async || days(&app, "ada").await.0 != "2,922 rows").await;
    days(&app, "wren").await
}

// Case: row-rules/unverified-email
#[tokio::test]
async fn a_rule_by_email_needs_an_address_that_the_provider_has_verified() {
    let email = r#""email""#;
    let verified = rows_by(email, json!({"email": "Seattle"})).await;
    assert_eq!(verified.0, "1,461 rows");
    for unverified in
        [json!({"email": "Seattle", "email_verified": false}), json!({"email": "Seattle", "email_verified": null})]
    {
        assert_eq!(rows_by(email, unverified).await.0, "0 rows");
    }
}

// Case: row-rules/groups
#[tokio::test]
async fn a_rule_by_groups_knows_those_of_the_token() {
    assert_eq!(rows_by(r#""groups""#, json!({"groups": ["Seattle", "other"]})).await.0, "1,461 rows");
    assert_eq!(rows_by(r#""groups""#, json!({"groups": ["other"]})).await.0, "0 rows");
}

// Case: row-rules/api
#[tokio::test]
async fn rules_know_the_claims_of_an_access_token_of_a_person() {
    let stand_in = StandIn::start(Face::Plain).await;
    let app = stand_in.start_api().await;
    let rows = async |rule: &str, claims: Value| {
        let rule = format!(r#"[{{"column": "location", "is": {rule}}}]"#);
        execute(app.db(), &format!("UPDATE datasets SET row_rules = '{rule}' WHERE name = 'weather'")).await;
        let token = stand_in.access_token(|token| token.claim(claims));
        let path = routes::api_v1_panel("weather", "table");
        let rows = async || app.ask(&path, &token).await.assert_status(200).json::<Value>()["total"].as_u64();
        until("the rule holds", async || rows().await != Some(2922)).await;
        execute(app.db(), "UPDATE datasets SET row_rules = '[]' WHERE name = 'weather'").await;
        let held = rows().await;
        until("the rule is gone", async || rows().await == Some(2922)).await;
        held
    };
    let (half, none) = (Some(1461), Some(0));
    let town = r#"{"claim": "town"}"#;
    assert_eq!(rows(town, json!({"town": "Seattle"})).await, half);
    assert_eq!(rows(town, json!({"town": ["Paris"]})).await, none);
    assert_eq!(rows(town, json!({})).await, none);
    assert_eq!(rows(r#""groups""#, json!({"groups": ["Seattle"]})).await, half);
    assert_eq!(rows(r#""email""#, json!({"email": "Seattle"})).await, none);
    assert_eq!(rows(r#""email""#, json!({"email": "Seattle", "email_verified": true})).await, half);
    let application = json!({"sub": "some-tool", "scope": null, "name": null, "town": "Seattle"});
    assert_eq!(rows(town, application).await, none);
}
