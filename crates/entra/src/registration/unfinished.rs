//! The random id of a run that is about to create an application. It is written beside the local file first, so that
//! the next run finds what this one created, and nobody can plant another application beforehand.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use rolecall_sign_in::random;
use toml_edit::DocumentMut;

use super::local_file::{LocalFile, write_private};

/// The first line of the file.
const HEAD: &str = "# An unfinished run of `rolecall register`: the next run finds its application by this id.\n";
/// How long an id is.
const ID_CHARS: usize = 32;

/// The unfinished run for one provider, if any.
pub(super) struct Unfinished {
    path: PathBuf,
    id: Option<String>,
}

impl Unfinished {
    /// Reads the id that an earlier run left beside `file` for `provider`.
    pub(super) fn open(file: &LocalFile, provider: &str) -> anyhow::Result<Self> {
        let path = file.path().with_file_name(format!("rolecall.register-{provider}.local.toml"));
        let id = match fs::read_to_string(&path) {
            Ok(text) => Some(id(&text).with_context(|| format!("{}: delete it", path.display()))?),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        };
        Ok(Self { path, id })
    }

    pub(super) fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The id for the new application. It is written to the file first.
    pub(super) fn begin(&mut self) -> anyhow::Result<String> {
        if let Some(id) = &self.id {
            return Ok(id.clone());
        }
        let id = random::id();
        write_private(&self.path, &format!("{HEAD}run = \"{id}\"\n"))
            .with_context(|| format!("{} cannot be written", self.path.display()))?;
        self.id = Some(id.clone());
        Ok(id)
    }

    /// Deletes the file: the application is in the local file, or was deleted.
    pub(super) fn end(&mut self) -> anyhow::Result<()> {
        if self.id.take().is_some() {
            fs::remove_file(&self.path).with_context(|| format!("{} cannot be removed", self.path.display()))?;
        }
        Ok(())
    }
}

/// The id in `text`.
fn id(text: &str) -> anyhow::Result<String> {
    let document = text.parse::<DocumentMut>().ok();
    let id = document.and_then(|document| document.get("run")?.as_str().map(str::to_owned)).unwrap_or_default();
    ensure!(id.len() == ID_CHARS && id.chars().all(|c| c.is_ascii_hexdigit()), "it has no valid id of a run");
    Ok(id)
}
