//! The description of the API (OpenAPI 3.1).

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

/// The failures of every request: status, name of the response, and when it happens.
const FAILURES: [(&str, &str, &str); 9] = [
    ("400", "BadRequest", "The request cannot be read."),
    ("401", "Unauthorized", "There is no access token, or it is not valid. `WWW-Authenticate` says which."),
    ("403", "Forbidden", "The token lacks the scope, or the role that this needs."),
    ("404", "NotFound", "Not found for the caller's role."),
    ("413", "ContentTooLarge", "The body of the request is too large."),
    (
        "422",
        "UnprocessableContent",
        "The body is not valid (see `detail` and `mistakes`), or the panel exceeds the limits of a query.",
    ),
    (
        "429",
        "TooManyRequests",
        "Too many invalid tokens came from your address, or you downloaded more than 600 files within a minute. \
         `Retry-After` says when to try again.",
    ),
    ("500", "InternalServerError", "Something went wrong on our side."),
    (
        "503",
        "ServiceUnavailable",
        "The provider that issued the token does not answer, this took too long, or the data of a panel cannot be read. \
         If a retry can help, `Retry-After` says when.",
    ),
];

/// Further failures of requests that change something.
const FAILURES_OF_CHANGES: [(&str, &str, &str); 2] = [
    ("409", "Conflict", "It conflicts with something else: see `detail`."),
    ("415", "UnsupportedMediaType", "The body has a type that is not supported here."),
];

/// The description without its paths. `scope` is the scope that tokens of people need.
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
            "The caller, the dashboards that their role opens, the data of each panel, and data sets that programs make and \
             fill. For administrators, also people, their sessions and the audit.",
        ))
        .license(Some(LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build()));
    OpenApiBuilder::new()
        .info(info.build())
        .components(Some(components.build()))
        .security(Some([SecurityRequirement::new(BEARER, Vec::<String>::new())]))
        .build()
}

/// Adds the common failures to every operation.
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
    // The rest of a doc comment is for readers of the code. Programs find the failures among the responses.
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
