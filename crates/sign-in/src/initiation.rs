//! How a plain link asks for a sign-in: from one of our own pages, or from another site (third-party-initiated login,
//! OpenID Connect Core 4).

use std::fmt;

use openidconnect::core::CoreAuthPrompt;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use url::Url;

use super::callback::{self, CallbackError};
use super::session::HeldAttempts;
use super::{Further, ReturnTo};

/// The parameters of such a link. None is trusted.
const KNOWN: [&str; 5] = ["iss", "target_link_uri", "login_hint", "return_to", "prompt"];
/// The longest hint that is passed on, in characters.
const HINT_MAX_CHARS: usize = 254;

/// The parameters of a sign-in that is to begin.
#[derive(Debug)]
pub struct BeginRequest {
    /// Where the person goes afterwards.
    pub return_to: ReturnTo,
    /// The issuer that another site requires. It must be the provider's own.
    pub issuer: Option<String>,
    /// A hint who the person is, for the provider's form.
    pub login_hint: Option<LoginHint>,
    /// What the provider must prompt for this time.
    pub prompt: Option<Prompt>,
    /// What is requested beyond the provider's configuration: never set by a link.
    pub further: Further,
    /// The attempts that the browser holds already.
    pub held: HeldAttempts,
}

impl BeginRequest {
    /// A request from one of our own pages, in a browser with the attempts `held`.
    #[must_use]
    pub fn new(return_to: ReturnTo, held: HeldAttempts) -> Self {
        Self { return_to, issuer: None, login_hint: None, prompt: None, further: Further::default(), held }
    }

    /// Reads the query of a link that a browser with the attempts `held` follows. `target_link_uri` may be an address
    /// of `public_url` or a path, as `return_to` is; anything else leads to the front page.
    ///
    /// # Errors
    /// When the query is too long, not UTF-8, or holds a parameter more than once, or the address to return to is too
    /// long.
    pub fn parse(query: &str, public_url: &Url, held: HeldAttempts) -> Result<Self, CallbackError> {
        let mut found = callback::parameters(query, &KNOWN)?;
        let target = found.remove("target_link_uri").map(|target| on_our_origin(&target, public_url));
        let return_to = target.or_else(|| found.remove("return_to"));
        if return_to.as_deref().is_some_and(ReturnTo::is_too_long) {
            return Err(CallbackError::LongTarget);
        }
        Ok(Self {
            return_to: ReturnTo::parse_or_home(return_to.as_deref()),
            issuer: found.remove("iss"),
            login_hint: found.remove("login_hint").as_deref().and_then(LoginHint::parse),
            prompt: found.remove("prompt").as_deref().and_then(Prompt::parse),
            further: Further::default(),
            held,
        })
    }
}

/// The query of the link that is equivalent to a form with `body`; `None` if that is not a valid form.
#[must_use]
pub fn link_query(body: &[u8]) -> Option<String> {
    let found = callback::parameters(std::str::from_utf8(body).ok()?, &KNOWN).ok()?;
    Some(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(found).finish())
}

/// `target` without our own origin; unchanged if it does not begin with it.
fn on_our_origin(target: &str, public_url: &Url) -> String {
    match target.strip_prefix(&public_url.origin().ascii_serialization()) {
        Some("") => "/".to_owned(),
        Some(path) => path.to_owned(),
        None => target.to_owned(),
    }
}

/// What a person may ask the provider to prompt for (OpenID Connect Core 3.1.2.1, `prompt`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Prompt {
    /// Choosing an account, even if the person is signed in there.
    SelectAccount,
    /// Authenticating, even if the person is signed in there.
    Login,
}

impl Prompt {
    /// The prompt called `name`, if people may choose it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        name.parse().ok()
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

impl From<Prompt> for CoreAuthPrompt {
    fn from(prompt: Prompt) -> Self {
        match prompt {
            Prompt::SelectAccount => Self::SelectAccount,
            Prompt::Login => Self::Login,
        }
    }
}

/// A hint who the person is, for the provider's form: an e-mail address or user name (OpenID Connect Core 3.1.2.1).
/// Printable, and of bounded length.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginHint(String);

impl LoginHint {
    /// The hint in `raw`; `None` if it should not go into a form. A bad hint is not an error.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        let is_printable = raw.chars().all(|c| !c.is_control()) && !raw.trim().is_empty();
        (is_printable && raw.chars().count() <= HINT_MAX_CHARS).then(|| Self(raw.to_owned()))
    }

    /// The hint, as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Without the hint: it names a person.
impl fmt::Debug for LoginHint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginHint")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(query: &str) -> Result<BeginRequest, CallbackError> {
        BeginRequest::parse(query, &Url::parse("https://rolecall.example.com").unwrap(), HeldAttempts::default())
    }

    fn target(raw: &str) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("target_link_uri", raw).finish();
        parse(&query).unwrap().return_to.to_string()
    }

    #[test]
    fn a_target_of_ours_is_kept_as_a_path() {
        assert_eq!(target("https://rolecall.example.com/dashboards?a=1"), "/dashboards?a=1");
        assert_eq!(target("/dashboards"), "/dashboards");
        assert_eq!(target("https://rolecall.example.com"), "/");
    }

    #[test]
    fn any_other_target_leads_to_the_front_page() {
        for raw in [
            "https://evil.test/dashboards",
            "http://rolecall.example.com/dashboards",
            "https://rolecall.example.com.evil.test/dashboards",
            "https://rolecall.example.com@evil.test/dashboards",
            "https://rolecall.example.com:8443/dashboards",
            "https://rolecall.example.com//evil.test",
            "https://rolecall.example.com/\\evil.test",
            "https://rolecall.example.com/%5cevil.test",
            "//evil.test",
            "javascript:alert(1)",
            "dashboards",
        ] {
            assert_eq!(target(raw), "/", "{raw}");
        }
    }

    // Case: return/long
    #[test]
    fn a_target_may_be_as_long_as_is_kept_and_no_longer() {
        let query = |bytes: usize| format!("return_to=%2F{}", "%26".repeat(bytes - 1));
        assert_eq!(parse(&query(ReturnTo::MAX_BYTES)).unwrap().return_to.as_str().len(), ReturnTo::MAX_BYTES);
        assert!(matches!(parse(&query(ReturnTo::MAX_BYTES + 1)), Err(CallbackError::LongTarget)));
    }

    #[test]
    fn a_doubled_parameter_is_refused() {
        assert!(matches!(parse("iss=a&iss=b"), Err(CallbackError::Doubled("iss"))));
        assert!(parse("iss=a&other=b&other=c").is_ok());
    }

    #[test]
    fn a_form_asks_for_what_its_link_asks_for() {
        let query = link_query(b"iss=https%3A%2F%2Fa.test&login_hint=ada+vale&other=x").unwrap();
        assert_eq!(query, "iss=https%3A%2F%2Fa.test&login_hint=ada+vale");
        assert!(link_query(b"iss=a&iss=b").is_none() && link_query(b"iss=\xff").is_none());
        assert!(link_query("a".repeat(33 * 1024).as_bytes()).is_none());
    }

    #[test]
    fn a_hint_is_printable_and_bounded() {
        assert_eq!(LoginHint::parse("ada@example.com").unwrap().as_str(), "ada@example.com");
        for raw in ["", "  ", "a\r\nb", "a\u{0}", &"a".repeat(255)] {
            assert!(LoginHint::parse(raw).is_none(), "{raw:?}");
        }
    }
}
