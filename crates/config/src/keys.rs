//! Every key: its name, the kind of its value, its default, and whether it may be shown.
//!
//! Adding one means adding it to [`KEYS`], reading it in its subject's file, and documenting it in
//! `config/rolecall.toml` and in the table of docs/CONFIGURATION.md. Tests compare all of these, and report what is
//! missing and where.

use figment::value::Value;

/// Stands for the id of a provider, or the name of an app or a connection, in the path of a key.
pub(super) const ANY: &str = "*";

/// A key of the configuration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Key {
    /// Its path, with dots between the names.
    pub(super) path: &'static str,
    /// The kind of its value.
    pub(super) kind: Kind,
    /// Its default: a text as it is, anything else as in a TOML file. `None` if it has none, or if the default depends
    /// on other keys.
    pub(super) default: Option<&'static str>,
    /// Whether its value is never shown.
    pub(super) is_secret: bool,
}

impl Key {
    const fn new(path: &'static str, kind: Kind) -> Self {
        Self { path, kind, default: None, is_secret: false }
    }

    const fn text(path: &'static str) -> Self {
        Self::new(path, Kind::Text)
    }

    const fn flag(path: &'static str) -> Self {
        Self::new(path, Kind::Flag)
    }

    const fn count(path: &'static str) -> Self {
        Self::new(path, Kind::Count)
    }

    const fn list(path: &'static str) -> Self {
        Self::new(path, Kind::List)
    }

    /// The same with a default.
    const fn or(self, default: &'static str) -> Self {
        Self { default: Some(default), ..self }
    }

    /// The same for a secret, which is never shown.
    const fn secret(self) -> Self {
        Self { is_secret: true, ..self }
    }

    /// What to write instead of a value of another kind.
    pub(super) fn remedy(&self) -> &'static str {
        if self.path == "apps.*.same_origin" { SAME_ORIGIN_REMEDY } else { self.kind.remedy() }
    }
}

/// Every key, in the order of their subjects.
pub(super) const KEYS: &[Key] = &[
    Key::text("public_url"),
    Key::text("bind").or("127.0.0.1:3000"),
    Key::flag("allow_insecure_http").or("false"),
    Key::list("trusted_proxies").or("[]"),
    Key::flag("trust_every_proxy").or("false"),
    Key::text("tls.cert"),
    Key::text("tls.key"),
    Key::text("data_dir").or("data"),
    Key::text("database_url"),
    Key::text("database_url_file"),
    Key::list("secret_keys").secret(),
    Key::text("secret_keys_file"),
    Key::text("log"),
    Key::text("log_filter").or("info"),
    Key::text("session.idle").or("8h"),
    Key::text("session.absolute").or("24h"),
    // So many sign-ins are enough for an office behind one address at nine o'clock. The connections leave room for
    // other files if a process may have 1,024 open. The header timeout is longer than the 60 seconds for which load
    // balancers keep idle connections. Kubernetes kills a process that has not stopped after 30 seconds.
    Key::count("limits.sign_ins_per_minute").or("600"),
    Key::count("limits.channel_logouts_per_minute").or("1200"),
    Key::count("limits.api_failures_per_minute").or("300"),
    Key::count("limits.connections").or("900"),
    Key::count("limits.connections_per_client").or("225"),
    Key::text("limits.header_timeout").or("75s"),
    Key::text("limits.shutdown_timeout").or("25s"),
    Key::count("datasets.max_bytes").or("500000000"),
    Key::count("datasets.max_rows").or("10000000"),
    Key::count("datasets.max_columns").or("500"),
    Key::count("datasets.keep_versions").or("5"),
    Key::count("datasets.max_per_owner").or("100"),
    Key::count("dashboards.keep_versions").or("200"),
    Key::count("dashboards.max_per_owner").or("100"),
    Key::text("dashboards.page_wait").or("800ms"),
    Key::count("audit.keep_days").or("400"),
    Key::text("connections.*.url"),
    Key::text("connections.*.url_file"),
    Key::count("connections.*.max_rows").or("1000000"),
    Key::text("connections.*.timeout").or("30s"),
    Key::text("step_up.write"),
    Key::text("step_up.admin"),
    Key::list("roles.read").or(r#"["Rolecall.Read"]"#),
    Key::list("roles.write").or(r#"["Rolecall.Write"]"#),
    Key::list("roles.admin").or(r#"["Rolecall.Admin"]"#),
    Key::list("roles.groups.read").or("[]"),
    Key::list("roles.groups.write").or("[]"),
    Key::list("roles.groups.admin").or("[]"),
    Key::text("graph.base_url").or("https://graph.microsoft.com"),
    Key::list("api.audience"),
    Key::text("api.scope").or("access_as_user"),
    Key::text("providers.*.kind"),
    Key::text("providers.*.display_name"),
    Key::text("providers.*.tenant"),
    Key::list("providers.*.allowed_tenants"),
    Key::text("providers.*.authority").or("https://login.microsoftonline.com"),
    Key::text("providers.*.issuer"),
    Key::text("providers.*.client_id"),
    Key::text("providers.*.client_secret").secret(),
    Key::text("providers.*.client_secret_file"),
    Key::text("providers.*.client_secret_expires"),
    Key::text("providers.*.client_key").secret(),
    Key::text("providers.*.client_key_file"),
    Key::text("providers.*.client_key_id"),
    Key::text("providers.*.client_certificate").secret(),
    Key::text("providers.*.client_certificate_file"),
    Key::text("providers.*.client_auth"),
    Key::list("providers.*.scopes"),
    Key::text("providers.*.prompt"),
    Key::text("providers.*.domain_hint"),
    Key::list("providers.*.acr_values"),
    Key::text("providers.*.max_age"),
    Key::text("providers.*.par").or("auto"),
    Key::list("providers.*.id_token_algorithms"),
    Key::text("providers.*.highest_role"),
    Key::list("providers.*.roles_from_tenants"),
    Key::text("providers.*.claims_from").or("id_token"),
    Key::text("providers.*.roles_claim").or("roles"),
    Key::text("providers.*.groups_claim").or("groups"),
    Key::list("providers.*.roles.read"),
    Key::list("providers.*.roles.write"),
    Key::list("providers.*.roles.admin"),
    Key::list("providers.*.roles.groups.read"),
    Key::list("providers.*.roles.groups.write"),
    Key::list("providers.*.roles.groups.admin"),
    Key::text("apps.*.upstream"),
    Key::text("apps.*.upstream_ca"),
    Key::text("apps.*.role"),
    Key::text("apps.*.title"),
    Key::text("apps.*.summary"),
    Key::text("apps.*.host"),
    Key::text("apps.*.same_origin"),
    Key::flag("apps.*.keep_prefix").or("false"),
    Key::text("apps.*.timeout").or("60s"),
    Key::flag("apps.*.upstream_host").or("false"),
    Key::flag("apps.*.pass_authorization").or("false"),
    Key::list("apps.*.frame_ancestors"),
    Key::list("apps.*.cors_origins").or("[]"),
    Key::flag("apps.*.service_workers").or("false"),
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
    const fn remedy(self) -> &'static str {
        match self {
            Self::Text => "Give text, in quotes.",
            Self::Flag => "Give `true` or `false`.",
            Self::Count => "Give a whole number, without quotes.",
            Self::List => "Give a list of texts: [\"first\", \"second\"].",
        }
    }
}

/// What to write instead of any other value of `same_origin`. `true` is not accepted: people could write it without
/// knowing what they agree to.
pub(super) const SAME_ORIGIN_REMEDY: &str = "Give the app a `host` of its own. Or write `same_origin = \"trusted\"`, if you \
                                             trust the app like Rolecall itself: its scripts can then do whatever the \
                                             person who looks at it may do in Rolecall (docs/APPS.md).";

/// The whole number in `value`.
pub(super) fn count(value: &Value) -> Option<u64> {
    let number = value.to_num()?;
    let signed = || number.to_i128().and_then(|number| u64::try_from(number).ok());
    number.to_u128().map_or_else(signed, |number| u64::try_from(number).ok())
}
