//! Row rules: made with a form, and tried in the place of another person.

use rolecall_routes as routes;

use super::{id_of, page, rule, setup, with_sales};
use crate::support::{Browser, execute, signed_in, until};

// Case: row-rules/form, row-rules/values
#[tokio::test]
async fn a_rule_is_made_changed_and_removed_by_form_and_holds() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let seen = async |browser: &mut Browser| {
        let shown = browser.get("/dashboards/sales").await;
        let shown = shown.assert_status(200).body.split("figure-value").nth(1).unwrap().to_owned();
        shown.split('>').nth(1).unwrap().split('<').next().unwrap().trim().to_owned()
    };
    assert_eq!(seen(&mut wren).await, "3");
    for (fields, what) in [
        (&[("rule[column]", "nothing"), ("rule[subject]", "email")][..], "There is no column"),
        (&[("rule[column]", "region"), ("rule[subject]", "claim"), ("rule[claim]", " ")], "Give the name of the claim"),
        (
            &[("rule[column]", "region"), ("rule[subject]", "values"), ("rule[values]", " \r\n")],
            "Give 1 to 1000 values",
        ),
        (
            &[("rule[column]", "amount"), ("rule[subject]", "values"), ("rule[values]", "7\r\nabc")],
            "“abc” is not a number, and the column “amount” holds numbers",
        ),
        (&[("rule[column]", "region"), ("rule[subject]", "anything")], "Choose what the column is compared with"),
        (&[("rule[column]", "region"), ("rule[subject]", "email"), ("rule[except]", "boss")], "Choose a role, or none"),
    ] {
        rule(&mut wren, "0", fields).await.assert_status(422).assert_shows(what);
    }
    let values = [
        ("rule[column]", "region"),
        ("rule[subject]", "values"),
        ("rule[values]", "South\r\nWest"),
        ("rule[except]", "admin"),
    ];
    rule(&mut wren, "0", &values).await.assert_redirect(&page());
    assert_eq!(
        (seen(&mut wren).await, seen(&mut signed_in(&app, "ada").await).await),
        ("2".to_owned(), "3".to_owned())
    );
    let shown = wren.get(&page()).await;
    shown.assert_shows("one of South, West").assert_shows("Rows that you see");
    assert!(!shown.body.contains("North"), "{shown:#?}");

    let edit = wren.get(&format!("{}?rule=0", page())).await;
    edit.assert_shows("Change the rule").assert_shows("South\nWest");
    let changed = [("index", "0"), ("rule[column]", "region"), ("rule[subject]", "values"), ("rule[values]", "North")];
    rule(&mut wren, "1", &changed).await.assert_redirect(&page());
    assert_eq!(seen(&mut wren).await, "1");
    let id = id_of(&app, "sales").await;
    let fields = [("id", id.as_str()), ("revision", "2"), ("index", "0")];
    wren.submit(routes::API_REMOVE_ROW_RULE, &fields).await.assert_redirect(&page());
    assert_eq!(seen(&mut wren).await, "3");
}

// Case: row-rules/see-as
#[tokio::test]
async fn see_as_shows_what_the_rules_leave_somebody() {
    let app = setup().start().await;
    let mut wren = with_sales(&app).await;
    let claim = [
        ("rule[column]", "region"),
        ("rule[subject]", "claim"),
        ("rule[claim]", "team & region"),
        ("rule[except]", "admin"),
    ];
    rule(&mut wren, "0", &claim).await.assert_redirect(&page());
    let see = async |browser: &mut Browser, role: &str, value: &str| {
        let address = format!("{}?as={role}&claim.team+%26+region={value}", page());
        let shown = browser.get(&address).await;
        let part = shown.assert_status(200).body.split("id=\"see-as\"").nth(1).unwrap().to_owned();
        part.split("<caption>").nth(1).map(|caption| caption.split('<').next().unwrap().to_owned())
    };
    for (role, value, rows) in [
        ("read", "South", "2 rows"),
        ("read", "North", "1 row"),
        ("read", "North%2CSouth", "3 rows"),
        ("read", "", "No rows"),
        ("read", "Nowhere", "No rows"),
        ("admin", "", "3 rows"),
    ] {
        assert_eq!(see(&mut wren, role, value).await.as_deref(), Some(rows), "{role} {value}");
    }
    assert_eq!(see(&mut wren, "boss", "South").await, None);
    // Somebody who may not change the data set cannot try it with made-up claims.
    execute(app.db(), "UPDATE datasets SET owner = NULL WHERE name = 'sales'").await;
    let address = format!("{}?as=admin", page());
    until("Wren no longer owns it", async || !wren.get(&address).await.body.contains("see-as")).await;
    assert!(!wren.get(&address).await.body.contains("North"));
}
