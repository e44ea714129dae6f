//! What every provider has: an id, scopes and a name.

use rolecall_sign_in::config::{ProviderConfig, ProviderKind};
use url::Url;

use crate::reader::Reader;

/// The scopes to ask for by default (OpenID Connect Core 1.0, section 5.4).
pub(crate) const DEFAULT_SCOPES: [&str; 3] = ["openid", "profile", "email"];
/// What Entra is asked for beside these: to read the profile of the person who signs in from Microsoft Graph.
pub(crate) const GRAPH_SCOPE: &str = "User.Read";
/// The id of the demonstration provider. No other provider may have it: its sign-ins could not be told from those of
/// the demonstration.
pub(crate) const DEMONSTRATION_ID: &str = "demo";
/// The longest id of a provider, in characters.
const MAX_ID_LENGTH: usize = 32;

/// Reads every provider, sorted by id.
pub(crate) fn read(reader: &mut Reader) -> Vec<ProviderConfig> {
    let ids = reader.names("providers");
    let providers: Vec<_> = ids.iter().filter_map(|id| ProviderSection { reader: &mut *reader, id }.read()).collect();
    for (at, provider) in providers.iter().enumerate() {
        if let Some(same) = providers[..at].iter().find(|before| is_same_client(before, provider)) {
            let what = format!("is the same client of the same provider as providers.{}", same.id);
            let remedy =
                "Remove one of the two, or register Rolecall at the provider once more and give its client id.";
            reader.mistake(&format!("providers.{}", provider.id), &what, remedy);
        }
    }
    providers
}

/// Whether two sections describe the same client at the same provider. Nobody could tell whose rules apply to a token,
/// and a sign-out by the provider would reach only some of the sign-ins.
fn is_same_client(one: &ProviderConfig, other: &ProviderConfig) -> bool {
    let is_same_provider = match (&one.kind, &other.kind) {
        (ProviderKind::Oidc { issuer: one }, ProviderKind::Oidc { issuer: other }) => one == other,
        (
            ProviderKind::Entra { tenant: one, authority, .. },
            ProviderKind::Entra { tenant: other, authority: other_authority, .. },
        ) => one.eq_ignore_ascii_case(other) && authority == other_authority,
        _ => false,
    };
    is_same_provider && one.client_id == other.client_id
}

/// The section of one provider.
pub(super) struct ProviderSection<'a> {
    pub(super) reader: &'a mut Reader,
    pub(super) id: &'a str,
}

impl ProviderSection<'_> {
    /// Reads and checks the provider. `None` if something required is missing, which is a mistake.
    fn read(mut self) -> Option<ProviderConfig> {
        if !is_id(self.id) {
            let what = "has an id that cannot be part of a path";
            let remedy = format!("Use 1 to {MAX_ID_LENGTH} lower-case letters, digits and hyphens.");
            self.reader.mistake(&format!("providers.{}", self.id), what, &remedy);
            return None;
        }
        if self.id == DEMONSTRATION_ID {
            let what = "has the id of the demonstration provider";
            self.reader.mistake(&format!("providers.{}", self.id), what, "Give it another id.");
            return None;
        }
        let kind = self.kind();
        let client = self.client(self.is_entra());
        let scopes = self.scopes();
        let (kind, client) = (kind?, client?);
        let options = self.options(&kind, &client);
        let roles = self.roles(&kind);
        let display_name = self.display_name(&kind);
        Some(ProviderConfig {
            id: self.id.to_owned(),
            display_name,
            kind,
            client_id: client.id,
            client_secret: client.secret,
            client_key: client.key,
            scopes,
            roles,
            options,
        })
    }

    /// The scopes to ask for.
    fn scopes(&mut self) -> Vec<String> {
        const KEY: &str = "scopes";
        let scopes = self.reader.list(&self.key(KEY));
        let graph = self.is_entra().then_some(GRAPH_SCOPE);
        let scopes = scopes.unwrap_or_else(|| DEFAULT_SCOPES.into_iter().chain(graph).map(str::to_owned).collect());
        if let Some(several) = scopes.iter().find(|scope| scope.contains(char::is_whitespace)) {
            let what = format!("has {several:?} as one scope");
            self.mistake(
                KEY,
                &what,
                "Make each scope an item of the list; in an environment variable, put commas between.",
            );
        } else if !scopes.iter().any(|scope| scope == "openid") {
            let what = "lacks \"openid\", without which there is no sign-in (OpenID Connect Core 1.0, section 3.1.2.1)";
            self.mistake(KEY, what, "Add \"openid\" to the list.");
        }
        self.note(KEY, &scopes);
        scopes
    }

    /// The name on buttons.
    fn display_name(&mut self, kind: &ProviderKind) -> String {
        let name = self.text("display_name").unwrap_or_else(|| match kind {
            ProviderKind::Entra { .. } => "Microsoft".to_owned(),
            ProviderKind::Oidc { issuer } => host(issuer).unwrap_or_else(|| self.id.to_owned()),
        });
        self.note("display_name", &name);
        name
    }

    /// The full key of `name`.
    pub(super) fn key(&self, name: &str) -> String {
        format!("providers.{}.{name}", self.id)
    }

    /// The text at `name`.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.reader.text(&self.key(name))
    }

    /// The text at `name`, which has no default.
    pub(super) fn required(&mut self, name: &str, remedy: &str) -> Option<String> {
        self.reader.required_text(&self.key(name), remedy)
    }

    /// Notes a mistake with `name`.
    pub(super) fn mistake(&mut self, name: &str, what: &str, remedy: &str) {
        self.reader.mistake(&self.key(name), what, remedy);
    }

    /// Puts the value of `name` into the report.
    pub(super) fn note(&mut self, name: &str, value: &dyn std::fmt::Debug) {
        self.reader.note(&self.key(name), value);
    }
}

/// The host of an address.
fn host(address: &str) -> Option<String> {
    Url::parse(address).ok()?.host_str().map(str::to_owned)
}

/// Whether `id` can name a provider in paths.
fn is_id(id: &str) -> bool {
    (1..=MAX_ID_LENGTH).contains(&id.len())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
