//! Which access tokens the API accepts.

use rolecall_demo_provider as demo_provider;
use rolecall_sign_in::bearer::ApiAccess;

use super::reader::Reader;

const AUDIENCE: &str = "api.audience";
const SCOPE: &str = "api.scope";

/// Reads what access tokens must be for. `None` if the API is off: without an audience, except in the demonstration.
pub(super) fn read(reader: &mut Reader, demonstration: bool) -> Option<ApiAccess> {
    const REMEDY: &str = "Give the name of one scope as the provider writes it into `scp`, for example \
                          \"access_as_user\": without the name of the API before it.";
    let given = reader.list(AUDIENCE);
    let scope = reader
        .parsed(SCOPE, demo_provider::API_SCOPE.to_owned(), REMEDY, |text| is_scope(text).then(|| text.to_owned()));
    let audiences = match given {
        None if demonstration => {
            let audience = demo_provider::API_AUDIENCE.to_owned();
            reader.note_from(AUDIENCE, &[&audience], "demonstration, since no provider is configured");
            vec![audience]
        }
        given => {
            let audiences = given.unwrap_or_default();
            reader.note(AUDIENCE, &audiences);
            audiences
        }
    };
    reader.note(SCOPE, &scope);
    (!audiences.is_empty()).then_some(ApiAccess { audiences, scope })
}

/// Whether `text` is one scope (RFC 6749, section 3.3), without the name of the API that Entra puts in front of it.
fn is_scope(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte)) && !text.starts_with("api://")
}
