//! Which cookies get as far as the session.

use axum::extract::Request;

use crate::auth::session::remove_look_alikes;

/// The layer, for [`map_request`](axum::middleware::map_request), that takes cookies away which could be mistaken for
/// ours. It stands in front of the session layer.
pub async fn without_look_alikes(mut request: Request) -> Request {
    remove_look_alikes(request.headers_mut());
    request
}
