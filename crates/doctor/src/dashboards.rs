//! The dashboards and data sets in files: whether they can be read, and fit each other.

use std::path::Path;

use rolecall_core::dashboards::{DataCheck, check_files};
use rolecall_core::datasets::{Connections, DatasetFiles};
use rolecall_sign_in::db::Db;

use super::report::{Section, counted, innermost};

/// Checks the dashboards in `folder`, and the data sets that `datasets` ask for from one of `connections`.
pub(super) async fn check(
    section: &mut Section<'_>,
    folder: &Path,
    datasets: &DatasetFiles,
    connections: &Connections,
    db: Option<&Db>,
) {
    const CHECK: &str = "dashboards";
    const CHECK_AGAIN: &str = "Correct the file. `rolecall check-dashboards` checks it again.";
    let checked = match check_files(folder, datasets, connections, db).await {
        Err(error) => return section.bad(CHECK, error.to_string(), "Correct it, then start Rolecall again."),
        Ok(checked) => checked,
    };
    let (count, folder) = (counted(checked.dashboards, "dashboard", "dashboards"), folder.display());
    let is_right = checked.mistakes.is_empty();
    for mistake in checked.mistakes {
        section.bad(CHECK, mistake.to_string(), CHECK_AGAIN);
    }
    match checked.data {
        DataCheck::Compared if is_right => section.good(CHECK, format!("{count} in {folder} can be shown.")),
        DataCheck::NoDatabase if is_right => {
            let what = format!("{count} in {folder} can be read. Whether they fit their data sets was not checked.");
            section.note(CHECK, what);
        }
        DataCheck::Compared | DataCheck::NoDatabase => {}
        DataCheck::Failed(error) => {
            let what = format!(
                "Whether {count} in {folder} fit their data sets was not checked: {error} ({}).",
                innermost(&error)
            );
            section.bad(CHECK, what, "Fix the problem with the database above, then run the doctor again.");
        }
    }
}
