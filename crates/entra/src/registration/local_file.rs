//! `rolecall.local.toml`, with the provider's section. Other content stays as it is, and other users cannot read the
//! file.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, anyhow};
use rolecall_sign_in::private_files;
use sha2::{Digest as _, Sha256};
use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

use super::audiences;

/// The name of the file in the folder of the configuration.
const NAME: &str = "rolecall.local.toml";
/// The first line of a new file.
const HEAD: &str = "# The settings of this machine, with secrets: do not share. Written by `rolecall register`.\n";
/// All permissions of group and others.
const OTHERS: u32 = 0o077;

/// The file, and the section of one provider in it.
pub(super) struct LocalFile {
    path: PathBuf,
    provider: String,
    document: DocumentMut,
    saved: String,
}

impl LocalFile {
    /// Reads the file in `folder`, if it exists.
    pub(super) fn open(folder: &Path, provider: &str) -> anyhow::Result<Self> {
        let path = folder.join(NAME);
        let path = fs::canonicalize(&path).unwrap_or(path);
        let saved = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", path.display())),
        };
        // Only the message: the error's full text quotes the line, which may contain a secret.
        let document = saved.parse::<DocumentMut>();
        let document =
            document.map_err(|error| anyhow!("{} is not valid TOML: {}", path.display(), error.message()))?;
        Ok(Self { path, provider: provider.to_owned(), document, saved })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The label of this file's secrets and certificates at Entra.
    pub(super) fn label(&self) -> String {
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let place = format!("{} {} {}", host.trim(), self.path.display(), self.provider);
        let hash = Sha256::digest(place);
        format!("rolecall register {:02x}{:02x}{:02x}{:02x}", hash[0], hash[1], hash[2], hash[3])
    }

    /// The string at `key` of the provider's section.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        let section = self.document.get("providers")?.get(&self.provider)?;
        section.get(key)?.as_str().map(str::to_owned)
    }

    /// Whether there is a section for the provider.
    pub(super) fn has_section(&self) -> bool {
        self.document.get("providers").is_some_and(|providers| providers.get(&self.provider).is_some())
    }

    /// Sets `key` of the provider's section.
    pub(super) fn set(&mut self, key: &str, value: &str) -> anyhow::Result<()> {
        self.section()?.insert(key, Item::Value(value.into()));
        Ok(())
    }

    /// Sets `key` of the provider's section to a list, unless there is one.
    pub(super) fn set_first(&mut self, key: &str, items: &[&str]) -> anyhow::Result<()> {
        let section = self.section()?;
        if !section.contains_key(key) {
            section.insert(key, Item::Value(Value::Array(items.iter().copied().collect::<Array>())));
        }
        Ok(())
    }

    /// Removes `key` from the provider's section.
    pub(super) fn unset(&mut self, key: &str) -> anyhow::Result<()> {
        self.section()?.remove(key);
        Ok(())
    }

    /// Removes the provider's section.
    pub(super) fn remove_section(&mut self) {
        if let Some(providers) = self.document.get_mut("providers").and_then(Item::as_table_like_mut) {
            providers.remove(&self.provider);
            if providers.is_empty() {
                self.document.remove("providers");
            }
        }
    }

    /// Whether `name` is an audience of access tokens.
    pub(super) fn has_audience(&self, name: &str) -> bool {
        audiences::has(&self.document, name)
    }

    /// Makes `name` an audience of access tokens.
    pub(super) fn add_audience(&mut self, name: &str) -> anyhow::Result<()> {
        audiences::add(&mut self.document, name)
    }

    /// Removes `name` from the audiences of access tokens.
    pub(super) fn remove_audience(&mut self, name: &str) {
        audiences::remove(&mut self.document, name);
    }

    /// The address that people type, if the file says it.
    pub(super) fn public_url(&self) -> Option<&str> {
        self.document.get("public_url").and_then(Item::as_str)
    }

    /// Sets `public_url`, unless there is one.
    pub(super) fn set_public_url(&mut self, url: &str) {
        if self.public_url().is_none() {
            self.document.insert("public_url", toml_edit::value(url));
        }
    }

    /// Whether the file must be written.
    pub(super) fn is_changed(&self) -> bool {
        self.document.to_string() != self.saved || !self.is_private()
    }

    /// Writes the file, whole or not at all.
    pub(super) fn save(&mut self) -> anyhow::Result<()> {
        if self.is_changed() {
            let head = if self.saved.is_empty() { HEAD } else { "" };
            let text = format!("{head}{}", self.document);
            write_private(&self.path, &text).with_context(|| format!("{} cannot be written", self.path.display()))?;
            self.document = text.parse()?;
            self.saved = text;
        }
        Ok(())
    }

    /// Whether other users cannot read the file, or it does not exist.
    fn is_private(&self) -> bool {
        self.path.metadata().map_or(true, |metadata| metadata.permissions().mode() & OTHERS == 0)
    }

    fn section(&mut self) -> anyhow::Result<&mut dyn TableLike> {
        let implicit = || {
            let mut table = Table::new();
            table.set_implicit(true);
            Item::Table(table)
        };
        let providers = self.document.entry("providers").or_insert_with(implicit).as_table_like_mut();
        let section = providers.map(|providers| providers.entry(&self.provider).or_insert_with(toml_edit::table));
        section.and_then(Item::as_table_like_mut).context("`providers` is not a section")
    }
}

/// Writes `text` to the file at `path`, readable only for its owner, and makes its folder where there is none.
pub(super) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    private_files::replace(path, text.as_bytes())
}
