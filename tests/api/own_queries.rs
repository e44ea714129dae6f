//! Somebody who opens a panel gets what its document asks for. Nothing that they send makes it a query of their own.

use openidconnect::reqwest::header::CONTENT_TYPE;
use openidconnect::reqwest::{Method, RequestBuilder, Url};
use rolecall_model::Role;
use rolecall_routes as routes;
use serde_json::{Map, Value};

use crate::exports;
use crate::support::{Answer, Browser, TestApp, until};

const DASHBOARD: &str = r#"
format = 1
title = "Sales"
[[panels]]
id = "total"
title = "Total"
kind = "figure"
dataset = "sales"
measures = [{ title = "Sum", compute = "sum", of = "amount" }]
[[panels]]
id = "bars"
title = "By region"
kind = "bar"
dataset = "sales"
measures = [{ title = "Sum", compute = "sum", of = "amount" }]
by = { column = "region" }
[[panels]]
id = "rows"
title = "Rows"
kind = "table"
dataset = "sales"
columns = [{ column = "region" }, { column = "amount" }]
order = [{ column = "region" }]
"#;
/// Sales with a column that no panel shows, and rows that only writers may see.
const SALES: &str = "region,who,amount,contact\nNorth,read,1,Grebe\nSouth,read,2,Heron\nKestrel,write,4,Grebe\n";
/// A data set for administrators.
const BOARD: &str = "region,amount\nOsprey,8\n";
/// Values that none of Reed's panels shows: those of the column, of the writers' rows, and of the administrators' rows.
const HIDDEN: [&str; 4] = ["Grebe", "Heron", "Kestrel", "Osprey"];
/// Fields with which documents, forms and query engines choose data, in Rolecall and in other dashboard software.
const FIELDS: &[(&str, &str)] = &[
    ("query", "SELECT * FROM board"),
    (
        "json",
        r#"{"filters":[],"zone":"UTC","select":{"rows":{"columns":["contact"],"order":[],"offset":0,"limit":9}}}"#,
    ),
    ("queries", r#"[{"refId":"A","rawSql":"SELECT * FROM board"}]"#),
    ("sql", "SELECT * FROM board"),
    ("rawSql", "SELECT contact FROM sales"),
    ("statement", "SELECT * FROM board"),
    ("connection", "crm"),
    ("dataset", "board"),
    ("dataset_id", "board"),
    ("datasource", "board"),
    ("measures", r#"[{"compute":"maximum","of":"contact"}]"#),
    ("measures[0].compute", "maximum"),
    ("measures[0].of", "contact"),
    ("of", "contact"),
    ("columns", r#"[{"column":"contact"}]"#),
    ("columns[0].column", "contact"),
    ("filters", r#"[{"column":"who","is":["write"]}]"#),
    ("filters[0].column", "who"),
    ("filters[0].value", "write"),
    ("who", "write"),
    ("region.search", "K"),
    ("by", "contact"),
    ("split", "who"),
    ("order", "-contact"),
    ("limit", "1"),
    ("row_rules", "[]"),
    ("role", "admin"),
    ("as", "admin"),
    ("search", "?dataset=board&columns=contact&who=write"),
];

/// Who asks.
#[derive(Clone, Copy)]
enum By {
    Person,
    Script,
    Program,
}

/// The addresses at which panels can be requested, and by whom.
fn places() -> Vec<(By, String)> {
    let of = |route: &str, panel: &str| routes::of_panel(route, "sales", panel);
    let turned = |panel: &str| format!("{}?slug=sales&panel={panel}&page=1", routes::API_TABLE_PAGE);
    vec![
        (By::Person, routes::dashboard("sales")),
        (By::Person, of(routes::PANEL, "total")),
        (By::Person, of(routes::PANEL, "bars")),
        (By::Person, of(routes::PANEL, "rows")),
        (By::Person, of(routes::PANEL_CSV, "rows")),
        (By::Person, of(routes::PANEL_XLSX, "rows")),
        (By::Person, of(routes::PANEL_SVG, "total")),
        (By::Person, of(routes::PANEL_SVG, "bars")),
        (By::Person, of(routes::PANEL_SVG, "rows")),
        (By::Script, turned("rows")),
        (By::Program, of(routes::API_V1_PANEL, "total")),
        (By::Program, of(routes::API_V1_PANEL, "bars")),
        (By::Program, of(routes::API_V1_PANEL, "rows")),
        (By::Program, of(routes::API_V1_PANEL_CSV, "rows")),
        (By::Program, of(routes::API_V1_PANEL_SVG, "bars")),
        (By::Program, of(routes::API_V1_PANEL_SVG, "rows")),
    ]
}

/// Reed, in a browser, and a program with a token of theirs.
struct Reed {
    browser: Browser,
    program: Browser,
    token: String,
}

impl Reed {
    fn request(&self, method: &Method, (by, path): (By, &str)) -> RequestBuilder {
        match by {
            By::Person => self.browser.navigation(method.clone(), path),
            By::Script => self.browser.script(method.clone(), path),
            By::Program => self.program.request(method.clone(), path).bearer_auth(&self.token),
        }
    }
}

/// What was answered: the status, and the values that are shown.
#[derive(Debug, PartialEq)]
struct Said {
    status: u16,
    values: String,
}

impl Said {
    /// The answer to `request`. Fails if it contains anything that is hidden from Reed.
    async fn to(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let media_type = headers.get(CONTENT_TYPE).map_or("", |value| value.to_str().unwrap()).to_owned();
        let bytes = answer.bytes().await.unwrap();
        let is_sheet = media_type.contains("spreadsheet");
        let body =
            if is_sheet { format!("{:?}", exports::read(&bytes)) } else { String::from_utf8(bytes.to_vec()).unwrap() };
        assert!(HIDDEN.iter().all(|hidden| !body.contains(hidden)), "{body}");
        let answer = Answer { status, headers, body };
        let is_page = media_type.contains("html") && status == 200;
        let values =
            if is_page { format!("{:?} {:?}", answer.texts_of("figure-value"), answer.tables()) } else { answer.body };
        Self { status, values }
    }

    /// Fails unless this equals the `usual` answer or is a refusal.
    #[track_caller]
    fn assert_no_other_than(&self, usual: &Self, what: &str) {
        assert!(self == usual || (400..500).contains(&self.status), "{what}: {self:#?} instead of {usual:#?}");
    }
}

/// The application with the data sets, of which Reed may see two rows, and Reed.
async fn start() -> (TestApp, Reed) {
    let app = TestApp::setup().with_dashboard("sales", DASHBOARD).start().await;
    app.make_dataset(("sales", Role::Read), SALES).await;
    app.make_dataset(("board", Role::Admin), BOARD).await;
    app.part_rows_by_role("sales").await;
    let mut browser = app.browser();
    browser.sign_in_as("reed").await;
    until("the rule is in force", async || {
        browser.get(&routes::dashboard("sales")).await.texts_of("figure-value") == ["3"]
    })
    .await;
    let token = app.person_token("reed").await;
    let program = app.browser();
    (app, Reed { browser, program, token })
}

/// `path` with these fields besides those that it has.
fn with_fields(path: &str, fields: &[(&str, &str)]) -> String {
    let mut url = Url::parse(&format!("http://localhost{path}")).unwrap();
    url.query_pairs_mut().extend_pairs(fields);
    format!("{}?{}", url.path(), url.query().unwrap())
}

/// All fields as one JSON object; values that are JSON themselves are embedded as such.
fn as_json() -> String {
    let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    Value::Object(FIELDS.iter().map(|&(name, text)| (name.to_owned(), value(text))).collect::<Map<_, _>>()).to_string()
}

// Case: dashboards/no-query-of-their-own
#[tokio::test]
async fn who_may_only_read_asks_no_question_of_their_own() {
    let (_app, reed) = start().await;
    let json = as_json();
    for (by, path) in places() {
        let usual = Said::to(reed.request(&Method::GET, (by, &path))).await;
        assert_eq!(usual.status, 200, "{path}: {usual:#?}");
        let alone = FIELDS.iter().map(std::slice::from_ref);
        for fields in alone.chain([FIELDS]) {
            let path = with_fields(&path, fields);
            Said::to(reed.request(&Method::GET, (by, &path))).await.assert_no_other_than(&usual, &path);
        }
        let with_body = reed.request(&Method::GET, (by, &path)).header(CONTENT_TYPE, "application/json");
        Said::to(with_body.body(json.clone())).await.assert_no_other_than(&usual, &path);
        assert_eq!(Said::to(reed.request(&Method::GET, (by, &path))).await, usual, "{path}");
    }
}

// Case: dashboards/no-query-of-their-own
#[tokio::test]
async fn panels_are_asked_for_and_nothing_is_sent_to_them() {
    let (app, reed) = start().await;
    let json = as_json();
    for method in ["POST", "PUT", "PATCH", "DELETE", "QUERY"] {
        let method: Method = method.parse().unwrap();
        for (by, path) in places() {
            let request = || reed.request(&method, (by, &path));
            for request in
                [request().header(CONTENT_TYPE, "application/json").body(json.clone()), request().form(FIELDS)]
            {
                let refused = Said::to(request).await;
                assert!(matches!(refused.status, 404 | 405), "{method} {path}: {refused:#?}");
            }
        }
        // Addresses at which other software takes queries.
        for path in ["/api/ds/query", "/api/dataset", "/api/query", "/api/v1/query", "/api/v1/chart/data"] {
            for by in [By::Script, By::Program] {
                let request = reed.request(&method, (by, path)).header(CONTENT_TYPE, "application/json");
                let refused = Said::to(request.body(json.clone())).await;
                assert!((400..500).contains(&refused.status), "{method} {path}: {refused:#?}");
            }
        }
    }
    assert_eq!(app.count("datasets WHERE name IN ('sales', 'board') AND deleted_at IS NULL").await, 2);
}
