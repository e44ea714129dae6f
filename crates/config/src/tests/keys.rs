//! Every key is read, reported and documented as it is described.

use figment::providers::{Format, Toml};
use figment::value::{Dict, Value};

use super::*;
use crate::keys::{ANY, KEYS, Key, Kind};
use crate::report::SECRET;

/// The keys that the tests compare: not those that name a file with the value of another.
fn keys() -> impl Iterator<Item = &'static Key> {
    KEYS.iter().filter(|key| !key.path.ends_with("_file"))
}

/// The default of `key`, as a TOML file writes it.
fn default_of(key: &Key) -> Option<String> {
    let text = key.default?;
    Some(if key.kind == Kind::Text { format!("{text:?}") } else { text.to_owned() })
}

/// The values that `report` has for `key`, with their layers.
fn reported<'a>(report: &'a str, key: &Key) -> Vec<(&'a str, &'a str)> {
    let lines = report.lines().filter_map(|line| {
        let (name, rest) = line.split_once(" = ")?;
        let (value, layer) = rest.rsplit_once("  # ")?;
        matches(key.path, name).then(|| (value.trim(), layer))
    });
    lines.collect()
}

/// Whether `name` matches the pattern `path`.
fn matches(path: &str, name: &str) -> bool {
    let mut names = name.split('.');
    path.split('.').all(|part| names.next().is_some_and(|name| part == ANY || part == name)) && names.next().is_none()
}

/// The values at `path` in `values`; `*` in the path stands for every name.
fn found(values: &Dict, path: &[&str]) -> Vec<Value> {
    match path {
        [] => Vec::new(),
        [ANY, rest @ ..] => values.values().filter_map(Value::as_dict).flat_map(|inner| found(inner, rest)).collect(),
        [name] => values.get(*name).cloned().into_iter().collect(),
        [name, rest @ ..] => {
            values.get(*name).and_then(Value::as_dict).map_or_else(Vec::new, |inner| found(inner, rest))
        }
    }
}

/// Whether two values mean the same: durations can be written in several ways.
fn are_alike(a: &str, b: &str) -> bool {
    let duration = |text: &str| humantime::parse_duration(text.trim_matches('"')).ok();
    a == b || duration(a).is_some_and(|a| duration(b) == Some(a))
}

/// A configuration that gives every key without a default, its files in `folder`.
fn everything(folder: &Folder) -> String {
    let (cert, key) = ("tls/cert.pem", "tls/key.pem");
    let [cert, key] = [cert, key].map(|name| folder.0.path().join(name).display().to_string());
    let pem = std::fs::read_to_string(folder.0.path().join("ec.pem")).unwrap();
    let own =
        "id_token_algorithms = ['RS256']\nprompt = 'login'\nacr_values = ['a']\nmax_age = '1h'\nhighest_role = 'read'";
    format!(
        "public_url = 'https://localhost:3000'\nsecret_keys = ['{KEY}']\n[tls]\ncert = '{cert}'\nkey = '{key}'\n\
         [api]\naudience = ['api://a']\n\
         [connections.crm]\nurl = 'sqlite:crm.sqlite3'\n\
         [providers.azure]\nkind = 'entra'\ntenant = 'organizations'\nallowed_tenants = ['{TENANT}']\nclient_id = 'id'\n\
         client_secret = 'hidden'\nclient_secret_expires = '2027-11-30'\nroles_from_tenants = ['{TENANT}']\ndomain_hint = 'example.com'\n{own}\n\
         client_auth = 'client_secret_post'\n\
         [providers.company]\nkind = 'oidc'\nissuer = 'https://id.example.com'\nclient_id = 'id'\nclient_key_id = 'k'\n\
         client_key = '''{pem}'''\n[providers.company.roles]\nread = ['r']\nwrite = ['w']\nadmin = ['a']\n\
         [providers.company.roles.groups]\nread = ['r']\nwrite = ['w']\nadmin = ['a']\n\
         [apps.path]\nupstream = 'https://app.example.com'\nrole = 'read'\nsame_origin = 'trusted'\nsummary = 's'\n\
         upstream_ca = '{cert}'\nframe_ancestors = ['self']\n\
         [apps.named]\nupstream = 'http://127.0.0.1:8050'\nrole = 'read'\nhost = 'named.localhost'\n"
    )
}

#[test]
fn every_key_is_read_and_reported_with_the_default_that_is_described() {
    let folder = tls::certificates();
    let key = rcgen::KeyPair::generate().unwrap();
    std::fs::write(folder.0.path().join("ec.pem"), key.serialize_pem()).unwrap();
    let (_, report) = load_file(&everything(&folder)).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let report = report.to_string();

    // Not given, because there is no certificate for this key.
    let unreported = ["providers.*.client_certificate"];
    let missing: Vec<_> = keys().filter(|key| reported(&report, key).is_empty()).map(|key| key.path).collect();
    assert_eq!(missing, unreported, "not in what `rolecall config` prints:\n{report}");
    for key in keys() {
        for (value, layer) in reported(&report, key) {
            assert!(!key.is_secret || value.contains(SECRET), "{} is shown", key.path);
            let default = default_of(key).filter(|_| layer == "default");
            assert!(default.is_none_or(|default| are_alike(value, &default)), "{} is {value} by default", key.path);
            assert!(
                key.kind != Kind::Count || value.parse::<u64>().is_ok(),
                "{} is described as a number, and is {value}",
                key.path
            );
        }
    }
}

#[test]
fn the_reference_file_documents_every_key_and_changes_nothing() {
    let reference = include_str!("../../../../config/rolecall.toml");
    let (config, _) = load_file(reference).unwrap();
    assert!(config.demonstration);

    let setting = |line: &str| line.strip_prefix('#').filter(|rest| !rest.starts_with([' ', '#'])).map(str::to_owned);
    let every: Vec<String> = reference.lines().map(|line| setting(line).unwrap_or_else(|| line.to_owned())).collect();
    let every = every.join("\n");
    let values: Dict = Toml::from_str(&every).unwrap();
    let mut wrong = Vec::new();
    for key in KEYS {
        let documented = found(&values, &key.path.split('.').collect::<Vec<_>>());
        if documented.is_empty() {
            wrong.push(format!("{} is missing", key.path));
        }
        // An empty list is better shown by an example.
        if let Some(default) = default_of(key).filter(|default| default != "[]") {
            let default: Dict = Toml::from_str(&format!("is = {default}")).unwrap();
            if !documented.contains(&default["is"]) {
                wrong.push(format!("{} is not at its default {:?}", key.path, key.default));
            }
        }
    }
    assert!(wrong.is_empty(), "config/rolecall.toml:\n{}", wrong.join("\n"));
    let unknown = mistakes(load_file(&every)).into_iter().find(|mistake| mistake.what.contains("not a key"));
    assert_eq!(unknown, None);
}

/// The paths of the keys that a row of the table is about: `providers.<id>.tenant`, `.authority` beside it, and
/// `roles.{read,write}`.
fn paths_of_row(names: &str) -> Vec<String> {
    let mut paths = Vec::new();
    let mut section = String::new();
    for name in names.split('`').skip(1).step_by(2) {
        let name = name.replace("<id>", ANY).replace("<name>", ANY);
        let path = if name.starts_with('.') { format!("{section}{name}") } else { name };
        section = path.split('.').take(2).collect::<Vec<_>>().join(".");
        match path.split_once('{').and_then(|(begin, rest)| Some((begin, rest.strip_suffix('}')?))) {
            Some((begin, ends)) => paths.extend(ends.split(',').map(|end| format!("{begin}{end}"))),
            None => paths.push(path),
        }
    }
    paths
}

#[test]
fn the_table_of_settings_names_every_key_with_its_default() {
    let document = include_str!("../../../../docs/CONFIGURATION.md");
    let rows = document.lines().skip_while(|line| *line != "| key | what it is | default |").skip(2);
    let rows: Vec<_> = rows.take_while(|line| line.starts_with('|')).map(|row| row.split(" | ").collect()).collect();
    let rows: Vec<(Vec<String>, &str)> =
        rows.iter().map(|cells: &Vec<&str>| (paths_of_row(cells[0]), cells[cells.len() - 1])).collect();

    let mut wrong = Vec::new();
    for key in keys() {
        let Some((_, default)) = rows.iter().find(|(paths, _)| paths.iter().any(|path| path == key.path)) else {
            wrong.push(format!("{} is missing", key.path));
            continue;
        };
        let told = key.default.filter(|_| key.kind != Kind::List && key.path != "limits.connections_per_client");
        if let Some(told) = told.filter(|told| !default.contains(&format!("`{told}`"))) {
            wrong.push(format!("{} has the default {told}", key.path));
        }
    }
    let named = rows.iter().flat_map(|(paths, _)| paths);
    let strangers = named.filter(|path| !KEYS.iter().any(|key| key.path == path.as_str()));
    wrong.extend(strangers.map(|path| format!("{path} is no key")));
    assert!(wrong.is_empty(), "docs/CONFIGURATION.md:\n{}", wrong.join("\n"));
}
