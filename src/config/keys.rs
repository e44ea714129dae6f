//! Every key that there is, how it is spelt as an environment variable, and which one somebody may have meant.

use figment::value::Value;

/// What the environment variables of Rolecall begin with.
pub(super) const PREFIX: &str = "ROLECALL_";
/// Names the environment; not a key.
pub(super) const ENV_VARIABLE: &str = "ROLECALL_ENV";
/// Names the folder of the files; not a key.
pub(super) const CONFIG_DIR_VARIABLE: &str = "ROLECALL_CONFIG_DIR";

/// Stands for the id of a provider, or the name of an app, in [`KEYS`].
const ANY: &str = "*";

/// Every key, a section a dot. Adding one means adding its documentation to `config/rolecall.toml` (a test checks it).
pub(super) const KEYS: &[(&str, Kind)] = &[
    ("public_url", Kind::Text),
    ("bind", Kind::Text),
    ("allow_insecure_http", Kind::Flag),
    ("trusted_proxies", Kind::List),
    ("trust_every_proxy", Kind::Flag),
    ("tls.cert", Kind::Text),
    ("tls.key", Kind::Text),
    ("data_dir", Kind::Text),
    ("database_url", Kind::Text),
    ("database_url_file", Kind::Text),
    ("secret_keys", Kind::List),
    ("secret_keys_file", Kind::Text),
    ("log", Kind::Text),
    ("log_filter", Kind::Text),
    ("session.idle", Kind::Text),
    ("session.absolute", Kind::Text),
    ("limits.sign_ins_per_minute", Kind::Count),
    ("limits.channel_logouts_per_minute", Kind::Count),
    ("limits.api_failures_per_minute", Kind::Count),
    ("limits.connections", Kind::Count),
    ("limits.connections_per_client", Kind::Count),
    ("limits.header_timeout", Kind::Text),
    ("limits.shutdown_timeout", Kind::Text),
    ("step_up.write", Kind::Text),
    ("step_up.admin", Kind::Text),
    ("roles.read", Kind::List),
    ("roles.write", Kind::List),
    ("roles.admin", Kind::List),
    ("roles.groups.read", Kind::List),
    ("roles.groups.write", Kind::List),
    ("roles.groups.admin", Kind::List),
    ("graph.base_url", Kind::Text),
    ("api.audience", Kind::List),
    ("api.scope", Kind::Text),
    ("providers.*.kind", Kind::Text),
    ("providers.*.display_name", Kind::Text),
    ("providers.*.tenant", Kind::Text),
    ("providers.*.allowed_tenants", Kind::List),
    ("providers.*.authority", Kind::Text),
    ("providers.*.issuer", Kind::Text),
    ("providers.*.client_id", Kind::Text),
    ("providers.*.client_secret", Kind::Text),
    ("providers.*.client_secret_file", Kind::Text),
    ("providers.*.client_key", Kind::Text),
    ("providers.*.client_key_file", Kind::Text),
    ("providers.*.client_key_id", Kind::Text),
    ("providers.*.client_certificate", Kind::Text),
    ("providers.*.client_certificate_file", Kind::Text),
    ("providers.*.client_auth", Kind::Text),
    ("providers.*.scopes", Kind::List),
    ("providers.*.prompt", Kind::Text),
    ("providers.*.domain_hint", Kind::Text),
    ("providers.*.acr_values", Kind::List),
    ("providers.*.max_age", Kind::Text),
    ("providers.*.par", Kind::Text),
    ("providers.*.id_token_algorithms", Kind::List),
    ("providers.*.highest_role", Kind::Text),
    ("providers.*.roles_from_tenants", Kind::List),
    ("providers.*.claims_from", Kind::Text),
    ("providers.*.roles_claim", Kind::Text),
    ("providers.*.groups_claim", Kind::Text),
    ("providers.*.roles.read", Kind::List),
    ("providers.*.roles.write", Kind::List),
    ("providers.*.roles.admin", Kind::List),
    ("providers.*.roles.groups.read", Kind::List),
    ("providers.*.roles.groups.write", Kind::List),
    ("providers.*.roles.groups.admin", Kind::List),
    ("apps.*.upstream", Kind::Text),
    ("apps.*.upstream_ca", Kind::Text),
    ("apps.*.role", Kind::Text),
    ("apps.*.title", Kind::Text),
    ("apps.*.summary", Kind::Text),
    ("apps.*.host", Kind::Text),
    ("apps.*.same_origin", Kind::Text),
    ("apps.*.keep_prefix", Kind::Flag),
    ("apps.*.timeout", Kind::Text),
    ("apps.*.upstream_host", Kind::Flag),
    ("apps.*.pass_authorization", Kind::Flag),
    ("apps.*.frame_ancestors", Kind::List),
    ("apps.*.cors_origins", Kind::List),
    ("apps.*.service_workers", Kind::Flag),
];

/// What kind of value a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A string. Numbers are not taken for one: `0123` and `true` are fine client ids, as strings.
    Text,
    /// `true` or `false`.
    Flag,
    /// A whole number, not negative.
    Count,
    /// An array of strings.
    List,
}

impl Kind {
    /// Whether `value` is of this kind.
    pub(super) fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.as_str().is_some(),
            Self::Flag => value.to_bool().is_some(),
            Self::Count => count(value).is_some(),
            Self::List => value.as_array().is_some_and(|items| items.iter().all(|item| item.as_str().is_some())),
        }
    }

    /// What to write instead of a value that does not fit.
    pub(super) const fn remedy(self) -> &'static str {
        match self {
            Self::Text => "Give text, in quotes.",
            Self::Flag => "Give `true` or `false`.",
            Self::Count => "Give a whole number, without quotes.",
            Self::List => "Give a list of texts: [\"first\", \"second\"].",
        }
    }
}

/// What to write instead of anything else for `same_origin`, `true` for example: a yes could be said without knowing to what.
pub(super) const SAME_ORIGIN_REMEDY: &str = "Give the app a `host` of its own. Or write `same_origin = \"trusted\"`, if you \
                                             trust the app like Rolecall itself: its scripts can then do whatever the \
                                             person who looks at it may do in Rolecall (docs/APPS.md).";

/// What to write instead of a value that does not fit a key of this kind at `segments`.
pub(super) fn remedy(segments: &[String], kind: Kind) -> &'static str {
    match segments {
        [section, _, name] if section == "apps" && name == "same_origin" => SAME_ORIGIN_REMEDY,
        _ => kind.remedy(),
    }
}

/// The whole number that `value` is.
pub(super) fn count(value: &Value) -> Option<u64> {
    let number = value.to_num()?;
    let signed = || number.to_i128().and_then(|number| u64::try_from(number).ok());
    number.to_u128().map_or_else(signed, |number| u64::try_from(number).ok())
}

/// What a path of names leads to.
pub(super) enum Known {
    /// A key.
    Key(Kind),
    /// A section: there are keys below it.
    Section,
    /// Nothing that Rolecall knows.
    Nothing,
}

/// What the path of `segments` leads to.
pub(super) fn find(segments: &[String]) -> Known {
    for (pattern, kind) in KEYS {
        let mut names = pattern.split('.');
        if segments.iter().all(|segment| names.next().is_some_and(|name| name == ANY || name == segment)) {
            return if names.next().is_none() { Known::Key(*kind) } else { Known::Section };
        }
    }
    Known::Nothing
}

/// The path that the environment variable `name` means: `ROLECALL_SESSION__IDLE` is `session.idle`. `None` for a name
/// that is not ours. The id of a provider or app gets hyphens for its underscores, because a variable cannot hold a hyphen.
pub(super) fn segments_of_variable(name: &str) -> Option<Vec<String>> {
    let mut segments: Vec<String> = name.strip_prefix(PREFIX)?.split("__").map(str::to_ascii_lowercase).collect();
    if let [section, id, ..] = segments.as_mut_slice()
        && ["providers", "apps"].contains(&section.as_str())
    {
        *id = id.replace('_', "-");
    }
    Some(segments)
}

/// The environment variable of a key, the reverse of [`segments_of_variable`].
pub(super) fn variable<S: AsRef<str>>(segments: &[S]) -> String {
    let names: Vec<String> =
        segments.iter().map(|segment| segment.as_ref().to_ascii_uppercase().replace('-', "_")).collect();
    format!("{PREFIX}{}", names.join("__"))
}

/// The known key (or, for a section, the known section) that is spelt most like the unknown path.
pub(super) fn nearest(segments: &[String], section: bool) -> Vec<String> {
    let unknown = segments.join(".");
    let mut best = (f64::MIN, Vec::new());
    for (pattern, _) in KEYS {
        let mut candidate: Vec<String> = pattern.split('.').map(str::to_owned).collect();
        if section {
            candidate.pop();
        }
        if candidate.is_empty() {
            continue;
        }
        let same_depth = candidate.len() == segments.len();
        for (name, given) in candidate.iter_mut().zip(segments.iter().map(Some).chain(std::iter::repeat(None))) {
            if name == ANY {
                *name = given.filter(|_| same_depth).map_or_else(|| "<id>".to_owned(), Clone::clone);
            }
        }
        // `[app.x]` is a wrong name for the section of sections, not for a section of another name.
        let begin = candidate.iter().take(segments.len()).map(String::as_str).collect::<Vec<_>>().join(".");
        let of_begin = if section { strsim::normalized_damerau_levenshtein(&unknown, &begin) } else { 0.0 };
        let likeness = likeness(&unknown, &candidate).max(of_begin);
        if likeness > best.0 {
            best = (likeness, candidate);
        }
    }
    best.1
}

/// How much `unknown` is like `candidate`, 0 to 1. The right name in the wrong section counts as very like.
fn likeness(unknown: &str, candidate: &[String]) -> f64 {
    const WRONG_SECTION: f64 = 0.8;
    let whole = strsim::normalized_damerau_levenshtein(unknown, &candidate.join("."));
    let last = candidate.last().map_or(0.0, |name| {
        let given = unknown.rsplit('.').next().unwrap_or(unknown);
        strsim::normalized_damerau_levenshtein(given, name)
    });
    whole.max(last * WRONG_SECTION)
}
