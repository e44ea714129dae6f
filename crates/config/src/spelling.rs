//! Finds and spells keys: as a path, as an environment variable, and misspelled.

use super::keys::{ANY, KEYS, Key};

/// What the environment variables of Rolecall begin with.
pub(super) const PREFIX: &str = "ROLECALL_";
/// Names the environment; not a key.
pub(super) const ENV_VARIABLE: &str = "ROLECALL_ENV";
/// Names the folder of the files; not a key.
pub(super) const CONFIG_DIR_VARIABLE: &str = "ROLECALL_CONFIG_DIR";

/// What a path of names leads to.
pub(super) enum PathTarget {
    Key(&'static Key),
    /// A section: there are keys below it.
    Section,
    /// Nothing that Rolecall knows.
    Nothing,
}

/// What the path of `segments` leads to.
pub(super) fn find<S: AsRef<str>>(segments: &[S]) -> PathTarget {
    for key in KEYS {
        let mut names = key.path.split('.');
        if segments.iter().all(|segment| names.next().is_some_and(|name| name == ANY || name == segment.as_ref())) {
            return if names.next().is_none() { PathTarget::Key(key) } else { PathTarget::Section };
        }
    }
    PathTarget::Nothing
}

/// The path that the environment variable `name` means: `ROLECALL_SESSION__IDLE` is `session.idle`. `None` for a name
/// that is not ours. The name of a provider, app or connection gets hyphens for its underscores, because a variable
/// cannot hold a hyphen.
pub(super) fn segments_of_variable(name: &str) -> Option<Vec<String>> {
    let mut segments: Vec<String> = name.strip_prefix(PREFIX)?.split("__").map(str::to_ascii_lowercase).collect();
    if let [section, id, ..] = segments.as_mut_slice()
        && ["providers", "apps", "connections"].contains(&section.as_str())
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

/// The known key (or, for a section, the known section) whose spelling is closest to the unknown path.
pub(super) fn nearest(segments: &[String], section: bool) -> Vec<String> {
    let unknown = segments.join(".");
    let mut best = (f64::MIN, Vec::new());
    for key in KEYS {
        let mut candidate: Vec<String> = key.path.split('.').map(str::to_owned).collect();
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

/// How similar `unknown` is to `candidate`, from 0 to 1. The right name in the wrong section counts as very similar.
fn likeness(unknown: &str, candidate: &[String]) -> f64 {
    const WRONG_SECTION: f64 = 0.8;
    let whole = strsim::normalized_damerau_levenshtein(unknown, &candidate.join("."));
    let last = candidate.last().map_or(0.0, |name| {
        let given = unknown.rsplit('.').next().unwrap_or(unknown);
        strsim::normalized_damerau_levenshtein(given, name)
    });
    whole.max(last * WRONG_SECTION)
}
