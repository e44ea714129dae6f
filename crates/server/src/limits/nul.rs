//! The character 0 in addresses. PostgreSQL cannot store it in a text, so nothing can have such a name. The APIs for
//! programs and directories check this themselves, after authentication; so does the callback from a provider, whose
//! text is only logged.

use axum::extract::{MatchedPath, Request};
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse as _;
use rolecall_routes as routes;

use crate::problem::Refusal;

const NUL: &str = "%00";

/// Whether the path contains it.
pub fn is_in_path(uri: &Uri) -> bool {
    uri.path().contains(NUL)
}

/// Whether the query contains it.
pub fn is_in_query(uri: &Uri) -> bool {
    uri.query().is_some_and(|query| query.contains(NUL))
}

/// Refuses a request whose address contains it. An outer layer renders the page.
///
/// # Errors
/// A 400 (RFC 9110, section 15.5.1).
pub fn refuse_nul(request: &Request) -> Result<(), Refusal> {
    let (uri, path) = (request.uri(), request.uri().path());
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let sees_to_it = routes::is_api_v1(path) || routes::is_scim(path) || route == Some(routes::LOGIN_AUTHORIZED);
    if !sees_to_it && (is_in_path(uri) || is_in_query(uri)) {
        return Err(Box::new(StatusCode::BAD_REQUEST.into_response()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_character_is_found_however_the_address_is_written() {
        let found = |uri: &str| {
            let uri: Uri = uri.parse().unwrap();
            (is_in_path(&uri), is_in_query(&uri))
        };
        assert_eq!(found("/a%00b?q=1"), (true, false));
        assert_eq!(found("/a?q%00=1"), (false, true));
        assert_eq!(found("/a?q=%%00"), (false, true));
        // A percent sign and two digits.
        assert_eq!(found("/a%2500?q=%2500"), (false, false));
    }
}
