//! The data folder: whether other users can read or change what is in it.

use std::path::Path;

use super::report::Section;
use crate::data_dir;

pub(super) fn check(section: &mut Section<'_>, path: &Path) {
    const CHECK: &str = "data-folder";
    if !path.exists() {
        section.note(CHECK, format!("{} does not exist yet: the first start creates it.", path.display()));
        return;
    }
    let exposures = data_dir::exposures(path);
    if exposures.is_empty() {
        section.good(CHECK, format!("Only its owner can read {}.", path.display()));
    }
    for (what, remedy) in exposures {
        section.warning(CHECK, what, remedy);
    }
}
