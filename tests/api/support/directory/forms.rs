//! The allowed forms of properties. A property that is not listed does not exist.

use serde_json::Value;
use uuid::Uuid;

/// The form of a property.
pub enum Form {
    Text,
    Guid,
    Flag,
    /// One of these numbers.
    Number(&'static [u64]),
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// An address of https, or of http on this machine.
    RedirectUri,
    /// An address of https.
    Https,
    /// A time in UTC.
    Time,
    /// Bytes as base64.
    Binary,
    Null,
    List(&'static Form),
    Object(&'static [(&'static str, Form)]),
    /// This form, or null.
    Maybe(&'static Form),
}

use Form::{Binary, Flag, Guid, Https, List, Maybe, Null, Number, Object, OneOf, RedirectUri, Text, Time};

const CLAIM: Form =
    Object(&[("name", Text), ("source", Maybe(&Text)), ("essential", Flag), ("additionalProperties", List(&Text))]);

/// A permission that people can give an application.
const SCOPE: Form = Object(&[
    ("adminConsentDescription", Text),
    ("adminConsentDisplayName", Text),
    ("id", Guid),
    ("isEnabled", Flag),
    ("type", OneOf(&["User", "Admin"])),
    ("userConsentDescription", Maybe(&Text)),
    ("userConsentDisplayName", Maybe(&Text)),
    ("value", Text),
]);

/// What may be written of an application.
pub const APPLICATION: &[(&str, Form)] = &[
    ("displayName", Text),
    ("signInAudience", OneOf(&["AzureADMyOrg", "AzureADMultipleOrgs"])),
    ("tags", List(&Text)),
    (
        "web",
        Object(&[("redirectUris", List(&RedirectUri)), ("logoutUrl", Maybe(&Https)), ("homePageUrl", Maybe(&Https))]),
    ),
    ("identifierUris", List(&Text)),
    (
        "api",
        Object(&[
            ("acceptMappedClaims", Maybe(&Flag)),
            ("knownClientApplications", List(&Guid)),
            ("oauth2PermissionScopes", List(&SCOPE)),
            ("preAuthorizedApplications", List(&Object(&[("appId", Guid), ("delegatedPermissionIds", List(&Guid))]))),
            ("requestedAccessTokenVersion", Maybe(&Number(&[1, 2]))),
        ]),
    ),
    (
        "appRoles",
        List(&Object(&[
            ("allowedMemberTypes", List(&OneOf(&["User", "Application"]))),
            ("description", Text),
            ("displayName", Text),
            ("id", Guid),
            ("isEnabled", Flag),
            ("value", Text),
        ])),
    ),
    (
        "optionalClaims",
        Object(&[("idToken", List(&CLAIM)), ("accessToken", List(&CLAIM)), ("saml2Token", List(&CLAIM))]),
    ),
    (
        "requiredResourceAccess",
        List(&Object(&[
            ("resourceAppId", Guid),
            ("resourceAccess", List(&Object(&[("id", Guid), ("type", OneOf(&["Scope", "Role"]))]))),
        ])),
    ),
];

/// What may be written of its certificates, all at once.
pub const KEY_CREDENTIALS: Form = List(&Object(&[
    ("type", OneOf(&["AsymmetricX509Cert"])),
    ("usage", OneOf(&["Verify"])),
    ("key", Binary),
    ("displayName", Text),
    ("keyId", Guid),
    ("customKeyIdentifier", Maybe(&Binary)),
    ("startDateTime", Time),
    ("endDateTime", Time),
]));

/// What `addPassword` takes.
pub const ADD_PASSWORD: &[(&str, Form)] =
    &[("passwordCredential", Object(&[("displayName", Text), ("endDateTime", Time), ("startDateTime", Time)]))];

/// What `removePassword` takes.
pub const REMOVE_PASSWORD: &[(&str, Form)] = &[("keyId", Guid)];

/// What may be written of a service principal.
pub const SERVICE_PRINCIPAL: &[(&str, Form)] =
    &[("appId", Guid), ("tags", List(&Text)), ("appRoleAssignmentRequired", Flag)];

/// Checks that `value` has this form; the error says what is wrong.
pub fn check(value: &Value, form: &Form, at: &str) -> Result<(), String> {
    let wrong = || Err(format!("{at} is {value}"));
    let when = |is_right: bool| if is_right { Ok(()) } else { wrong() };
    let text = value.as_str();
    match form {
        Text => when(text.is_some_and(|text| !text.is_empty() && text.len() <= 256)),
        Guid => when(text.is_some_and(|text| text.len() == 36 && Uuid::try_parse(text).is_ok())),
        Flag => when(value.is_boolean()),
        Number(numbers) => when(value.as_u64().is_some_and(|number| numbers.contains(&number))),
        OneOf(texts) => when(text.is_some_and(|text| texts.contains(&text))),
        RedirectUri => {
            let is_here = |url: &str| ["http://localhost", "http://127.0.0.1"].iter().any(|here| url.starts_with(here));
            when(text.is_some_and(|url| (url.starts_with("https://") || is_here(url)) && url.len() <= 256))
        }
        Https => when(text.is_some_and(|url| url.starts_with("https://"))),
        Time => {
            when(text.is_some_and(|time| time.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(time).is_ok()))
        }
        Binary => {
            use base64::Engine as _;
            when(text.is_some_and(|text| base64::engine::general_purpose::STANDARD.decode(text).is_ok()))
        }
        Null => when(value.is_null()),
        Maybe(form) => check(value, &Null, at).or_else(|_| check(value, form, at)),
        List(form) => match value.as_array() {
            Some(items) => items.iter().try_for_each(|item| check(item, form, at)),
            None => wrong(),
        },
        Object(properties) => object(value, properties, at),
    }
}

/// Checks that `value` is an object with only these properties.
pub fn object(value: &Value, properties: &[(&str, Form)], at: &str) -> Result<(), String> {
    let Some(given) = value.as_object() else { return Err(format!("{at} is {value}")) };
    given.iter().try_for_each(|(name, value)| {
        let known = properties.iter().find(|(of, _)| of == name);
        let (_, form) = known.ok_or_else(|| format!("{at} has no property {name:?}"))?;
        check(value, form, &format!("{at}.{name}"))
    })
}
