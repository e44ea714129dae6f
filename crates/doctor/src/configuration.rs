//! Whether the configuration is valid, and other users cannot read its secrets.

use std::os::unix::fs::PermissionsExt as _;

use rolecall_config::Config;
use rolecall_config::Sources;

use super::report::Section;

/// The file for this machine's own settings and secrets.
const LOCAL: &str = "rolecall.local.toml";
/// All permissions of group and others.
const OTHERS: u32 = 0o077;

/// Reads the configuration; `None` if it cannot be used.
pub(super) fn check(section: &mut Section<'_>, sources: &Sources) -> Option<Config> {
    let (config, report) = match Config::load(sources) {
        Ok(loaded) => loaded,
        Err(errors) => {
            for mistake in errors.mistakes() {
                let layer = mistake.layer.as_ref().map(|layer| format!(" ({layer})")).unwrap_or_default();
                let what = format!("{}{layer} {}.", mistake.key, mistake.what);
                section.bad("configuration", what, mistake.remedy.clone());
            }
            return None;
        }
    };
    let folder = sources.config_dir.display();
    section.good("configuration", format!("The configuration is valid (folder {folder}, environment {}).", config.env));
    for warning in report.warnings() {
        section.warning("configuration.warning", warning.clone(), "See the warning itself.");
    }
    check_local_file(section, sources);
    if config.demonstration {
        section.note(
            "configuration.demonstration",
            "This is a demonstration: no provider is configured, and anyone on this machine can sign in as anyone.",
        );
    }
    Some(config)
}

fn check_local_file(section: &mut Section<'_>, sources: &Sources) {
    let path = sources.config_dir.join(LOCAL);
    let Ok(metadata) = path.metadata() else { return };
    let mode = metadata.permissions().mode() & 0o777;
    if mode & OTHERS == 0 {
        section.good("configuration.local-file", format!("Only its owner can read {}.", path.display()));
    } else {
        let what =
            format!("Other users can read or write {} (mode {mode:o}), and it may hold secrets.", path.display());
        section.warning("configuration.local-file", what, format!("Run `chmod 600 {}`.", path.display()));
    }
}
