//! Files and folders that are for this program alone: nobody else on the machine can read or change them.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// The permissions that others than the owner could have.
pub const OTHERS: u32 = 0o077;

/// Makes the folder at `path`, and those above it, where there is none. One that is there stays as it is.
///
/// # Errors
/// When it cannot be made.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Makes an empty file at `path` where there is none, and closes one that is there to others.
///
/// # Errors
/// When it can be neither made nor closed.
pub fn make_file(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => close_to_others(path),
        made => made.map(|_| ()),
    }
}

/// Writes `content` to the file at `path`, in place of what is there: first to a file beside it, which is then moved, so that
/// nobody reads half of it.
///
/// # Errors
/// When it cannot be written; then what was there stays.
pub fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    // One that was left there may be open to others.
    match fs::remove_file(beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(beside)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(beside, path)
}

/// Takes away what others than the owner may do with what is at `path`. Nothing is there, or it belongs to somebody else
/// who may do as they like: then it stays as it is.
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
