//! The description of the API (OpenAPI 3.1), and what a page tells of it.

use serde_json::Value;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::ComponentsBuilder;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Content, HeaderBuilder, InfoBuilder, LicenseBuilder, OpenApi, OpenApiBuilder, Ref, ResponseBuilder,
};
use utoipa::openapi::{Object, RefOr, Response, Type};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::problem::{PROBLEM_JSON, ProblemDocument, RowMistake};

/// The name of the one way to authenticate.
const BEARER: &str = "bearer";

/// What can happen to every request: status, name of the response, when.
const FAILURES: [(&str, &str, &str); 9] = [
    ("400", "BadRequest", "The request cannot be read."),
    ("401", "Unauthorized", "There is no access token, or it is not valid. `WWW-Authenticate` says which."),
    ("403", "Forbidden", "The token lacks the scope, or the role that this needs."),
    ("404", "NotFound", "There is no such thing for the caller's role."),
    ("413", "ContentTooLarge", "The request has too large a body."),
    (
        "422",
        "UnprocessableContent",
        "What is sent cannot be taken (see `detail` and `mistakes`), or the panel asks for more than a query may.",
    ),
    ("429", "TooManyRequests", "Too many invalid tokens came from your address; `Retry-After` says when to try again."),
    ("500", "InternalServerError", "Something went wrong on our side."),
    (
        "503",
        "ServiceUnavailable",
        "The provider that made the token does not answer, this took too long, or the data of a panel cannot be read. Where it \
         helps to come again, `Retry-After` says when.",
    ),
];

/// What can happen, beside these, to a request that changes something.
const FAILURES_OF_CHANGES: [(&str, &str, &str); 2] = [
    ("409", "Conflict", "Something else stands in the way: see `detail`."),
    ("415", "UnsupportedMediaType", "The body is of a type that is not taken here."),
];

/// The description without its paths; `scope` is the one that persons need.
pub(super) fn without_paths(scope: &str) -> OpenApi {
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").description(Some(format!(
        "An access token of a configured provider, for this API. A person's must hold the scope `{scope}`; what is open \
         follows from the roles in it."
    )));
    let mut components = ComponentsBuilder::new()
        .security_scheme(BEARER, SecurityScheme::Http(bearer.build()))
        .schema(ProblemDocument::name(), ProblemDocument::schema())
        .schema(RowMistake::name(), RowMistake::schema());
    for (status, name, description) in FAILURES.into_iter().chain(FAILURES_OF_CHANGES) {
        components = components.response(name, failure(status, description));
    }
    let info = InfoBuilder::new()
        .title("Rolecall")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Who calls, the dashboards that their role opens, the data of each panel, data sets that programs make and \
             fill; and for administrators the people, their sessions and the audit.",
        ))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build()));
    OpenApiBuilder::new()
        .info(info.build())
        .components(Some(components.build()))
        .security(Some([SecurityRequirement::new(BEARER, Vec::<String>::new())]))
        .build()
}

/// Adds to every operation what can happen to each.
pub(super) fn complete(openapi: &mut OpenApi) {
    for item in openapi.paths.paths.values_mut() {
        let operations =
            [(&mut item.get, false), (&mut item.put, true), (&mut item.post, true), (&mut item.delete, true)];
        let operations = operations.into_iter().filter_map(|(operation, changes)| Some((operation.as_mut()?, changes)));
        for (operation, changes) in operations {
            complete_operation(operation, changes);
        }
    }
}

fn complete_operation(operation: &mut Operation, changes: bool) {
    let Operation { tags, description, responses, .. } = operation;
    *tags = None;
    // What follows is for who reads the code; here the responses say it.
    *description = description.take().and_then(|text| Some(text.split("# Errors").next()?.trim().to_owned()));
    let of_changes = FAILURES_OF_CHANGES.iter().filter(|_| changes);
    for (status, name, _) in FAILURES.iter().chain(of_changes) {
        responses.responses.insert((*status).to_owned(), RefOr::Ref(Ref::from_response_name(*name)));
    }
}

fn failure(status: &str, description: &str) -> Response {
    let text = || HeaderBuilder::new().schema(Some(Object::with_type(Type::String)));
    let problem = Content::new(Some(Ref::from_schema_name(ProblemDocument::name())));
    let response = ResponseBuilder::new().description(description).content(PROBLEM_JSON, problem);
    match status {
        "401" => response.header("WWW-Authenticate", text().build()).build(),
        "429" | "503" => response.header("Retry-After", text().build()).build(),
        _ => response.build(),
    }
}

/// What an operation answers with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerView {
    /// JSON of this schema.
    Schema(String),
    /// Something else, by its media type.
    Content(String),
}

/// An operation, as a page tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationView {
    /// Its method, in capitals.
    pub method: &'static str,
    /// Its path.
    pub path: String,
    /// What it is for, in a few words.
    pub summary: String,
    /// More about it.
    pub description: String,
    /// What can be given: name, and what it is.
    pub parameters: Vec<(String, String)>,
    /// The name of the schema of its answer.
    pub answer: AnswerView,
    /// The path with the examples filled in.
    pub example: String,
    /// What a command adds for the body, where it has one.
    pub body: &'static str,
}

/// A schema, as a page tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaView {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Its properties: name, type, and what each is.
    pub properties: Vec<(String, String, String)>,
}

/// The operations of `openapi`, in the order of their paths.
pub(super) fn operations(openapi: &Value) -> Vec<OperationView> {
    let paths = openapi["paths"].as_object().into_iter().flatten();
    let each = |(path, item): (&String, &Value)| {
        let methods = [("get", "GET"), ("put", "PUT"), ("post", "POST"), ("delete", "DELETE")].into_iter();
        let known = methods.filter(|(key, _)| !item[*key].is_null());
        known.map(|(key, method)| operation(method, path, &item[key])).collect::<Vec<_>>()
    };
    paths.flat_map(each).collect()
}

fn operation(method: &'static str, path: &str, operation: &Value) -> OperationView {
    let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
    let example = parameters.iter().fold(path.to_owned(), |path, parameter| {
        path.replace(&format!("{{{}}}", text(&parameter["name"])), &text(&parameter["example"]))
    });
    let named = |parameter: &Value| (text(&parameter["name"]), meaning(parameter));
    let content = &operation["requestBody"]["content"];
    let body = if content["application/x-ndjson"].is_null() {
        body_of(&content["application/json"]["schema"])
    } else {
        " \\\n  -H 'Content-Type: application/x-ndjson' --data-binary @rows.ndjson"
    };
    OperationView {
        method,
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        parameters: parameters.iter().map(named).collect(),
        answer: answer_of(&operation["responses"]["200"]["content"]),
        example,
        body,
    }
}

/// What a command adds for a JSON body of this schema.
fn body_of(schema: &Value) -> &'static str {
    match type_of(schema).as_str() {
        "DatasetWish" => {
            " \\\n  --json '{\"title\": \"Sales\", \"columns\": [{\"name\": \"day\", \"type\": \"date\"}]}'"
        }
        "DisableWish" => " \\\n  --json '{\"reason\": \"You left the company.\"}'",
        "GrantWish" => {
            " \\\n  --json '{\"role\": \"write\", \"reason\": \"Stands in for Ada.\", \"ends\": \"2027-01-01\"}'"
        }
        _ => "",
    }
}

/// What an operation answers with: the schema of its JSON, else the type of its content.
fn answer_of(content: &Value) -> AnswerView {
    match &content["application/json"]["schema"] {
        Value::Null => {
            AnswerView::Content(content.as_object().into_iter().flatten().map(|(kind, _)| kind.clone()).collect())
        }
        schema => AnswerView::Schema(type_of(schema)),
    }
}

/// The schemas of `openapi` that have properties of their own, or are one of several.
pub(super) fn schemas(openapi: &Value) -> Vec<SchemaView> {
    let schemas = openapi["components"]["schemas"].as_object().into_iter().flatten();
    schemas
        .map(|(name, schema)| SchemaView {
            name: name.clone(),
            description: described(schema),
            properties: schema["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, property)| (name.clone(), type_of(property), meaning(property)))
                .collect(),
        })
        .collect()
}

/// What a schema is, and which values or others it is one of.
fn described(schema: &Value) -> String {
    let values = schema["enum"].as_array().into_iter().flatten().map(ToString::to_string);
    let others = schema["oneOf"].as_array().into_iter().flatten().map(type_of);
    let one_of: Vec<_> = values.chain(others).collect();
    let description = meaning(schema);
    if one_of.is_empty() { description } else { format!("{description} One of {}.", one_of.join(", ")) }
}

/// The type of a property, in words.
fn type_of(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return name.to_owned();
    }
    if let Some(several) = schema["oneOf"].as_array().or_else(|| schema["allOf"].as_array()) {
        let joiner = if schema["allOf"].is_array() { " and " } else { " or " };
        return several.iter().map(type_of).collect::<Vec<_>>().join(joiner);
    }
    if let Some(tag) = schema["properties"]["panel"]["enum"][0].as_str() {
        return format!("panel = \"{tag}\"");
    }
    match &schema["type"] {
        Value::String(array) if array == "array" => format!("list of {}", type_of(&schema["items"])),
        Value::String(one) => one.clone(),
        Value::Array(several) => several.iter().map(text).collect::<Vec<_>>().join(" or "),
        _ => "any value".to_owned(),
    }
}

/// What a schema or parameter is; one that may be missing says it of what it is else.
fn meaning(schema: &Value) -> String {
    let own = [&schema["description"], &schema["oneOf"][0]["description"]];
    own.into_iter().map(text).find(|text| !text.is_empty()).unwrap_or_default().replace('`', "")
}

fn text(value: &Value) -> String {
    value.as_str().map(ToOwned::to_owned).unwrap_or_default()
}
