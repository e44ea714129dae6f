//! Where somebody is led who is not let through and can change that.

use http::Extensions;

use crate::auth::{Auth, guard};
use crate::routes;

/// How long ago a sign-in counts as just made, in milliseconds.
const JUST_NOW_MS: i64 = 60 * 1000;

/// The path of the one provider's sign-in, or of the choice among several, that comes back to `return_to`.
#[must_use]
pub fn sign_in_path(auth: &Auth, return_to: &str) -> String {
    let place = match auth.choices() {
        [only] => routes::login(&only.id),
        _ => routes::SIGN_IN.to_owned(),
    };
    let query: String =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to).finish();
    format!("{place}?{query}")
}

/// The path by which the person behind the request with these extensions proves anew who they are, and comes back to
/// `return_to`. None for who comes from the provider: if that was not enough, the provider did not ask them or does not say
/// when, and would not the next time.
#[must_use]
pub fn step_up_path(auth: &Auth, extensions: &Extensions, return_to: &str) -> Option<String> {
    let sign_in = guard::signed_in(extensions).ok()?;
    let is_old = auth.clock().now_ms() - sign_in.created_at_ms >= JUST_NOW_MS;
    is_old.then(|| routes::prove_anew(&sign_in.provider, return_to))
}
