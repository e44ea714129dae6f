//! The optional settings of a provider: what is requested from it, and which answers are accepted.

use std::time::Duration;

use chrono::{NaiveDate, NaiveTime};
use openidconnect::core::{CoreAuthPrompt, CoreJwsSigningAlgorithm};
use rolecall_sign_in::config::{ParUse, ProviderKind, ProviderOptions};
use rolecall_sign_in::provider::ALGORITHMS;

use super::client::Client;
use super::section::ProviderSection;

/// The longest `max_age` that makes sense: no sign-in lasts longer.
const MAX_AGE_LIMIT: Duration = Duration::from_hours(30 * 24);
/// What `prompt` can hold (OpenID Connect Core 3.1.2.1).
const PROMPTS: [(&str, CoreAuthPrompt); 4] = [
    ("login", CoreAuthPrompt::Login),
    ("consent", CoreAuthPrompt::Consent),
    ("select_account", CoreAuthPrompt::SelectAccount),
    ("none", CoreAuthPrompt::None),
];

impl ProviderSection<'_> {
    /// Reads and checks the options.
    pub(super) fn options(&mut self, kind: &ProviderKind, client: &Client) -> ProviderOptions {
        ProviderOptions {
            client_auth: client.method,
            secret_expires_at_ms: self.secret_expires(client),
            par: self.par(),
            id_token_algorithms: self.id_token_algorithms(),
            prompt: self.prompt(),
            domain_hint: self.domain_hint(kind),
            acr_values: self.acr_values(),
            max_age: self.max_age(),
        }
    }

    /// When the secret expires: only the provider and the person who created it know that.
    fn secret_expires(&mut self, client: &Client) -> Option<i64> {
        const KEY: &str = "client_secret_expires";
        const REMEDY: &str = "Give the day that the provider shows beside the secret, for example \"2027-11-30\".";
        let parse = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(Some);
        let day = self.reader.parsed(&self.key(KEY), None, REMEDY, parse)?;
        if client.secret.is_none() {
            self.mistake(KEY, "has no effect without `client_secret`", "Remove it.");
        }
        self.note(KEY, &day.to_string());
        Some(day.and_time(NaiveTime::MIN).and_utc().timestamp_millis())
    }

    /// Whether requests are pushed.
    fn par(&mut self) -> ParUse {
        const REMEDY: &str = "Give \"auto\" (where the provider offers it), \"always\" or \"never\".";
        let par = self.reader.parsed(&self.key("par"), ParUse::default(), REMEDY, |text| text.parse().ok());
        self.note("par", &<&str>::from(par));
        par
    }

    /// The algorithms that ID tokens may be signed with. HMAC is not included: anyone who knows the secret could make
    /// such a token.
    fn id_token_algorithms(&mut self) -> Vec<CoreJwsSigningAlgorithm> {
        const KEY: &str = "id_token_algorithms";
        let Some(names) = self.reader.list(&self.key(KEY)) else { return Vec::new() };
        let known = |name: &String| ALGORITHMS.iter().find(|(known, _)| known == name).map(|(_, algorithm)| algorithm);
        let wrong = names.iter().find(|name| !name.is_empty() && known(name).is_none());
        if wrong.is_some() || names.is_empty() {
            let what =
                wrong.map_or_else(|| "is empty".to_owned(), |name| format!("has {name:?}, which cannot be used"));
            let remedy = format!("Name some of {}.", ALGORITHMS.map(|(name, _)| name).join(", "));
            self.mistake(KEY, &what, &remedy);
        }
        self.note(KEY, &names);
        names.iter().filter_map(known).cloned().collect()
    }

    /// What the provider must ask the person.
    fn prompt(&mut self) -> Vec<CoreAuthPrompt> {
        const KEY: &str = "prompt";
        const REMEDY: &str = "Give \"login\", \"consent\", \"select_account\", some of them with a space between, or \
                              \"none\" alone.";
        let parse = |text: &str| {
            let words: Vec<_> = text.split_whitespace().collect();
            let known = |word: &&str| PROMPTS.into_iter().find(|(name, _)| name == word).map(|(_, prompt)| prompt);
            let prompts: Vec<_> = words.iter().map(known).collect::<Option<_>>()?;
            (words.len() == 1 || !words.contains(&"none")).then_some(prompts)
        };
        let Some(text) = self.text(KEY) else { return Vec::new() };
        self.note(KEY, &text);
        self.reader.parsed(&self.key(KEY), Vec::new(), REMEDY, parse)
    }

    /// Which organization the person belongs to.
    fn domain_hint(&mut self, kind: &ProviderKind) -> Option<String> {
        const KEY: &str = "domain_hint";
        let hint = self.text(KEY)?;
        if matches!(kind, ProviderKind::Oidc { .. }) {
            self.mistake(KEY, "does not belong to a provider of this kind", "Remove it: only Entra knows it.");
        }
        self.note(KEY, &hint);
        Some(hint)
    }

    /// How the person should be authenticated.
    fn acr_values(&mut self) -> Vec<String> {
        const KEY: &str = "acr_values";
        let Some(values) = self.reader.list(&self.key(KEY)) else { return Vec::new() };
        if let Some(several) = values.iter().find(|value| value.contains(char::is_whitespace)) {
            let what = format!("has {several:?} as one value");
            self.mistake(KEY, &what, "Make each value an item of the list.");
        }
        self.note(KEY, &values);
        values
    }

    /// How long ago the person may have been authenticated.
    fn max_age(&mut self) -> Option<Duration> {
        const KEY: &str = "max_age";
        const REMEDY: &str = "Give a duration of at most 30 days in whole seconds, for example \"12h\"; \"0s\" has people \
                              authenticated at every sign-in again.";
        let parse = |text: &str| {
            let age = humantime::parse_duration(text).ok()?;
            (age <= MAX_AGE_LIMIT && age.subsec_nanos() == 0).then_some(Some(age))
        };
        let age = self.reader.parsed(&self.key(KEY), None, REMEDY, parse)?;
        self.note(KEY, &humantime::format_duration(age).to_string());
        Some(age)
    }
}
