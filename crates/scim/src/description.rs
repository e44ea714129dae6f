//! What this service tells a directory about itself (RFC 7643, sections 5 to 7; RFC 7644, section 4).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use rolecall_routes as routes;
use serde_json::{Value, json};

use super::attributes::{Attribute, GROUP, USER};
use super::error::ScimError;
use super::handle::{Scim, answer};
use super::list::{Asked, PAGE};
use super::values::Holds;

const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0";

/// What the service supports.
pub(super) async fn service(State(scim): State<Scim>) -> Response {
    let is_not = json!({ "supported": false });
    let body = json!({
        "schemas": [format!("{CORE}:ServiceProviderConfig")],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": PAGE.1 },
        "changePassword": is_not,
        "sort": is_not,
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "Bearer token",
            "description": "A token that `rolecall scim-token create` made.",
            "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": scim.address(routes::SCIM_SERVICE_PROVIDER_CONFIG),
        },
    });
    answer(StatusCode::OK, &body)
}

/// The kinds of resources.
pub(super) async fn resource_types(State(scim): State<Scim>) -> Result<Response, ScimError> {
    listed(resource_types_of(&scim))
}

/// One kind of resource.
///
/// # Errors
/// 404.
pub(super) async fn resource_type(State(scim): State<Scim>, Path(id): Path<String>) -> Result<Response, ScimError> {
    one(resource_types_of(&scim), &id)
}

/// The schemas: the attributes of each kind of resource.
pub(super) async fn schemas(State(scim): State<Scim>) -> Result<Response, ScimError> {
    listed(schemas_of(&scim))
}

/// One schema.
///
/// # Errors
/// 404.
pub(super) async fn schema(State(scim): State<Scim>, Path(id): Path<String>) -> Result<Response, ScimError> {
    one(schemas_of(&scim), &id)
}

fn listed(all: Vec<Value>) -> Result<Response, ScimError> {
    let total = i64::try_from(all.len()).unwrap_or(i64::MAX);
    Ok(answer(StatusCode::OK, &Asked::of(None)?.answer(all, total)))
}

fn one(all: Vec<Value>, id: &str) -> Result<Response, ScimError> {
    let found = all.into_iter().find(|known| known["id"] == id).ok_or(ScimError::not_found())?;
    Ok(answer(StatusCode::OK, &found))
}

fn resource_types_of(scim: &Scim) -> Vec<Value> {
    let kinds = [("User", "/Users", "A person who may sign in"), ("Group", "/Groups", "A group of the directory")];
    let of_kind = |(id, endpoint, description): (&str, &str, &str)| {
        json!({
            "schemas": [format!("{CORE}:ResourceType")],
            "id": id,
            "name": id,
            "endpoint": endpoint,
            "description": description,
            "schema": format!("{CORE}:{id}"),
            "meta": {
                "resourceType": "ResourceType",
                "location": scim.address(&format!("{}/{id}", routes::SCIM_RESOURCE_TYPES)),
            },
        })
    };
    kinds.into_iter().map(of_kind).collect()
}

fn schemas_of(scim: &Scim) -> Vec<Value> {
    let of_kind = |(kind, description, attributes): (&str, &str, Vec<Value>)| {
        let id = format!("{CORE}:{kind}");
        json!({
            "schemas": [format!("{CORE}:Schema")],
            "id": id,
            "name": kind,
            "description": description,
            "attributes": attributes,
            "meta": {
                "resourceType": "Schema",
                "location": scim.address(&format!("{}/{id}", routes::SCIM_SCHEMAS)),
            },
        })
    };
    // The external id is common to all resources (RFC 7643, section 3.1), and part of no schema.
    let of = |attributes: &[Attribute]| {
        attributes.iter().filter(|(name, _)| *name != "externalId").map(attribute).collect::<Vec<_>>()
    };
    let mut of_group = of(GROUP);
    let member = [text("value", true), text("$ref", false), text("type", false), text("display", false)];
    of_group.push(described("members", "complex", true, json!(member)));
    let kinds = [("User", "A person who may sign in", of(USER)), ("Group", "A group of the directory", of_group)];
    kinds.into_iter().map(of_kind).collect()
}

fn attribute((name, holds): &Attribute) -> Value {
    match holds {
        Holds::Text => {
            let mut described = text(name, true);
            if *name == "userName" {
                described["required"] = true.into();
                described["uniqueness"] = "server".into();
            }
            described
        }
        Holds::Flag => described(name, "boolean", false, json!([])),
        Holds::Parts(parts) => {
            let parts: Vec<_> = parts.iter().map(|part| text(part, true)).collect();
            described(name, "complex", false, json!(parts))
        }
        Holds::Several => {
            let parts = [text("value", true), text("type", true), described("primary", "boolean", false, json!([]))];
            described(name, "complex", true, json!(parts))
        }
    }
}

/// An attribute that holds a text.
fn text(name: &str, is_written: bool) -> Value {
    let mut described = described(name, "string", false, json!([]));
    if !is_written {
        described["mutability"] = "readOnly".into();
    }
    described
}

fn described(name: &str, kind: &str, several: bool, parts: Value) -> Value {
    let mut described = json!({
        "name": name,
        "type": kind,
        "multiValued": several,
        "description": "",
        "required": false,
        "caseExact": false,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
    });
    if kind == "complex" {
        described["subAttributes"] = parts;
    }
    described
}
