//! The dashboards in files: whether they can be read, and fit their data sets.

use std::path::Path;

use rolecall_sign_in::db::Db;

use super::report::Section;
use super::wording::counted;
use crate::dashboards::check_files;

pub(super) async fn check(section: &mut Section<'_>, folder: &Path, db: Option<&Db>) {
    const CHECK: &str = "dashboards";
    match check_files(folder, db).await {
        Err(error) => section.bad(CHECK, error.to_string(), "Correct it, then start Rolecall again."),
        Ok(checked) if checked.mistakes.is_empty() => {
            let what = format!(
                "{} in {} can be shown.",
                counted(checked.dashboards, "dashboard", "dashboards"),
                folder.display()
            );
            section.good(CHECK, what);
        }
        Ok(checked) => {
            for mistake in checked.mistakes {
                section.bad(
                    CHECK,
                    mistake.to_string(),
                    "Correct the file. `rolecall check-dashboards` checks it again.",
                );
            }
        }
    }
}
