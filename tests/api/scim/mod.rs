//! SCIM 2.0, as the provisioning service of Entra ID speaks it.

mod commands;
mod groups;
mod locked;
mod people;
mod protocol;
mod who;

use openidconnect::reqwest::Method;
use rolecall_scim::tokens::{self, NewToken};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, TestDb};

const SCIM_JSON: &str = "application/scim+json";

/// A directory with a token for `app`.
pub struct Directory<'a> {
    app: &'a TestApp,
    token: String,
}

async fn start(database: &TestDb) -> TestApp {
    TestApp::setup().on(database).start().await
}

/// The issuer of the demonstration.
async fn issuer(app: &TestApp) -> String {
    let metadata = app.auth().provider("demo").unwrap().metadata(app.clock.now_ms()).await.unwrap();
    metadata.issuer().to_string()
}

impl<'a> Directory<'a> {
    /// The directory of the demonstration's issuer.
    pub async fn of(app: &'a TestApp) -> Self {
        Self::with(app, "entra", &issuer(app).await).await
    }

    /// A directory of `issuer`, with a token called `name` that is valid for a day.
    async fn with(app: &'a TestApp, name: &str, issuer: &str) -> Self {
        let now_ms = app.clock.now_ms();
        let (name, provider, issuer) = (name.to_owned(), "demo".to_owned(), issuer.to_owned());
        let new = NewToken { name, provider, issuer, ends_at_ms: now_ms + 24 * 3_600_000 };
        let mut transaction = app.db().begin().await.unwrap();
        let (token, _) = tokens::create_in(&mut transaction, &new, now_ms).await.unwrap();
        transaction.commit().await.unwrap();
        Self { app, token }
    }

    pub async fn send_with(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Value) -> Answer {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers: Vec<_> = headers.iter().copied().chain([("content-type", SCIM_JSON)]).collect();
        self.app.send_with(method, path, &self.token, &headers, body).await
    }

    pub async fn send(&self, method: Method, path: &str, body: Value) -> Answer {
        self.send_with(method, path, &[], body).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, Value::Null).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    pub async fn patch(&self, path: &str, operations: Value) -> Answer {
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
        self.send(Method::PATCH, path, json!({ "schemas": schemas, "Operations": operations })).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, Value::Null).await
    }

    /// Creates a user whose external id is `subject`. Returns the path of the resource.
    pub async fn create(&self, name: &str, subject: &str, active: bool) -> String {
        let user = user(name, subject, active);
        let created: Value = self.post("/scim/v2/Users", user).await.assert_scim(201).json();
        format!("/scim/v2/Users/{}", created["id"].as_str().unwrap())
    }

    /// The resources on `path` that match `filter`.
    async fn found(&self, path: &str, filter: &str) -> Vec<Value> {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("filter", filter).finish();
        let list: Value = self.get(&format!("{path}?{query}")).await.assert_scim(200).json();
        let found = list["Resources"].as_array().unwrap().clone();
        assert_eq!(list["totalResults"], found.len(), "{list}");
        found
    }
}

/// A user in the form in which Entra creates one.
fn user(name: &str, subject: &str, active: bool) -> Value {
    json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:User",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
        ],
        "externalId": subject,
        "userName": format!("{name}@example.com"),
        "active": active,
        "displayName": name,
        "emails": [{ "primary": true, "type": "work", "value": format!("{name}@example.com") }],
        "meta": { "resourceType": "User" },
        "name": { "formatted": name, "familyName": "Family", "givenName": "Given" },
        "roles": [],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Sales" },
    })
}

/// The subject of `person` of the demonstration.
async fn subject(app: &TestApp, person: &str) -> String {
    let token = app.person_token(person).await;
    let me: Value = app.ask(rolecall_routes::API_V1_ME, &token).await.assert_status(200).json();
    me["subject"].as_str().unwrap().to_owned()
}

impl Answer {
    /// Fails unless this is a SCIM answer with that status, and has nothing that a browser would act upon.
    #[track_caller]
    pub fn assert_scim(&self, status: u16) -> &Self {
        self.assert_status(status);
        assert!(!self.headers.contains_key("set-cookie"), "{self:#?}");
        assert_eq!(self.header("cache-control"), "no-store", "{self:#?}");
        if status != 204 && status != 304 {
            assert_eq!(self.header("content-type"), SCIM_JSON, "{self:#?}");
        }
        self
    }

    /// Fails unless this is a SCIM error (RFC 7644, section 3.12) with that status and type.
    #[track_caller]
    pub fn assert_scim_error(&self, status: u16, scim_type: &str) -> &Self {
        let error: Value = self.assert_scim(status).json();
        assert_eq!(error["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]), "{self:#?}");
        assert_eq!(error["status"], status.to_string(), "{self:#?}");
        assert_eq!(error["scimType"].as_str().unwrap_or_default(), scim_type, "{self:#?}");
        assert!(error["detail"].as_str().is_some_and(|detail| detail.len() > 5), "{self:#?}");
        self
    }
}
