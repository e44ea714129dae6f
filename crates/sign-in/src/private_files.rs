//! Files and folders for this program alone: other users of the machine can neither read nor change them.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// The permissions of everyone but the owner.
pub const OTHERS: u32 = 0o077;

/// Creates the folder at `path`, and those above it, where missing. An existing folder is left as it is.
///
/// # Errors
/// When it cannot be created.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Creates an empty file at `path` if it is missing, and makes an existing one private.
///
/// # Errors
/// When it can be neither created nor made private.
pub fn make_file(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => close_to_others(path),
        made => made.map(|_| ()),
    }
}

/// Writes `content` to the file at `path`, replacing it: first to a file beside it, which is then renamed, so that
/// nobody reads half of it.
///
/// # Errors
/// When it cannot be written; then the old content stays.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    // A leftover file may be readable for others.
    match fs::remove_file(beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(beside)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(beside, path)
}

/// Removes the permissions of everyone but the owner from what is at `path`. It does nothing if there is nothing, or if
/// it belongs to another user, who may set what they like.
///
/// # Errors
/// When it cannot be read or changed.
pub fn close_to_others(path: &Path) -> io::Result<()> {
    let metadata = match path.metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        metadata => metadata?,
    };
    let mode = metadata.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    match fs::set_permissions(path, Permissions::from_mode(mode & !OTHERS)) {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Ok(()),
        closed => closed,
    }
}
