//! The page about the API for people. It is made of the same description that programs get, and needs no script.

use leptos::prelude::*;
use rolecall_demo_provider::{ROBOT_ID, ROBOT_SECRET};
use rolecall_routes as routes;
use serde_json::Value;

use super::document_view::{AnswerView, OperationView, SchemaView, operations, schemas};

/// What the page says about the API of this installation.
#[derive(Clone, Debug)]
pub struct Instructions {
    /// The origin of its addresses, without a slash at the end.
    pub origin: String,
    /// The name of the API (the first audience). `None` if the API is off.
    pub audience: Option<String>,
    /// The scope that a person's token must have.
    pub scope: String,
    /// Who issues the tokens.
    pub tokens_from: TokensFrom,
}

/// Who issues access tokens, as far as the commands for it differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokensFrom {
    /// The demonstration provider.
    Demonstration,
    /// Microsoft Entra ID.
    Entra,
    /// Any other provider.
    Other,
}

/// The API, for people who write programs.
#[component]
pub fn DevelopersPage(
    /// Its description (OpenAPI).
    openapi: Value,
    /// The instructions of this installation.
    instructions: Instructions,
) -> impl IntoView {
    let origin = instructions.origin.clone();
    let operations = operations(&openapi)
        .into_iter()
        .map(|operation| view! { <Operation operation origin=origin.clone()/> })
        .collect_view();
    let schemas = schemas(&openapi).into_iter().map(|schema| view! { <Schema schema/> }).collect_view();

    view! {
        <div class="page-head">
            <h1>"API"</h1>
            <p class="lead">{openapi["info"]["description"].as_str().unwrap_or_default().to_owned()}</p>
        </div>
        <div class="panels">
            <Token instructions/>
            {operations}
            <Failures/>
            <section class="panel" aria-labelledby="types">
                <h2 id="types">"What the answers hold"</h2>
                {schemas}
            </section>
        </div>
    }
}

/// How to get an access token, and whether the API is on at all.
#[component]
fn Token(
    /// The instructions of this installation.
    instructions: Instructions,
) -> impl IntoView {
    let Instructions { origin, audience, scope, tokens_from } = instructions;
    let Some(audience) = audience else {
        return view! {
            <section class="notice notice-warn" aria-labelledby="off">
                <h2 id="off">"The API is off here"</h2>
                <p>"The operator of Rolecall turns it on by setting " <code>"api.audience"</code> "."</p>
            </section>
        }
        .into_any();
    };
    let (person, application) = commands(&origin, &audience, &scope, tokens_from);

    view! {
        <section class="panel" aria-labelledby="token">
            <h2 id="token">"An access token"</h2>
            <p>
                "Every request needs one in its header, issued by your provider for this API. "
                "Cookies do not work here: a sign-in in the browser gives a program no access."
            </p>
            <p>
                "For a person, with the scope " <code>{scope}</code> " and what their role opens:"
            </p>
            <pre>
                <code>{person}</code>
            </pre>
            <p>"For an application, with the role that it was given:"</p>
            <pre>
                <code>{application}</code>
            </pre>
            <p>
                "The same for programs, as OpenAPI: "
                <a rel="external" href=routes::API_V1_OPENAPI>
                    {routes::API_V1_OPENAPI}
                </a>
            </p>
        </section>
    }
    .into_any()
}

/// The commands that get a token for a person, and for an application.
fn commands(origin: &str, audience: &str, scope: &str, tokens_from: TokensFrom) -> (String, String) {
    match tokens_from {
        TokensFrom::Demonstration => {
            let demo = format!("{origin}{}", routes::DEMO);
            let token = "sed 's/.*\"access_token\":\"\\([^\"]*\\).*/\\1/'";
            (
                format!("TOKEN=$(curl -s -d person=ada {demo}/api-token |\n  {token})"),
                format!(
                    "TOKEN=$(curl -s -u {ROBOT_ID}:{ROBOT_SECRET} \\\n  -d grant_type=client_credentials {demo}/token \
                     |\n  {token})"
                ),
            )
        }
        TokensFrom::Entra => (
            format!(
                "TOKEN=$(az account get-access-token --resource {audience} \\\n  --query accessToken --output tsv)"
            ),
            format!(
                "curl -s -d grant_type=client_credentials -d client_id=$CLIENT_ID \\\n  --data-urlencode \
                 client_secret=$CLIENT_SECRET \\\n  -d scope={audience}/.default \\\n  \
                 https://login.microsoftonline.com/$TENANT/oauth2/v2.0/token"
            ),
        ),
        TokensFrom::Other => (
            format!("# as your provider gives them out: audience {audience}, scope {scope}\nTOKEN=…"),
            format!(
                "# audience {audience}, as your provider wants to be asked for it\ncurl -s -u \
                 $CLIENT_ID:$CLIENT_SECRET \\\n  -d grant_type=client_credentials $TOKEN_ENDPOINT"
            ),
        ),
    }
}

/// An operation: its request and its answer.
#[component]
fn Operation(
    operation: OperationView,
    /// The origin of the API's addresses.
    origin: String,
) -> impl IntoView {
    let OperationView { method, path, summary, description, parameters, answer, example, body } = operation;
    let parameters = parameters.into_iter().map(|(name, meaning)| (name, String::new(), meaning)).collect();
    let id = format!("{}-{}", method.to_lowercase(), path.trim_matches('/').replace(['/', '{', '}'], "-"));
    let method_option = match method {
        "GET" => "",
        // curl uses POST if there is a body.
        "POST" if !body.is_empty() => "",
        "POST" => "-X POST ",
        "PUT" => "-X PUT ",
        _ => "-X DELETE ",
    };
    let answer = match answer {
        AnswerView::Schema(name) => view! { <a href=format!("#{name}")>{name.clone()}</a> }.into_any(),
        AnswerView::Content(kind) => view! { <code>{kind}</code> }.into_any(),
    };

    view! {
        <section class="panel" aria-labelledby=id.clone()>
            <h2 id=id.clone()>{summary}</h2>
            <p>
                <code>{format!("{method} {path}")}</code>
            </p>
            <p>{description}</p>
            <Entries entries=parameters/>
            <pre>
                <code>
                    {format!("curl {method_option}-H \"Authorization: Bearer $TOKEN\" \\\n  {origin}{example}{body}")}
                </code>
            </pre>
            <p>
                "Answers with " {answer} "."
            </p>
        </section>
    }
}

/// How the API answers a request that fails.
#[component]
fn Failures() -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="failures">
            <h2 id="failures">"When something fails"</h2>
            <p>
                "Every failure is a problem document (RFC 9457): " <a href="#Problem">"Problem"</a>
                ". With 401 and 403 comes " <code>"WWW-Authenticate"</code>
                " (RFC 6750): without an error when there was no token, "
                <code>"invalid_token"</code> " when it is not valid, " <code>"insufficient_scope"</code>
                " when the scope or the role is missing. With 429 comes " <code>"Retry-After"</code> "."
            </p>
        </section>
    }
}

/// A type of the answers.
#[component]
fn Schema(schema: SchemaView) -> impl IntoView {
    let SchemaView { name, description, properties } = schema;

    view! {
        <h3 id=name.clone()>{name.clone()}</h3>
        <p>{description}</p>
        <Entries entries=properties/>
    }
}

/// The parameters or properties, if there are any.
#[component]
fn Entries(
    /// The name, type (empty for parameters) and meaning of each.
    entries: Vec<(String, String, String)>,
) -> impl IntoView {
    let entry = |(name, kind, meaning): (String, String, String)| {
        view! {
            <div class="claim">
                <dt>
                    <code>{name}</code>
                    <span class="muted">{kind}</span>
                </dt>
                <dd>{meaning}</dd>
            </div>
        }
    };
    (!entries.is_empty()).then(|| view! { <dl class="claims">{entries.into_iter().map(entry).collect_view()}</dl> })
}
