//! The data folder: closes it to other users, and reports where that is not possible.

use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rolecall_sign_in::private_files::{self, OTHERS};
use rolecall_sign_in::{LATEST_REVOCATION, secret_key};

/// The file with the id of the audit's newest row.
pub const AUDIT_HEAD: &str = "audit-head";
/// The permission for others to create and rename files in a folder.
const WRITABLE_BY_ALL: u32 = 0o002;
/// The bit that lets only the owner of a file rename it, as in `/tmp`.
const STICKY: u32 = 0o1000;

/// Creates the data folder at `path` if needed, and removes other users' permissions from it and from Rolecall's files
/// in it.
///
/// # Errors
/// When it cannot be created, or the permissions cannot be changed.
pub fn prepare(path: &Path) -> io::Result<()> {
    private_files::make_folder(path)?;
    private_files::close_to_others(path)?;
    files(path).iter().try_for_each(|file| private_files::close_to_others(file))
}

/// Rolecall's files in the data folder at `path`, except the key: Rolecall rejects a key that others could have read.
fn files(path: &Path) -> Vec<PathBuf> {
    let database = ["", "-wal", "-shm", "-journal"].map(|ending| format!("rolecall.sqlite3{ending}"));
    let others = [LATEST_REVOCATION, AUDIT_HEAD, "tls", "tls/cert.pem", "tls/key.pem"].map(str::to_owned);
    database.into_iter().chain(others).map(|name| path.join(name)).collect()
}

/// What other users can do with the data folder at `path`, in whole sentences, each with its remedy.
#[must_use]
pub fn exposures(path: &Path) -> Vec<(String, String)> {
    let Ok(metadata) = path.metadata() else { return Vec::new() };
    let mut found = Vec::new();
    let user = rustix::process::geteuid().as_raw();
    let shown = path.display();
    if metadata.uid() != user {
        let what = format!(
            "{shown} belongs to another user (number {}), who can read and change everything in it.",
            metadata.uid()
        );
        found.push((what, format!("Run `chown -R {user} {shown}`, or set `data_dir` to a folder of this user.")));
    }
    for file in [path.to_owned()].into_iter().chain(files(path)).chain([path.join(secret_key::FILE_NAME)]) {
        let mode = file.metadata().map(|metadata| metadata.permissions().mode() & 0o777).unwrap_or_default();
        if mode & OTHERS != 0 {
            let what = format!("Other users can read or change {} (mode {mode:o}).", file.display());
            found.push((what, format!("Run `chmod go= {}`.", file.display())));
        }
    }
    let parent = std::path::absolute(path).ok().and_then(|path| path.parent().map(Path::to_owned));
    let parent_mode = |parent: &PathBuf| parent.metadata().map(|metadata| metadata.permissions().mode()).ok();
    if let Some(parent) = parent
        && parent_mode(&parent).is_some_and(|mode| mode & WRITABLE_BY_ALL != 0 && mode & STICKY == 0)
    {
        let what = format!("Every user can write to {}, and so replace {shown} by another folder.", parent.display());
        found.push((what, format!("Run `chmod o-w {}`.", parent.display())));
    }
    found
}
