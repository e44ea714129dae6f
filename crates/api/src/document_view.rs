//! The parts of the API's description that a page shows.

use serde_json::Value;

/// The answer of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerView {
    /// JSON of this schema.
    Schema(String),
    /// Something else, by its media type.
    Content(String),
}

/// An operation, as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationView {
    /// Its method, in capitals.
    pub method: &'static str,
    pub path: String,
    /// What it is for, in a few words.
    pub summary: String,
    /// More about it.
    pub description: String,
    /// Its parameters: name and meaning.
    pub parameters: Vec<(String, String)>,
    /// Its answer.
    pub answer: AnswerView,
    /// The path with the examples filled in.
    pub example: String,
    /// The options of curl that send the body; empty without a body.
    pub body: &'static str,
}

/// A schema, as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaView {
    pub name: String,
    /// What it is.
    pub description: String,
    /// Its properties: name, type and meaning.
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

/// The options of curl that send a JSON body of this schema.
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

/// The answer of an operation: the schema of its JSON, otherwise its media type.
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

/// The meaning of a schema, and the values or schemas of which it is one.
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

/// The meaning of a schema or parameter. If it may be null, its description can be in its first alternative.
fn meaning(schema: &Value) -> String {
    let own = [&schema["description"], &schema["oneOf"][0]["description"]];
    own.into_iter().map(text).find(|text| !text.is_empty()).unwrap_or_default().replace('`', "")
}

fn text(value: &Value) -> String {
    value.as_str().map(ToOwned::to_owned).unwrap_or_default()
}
