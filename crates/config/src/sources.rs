//! Where configuration is read from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::mistake::Mistake;
use super::spelling::{CONFIG_DIR_VARIABLE, ENV_VARIABLE, PREFIX};

/// The environment if `ROLECALL_ENV` names none, and the only one with the demonstration.
pub(super) const DEVELOPMENT: &str = "development";
/// The environment with the strictest checks.
pub(super) const PRODUCTION: &str = "production";
/// The folder if `ROLECALL_CONFIG_DIR` names none.
const DEFAULT_CONFIG_DIR: &str = "config";

/// Where configuration is read from. Programs use [`from_process`](Self::from_process); tests make their own.
///
/// Deliberately without `Debug`: the variables hold secrets.
#[derive(Clone, Default)]
pub struct Sources {
    /// The folder of the files.
    pub config_dir: PathBuf,
    /// Environment variables by name. Those that do not begin with `ROLECALL_` are ignored.
    pub environment: BTreeMap<String, String>,
}

impl Sources {
    /// The sources of this process. The only place where the process's environment is read.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment, for all the others")]
    pub fn from_process() -> Self {
        let environment = std::env::vars_os()
            .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        let config_dir = std::env::var_os(CONFIG_DIR_VARIABLE).filter(|dir| !dir.is_empty());
        Self { config_dir: config_dir.map_or_else(|| DEFAULT_CONFIG_DIR.into(), PathBuf::from), environment }
    }

    /// The environment's name. An invalid one is a mistake; the remaining checks then use the default.
    pub(super) fn env(&self, mistakes: &mut Vec<Mistake>) -> String {
        match self.environment.get(ENV_VARIABLE).map(String::as_str) {
            None | Some("") => DEVELOPMENT.to_owned(),
            Some(name) if is_env_name(name) => name.to_owned(),
            Some(name) => {
                mistakes.push(Mistake {
                    key: ENV_VARIABLE.to_owned(),
                    layer: None,
                    what: format!("is {name:?}, which cannot name an environment"),
                    remedy:
                        "Give `development`, `production` or a name of your own, in lower-case letters, digits and \
                             hyphens; `local` is taken by `rolecall.local.toml`."
                            .to_owned(),
                });
                DEVELOPMENT.to_owned()
            }
        }
    }

    /// A configured folder must exist: with a mistyped name, the configuration would seem to be empty. In production
    /// the default folder must exist too: a service that is started in another folder would run without its settings.
    pub(super) fn check_config_dir(&self, env: &str, mistakes: &mut Vec<Mistake>) {
        let asked_for = self.environment.get(CONFIG_DIR_VARIABLE).is_some_and(|dir| !dir.is_empty());
        if self.config_dir.is_dir() || !(asked_for || env == PRODUCTION) {
            return;
        }
        let here = std::path::absolute(&self.config_dir).unwrap_or_else(|_| self.config_dir.clone());
        let (what, remedy) = if asked_for {
            (format!("names {}, where there is no folder", here.display()), "Make the folder, or name another one.")
        } else {
            let what = format!("is not set, and there is no folder {}", here.display());
            let remedy = "Start Rolecall in the folder that holds `config`, or name the folder of its files. It may be \
                          empty when everything is in the environment.";
            (what, remedy)
        };
        mistakes.push(Mistake { key: CONFIG_DIR_VARIABLE.to_owned(), layer: None, what, remedy: remedy.to_owned() });
    }
}

/// Whether `name` can be part of a file name, and is written in the only form that comparisons expect.
fn is_env_name(name: &str) -> bool {
    name != "local" && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
