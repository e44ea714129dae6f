//! Data sets of an application under test, made and changed as another process would: the application notices within a
//! second.

use rolecall_core::datasets::{Datasets, Target};
use rolecall_data::import::Given;
use rolecall_model::Role;
use tempfile::NamedTempFile;

use super::{TestApp, execute, importer};

/// A file with this `content`, which exists until it is dropped.
pub fn file_with(content: impl AsRef<[u8]>) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    file
}

/// Imports `rows`, which are CSV, as `target`. Returns the new version.
pub async fn import_rows(datasets: &Datasets, rows: impl AsRef<[u8]>, target: &Target) -> u64 {
    let file = file_with(rows);
    datasets.import_file(file.path(), Given::default(), target, None).await.unwrap().version
}

impl TestApp {
    /// The data sets as another process sees them, such as the command `rolecall import`.
    pub fn datasets_elsewhere(&self) -> Datasets {
        Datasets::open(self.db().clone(), self.clock.clock(), &self.data_dir()).unwrap().importing_with(importer())
    }

    /// Imports `rows`, which are CSV, as `target`.
    pub async fn import(&self, rows: &str, target: &Target) {
        import_rows(&self.datasets_elsewhere(), rows, target).await;
    }

    /// Makes the data set `name` with `rows`, open to `role` and above. Its title is the name with a capital letter.
    pub async fn make_dataset(&self, (name, role): (&str, Role), rows: &str) {
        let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        self.import(rows, &Target::New { name: name.to_owned(), title, role }).await;
    }

    /// Adds a row rule to the data set `name`: each role sees only the rows with its name in the column `who`.
    pub async fn part_rows_by_role(&self, name: &str) {
        let rule = r#"[{"column":"who","is":"role"}]"#;
        execute(self.db(), &format!("UPDATE datasets SET row_rules = '{rule}', revision = 1 WHERE name = '{name}'"))
            .await;
    }
}
